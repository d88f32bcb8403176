"""Organisations of the city and the names people give them."""

import pytest

from intake.domain import agencies, places, taxonomy
from intake.domain.agencies import aliases, by_code, everyone, resolve


@pytest.mark.parametrize("agency", everyone(), ids=lambda a: a.code)
def test_every_organisation_hangs_together(agency):
    assert agency.name
    assert agency.level in {"province", "city", "county", "town", "zone", "vertical"}
    assert agency.domain in {*taxonomy.codes("domains"), ""}
    assert agency.parent_code is None or agency.parent_code in by_code()


def test_names_and_codes_are_given_once():
    assert len(agencies.by_name()) == len(by_code()) == len(everyone())


@pytest.mark.parametrize(("domain", "region", "name"), [
    ("AD01", "411202", "湖滨区城市管理局"),
    ("AD02", "411200", "三门峡市市场监督管理局"),
    ("AD02", "411282101", "灵宝市市场监督管理局"),
    ("AD29", "411282101", "灵宝市尹庄镇人民政府"),
    ("AD30", "411200-SFQ", "三门峡市城乡一体化示范区管理委员会"),
])  # fmt: skip
def test_a_domain_and_a_region_make_an_organisation(domain, region, name):
    assert resolve(domain, region).name == name


def test_an_unknown_region_makes_none():
    assert resolve("AD01", None) is None
    assert resolve("AD29", "411282") is None


def test_every_county_and_the_city_have_a_justice_bureau():
    regions = ("411200", "411202", "411203", "411221", "411224", "411281", "411282")

    assert all(by_code()[f"{region}-SF"].name.endswith("司法局") for region in regions)


def test_every_township_has_its_government():
    towns = [p.code for p in places.everyone() if len(p.code) == 9 and p.code.isdigit()]

    assert len(towns) == 81
    assert set(towns) <= set(by_code())


def test_every_popular_name_leads_to_a_domain():
    assert set(aliases().values()) <= set(taxonomy.codes("domains"))
    assert aliases()["城管"] == "AD01"
    assert aliases()["市监所"] == "AD02"
