"""The WeChat channel against the local counterpart of the platform: real server, real HTTP, real database."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from sqlmodel import func, select

from connectors.wechat.callback import Account
from connectors.wechat.connector import WechatApi
from connectors.wechat.crypto import MessageSeal
from connectors.wechat.simulator import Platform
from intake.domain.conflict import Viewer
from intake.services import answer_wechat, receive_wechat, triage
from intake.services.file_complaint import file_complaint
from intake.services.receive_wechat import give_up_left_over
from intake.services.send_wechat import send_due, tell_news
from intake.services.wechat_desk import KeptToken, WechatDesk
from intake.store.tables import ChatMessage, WechatMessage, WechatSend
from tests.factories.house import new_complaint
from tests.factories.server import free_port, serve

KEY, APP = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxceshi0000000000"
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


def now():
    return dt.datetime.now(dt.UTC)


@asynccontextmanager
async def connected(house, mode="encrypted", **more):
    """(platform, desk) around a running server."""
    house.clock = now
    port, api_port = free_port(), free_port()
    seal = None if mode == "plain" else MessageSeal(KEY, APP)
    account = Account("xiansuo", APP, "ceshi", mode, seal)
    platform = Platform(account, "secret", f"http://127.0.0.1:{port}/wechat/xiansuo")
    runner = web.AppRunner(platform.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", api_port).start()
    async with aiohttp.ClientSession() as session:
        api = WechatApi(f"http://127.0.0.1:{api_port}", APP, "secret", session)
        house.wechat = WechatDesk(account, api, **more)
        async with serve(house, port):
            yield platform, house.wechat
    await runner.cleanup()


async def count(house, table):
    async with house.store.look() as uow:
        return (await uow.wechat._session.exec(select(func.count()).select_from(table))).one()


async def sends(house):
    async with house.store.look() as uow:
        rows = (await uow.wechat._session.exec(select(WechatSend).order_by(WechatSend.created_at))).all()
        return [(row.state, row.reason, uow.wechat.text(row)) for row in rows]


@pytest.mark.parametrize("mode", ["plain", "compatible", "encrypted"])
async def test_a_message_gets_the_bots_answer_at_once(lite, mode):
    async with connected(lite, mode) as (platform, _):
        assert "测试机器人听到：他们乱罚款" in await platform.send("o1", Content="他们乱罚款")


async def test_strangers_get_no_answer_and_leave_no_trace(lite):
    async with connected(lite) as (platform, _), aiohttp.ClientSession() as session:
        for address, body, status in (
            (platform.callback, b"<xml/>", 403),
            (platform.callback + "x", b"<xml/>", 404),
            (platform.callback, b"x" * 70_000, 413),
        ):
            async with session.post(address, data=body) as answer:
                assert answer.status == status
                assert "Traceback" not in await answer.text()
        async with session.get(platform.callback) as answer:
            assert answer.status == 400

    assert await count(lite, WechatMessage) == 0


@pytest.mark.parametrize("messages", [1000])
async def test_three_deliveries_at_once_give_one_turn(house, messages):
    async with connected(house) as (platform, _):
        bodies = [
            platform.xml(f"o{i % 20}", "text", MsgId=str(10_000 + i), Content=f"第{i}条")
            for i in range(messages)
        ]

        async def thrice(body):
            return await asyncio.gather(*(platform.post(body) for _ in range(3)))

        answers = []
        for i in range(0, messages, 25):
            answers += await asyncio.gather(*(thrice(body) for body in bodies[i : i + 25]))

    assert all(status == 200 for three in answers for status, _ in three)
    assert len(house.bot.heard) == messages
    assert sorted(house.bot.heard) == sorted(f"第{i}条" for i in range(messages))
    assert await count(house, WechatMessage) == messages
    assert await count(house, ChatMessage) == messages


async def test_an_answer_that_takes_too_long_is_sent_afterwards_and_in_order(lite, monkeypatch):
    monkeypatch.setattr(receive_wechat, "IN_TIME_S", 0.05)
    turn = lite.bot.turn

    async def slow(*said):
        await asyncio.sleep(0.3)
        return await turn(*said)

    lite.bot.turn = slow
    async with connected(lite) as (platform, desk):
        assert await platform.send("o1", Content="慢一点") == ""
        while desk.turns:
            await asyncio.sleep(0.02)
        assert await send_due(desk=desk, house=lite) == 1

    assert [(who, text[:6]) for _, who, text in platform.said] == [
        ("person", "慢一点"),
        ("account", "测试机器人听"),
    ]


async def test_a_repetition_of_an_answered_message_gets_the_same_words(lite):
    async with connected(lite) as (platform, _):
        body = platform.xml("o1", "text", MsgId="77", Content="他们乱罚款")
        first = platform.words((await platform.post(body))[1])
        again = platform.words((await platform.post(body))[1])

    assert first == again != ""
    assert len(lite.bot.heard) == 1


async def test_a_number_chooses_what_was_offered(lite):
    from connectors.rasa.wire import BotAnswer, BotMessage, Button

    async def offers(sender, text, metadata):
        lite.bot.heard.append(text)
        buttons = (Button("匿名", "/stay_anonymous"), Button("留电话", "/inform"))
        return BotAnswer((BotMessage("要留名字吗？", buttons),), None)

    lite.bot.turn = offers
    async with connected(lite) as (platform, _):
        assert "1. 匿名\n2. 留电话" in await platform.send("o1", Content="他们乱罚款")
        await platform.send("o1", Content="1")
        await platform.send("o1", Content="9")

    assert lite.bot.heard == ["他们乱罚款", "/stay_anonymous", "9"]


@pytest.mark.parametrize(
    ("fields", "heard"),
    [
        ({"Event": "subscribe"}, ["/greet"]),
        ({"Event": "SCAN", "EventKey": "1"}, ["/greet"]),
        ({"Event": "CLICK", "EventKey": "file_complaint"}, ["/file_complaint"]),
        ({"Event": "CLICK", "EventKey": "green_channel"}, ["/green_channel"]),
        ({"Event": "CLICK", "EventKey": "query_progress"}, ["/query_progress"]),
        ({"Event": "CLICK", "EventKey": "withdraw_everything"}, []),
        ({"Event": "VIEW", "EventKey": "http://x"}, []),
        ({"Event": "unsubscribe"}, []),
    ],
)
async def test_events_and_the_menu(lite, fields, heard):
    async with connected(lite) as (platform, _):
        words = await platform.send("o1", "event", **fields)

    assert lite.bot.heard == heard
    assert bool(words) == bool(heard)


async def test_the_hotline_of_the_menu_is_told_without_the_bot(lite):
    async with connected(lite) as (platform, _):
        assert "12345" in await platform.send("o1", "event", Event="CLICK", EventKey="hotline")

    assert lite.bot.heard == []


async def test_a_strange_message_is_answered_kindly(lite):
    async with connected(lite) as (platform, _):
        assert "看不懂" in await platform.send("o1", "sticker")
        assert await platform.send("o1", "location", Location_X="34", Location_Y="111", Label="湖滨区黄河路")

    assert lite.bot.heard == ["我的位置：湖滨区黄河路"]


def picture():
    content = io.BytesIO()
    Image.new("RGB", (80, 60), "red").save(content, "JPEG")
    return content.getvalue()


async def test_a_picture_goes_into_quarantine_with_the_talk(lite):
    async with connected(lite) as (platform, _):
        await platform.send("o1", Content="他们乱罚款")
        platform.media["m1"] = ("a.jpg", "image/jpeg", picture())
        platform.next_error = [42001]

        assert "已收到 1 个文件" in await platform.send("o1", "image", MediaId="m1")
        assert "没有收下来" in await platform.send("o1", "image", MediaId="gone")

    async with lite.store.look() as uow:
        contact = await uow.wechat.contact("xiansuo", "o1")
        waiting = await uow.evidence.waiting_in(contact.conversation_id)
    assert [row.state for row in waiting] == ["quarantined"]
    assert len(platform.tokens) == 2


async def test_a_voice_that_nobody_recognised_waits_for_somebody_to_listen(lite):
    async with connected(lite) as (platform, _):
        platform.media["v1"] = ("v.amr", "audio/amr", b"#!AMR\n" + b"\x3c" + b"\x00" * 400)
        assert "工作人员来听" in await platform.send("o1", "voice", MediaId="v1")
        assert "测试机器人听到：他们乱收费" in await platform.send(
            "o1", "voice", MediaId="v1", Recognition="他们乱收费"
        )

    async with lite.store.look() as uow:
        waiting = await uow.conversations.waiting_for_human(5)
    assert [talk.human_reason for talk in waiting] == [answer_wechat.LISTEN]


async def filed_by(house, platform, openid):
    """The receipt of a complaint that this person's talk filed."""
    await platform.send(openid, Content="他们乱罚款")
    async with house.store.look() as uow:
        talk_id = (await uow.wechat.contact("xiansuo", openid)).conversation_id
    return await file_complaint(new_complaint(channel="wechat", conversation_id=talk_id), house=house)


