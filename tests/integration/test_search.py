"""Searching: what stands in a lead is found, on both databases alike, and what is private is not."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from intake.domain.conflict import Viewer
from intake.services import after_filing, read_leads, triage
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from intake.services.index_lead import index_waiting
from intake.services.lead_filter import lead_filter
from intake.services.new_complaint import Complainant
from tests.factories.house import PHONE, new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
SHANZHOU = Viewer("shanzhou", "测试", "supervisor", "411203-SF", "411203")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")
CAR = "湖滨区城管昨天没出示证件就把我的三轮车扣走了，也没给扣押清单。"
TAX = "市税务局三年前让我补税，发票开了又作废，ETax系统里查不到。"


async def found(house, q, viewer=SHI, **more):
    page = await read_leads.list_leads(viewer, lead_filter(q=q, **more), cursor=None, limit=50, house=house)
    return {lead.number for lead in page.items}


async def filed(house, text, key="k-0001", **more):
    return await file_complaint(new_complaint(text, key=key, **more), house=house)


async def test_a_lead_is_found_by_what_stands_in_it(house):
    firm = Complainant(
        anonymous=False, name="测试李四", phone=PHONE, kind="enterprise", enterprise_name="测试鑫旺达烧烤店"
    )
    car = (await filed(house, CAR, "k-0001", agency_code="411202-AD01", demand="把车还给我")).number
    tax = (await filed(house, TAX, "k-0002", complainant=firm)).number

    assert await found(house, house.organisations["411202-AD01"].name) == {car}
    for words in (
        "三轮车",
        "证件",
        "清单",
        "三轮车 清单",
        "清单，三轮车",
        "还给我",
        car,
        car.lower(),
        "三 轮",
    ):
        assert await found(house, words) == {car}, words
    for words in ("税务", "税务局 作废", "etax", "ＥＴＡＸ", "鑫旺达", "补税 烧烤", tax):
        assert await found(house, words) == {tax}, words
    for words in ("三轮车 税务", "海关", "！？", "🙂", "--"):
        assert await found(house, words) == set(), words


async def test_what_is_private_is_not_found(house):
    await filed(house, CAR + f"电话{PHONE}，座机0398-2812345，短号2812345，证号110101000000001234。")

    for words in (
        PHONE,
        "138",
        "8000",
        "0398",
        "2812345",
        "110101",
        "1234",
        "110101000000001234",
        "测试张三",
    ):
        assert await found(house, words, stage="all") == set(), words


async def test_a_hidden_lead_is_not_found(house):
    receipt = await filed(house, CAR, agency_code="411202-AD01")

    assert await found(house, "三轮车") == {receipt.number}
    for viewer in (SHANZHOU, INSIDER):
        assert await found(house, "三轮车", viewer, stage="all") == set()
        assert await found(house, receipt.number, viewer, stage="all") == set()


async def test_what_is_added_or_changed_is_found(house):
    receipt = await filed(house, CAR, agency_code="411202-AD01")
    number = receipt.number
    assert await found(house, "行车记录仪") == set()
    await after_filing.supplement(number, receipt.query_code, "我有行车记录仪录像。", house=house)
    assert await found(house, "行车记录仪 三轮车") == {number}

    agency = house.organisations["411202-AD02"].name
    assert await found(house, agency) == set()
    lead = (await read_leads.read_lead(number, SHI, house=house)).lead
    order = triage.Order("reclassify", labels={"agency_code": "411202-AD02"})
    await triage.take_step(number, order, version=lead.version, viewer=SHI, house=house)
    assert await found(house, agency) == {number}


async def test_closed_leads_are_found_when_all_are_asked_for(house):
    receipt = await filed(house, CAR)
    await after_filing.withdraw(receipt.number, receipt.query_code, house=house)

    assert await found(house, "三轮车") == set()
    assert await found(house, "三轮车", stage="all") == {receipt.number}


async def test_the_number_of_the_hotline_is_found_once_it_is_known(house):
    class Hotline:
        async def push_work_order(self, order, *, message_id):
            return type("Answer", (), {"number": "GD-20261123-0007"})()

    receipt = await filed(house, CAR)
    house.hotline = Hotline()
    await deliver_due("test", house=house)

    assert await found(house, "GD-20261123-0007") == {receipt.number}
    assert await found(house, "20261123") == {receipt.number}


async def test_leads_of_an_older_version_are_indexed_in_steps(house):
    numbers = {(await filed(house, f"{CAR}第{i}次。", f"k-000{i}")).number for i in range(5)}
    async with house.store.database.write() as session:
        await session.execute(sql("DELETE FROM lead_search"))
    assert await found(house, "三轮车") == set()

    assert [await index_waiting(2, house=house) for _ in range(4)] == [2, 2, 1, 0]
    assert await found(house, "三轮车") == numbers


async def test_frequent_words_give_the_same_as_rare_ones(house, monkeypatch):
    numbers = {(await filed(house, f"{CAR}第{i}次。", f"k-000{i}")).number for i in range(4)}
    await filed(house, TAX, "k-0009")
    assert await found(house, "三轮车 清单") == numbers

    monkeypatch.setattr("intake.store.search.FEW", 2)
    assert await found(house, "三轮车 清单") == numbers
    assert await found(house, "三轮车 税务") == set()


@pytest.mark.parametrize("stage", ["open", "all"])
async def test_no_question_breaks_the_search(house, stage):
    receipt = await filed(house, f"{CAR}NEAR AND OR NOT")
    nasty = [
        '"',
        "'",
        "\x00",
        "a*",
        "NEAR",
        "NEAR(三轮车 清单, 5)",
        "-三轮车",
        "(",
        "a:b",
        "^三轮",
        "\\",
        "三轮车 & | !",
        "<->",
        "\ud800",
    ]
    for words in nasty:
        await found(house, words, stage=stage)
    assert await found(house, "and or not near", stage=stage) == {receipt.number}

    loop = asyncio.get_running_loop()
    asked = []

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.text(max_size=120))
    def collect(words):
        asked.append(words)

    await loop.run_in_executor(None, collect)
    for words in asked:
        assert await found(house, words, stage=stage) <= {receipt.number}
