"""What a list of leads shows, read from an address: ?queue=&stage=&due=&q=&…"""

from __future__ import annotations

from intake.classify.search_words import words_asked
from intake.domain import lifecycle
from intake.domain.errors import FieldProblem, Malformed
from intake.services.read_leads import OPEN
from intake.store.lead_filters import LeadFilter

__all__ = ["LeadFilter", "lead_filter"]


def lead_filter(
    queue: str | None = None,
    stage: str | None = None,
    due: str | None = None,
    q: str | None = None,
    urgency: str | None = None,
    domain: str | None = None,
    region: str | None = None,
    assignee: str | None = None,
    needs_human: str | None = None,
    unclaimed: str | None = None,
    green: str | None = None,
    requested: str | None = None,
    returned: str | None = None,
    reporter: str | None = None,
) -> LeadFilter:
    """stage: a code, "open" (default) or "all"; due: today | overdue; assignee: a login, or "me";
    reporter: a trusted reporter's channel, or "1" for any.

    raises: Malformed
    """
    if stage not in (None, "", "open", "all") and stage not in lifecycle.stages():
        raise Malformed(FieldProblem("stage", "unknown_stage", "状态代码不存在。"))
    if due not in (None, "", "today", "overdue"):
        raise Malformed(FieldProblem("due", "unknown_due", "时限筛选应为 today 或 overdue。"))
    stages = OPEN if stage in (None, "", "open") or due else None if stage == "all" else (str(stage),)
    asked = (q or "").strip()[:100]
    return LeadFilter(
        queue=queue or None,
        stages=stages,
        due=due or None,
        q=asked or None,
        words=words_asked(asked) if asked else None,
        urgency=urgency or None,
        domain=domain or None,
        region=region or None,
        assignee=assignee or None,
        needs_human=bool(needs_human),
        unclaimed=bool(unclaimed),
        green=bool(green),
        requested=bool(requested),
        returned=bool(returned),
        reporter=reporter or None,
    )
