"""What a message by WeChat means to the conversation, and the bot's answer as one text with numbered choices."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from connectors.errors import ConnectorError
from connectors.wechat.messages import Incoming
from intake.domain.errors import XiansuoError
from intake.services.converse import Answer, converse
from intake.services.fetch_media import fetch_media
from intake.services.house import House
from intake.services.secrets import token_hash
from intake.services.wechat_desk import WechatDesk

log = logging.getLogger(__name__)

MENU = ("file_complaint", "green_channel", "query_progress")
HOTLINE = "拨打 {phone} 可以直接找政务服务便民热线，24 小时有人接听。要在这里投诉，直接把事情说给我听就行。"
STRANGE = "这种消息我还看不懂。请用文字或语音告诉我发生了什么，照片、视频和文件也可以发来。"
NOT_FETCHED = "文件没有收下来，可能太大或已经过期，请重新发一次；也可以在网页上传。"
HEARD = "语音收到了，会有工作人员来听。您也可以打字再说一遍，这样登记得更快。"
LISTEN = "有语音留言，请听"
_FILES = frozenset({"image", "voice", "video", "shortvideo", "file"})
_CHOICE = re.compile(r"[1-9１-９]|1[0-2]")


async def answer(message: Incoming, *, desk: WechatDesk, house: House) -> str:
    """The words for the person, "" when there is nothing to say. One message of a person at a time.

    raises: StoreUnavailable
    """
    lock = house.talking.setdefault(f"wechat.{message.sender}", asyncio.Lock())
    async with lock:
        known = await _known(message, desk, house)
        try:
            spoken = await _spoken(message, known, desk, house)
        except XiansuoError as error:
            if error.code == "store_unavailable":
                raise
            return error.detail
        if isinstance(spoken, str):
            return spoken
        return await _words(spoken, message, known, desk, house)


async def _known(message: Incoming, desk: WechatDesk, house: House) -> dict[str, Any]:
    async with house.store.look() as uow:
        contact = await uow.wechat.contact(desk.account.name, message.sender)
        return uow.wechat.known(contact) if contact is not None else {}


async def _spoken(message: Incoming, known: dict[str, Any], desk: WechatDesk, house: House) -> Answer | str:
    if message.kind in _FILES:
        return await _with_file(message, known, desk, house)
    text, payload = _said(message, known)
    if payload == "hotline":
        return HOTLINE.format(phone=house.policy.public_phone)
    if text is None and payload is None:
        return "" if message.kind == "event" else STRANGE
    return await _converse(message, known, house, text=text, payload=payload)


def _said(message: Incoming, known: dict[str, Any]) -> tuple[str | None, str | None]:
    """(text, payload of a button) of what was said; neither for what says nothing."""
    if message.kind == "event":
        if message.event in ("subscribe", "SCAN"):
            return None, "/greet"
        if message.event == "CLICK":
            key = message.event_key
            return None, f"/{key}" if key in MENU else "hotline" if key == "hotline" else None
        return None, None
    chosen = _CHOICE.fullmatch(message.text.strip())
    buttons = known.get("buttons") or []
    if chosen and int(chosen.group()) <= len(buttons):
        return None, str(buttons[int(chosen.group()) - 1]["payload"])
    return message.text or None, None


async def _with_file(
    message: Incoming, known: dict[str, Any], desk: WechatDesk, house: House
) -> Answer | str:
    """Into quarantine first: the platform keeps a file for three days only. Then the words, if any were recognised."""
    try:
        file_id = await fetch_media(message, session=known.get("session"), desk=desk, house=house)
    except (ConnectorError, XiansuoError) as failed:
        if isinstance(failed, XiansuoError) and failed.code == "store_unavailable":
            raise
        log.warning("media not fetched", extra={"kind": type(failed).__name__})
        words = failed.detail if isinstance(failed, XiansuoError) else NOT_FETCHED
        if not message.text:
            return words
        return await _converse(message, known, house, text=message.text)
    if message.text:
        return await _converse(message, known, house, text=message.text, files=(file_id,))
    spoken = await _converse(message, known, house, files=(file_id,))
    if message.kind == "voice":
        await _ask_to_listen(spoken.session, house)
        spoken.messages.append({"text": HEARD, "buttons": []})
    return spoken


async def _converse(
    message: Incoming,
    known: dict[str, Any],
    house: House,
    *,
    text: str | None = None,
    payload: str | None = None,
    files: tuple[str, ...] = (),
) -> Answer:
    return await converse(
        session=known.get("session"),
        message_id=token_hash(message.key),
        text=text,
        payload=payload,
        channel="wechat",
        attachment_ids=files,
        house=house,
    )


async def _ask_to_listen(session: str, house: House) -> None:
    async with house.store.change() as uow:
        talk = await uow.conversations.by_session(token_hash(session))
        if talk is not None and not talk.needs_human:
            talk.needs_human, talk.human_reason = True, LISTEN
            uow.conversations.save(talk)


async def _words(
    spoken: Answer, message: Incoming, known: dict[str, Any], desk: WechatDesk, house: House
) -> str:
    """The messages as one text; what was offered is remembered, so that a number chooses it."""
    parts = [m["text"] for m in spoken.messages if m.get("text")]
    buttons = [b for m in spoken.messages for b in m.get("buttons") or ()]
    if buttons:
        choices = "\n".join(f"{i}. {b['title']}" for i, b in enumerate(buttons, 1))
        parts.append(f"回复数字选择：\n{choices}")
    async with house.store.change() as uow:
        contact = await uow.wechat.contact(desk.account.name, message.sender)
        talk = await uow.conversations.by_session(token_hash(spoken.session))
        if contact is not None and talk is not None:
            contact.conversation_id = talk.id
            uow.wechat.keep(contact, known | {"session": spoken.session, "buttons": buttons})
    return "\n\n".join(parts)
