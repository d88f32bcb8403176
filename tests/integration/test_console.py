"""The staff console and the small error pages over real HTTP: who may do what, and what is said."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

import aiohttp
import pytest
import pytest_asyncio

from intake.domain.conflict import Viewer
from intake.domain.errors import StoreUnavailable
from intake.services import read_leads
from intake.services.file_complaint import file_complaint
from tests.factories.house import PASSWORD, PHONE, TEXT, new_complaint
from tests.factories.server import serve


@pytest_asyncio.fixture
async def base(lite):
    async with serve(lite) as address:
        yield address


@asynccontextmanager
async def browser(base, login=None):
    """A person at the console: a session that keeps cookies."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base, cookie_jar=jar) as session:
        if login is not None:
            form = {"login": login, "password": PASSWORD}
            async with session.post("/console/sign-in", data=form, allow_redirects=False) as answer:
                assert answer.status == 303
        yield session


async def read(session, path, status=200):
    async with session.get(path, allow_redirects=False) as answer:
        assert answer.status == status, path
        return await answer.text()


def hidden(html):
    """csrf and version, as a form of the page carries them."""
    return {name: re.search(rf'name="{name}" value="([^"]+)"', html).group(1) for name in ("csrf", "version")}


async def post(session, path, form):
    async with session.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def filed(house, text=TEXT, **more):
    return await file_complaint(new_complaint(text, **more), house=house)


async def test_nobody_enters_without_a_session(base):
    async with browser(base) as stranger:
        for path in ("/console", "/console/talks", "/console/leads/XS00000000000"):
            async with stranger.get(path, allow_redirects=False) as answer:
                assert answer.status == 303
                assert answer.headers["Location"] == "/console/sign-in"
        status, html = await post(stranger, "/console/sign-in", {"login": "shi", "password": "falsch"})

    assert status == 401
    assert "账号或密码不对" in html


