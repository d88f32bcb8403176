"""What goes out by WeChat after the fact: late answers, and news of somebody's case.

The platform lets us write for 48 hours after a person's last word and a limited number of times. After that a
template message says that there is news; without one the text counts as expired, which staff see on the lead.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from typing import Any

from connectors.errors import ConnectorError, Refused
from connectors.wechat.connector import WINDOW_OVER
from intake.services.house import House
from intake.services.later_messages import words_of
from intake.services.wechat_desk import KeptToken, WechatDesk
from intake.store.tables import WechatContact, WechatSend

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=60)
MOST_ATTEMPTS = 12
# Also what the index on time makes cheap among a million events.
NEWS_FOR = dt.timedelta(days=7)
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 3600.0
UNSUBSCRIBED = "对方已取消关注"
NEWS = "您的投诉有新进展，请凭受理编号和查询码在网页查看，或在这里发送“查进度”。"


async def tell_news(*, house: House, limit: int = 50) -> int:
    """Put public news of cases that came by WeChat in line; each once."""
    async with house.store.change() as uow:
        rows = await uow.wechat.untold(house.clock() - NEWS_FOR, limit)
        for event, lead, contact in rows:
            uow.wechat.send(contact.id, words_of(event, lead), house.clock(), lead_id=lead.id)
            contact.told_at = max(contact.told_at, event.at)
            uow.wechat.keep(contact)
    return len(rows)


async def send_due(*, desk: WechatDesk, house: House, limit: int = 10) -> int:
    """Send what is due, in order; returns how many were claimed."""
    async with house.store.change() as uow:
        rows = await uow.wechat.claim_sends(house.clock(), LEASE, limit)
    held: set[str] = set()
    for row in rows:
        # A text that must wait holds back the later ones of the same person.
        if row.contact_id in held or not await _send(row, desk, house):
            held.add(row.contact_id)
    return len(rows)


async def _send(row: WechatSend, desk: WechatDesk, house: House) -> bool:
    """Whether the next text of this person may follow."""
    async with house.store.look() as uow:
        contact = await uow.wechat.contact_by_id(row.contact_id)
        openid, text = str(uow.wechat.known(contact)["openid"]), uow.wechat.text(row)
    over = _over(contact, desk, house.clock())
    if over:
        await _late(row, contact, openid, over, desk, house)
        return True
    try:
        await desk.api.send_text(openid, text, tokens=KeptToken(desk, house))
    except ConnectorError as failed:
        return await _failed(row, contact, openid, failed, desk, house)
    await _settle(row, house, state="sent", counts=True)
    return True


def _over(contact: WechatContact, desk: WechatDesk, now: dt.datetime) -> str:
    """Why nothing may be written now, "" when it may."""
    if not contact.is_subscribed:
        return UNSUBSCRIBED
    if now - contact.seen_at > desk.window:
        return f"超过 {int(desk.window.total_seconds() // 3600)} 小时没有互动"
    return "已达可发条数" if contact.sent >= desk.most else ""


async def _late(
    row: WechatSend, contact: WechatContact, openid: str, why: str, desk: WechatDesk, house: House
) -> None:
    if not desk.template or not contact.is_subscribed or row.lead_id is None:
        await _settle(row, house, state="expired", reason=why)
        return
    try:
        data = {"first": NEWS, "thing1": NEWS[:20]}
        await desk.api.send_template(
            openid, desk.template, data, url=desk.public_url, tokens=KeptToken(desk, house)
        )
    except ConnectorError as failed:
        log.warning("template not sent", extra={"code": failed.code})
        await _settle(row, house, state="expired", reason=why)
        return
    await _settle(row, house, state="noticed", reason=why)


async def _failed(
    row: WechatSend,
    contact: WechatContact,
    openid: str,
    failed: ConnectorError,
    desk: WechatDesk,
    house: House,
) -> bool:
    code = int(failed.code) if failed.code and failed.code.lstrip("-").isdecimal() else 0
    log.warning("wechat message not sent", extra={"code": code, "attempt": row.attempts})
    if code in WINDOW_OVER:
        await _late(row, contact, openid, WINDOW_OVER[code], desk, house)
        return True
    if isinstance(failed, Refused) or row.attempts >= MOST_ATTEMPTS:
        await _settle(row, house, state="failed", reason=failed.message[:64])
        return True
    wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (row.attempts - 1)) * random.uniform(0.8, 1.2)  # noqa: S311
    async with house.store.change() as uow:
        await uow.wechat.settle_send(row, due_at=house.clock() + dt.timedelta(seconds=wait))
    return False


async def _settle(row: WechatSend, house: House, *, counts: bool = False, **values: Any) -> None:
    async with house.store.change() as uow:
        await uow.wechat.settle_send(row, done_at=house.clock(), **values)
        if counts:
            contact = await uow.wechat.contact_by_id(row.contact_id)
            contact.sent += 1
            uow.wechat.keep(contact)
