"""What the WeChat channel works with: the account, the platform's API, and the token kept by one process at a time."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from connectors.errors import Unreachable
from connectors.wechat.callback import Account
from connectors.wechat.connector import SYSTEM, WechatApi
from intake.services.house import House
from intake.store.database import Taken

AHEAD = dt.timedelta(minutes=5)
LEASE = dt.timedelta(seconds=20)
WAIT_S = 0.3
MOST_WAITS = 40


@dataclass
class WechatDesk:
    """window, most: how long after a person's last word, and how often, he may be written to.

    template: id of the template message for "there is news", "" for none
    turns: answers being made in this process, by message id
    """

    account: Account
    api: WechatApi
    window: dt.timedelta = dt.timedelta(hours=48)
    most: int = 20
    template: str = ""
    public_url: str = ""
    turns: dict[str, asyncio.Task[str]] = field(default_factory=dict)


class KeptToken:
    """The token in the database: refreshed before it ends, and once when the platform refuses it."""

    def __init__(self, desk: WechatDesk, house: House) -> None:
        self._desk, self._house = desk, house

    async def current(self) -> str:
        """raises: ConnectorError"""
        async with self._house.store.look() as uow:
            kept = await uow.wechat.token(self._desk.account.name)
        if kept is not None and kept[1] > self._house.clock() + AHEAD:
            return kept[0]
        return await self.renewed(kept[0] if kept else "")

    async def renewed(self, refused: str) -> str:
        """Fetch a new one, or wait for the process that is fetching it.

        raises: ConnectorError
        """
        name, house = self._desk.account.name, self._house
        for _ in range(MOST_WAITS):
            if await self._may_fetch():
                if found := await self._other_than(refused):
                    # Somebody was quicker: the next who needs a new one must not wait for our lease.
                    async with house.store.change() as uow:
                        await uow.wechat.let_go_of_token(name, house.clock())
                    return found
                fresh = await self._desk.api.fresh_token()
                ends = house.clock() + dt.timedelta(seconds=fresh.seconds)
                async with house.store.change() as uow:
                    await uow.wechat.keep_token(name, fresh.token, ends, house.clock())
                return fresh.token
            await asyncio.sleep(WAIT_S)
            if found := await self._other_than(refused):
                return found
        raise Unreachable("暂时拿不到微信平台的访问凭据", system=SYSTEM)

    async def _other_than(self, refused: str) -> str | None:
        """The token that another process fetched meanwhile."""
        async with self._house.store.look() as uow:
            kept = await uow.wechat.token(self._desk.account.name)
        is_new = kept is not None and kept[0] != refused and kept[1] > self._house.clock()
        return kept[0] if kept is not None and is_new else None

    async def _may_fetch(self) -> bool:
        now = self._house.clock()
        try:
            async with self._house.store.change() as uow:
                return await uow.wechat.take_token(self._desk.account.name, now, now + LEASE)
        except Taken:
            return False