async def test_the_session_cookie_is_kept_from_scripts_and_other_sites(base):
    async with aiohttp.ClientSession(base) as session:
        form = {"login": "shi", "password": PASSWORD}
        async with session.post("/console/sign-in", data=form, allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_signing_out_ends_the_session(base):
    async with browser(base, "shi") as staff:
        csrf = re.search(r'name="csrf" value="([^"]+)"', await read(staff, "/console")).group(1)
        assert (await post(staff, "/console/sign-out", {"csrf": "forged"}))[0] == 403
        assert (await post(staff, "/console/sign-out", {"csrf": csrf}))[0] == 303

        await read(staff, "/console", 303)


async def test_the_inbox_filters_counts_and_turns_pages(base, lite):
    for i in range(32):
        await filed(lite, f"湖滨区城管第{i}次不出示证件检查。", key=f"inbox-{i:04d}")
    async with browser(base, "shi") as staff:
        first = await read(staff, "/console")
        more = re.search(r'href="(/console\?cursor=[^"]+)"', first).group(1)
        second = await read(staff, more.replace("&amp;", "&"))
        none = await read(staff, "/console?q=没有这样的词")

    numbers = set(re.findall(r"/console/leads/(XS\w+)", first + second))
    assert len(numbers) == 32
    assert "湖滨区 · 监督线索 <b>32</b>" in first, re.findall(r"· [^<]*<b>\d+</b>", first)
    assert "这里没有线索" in none


async def test_filters_that_make_no_sense_are_a_page_not_a_crash(base):
    async with browser(base, "shi") as staff:
        for query in ("stage=L99", "due=never", "cursor=%00", "cursor=W10=", "cursor=" + "a" * 300):
            html = await read(staff, f"/console?{query}", 422)
            assert "提交的内容有误" in html
        await read(staff, "/console?q=%27%20OR%201=1--&urgency=U9&queue=x")


async def test_the_leads_page_masks_escapes_and_marks_the_reasons(base, lite):
    text = f"{TEXT}<script>alert(1)</script>罚款200元，请退钱，电话{PHONE}"
    said = {name: f"请打{PHONE}告诉我" for name in ("demand", "agency_text")}
    receipt = await filed(lite, text, **said)
    async with browser(base, "shi") as staff:
        html = await read(staff, f"/console/leads/{receipt.number}")

    assert "138****8000" in html
    assert PHONE not in html
    assert "<script>alert" not in html
    assert re.search(r'<mark title="机关：[^"]+">湖滨区城管', html)
    assert re.search(r'<mark title="[^"]+">(罚款)?200元', html)
    assert "湖滨区 · 监督线索" in html


async def test_the_leads_page_names_the_law_behind_each_clock(base, lite):
    receipt = await filed(lite)
    shi = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
    lead = (await read_leads.read_lead(receipt.number, shi, house=lite)).lead
    async with browser(base, "shi") as staff:
        html = await read(staff, f"/console/leads/{receipt.number}")

    for step in ("accept", "answer"):
        limit = lite.limits.find(step, lead.urgency, is_green=lead.is_green)
        assert f"{limit.amount} 个工作日。依据：{limit.basis}" in html


async def test_a_lead_goes_from_confirming_to_the_public_reply(base, lite):
    number = (await filed(lite)).number
    async with browser(base, "hubin") as staff:
        path = f"/console/leads/{number}"
        for step, more in (
            ("claim", {}),
            ("confirm", {}),
            ("assign", {"assignee": "shi"}),
            ("reply", {"note": "内部结论测试", "public_text": "公开答复测试"}),
            ("rework", {"note": "还要再查"}),
            ("reply", {"note": "内部结论测试", "public_text": "公开答复测试"}),
            ("close", {}),
        ):
            form = hidden(await read(staff, path)) | more
            assert (await post(staff, f"{path}/{step}", form))[0] == 303, step

        html = await read(staff, path)
    assert "内部结论测试" in html
    assert "还要再查" in html
    assert "提交审核" not in html


async def test_a_correction_shows_before_and_after(base, lite):
    path = f"/console/leads/{(await filed(lite)).number}"
    async with browser(base, "shi") as staff:
        form = hidden(await read(staff, path))
        form |= {"scope": "SC00", "domain": "AD09", "urgency": "U1", "problem_types": "PT102"}
        assert (await post(staff, f"{path}/reclassify", form))[0] == 303
        html = await read(staff, path)

    assert "PT102 乱罚款（人工更正）" in html or "PT102 乱罚款" in html
    assert "领域：" in html
    assert "→ 公安交管" in html


async def test_an_old_version_is_refused_and_what_was_typed_stays(base, lite):
    path = f"/console/leads/{(await filed(lite)).number}"
    async with browser(base, "shi") as staff:
        form = hidden(await read(staff, path))
        await post(staff, f"{path}/confirm", form)
        typed = {"note": "写了很久的结论", "public_text": "写了很久的答复"}
        status, html = await post(staff, f"{path}/reply", form | typed)

    assert status == 412
    assert "刚被其他人更新过" in html
    assert "写了很久的结论" in html
    assert "写了很久的答复" in html


@pytest.mark.parametrize("version", ["", "abc", "9" * 40, "-1", "²"])
async def test_a_version_that_is_none_is_refused(base, lite, version):
    path = f"/console/leads/{(await filed(lite)).number}"
    async with browser(base, "shi") as staff:
        form = hidden(await read(staff, path)) | {"version": version}
        status, _ = await post(staff, f"{path}/confirm", form)

    assert status == 412


async def test_wrong_steps_and_missing_words_are_said_on_the_page(base, lite):
    path = f"/console/leads/{(await filed(lite)).number}"
    async with browser(base, "shi") as staff:
        form = hidden(await read(staff, path))
        for step, status, words in (
            ("close", 409, "不能"),
            ("ask", 422, "需要填写说明"),
            ("withdraw", 403, "没有进行这项操作的权限"),
            ("nonsense", 422, "没有这个操作"),
        ):
            got, html = await post(staff, f"{path}/{step}", form)
            assert (got, words in html) == (status, True), step


async def test_a_form_without_its_token_changes_nothing(base, lite):
    path = f"/console/leads/{(await filed(lite)).number}"
    async with browser(base, "shi") as staff:
        form = hidden(await read(staff, path)) | {"csrf": "forged"}
        for step in ("confirm", "identity"):
            status, html = await post(staff, f"{path}/{step}", form | {"reason": "核实投诉情况"})
            assert (status, PHONE in html) == (403, False)

        assert "待研判" in await read(staff, path)


async def test_an_identity_needs_a_reason_and_leaves_a_trace(base, lite):
    path = f"/console/leads/{(await filed(lite)).number}"
    async with browser(base, "hubin") as staff:
        form = hidden(await read(staff, path))
        assert (await post(staff, f"{path}/identity", form | {"reason": "看"}))[0] == 422
        status, html = await post(staff, f"{path}/identity", form | {"reason": "电话核实扣押经过"})

    assert status == 200
    assert PHONE in html
    assert "电话核实扣押经过" in html


async def test_who_may_not_see_a_lead_is_told_it_does_not_exist(base, lite):
    number = (await filed(lite)).number
    said = []
    async with browser(base, "shanzhou") as other:
        for path in (number, "XS00000000000"):
            said.append((await read(other, f"/console/leads/{path}", 404)).replace(path, ""))

    assert said[0] == said[1]
    assert "没有找到" in said[0]


async def test_a_conversation_that_waits_for_a_person_is_listed_escaped(base, lite):
    async with aiohttp.ClientSession(base) as citizen:
        from connectors.errors import Unreachable

        lite.bot.failure = Unreachable("down", system="bot")
        body = {"message_id": "talk-0001", "text": f"<b>有人吗</b> {PHONE}"}
        async with citizen.post("/api/v1/chat/messages", json=body) as answer:
            assert answer.status == 200
    async with browser(base, "shi") as staff:
        html = await read(staff, "/console/talks")

    assert "&lt;b&gt;有人吗&lt;/b&gt; 138****8000" in html
    assert "机器人无响应" in html


async def test_a_conversation_seen_to_leaves_the_list_unless_the_citizen_wrote_again(base, lite):
    from connectors.errors import Unreachable

    lite.bot.failure = Unreachable("down", system="bot")
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as citizen:
        talk = {}

        async def say(number):
            body = {"message_id": f"talk-000{number}", "text": f"第{number}句"} | talk
            async with citizen.post("/api/v1/chat/messages", json=body) as answer:
                talk["session"] = (await answer.json())["session"]

        async with browser(base, "shi") as staff, browser(base, "hubin") as other:
            await say(1)
            html = await read(staff, "/console/talks")
            path = re.search(r'action="(/console/talks/[^"]+/handled)"', html).group(1)
            form = {"csrf": re.search(r'name="csrf" value="([^"]+)"', html).group(1), "seen": "1"}
            await say(2)
            assert (await post(staff, path, form))[0] == 409
            page = await read(other, "/console/talks")
            theirs = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
            assert (await post(other, path, form | {"csrf": theirs, "seen": "2"}))[0] == 403
            assert (await post(staff, path, form | {"seen": "2"}))[0] == 303
            assert "没有等待人工的对话" in await read(staff, "/console/talks")
            assert (await post(staff, path, form | {"seen": "2"}))[0] == 404


async def test_errors_are_small_pages_for_people_and_problems_for_programs(base):
    async with aiohttp.ClientSession(base) as session:
        async with session.get("/nothing") as page:
            assert (page.status, page.content_type) == (404, "text/html")
            assert "没有这个页面" in await page.text()
        async with session.get("/api/v1/nothing") as problem:
            assert problem.content_type == "application/problem+json"
        async with session.delete("/form") as page:
            assert (page.status, page.content_type) == (405, "text/html")
        async with session.post("/track", data={"number": "X" * 500}) as page:
            assert (page.status, page.content_type) == (422, "text/html")


async def test_a_full_disk_keeps_what_was_typed_and_shows_no_trace(base, lite, monkeypatch):
    def full(*_args, **_more):
        raise StoreUnavailable

    monkeypatch.setattr(lite.store, "change", full)
    async with aiohttp.ClientSession(base) as session:
        status, html = await post(session, "/form", {"key": "full-disk-0001", "text": "写不进去的投诉"})

    assert status == 503
    assert "写不进去的投诉" in html
    assert "12345" in html
    assert "Traceback" not in html


@pytest.mark.parametrize(
    "text",
    ["", "   ", "字" * 20_001, "😀😀", "\x00\x00", "\ud83d"],
    ids=["empty", "spaces", "too long", "emoji only", "NUL", "lone surrogate"],
)
async def test_the_form_says_what_is_wrong_with_a_text(base, text):
    body = "text=" + "".join(f"%{b:02X}" for b in text.encode("utf-8", "surrogatepass"))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession(base) as session:
        async with session.post("/form", data=body, headers=headers) as answer:
            html = await answer.text()

    assert answer.status == 422
    assert 'href="#text"' in html


@pytest.mark.parametrize(
    "field",
    [
        {"region_code": "999999"},
        {"agency_text": "长" * 300},
        {"incident_time": "长" * 200},
        {"name": "长" * 100, "identity": "contact"},
        {"phone": "12", "identity": "contact"},
        {"enterprise_name": "长" * 200},
        {"demand": "长" * 3000},
        {"key": "x"},
    ],
    ids=lambda f: next(iter(f)),
)
async def test_the_form_refuses_each_bad_field_with_words(base, field):
    async with aiohttp.ClientSession(base) as session:
        status, html = await post(session, "/form", {"text": "湖滨区城管乱罚款。"} | field)

    assert status == 422
    assert 'class="alert"' in html


async def test_files_named_with_their_hash_may_be_kept(base):
    async with aiohttp.ClientSession(base) as session:
        address = re.search(r'href="(/static/site\.css\?v=\w+)"', await read(session, "/")).group(1)
        async with session.get(address) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        async with session.get("/static/site.css") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"]
)
async def test_the_large_text_link_leads_nowhere_else(base, back):
    async with aiohttp.ClientSession(base) as session:
        async with session.get("/large", params={"on": "1", "back": back}, allow_redirects=False) as answer:
            where = answer.headers["Location"]

    assert where.startswith("/")
    assert not re.match(r"/[\s/\\]", where)


async def test_similar_leads_are_shown_with_reasons_and_never_hidden_ones(base, lite):
    first = await filed(lite, key="alike-0001")
    second = await filed(lite, f"{TEXT}已经是第二次了。", key="alike-0002")
    async with browser(base, "shi") as staff:
        html = await read(staff, f"/console/leads/{second.number}")
    assert first.number in html
    assert "内容相近" in html
    assert "同一机关" in html
