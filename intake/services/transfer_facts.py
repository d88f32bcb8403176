"""Who transferred a case of the ministry's platform to us, as their last message about it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intake.store.tables import Complaint
from intake.store.unit_of_work import UnitOfWork

MINISTRY_SOURCE = "moj_platform"


async def transfer_of(complaint: Complaint, uow: UnitOfWork) -> dict[str, str]:
    """{"transfer_no", "transferred_by", "transferred_by_code", "transferred_at", "answer_due", "aspect", "unread"}, what there is.

    unread: fields that could not be read, Chinese
    """
    if complaint.source_system != MINISTRY_SOURCE or not complaint.source_no:
        return {}
    for item in reversed(await uow.inbox.earlier(MINISTRY_SOURCE, complaint.source_no)):
        if item.kind == "work_order":
            said: Any = uow.inbox.content(item).get("transfer")
            return {str(k): str(v)[:200] for k, v in said.items() if v} if isinstance(said, Mapping) else {}
    return {}
