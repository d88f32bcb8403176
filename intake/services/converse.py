"""One message of a citizen and its answer.

Stored before anything else; understood here; talked over by the bot; the one
command that may come back is run here (decision 11). The same (session,
message_id) gives the same answer. Bot down: the text is kept, a person is
called, the citizen gets the form and the hotline number.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import ConnectorError
from intake.domain import receipts
from intake.domain.errors import FieldProblem, Malformed, NotSignedIn
from intake.domain.sla import LOCAL
from intake.services import bot_commands
from intake.services.house import House
from intake.services.new_complaint import MAX_TEXT, clean
from intake.services.secrets import new_token, token_hash
from intake.services.take_files import take_files
from intake.services.understand import understand
from intake.services.veil import show, veil
from intake.store.database import Taken
from intake.store.tables import ChatMessage, Conversation

log = logging.getLogger(__name__)

DANGER = "如果现在有人身危险，请立即拨打 110；有人受伤拨打 120；着火拨打 119。"
SORRY = (
    "自动受理暂时没有响应。您刚才的话已经保存，会有工作人员查看。您也可以填写网页表单，或直接拨打 {phone}。"
)


@dataclass
class Answer:
    """What the citizen reads. `session` is the secret of this conversation, told once it exists."""

    session: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    filed: dict[str, str] | None = None
    handed_over: bool = False


async def converse(
    *,
    session: str | None,
    message_id: str,
    text: str | None,
    payload: str | None,
    channel: str,
    attachment_ids: Sequence[str] = (),
    house: House,
) -> Answer:
    """Store, understand, answer.

    session: None starts a new conversation
    payload: a button's payload, /intent{…}; exactly one of text and payload
    attachment_ids: received files, kept with the conversation; with one of them text may be None
    raises: Malformed; TooManyFiles; NotSignedIn for an unknown session; StoreUnavailable
    """
    body = _body(text, payload, attachment_ids)
    session, talk = await _talk(session, channel, house=house)
    lock = house.talking.setdefault(talk.id, asyncio.Lock())
    async with lock:
        row, earlier = await _keep(talk, message_id, body, house=house)
        if earlier is not None:
            return Answer(session, **earlier)
        answer = Answer(session)
        # Files first: what is filed in this very turn takes them along.
        words = await take_files(attachment_ids, talk, house=house)
        if "attachments" not in body:
            await _answer(talk, row, body, answer, house=house)
        if words:
            answer.messages.insert(0, {"text": words, "buttons": []})
        await _remember(row, answer, house=house)
        return answer


def _body(text: str | None, payload: str | None, attachment_ids: Sequence[str]) -> dict[str, str]:
    if attachment_ids and text is None and payload is None:
        return {"attachments": " ".join(attachment_ids)}
    if (text is None) == (payload is None):
        raise Malformed(FieldProblem("text", "text_or_payload", "请发送文字，或点击一个按钮。"))
    if payload is not None:
        if not payload.startswith("/") or len(payload) > 500:
            raise Malformed(FieldProblem("payload", "bad_payload", "按钮内容无效，请重新点击。"))
        return {"payload": payload}
    cleaned = clean(text or "")
    if not cleaned:
        raise Malformed(FieldProblem("text", "empty", "没有收到内容，请输入文字。"))
    if len(cleaned) > MAX_TEXT:
        raise Malformed(FieldProblem("text", "too_long", f"一条消息最多 {MAX_TEXT} 字，请分成几条发送。"))
    # A typed "/intent" must not act as a button.
    return {"text": cleaned.lstrip("/") or "。"}


async def _talk(session: str | None, channel: str, *, house: House) -> tuple[str, Conversation]:
    now = house.clock()
    if session is not None:
        async with house.store.look() as uow:
            talk = await uow.conversations.by_session(token_hash(session))
        if talk is None:
            raise NotSignedIn("这个会话已失效，请重新打开页面。")
        return session, talk
    session = new_token()
    talk = Conversation(session_hash=token_hash(session), channel=channel, started_at=now, seen_at=now)
    async with house.store.change() as uow:
        uow.conversations.add(talk)
    return session, talk


async def _keep(
    talk: Conversation, message_id: str, body: dict[str, str], *, house: House
) -> tuple[ChatMessage, dict[str, Any] | None]:
    """Store the message with its id in one transaction, before any answer."""
    try:
        async with house.store.change() as uow:
            row = await uow.conversations.message(talk.id, message_id)
            if row is None:
                row = await uow.conversations.store(talk.id, message_id, body, house.clock())
                talk.seen_at = house.clock()
                uow.conversations.save(talk)
            return row, uow.conversations.answer(row)
    except Taken:
        async with house.store.look() as uow:
            found = await uow.conversations.message(talk.id, message_id)
            if found is None:
                raise
            return found, uow.conversations.answer(found)


async def _answer(
    talk: Conversation, row: ChatMessage, body: dict[str, str], answer: Answer, *, house: House
) -> None:
    async with house.store.look() as uow:
        vault = uow.conversations.vault(talk)
    before = dict(vault)
    said = veil(body["text"], vault) if "text" in body else body["payload"]
    if vault != before:
        async with house.store.change() as uow:
            uow.conversations.set_vault(talk, vault)
    metadata = {"understood": None, "context": _context(talk, house)}
    is_danger = False
    if "text" in body:
        understood = understand(said, house=house)
        is_danger = understood.danger
        metadata["understood"] = understood.to_json()
    try:
        spoken = await house.bot.turn(talk.id, said, metadata)
        answer.messages += [_message(m, vault) for m in spoken.messages]
        if spoken.command is not None:
            done = await bot_commands.run(spoken.command, talk=talk, vault=vault, house=house)
            answer.filed, answer.handed_over = done.filed, done.handed_over
            answer.messages += [_message(m, vault) for m in done.words]
            _fill_in_code(answer)
    except ConnectorError as error:
        log.warning("bot does not answer", extra={"kind": type(error).__name__, "conversation": talk.id})
        await _call_a_person(talk, "机器人无响应", answer, is_danger=is_danger, house=house)
    if not answer.messages:
        await _call_a_person(talk, "机器人没有回答", answer, is_danger=is_danger, house=house)


def _context(talk: Conversation, house: House) -> dict[str, Any]:
    return {"channel": talk.channel, "local_date": house.clock().astimezone(LOCAL).date().isoformat()}


def _message(message: Any, vault: dict[str, str]) -> dict[str, Any]:
    return {
        "text": show(message.text, vault),
        "buttons": [{"title": b.title, "payload": b.payload} for b in message.buttons],
    }


def _fill_in_code(answer: Answer) -> None:
    if answer.filed is None:
        return
    code = receipts.spoken(answer.filed["query_code"])
    for message in answer.messages:
        message["text"] = message["text"].replace("⟨查询码⟩", code)
    if not any(code in m["text"] for m in answer.messages):
        # The bot died between filing and speaking: the receipt is told all the same.
        words = f"您的投诉已登记。受理编号：{answer.filed['number']}，查询码：{code}。请截图保存。"
        answer.messages.append({"text": words, "buttons": []})


async def _call_a_person(
    talk: Conversation, reason: str, answer: Answer, *, is_danger: bool, house: House
) -> None:
    if is_danger:
        answer.messages.append({"text": DANGER, "buttons": []})
    async with house.store.change() as uow:
        talk.needs_human, talk.human_reason = True, reason
        uow.conversations.save(talk)
    answer.handed_over = True
    words = SORRY.format(phone=house.policy.public_phone)
    answer.messages.append({"text": words, "buttons": []})


async def _remember(row: ChatMessage, answer: Answer, *, house: House) -> None:
    kept = {"messages": answer.messages, "filed": answer.filed, "handed_over": answer.handed_over}
    async with house.store.change() as uow:
        uow.conversations.set_answer(row, kept, "answered")
