"""What looked-up records say about a lead."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, fields, replace

import pytest

from connectors.case_system.wire import CaseFile
from connectors.credit_platform.wire import Penalty, Repair
from connectors.internet_supervision.wire import Act
from connectors.random_inspection.wire import Task
from intake.domain.evidence_hints import Case, hints
from intake.domain.taxonomy import codes
from intake.domain.workdays import load_calendar

DAY = dt.date
NUMBER, AGENCY = "湖城管罚决字〔2026〕99号", "湖滨区城市管理局"
CASE = Case(
    documents=(NUMBER,),
    agency=AGENCY,
    domain="AD01",
    received_on=DAY(2026, 11, 23),
    days=None,
    is_about_inspection=False,
    today=DAY(2026, 11, 23),
    calendar=load_calendar(),
)


def record(kind, /, **values):
    return (kind.record, asdict(kind(**dict.fromkeys(f.name for f in fields(kind)) | values)))


def said(system, records, case=CASE):
    found = hints(system, records, case)
    assert all(hint.code in codes("problem_types") for hint in found)
    return [hint.code for hint in found]


@pytest.mark.parametrize(
    ("decided", "shown", "domain", "expected"),
    [
        # Seven working days after Thursday 12 November 2026 end on Monday 23 November.
        (DAY(2026, 11, 12), None, "AD01", []),
        (DAY(2026, 11, 11), None, "AD01", ["PT303"]),
        (DAY(2026, 11, 2), DAY(2026, 11, 11), "AD01", []),
        (DAY(2026, 11, 2), DAY(2026, 11, 12), "AD01", ["PT303"]),
        (DAY(2026, 11, 2), None, "AD02", []),
        (None, None, "AD01", []),
    ],
)
def test_a_penalty_must_be_public_within_its_working_days(decided, shown, domain, expected):
    penalty = record(Penalty, document_no=NUMBER, decided_on=decided, published_on=shown)

    assert said("credit_platform", [penalty], replace(CASE, domain=domain)) == expected


def test_the_national_day_does_not_count():
    penalty = record(Penalty, document_no=NUMBER, decided_on=DAY(2026, 9, 30))

    assert said("credit_platform", [penalty], replace(CASE, today=DAY(2026, 10, 12))) == []


def test_a_penalty_of_another_document_says_nothing():
    other = record(Penalty, document_no="别的文号", decided_on=DAY(2026, 1, 5))

    assert said("credit_platform", [other]) == []


@pytest.mark.parametrize(("today", "expected"), [(DAY(2026, 12, 2), []), (DAY(2026, 12, 3), ["PT303"])])
def test_a_decision_that_cannot_be_found_counts_from_the_day_of_the_complaint(today, expected):
    assert said("credit_platform", [], replace(CASE, today=today)) == expected


@pytest.mark.parametrize(
    ("finished", "due", "expected"),
    [
        (None, DAY(2026, 11, 22), ["PT505"]),
        (None, DAY(2026, 11, 23), []),
        (DAY(2026, 11, 1), DAY(2026, 11, 22), []),
        (None, None, []),
    ],
)
def test_a_repair_beyond_its_day_is_late(finished, due, expected):
    repair = record(Repair, document_no=NUMBER, finished_on=finished, due_on=due)

    assert said("credit_platform", [repair]) == expected


@pytest.mark.parametrize(("revoked", "expected"), [(DAY(2026, 11, 19), ["PT505"]), (DAY(2026, 11, 20), [])])
def test_what_was_revoked_must_go_within_three_days(revoked, expected):
    penalty = record(Penalty, document_no=NUMBER, published_on=DAY(2026, 10, 1), revoked_on=revoked)

    assert said("credit_platform", [penalty]) == expected


def test_two_inspections_of_the_agency_in_a_year_are_a_hint_and_one_is_none():
    days = [DAY(2026, 3, 1), DAY(2026, 9, 1)]
    tasks = [record(Task, task_no=str(d), agency=AGENCY, inspected_on=d, is_planned=True) for d in days]

    assert said("random_inspection", tasks) == ["PT103"]
    assert said("random_inspection", tasks[:1]) == []
    assert said("random_inspection", tasks, replace(CASE, agency="湖滨区应急管理局")) == []
    assert said("random_inspection", tasks, replace(CASE, agency="")) == []


def test_an_unplanned_inspection_is_a_hint_whatever_the_count():
    task = record(Task, task_no="1", agency=AGENCY, inspected_on=DAY(2026, 9, 1), is_planned=False)

    assert said("random_inspection", [task]) == ["PT103"]


def test_a_day_without_a_task_is_a_hint_only_when_inspection_is_complained_about():
    task = record(Task, task_no="1", agency=AGENCY, inspected_on=DAY(2026, 3, 1))
    of_day = replace(CASE, days=(DAY(2026, 11, 10), DAY(2026, 11, 10)))

    assert said("random_inspection", [task], of_day) == []
    assert said("random_inspection", [task], replace(of_day, is_about_inspection=True)) == ["PT103"]
    near = replace(of_day, days=(DAY(2026, 3, 2), DAY(2026, 3, 2)), is_about_inspection=True)
    assert said("random_inspection", [task], near) == []


def test_one_officer_alone_is_a_hint():
    act = record(Act, act_no="1", agency=AGENCY, kind="行政检查", acted_on=DAY(2026, 3, 1), officers=1)

    assert said("internet_supervision", [act]) == ["PT301"]


def test_a_case_file_tells_late_decisions_late_delivery_and_missing_records():
    slow = record(
        CaseFile,
        case_no="1",
        filed_on=DAY(2026, 1, 1),
        decided_on=DAY(2026, 4, 2),
        delivered_on=DAY(2026, 4, 10),
        officers=2,
        is_recorded=False,
    )
    fine = record(
        CaseFile,
        case_no="1",
        filed_on=DAY(2026, 1, 1),
        decided_on=DAY(2026, 4, 1),
        delivered_on=DAY(2026, 4, 8),
    )

    assert said("case_system", [slow]) == ["PT304", "PT303", "PT303"]
    assert said("case_system", [fine]) == []
