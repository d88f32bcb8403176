"""Copies of evidence go to the hotline by signed address only, while a person allows it, and leave a trace."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from dataclasses import replace

import aiohttp
import pytest
from PIL import Image

from intake.domain.conflict import Viewer
from intake.services import handle_evidence, read_leads
from intake.services.file_complaint import file_complaint
from intake.services.offer_evidence import GOOD_FOR, address_of
from intake.services.receive_evidence import receive_evidence
from tests.factories import files
from tests.factories.house import NOON, new_complaint
from tests.factories.server import serve

SHI = Viewer("root", "测试", "city_supervisor", "411200-SF", "411200")


async def filed(house, content):
    async def plain():
        yield content

    house.policy = replace(house.policy, public_url="https://xiansuo.example/")
    one = (await receive_evidence("测试张三.jpg", plain(), house=house)).id
    new = new_complaint(key=f"offer-{one[:12]}", attachment_ids=(one,))
    number = (await file_complaint(new, house=house)).number
    await handle_evidence.release_evidence(number, one, "人工看过没有问题", viewer=SHI, house=house)
    return number, one


async def allow(house, number, one, *, allowed=True):
    await handle_evidence.allow_forward(
        number, one, "请热线协助核实", allowed=allowed, viewer=SHI, house=house
    )


async def told(house, number):
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        return [row.payload for row in await uow.outbox.of_lead(lead.id) if row.kind == "event"]


async def get(base, url):
    async with (
        aiohttp.ClientSession() as session,
        session.get(url.replace("https://xiansuo.example", base)) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


async def test_the_hotline_fetches_the_copy_and_its_fetching_is_recorded(house):
    number, one = await filed(house, files.image())
    await allow(house, number, one)
    (event,) = await told(house, number)
    (item,) = event["attachments"]

    async with serve(house) as base:
        status, copy, headers = await get(base, item["url"])

    assert (status, event["event"]) == (200, "supplement")
    assert (len(copy), hashlib.sha256(copy).hexdigest()) == (item["bytes"], item["sha256"])
    assert headers["Content-Type"] == item["media_type"]
    assert headers["Cache-Control"] == "no-store"
    with Image.open(io.BytesIO(copy)) as image:
        assert dict(image.getexif()) == {}
    assert "张三" not in str(event)
    (exhibit,) = await handle_evidence.list_evidence(number, SHI, house=house)
    assert (exhibit.custody[-1].kind, exhibit.custody[-1].actor) == ("forwarded", "hotline12345")
    kinds = [e.kind for e in (await read_leads.read_lead(number, SHI, house=house)).events]
    assert "evidence_forwarded" in kinds


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("hotline12345", "moj_platform", id="for another authority"),
        pytest.param("signature=", "signature=0", id="another signature"),
        pytest.param("expires=", "expires=9", id="a later end"),
        pytest.param("signature=", "signature=%E9%BB%91", id="no signature at all"),
        pytest.param("expires=", "x=", id="no end"),
    ],
)
async def test_a_changed_address_opens_nothing(lite, old, new):
    number, one = await filed(lite, files.image())
    await allow(lite, number, one)
    url = (await told(lite, number))[0]["attachments"][0]["url"]

    async with serve(lite) as base:
        changed, unknown = (
            await get(base, url.replace(old, new)),
            await get(base, address_of("0" * 32, "hotline12345", until=NOON + GOOD_FOR, house=lite)),
        )

    assert changed[0] == unknown[0] == 404


async def test_an_address_ends_with_its_time_and_with_the_permission(lite):
    number, one = await filed(lite, files.image())
    await allow(lite, number, one)
    url = (await told(lite, number))[0]["attachments"][0]["url"]

    async with serve(lite) as base:
        good = await get(base, url)
        await allow(lite, number, one, allowed=False)
        withdrawn = await get(base, url)
        await allow(lite, number, one)
        lite.clock = lambda: NOON + GOOD_FOR + dt.timedelta(seconds=1)
        expired = await get(base, url)

    assert [answer[0] for answer in (good, withdrawn, expired)] == [200, 404, 404]


async def test_what_has_no_stripped_copy_is_not_offered(lite):
    number, one = await filed(lite, files.PDF)
    await allow(lite, number, one)

    assert await told(lite, number) == []
    async with serve(lite) as base:
        url = address_of(one, "hotline12345", until=NOON + GOOD_FOR, house=lite)
        assert (await get(base, url))[0] == 404


async def test_without_an_address_of_ours_nothing_is_offered(lite):
    number, one = await filed(lite, files.image())
    lite.policy = replace(lite.policy, public_url="")
    await allow(lite, number, one)

    assert await told(lite, number) == []