async def accept(house, number):
    async with house.store.look() as uow:
        version = (await uow.leads.by_number(number)).version
    await triage.take_step(number, triage.Order("confirm"), version=version, viewer=SHI, house=house)


async def test_news_of_a_case_reach_the_person_once(house):
    async with connected(house) as (platform, desk):
        receipt = await filed_by(house, platform, "o1")
        await accept(house, receipt.number)
        assert await tell_news(house=house) == 1
        assert await tell_news(house=house) == 0
        await send_due(desk=desk, house=house)

    assert [receipt.number in text for _, who, text in platform.said if who == "account"] == [False, True]


@pytest.mark.parametrize(
    ("template", "leaves", "state"),
    [("", False, "expired"), ("t1", False, "noticed"), ("t1", True, "expired")],
)
async def test_after_the_window_a_notice_goes_or_staff_see_that_nothing_did(lite, template, leaves, state):
    async with connected(lite, window=dt.timedelta(seconds=0), template=template) as (platform, desk):
        receipt = await filed_by(lite, platform, "o1")
        if leaves:
            await platform.send("o1", "event", Event="unsubscribe")
        await accept(lite, receipt.number)
        await tell_news(house=lite)
        await send_due(desk=desk, house=lite)

        assert [found[0] for found in await sends(lite)] == [state]
        assert len(platform.templates) == (1 if state == "noticed" else 0)
        async with aiohttp.ClientSession(platform.callback.partition("/wechat")[0]) as client:
            body = {"login": "shi", "password": "ceshi-zhanghao-2026"}
            async with client.post("/api/v1/sessions", json=body) as answer:
                client.headers["Authorization"] = f"Bearer {(await answer.json())['token']}"
            async with client.get(f"/api/v1/leads/{receipt.number}") as answer:
                notices = (await answer.json())["notices"]
    assert [notice["state"] for notice in notices] == [state]


