"""A sealed letter leaves the house, by wire or by hand, and its receipt comes back: then the letter itself is gone."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from connectors.discipline.connector import LONGEST_NUMBER, SYSTEM
from connectors.discipline.wire import Receipt
from connectors.errors import Refused
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed, WrongStep
from intake.services.house import House
from intake.services.refer_discipline import handling, note
from intake.store.outbox import DISCIPLINE
from intake.store.tables import Outbox
from intake.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)
BY_WIRE = "system"


@dataclass(frozen=True, slots=True)
class PaperReceipt:
    """What stands on the receipt they gave by hand. at: aware."""

    number: str
    at: dt.datetime | None
    sha256: str


async def send_letter(row: Outbox, *, house: House) -> Receipt:
    """raises: Unreachable, Refused, Garbled"""
    partner = house.partners.get(SYSTEM)
    async with house.store.look() as uow:
        referral = await uow.referrals.get(row.payload["referral"])
    if partner is None or referral is None or referral.letter is None:
        raise Refused("没有配置连接，或者密封件已经不在", system=SYSTEM)
    receipt: Receipt = await partner.send(referral.number, referral.letter, message_id=row.id)
    return receipt


async def keep_receipt(
    row: Outbox, receipt: Receipt, now: dt.datetime, *, uow: UnitOfWork, house: House
) -> None:
    """The signed receipt of a letter sent by wire; its hash and signature were checked by the connector."""
    lead = await uow.leads.by_id(row.lead_id)
    referral = await uow.referrals.locked(row.payload["referral"], row.lead_id)
    if lead is None or referral.state != "sealed":
        return
    referral.state, referral.letter = "received", None
    referral.receipt_no, referral.receipt_at = receipt.number, receipt.received_at.astimezone(dt.UTC)
    referral.receipt_sha256, referral.receipt_signature = receipt.sha256, receipt.signature
    referral.received_by, referral.received_at = BY_WIRE, now
    uow.referrals.save(referral)
    await note(lead, referral, BY_WIRE, "received", uow=uow, house=house, receipt=receipt.number)
    log.info("sealed letter acknowledged", extra={"attempt": row.attempts})


async def take_letter(number: str, referral: str, *, viewer: Viewer, house: House) -> tuple[str, bytes]:
    """(file name, the letter) for carrying it by hand; who took it is kept.

    raises: NotFound, Forbidden, WrongStep
    """
    at_hand = handling(number, referral, viewer=viewer, house=house, keeps_version=True)
    async with at_hand as (uow, lead, row):
        if row.letter is None:
            raise WrongStep("密封件还没有制作，或者已经收到回执。", legal=())
        row.taken_by, row.taken_at = viewer.account, house.clock()
        await note(lead, row, viewer.account, "taken", uow=uow, house=house)
        return f"{row.number}.sealed.json", row.letter


async def enter_receipt(
    number: str, referral: str, given: PaperReceipt, *, version: int, viewer: Viewer, house: House
) -> None:
    """A receipt on paper: kept when the hash on it is that of the letter.

    raises: NotFound, Forbidden, Stale, WrongStep, Malformed
    """
    now = house.clock()
    async with handling(number, referral, viewer=viewer, house=house, version=version) as (uow, lead, row):
        if row.state != "sealed":
            raise WrongStep("这件移送现在不等回执。", legal=())
        said = PaperReceipt(given.number.strip(), given.at, "".join(given.sha256.split()).lower())
        _check(said, row.sha256 or "", row.decided_at or row.asked_at, now)
        row.state, row.letter = "received", None
        row.receipt_no, row.receipt_at, row.receipt_sha256 = said.number, said.at, said.sha256
        row.received_by, row.received_at = viewer.account, now
        for message in await uow.outbox.of_lead(lead.id, DISCIPLINE):
            if message.payload.get("referral") == row.number:
                await uow.outbox.finish(message.id, "已登记纸质回执")
        await note(lead, row, viewer.account, "received", uow=uow, house=house, receipt=said.number)


def _check(said: PaperReceipt, sha256: str, made_at: dt.datetime, now: dt.datetime) -> None:
    problems = []
    if not 1 <= len(said.number) <= LONGEST_NUMBER:
        problems.append(FieldProblem("receipt_no", "number_missing", "请填写回执编号（最多 64 字）。"))
    # Paper tells minutes only.
    if said.at is None or not made_at - dt.timedelta(minutes=1) <= said.at <= now:
        words = "收件时间应在制作密封件之后、现在之前。"
        problems.append(FieldProblem("receipt_at", "bad_time", words))
    if said.sha256 != sha256:
        words = "回执上的摘要与密封件不一致：请逐位核对；确实不同的，请对方重新核收，不要登记。"
        problems.append(FieldProblem("sha256", "other_letter", words))
    if problems:
        raise Malformed(*problems)


async def send_again(number: str, referral: str, *, viewer: Viewer, house: House) -> None:
    """Try the wire again at once. raises: NotFound, Forbidden, WrongStep"""
    at_hand = handling(number, referral, viewer=viewer, house=house, keeps_version=True)
    async with at_hand as (uow, lead, row):
        messages = await uow.outbox.of_lead(lead.id, DISCIPLINE)
        waiting = [m for m in messages if m.payload.get("referral") == row.number and m.state != "done"]
        if row.state != "sealed" or not waiting:
            raise WrongStep("这件移送没有等待投递的密封件。", legal=())
        await uow.outbox.make_ready(waiting[0].id, house.clock())
        await note(lead, row, viewer.account, "again", uow=uow, house=house)
