"""The test that may never be weakened: a lead about X does not exist for any account of X's family.

Random organisation trees, real HTTP, every staff endpoint and page, every role: the answers before and
after a lead is filed (and worked on) are the same bytes, but for the caller's own tokens.
"""

from __future__ import annotations

import random
import re

import aiohttp
import pytest

from connectors.discipline.connector import Discipline
from connectors.partners.access import Access
from connectors.policies.sm2 import PrivateKey, new_private_key
from intake.domain import conflict, lifecycle
from intake.domain.conflict import REPORTER_ROLES, STAFF_ROLES, Viewer
from intake.services import read_leads, triage
from intake.services.file_complaint import file_complaint
from intake.services.house import Organisation
from intake.services.policy_versions import draft_version
from intake.services.refer_discipline import Wish, ask_referral
from intake.services.report_observation import Observation, report_observation
from intake.services.sign_in import add_account
from tests.factories.house import PASSWORD, TEXT, new_complaint
from tests.factories.server import serve

REGIONS = ("411202", "411203", "411200")
WORD = "独一无二的词"
# Administration shows numbers of leads too: what a new version of the limits would change.
OF_A_LEAD = (
    "/console/leads/N/sight",
    "/console/leads/N/compare/XSBBBBBBBBBBB",
    "/console/leads/XSBBBBBBBBBBB/compare/N",
    "/console/leads/N/documents",
    "/console/leads/N/documents/x",
    "/console/leads/N/discipline",
    "/reporter/reports/N",
    "/api/v1/leads/N/requests",
    "/api/v1/leads/N/referrals",
    "/api/v1/reports/N",
)
WISH = Wish("D1", "执法人员索要财物，有转账记录为证", wants_identity=True)
ASKED = {
    "/api/v1/leads/N/requests": {
        "organisation": "T1",
        "question": "请说明情况。",
        "copy_text": "",
        "days": 5,
    },
    "/api/v1/leads/N/requests/FKAAAAAAAAAAA": {"decision": "accept"},
    "/api/v1/leads/N/grants": {"account": "b0", "reason": "测试理由十个字以上啊", "days": 3},
    "/api/v1/leads/N/referrals": {"reason": "D1", "why": "测试理由十个字以上啊", "wants_identity": False},
    "/api/v1/leads/N/referrals/JYAAAAAAAAAAA/decision": {"decision": "approve"},
    "/api/v1/leads/N/referrals/JYAAAAAAAAAAA/letter": {},
    "/api/v1/leads/N/referrals/JYAAAAAAAAAAA/receipt": {
        "number": "1",
        "received_at": "2026-11-23T12:00:00+08:00",
        "sha256": "0",
    },
    "/api/v1/reports/N/supplements": {"text": "补充"},
}
OWN_AND_ADMIN = ("patterns", "discipline", "deliveries", "transfers", "admin/directory", "requests", "requests/FKAAAAAAAAAAA", "audit", "password", "code", "code/setup", "admin", "admin/accounts", "admin/accounts/a0", "admin/records",
                 "admin/organisations", "admin/rules/limits", "admin/rules/routing", "admin/rules/limits/1")  # fmt: skip
SHI = Viewer("root", "测试", "city_supervisor", "411200-SF", "411200")


def random_tree(dice):
    """Code to organisation; parents come before their children."""
    found = {"411200-SF": Organisation("411200-SF", "测试司法局", "411200", "city", "justice", "", None)}
    for i in range(9):
        code = f"T{i}"
        parent = dice.choice([None, *[c for c in found if c.startswith("T")]])
        region = dice.choice(REGIONS)
        level = "city" if region == "411200" else "county"
        found[code] = Organisation(code, f"测试机关{i}", region, level, "agency", "AD01", parent)
    return found


def tidy(body, number):
    """A caller's own secrets and the number asked for are not part of the answer."""
    body = re.sub(r'name="(csrf|key)" value="[^"]*"', "", body)
    body = re.sub(r'"trace_id": ?"[^"]*"|编号 ?[0-9a-f]{8,}', "", body)
    # Each run of this test takes ledgers out, which is recorded.
    body = re.sub(r"<li>(?:(?!</li>).)*导出台账.*?</li>", "", body, flags=re.DOTALL)
    return body.replace(number, "N")


