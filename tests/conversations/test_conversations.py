"""Conversations with a real bot process: what is understood goes in, words and one command come out."""

from __future__ import annotations

import pytest

from tests.conversations.bot_server import TOKEN, BotProcess, Person

STORY = "湖滨区城管昨天没出示证件就把我的三轮车扣走了，我要求归还三轮车"


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    process = BotProcess(tmp_path_factory.mktemp("bot") / "tracker.db")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def person(bot):
    return Person(bot)


@pytest.mark.parametrize("words", ["你好", "在吗", "hello", "领导您好"])
def test_greets_and_says_what_it_is(person, words):
    assert "不是真人" in person.say(words)
    assert "/file_complaint" in person.buttons


@pytest.mark.parametrize("words", ["你是机器人吗", "你是谁", "你是真人吗"])
def test_says_that_it_is_a_program(person, words):
    assert "不是真人" in person.say(words)


def test_one_message_with_everything_is_asked_nothing_again(person):
    words = person.say(STORY + "，不想留名字")

    assert "请看一下我记得对不对" in words
    assert "湖滨区城市管理局" in words
    assert "匿名" in words


def test_only_what_is_missing_is_asked(person):
    words = person.say("城管没亮证就把我的三轮车扣走了")
    assert "部门" in words or "什么时候" in words

    complaint = person.file()

    assert "三轮车" in complaint["text"]


def test_several_short_messages_become_one_complaint(person):
    for words in ("我要投诉", "他们不亮证就罚我五百", "湖滨区城管", "上周三", "退钱", "匿名"):
        person.say(words)

    complaint = person.file()

    assert complaint["agency_code"] == "411202-AD01"
    assert complaint["incident_time"]["from"] == "2026-11-18"
    assert complaint["demand"] == "退钱"
    assert complaint["anonymous"]
    for words in ("不亮证就罚我五百", "退钱"):
        assert words in complaint["text"]


def test_nothing_is_filed_before_confirmation(person):
    person.say(STORY + "，匿名")
    assert person.command is None

    person.say("等等")
    assert person.command is None or person.command["command"] != "file_complaint"


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")

    words = person.say("会不会泄露我的名字？")

    assert "加密" in words
    assert "五百" in person.file()["text"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("改一下时间", "incident_time"),
        ("诉求改一下", "demand"),
        ("地点写错了", "agency_text"),
    ],
)
def test_any_item_can_be_corrected(person, words, field):
    person.say(STORY + "，匿名")
    person.say(words)
    person.say({"incident_time": "前天", "demand": "赔偿损失", "agency_text": "陕州区城管"}[field])

    complaint = person.file()

    expected = {"incident_time": "2026-11-21", "demand": "赔偿损失", "agency_text": "陕州区城市管理局"}[field]
    found = complaint[field]["from"] if field == "incident_time" else complaint[field]
    assert found == expected


def test_a_correction_with_the_new_value_is_taken_at_once(person):
    person.say(STORY + "，匿名")

    words = person.say("时间说错了，应该是前天")

    assert "请看一下我记得对不对" in words
    assert person.file()["incident_time"]["from"] == "2026-11-21"


def test_anonymity_chosen_late_forgets_the_contact(person):
    person.say(STORY)
    person.say('/inform{"value": "contact"}')
    person.say("张女士 ⟨手机号1⟩")

    person.say("还是匿名吧，不想说名字")

    complaint = person.file()
    assert complaint["anonymous"]
    assert complaint["phone"] is None


def test_a_contact_is_kept_as_name_and_token(person):
    person.say(STORY)
    person.say('/inform{"value": "contact"}')
    person.say("我姓张，电话⟨手机号1⟩")

    complaint = person.file()

    assert (complaint["anonymous"], complaint["phone"]) == (False, "⟨手机号1⟩")


def test_an_enterprise_is_asked_for_its_code_and_a_wrong_one_is_told(person):
    person.say("/green_channel")
    person.say("我公司在灵宝市，环保局一个月来检查六次，昨天又来，要求停止重复检查")
    for _ in range(4):
        if "叫什么名字" in person.texts[-1]:
            break
        person.say("/skip")
    person.say("测试商贸有限公司")

    assert "18 位" in person.texts[-1]
    assert "不对" in person.say("91320105780688132X")
    person.say("91320105780688132K")

    complaint = person.file()
    assert (complaint["kind"], complaint["uscc"]) == ("enterprise", "91320105780688132K")


def test_danger_is_answered_at_once(person):
    words = person.say("救命，他们现在正在打人，有人流血了")

    assert "110" in words
    assert "120" in words
    assert person.command["command"] == "emergency"


def test_danger_in_the_middle_does_not_lose_the_form(person):
    person.say("我要投诉")
    person.say("镇上执法队来强拆我家棚子")

    words = person.say("他们现在正在打人，快来人")

    assert "110" in words
    assert "棚子" in person.file()["text"]


@pytest.mark.parametrize("words", ["找人工", "我要跟人说", "转人工"])
def test_a_person_can_be_called_at_any_time(person, words):
    person.say(words)

    assert person.command["command"] == "hand_over"


