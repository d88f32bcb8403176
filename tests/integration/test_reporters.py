"""Trusted reporters: their own reports and nothing else, on pages and by program."""

from __future__ import annotations

import re

import aiohttp
import pytest

from intake.domain.conflict import REPORTER_ROLES, Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound
from intake.services import after_filing, read_leads, read_statistics, triage
from intake.services import report_observation as service
from intake.services.administer_accounts import Person, new_account
from intake.services.file_complaint import file_complaint
from intake.services.lead_filter import lead_filter
from intake.services.report_observation import Observation
from intake.services.sign_in import add_account
from tests.factories.house import NOON, PASSWORD, TEXT, new_complaint
from tests.factories.server import serve

SHI = Viewer("shi", "测试shi", "city_supervisor", "411200-SF", "411200")
TEYAO = Viewer("teyao", "测试监督员", "supervisor_reporter", "411202-SF", "411202")
OTHER = Viewer("other", "测试另一位", "supervisor_reporter", "411202-SF", "411202")
POINT = Viewer("lianxi", "测试联系点", "contact_point", "411202-SF", "411202")
SEEN = Observation(TEXT, "key-0001", agency_code="411202-AD01", region_code="411202")


async def take(house, number, step, **more):
    async with house.store.look() as uow:
        version = (await uow.leads.by_number(number)).version
    order = triage.Order(step, **more)
    return await triage.take_step(number, order, version=version, viewer=SHI, house=house)


@pytest.mark.parametrize("viewer", [TEYAO, POINT], ids=REPORTER_ROLES)
async def test_a_report_is_classified_and_queued_under_its_own_channel(house, viewer):
    receipt = await service.report_observation(SEEN, viewer=viewer, house=house)
    again = await service.report_observation(SEEN, viewer=viewer, house=house)

    whole = await read_leads.read_lead(receipt.number, SHI, house=house)
    assert again == receipt
    assert (whole.complaint.channel, whole.lead.reporter_channel) == (viewer.role, viewer.role)
    assert (whole.lead.stage, whole.lead.queue[:3]) == ("L20", "sup")
    assert whole.lead.problems
    assert whole.events[0].actor == "reporter"
    assert viewer.account not in str([(e.actor, e.details) for e in whole.events[:1]])


async def test_a_reporter_sees_only_what_he_reported(house):
    mine = await service.report_observation(SEEN, viewer=TEYAO, house=house)
    theirs = await service.report_observation(SEEN, viewer=OTHER, house=house)
    citizens = await file_complaint(new_complaint(), house=house)

    found = await service.own_reports(TEYAO, house=house)
    assert [lead.number for lead in found.items] == [mine.number]
    assert found.reported == 1
    for number in (theirs.number, citizens.number):
        with pytest.raises(NotFound):
            await service.read_report(number, TEYAO, house=house)
        with pytest.raises(NotFound):
            await service.add_to_report(number, "补充", (), viewer=TEYAO, house=house)
    with pytest.raises(NotFound):
        await read_leads.read_lead(mine.number, TEYAO, house=house)


async def test_a_report_about_the_own_unit_is_filed_and_then_hidden_without_exception(house):
    insider = Viewer("in", "测试", "contact_point", "411202-AD01", "411202")
    receipt = await service.report_observation(SEEN, viewer=insider, house=house)

    assert (await service.own_reports(insider, house=house)).items == ()
    with pytest.raises(NotFound):
        await service.read_report(receipt.number, insider, house=house)
    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert progress.stage == "L20"


async def test_a_question_is_asked_and_answered_and_the_outcome_read(house):
    number = (await service.report_observation(SEEN, viewer=TEYAO, house=house)).number
    await take(house, number, "ask", note="当时还有谁在场？")

    asked = await service.read_report(number, TEYAO, house=house)
    assert asked.progress.questions == ("当时还有谁在场？",)
    await service.add_to_report(number, "还有两位店主", (), viewer=TEYAO, house=house)
    answered = await service.read_report(number, TEYAO, house=house)
    assert (answered.progress.stage, answered.progress.questions) == ("L20", ())
    await take(house, number, "confirm")
    await take(house, number, "document", note="意见书")
    await take(house, number, "reply", note="内部结论不公开", public_text="已经责令改正")
    assert (await service.read_report(number, TEYAO, house=house)).progress.public_reply is None
    await take(house, number, "close")

    closed = await service.read_report(number, TEYAO, house=house)
    assert closed.progress.public_reply == "已经责令改正"
    assert "内部结论" not in str(closed)
    counts = await service.own_reports(TEYAO, house=house)
    assert (counts.reported, counts.closed, counts.documented) == (1, 1, 1)


async def test_nobody_files_by_a_trusted_channel_without_its_account(house):
    with pytest.raises(Malformed):
        await file_complaint(new_complaint(channel="contact_point"), house=house)
    with pytest.raises(Forbidden):
        await service.report_observation(SEEN, viewer=SHI, house=house)


