"""Bad input at a real server on 127.0.0.1: a clear error in Chinese with a code, or accepted and kept; never a 500."""

from __future__ import annotations

import asyncio
import json
import uuid

import aiohttp
import pytest

from connectors.errors import Unreachable
from tests.factories.house import TEXT
from tests.factories.server import serve


@pytest.fixture
async def base(lite):
    async with serve(lite) as address:
        yield address


async def post(base, path, body, *, headers=None, raw=None):
    async with aiohttp.ClientSession() as session:
        data = raw if raw is not None else json.dumps(body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        async with session.post(base + path, data=data, headers=sent) as answer:
            return answer.status, json.loads(await answer.text()), answer.headers


def is_problem(status, body, headers):
    assert headers["Content-Type"].startswith("application/problem+json")
    assert body["status"] == status
    assert body["code"]
    assert any("\u4e00" <= c <= "\u9fff" for c in body["detail"])
    assert "Traceback" not in json.dumps(body)
    return True


def said(text, **more):
    return {"message_id": uuid.uuid4().hex, "text": text, **more}


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        pytest.param("", 422, "malformed", id="empty"),
        pytest.param(" \n\t　", 422, "malformed", id="whitespace"),
        pytest.param("字" * 20_001, 422, "malformed", id="20001 signs"),
        pytest.param("\x00", 422, "malformed", id="NUL alone"),
        pytest.param("😀😀", 422, "malformed", id="emoji only"),
    ],
)
async def test_an_unusable_complaint_is_refused_clearly(base, text, status, code):
    answer = await post(base, "/api/v1/complaints", {"text": text})

    assert (answer[0], answer[1]["code"]) == (status, code)
    assert is_problem(*answer)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT + "\x00\u200b", id="NUL and zero width inside"),
        pytest.param("<script>alert(1)</script>城管乱罚款", id="script"),
        pytest.param("城管罚款'; DROP TABLE lead;--", id="SQL"),
        pytest.param("城管罚款😀没开票", id="emoji among words"),
        pytest.param("{{7*7}} {0} %s ${x} 城管罚款", id="templates"),
    ],
)
async def test_odd_words_are_accepted_and_kept(base, lite, text):
    status, body, _ = await post(base, "/api/v1/complaints", {"text": text})

    assert status == 201
    async with lite.store.look() as uow:
        lead = await uow.leads.by_number(body["number"])
        complaint = await uow.complaints.get(lead.complaint_id)
    assert "城管" in complaint.text
    assert "\x00" not in complaint.text


async def test_lone_surrogates_are_refused_or_kept_but_never_a_500(base):
    answer = await post(base, "/api/v1/complaints", None, raw='{"text": "城管罚款\\ud800不开票"}')

    assert answer[0] in (201, 422)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param("{", 422, id="broken JSON"),
        pytest.param("[]", 422, id="a list"),
        pytest.param('"words"', 422, id="a string"),
        pytest.param('{"text": 5}', 422, id="a number for text"),
        pytest.param('{"text": "城管罚款", "complainant": "me"}', 422, id="a string for an object"),
        pytest.param(
            '{"text": "城管罚款", "complainant": {"anonymous": "yes"}}', 422, id="words for a truth value"
        ),
        pytest.param("[" * 3000, 400, id="deep nesting"),
        pytest.param('{"text": "' + "a" * 3_000_000 + '"}', 413, id="3 MB"),
    ],
)
async def test_wrong_bodies_are_refused_clearly(base, raw, status):
    answer = await post(base, "/api/v1/complaints", None, raw=raw)

    assert answer[0] == status
    assert is_problem(*answer)


@pytest.mark.parametrize(
    "more",
    [
        {"region_code": "999999"},
        {"agency_code": "nowhere"},
        {"channel": "pigeon"},
        {"complainant": {"anonymous": False, "phone": "12"}},
        {"complainant": {"kind": "enterprise", "uscc": "91320105780688132X"}},
        {"complainant": {"kind": "robot"}},
    ],
    ids=lambda more: next(iter(more)),
)
async def test_unknown_codes_and_bad_numbers_are_named(base, more):
    answer = await post(base, "/api/v1/complaints", {"text": TEXT, **more})

    assert answer[0] == 422
    assert answer[1]["errors"]
    assert is_problem(*answer)


@pytest.mark.parametrize("key", ["short", "has space in it", "x" * 200, "中文中文中文中文"])
async def test_a_malformed_key_is_refused(base, key):
    from urllib.parse import quote

    sent = key if key.isascii() else quote(key)
    answer = await post(base, "/api/v1/complaints", {"text": TEXT}, headers={"Idempotency-Key": sent})

    assert answer[0] == 422
    assert is_problem(*answer)


async def test_the_same_key_with_another_body_is_a_conflict(base):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = await post(base, "/api/v1/complaints", {"text": TEXT}, headers=key)
    again = await post(base, "/api/v1/complaints", {"text": TEXT}, headers=key)
    other = await post(base, "/api/v1/complaints", {"text": TEXT + "。"}, headers=key)

    assert first[:2] == again[:2]
    assert (other[0], other[1]["code"]) == (409, "idempotency_key_reused")


