"""Exceptions from the conflict rule, questions to an agency on a masked copy, and the inspector's trail."""

from __future__ import annotations

import datetime as dt

import aiohttp
import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound, Stale, WrongStep
from intake.services import answer_request, ask_agency, audit, grant_sight, read_leads, read_trail, triage
from intake.services.file_complaint import file_complaint
from intake.services.sign_in import add_account
from tests.factories.house import NOON, PASSWORD, PHONE, TEXT, new_complaint
from tests.factories.server import serve

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
HUBIN = Viewer("hubin", "测试", "supervisor", "411202-SF", "411202")
SHANZHOU = Viewer("shanzhou", "测试", "supervisor", "411203-SF", "411203")
AGENCY = Viewer("guanju", "测试", "agency", "411202-AD01", "411202")
OTHER_AGENCY = Viewer("other", "测试", "agency", "411202-AD02", "411202")
INSPECTOR = Viewer("shenji", "测试", "inspector", "410000-SF", "411200")
STORY = f"我叫测试张三，电话{PHONE}，在湖滨区开三门峡测试饭店。{TEXT}"
WHY = "该区监督员熟悉情况，请其协助核查"


async def filed(house, text=STORY, *, agency="411202-AD01", key="sight-0001", confirmed=True):
    receipt = await file_complaint(new_complaint(text, key=key, agency_code=agency), house=house)
    if confirmed:
        await triage.take_step(receipt.number, triage.Order("confirm"), version=1, viewer=SHI, house=house)
    return receipt.number


async def sees(viewer, number, house):
    try:
        await read_leads.read_lead(number, viewer, house=house)
    except NotFound:
        return False
    listed = await read_leads.list_leads(viewer, read_leads.LeadFilter(), cursor=None, limit=50, house=house)
    assert number in [lead.number for lead in listed.items]
    return True


async def ask(house, number, **more):
    wanted = {
        "organisation": "411202-AD01",
        "question": "请说明扣押的依据和程序。",
        "copy": "有人反映被扣车。",
        "days": 5,
    }
    return await ask_agency.ask_agency(number, ask_agency.Question(**wanted | more), viewer=SHI, house=house)


async def test_an_exception_shows_one_lead_to_one_account_until_it_ends(house):
    number = await filed(house)
    other = await filed(house, f"{TEXT}乙", key="sight-0002")
    assert not await sees(SHANZHOU, number, house)

    await grant_sight.grant_sight(number, grant_sight.Grant("shanzhou", WHY, 7), viewer=SHI, house=house)

    assert await sees(SHANZHOU, number, house)
    assert not await sees(SHANZHOU, other, house)
    assert not await sees(Viewer("x", "测试", "supervisor", "411203-SF", "411203"), number, house)
    house.clock = lambda: NOON + dt.timedelta(days=7, seconds=1)
    assert not await sees(SHANZHOU, number, house)


async def test_an_exception_can_be_taken_back_and_is_in_the_history(house):
    number = await filed(house)
    await grant_sight.grant_sight(number, grant_sight.Grant("shanzhou", WHY, 7), viewer=SHI, house=house)
    (grant,) = await grant_sight.grants_of(number, viewer=SHI, house=house)

    await grant_sight.revoke_sight(number, grant.id, viewer=SHI, house=house)

    assert not await sees(SHANZHOU, number, house)
    whole = await read_leads.read_lead(number, SHI, house=house)
    said = [(e.kind, e.details.get("assignee")) for e in whole.events]
    assert ("grant_sight", "shanzhou") in said
    assert ("revoke_sight", "shanzhou") in said
    assert next(e for e in whole.events if e.kind == "grant_sight").details["reason"] == WHY


async def test_nobody_of_the_respondents_house_or_below_it_gets_an_exception(lite):
    number = await filed(lite)
    for login, organisation in (("neibu", "411202-AD01"), ("zhengfu", "411202")):
        await add_account(
            login, "测试", PASSWORD, role="supervisor", organisation=organisation, region="411202", house=lite
        )
    wanted = grant_sight.Grant("neibu", WHY, 7)
    with pytest.raises(WrongStep):
        await grant_sight.grant_sight(number, wanted, viewer=SHI, house=lite)
    with pytest.raises(Forbidden):
        await grant_sight.grant_sight(number, grant_sight.Grant("shi", WHY, 7), viewer=SHI, house=lite)
    with pytest.raises(Forbidden):
        await grant_sight.grant_sight(number, wanted, viewer=HUBIN, house=lite)
    for bad in (grant_sight.Grant("shanzhou", "短", 7), grant_sight.Grant("shanzhou", WHY, 31),
                grant_sight.Grant("nobody", WHY, 7), grant_sight.Grant("guanju", WHY, 7)):  # fmt: skip
        with pytest.raises(Malformed):
            await grant_sight.grant_sight(number, bad, viewer=SHI, house=lite)
    # The government above the agency is of its family and blind by the rule: an exception is what opens it.
    above = Viewer("zhengfu", "测试", "supervisor", "411202", "411202")
    assert not await sees(above, number, lite)
    await grant_sight.grant_sight(number, grant_sight.Grant("zhengfu", WHY, 7), viewer=SHI, house=lite)
    assert await sees(above, number, lite)