async def test_a_supervisor_lists_what_reporters_sent(house):
    await file_complaint(new_complaint(), house=house)
    one = await service.report_observation(SEEN, viewer=TEYAO, house=house)
    two = await service.report_observation(SEEN, viewer=POINT, house=house)

    async def listed(reporter):
        page = await read_leads.list_leads(
            SHI, lead_filter(reporter=reporter), cursor=None, limit=9, house=house
        )
        return {lead.number for lead in page.items}

    assert await listed("1") == {one.number, two.number}
    assert await listed("contact_point") == {two.number}
    assert await read_leads.count_lists(SHI, [lead_filter(reporter="1")], house=house) == (2,)


async def test_no_lead_is_given_to_a_reporter_to_check(lite):
    await add_account("teyao", "测试监督员", PASSWORD, role="supervisor_reporter", organisation="411202-SF",
                      region="411202", house=lite, certificate="豫监-001")  # fmt: skip
    number = (await service.report_observation(SEEN, viewer=OTHER, house=lite)).number
    await take(lite, number, "confirm")

    with pytest.raises(Malformed):
        await take(lite, number, "assign", assignee="teyao")


async def test_a_part_of_a_report_stays_its_reporters(house):
    number = (await service.report_observation(SEEN, viewer=TEYAO, house=house)).number
    await take(house, number, "split", note="两件事", part="湖滨区城管昨天没给扣押清单。")

    assert len((await service.own_reports(TEYAO, house=house)).items) == 2


@pytest.mark.parametrize(("count", "told"), [(4, []), (12, [("12", 50)])])
async def test_figures_about_reporters_are_shown_from_five(lite, count, told):
    for i in range(count):
        seen = Observation(f"{TEXT}{i}", f"key-{i:04d}", agency_code="411202-AD01")
        number = (await service.report_observation(seen, viewer=TEYAO, house=lite)).number
        if i % 2:
            await take(lite, number, "confirm")
            await take(lite, number, "document", note="意见书")

    month = NOON.date().replace(day=1), NOON.date().replace(day=30)
    figures = await read_statistics.read_statistics(SHI, *month, house=lite)
    assert [(row["shown"], row["documented_percent"]) for row in figures["reporters"]] == told
    assert "teyao" not in str(figures)


async def test_an_account_of_a_reporter_needs_a_certificate(lite):
    admin = Viewer("guanli", "测试", "admin", "411200-SF", "411200")
    person = Person("测试监督员", "supervisor_reporter", "411202-SF", "411202")

    with pytest.raises(Malformed) as caught:
        await new_account("jiandu", person, viewer=admin, house=lite)
    assert [f.field for f in caught.value.fields] == ["certificate"]


async def test_pages_and_program_of_a_reporter(lite):
    await add_account("teyao", "测试监督员", PASSWORD, role="supervisor_reporter", organisation="411202-SF",
                      region="411202", house=lite, certificate="豫监-001")  # fmt: skip
    async with serve(lite) as base:
        async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as page:
            form = {"login": "teyao", "password": PASSWORD}
            async with page.post("/console/sign-in", data=form) as answer:
                assert str(answer.url).endswith("/reporter")
            async with page.get("/console/leads/XSAAAAAAAAAAA") as answer:
                assert str(answer.url).endswith("/reporter")
            async with page.get("/reporter/new") as answer:
                text = await answer.text()
            sent = {n: re.search(rf'name="{n}" value="([^"]*)"', text)[1] for n in ("csrf", "key")}
            async with page.post("/reporter/new", data=sent | {"text": ""}) as answer:
                assert answer.status == 422
            async with page.post("/reporter/new", data=sent | {"csrf": "x", "text": TEXT}) as answer:
                assert answer.status == 403
            async with page.post("/reporter/new", data=sent | {"text": TEXT}) as answer:
                number = re.search(r"XS[0-9A-Z]{11}", await answer.text())[0]
            body = {"csrf": sent["csrf"], "number": number, "text": "再补一句"}
            async with page.post("/reporter/answer", data=body) as answer:
                assert "您补充了材料" in await answer.text()


async def test_a_program_of_a_reporter(lite):
    await add_account("point", "测试联系点", PASSWORD, role="contact_point", organisation="411202-SF",
                      region="411202", house=lite, certificate="联-001")  # fmt: skip
    async with serve(lite) as base, aiohttp.ClientSession(base) as call:
        async with call.post("/api/v1/sessions", json={"login": "point", "password": PASSWORD}) as answer:
            head = {"Authorization": f"Bearer {(await answer.json())['token']}"}
        async with call.post("/api/v1/reports", json={"text": TEXT}, headers=head) as answer:
            number = (await answer.json())["number"]
        more = {"text": "补一句"}
        async with call.post(f"/api/v1/reports/{number}/supplements", json=more, headers=head) as answer:
            assert answer.status == 201
        async with call.get("/api/v1/reports", headers=head) as answer:
            assert [r["number"] for r in (await answer.json())["items"]] == [number]
        for path in ("/api/v1/leads", f"/api/v1/leads/{number}", "/api/v1/referrals", "/api/v1/queues"):
            async with call.get(path, headers=head) as answer:
                assert answer.status == 403, path
