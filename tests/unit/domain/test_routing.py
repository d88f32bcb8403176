"""Routing, row by row against expected_routing.csv, which a lawyer can read."""

import csv
from pathlib import Path

import pytest

from intake.bootstrap import organisations, region_names
from intake.domain import routing

EXPECTED = list(
    csv.DictReader(Path(__file__).with_name("expected_routing.csv").read_text("utf-8").splitlines())
)
ROUTES = routing.first_routes()


def test_the_expected_table_is_large_enough():
    assert len(EXPECTED) >= 150


@pytest.mark.parametrize("row", EXPECTED, ids=[f"{i}-{r['why']}" for i, r in enumerate(EXPECTED)])
def test_a_lead_goes_where_the_table_says(row):
    facts = routing.Facts(
        row["region"] or None, row["agency_level"], row["complainant"], row["domain"], row["scope"]
    )

    route = routing.route(facts, ROUTES)

    assert (route.queue, route.supervisor) == (row["queue"], row["supervisor"])


def test_every_supervisor_and_queue_region_exists():
    known = organisations()
    names = region_names()

    for row in EXPECTED:
        assert row["supervisor"] in known
        assert row["queue"].partition("-")[2] in names


def test_every_agency_finds_a_route():
    for agency in organisations().values():
        level = f"justice_{agency.level}" if agency.kind == "justice" else agency.level
        for kind in ("person", "enterprise"):
            assert routing.route(routing.Facts(agency.region, level, kind, agency.domain), ROUTES).queue


def test_a_complaint_about_a_justice_bureau_never_reaches_its_own_queue():
    for agency in organisations().values():
        if agency.kind == "justice" and agency.level in ("city", "county"):
            route = routing.route(
                routing.Facts(agency.region, f"justice_{agency.level}", "person", "", "SC00"), ROUTES
            )

            assert route.supervisor != agency.code
