"""Answers real systems were seen to give, served by a real server at the remote paths."""

import asyncio
import json

import pytest
from aiohttp import web

from connectors.errors import Garbled, Refused, Unreachable
from connectors.hotline12345.connector import HotlineClient
from connectors.http import Limits

ACK = {"code": 0, "message": "成功", "trace_id": "t1", "data": {"number": "RX1", "result": "created"}}


@pytest.fixture
async def push(aiohttp_server):
    """Push one order to a hotline that gives this answer."""
    clients = []

    async def call(**answer):
        async def handler(request):
            return web.Response(**answer)

        app = web.Application()
        app.router.add_post("/gateway/api/v1/work-orders", handler)
        server = await aiohttp_server(app)
        client = HotlineClient(
            str(server.make_url("/gateway/")), "xiansuo", "s", limits=Limits(total_s=2, max_bytes=50_000)
        )
        clients.append(client)
        return await client.push_work_order({"content": "测试"}, message_id="m-1")

    yield call
    for client in clients:
        await client.close()


def body(**changes) -> bytes:
    return json.dumps(ACK | changes, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"body": body(), "content_type": "text/html"}, id="JSON as text/html"),
        pytest.param({"body": body(), "content_type": "application/octet-stream"}, id="JSON as a file"),
        pytest.param({"body": b"\xef\xbb\xbf" + body()}, id="byte order mark"),
        pytest.param(
            {
                "body": body().decode().encode("gb18030"),
                "headers": {"Content-Type": "text/plain;charset=GBK"},
            },
            id="GBK",
        ),
        pytest.param({"body": body().decode().encode("gb18030")}, id="GBK unannounced"),
        pytest.param(
            {"body": body(), "headers": {"Content-Type": "text/plain; charset=nonsense"}},
            id="unknown charset",
        ),
        pytest.param({"body": body(code="0")}, id="code as text"),
        pytest.param({"body": body(code=200)}, id="code 200"),
        pytest.param({"body": body(), "status": 201}, id="HTTP 201"),
    ],
)
async def test_a_good_answer_in_bad_clothes_is_accepted(push, answer):
    assert (await push(**answer)).number == "RX1"


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        pytest.param(
            {"text": "<html>请登录<input type='password'></html>"}, Garbled, "登录页面", id="login page"
        ),
        pytest.param({"text": "<html>维护公告</html>"}, Garbled, "网页而不是数据", id="some page"),
        pytest.param(
            {"status": 302, "headers": {"Location": "/login"}}, Garbled, "登录已失效", id="redirect"
        ),
        pytest.param({"text": ""}, Garbled, "不是 JSON", id="nothing"),
        pytest.param({"text": "[1, 2]"}, Garbled, "不是 JSON 对象", id="list"),
        pytest.param({"text": "[" * 40_000}, Garbled, "不是 JSON", id="nested without end"),
        pytest.param({"body": b"\xff\xfe\x00\x81"}, Garbled, "不是 JSON", id="bytes of nothing"),
        pytest.param({"text": " " * 60_000}, Garbled, "大小上限", id="too large"),
        pytest.param({"text": "{}"}, Garbled, "不认识的结果码", id="no code"),
        pytest.param({"body": body(code=99999)}, Garbled, "不认识的结果码 99999", id="unknown code"),
        pytest.param({"body": body(code="9" * 6000)}, Garbled, "不认识的结果码", id="endless code"),
        pytest.param({"body": body(data=None)}, Garbled, "缺少 data", id="no data"),
        pytest.param(
            {"body": body(data={"number": "", "result": "created"})}, Garbled, "缺少工单编号", id="no number"
        ),
        pytest.param(
            {"body": body(data={"number": "1", "result": "maybe"})}, Garbled, "处理结果", id="unknown result"
        ),
        pytest.param({"body": body(code=40001)}, Refused, "40001", id="final error in a 200"),
        pytest.param({"body": body(code=42901)}, Unreachable, "42901", id="later in a 200"),
        pytest.param(
            {"status": 401, "body": body(code=40103)}, Unreachable, "HTTP 401", id="nonce met twice"
        ),
        pytest.param({"status": 403, "text": "<html>禁止</html>"}, Refused, "HTTP 403", id="forbidden page"),
        pytest.param(
            {"status": 404, "text": "<html>没有</html>"}, Garbled, "核对接口地址", id="wrong address"
        ),
        pytest.param({"status": 404, "body": body(code=40401)}, Refused, "HTTP 404", id="unknown number"),
        pytest.param({"status": 429}, Unreachable, "HTTP 429", id="too many"),
        pytest.param(
            {"status": 502, "text": "<html>Bad Gateway</html>"}, Unreachable, "HTTP 502", id="gateway"
        ),
    ],
)
async def test_a_bad_answer_is_what_it_is(push, answer, error, says):
    with pytest.raises(error, match=says):
        await push(**answer)


async def test_retry_after_is_handed_on(push):
    with pytest.raises(Unreachable) as later:
        await push(status=503, headers={"Retry-After": "120"})

    assert later.value.retry_after_s == 120


async def test_their_code_and_trace_are_kept(push):
    with pytest.raises(Refused) as refused:
        await push(status=422, body=body(code=40001))

    assert (refused.value.code, refused.value.trace_id, refused.value.system) == (
        "40001",
        "t1",
        "hotline12345",
    )


async def test_an_answer_that_stops_in_the_middle_is_not_believed(unused_tcp_port):
    async def half(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"code": 0')
        await writer.drain()
        writer.close()

    client = HotlineClient(f"http://127.0.0.1:{unused_tcp_port}", "xiansuo", "s")
    async with await asyncio.start_server(half, "127.0.0.1", unused_tcp_port):
        with pytest.raises((Garbled, Unreachable)):
            await client.changes()
        await client.close()