async def test_an_exception_ends_at_once_when_the_grantees_own_house_is_complained_about(house):
    number = await filed(house)
    await grant_sight.grant_sight(number, grant_sight.Grant("shanzhou", WHY, 7), viewer=SHI, house=house)
    assert await sees(SHANZHOU, number, house)
    lead = (await read_leads.read_lead(number, SHI, house=house)).lead

    order = triage.Order("reclassify", labels={"agency_code": "411203-SF"})
    await triage.take_step(number, order, version=lead.version, viewer=SHI, house=house)

    assert not await sees(SHANZHOU, number, house)


async def test_a_complaint_about_a_justice_bureau_goes_above_it_and_is_hidden_from_it(lite):
    about_county = await filed(lite, key="j-0001", agency="411202-SF", confirmed=False)
    about_city = await filed(lite, key="j-0002", agency="411200-SF", confirmed=False)
    province = Viewer("sheng", "测试", "city_supervisor", "410000-SF", "411200")

    assert await sees(SHI, about_county, lite)
    assert not await sees(HUBIN, about_county, lite)
    assert not await sees(SHI, about_city, lite)
    assert await sees(province, about_city, lite)
    assert (await read_leads.read_lead(about_city, province, house=lite)).lead.supervisor == "410000-SF"


async def test_leads_that_nobody_can_see_are_told_to_the_operator_of_the_system(lite):
    seen = await filed(lite, confirmed=False)
    about_city = await filed(lite, key="j-0002", agency="411200-SF", confirmed=False)

    assert [n for n, _ in await grant_sight.unseen_leads(house=lite)] == [about_city]
    await add_account(
        "sheng",
        "测试",
        PASSWORD,
        role="city_supervisor",
        organisation="410000-SF",
        region="411200",
        house=lite,
    )
    assert await grant_sight.unseen_leads(house=lite) == []
    assert seen


async def test_the_masked_copy_names_neither_person_nor_phone_nor_firm(lite):
    number = await filed(lite)

    copy = (await ask_agency.asking(number, viewer=SHI, house=lite)).copy

    assert "张三" not in copy
    assert PHONE not in copy
    assert "测试饭店" not in copy
    assert "〔投诉人〕" in copy
    assert "扣走了" in copy


async def test_an_agency_sees_what_it_is_asked_and_nothing_else(house):
    number = await filed(house)
    asked = await ask(house, number)

    (mine,) = await answer_request.my_requests(AGENCY, house=house)
    assert mine.number == asked
    assert number not in repr(mine.model_dump(exclude={"lead_id", "id"}))
    assert await answer_request.my_requests(OTHER_AGENCY, house=house) == []
    assert not await sees(AGENCY, number, house)
    for viewer, wanted in ((OTHER_AGENCY, asked), (AGENCY, "FKAAAAAAAAAAA")):
        with pytest.raises(NotFound):
            await answer_request.read_request(wanted, viewer, house=house)
    with pytest.raises(Forbidden):
        await answer_request.read_request(asked, SHI, house=house)


async def test_question_answer_return_and_acceptance_are_one_history(house):
    number = await filed(house)
    asked = await ask(house, number)
    request = await answer_request.read_request(asked, AGENCY, house=house)
    await answer_request.answer_request(
        asked, "经查，当日执法人员未携带证件。", version=request.version, viewer=AGENCY, house=house
    )
    with pytest.raises(Stale):
        await answer_request.answer_request(
            asked, "再答复一次，内容不同。", version=request.version, viewer=AGENCY, house=house
        )
    with pytest.raises(WrongStep):
        await answer_request.answer_request(
            asked, "再答复一次，内容不同。", version=request.version + 1, viewer=AGENCY, house=house
        )
    with pytest.raises(Malformed):
        await ask_agency.decide_answer(number, asked, "return", "", viewer=SHI, house=house)
    await ask_agency.decide_answer(number, asked, "return", "请附扣押清单。", viewer=SHI, house=house)
    again = await answer_request.read_request(asked, AGENCY, house=house)
    assert (again.state, again.comment) == ("returned", "请附扣押清单。")
    await answer_request.answer_request(
        asked, "补充：未出具清单，已责令改正。", version=again.version, viewer=AGENCY, house=house
    )
    await ask_agency.decide_answer(number, asked, "accept", "", viewer=SHI, house=house)

    kinds = [e.kind for e in (await read_leads.read_lead(number, SHI, house=house)).events]
    wanted = ["ask_agency", "agency_read", "agency_answer", "return_answer", "agency_answer", "accept_answer"]
    assert [k for k in kinds if k in wanted] == wanted
    assert (await audit.verify(house.policy.anchors / "none", house=house)).breaks == ()


