"""Every row of the hotline's tables."""

import datetime as dt

import pytest

from connectors.hotline12345 import tables
from connectors.hotline12345.orders import event_for
from connectors.hotline12345.wire import _CONDITIONS, _READERS

LEAD_STAGES = {
    "L00": None,
    "L10": ("受理", "已登记"),
    "L11": ("受理", "待补充"),
    "L20": ("受理", "已受理"),
    "L28": ("结案", "已转办"),
    "L29": ("结案", "不予受理"),
    "L30": ("受理", "已受理"),
    "L31": ("预审", "已派单"),
    "L32": ("处置", "办理中"),
    "L33": ("预审", "申请退回"),
    "L34": ("处置", "挂起"),
    "L35": ("处置", "延期"),
    "L40": ("处置", "办理中"),
    "L50": ("处置", "待审核"),
    "L51": ("处置", "重新办理"),
    "L60": ("回访", "已回访"),
    "L70": ("结案", "已结案"),
    "L71": ("结案", "归档"),
    "L80": ("结案", "终止"),
    "L81": ("结案", "并案"),
    "L82": ("结案", "终止"),
}


def test_a_work_order_has_sixty_fields():
    assert {spec.number for spec in tables.fields().values()} == set(range(1, 61))


def test_every_field_can_be_read():
    for spec in tables.fields().values():
        assert spec.label
        assert spec.kind in _READERS
        assert spec.required in {"no", "must", "theirs", *_CONDITIONS}, spec.key
        assert spec.kind != "enum" or tables.field_codes()[spec.key]


def test_codes_belong_to_fields_that_take_codes():
    assert {key for key, spec in tables.fields().items() if spec.kind == "enum"} == set(tables.field_codes())


@pytest.mark.parametrize(("stage", "expected"), LEAD_STAGES.items())
def test_a_lead_stage_has_its_state_at_the_hotline(stage, expected):
    state = tables.state_of_lead(stage)

    assert (state and (state.stage, state.status)) == expected


def test_the_map_knows_exactly_the_stages_of_the_table():
    assert set(tables._lead_stages()) == set(LEAD_STAGES)


def test_an_unknown_lead_stage_is_an_error():
    with pytest.raises(KeyError):
        tables.state_of_lead("L99")


def test_every_state_lies_in_one_of_the_five_stages():
    assert {state.stage for state in tables.states().values()} == set(tables.STAGES)


def test_only_the_last_stage_ends_a_ticket():
    assert {state.stage for state in tables.states().values() if state.is_end} == {"结案"}


def test_answer_codes_that_say_later_are_those_of_load_and_failure():
    retryable = {code for code, answer in tables.answers().items() if answer.is_retryable}

    assert retryable == {40103, 42901, 50001, 50301, 50401}


def test_a_draft_is_not_told_to_the_hotline():
    assert event_for("XS1", "L00", dt.datetime.now(dt.UTC)) is None
