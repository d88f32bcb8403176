"""A case that the hotline forwarded wrongly, or that is no matter of enforcement, goes back by one step."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestServer

from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.simulator.server import make_app
from intake.domain.conflict import Viewer
from intake.domain.errors import Malformed
from intake.services import after_filing, triage
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from tests.factories.house import new_complaint, small_house

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


@pytest.fixture
async def house(database_url, tmp_path):
    """A house whose hotline is the local counterpart."""
    server = TestServer(make_app(secret="hotline-secret", app_id="xiansuo", pace=0))
    await server.start_server()
    client = HotlineClient(str(server.make_url("")), "xiansuo", "hotline-secret")
    async with small_house(database_url, tmp_path, hotline=client) as house:
        yield house
    await client.close()
    await server.close()


async def lead_of(house, number):
    async with house.store.look() as uow:
        return await uow.leads.by_number(number)


@pytest.mark.parametrize("role", ["city_supervisor", "hotline_operator"])
async def test_one_button_sends_a_wrongly_forwarded_case_back_with_its_reason(house, role):
    receipt = await file_complaint(new_complaint(), house=house)
    await deliver_due("w", house=house)
    lead = await lead_of(house, receipt.number)
    viewer = Viewer(
        "x", "测试", role, "411200-HOTLINE" if role == "hotline_operator" else "411200-SF", "411200"
    )

    order = triage.Order("send_back", note="是邻里纠纷，不是执法行为，电话13800138000")
    after = await triage.take_step(receipt.number, order, version=lead.version, viewer=viewer, house=house)
    await deliver_due("w", house=house)

    assert after.stage == "L28"
    async with house.store.look() as uow:
        sent = [row for row in await uow.outbox.of_lead(lead.id) if row.kind == "event"]
    assert [(row.payload["event"], row.state) for row in sent] == [("return", "done")]
    assert "13800138000" not in sent[0].payload["text"]
    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert lead.hotline_no in progress.timeline[-1].label


async def test_a_case_without_a_number_at_the_hotline_cannot_go_back(house):
    receipt = await file_complaint(new_complaint(), house=house)
    lead = await lead_of(house, receipt.number)

    with pytest.raises(Malformed):
        await triage.take_step(
            receipt.number,
            triage.Order("send_back", note="不是执法行为"),
            version=lead.version,
            viewer=SHI,
            house=house,
        )
