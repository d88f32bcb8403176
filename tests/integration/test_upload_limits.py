"""Who may upload, and how much: the code first, then bytes by case and by day."""

from __future__ import annotations

import dataclasses
import os

import aiohttp
import pytest

from intake.api import upload_quota
from intake.domain.errors import TooManyFiles
from intake.services import after_filing
from intake.services.evidence_room import EvidenceLimits
from intake.services.file_complaint import file_complaint
from intake.services.receive_evidence import receive_evidence
from tests.factories import files
from tests.factories.house import new_complaint
from tests.factories.server import serve


def limited(house, **limits):
    house.evidence = dataclasses.replace(house.evidence, limits=EvidenceLimits(**limits))


async def stored(house):
    return [name async for page in house.evidence.files.names() for name, _ in page]


async def posted(base, number, code, content):
    form = aiohttp.FormData()
    for name, value in (("number", number), ("query_code", code), ("action", "supplement"), ("text", "补充")):
        form.add_field(name, value)
    form.add_field("files", content, filename="照片.jpg", content_type="image/jpeg")
    async with aiohttp.ClientSession(base) as session, session.post("/track", data=form) as answer:
        return answer.status, await answer.text()


async def test_a_file_is_taken_only_after_number_and_code_are_proved(lite):
    receipt = await file_complaint(new_complaint(), house=lite)
    photo = files.image() + os.urandom(100_000)
    async with serve(lite) as base:
        wrong = await posted(base, receipt.number, "WRONGWRONGWRONG", photo)
        unknown = await posted(base, "XSAAAAAAAAAAA", receipt.query_code, photo)
        assert await stored(lite) == []
        right = await posted(base, receipt.number, receipt.query_code, photo)

    assert [wrong[0], unknown[0], right[0]] == [404, 404, 200]
    assert "已补充" in right[1]
    assert len(await stored(lite)) == 1


async def test_the_files_of_one_case_have_a_size_together(lite):
    photo = files.image() + os.urandom(60_000)
    limited(lite, case=100_000)
    receipt = await file_complaint(new_complaint(), house=lite)

    async def pieces():
        yield photo

    first, second = [(await receive_evidence("a.jpg", pieces(), house=lite)).id for _ in range(2)]
    await after_filing.supplement(receipt.number, receipt.query_code, "", attachment_ids=[first], house=lite)

    with pytest.raises(TooManyFiles, match="合计"):
        await after_filing.supplement(
            receipt.number, receipt.query_code, "", attachment_ids=[second], house=lite
        )


async def test_an_address_has_its_bytes_for_the_day_and_words_always_pass(lite, monkeypatch):
    monkeypatch.setattr(upload_quota.UPLOADS, "_sent", type(upload_quota.UPLOADS._sent)())
    limited(lite, day=150_000)
    receipt = await file_complaint(new_complaint(), house=lite)
    photo = files.image() + os.urandom(100_000)
    async with serve(lite) as base:
        first = await posted(base, receipt.number, receipt.query_code, photo)
        second = await posted(base, receipt.number, receipt.query_code, photo)
        async with aiohttp.ClientSession(base) as session:
            form = {
                "number": receipt.number,
                "query_code": receipt.query_code,
                "action": "supplement",
                "text": "只有文字",
            }
            async with session.post("/track", data=form) as answer:
                words = answer.status
            upload = aiohttp.FormData()
            upload.add_field("file", photo, filename="a.jpg")
            async with session.post("/api/v1/attachments", data=upload) as answer:
                api = answer.status

    assert first[0] == 200
    assert "今天从您这里上传的文件已经很多" in second[1]
    assert (words, api) == (200, 429)
    assert len(await stored(lite)) == 1
