"""Words typed into a form whose session was over are kept for the same account, sealed, for two hours.

Who typed is known by the token of the ended session and by the form's own token: neither alone is enough. Passwords,
one-time codes and files are never kept; the words stand in no address and in no log.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from dataclasses import dataclass

from intake.domain import lifecycle
from intake.domain.conflict import Viewer
from intake.domain.errors import NotFound
from intake.services.house import House
from intake.services.secrets import token_hash
from intake.services.take_call import put_aside

KEPT_FOR = dt.timedelta(hours=2)
MOST, LONGEST = 3, 100_000
# The fields in which people write: without a word in one of them nothing is worth keeping.
WORDS = {
    "text": "内容",
    "note": "说明",
    "public_text": "给投诉人的答复",
    "part": "拆出去的内容",
    "body": "正文",
    "addressee": "主送单位",
    "title": "标题",
    "signature": "署名",
    "date": "日期",
    "question": "问题",
    "copy": "给机关看的内容",
    "answer": "说明",
    "comment": "意见",
    "reason": "理由",
    "basis": "依据",
    "demand": "诉求",
    "enterprise_name": "企业名称",
    "incident_time": "时间",
}
_NEVER = frozenset({"csrf", "password", "old", "new", "again", "otp"})
_NOT_FROM = re.compile(r"/console/(sign-in|sign-out|password|code|typed|desk/draft)(/.*)?")
_LEAD = re.compile(r"/console/leads/(\w+)(?:/([\w-]+))?")
_PAGES = {"desk": "登记来电", "circular": "通报", "patterns": "规律", "requests": "通知", "admin": "管理"}


@dataclass(frozen=True, slots=True)
class Kept:
    """path: where it was sent to; fields: (name, value) as they came; title: what it was, in words."""

    id: str
    at: dt.datetime
    path: str
    fields: tuple[tuple[str, str], ...]
    title: str


def worth_keeping(path: str) -> bool:
    return path.startswith("/console/") and _NOT_FROM.fullmatch(path) is None


async def keep_typed(token: str, path: str, fields: list[tuple[str, str]], *, house: House) -> bool:
    """Whether it was kept. fields: of the form, files left out."""
    kept = [(name, value) for name, value in fields if name not in _NEVER]
    is_written = any(name in WORDS and value.strip() for name, value in kept)
    if not worth_keeping(path) or not is_written or sum(len(v) for _, v in kept) > LONGEST:
        return False
    given = next((value for name, value in fields if name == "csrf"), "")
    now = house.clock()
    async with house.store.change() as uow:
        found = await uow.accounts.session_ever(token_hash(token))
        if found is None or not hmac.compare_digest(found[0].csrf.encode(), given.encode()):
            return False
        account = found[1]
        await uow.typed.delete_before(now - KEPT_FOR)
        for row_id, _, _ in (await uow.typed.of_account(account.login, now - KEPT_FOR))[MOST - 1 :]:
            await uow.typed.delete(row_id)
        uow.typed.keep(account.id, {"path": path, "fields": kept}, now)
    return True


async def kept_for(viewer: Viewer, *, house: House) -> tuple[Kept, ...]:
    """What waits for this account, the newest first; a caller's number as a sealed word only."""
    async with house.store.look() as uow:
        rows = await uow.typed.of_account(viewer.account, house.clock() - KEPT_FOR)
    return tuple(
        Kept(row_id, at, value["path"], _veiled(value["fields"], viewer, house), _title(value["path"]))
        for row_id, at, value in rows
    )


async def take_kept(kept_id: str, *, viewer: Viewer, house: House) -> str:
    """The path it belongs to; it is kept no longer. raises: NotFound"""
    kept = next((k for k in await kept_for(viewer, house=house) if k.id == kept_id), None)
    if kept is None:
        raise NotFound("这份内容已经不在了。")
    async with house.store.change() as uow:
        await uow.typed.delete(kept.id)
    return kept.path


def _veiled(fields: list[list[str]], viewer: Viewer, house: House) -> tuple[tuple[str, str], ...]:
    found = []
    for name, value in fields:
        if name == "phone" and value.strip():
            found.append(("kept_phone", put_aside(value, viewer=viewer, house=house)))
        elif name != "phone" and not (name == "kept_phone" and not value):
            found.append((name, value))
    return tuple(found)


def _title(path: str) -> str:
    match = _LEAD.match(path)
    if match is None:
        return _PAGES.get(path.split("/")[2], "工作台")
    step = lifecycle.steps().get(match[2] or "")
    return f"线索 {match[1]}{'：' + step.label if step else ''}"