async def test_two_identical_requests_at_once_give_one_receipt(base):
    key = {"Idempotency-Key": uuid.uuid4().hex}

    answers = await asyncio.gather(
        *(post(base, "/api/v1/complaints", {"text": TEXT}, headers=key) for _ in range(6))
    )

    assert {a[0] for a in answers} == {201}
    assert len({a[1]["number"] for a in answers}) == 1


async def test_the_same_message_id_gives_the_same_answer(base, lite):
    body = said("城管罚款不开票")
    first = await post(base, "/api/v1/chat/messages", body)
    again = await post(base, "/api/v1/chat/messages", {**body, "session": first[1]["session"]})

    assert first[1] == again[1]
    assert len(lite.bot.heard) == 1


async def test_with_the_bot_down_words_are_kept_and_a_person_is_called(base, lite):
    lite.bot.failure = Unreachable("down", system="bot")

    status, body, _ = await post(base, "/api/v1/chat/messages", said("城管罚款不开票"))

    assert (status, body["handed_over"]) == (200, True)
    assert "12345" in body["messages"][-1]["text"]
    async with lite.store.look() as uow:
        talk = (await uow.conversations.waiting_for_human(5))[0]
        rows = await uow.conversations.messages(talk.id)
        assert uow.conversations.body(rows[0])["text"] == "城管罚款不开票"


async def test_with_the_bot_down_danger_still_gets_its_numbers(base, lite):
    lite.bot.failure = Unreachable("down", system="bot")

    _, body, _ = await post(base, "/api/v1/chat/messages", said("救命，他们现在正在打人，有人流血了"))

    assert "110" in body["messages"][0]["text"]


async def fill_disk(house):
    """From now on SQLite really says "database or disk is full": it may not grow by a single page."""
    from sqlalchemy import event

    database = house.store.database
    async with database.read() as session:
        pages = (await session.connection()).exec_driver_sql("PRAGMA page_count")
        count = (await pages).scalar_one()

    def no_more(connection, _record):
        connection.execute(f"PRAGMA max_page_count={count}").close()

    await database.engine.dispose()
    event.listen(database.engine.sync_engine, "connect", no_more)


async def test_a_full_disk_is_said_and_nothing_is_told_as_filed(base, lite):
    await fill_disk(lite)

    answers = [await post(base, "/api/v1/complaints", {"text": TEXT + "长" * 15_000}) for _ in range(3)]

    refused = [a for a in answers if a[0] != 201]
    assert refused
    for answer in refused:
        assert (answer[0], answer[1]["code"]) == (503, "store_unavailable")
        assert is_problem(*answer)


async def test_a_full_disk_is_said_in_the_chat_too(base, lite):
    await fill_disk(lite)

    answers = [await post(base, "/api/v1/chat/messages", said("城管" + "长" * 15_000)) for _ in range(3)]

    assert {a[0] for a in answers} <= {200, 503}
    assert 503 in {a[0] for a in answers}


async def test_without_a_worker_complaints_are_kept_and_readiness_names_it(base, lite):
    status, body, _ = await post(base, "/api/v1/complaints", {"text": TEXT})

    async with aiohttp.ClientSession() as session, session.get(f"{base}/readyz") as answer:
        ready = await answer.json()
    assert (status, ready["worker"], ready["database"]) == (201, "silent", "ok")
    async with lite.store.look() as uow:
        lead = await uow.leads.by_number(body["number"])
        assert [row.state for row in await uow.outbox.of_lead(lead.id)] == ["ready"]


@pytest.mark.parametrize(
    "body",
    [
        {"message_id": "m"},
        {"message_id": "m", "text": "a", "payload": "/greet"},
        {"message_id": "", "text": "a"},
        {"message_id": "m", "payload": "no slash"},
        {"text": "a"},
        {"message_id": "m", "text": "  "},
        {"message_id": "m", "text": "看附件", "attachment_ids": ["x"]},
    ],
)
async def test_odd_chat_messages_are_refused_clearly(base, body):
    answer = await post(base, "/api/v1/chat/messages", body)

    assert answer[0] == 422
    assert is_problem(*answer)


async def test_an_unknown_session_is_refused(base):
    answer = await post(base, "/api/v1/chat/messages", said("你好", session="nobody"))

    assert answer[0] == 401


async def test_secrets_never_reach_the_bot(base, lite):
    await post(base, "/api/v1/chat/messages", said("我电话１３８ 0013 8000，身份证110101000000001234"))

    assert lite.bot.heard == ["我电话⟨手机号1⟩，身份证⟨身份证1⟩"]


async def test_staff_addresses_need_a_token(base):
    async with aiohttp.ClientSession() as session:
        for path in ("/api/v1/leads", "/api/v1/queues", "/api/v1/leads/XS2222222222222"):
            async with session.get(base + path) as answer:
                assert answer.status == 401


async def test_sign_in_is_throttled(base):
    for _ in range(5):
        status, _, _ = await post(base, "/api/v1/sessions", {"login": "shi", "password": "wrong wrong"})
        assert status == 401

    status, _, headers = await post(base, "/api/v1/sessions", {"login": "shi", "password": "wrong wrong"})

    assert (status, int(headers["Retry-After"]) > 0) == (429, True)


async def test_unknown_addresses_are_problems_too(base):
    async with aiohttp.ClientSession() as session, session.get(f"{base}/api/v1/nothing") as answer:
        assert is_problem(answer.status, json.loads(await answer.text()), answer.headers)
