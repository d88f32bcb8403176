"""The ledger taken out on the command line, with the eyes of one account."""

from __future__ import annotations

from typing import BinaryIO

from intake.domain.conflict import Viewer
from intake.domain.errors import NotFound
from intake.services.export_ledger import Wanted, day_asked, export_ledger
from intake.services.house import House
from intake.services.lead_filter import lead_filter
from intake.services.ledger_files import as_csv, as_xlsx


async def take_ledger(login: str, file: BinaryIO, form: str, *, first: str, last: str, house: House) -> None:
    """Write all leads that `login` may see to `file`; form: csv | xlsx.

    raises: NotFound, Forbidden, Malformed
    """
    async with house.store.look() as uow:
        account = await uow.accounts.by_login(login.strip().lower())
    if account is None or account.is_disabled:
        raise NotFound("没有这个账号，或者已经停用。")
    viewer = Viewer(account.login, account.name, account.role, account.organisation, account.region)
    asked = (("收到日期起", first), ("收到日期止", last))
    said = "；".join(["命令行导出", *(f"{name}：{day}" for name, day in asked if day)])
    wanted = Wanted(lead_filter(stage="all"), day_asked(first, "from"), day_asked(last, "to"), said)
    ledger = await export_ledger(viewer, wanted, form=form, house=house)
    if form == "xlsx":
        file.write(await as_xlsx(ledger))
        return
    async for part in as_csv(ledger):
        file.write(part)