async def answers(base, login, number):
    """{call: (status, body)} of everything a member of staff can ask for."""
    found = {}
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as page:
        async with page.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}) as answer:
            head = {"Authorization": f"Bearer {(await answer.json())['token']}", "If-Match": '"1"'}
        form = {"login": login, "password": PASSWORD}
        async with page.post("/console/sign-in", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        gets = [
            "/api/v1/queues",
            "/api/v1/requests",
            "/api/v1/audit/events",
            "/api/v1/referrals",
            "/api/v1/reports",
            "/reporter",
            "/reporter/new",
            "/api/v1/stats/overview?from=2026-11-01&to=2026-11-30",
            f"/api/v1/leads/{number}",
            "/console",
            "/console/ledger.csv?stage=all",
            "/console/circular?month=2026-11",
            "/console/dashboard",
            "/console/dashboard?period=2026",
            "/console/talks",
            "/console/desk",
            f"/console/leads/{number}",
            *(f"/console/{page}" for page in OWN_AND_ADMIN),
            *(path.replace("N", number) for path in OF_A_LEAD),
            f"/console/leads/{number}/evidence/{'0' * 32}/view",
        ]
        for query in ("stage=all", f"q={WORD}", f"q={number}", "due=today", "due=overdue", "green=1", "reporter=1", "requested=1", "returned=1",
                      "unclaimed=1", "needs_human=1", "assignee=me", "urgency=U2", "region=411202", "limit=1"):  # fmt: skip
            gets += [f"/api/v1/leads?{query}", *([f"/console?{query}"] if "limit" not in query else [])]
        for path in gets:
            async with page.get(path, headers=head) as answer:
                found[path.replace(number, "N")] = (answer.status, tidy(await answer.text(), number))
        async with page.get("/console/desk") as answer:
            csrf = re.search(r'name="csrf" value="([^"]*)"', await answer.text())
        draft = {"csrf": csrf[1] if csrf else "", "text": f"{TEXT}{WORD}", "channel": "phone"}
        async with page.post("/console/desk/draft", data=draft) as answer:
            found["draft"] = (answer.status, tidy(await answer.text(), number))
        for step in (*lifecycle.steps(), "reveal-identity"):
            body = {"note": "测试理由五个字", "reason": "测试理由五个字", "public_text": "x", "target": "T1"}
            async with page.post(f"/api/v1/leads/{number}/{step}", json=body, headers=head) as answer:
                found[step] = (answer.status, tidy(await answer.text(), number))
        async with page.get("/console/password") as answer:
            csrf = re.search(r'name="csrf" value="([^"]*)"', await answer.text())[1]
        for system in ("credit_platform", "case_system"):
            path, body = (
                f"/console/leads/{number}/look-up/{system}",
                {"csrf": csrf, "reason": "测试理由十个字以上啊"},
            )
            async with page.post(path, data=body, allow_redirects=False) as answer:
                found[f"look-up/{system}"] = (answer.status, tidy(await answer.text(), number))
        for action in (
            {"action": "ask", "reason": "D1", "why": "测试理由十个字以上啊"},
            {"action": "letter"},
        ):
            path, body = f"/console/leads/{number}/discipline", {"csrf": csrf, **action}
            async with page.post(path, data=body, allow_redirects=False) as answer:
                found[f"discipline {action['action']}"] = (answer.status, tidy(await answer.text(), number))
        body = {"csrf": csrf, "number": number, "text": "补充"}
        async with page.post("/reporter/answer", data=body, allow_redirects=False) as answer:
            found["/reporter/answer"] = (answer.status, tidy(await answer.text(), number))
        for path, body in ASKED.items():
            async with page.post(path.replace("N", number), json=body, headers=head) as answer:
                found[path] = (answer.status, tidy(await answer.text(), number))
    return found


@pytest.mark.parametrize("seed", range(4))
async def test_a_lead_about_a_family_changes_no_byte_of_what_its_accounts_see(lite, seed):
    dice = random.Random(seed)
    lite.organisations = random_tree(dice)
    agency = dice.choice([c for c in lite.organisations if c.startswith("T")])
    family = sorted(c for c in conflict.family(agency, lite.parents) if c.startswith("T"))
    outside = next((c for c in lite.organisations if c.startswith("T") and c not in family), None)
    people = [(f"a{i}", dice.choice(family), role) for i, role in enumerate(STAFF_ROLES)]
    people += [(f"b{i}", code, "city_supervisor") for i, code in enumerate(family)]
    for login, organisation, role in people:
        region = dice.choice(REGIONS)
        await add_account(
            login,
            "测试",
            PASSWORD,
            role=role,
            organisation=organisation,
            region=region,
            house=lite,
            certificate="测试-001",
        )
    for i, code in enumerate(c for c in (outside, None) if c):
        await file_complaint(new_complaint(f"{TEXT}甲{i}", key=f"base-{i:04d}", agency_code=code), house=lite)

    lite.partners = {"discipline": Discipline(Access(receiver_key=PrivateKey(new_private_key()).public.text))}
    await draft_version(
        "limits", {"amount-6": "4", "amount-7": "6"}, "测试依据一二三", based_on=0, viewer=SHI, house=lite
    )
    async with serve(lite) as base:
        before = {login: await answers(base, login, "XSAAAAAAAAAAA") for login, _, _ in people}
        receipt = await file_complaint(
            new_complaint(f"{TEXT}{WORD}", key="secret-0001", agency_code=agency), house=lite
        )
        await triage.take_step(receipt.number, triage.Order("confirm"), version=1, viewer=SHI, house=lite)
        await ask_referral(receipt.number, WISH, viewer=SHI, house=lite)
        after = {login: await answers(base, login, receipt.number) for login, _, _ in people}

    assert (await read_leads.read_lead(receipt.number, SHI, house=lite)).lead.number == receipt.number
    failed = [call for found in before.values() for call, (status, _) in found.items() if status >= 500]
    assert not failed
    for login, organisation, role in people:
        changed = [call for call in before[login] if before[login][call] != after[login][call]]
        assert not changed, (role, organisation, agency, changed)


@pytest.mark.parametrize("role", REPORTER_ROLES)
async def test_a_report_about_the_own_family_changes_no_byte_of_what_its_reporter_sees(lite, role):
    """Not even his own word about it: he wrote it, and it is gone from his account."""
    dice = random.Random(role)
    lite.organisations = random_tree(dice)
    agency = dice.choice([c for c in lite.organisations if c.startswith("T")])
    own = dice.choice(sorted(c for c in conflict.family(agency, lite.parents) if c.startswith("T")))
    login = "reporter"
    await add_account(
        login,
        "测试",
        PASSWORD,
        role=role,
        organisation=own,
        region="411202",
        house=lite,
        certificate="测试-001",
    )
    viewer = Viewer(login, "测试", role, own, "411202")

    async with serve(lite) as base:
        before = await answers(base, login, "XSAAAAAAAAAAA")
        seen = Observation(f"{TEXT}{WORD}", "secret-0001", agency_code=agency)
        receipt = await report_observation(seen, viewer=viewer, house=lite)
        after = await answers(base, login, receipt.number)

    assert not [call for call in before if before[call] != after[call]]


async def test_a_merged_lead_hides_with_the_one_it_went_into(lite):
    one = await file_complaint(new_complaint(key="m-0001", agency_code="411202-AD01"), house=lite)
    other = await file_complaint(
        new_complaint(f"{TEXT}乙", key="m-0002", agency_code="411202-AD02"), house=lite
    )
    order = triage.Order("merge", target=one.number, note="同一件事")
    await triage.take_step(other.number, order, version=1, viewer=SHI, house=lite)

    for code in ("411202-AD01", "411202-AD02"):
        insider = Viewer("x", "测试", "city_supervisor", code, "411200")
        page = await read_leads.list_leads(insider, read_leads.LeadFilter(), cursor=None, limit=9, house=lite)
        assert page.items == ()
