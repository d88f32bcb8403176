"""A message by WeChat: stored before it is answered, answered once however often the platform repeats it.

The platform waits five seconds and asks three times in all. What is ready within four goes back as the passive
answer; what is not is sent afterwards by the customer-service call, and the platform gets an empty answer now.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from dataclasses import asdict, dataclass

from connectors.wechat.callback import Call
from connectors.wechat.messages import Incoming
from connectors.wechat.replies import NOTHING, pieces
from intake.services.answer_wechat import answer
from intake.services.house import House
from intake.services.wechat_desk import WechatDesk
from intake.store.database import Taken
from intake.store.tables import WechatContact, WechatMessage
from intake.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

IN_TIME_S = 4.0
# Whoever began an answer has this long; afterwards a repetition, or the worker, takes the message over.
LEASE = dt.timedelta(seconds=90)
LOST = "刚才您发来的内容已经收到，但自动受理没有处理成功。请再发一次，或拨打 {phone}。"


@dataclass
class _Wait:
    """late: nobody waits for the words any more, they are to be sent."""

    late: bool = False


async def receive(call: Call, *, desk: WechatDesk, house: House) -> bytes:
    """The body of our answer to one callback.

    raises: StoreUnavailable (the platform asks again)
    """
    row, is_mine = await _keep(call.message, desk, house)
    running = desk.turns.get(row.id)
    if running is None and not is_mine:
        return await _again(row, call, house)
    wait = _Wait()
    if running is None:
        running = asyncio.create_task(_turn(row.id, call.message, wait, desk=desk, house=house))
        desk.turns[row.id] = running
        running.add_done_callback(lambda _: desk.turns.pop(row.id, None))
    await asyncio.wait({running}, timeout=IN_TIME_S)
    if not running.done():
        wait.late = True
        return NOTHING
    words = running.result()
    return call.reply(words) if words else NOTHING


async def _again(row: WechatMessage, call: Call, house: House) -> bytes:
    """A repetition of what is answered gets the same words; the platform shows them once."""
    async with house.store.look() as uow:
        words = uow.wechat.answer(row)
    return call.reply(words) if words else NOTHING


async def _keep(message: Incoming, desk: WechatDesk, house: House) -> tuple[WechatMessage, bool]:
    """The stored message, and whether this call is the one to answer it."""
    name, now = desk.account.name, house.clock()
    for _ in range(3):
        try:
            async with house.store.change() as uow:
                row = await uow.wechat.message(name, message.key)
                if row is not None:
                    return row, await uow.wechat.take_again(row.id, now, now + LEASE)
                contact = await _contact(message, name, now, uow)
                return uow.wechat.add_message(contact, message.key, asdict(message), now, now + LEASE), True
        except Taken:
            # The same message, or the first of the same person, was stored between our look and our write.
            continue
    raise Taken(message.kind)


async def _contact(message: Incoming, account: str, now: dt.datetime, uow: UnitOfWork) -> WechatContact:
    contact = await uow.wechat.contact(account, message.sender)
    if contact is None:
        contact = uow.wechat.add_contact(account, message.sender, now)
        await uow.flush()
    contact.seen_at, contact.sent = now, 0
    contact.is_subscribed = message.event != "unsubscribe"
    uow.wechat.keep(contact)
    return contact


async def _turn(row_id: str, message: Incoming, wait: _Wait, *, desk: WechatDesk, house: House) -> str:
    """Make the answer; returns its first piece when somebody still waits, else "" (it is sent)."""
    try:
        words = pieces(await answer(message, desk=desk, house=house))
    except Exception as error:
        # It stays "received": a repetition or the worker takes it over when the lease ends.
        log.exception("wechat turn failed", extra={"kind": type(error).__name__})
        return ""
    first = "" if wait.late or not words else words[0]
    async with house.store.change() as uow:
        await uow.wechat.settle_message(row_id, "answered", first or None)
        contact = await uow.wechat.contact(desk.account.name, message.sender)
        for later in words[1:] if first else words:
            if contact is not None:
                uow.wechat.send(contact.id, later, house.clock())
    return first


async def give_up_left_over(*, desk: WechatDesk, house: House, limit: int = 20) -> int:
    """Messages whose process died and that the platform no longer repeats: their senders are asked to say it again."""
    async with house.store.change() as uow:
        rows = await uow.wechat.left_over(house.clock(), limit)
        for row in rows:
            await uow.wechat.settle_message(row.id, "failed")
            words = LOST.format(phone=house.policy.public_phone)
            uow.wechat.send(row.contact_id, words, house.clock())
            contact = await uow.wechat.contact_by_id(row.contact_id)
            talk = await uow.conversations.get(contact.conversation_id) if contact.conversation_id else None
            if talk is not None:
                talk.needs_human, talk.human_reason = True, "微信消息没有处理成功"
                uow.conversations.save(talk)
    return len(rows)
