"""The 81 townships, the counties and the zones."""

from intake.domain import places


def test_each_place_belongs_to_a_county_that_is_there():
    codes = set(places.by_code())

    assert {places.county_of(p.code) for p in places.everyone()} <= codes


def test_old_names_still_find_the_place():
    assert "张湾乡" in places.by_code()["411203001"].aliases
    assert "陕县" in places.by_code()["411203"].aliases


def test_everyday_words_need_their_suffix():
    assert places.by_code()["411202002"].needs_suffix
    assert not places.by_code()["411224109" if "411224109" in places.by_code() else "411224200"].needs_suffix


def test_a_township_leads_to_its_county():
    assert places.county_of("411282101") == "411282"
    assert places.county_of("411271560") == "411200-JKQ"
