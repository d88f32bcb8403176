"""A person has seen to a conversation that waited for one: it leaves the list, and who did it is kept."""

from __future__ import annotations

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, NotFound, Stale
from intake.services.house import House

MAY_HANDLE = frozenset({"city_supervisor"})


async def handle_talk(talk_id: str, seen: str, *, viewer: Viewer, house: House) -> None:
    """Take a conversation off the waiting list.

    seen: number of messages the page showed; a citizen who wrote again meanwhile is not put aside unread
    raises: Forbidden, NotFound, Stale
    """
    if viewer.role not in MAY_HANDLE:
        raise Forbidden
    async with house.store.change() as uow:
        talk = await uow.conversations.get(talk_id)
        if talk is None or not talk.needs_human:
            raise NotFound
        if str(len(await uow.conversations.messages(talk.id))) != seen:
            raise Stale("对方又发来了新消息，请看过再标记。")
        talk.needs_human, talk.handled_by = False, viewer.account
        uow.conversations.save(talk)