async def test_a_busy_platform_is_asked_again_later_and_a_refusal_is_final(lite):
    async with connected(lite) as (platform, desk):
        await platform.send("o1", Content="他们乱罚款")
        async with lite.store.change() as uow:
            contact = await uow.wechat.contact("xiansuo", "o1")
            uow.wechat.send(contact.id, "一", now())
            uow.wechat.send(contact.id, "二", now() + dt.timedelta(microseconds=1))
        platform.next_error = [45009]
        await send_due(desk=desk, house=lite)
        assert [s[0] for s in await sends(lite)] == ["waiting", "waiting"]

        lite.clock = lambda: now() + dt.timedelta(minutes=5)
        platform.next_error = [0, 43004]
        await send_due(desk=desk, house=lite)

    assert [s[:2] for s in await sends(lite)] == [
        ("sent", ""),
        ("failed", "微信平台返回错误 43004：对方已取消关注"),
    ]


async def test_one_process_fetches_the_token_and_all_use_it(house):
    async with connected(house) as (platform, desk):
        tokens = await asyncio.gather(*(KeptToken(desk, house).current() for _ in range(8)))
        assert set(tokens) == {platform.tokens[-1]}
        assert len(platform.tokens) == 1
        again = await asyncio.gather(*(KeptToken(desk, house).renewed(tokens[0]) for _ in range(4)))

    assert set(again) == {platform.tokens[-1]}
    assert len(platform.tokens) == 2


async def test_a_token_refused_twice_is_no_endless_circle(lite):
    async with connected(lite) as (platform, desk):
        await platform.send("o1", Content="他们乱罚款")
        async with lite.store.change() as uow:
            uow.wechat.send((await uow.wechat.contact("xiansuo", "o1")).id, "一", now())
        platform.next_error = [40001, 40001, 40001]
        await send_due(desk=desk, house=lite)

    assert len(platform.next_error) == 1
    assert [s[0] for s in await sends(lite)] == ["failed"]


async def test_what_a_dead_process_left_is_not_forgotten(lite):
    async with connected(lite) as (platform, desk):

        async def dies(*_):
            raise RuntimeError

        turn, lite.bot.turn = lite.bot.turn, dies
        body = platform.xml("o1", "text", MsgId="5", Content="他们乱罚款")
        assert (await platform.post(body))[1] == b"success"
        lite.bot.turn = turn
        lite.clock = lambda: now() + dt.timedelta(minutes=2)
        assert await give_up_left_over(desk=desk, house=lite) == 1
        await send_due(desk=desk, house=lite)

    assert "再发一次" in platform.said[-1][2]


async def test_a_repetition_takes_over_what_a_dead_process_left(lite):
    async with connected(lite) as (platform, _):

        async def dies(*_):
            raise RuntimeError

        turn, lite.bot.turn = lite.bot.turn, dies
        body = platform.xml("o1", "text", MsgId="5", Content="他们乱罚款")
        await platform.post(body)
        lite.bot.turn = turn
        lite.clock = lambda: now() + dt.timedelta(minutes=2)

        assert "测试机器人听到" in platform.words((await platform.post(body))[1])


async def test_nothing_of_a_person_stands_open_in_the_database(lite):
    async with connected(lite) as (platform, _):
        await platform.send("openid-of-somebody", Content="他们乱罚款，独一无二的词")
    async with lite.store.look() as uow:
        rows = (await uow.wechat._session.exec(select(WechatMessage))).all()
        contact = await uow.wechat.contact("xiansuo", "openid-of-somebody")

    kept = " ".join(str(row.model_dump()) for row in [*rows, contact])
    assert "openid-of-somebody" not in kept
    assert "独一无二的词" not in kept
