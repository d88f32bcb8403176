"""A complaint about a justice bureau goes to the level above, and no account of that bureau learns of it."""

import aiohttp
import pytest

from intake.domain.conflict import Viewer
from intake.services import triage
from intake.services.file_complaint import file_complaint
from intake.services.sign_in import add_account
from tests.factories.house import PASSWORD, new_complaint
from tests.factories.server import serve

COUNTY_TEXT = "湖滨区司法局收了我的投诉三个月不处理也不答复，要求查处。"
CITY_TEXT = "三门峡市司法局执法监督科收了我的投诉三个月不答复。"


async def seen_by(base, login, number):
    """(numbers listed, status of the lead itself, the words of that answer without its trace)."""
    async with aiohttp.ClientSession(base) as client:
        async with client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}) as answer:
            head = {"Authorization": f"Bearer {(await answer.json())['token']}"}
        async with client.get("/api/v1/leads?stage=all", headers=head) as answer:
            listed = [item["number"] for item in (await answer.json())["items"]]
        async with client.get(f"/api/v1/leads/{number}", headers=head) as answer:
            body = await answer.json()
            return listed, answer.status, {k: v for k, v in body.items() if k not in ("trace_id", "instance")}


async def filed(text, house, key="test-key-0001"):
    """(number, queue, supervisor) of a complaint whose respondent only the text names."""
    receipt = await file_complaint(new_complaint(text, key=key), house=house)
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(receipt.number)
    return receipt.number, lead.queue, lead.supervisor


async def accounts_of(organisation, house):
    for role in ("supervisor", "city_supervisor", "green_channel_desk", "inspector", "admin"):
        for region in ("411202", "411200"):
            await add_account(
                f"{role}-{region}", "测试", PASSWORD, role=role, organisation=organisation, region=region, house=house
            )  # fmt: skip
            yield f"{role}-{region}"


@pytest.mark.parametrize(
    ("text", "respondent", "above"),
    [(COUNTY_TEXT, "411202-SF", "411200-SF"), (CITY_TEXT, "411200-SF", "410000-SF")],
)
async def test_only_the_level_above_sees_a_complaint_about_a_justice_bureau(house, text, respondent, above):
    number, queue, supervisor = await filed(text, house)
    await add_account(
        "above", "测试", PASSWORD, role="city_supervisor", organisation=above, region="411200", house=house
    )
    insiders = [login async for login in accounts_of(respondent, house)]

    async with serve(house) as base:
        listed, status, _ = await seen_by(base, "above", number)
        unknown = [await seen_by(base, login, "XSAAAAAAAAAAA") for login in insiders]
        hidden = [await seen_by(base, login, number) for login in insiders]

    assert (queue, supervisor) == ("above-411200", above)
    assert (listed, status) == ([number], 200)
    assert hidden == unknown
    assert all(entry[:2] == ([], 404) for entry in hidden)


BESIDES = "湖滨区城市管理局扣了我的三轮车不给单子，我到湖滨区司法局反映，湖滨区司法局三个月不答复。"


async def test_a_bureau_named_besides_an_agency_does_not_supervise_the_lead(lite):
    number, queue, supervisor = await filed(BESIDES, lite)
    async with lite.store.look() as uow:
        lead = await uow.leads.by_number(number)
        respondents = await uow.leads.respondents(lead.id)

    assert respondents >= {"411202-SF", "411202-AD01"}
    assert (queue, supervisor) == ("above-411200", "411200-SF")


async def test_the_agency_that_the_text_names_stays_hidden_when_another_was_chosen(lite):
    text = "湖滨区城市管理局罚款不给票据，三个月了没人管。"
    receipt = await file_complaint(new_complaint(text, agency_code="411202-AD08"), house=lite)
    async with lite.store.look() as uow:
        lead = await uow.leads.by_number(receipt.number)
        respondents = await uow.leads.respondents(lead.id)

    assert lead.agency_code == "411202-AD08"
    assert respondents == {"411202-AD08", "411202-AD01"}


async def test_a_merged_lead_leaves_the_queue_of_a_bureau_that_the_other_names(lite):
    plain, *_ = await filed("湖滨区城市管理局罚款不给票据，三个月了没人管。", lite)
    about_bureau, *_ = await filed(COUNTY_TEXT, lite, "test-key-0002")
    async with lite.store.look() as uow:
        version = (await uow.leads.by_number(plain)).version
    above = Viewer("above", "测试", "city_supervisor", "411200-SF", "411200")

    order = triage.Order("merge", target=about_bureau, note="同一件事")
    lead = await triage.take_step(plain, order, version=version, viewer=above, house=lite)

    assert (lead.queue, lead.supervisor) == ("above-411200", "411200-SF")
