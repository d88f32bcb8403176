"""Every data table: codes unique, rows sourced, references resolve."""

from importlib import resources

import pytest

from intake.domain import agencies, conflict, lifecycle, places, privacy, taxonomy
from intake.domain.enterprise import is_valid_uscc, normalise_uscc
from intake.domain.tables import rows

TABLES = sorted(
    p.name.removesuffix(".csv")
    for p in resources.files("intake.domain").joinpath("data").iterdir()
    if p.name.endswith(".csv")
)


@pytest.mark.parametrize("name", TABLES)
def test_each_row_says_where_it_comes_from(name):
    assert all(row.get("source") for row in rows(name))


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("problem_types", 27),
        ("domains", 32),
        ("action_kinds", 11),
        ("scopes", 17),
        ("urgencies", 4),
        ("green_rules", 12),
    ],
)
def test_all_codes_of_the_taxonomy_are_there(kind, count):
    assert len(set(taxonomy.codes(kind))) == len(taxonomy.codes(kind)) == count


def test_the_81_townships_and_their_agencies_are_there():
    towns = [p for p in places.everyone() if len(p.code) == 9 and p.code.isdigit()]

    assert len(towns) == 81
    assert all(p.code in agencies.by_code() for p in towns)


def test_parents_of_organisations_exist_and_make_no_circle():
    known = agencies.by_code()
    for agency in known.values():
        seen = set()
        current = agency
        while current.parent_code:
            assert current.code not in seen
            seen.add(current.code)
            current = known[current.parent_code]


def test_popular_names_resolve_by_region():
    assert agencies.resolve("AD01", "411202").name == "湖滨区城市管理局"
    assert agencies.resolve("AD01", "411202005").name == "湖滨区城市管理局"
    assert agencies.resolve("AD01", None) is None


def test_the_family_of_an_agency_hides_parents_and_children():
    parents = {a.code: a.parent_code for a in agencies.everyone()}

    family = conflict.family("411202-AD01", parents)

    assert {"411202-AD01", "411202", "411200"} <= family
    assert "411203-AD01" not in family


def test_unknown_roles_see_nothing():
    viewer = conflict.Viewer("x", "x", "nobody", "411200-SF", "411200")

    assert conflict.sight(viewer, {}).nothing


def test_every_step_starts_and_ends_in_known_stages():
    for step in lifecycle.steps().values():
        assert step.from_stages <= set(lifecycle.stages())
        assert step.to_stage is None or step.to_stage in lifecycle.stages()


def test_every_stage_but_the_talk_is_reached_and_every_reason_kind_is_known():
    reached = {step.to_stage for step in lifecycle.steps().values()}
    reached |= {lifecycle.FIRST_STAGE, lifecycle.SUSPENDED, "L10", "L00"}
    assert reached >= set(lifecycle.stages())
    for step in lifecycle.steps().values():
        assert not step.reason_kind or lifecycle.reasons(step.reason_kind)


def test_no_open_stage_is_a_dead_end():
    for stage in lifecycle.stages().values():
        if stage.is_open:
            assert lifecycle.legal_steps(stage.code, "city_supervisor")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000,身份证110101000000001234。", "电话138****8000,身份证110101********1234。"),
        ("车牌豫M·12345D", "车牌豫M***5D"),
        ("打 0398-2812345 没人接", "打 039****2345 没人接"),
        ("罚了5000元，第411282199号", "罚了5000元，第411282199号"),
    ],
)
def test_personal_numbers_are_masked_and_nothing_else(text, masked):
    assert privacy.mask(text) == masked


def test_the_credit_code_check_sign_catches_any_single_error():
    code = "91320105780688132K"

    assert is_valid_uscc(normalise_uscc(" 9132 0105-7806 8813 2k"))
    assert not any(
        is_valid_uscc(code[:i] + ("2" if code[i] != "2" else "3") + code[i + 1 :]) for i in range(18)
    )
