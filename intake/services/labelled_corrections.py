"""Supervisors' corrections as labelled texts for training, where both said yes to it."""

from __future__ import annotations

from intake.classify.rows import Row
from intake.domain import privacy
from intake.services.house import House


async def labelled_corrections(house: House) -> list[Row]:
    """The last correction of each lead that may be learnt from, its text with phones and numbers masked.

    Only with the supervisor's tick ("可用于改进识别") and never from a complaint taken back.
    Texts stay in memory: what training keeps are numbers (`classify.features`).
    """
    async with house.store.look() as uow:
        found = await uow.complaints.corrections_to_learn()
    return [
        Row(f"case-{correction.lead_id}", privacy.mask(complaint.text), _labels(correction.after))
        for correction, complaint in found
    ]


def _labels(after: dict[str, object]) -> dict[str, tuple[str, ...]]:
    labels: dict[str, tuple[str, ...]] = {}
    for head, field in (("scope", "scope"), ("domain", "domain"), ("urgency", "urgency")):
        if after.get(field):
            labels[head] = (str(after[field]),)
    problems = after.get("problem_types")
    if isinstance(problems, list) and problems:
        labels["problem"] = tuple(str(p) for p in problems)
    if "scope" in labels:
        labels["gate"] = ("SC00",) if labels["scope"] == ("SC00",) else ()
    return labels
