"""Take in what the ministry's platform transferred: each suggestion filed once, what cannot be filed kept with its reason.

The place to go on from is stored after a whole page: a stop on the way reads that page again, and cases are known by
their number and content.
"""

from __future__ import annotations

from connectors.moj_suggestions.wire import Suggestion
from intake.domain.errors import StoreUnavailable, XiansuoError
from intake.services.house import House
from intake.services.pulled import LEASE, Pulled
from intake.services.receive_external import receive_work_order
from intake.services.transfer_facts import MINISTRY_SOURCE
from intake.store.database import Taken
from intake.store.inbox import content_hash

SYSTEM = "moj_suggestions"
REFUSED = "refused"
MOST_PAGES = 50


async def pull_suggestions(cursor: str, house: House) -> Pulled:
    """raises: ConnectorError; StoreUnavailable"""
    done = Pulled()
    for _ in range(MOST_PAGES):
        page = await house.partners[SYSTEM].suggestions(cursor)
        for one in page.suggestions:
            done.counts[await _take(one, done, house)] += 1
        cursor = page.next or cursor
        async with house.store.change() as uow:
            lease = house.clock() + LEASE
            await uow.directory.settle(SYSTEM, cursor=cursor, lease_until=lease)
        if not page.has_more:
            break
    return done


async def _take(one: Suggestion, done: Pulled, house: House) -> str:
    """created | updated | duplicate_same | refused"""
    name = one.number or "没有编号的一条"
    if not one.is_usable or len(one.number) > 64:
        why = "；".join(one.problems) or "编号超过 64 位"
        done.problems.append(f"{name}：{why}")
        return await _keep(one, why, house)
    try:
        return (await receive_work_order(MINISTRY_SOURCE, one.as_order(), house=house)).result
    except Taken:
        return "duplicate_same"  # it was pushed to us at the same moment
    except StoreUnavailable:
        raise
    except XiansuoError as error:
        why = "；".join(problem.detail for problem in getattr(error, "fields", ())) or error.detail
        done.problems.append(f"{name}：{why}")
        return await _keep(one, why, house)


async def _keep(one: Suggestion, why: str, house: House) -> str:
    """Nothing that was transferred is lost: it lies sealed in the inbox until a person has dealt with it."""
    number, body = one.number[:64], {"raw": dict(one.raw), "why": why}
    async with house.store.change() as uow:
        seen = await uow.inbox.earlier(MINISTRY_SOURCE, number)
        if not any(item.content_hash == content_hash(body) for item in seen):
            await uow.inbox.keep(MINISTRY_SOURCE, number, REFUSED, body, lead_id=None, at=house.clock())
    return REFUSED