def test_a_person_called_in_the_middle_keeps_the_form(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")
    person.say("找人工")
    assert person.command["command"] == "hand_over"

    assert "已经转给工作人员" in person.told("EXTERNAL_handed_over")
    assert "五百" in person.file()["text"]


def test_giving_up_asks_first_and_can_be_taken_back(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")

    assert "不投诉了吗" in person.say("算了")
    person.say("/deny")

    assert "五百" in person.file()["text"]


def test_giving_up_files_nothing(person):
    person.say(STORY)
    person.say("算了")
    person.say("不投诉了")

    assert person.command is None
    assert "没有提交" in "\n".join(person.texts)


@pytest.mark.parametrize("words", ["随便", "不知道", "记不清了", "跳过"])
def test_a_question_can_be_skipped(person, words):
    person.say("我要投诉")
    person.say("湖滨区城管不亮证就罚我五百")
    before = person.texts[-1]

    person.say(words)

    assert person.texts[-1] != before


def test_progress_asks_for_number_and_code(person):
    assert "受理编号" in person.say("查进度")

    person.say("XSABCDEFGHJKM ⟨查询码1⟩")

    assert person.command == {"command": "track", "number": "XSABCDEFGHJKM", "query_code": "⟨查询码1⟩"}


def test_number_first_then_code(person):
    person.say("XSABCDEFGHJKM")
    assert "查询码" in person.texts[-1]

    person.say("⟨查询码1⟩")

    assert person.command["command"] == "track"


def test_a_supplement_and_a_withdrawal_and_a_rating_reach_intake(person):
    for opening, more, command in (
        ("/supplement", ["补充：他们昨天又来了"], "supplement"),
        ("/withdraw", [], "withdraw"),
        ("/rate", ['/rate{"score": "2"}'], "rate"),
    ):
        person.say(opening)
        person.say("XSABCDEFGHJKM ⟨查询码1⟩")
        for words in more:
            person.say(words)
        assert person.command["command"] == command


def test_the_receipt_is_told_with_the_place_for_the_code(person):
    words = person.told(
        "EXTERNAL_filed",
        number="XSABCDEFGHJKM",
        decide_by="2026年11月26日",
        answer_by="2026年12月21日",
        green="no",
    )

    assert "XSABCDEFGHJKM" in words
    assert "⟨查询码⟩" in words
    assert "2026年12月21日" in words


@pytest.mark.parametrize(
    ("said", "told", "text"),
    [
        pytest.param(("/supplement", "他们都没穿制服"), "补充什么", "他们都没穿制服", id="by the button"),
        pytest.param(("我还要补充一点，他们都没穿制服",), "", "他们都没穿制服", id="in one sentence"),
    ],
)
def test_what_was_forgotten_is_added_to_the_complaint_just_filed_without_its_code(person, said, told, text):
    person.told("EXTERNAL_filed", number="XSABCDEFGHJKM", decide_by="1日", answer_by="2日", green="no")

    heard = [person.say(words) for words in said]

    assert told in heard[0]
    assert person.command == {
        "command": "supplement",
        "number": "XSABCDEFGHJKM",
        "query_code": "",
        "text": text,
    }


def test_a_withdrawal_still_needs_the_code_of_the_complaint_just_filed(person):
    person.told("EXTERNAL_filed", number="XSABCDEFGHJKM", decide_by="1日", answer_by="2日", green="no")

    assert "受理编号" in person.say("/withdraw")


def test_two_complaints_in_one_sitting_have_two_runs(person):
    person.say(STORY + "，匿名")
    person.say("确认")
    first = person.command
    person.told("EXTERNAL_filed", number="XSABCDEFGHJKM", decide_by="a", answer_by="b", green="no")
    person.say("还有一件事要投诉")
    person.say("灵宝市交警上个月罚款不给票据，要求开票")
    second = person.file()

    assert first["form_run"] != person.command["form_run"]
    assert "三轮车" not in second["text"]


def test_abuse_is_borne_and_the_complaint_still_taken(person):
    person.say("我要投诉")

    words = person.say("你们都是废物")

    assert "生气" in words
    person.say("城管不亮证就罚我五百")
    assert "五百" in person.file()["text"]


def test_a_matter_of_others_is_explained_and_can_be_passed_on(person):
    words = person.say("我们小区停水三天了，物业电话打不通，请问什么时候能来水，希望尽快恢复供水。")
    if "/choose" not in "".join(person.buttons):
        pytest.fail(words)

    person.say('/choose{"route": "hotline"}')

    assert "停水" in person.file()["text"]


def test_a_long_story_at_every_question_is_kept_whole(person):
    person.say("我要投诉")
    stories = (
        "俺今年七十多了，在街上卖了一辈子菜，那天一早刚摆上，就来了几个人，也不说是哪的，上来就把秤拿走了",
        "就在湖滨区那个菜市场门口，俺在那摆了十几年了，从来没人说啥，这回来的人说是城管的",
        "是上周三一早，那天还下着雨，俺孙子还在旁边写作业呢，吓得直哭",
    )
    for story in stories:
        person.say(story)

    text = person.file()["text"]

    assert all(story in text for story in stories)


def test_voice_text_without_punctuation_is_taken(person):
    person.say(
        "那个我想说一下就是我们这个渑池县的那个市场监管所的人前天来我店里也没有亮证就说要罚款两千块钱让我现在就交也不给开票"
    )

    complaint = person.file()

    assert complaint["region_code"] == "411221"
    assert "两千" in complaint["text"]


def test_a_form_survives_a_restart_of_the_bot(bot, person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")

    bot.stop()
    bot.start()

    person.say("湖滨区城管")
    complaint = person.file()
    assert "五百" in complaint["text"]
    assert complaint["agency_code"] == "411202-AD01"


def test_the_bot_has_few_routes_and_wants_its_token(bot):
    assert bot.request("POST", "/webhooks/rest/webhook", {"sender": "x", "message": "hi"})[0] == 401
    assert bot.request("PUT", f"/model?token={TOKEN}", {})[0] == 404
    assert bot.request("POST", f"/model/train?token={TOKEN}", {})[0] == 404
    assert bot.request("GET", f"/conversations/x/tracker?token={TOKEN}")[0] == 404
    big = {"sender": "x", "message": "大" * 300_000}
    assert bot.request("POST", f"/webhooks/rest/webhook?token={TOKEN}", big)[0] == 413
