"""Their directory beside our table, and duties that fit a text."""

from __future__ import annotations

import pytest

from intake.domain.directory import LABELS, Body, Names, differences, plain
from intake.domain.duties import Duty, fitting, telling

OURS = [
    Body("G", "湖滨区人民政府", "411202", ""),
    Body("A", "湖滨区城市管理局", "411202", "湖滨区人民政府"),
    Body("B", "陕州区城市管理局", "411203", ""),
    Body("C", "三门峡市城市管理局", "411200", ""),
]


@pytest.mark.parametrize(
    ("name", "region", "code"),
    [
        pytest.param("湖滨区城市管理局", "411202", "A", id="the same name"),
        pytest.param("河南省三门峡市湖滨区城市管理局", "411202", "A", id="with province and city before it"),
        pytest.param("湖滨区 城市管理局", None, "A", id="a name that stands once needs no region"),
        pytest.param("三门峡市城市管理局", "411200", "C", id="the city's own"),
        pytest.param("卢氏县城市管理局", "411224", None, id="unknown"),
    ],
)
def test_a_body_is_found_by_name(name, region, code):
    found = Names(OURS).find(name, region)

    assert (found.code if found else None) == code


def test_two_bodies_of_one_name_are_told_apart_by_region():
    names = Names([Body("X", "测试街道办事处", "411202", ""), Body("Y", "测试街道办事处", "411203", "")])

    assert names.find("测试街道办事处", "411203").code == "Y"
    assert names.find("测试街道办事处", None) is None


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        (Body("", "湖滨区测试执法大队", "411202", ""), "only_theirs"),
        (Body("", "陕州区城市综合管理局", "411203", ""), "similar"),
        (Body("", "湖滨区城市管理局", "411202", "", is_ended=True), "ended"),
        (Body("", "湖滨区城市管理局", "411203", ""), "region"),
        (Body("", "湖滨区城市管理局", "411202", "三门峡市城市管理局"), "parent"),
    ],
)
def test_each_kind_of_difference_is_told(theirs, kind):
    found = differences(OURS, [theirs], [])

    expected = differences(OURS, [theirs], ["A", "B", "C"]) if kind == "similar" else found
    assert [d.kind for d in expected if d.kind != "only_ours"] == [kind]
    assert set(LABELS) >= {kind}


def test_the_same_directory_differs_in_nothing():
    theirs = [Body("", f"河南省{b.name}", b.region, b.parent) for b in OURS]

    assert differences(OURS, theirs, ["A", "B", "C"]) == ()


def test_a_body_that_ended_and_lives_on_under_the_same_name_is_no_difference():
    theirs = [
        Body("", "湖滨区城市管理局", "411202", "", is_ended=True),
        Body("", "湖滨区城市管理局", "411202", ""),
    ]

    assert differences(OURS, theirs, []) == ()


def test_the_name_of_the_province_and_city_say_nothing():
    assert plain("河南省 三门峡市湖滨区城市管理局") == "湖滨区城市管理局"


def duty(name, words, organisation="A"):
    return Duty(name, "行政处罚", "湖滨区城市管理局", organisation, "", telling(words))


def test_a_duty_fits_by_its_telling_words_and_the_respondents_comes_first():
    other = duty("对占道经营的检查", ["对", "占道", "经营", "的", "检查"], "B")
    own = duty("对占道经营的处罚", ["对", "占道", "经营", "的", "处罚"])
    food = duty("对食品经营的处罚", ["食品", "生产", "经营"])

    found = fitting([other, own, food], "占道经营被罚了", "A")

    assert [d.organisation for d in found] == ["A", "B"]


def test_words_that_every_duty_has_make_none_fit():
    assert fitting([duty("行政处罚", ["行政", "处罚"])], "行政处罚太重", "A") == ()
