"""Run the one command that a turn of the bot may bring, and let the bot put the outcome into words."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import ConnectorError
from intake.domain.enterprise import is_valid_uscc, normalise_uscc
from intake.domain.errors import Malformed, NotFound, XiansuoError
from intake.domain.sla import LOCAL
from intake.services import after_filing
from intake.services.after_filing import Progress
from intake.services.file_complaint import Receipt, file_complaint
from intake.services.house import House
from intake.services.new_complaint import Complainant, NewComplaint, clean
from intake.services.veil import unveil
from intake.store.conversations import IN_DANGER
from intake.store.tables import Conversation

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """words: what the bot says about it (messages of the connector)."""

    words: list[Any] = field(default_factory=list)
    filed: dict[str, str] | None = None
    handed_over: bool = False


@dataclass(frozen=True)
class _Talk:
    command: dict[str, Any]
    conversation: Conversation
    vault: dict[str, str]
    house: House


async def run(command: dict[str, Any], *, talk: Conversation, vault: dict[str, str], house: House) -> Outcome:
    """Run `command`; what goes wrong is told to the citizen by the bot, in words.

    raises: StoreUnavailable (nothing was written)
    """
    job = _RUNNERS.get(str(command.get("command")))
    if job is None:
        log.error("unknown command from the bot", extra={"command": str(command.get("command"))[:40]})
        return Outcome()
    return await job(_Talk(command, talk, vault, house))


async def _tell(talk: _Talk, event: str, outcome: Outcome, **entities: Any) -> Outcome:
    try:
        spoken = await talk.house.bot.tell(talk.conversation.id, event, entities)
        outcome.words += list(spoken.messages)
    except ConnectorError as error:
        log.warning("bot was not told", extra={"event_name": event, "kind": type(error).__name__})
    return outcome


async def _file(talk: _Talk) -> Outcome:
    told = talk.command["complaint"]
    try:
        receipt = await file_complaint(_as_complaint(talk, told), house=talk.house)
    except Malformed as error:
        return await _tell(talk, "EXTERNAL_not_filed", Outcome(), reason=error.detail)
    outcome = Outcome(filed={"number": receipt.number, "query_code": receipt.query_code})
    return await _tell(talk, "EXTERNAL_filed", outcome, **_receipt_facts(receipt))


def _receipt_facts(receipt: Receipt) -> dict[str, str]:
    return {
        "number": receipt.number,
        "decide_by": chinese_day(receipt.decide_by),
        "answer_by": chinese_day(receipt.answer_by),
        "scope_hint": receipt.scope,
        "green": "yes" if receipt.is_green else "no",
        "hotline": "yes",
    }


def chinese_day(at: dt.datetime) -> str:
    """An instant as a local date in words: 2026年11月26日."""
    day = at.astimezone(LOCAL).date()
    return f"{day.year}年{day.month}月{day.day}日"


def _as_complaint(talk: _Talk, told: dict[str, Any]) -> NewComplaint:
    """The command's slots as a new complaint; unknown codes are dropped, never a reason to refuse."""
    house, vault = talk.house, talk.vault
    anonymous = bool(told.get("anonymous", True))
    phone = unveil(str(told.get("phone") or ""), vault) or None
    if phone and not re.fullmatch(r"[\d+\- ]{7,20}", phone):
        phone = None
    uscc = normalise_uscc(str(told.get("uscc") or ""))
    name = clean(unveil(str(told.get("name") or ""), vault))[:64] or None
    region, agency = told.get("region_code"), told.get("agency_code")
    return NewComplaint(
        text=clean(unveil(str(told.get("text") or ""), vault)),
        channel=talk.conversation.channel,
        complainant=Complainant(
            kind="enterprise" if told.get("kind") == "enterprise" else "person",
            anonymous=anonymous,
            name=None if anonymous else name,
            phone=None if anonymous else phone,
            enterprise_name=clean(str(told.get("enterprise_name") or ""))[:128] or None,
            uscc=uscc if is_valid_uscc(uscc) else None,
        ),
        idempotency_key=f"talk.{talk.conversation.id}.{str(talk.command.get('form_run') or '0')[:64]}",
        region_code=region if region in house.region_names else None,
        agency_code=agency if agency in house.organisations else None,
        agency_text=clean(str(told.get("agency_text") or ""))[:256] or None,
        incident_time=_time(told.get("incident_time")),
        demand=clean(unveil(str(told.get("demand") or ""), vault))[:2000] or None,
        conversation_id=talk.conversation.id,
    )


