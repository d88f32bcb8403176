"""Delete what need not be kept: talks in which nobody complained, and messages of the WeChat platform long answered.

Leads, their histories and their evidence are never deleted here; how long those are kept is for the archives law and the
bureau to say.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.services.house import House

TALKS = dt.timedelta(days=180)
MESSAGES = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each."""

    talks: int
    wechat_messages: int
    is_dry: bool


async def purge(*, is_dry: bool, talks: dt.timedelta = TALKS, house: House) -> Purged:
    """talks: age since the last message after which a talk without a complaint goes

    raises: StoreUnavailable (nothing was deleted)
    """
    now = house.clock()
    async with house.store.change() as uow:
        gone = await uow.retention.idle_talks(now - talks, delete=not is_dry)
        messages = await uow.retention.answered_wechat(now - MESSAGES, delete=not is_dry)
        if not is_dry and gone + messages:
            await uow.admin_records.record(
                at=now,
                actor="command-line",
                kind="purge",
                subject="保存期满的内容",
                details={"talks": gone, "wechat_messages": messages},
            )
    return Purged(gone, messages, is_dry)
