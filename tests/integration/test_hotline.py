"""HotlineClient against the local hotline, over real sockets."""

import asyncio
import datetime as dt

import aiohttp
import pytest

from connectors.errors import Garbled, Refused, Unreachable
from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.orders import LeadFacts, event_for, order_for
from connectors.hotline12345.simulator import make_app
from connectors.http import Limits

SECRET, APP = "test-secret", "xiansuo"
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def order(number: str = "XS7K2M9P4QW3T", **changes) -> dict:
    facts = LeadFacts(
        number=number,
        stage="L20",
        title="反映测试区市场监督管理局检查不亮证",
        content="测试区市场监督管理局的人来检查没有亮证，我的电话13800138000。",
        received_at=NOW,
        deadline=NOW,
        days=5,
        region_code="411202",
        agency="测试区市场监督管理局",
        handle_unit="测试区司法局",
    )
    return order_for(facts) | changes


@pytest.fixture
async def server(aiohttp_server):
    return await aiohttp_server(make_app(secret=SECRET, app_id=APP, pace=0))


@pytest.fixture
async def hotline(server):
    client = HotlineClient(
        str(server.make_url("/")), APP, SECRET, limits=Limits(total_s=2, max_bytes=200_000)
    )
    yield client
    await client.close()


@pytest.fixture
async def fault(server):
    async with aiohttp.ClientSession() as session:

        async def switch(mode: str, **more) -> None:
            async with session.post(server.make_url("/faults"), json={"mode": mode, **more}) as answer:
                assert answer.status == 200

        yield switch


async def test_a_new_order_gets_the_hotlines_number(hotline):
    ack = await hotline.push_work_order(order(), message_id="m-1")

    assert ack.result == "created"
    assert ack.number.startswith("RX")
    assert ack.trace_id


async def test_the_same_message_again_changes_nothing(hotline):
    first = await hotline.push_work_order(order(), message_id="m-1")
    again = await hotline.push_work_order(order(), message_id="m-1")

    assert (again.number, again.result) == (first.number, "duplicate_same")
    assert len((await hotline.changes()).changes) == 1


async def test_the_same_content_under_another_message_id_changes_nothing(hotline):
    await hotline.push_work_order(order(source_revision="1"), message_id="m-1")

    again = await hotline.push_work_order(order(source_revision="2"), message_id="m-2")

    assert again.result == "duplicate_same"


async def test_new_content_of_the_same_case_updates_it(hotline):
    first = await hotline.push_work_order(order(), message_id="m-1")
    later = await hotline.push_work_order(order(urgency="top"), message_id="m-2")

    assert (later.number, later.result) == (first.number, "updated")


async def test_a_message_id_used_for_something_else_is_refused(hotline):
    await hotline.push_work_order(order(), message_id="m-1")

    with pytest.raises(Refused) as refused:
        await hotline.push_work_order(order("XS2222222222B"), message_id="m-1")

    assert (refused.value.status, refused.value.code) == (409, "40902")


async def test_a_hundred_orders_at_once_make_a_hundred_tickets(hotline):
    pushes = [hotline.push_work_order(order(f"XS{n:011d}"), message_id=f"m-{n}") for n in range(100)]

    acks = await asyncio.gather(*pushes)

    assert len({ack.number for ack in acks}) == 100


async def test_an_order_without_text_is_refused_with_the_field(hotline):
    with pytest.raises(Refused, match="诉求内容（content）不能为空") as refused:
        await hotline.push_work_order(order(content=""), message_id="m-1")

    assert refused.value.status == 422
    assert not refused.value.retryable


async def test_a_huge_order_is_refused(hotline):
    with pytest.raises((Refused, Unreachable)):
        await hotline.push_work_order(order(lead={"x": "长" * 1_500_000}), message_id="m-1")


async def test_the_hotline_is_told_of_a_status(hotline):
    ack = await hotline.push_work_order(order(), message_id="m-1")

    told = await hotline.push_event(ack.number, event_for("XS7K2M9P4QW3T", "L70", NOW), message_id="e-1")

    last = (await hotline.changes()).changes[-1]
    assert told.result == "updated"
    assert (last.kind, last.stage, last.status, last.origin) == ("event", "结案", "已结案", "xiansuo")


