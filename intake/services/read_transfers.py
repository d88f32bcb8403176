"""What the ministry's platform transferred: each case with its result's way back, and what could not be filed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden
from intake.services.house import House
from intake.services.look_up import MAY_LOOK_UP
from intake.services.pull_suggestions import REFUSED
from intake.services.sight import sight_of
from intake.services.tell_partners import MINISTRY
from intake.services.transfer_facts import MINISTRY_SOURCE, transfer_of
from intake.store.tables import InboundPull, Lead, Outbox

MOST = 100


@dataclass(frozen=True, slots=True)
class Transferred:
    """number: theirs; facts: who transferred it (transfer_facts.py); result: the message with it, None before its end."""

    lead: Lead
    number: str
    facts: dict[str, str]
    result: Outbox | None


@dataclass(frozen=True, slots=True)
class NotFiled:
    """number: theirs, "" when it had none; why: Chinese."""

    number: str
    why: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Transfers:
    """pull: how the asking goes, None when never; is_on: whether the platform is switched on."""

    cases: tuple[Transferred, ...]
    not_filed: tuple[NotFiled, ...]
    pull: InboundPull | None
    is_on: bool


async def read_transfers(viewer: Viewer, *, house: House) -> Transfers:
    """Cases the viewer sees; what was not filed has no respondent yet, so few eyes only, and no text.

    raises: Forbidden
    """
    if viewer.role not in MAY_LOOK_UP:
        raise Forbidden
    async with house.store.look() as uow:
        found = await uow.transfers.of_source(MINISTRY_SOURCE, await sight_of(viewer, uow, house), MOST)
        sent = await uow.transfers.last_messages(MINISTRY, [lead.id for lead, _ in found])
        cases = []
        for lead, number in found:
            facts = await transfer_of(await uow.complaints.get(lead.complaint_id), uow)
            cases.append(Transferred(lead, number, facts, sent.get(lead.id)))
        kept = []
        if viewer.role == "city_supervisor":
            for item in await uow.transfers.not_filed(MINISTRY_SOURCE, REFUSED, MOST):
                why = str(uow.inbox.content(item).get("why") or "")
                kept.append(NotFiled(item.number, why[:500], item.received_at))
        pull = await uow.directory.pull_of(MINISTRY)
    return Transfers(tuple(cases), tuple(kept), pull, MINISTRY in house.partners)
