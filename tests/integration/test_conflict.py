"""The test that may never be weakened: a lead about X does not exist for any account of X's family.

Random organisation trees, real HTTP, every staff endpoint and page, every role: the answers before and
after a lead is filed (and worked on) are the same bytes, but for the caller's own tokens.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from itertools import product

import aiohttp
import pytest
from sqlalchemy.event import listen

from connectors.discipline.connector import Discipline
from connectors.partners.access import Access
from connectors.policies.sm2 import PrivateKey, new_private_key
from intake.domain import conflict, lifecycle
from intake.domain.conflict import REPORTER_ROLES, STAFF_ROLES, Viewer
from intake.services import read_administration, read_leads, triage, write_document
from intake.services.file_complaint import file_complaint
from intake.services.house import Organisation
from intake.services.policy_versions import draft_version
from intake.services.receive_evidence import receive_evidence
from intake.services.refer_discipline import Wish, ask_referral
from intake.services.report_observation import Observation, report_observation
from intake.services.sign_in import add_account
from tests.factories import files
from tests.factories.house import PASSWORD, TEXT, new_complaint
from tests.factories.routes import every_route
from tests.factories.server import serve

REGIONS = ("411202", "411203", "411200")
WORD = "独一无二的词"
WISH = Wish("D1", "执法人员索要财物，有转账记录为证", wants_identity=True)
SHI = Viewer("root", "测试", "city_supervisor", "411200-SF", "411200")
NO_ID = "0" * 32
NOTHING = {"number": "XSAAAAAAAAAAA", "document": "a" * 32, "attachment_id": "b" * 32}
# Every other route of the application is asked by every account. A new route is asked too, or its reason stands here.
NOT_ASKED = {
    "GET /console/events": "a stream without end: test_desk reads it",
    "GET /console/sign-in": "before there is an account",
    "POST /console/sign-in": "opens the sessions of this test",
    "POST /console/sign-out": "ends the session of this test",
    "POST /api/v1/sessions": "opens the sessions of this test",
    "DELETE /api/v1/sessions": "ends the session of this test",
    "POST /api/v1/sessions/code": "counts tries: one's own account, no lead",
    "POST /console/code": "counts tries: one's own account, no lead",
    "GET /console/code/setup": "one's own secret, another one in each session",
    "POST /console/code/setup": "counts tries: one's own account, no lead",
    "POST /api/v1/reports": "files another report: no lead is asked for",
    "POST /reporter/new": "files another report: no lead is asked for",
    "GET /metrics": "for the machine room, closed to the outside by the proxy",
}
# Not for staff: citizens prove themselves by number and code, other systems by their signature.
NOT_STAFF = ("/api/v1/complaints", "/api/v1/chat", "/api/v1/attachments", "/api/v1/external", "/wechat",
             "/form", "/track", "/large", "/openapi.json", "/healthz", "/readyz")  # fmt: skip
QUERIES = ("stage=all", f"q={WORD}", "q=N", "due=today", "due=overdue", "green=1", "reporter=1", "requested=1", "returned=1",
           "unclaimed=1", "needs_human=1", "assignee=me", "urgency=U2", "region=411202", "limit=1")  # fmt: skip
MORE = {
    "/api/v1/leads": [*QUERIES],
    "/console": [q for q in QUERIES if "limit" not in q],
    "/api/v1/stats/overview": ["from=2026-11-01&to=2026-11-30", "from=2026-01-01&to=2026-12-31"],
    "/console/ledger.csv": ["stage=all"],
    "/console/ledger.xlsx": ["stage=all"],
    "/console/circular": ["month=2026-11"],
    "/console/dashboard": ["", "period=2026", "period=2026-Q4"],
    "/console/audit": ["", "number=N"],
    "/api/v1/audit/events": ["", "number=N"],
}
VALUES = {
    "step": (*lifecycle.steps(), "reveal-identity", "unknown"),
    "kind": ("limits", "routing"),
    "system": ("credit_platform", "case_system"),
    "form": ("docx", "pdf"),
    "action": ("save", "issue", "drop", "ask", "decide", "grant", "revoke", "unknown"),
    "other": ("XSBBBBBBBBBBB",),
    "version": ("1",),
    "login": ("a0",),
}
# What a form may carry; routes that would change something else than a lead get nothing but their token.
WORDS = {"note": "测试理由五个字", "reason": "测试理由十个字以上啊", "public_text": "x", "target": "T1", "text": f"{TEXT}{WORD}",
         "channel": "phone", "organisation": "T1", "question": "请说明情况。", "copy": "", "copy_text": "", "days": "5",
         "account": "b0", "decision": "accept", "version": "1", "answer": "经查，程序确有不当之处。", "sure": "yes",
         "step": "claim", "month": "2026-11"}  # fmt: skip
EMPTY = ("/console/admin", "/console/password", "/console/desk", "/console/deliveries")


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


def calls(ids):
    """(method, address) of everything that a member of staff can ask for, about the lead whose ids these are."""
    found = []
    for method, path in sorted(every_route()):
        if method == "HEAD" or f"{method} {path}" in NOT_ASKED or path == "/" or path.startswith(NOT_STAFF):
            continue
        names = re.findall(r"{(\w+)}", path)
        choices = [[ids[n]] if n in ids else VALUES.get(n, (NO_ID,)) for n in names]
        if path == "/console/leads/{number}/{step}":
            # The same service as behind the API, where every step is asked.
            choices[1] = ("confirm", "reject", "unknown")
        if path.startswith("/console/admin") and "action" in names:
            # The draft and the accounts of this test stay as they are.
            choices[-1] = ("unknown",)
        for values in product(*choices):
            address = path
            for name, value in zip(names, values, strict=True):
                address = address.replace(f"{{{name}}}", value)
            queries = (
                [q.replace("N", ids["number"]) for q in MORE.get(path, [""])] if method == "GET" else [""]
            )
            found += [(method, f"{address}{'?' if q else ''}{q}") for q in queries]
    return found


def tidy(body, kind, ids):
    """A caller's own secrets and the ids asked for are not part of the answer; of a package, what is in it."""
    if body.startswith(b"PK") and "officedocument" in kind:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            body = b"".join(package.read(n) for n in sorted(package.namelist()) if "docProps" not in n)
    if body.startswith(b"%PDF"):
        return "a PDF"
    text = body.decode()
    text = re.sub(r'name="(csrf|key|kept_phone)" value="[^"]*"', "", text)
    text = re.sub(r'"trace_id": ?"[^"]*"|编号 ?[0-9a-f]{8,}', "", text)
    # What this test itself does is recorded: ledgers taken out, trails looked at.
    own = "导出台账|查看办理痕迹|核对办理痕迹"
    text = re.sub(rf"<li>(?:(?!</li>).)*(?:{own}).*?</li>", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    for name, value in ids.items():
        text = text.replace(value, name)
    return text


async def answers(base, login, ids, statements):
    """{call: (status, body, what the database was asked)} of everything a member of staff can ask for."""
    found = {}
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as page:
        async with page.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}) as answer:
            head = {"Authorization": f"Bearer {(await answer.json())['token']}", "If-Match": '"1"'}
        form = {"login": login, "password": PASSWORD}
        async with page.post("/console/sign-in", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        async with page.get("/console/password") as answer:
            csrf = re.search(r'name="csrf" value="([^"]*)"', await answer.text())[1]
        for method, address in calls(ids):
            statements.clear()
            async with page.request(
                method, address, headers=head, allow_redirects=False, **content(method, address, csrf, ids)
            ) as answer:
                body = tidy(await answer.read(), answer.headers.get("Content-Type", ""), ids)
                where = answer.headers.get("Location", "")
            for name, value in ids.items():
                address, where = address.replace(value, name), where.replace(value, name)
            # Looking at trails is recorded once, and checking chains reads every one of them.
            asked = () if "/audit" in address else tuple(statements)
            found[f"{method} {address}"] = (answer.status, where, body, asked)
    return found


def content(method, address, csrf, ids):
    """What is sent along."""
    if method == "GET":
        return {}
    if address.startswith("/api/"):
        return {"json": WORDS | {"days": 5}}
    is_filing = address == "/console/desk"
    words = {} if address.startswith(EMPTY) and not address.endswith("draft") else WORDS
    more = {"lead": f"{ids['number']}.1"} if address == "/console/bulk" else {}
    return {"data": ({} if is_filing else words) | more | {"csrf": csrf}}


async def secret(house, agency):
    """A lead about the agency that has been worked on: its ids."""
    photo = await receive_evidence("照片.jpg", pieces(files.image()), house=house)
    new = new_complaint(f"{TEXT}{WORD}", key="secret-0001", agency_code=agency, attachment_ids=(photo.id,))
    number = (await file_complaint(new, house=house)).number
    await triage.take_step(number, triage.Order("confirm"), version=1, viewer=SHI, house=house)
    document = await write_document.draft_document(number, "opinion", viewer=SHI, house=house)
    await ask_referral(number, WISH, viewer=SHI, house=house)
    return {"number": number, "document": document, "attachment_id": photo.id}


async def pieces(content):
    yield content


@pytest.mark.parametrize("seed", range(4))
async def test_a_lead_about_a_family_changes_no_byte_of_what_its_accounts_see(lite, seed, monkeypatch):
    # One page of records holds all that this test itself leaves behind, which is not compared.
    monkeypatch.setattr(read_administration, "PAGE", 1000)
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
    statements = []
    listen(lite.store.database.engine.sync_engine, "before_cursor_execute",
           lambda _c, _cursor, statement, *_: statements.append(statement))  # fmt: skip
    async with serve(lite) as base:
        before = {login: await answers(base, login, NOTHING, statements) for login, _, _ in people}
        ids = await secret(lite, agency)
        after = {login: await answers(base, login, ids, statements) for login, _, _ in people}

    assert (await read_leads.read_lead(ids["number"], SHI, house=lite)).lead.number == ids["number"]
    failed = [call for found in before.values() for call, answer in found.items() if answer[0] >= 500]
    assert not failed
    changed = [
        (role, call)
        for login, _, role in people
        for call in before[login]
        if before[login][call] != after[login][call]
    ]
    assert not changed
    assert len(before["a0"]) > 120


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
        before = await answers(base, login, NOTHING, [])
        seen = Observation(f"{TEXT}{WORD}", "secret-0001", agency_code=agency)
        receipt = await report_observation(seen, viewer=viewer, house=lite)
        after = await answers(base, login, NOTHING | {"number": receipt.number}, [])

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