async def test_the_same_event_twice_is_one(hotline):
    ack = await hotline.push_work_order(order(), message_id="m-1")
    await hotline.push_event(ack.number, {"event": "urge"}, message_id="e-1")

    again = await hotline.push_event(ack.number, {"event": "urge"}, message_id="e-1")

    assert again.result == "duplicate_same"
    assert len((await hotline.changes()).changes) == 2


async def test_an_event_may_name_our_own_number(hotline):
    ack = await hotline.push_work_order(order(), message_id="m-1")

    told = await hotline.push_event("XS7K2M9P4QW3T", {"event": "withdraw"}, message_id="e-1")

    assert told.number == ack.number


@pytest.mark.parametrize("number", ["RX20260101000001", "../../faults", "a/b?c#d", "没有"])
async def test_an_event_of_an_unknown_number_is_refused(hotline, number):
    with pytest.raises(Refused) as refused:
        await hotline.push_event(number, {"event": "urge"}, message_id="e-1")

    assert refused.value.code == "40401"


async def test_changes_come_in_order_and_in_pages(hotline):
    for n in range(5):
        await hotline.push_work_order(order(f"XS{n:011d}"), message_id=f"m-{n}")

    first = await hotline.changes(limit=3)
    rest = await hotline.changes(first.next, limit=3)
    end = await hotline.changes(rest.next)

    assert [change.our_number for change in (*first.changes, *rest.changes)] == [
        f"XS{n:011d}" for n in range(5)
    ]
    assert (first.has_more, rest.has_more, end.changes, end.next) == (True, False, (), rest.next)


@pytest.mark.parametrize("since", ["abc", "-1", "９", "1' or 1=1"])
async def test_a_cursor_that_is_none_is_refused(hotline, since):
    with pytest.raises(Refused):
        await hotline.changes(since)


async def test_a_wrong_secret_is_refused(server):
    async with aiohttp.ClientSession() as session:
        client = HotlineClient(str(server.make_url("/")), APP, "another", session)

        with pytest.raises(Refused, match="签名不正确") as refused:
            await client.changes()

    assert refused.value.status == 401


async def test_a_wrong_clock_is_refused_and_says_so(server):
    late = HotlineClient(str(server.make_url("/")), APP, SECRET, clock=lambda: NOW - dt.timedelta(days=1))

    with pytest.raises(Refused, match="时钟"):
        await late.changes()

    await late.close()


async def test_sm3_works_when_both_sides_agree(aiohttp_server):
    server = await aiohttp_server(make_app(secret=SECRET, app_id=APP, pace=0, algorithm="HMAC-SM3"))
    client = HotlineClient(str(server.make_url("/")), APP, SECRET, algorithm="HMAC-SM3")

    assert (await client.push_work_order(order(), message_id="m-1")).result == "created"

    await client.close()


@pytest.mark.parametrize(
    ("mode", "more", "error"),
    [
        pytest.param("500", {}, Unreachable, id="HTTP 500"),
        pytest.param("error_in_200", {}, Unreachable, id="maintenance inside a 200"),
        pytest.param("html_login", {}, Garbled, id="login page"),
        pytest.param("slow", {"delay_s": 3}, Unreachable, id="slower than we wait"),
        pytest.param("drop", {}, Unreachable, id="connection dropped"),
    ],
)
async def test_after_a_fault_the_same_message_makes_one_ticket(hotline, fault, mode, more, error):
    await fault(mode, count=1, **more)

    with pytest.raises(error) as failed:
        await hotline.push_work_order(order(), message_id="m-1")

    assert failed.value.retryable
    assert (await hotline.push_work_order(order(), message_id="m-1")).number
    assert len((await hotline.changes()).changes) == 1


async def test_a_lost_answer_makes_no_second_ticket(hotline, fault):
    await fault("duplicate", count=1)
    with pytest.raises(Unreachable):
        await hotline.push_work_order(order(), message_id="m-1")

    again = await hotline.push_work_order(order(), message_id="m-1")

    assert again.result == "duplicate_same"
    assert len((await hotline.changes()).changes) == 1


async def test_a_hotline_that_is_not_there_is_unreachable(unused_tcp_port):
    client = HotlineClient(f"http://127.0.0.1:{unused_tcp_port}", APP, SECRET)

    with pytest.raises(Unreachable):
        await client.changes()

    await client.close()
