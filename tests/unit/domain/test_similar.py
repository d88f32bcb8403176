"""Which complaints may be one matter, and why."""

import datetime as dt

import pytest

from intake.domain.similar import SHOWN, Facts, likeness

DAY = dt.date(2026, 11, 3)
TEXT = "湖滨区城管昨天没出示证件就把我的三轮车扣走了，也没给扣押清单，要求归还。"


def facts(text=TEXT, **more):
    base = {
        "agency": "411202-AD01",
        "enterprise": None,
        "uscc": None,
        "documents": frozenset(),
        "incident": None,
    }
    return Facts(text=text, **(base | more))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (facts(), facts(TEXT + " "), "内容相同"),
        (
            facts("甲", documents=frozenset({"A号"})),
            facts("乙", documents=frozenset({"A号"})),
            "同一文书 A号",
        ),
        (
            facts("完全不同的话", uscc="U", incident=DAY),
            facts("说的是另一回事", uscc="U", incident=DAY),
            "同一企业（信用代码相同）",
        ),
        (facts(), facts("湖滨区城管前天没出示证件把我的三轮车扣走了，没给扣押清单。"), "同一机关"),
    ],
)
def test_alike_is_shown_with_its_reason(one, other, reason):
    found = likeness(one, other)

    assert found.score >= SHOWN
    assert reason in found.reasons
    assert found == likeness(other, one)


def test_the_same_agency_alone_is_nothing():
    assert likeness(facts(), facts("他们昨天罚了我五百块钱，没有票据。")).score < SHOWN


def test_a_date_counts_only_with_the_same_agency():
    one, other = facts("甲乙丙丁", incident=DAY), facts("子丑寅卯", incident=DAY, agency="411203-AD01")

    assert likeness(one, other).score == 0
