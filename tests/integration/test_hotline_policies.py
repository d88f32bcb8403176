"""Every agreed signature and seal, over real HTTP, both ways."""

import asyncio
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from typer.testing import CliRunner

from connectors.errors import Garbled, Refused
from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.signing import signed_headers
from connectors.hotline12345.simulator.desk import HOUSE
from connectors.hotline12345.simulator.server import make_app
from connectors.policies.agreed import Agreed, agreed
from connectors.policies.seals import unwrap_json
from connectors.policies.sm2 import PrivateKey
from intake.cli import app as cli
from intake.settings import Settings, UnsafeSettings
from tests.factories.house import small_house
from tests.factories.server import free_port, serve

OURS, THEIRS = PrivateKey("1" * 64), PrivateKey("2" * 64)
CITY = Path("connectors/hotline12345/fieldmaps/example_city.yaml")
SM4 = "0123456789abcdeffedcba9876543210"


def sides(signature: str, seal: str) -> tuple[Agreed, Agreed]:
    """What we hold and what the hotline holds."""
    common = {"signature": signature, "secret": "shared", "seal": seal, "sm4_key": SM4}
    we = common | {"sm2_private_key": "1" * 64, "sm2_public_key": THEIRS.public.text}
    they = common | {"sm2_private_key": "2" * 64, "sm2_public_key": OURS.public.text}
    return agreed(we), agreed(they)


EVERY = [(one, seal) for one in ("HMAC-SHA256", "HMAC-SM3", "SM2") for seal in ("none", "SM4-GCM", "SM4-CBC")]


@pytest.mark.parametrize(("signature", "seal"), EVERY)
async def test_orders_go_out_and_come_in_as_agreed(signature, seal, tmp_path):
    we, they = sides(signature, seal)
    port = free_port()
    app = make_app(secret="", app_id="xiansuo", pace=0, intake_url=f"http://127.0.0.1:{port}", trust=they)
    async with (
        TestServer(app) as hotline,
        small_house(f"sqlite+aiosqlite:///{tmp_path}/t.db", tmp_path) as house,
    ):
        house.policy = replace(house.policy, hotline_trust=we)
        house.clock = _now
        async with serve(house, port):
            client = HotlineClient(str(hotline.make_url("/")), "xiansuo", "", trust=we)
            ack = await client.push_work_order({"content": "测试诉求，检查未出示证件。"}, message_id="m-1")
            told = (await client.changes()).changes
            async with aiohttp.ClientSession() as session:
                await session.post(hotline.make_url("/tickets/test"), json={})
            joined = await _until_joined(hotline)
            await client.close()

    assert ack.result == "created"
    assert [change.number for change in told] == [ack.number]
    assert joined


def _now():
    return dt.datetime.now(dt.UTC)


async def _until_joined(hotline) -> bool:
    """Whether the hotline's own ticket got our number back."""
    book = hotline.app[HOUSE].book
    for _ in range(200):
        if any(ticket.is_own and ticket.our_number for ticket in book.tickets.values()):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.fixture
async def sealed_hotline():
    async with TestServer(
        make_app(secret="", app_id="xiansuo", pace=0, trust=sides("SM2", "SM4-GCM")[1])
    ) as server:
        yield str(server.make_url("/"))


@pytest.mark.parametrize(
    ("signature", "seal", "error", "says"),
    [
        ("HMAC-SM3", "SM4-GCM", Refused, "签名不正确"),
        ("SM2", "none", Refused, "没有按约定加密"),
        ("SM2", "SM4-CBC", Refused, "没有按约定加密"),
    ],
)
async def test_who_does_it_otherwise_is_refused(sealed_hotline, signature, seal, error, says):
    client = HotlineClient(sealed_hotline, "xiansuo", "", trust=sides(signature, seal)[0])

    with pytest.raises(error, match=says):
        await client.push_work_order({"content": "测试"}, message_id="m-1")

    await client.close()


async def test_an_answer_that_is_not_sealed_is_not_believed(aiohttp_server):
    async def plain(request):
        return web.json_response({"code": 0, "data": {"number": "RX1", "result": "created"}})

    app = web.Application()
    app.router.add_post("/api/v1/work-orders", plain)
    server = await aiohttp_server(app)
    client = HotlineClient(str(server.make_url("/")), "xiansuo", "", trust=sides("HMAC-SM3", "SM4-GCM")[0])

    with pytest.raises(Garbled, match="没有按约定加密"):
        await client.push_work_order({"content": "测试"}, message_id="m-1")

    await client.close()