async def test_only_a_respondent_of_a_lead_taken_up_can_be_asked(lite):
    fresh = await filed(lite, confirmed=False)
    with pytest.raises(WrongStep):
        await ask(lite, fresh)
    number = await filed(lite, f"{TEXT}丙", key="sight-0003")
    for bad in ({"organisation": "411203-AD01"}, {"question": "啊"}, {"days": 0}):
        with pytest.raises(Malformed):
            await ask(lite, number, **bad)
    with pytest.raises(NotFound):
        await ask_agency.asking(number, viewer=AGENCY, house=lite)


async def test_a_withdrawn_request_is_gone_for_the_agency(lite):
    number = await filed(lite)
    asked = await ask(lite, number)

    await ask_agency.decide_answer(number, asked, "withdraw", "", viewer=SHI, house=lite)

    assert await answer_request.my_requests(AGENCY, house=lite) == []
    with pytest.raises(NotFound):
        await answer_request.read_request(asked, AGENCY, house=lite)


async def test_the_inspector_reads_who_opened_what_but_no_words_of_the_complaint(house):
    number = await filed(house)
    await read_leads.read_lead(number, HUBIN, house=house)

    found = await read_trail.read_trail(
        INSPECTOR, read_trail.TrailFilter(kind="read"), before=None, house=house
    )
    await read_trail.read_trail(INSPECTOR, read_trail.TrailFilter(kind="read"), before=None, house=house)

    assert [(n, e.actor) for e, n in found.rows] == [(number, "hubin")]
    for viewer in (SHI, HUBIN, AGENCY):
        with pytest.raises(Forbidden):
            await read_trail.read_trail(viewer, read_trail.TrailFilter(), before=None, house=house)
    async with house.store.look() as uow:
        looked = [r for r in await uow.admin_records.latest(before=None, limit=9) if r.kind == "trail_read"]
    assert len(looked) == 1


async def test_the_inspectors_list_pages_through_everything_once(lite):
    for i in range(3):
        await filed(lite, f"{TEXT}第{i}件", key=f"page-{i:04d}")
    seen, before = [], None
    read_trail.PAGE, kept = 4, read_trail.PAGE
    try:
        while True:
            page = await read_trail.read_trail(INSPECTOR, read_trail.TrailFilter(), before=before, house=lite)
            seen += [(n, e.seq) for e, n in page.rows]
            before = page.next
            if before is None:
                break
    finally:
        read_trail.PAGE = kept
    assert len(seen) == len(set(seen)) == 6


async def test_an_inspector_learns_nothing_of_leads_about_his_own_house(lite):
    number = await filed(lite, agency="411202-AD01")
    insider = Viewer("x", "测试", "inspector", "411202", "411202")

    page = await read_trail.read_trail(insider, read_trail.TrailFilter(), before=None, house=lite)

    assert page.rows == ()
    outside = await read_trail.read_trail(INSPECTOR, read_trail.TrailFilter(), before=None, house=lite)
    assert {n for _, n in outside.rows} == {number}


async def test_the_same_over_http(lite):
    number = await filed(lite)
    await add_account(
        "shenji", "测试", PASSWORD, role="inspector", organisation="410000-SF", region="411200", house=lite
    )
    async with serve(lite) as base, aiohttp.ClientSession(base) as web:

        async def token(login):
            async with web.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}) as answer:
                return {"Authorization": f"Bearer {(await answer.json())['token']}"}

        shi, agency, inspector = [await token(login) for login in ("shi", "guanju", "shenji")]
        body = {"organisation": "411202-AD01", "question": "请说明依据。", "copy_text": "略", "days": 3}
        async with web.post(f"/api/v1/leads/{number}/requests", json=body, headers=shi) as answer:
            assert answer.status == 201
            asked = (await answer.json())["number"]
        async with web.post(f"/api/v1/leads/{number}/requests", json=body, headers=agency) as answer:
            assert answer.status == 403
        async with web.get("/api/v1/requests", headers=agency) as answer:
            assert [r["number"] for r in await answer.json()] == [asked]
        reply = {"answer": "经查，程序确有不当之处。"}
        match = {"If-Match": '"1"'}
        async with web.post(f"/api/v1/requests/{asked}/answer", json=reply, headers=agency | match) as answer:
            assert answer.status == 204
        async with web.get(f"/api/v1/leads/{number}", headers=agency) as answer:
            assert answer.status == 404
        async with web.get("/api/v1/audit/events?kind=agency_answer", headers=inspector) as answer:
            assert [e["number"] for e in (await answer.json())["items"]] == [number]
