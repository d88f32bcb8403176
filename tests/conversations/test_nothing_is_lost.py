"""Whatever is typed while the form is open reaches the complaint, whichever question it meets."""

from __future__ import annotations

import pytest

from tests.conversations.bot_server import BotProcess, Person

STORY = "湖滨区城管昨天没出示证件就把我的三轮车扣走了，我要求归还三轮车"
FIRM = "我公司在灵宝市，环保局一个月来检查六次，昨天又来，要求停止重复检查"


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    process = BotProcess(tmp_path_factory.mktemp("bot") / "tracker.db")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def person(bot):
    return Person(bot)


def test_a_question_in_the_middle_is_filed_too(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")

    assert "加密" in person.say("会不会泄露我的名字？")

    assert "会不会泄露我的名字" in person.file()["text"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("他们昨天又来了", id="more of the story instead of an answer"),
        pytest.param("车上还有菜", id="a short remark"),
    ],
)
def test_a_remark_at_the_question_of_the_name_is_no_name(person, more):
    person.say(STORY)
    assert "联系方式" in person.texts[-1]

    person.say(more)

    complaint = person.file()
    assert more in complaint["text"]
    assert (complaint["anonymous"], complaint["name"]) == (True, None)


@pytest.mark.parametrize("name", ["张三", "我姓张", "王女士", "我叫测试员"])
def test_a_name_alone_is_still_a_contact(person, name):
    person.say(STORY)
    person.say('/inform{"value": "contact"}')
    person.say(name)

    complaint = person.file()

    assert not complaint["anonymous"]
    assert complaint["name"]
    assert name not in complaint["text"]


def test_a_story_beside_the_phone_is_kept_without_the_phone(person):
    person.say(STORY)
    person.say('/inform{"value": "contact"}')
    person.say("我姓张，电话⟨手机号1⟩，昨天他们又来把秤也拿走了")

    complaint = person.file()

    assert complaint["phone"] == "⟨手机号1⟩"
    assert "把秤也拿走了" in complaint["text"]
    assert "⟨手机号1⟩" not in complaint["text"]


def test_a_story_at_the_question_of_the_code_is_kept(person):
    person.say("/green_channel")
    person.say(FIRM)
    person.say("测试商贸有限公司")
    assert "18 位" in person.texts[-1]

    person.say("执照也被他们收走了")

    assert "执照也被他们收走了" in person.file()["text"]


def test_a_correction_without_an_item_is_kept(person):
    person.say(STORY + "，匿名")
    person.say("刚才写错了，扣的是两辆不是一辆")

    assert "扣的是两辆" in person.file()["text"]


def test_the_new_value_may_come_with_the_item(person):
    person.say(STORY + "，匿名")
    person.say("/correct")
    person.say("时间，是前天")

    complaint = person.file()

    assert complaint["incident_time"]["from"] == "2026-11-21"


def test_anonymity_and_a_remark_in_one_sentence(person):
    person.say(STORY)
    person.say("匿名，他们还把我的秤摔坏了")

    complaint = person.file()

    assert complaint["anonymous"]
    assert "秤摔坏了" in complaint["text"]


def test_danger_before_the_form_keeps_what_was_said_before(person):
    person.say("哎呀这可咋弄嘛")
    person.say("救命，他们现在正在打人，有人流血了")
    person.say("/file_complaint")
    person.say(STORY)

    text = person.file()["text"]

    assert "正在打人" in text
    assert "三轮车" in text
