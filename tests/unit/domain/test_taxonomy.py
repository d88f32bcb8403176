"""All codes of the domain study, each with a name, a definition and a source."""

import pytest

from intake.domain import taxonomy
from intake.domain.tables import rows

SIZES = {
    "problem_types": 27,
    "domains": 32,
    "action_kinds": 11,
    "scopes": 17,
    "urgencies": 4,
    "green_rules": 12,
}


@pytest.mark.parametrize(("kind", "size"), SIZES.items(), ids=SIZES)
def test_every_code_of_the_study_is_there_once(kind, size):
    assert len(taxonomy.codes(kind)) == len(set(taxonomy.codes(kind))) == size


@pytest.mark.parametrize("kind", taxonomy.KINDS)
def test_every_row_says_what_it_is_and_where_from(kind):
    for row in rows(kind):
        assert all(row[column] for column in ("code", "name", "source")), row


def test_the_order_of_scopes_names_each_scope_once():
    assert sorted(taxonomy.SCOPE_PRIORITY) == sorted(taxonomy.codes("scopes"))
    assert taxonomy.SCOPE_PRIORITY[0] == "SC60"
    assert taxonomy.SCOPE_PRIORITY[-1] == "SC00"


def test_a_code_has_a_chinese_name_and_an_unknown_one_keeps_its_own():
    assert taxonomy.label("PT501") == "不作为、有案不立"
    assert taxonomy.label("PT000") == "PT000"


@pytest.mark.parametrize(("code", "result"), [
    ("GC01", "eligible"), ("GC03", "eligible_pending"), ("GC06", "not_eligible"),
])  # fmt: skip
def test_a_green_rule_has_a_result(code, result):
    assert taxonomy.green_result(code) == result
