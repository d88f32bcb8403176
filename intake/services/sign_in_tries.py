"""Wrong passwords and wrong codes are counted together, by login and by address."""

from __future__ import annotations

import datetime as dt

from intake.domain.errors import TooMany
from intake.services.house import House

WINDOW = dt.timedelta(minutes=15)
TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30


async def check_tries(login: str, address: str, *, house: House) -> None:
    """raises: TooMany"""
    async with house.store.look() as uow:
        by_login, by_address = await uow.accounts.tries_since(login, address, house.clock() - WINDOW)
    if by_login >= TRIES_PER_LOGIN or by_address >= TRIES_PER_ADDRESS:
        raise TooMany(int(WINDOW.total_seconds()), "登录失败次数太多，请 15 分钟后再试。")
