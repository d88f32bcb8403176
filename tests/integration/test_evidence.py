"""Evidence from upload to download: whole or not at all, sealed, traced, hidden like its lead."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os

import pytest
from PIL import Image

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound, TooManyFiles, UnsupportedMedia
from intake.services import after_filing, handle_evidence, read_leads
from intake.services.converse import converse
from intake.services.evidence_room import original
from intake.services.file_complaint import file_complaint
from intake.services.health import EVIDENCE, backlog
from intake.services.receive_evidence import receive_evidence
from intake.services.sweep_evidence import sweep_evidence
from intake.store.crypto import CannotOpen
from tests.factories import files
from tests.factories.house import NOON, new_complaint

SHI = Viewer("root", "测试", "city_supervisor", "411200-SF", "411200")


async def pieces(content, size=7000):
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def sent(house, content, name="照片.jpg", **more):
    return await receive_evidence(name, pieces(content), house=house, **more)


async def filed(house, *contents, key="ev-0001", **more):
    ids = [(await sent(house, c)).id for c in contents]
    return await file_complaint(new_complaint(key=key, attachment_ids=tuple(ids), **more), house=house), ids


async def read(content):
    return b"".join([part async for part in content.stream])


async def stored(house):
    return [name async for page in house.evidence.files.names() for name, _ in page]


async def test_a_photo_is_hashed_sealed_filed_and_comes_back_as_it_was(house):
    photo = files.image() + os.urandom(900_000)
    receipt, (one,) = await filed(house, photo)
    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=house)

    assert exhibit.sha256 == hashlib.sha256(photo).hexdigest()
    assert exhibit.sm3 == hashlib.new("sm3", photo).hexdigest()
    assert (exhibit.state, exhibit.name, exhibit.size) == ("quarantined", "照片.jpg", len(photo))
    with pytest.raises(Malformed):
        await handle_evidence.take_original(receipt.number, one, "核对原件内容", viewer=SHI, house=house)
    await handle_evidence.release_evidence(
        receipt.number, one, "没有查毒程序，人工看过", viewer=SHI, house=house
    )
    with pytest.raises(Malformed):
        await handle_evidence.take_original(receipt.number, one, "短", viewer=SHI, house=house)
    got = await handle_evidence.take_original(receipt.number, one, "核对原件内容", viewer=SHI, house=house)

    assert await read(got) == photo
    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=house)
    assert [c.kind for c in exhibit.custody] == ["received", "attached", "released", "copied", "downloaded"]
    kinds = [e.kind for e in (await read_leads.read_lead(receipt.number, SHI, house=house)).events]
    assert kinds[:4] == ["filed", "evidence", "evidence_released", "evidence_downloaded"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
async def test_the_copy_knows_no_place_no_camera_and_no_appended_zip(lite, kind):
    polyglot = files.image(kind, turned=kind == "JPEG") + files.zipped({"a.txt": "geheim"})
    receipt, (one,) = await filed(lite, polyglot)
    await handle_evidence.release_evidence(receipt.number, one, "人工看过没有问题", viewer=SHI, house=lite)

    copy = await handle_evidence.view_copy(receipt.number, one, viewer=SHI, house=lite)
    content = await read(copy)
    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=lite)
    with Image.open(io.BytesIO(content)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == ((480, 640) if kind == "JPEG" else (640, 480))
    assert b"TESTCAMERA" not in content
    assert b"PK\x03\x04" not in content
    assert exhibit.facts["has_location"] is True
    assert exhibit.facts["taken_at"] == "2026-11-20 09:30:00"
    assert copy.media_type == ("image/jpeg" if kind == "HEIC" else f"image/{kind.lower()}")


async def test_a_bomb_is_kept_sealed_and_never_drawn(lite):
    receipt, (one,) = await filed(lite, files.forged_bomb())
    await handle_evidence.release_evidence(receipt.number, one, "人工看过没有问题", viewer=SHI, house=lite)

    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=lite)
    assert exhibit.copy_state == "failed"
    with pytest.raises(NotFound):
        await handle_evidence.view_copy(receipt.number, one, viewer=SHI, house=lite)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.PDF, "application/pdf"),
        (files.AMR, "audio/amr"),
        (files.MP3, "audio/mpeg"),
        (files.M4A, "audio/mp4"),
        (files.SILK, "audio/silk"),
        (b"".join(files.mp4(3000)), "video/mp4"),
        (files.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (files.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
async def test_the_content_tells_the_type_whatever_the_name(lite, content, media_type):
    received = await sent(lite, content, "../../etc/x.exe")

    assert received.media_type == media_type
    assert "/" not in received.name
    assert received.name.startswith("x.")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(files.SVG, "unsupported_type", id="svg"),
        pytest.param(files.HTML, "unsupported_type", id="html named jpg"),
        pytest.param(files.OLE, "old_office", id="ole"),
        pytest.param(files.zipped({"a.txt": "x"}), "unsupported_type", id="plain zip"),
        pytest.param(files.docx(**{"word/vbaProject.bin": "x"}), "macros", id="macros"),
        pytest.param(files.docx()[:-40], "unsupported_type", id="cut zip"),
        pytest.param(files.swollen_docx(), "bomb", id="zip bomb"),
        pytest.param(b"MZ" + bytes(500), "unsupported_type", id="program"),
    ],
)
async def test_what_is_not_evidence_is_refused_and_leaves_nothing(lite, content, code):
    with pytest.raises(UnsupportedMedia) as refused:
        await sent(lite, content, "照片.jpg")

    assert refused.value.code == code
    assert await stored(lite) == []


async def test_a_broken_upload_leaves_nothing_behind(lite):
    async def broken():
        for part in files.mp4(8_000_000):
            yield part
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await receive_evidence("a.mp4", broken(), house=lite)

    assert await stored(lite) == []


async def test_a_file_is_filed_once_and_by_nobody_else(house):
    receipt, (one,) = await filed(house, files.image())
    talk = await converse(
        session=None, message_id="m1", text="你好", payload=None, channel="web", house=house
    )
    other = await sent(house, files.PDF, session=talk.session)

    for taken in (one, other.id, "0" * 32, "x"):
        with pytest.raises(Malformed) as refused:
            await file_complaint(
                new_complaint(key=f"k-{taken[:20]}-00", attachment_ids=(taken,)), house=house
            )
        assert refused.value.fields[0].code == "unknown_attachment"
    with pytest.raises(Malformed):
        await after_filing.supplement(
            receipt.number, receipt.query_code, "", attachment_ids=[other.id], house=house
        )


async def test_more_than_nine_files_are_too_many_and_nothing_is_filed(house):
    ids = tuple([(await sent(house, files.PDF)).id for _ in range(10)])

    with pytest.raises(TooManyFiles):
        await file_complaint(new_complaint(key="many-0001", attachment_ids=ids), house=house)
    await file_complaint(new_complaint(key="many-0002", attachment_ids=ids[:9]), house=house)


async def test_the_same_key_gives_the_same_receipt_with_files(house):
    one = await sent(house, files.PDF)
    new = new_complaint(key="same-0001", attachment_ids=(one.id,))

    assert (await file_complaint(new, house=house)).number == (await file_complaint(new, house=house)).number


async def test_files_of_a_talk_go_along_when_it_files_and_later_ones_are_added(house):
    async def say(session, message_id, text=None, ids=()):
        return await converse(session=session, message_id=message_id, text=text, payload=None,
                              channel="web", attachment_ids=ids, house=house)  # fmt: skip

    first = await sent(house, files.image())
    talk = await say(None, "m1", ids=[first.id])
    assert "已收到 1 个文件" in talk.messages[0]["text"]
    again = await say(talk.session, "m1", ids=[first.id])
    assert again.messages == talk.messages
    house.bot.commands.append({"command": "file_complaint", "complaint": {"text": "城管扣了我的三轮车"}})
    told = await say(talk.session, "m2", "好的，提交")
    later = await say(talk.session, "m3", ids=[(await sent(house, files.PDF)).id])

    assert told.filed["number"] in later.messages[0]["text"]
    found = await handle_evidence.list_evidence(told.filed["number"], SHI, house=house)
    assert sorted(e.media.media_type for e in found) == ["application/pdf", "image/jpeg"]


async def test_a_supplement_brings_files(house):
    receipt, _ = await filed(house)
    one = await sent(house, files.AMR, "录音.amr")
    await after_filing.supplement(
        receipt.number, receipt.query_code, "", attachment_ids=[one.id], house=house
    )

    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=house)
    assert exhibit.media.kind == "audio"


async def test_evidence_hides_with_its_lead_and_only_supervisors_handle_it(lite):
    receipt, (one,) = await filed(lite, files.image(), agency_code="411202-AD01")
    insider = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")
    operator = Viewer("y", "测试", "hotline_operator", "411200-HOTLINE", "411200")

    for number in (receipt.number, "XSAAAAAAAAAAA"):
        with pytest.raises(NotFound) as refused:
            await handle_evidence.take_original(number, one, "想看看是谁", viewer=insider, house=lite)
        assert refused.value.detail == "没有找到这条线索。"
    with pytest.raises(Forbidden):
        await handle_evidence.view_copy(receipt.number, one, viewer=operator, house=lite)
    other, _ = await filed(lite, key="ev-0002")
    with pytest.raises(NotFound):
        await handle_evidence.view_copy(other.number, one, viewer=SHI, house=lite)


async def test_a_changed_or_cut_file_does_not_open(lite, tmp_path):
    photo = files.image() + os.urandom(700_000)
    receipt, (one,) = await filed(lite, photo)
    await handle_evidence.release_evidence(receipt.number, one, "人工看过没有问题", viewer=SHI, house=lite)
    path = tmp_path / "evidence" / original(one)
    whole = path.read_bytes()
    assert photo[:64] not in whole

    for harmed in (whole[:-5], whole[: 256 * 1024 + 16], whole[:100] + b"x" + whole[101:]):
        path.write_bytes(harmed)
        got = await handle_evidence.take_original(receipt.number, one, "核对原件内容", viewer=SHI, house=lite)
        with pytest.raises(CannotOpen):
            await read(got)


async def test_what_nobody_filed_goes_after_a_day_and_what_is_lost_is_said(house, tmp_path):
    receipt, (lost,) = await filed(house, files.image())
    await sent(house, files.PDF)
    stray = tmp_path / "evidence" / "originals" / ("f" * 32)
    stray.write_bytes(b"x")
    fresh = tmp_path / "evidence" / "originals" / ("e" * 32)
    fresh.write_bytes(b"x")
    old = (NOON - dt.timedelta(days=1)).timestamp()
    os.utime(stray, (old, old))
    (tmp_path / "evidence" / original(lost)).unlink()
    house.clock = lambda: NOON + dt.timedelta(hours=23)
    os.utime(fresh, (house.clock().timestamp(), house.clock().timestamp()))
    await sweep_evidence(house=house)
    assert len(await stored(house)) == 2
    house.clock = lambda: NOON + dt.timedelta(hours=25)
    await sweep_evidence(house=house)
    await sweep_evidence(house=house)

    assert await stored(house) == [f"originals/{'e' * 32}"]
    events = (await read_leads.read_lead(receipt.number, SHI, house=house)).events
    assert [e.kind for e in events].count("evidence_missing") == 1
    await backlog(house=house)
    assert EVIDENCE.labels("missing")._value.get() == 1


async def test_forwarding_is_off_until_a_supervisor_says_so_with_a_reason(lite):
    receipt, (one,) = await filed(lite, files.image())

    async def allow(reason):
        await handle_evidence.allow_forward(receipt.number, one, reason, allowed=True, viewer=SHI, house=lite)

    with pytest.raises(Malformed):
        await allow("转给机关核实情况")
    await handle_evidence.release_evidence(receipt.number, one, "人工看过没有问题", viewer=SHI, house=lite)
    with pytest.raises(Malformed):
        await allow(" ")
    assert not (await handle_evidence.list_evidence(receipt.number, SHI, house=lite))[0].may_forward
    await allow("转给机关核实情况")
    assert (await handle_evidence.list_evidence(receipt.number, SHI, house=lite))[0].may_forward
