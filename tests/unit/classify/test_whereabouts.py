"""Which agency and place a text speaks of, and what the writer wants."""

import pytest

from intake.classify import people, rules
from intake.classify.remedies import find_tried
from intake.classify.whereabouts import find_agencies, find_places, region_of


@pytest.mark.parametrize(("said", "name"), [
    ("湖滨区城管把我的秤拿走了", "湖滨区城市管理局"),
    ("义马市交警队开的单", "义马市公安局交通管理大队"),
    ("灵宝市监所来罚款", "灵宝市市场监督管理局"),
    ("三门峡市城管局不理我", "三门峡市城市管理局"),
    ("灵宝市尹庄镇政府推了我家羊圈", "灵宝市尹庄镇人民政府"),
    ("卢氏县市场监督管理局", "卢氏县市场监督管理局"),
    ("陕县的运管扣了我的车", "陕州区交通运输局"),
])  # fmt: skip
def test_a_popular_name_and_a_place_make_an_organisation(said, name):
    region = region_of(find_places(said))

    named = find_agencies(said, region.code if region else None, find_places(said))

    assert {n.agency.name for n in named if n.agency} == {name}


def test_without_a_place_only_the_domain_is_known():
    [named] = find_agencies("城管把我的车扣了", None, [])

    assert (named.domain, named.agency) == ("AD01", None)


def test_a_township_of_three_counties_needs_its_county():
    assert [h.code for h in find_places("城关镇")] == []
    assert region_of(find_places("卢氏县城关镇")).code == "411224100"


@pytest.mark.parametrize("said", ["前进路上", "果园里", "车站旁边", "A市A3区"])
def test_everyday_words_and_masked_places_are_no_places(said):
    assert find_places(said) == []


def test_a_code_counts_only_with_its_check_sign():
    assert people.find_uscc("代码91320105780688132K") == (2, 20)
    assert people.find_uscc("代码91320105780688132L") is None
    assert people.find_uscc("订单123456789012345678") is None


@pytest.mark.parametrize("said", ["我是开饭店的，被罚了", "我们公司被查封", "俺在湖滨区开了个理发店"])
def test_a_business_is_heard_in_its_own_words(said):
    assert people.business_words(said)


def test_a_shop_complained_about_is_not_the_writers():
    assert not people.business_words("楼下饭店油烟特别大")


def test_the_last_wish_is_the_demand():
    assert people.find_demand("罚了我五千，希望把罚款退给我。") == "希望把罚款退给我"


def test_ways_tried_before_are_told():
    assert [way for way, _, _ in find_tried("打过12345，也申请了行政复议")] == ["12345", "复议"]
    assert find_tried("我没去复议，也不想打官司，能不能直接信访") == []


@pytest.mark.parametrize(("said", "is_danger"), [
    ("现在有人在我家门口打人，快来人", True),
    ("正在强拆我家房子，挖掘机到门口了", True),
    ("我活不下去了，你们不解决我就喝药", True),
    ("去年强拆了我家房子", False),
    ("我打听过了，打了三次电话", False),
])  # fmt: skip
def test_danger_is_now_and_here(said, is_danger):
    assert rules.is_danger(said) is is_danger


def test_seizure_that_goes_on_is_urgent():
    level, reasons = rules.urgency_reasons("仓库贴了封条，水果都要烂了")

    assert level == "U2"
    assert "封条" in reasons