async def test_our_own_interface_keeps_to_what_was_agreed(tmp_path):
    we, they = sides("SM2", "SM4-GCM")
    path = "/api/v1/external/hotline12345/changes"
    async with small_house(f"sqlite+aiosqlite:///{tmp_path}/t.db", tmp_path) as house:
        house.policy = replace(house.policy, hotline_trust=we)
        async with serve(house) as base, aiohttp.ClientSession() as session:
            right = signed_headers("xiansuo", they.signer, "GET", path, b"", now=house.clock())
            stranger = signed_headers("somebody", they.signer, "GET", path, b"", now=house.clock())
            wrong = signed_headers("xiansuo", we.signer, "GET", path, b"", now=house.clock())
            answers = []
            for headers in (right, stranger, wrong):
                async with session.get(base + path, headers=headers) as answer:
                    answers.append((answer.status, await answer.json()))
            body = json.dumps({"content": "测试没有加密"}).encode()
            order = path.replace("changes", "work-orders")
            plain = signed_headers("xiansuo", they.signer, "POST", order, body, now=house.clock())
            async with session.post(base + order, data=body, headers=plain) as answer:
                unsealed = (answer.status, await answer.json())

    assert [status for status, _ in answers] == [200, 401, 401]
    assert "items" in unwrap_json(answers[0][1]["data"], they.seal)
    assert answers[1][1]["message"] == answers[2][1]["message"]
    assert (unsealed[0], unsealed[1]["data"]["errors"]) == (422, ["请求体没有按约定加密。"])


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"hotline_signature": "MD5"}, "signature 不能是 MD5"),
        ({"hotline_signature": "SM2"}, "必须设置 sm2_private_key"),
        ({"hotline_seal": "SM4-CBC", "hotline_sm4_key": "12"}, "sm4_key 应为 32 位十六进制"),
    ],
)
def test_settings_that_cannot_work_stop_the_start(values, says):
    with pytest.raises(UnsafeSettings, match=says):
        Settings(_env_file=None, **values).check()


async def test_a_partner_with_names_of_its_own_is_understood_both_ways(tmp_path, aiohttp_server):
    """A counterpart that speaks only its own words: GDBH, SQNR, SJLX."""
    heard = []

    async def take(request):
        heard.append(await request.json())
        return web.json_response({"code": 0, "data": {"number": "测-1", "result": "created"}})

    app = web.Application()
    app.router.add_post("/api/v1/work-orders", take)
    app.router.add_post("/api/v1/work-orders/{no}/events", take)
    server = await aiohttp_server(app)
    city = Settings(_env_file=None, hotline_field_map=CITY).load_hotline_map()
    client = HotlineClient(str(server.make_url("/")), "xiansuo", "s", field_map=city)
    await client.push_work_order({"content": "测试", "urgency": "top"}, message_id="m-1")
    await client.push_event("测-1", {"event": "return", "text": "不属于"}, message_id="m-2")
    await client.close()

    async with small_house(f"sqlite+aiosqlite:///{tmp_path}/t.db", tmp_path) as house:
        house.policy = replace(house.policy, hotline_map=city)
        async with serve(house) as base, aiohttp.ClientSession() as session:
            path = "/api/v1/external/hotline12345/work-orders"
            body = json.dumps({"GDBH": "测-9", "SQNR": "湖滨区城管罚款不开票据。", "JJCD": "特急"}).encode()
            signed = signed_headers("xiansuo", "hotline-secret", "POST", path, body, now=house.clock())
            async with session.post(base + path, data=body, headers=signed) as answer:
                taken = await answer.json()

    assert heard == [{"SQNR": "测试", "JJCD": "特急"}, {"SJLX": "退回", "SM": "不属于"}]
    assert taken["data"]["result"] == "created"


def test_a_field_map_with_mistakes_stops_the_start_and_the_command(tmp_path, capsys):
    bad = tmp_path / "map.yaml"
    bad.write_text("name: 测试\nwork_order:\n  A: caller_phon\n", "utf-8")

    with pytest.raises(UnsafeSettings, match="第 3 行：我方没有字段 caller_phon，是不是 caller_phone？"):
        Settings(_env_file=None, hotline_field_map=bad).check()
    told = CliRunner().invoke(cli, ["fieldmap", "check", str(bad)])
    fine = CliRunner().invoke(cli, ["fieldmap", "check", str(CITY)])

    assert told.exit_code == 1
    assert "第 3 行" in told.output
    assert (fine.exit_code, "可以使用" in fine.output) == (0, True)