def _time(told: Any) -> tuple[dt.date | None, dt.date | None, str | None] | None:
    if not isinstance(told, dict):
        return None
    days: list[dt.date | None] = []
    for key in ("from", "to"):
        try:
            days.append(dt.date.fromisoformat(str(told.get(key))))
        except ValueError:
            days.append(None)
    if days[0] and days[1] and days[0] > days[1]:
        days = [None, None]
    return days[0], days[1], str(told.get("text") or "")[:128] or None


async def _with_code(talk: _Talk, act: Callable[[str, str], Awaitable[Progress]], event: str) -> Outcome:
    number = str(talk.command.get("number") or "")
    code = talk.vault.get(
        str(talk.command.get("query_code") or ""), str(talk.command.get("query_code") or "")
    )
    try:
        progress = await act(number, code)
    except NotFound:
        return await _tell(talk, "EXTERNAL_not_found", Outcome())
    except XiansuoError as error:
        if error.code == "store_unavailable":
            raise
        return await _tell(talk, "EXTERNAL_failed", Outcome(), reason=error.detail)
    return await _tell(talk, event, Outcome(), number=progress.number, summary=summary(progress))


def summary(progress: Progress) -> str:
    """Where a complaint stands, in a few plain sentences."""
    parts = [f"{progress.number} 当前进度：{progress.stage_label}。"]
    if progress.timeline:
        last = progress.timeline[-1]
        parts.append(f"最近一步：{chinese_day(last.at)}，{last.label}。")
    if progress.is_open:
        parts.append(f"预计 {chinese_day(progress.answer_by)} 前答复。")
    if progress.questions:
        parts.append(f"工作人员想请您补充：{progress.questions[0]}")
    if progress.public_reply:
        parts.append(f"答复：{progress.public_reply}")
    return "".join(parts)


async def _track(talk: _Talk) -> Outcome:
    return await _with_code(talk, lambda n, c: after_filing.track(n, c, house=talk.house), "EXTERNAL_tracked")


async def _supplement(talk: _Talk) -> Outcome:
    text = unveil(str(talk.command.get("text") or ""), talk.vault)
    if not talk.command.get("query_code"):
        return await _supplement_here(talk, text)
    return await _with_code(
        talk, lambda n, c: after_filing.supplement(n, c, text, house=talk.house), "EXTERNAL_supplemented"
    )


async def _supplement_here(talk: _Talk, text: str) -> Outcome:
    number, here = str(talk.command.get("number") or ""), talk.conversation.id
    try:
        number = await after_filing.supplement_here(number, text, conversation_id=here, house=talk.house)
    except NotFound:
        return await _tell(talk, "EXTERNAL_not_found", Outcome())
    except XiansuoError as error:
        if error.code == "store_unavailable":
            raise
        return await _tell(talk, "EXTERNAL_failed", Outcome(), reason=error.detail)
    return await _tell(talk, "EXTERNAL_supplemented", Outcome(), number=number)


async def _withdraw(talk: _Talk) -> Outcome:
    return await _with_code(
        talk, lambda n, c: after_filing.withdraw(n, c, house=talk.house), "EXTERNAL_withdrawn"
    )


async def _rate(talk: _Talk) -> Outcome:
    said = str(talk.command.get("score"))
    score = int(said) if said.isdigit() else 0
    return await _with_code(
        talk, lambda n, c: after_filing.rate(n, c, score, house=talk.house), "EXTERNAL_rated"
    )


async def _hand_over(talk: _Talk) -> Outcome:
    await _mark(talk, str(talk.command.get("reason") or "请求人工")[:64])
    return await _tell(talk, "EXTERNAL_handed_over", Outcome(handed_over=True))


async def _emergency(talk: _Talk) -> Outcome:
    await _mark(talk, IN_DANGER)
    return Outcome()


async def _mark(talk: _Talk, reason: str) -> None:
    talk.conversation.needs_human, talk.conversation.human_reason = True, reason
    async with talk.house.store.change() as uow:
        uow.conversations.save(talk.conversation)


_RUNNERS: dict[str, Callable[[_Talk], Awaitable[Outcome]]] = {
    "file_complaint": _file,
    "track": _track,
    "supplement": _supplement,
    "withdraw": _withdraw,
    "rate": _rate,
    "hand_over": _hand_over,
    "emergency": _emergency,
}
