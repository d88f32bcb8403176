"""Attachments over HTTP: clear refusals, nothing gathered in memory, nothing left of what broke off."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from tests.factories import files
from tests.factories.house import TEXT
from tests.factories.server import serve

MB = 1024 * 1024


@pytest.fixture
async def base(lite):
    async with serve(lite) as address:
        yield address


async def upload(base, content, name="照片.jpg", **fields):
    form = aiohttp.FormData()
    for key, value in fields.items():
        form.add_field(key, value)
    form.add_field("file", content, filename=name)
    async with (
        aiohttp.ClientSession() as session,
        session.post(base + "/api/v1/attachments", data=form) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


async def test_the_answer_is_the_contracts(base):
    photo = files.image()
    status, body = await upload(base, photo)

    assert status == 201
    assert set(body) >= {"id", "sha256", "media_type", "bytes", "state"}
    assert (body["media_type"], body["bytes"], body["state"]) == ("image/jpeg", len(photo), "quarantined")


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        pytest.param(files.SVG, "a.svg", 415, "unsupported_type", id="svg"),
        pytest.param(files.HTML, "html.jpg", 415, "unsupported_type", id="html.jpg"),
        pytest.param(b"", "leer.jpg", 422, "malformed", id="empty"),
        pytest.param(files.swollen_docx(), "a.docx", 415, "bomb", id="zip bomb docx"),
        pytest.param(files.OLE, "a.doc", 415, "old_office", id="ole"),
        pytest.param(files.image() + bytes(20 * MB), "gross.jpg", 413, "file_too_large", id="21 MB photo"),
    ],
)
async def test_what_cannot_be_taken_is_refused_clearly(base, lite, content, name, status, code):
    got, body = await upload(base, content, name)

    assert (got, body["code"]) == (status, code)
    assert re.search(r"[\u4e00-\u9fff]", body["detail"])
    assert [page async for page in lite.evidence.files.names() if page] == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "C:\\x\\a.jpg", "长" * 300 + ".jpg", "a\u202egpj.exe", ".", "<b>.jpg"]
)
async def test_odd_names_are_tidied(base, name):
    status, body = await upload(base, files.image(), name)

    assert status == 201
    assert len(body["name"]) <= 90
    assert not set(body["name"]) & set("/\\<>:\u202e")
    assert body["name"].endswith(".jpg")


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 422),
        ("multipart/form-data", b"x", 422),
        ("multipart/form-data; boundary=b", b"x", 422),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc", 422),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc\r\n--b--\r\n", 422),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + b"x" * 600_000, 422),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n\r\n" * 200, 422),
    ],
)  # fmt: skip
async def test_broken_bodies_are_refused_clearly(base, kind, body, status):
    head = {"Content-Type": kind}
    async with aiohttp.ClientSession() as session:
        async with session.post(base + "/api/v1/attachments", data=body, headers=head) as answer:
            said = await answer.json(content_type=None)

    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert said["code"] == "malformed"


async def test_two_files_in_one_call_and_an_unknown_session_are_refused(base):
    form = aiohttp.FormData()
    for _ in range(2):
        form.add_field("file", files.PDF, filename="a.pdf")
    async with (
        aiohttp.ClientSession() as session,
        session.post(base + "/api/v1/attachments", data=form) as answer,
    ):
        assert answer.status == 422
    assert (await upload(base, files.PDF, session="nobody"))[0] == 401


async def test_other_addresses_still_take_only_small_bodies(base):
    form = aiohttp.FormData()
    form.add_field("file", bytes(MB), filename="a")
    async with (
        aiohttp.ClientSession() as session,
        session.post(base + "/api/v1/complaints", data=form) as answer,
    ):
        assert answer.status == 413


async def test_a_complaint_and_a_supplement_by_api_take_files_once(base):
    _, one = await upload(base, files.image())
    _, two = await upload(base, files.PDF, "a.pdf")
    async with aiohttp.ClientSession(base) as session:
        body = {"text": TEXT, "channel": "api", "attachment_ids": [one["id"]]}
        async with session.post("/api/v1/complaints", json=body) as answer:
            assert answer.status == 201
            receipt = await answer.json()
        async with session.post("/api/v1/complaints", json=body) as answer:
            assert answer.status == 422
        more = {"query_code": receipt["query_code"], "attachment_ids": [two["id"]]}
        path = f"/api/v1/complaints/{receipt['number']}/supplements"
        async with session.post(path, json=more) as answer:
            assert answer.status == 201
        async with session.post(path, json=more) as answer:
            assert answer.status == 422


def resident():
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    return int(found.group(1)) / 1024


async def test_a_video_of_200_mb_passes_through_without_growing_memory(base):
    await upload(base, b"".join(files.mp4(6 * MB)), "warm.mp4")
    before, peak = resident(), [0.0]

    async def watch():
        while True:
            peak[0] = max(peak[0], resident())
            await asyncio.sleep(0.02)

    async def body():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="v.mp4"\r\n\r\n'
        for part in files.mp4(200 * MB):
            yield part
        yield b"\r\n--b--\r\n"

    watching = asyncio.create_task(watch())
    head = {"Content-Type": "multipart/form-data; boundary=b"}
    async with aiohttp.ClientSession() as session:
        async with session.post(base + "/api/v1/attachments", data=body(), headers=head) as answer:
            said = await answer.json()
    watching.cancel()

    print(f"resident memory grew by {peak[0] - before:.1f} MB")
    assert (answer.status, said["bytes"]) == (201, 200 * MB)
    assert peak[0] - before < 30


async def test_a_cut_connection_leaves_nothing(base, lite, tmp_path):
    port = int(base.rsplit(":", 1)[1])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /api/v1/attachments HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n")
    writer.write(b"Content-Type: multipart/form-data; boundary=b\r\n\r\n")
    writer.write(b'--b\r\nContent-Disposition: form-data; name="file"; filename="v.mp4"\r\n\r\n')
    for part in files.mp4(12 * MB):
        writer.write(part)
        await writer.drain()
    writer.close()
    for _ in range(100):
        await asyncio.sleep(0.05)
        left = [p for p in (tmp_path / "evidence").rglob("*") if p.is_file()]
        if not left:
            break

    assert left == []
    async with lite.store.look() as uow:
        assert await uow.evidence.ids_after("", lite.clock()) == []
