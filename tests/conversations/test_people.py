"""Whole talks as people lead them: late turns, haste, fear, dialect, and what must never happen."""

from __future__ import annotations

import pytest

from tests.conversations.bot_server import BotProcess, Person

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


def test_an_enterprise_discovered_late_gets_the_green_channel(person):
    person.say("我要投诉")
    person.say("市场监管所的人上周来了四趟，每次都不出示证件")
    words = person.say("我是开饭店的，在渑池县，我店叫测试小面馆")

    assert "绿色通道" in words or "企业" in "\n".join(person.texts)
    complaint = person.file()
    assert complaint["kind"] == "enterprise"


def test_a_person_who_is_no_enterprise_says_so(person):
    person.say("/green_channel")
    person.say("我公司在灵宝市，环保局一个月来检查六次，昨天又来，要求停止重复检查")
    while "叫什么名字" not in person.texts[-1]:
        person.say("/skip")
    person.say('/inform{"value": "person"}')

    assert person.file()["kind"] == "person"


def test_a_change_of_mind_about_the_agency_counts(person):
    person.say(STORY + "，匿名")
    person.say("部门弄错了，应该是陕州区城管")

    assert person.file()["agency_code"] == "411203-AD01"


def test_the_demand_may_be_changed_twice(person):
    person.say(STORY + "，匿名")
    for demand in ("赔偿损失", "公开道歉"):
        person.say('/correct{"field": "demand"}')
        person.say(demand)

    assert person.file()["demand"] == "公开道歉"


def test_a_contact_given_after_anonymity_counts(person):
    person.say(STORY + "，匿名")
    person.say('/correct{"field": "identity"}')
    person.say('/inform{"value": "contact"}')
    person.say("李女士 ⟨手机号1⟩")

    complaint = person.file()

    assert (complaint["anonymous"], complaint["phone"]) == (False, "⟨手机号1⟩")


def test_what_happens_to_the_data_is_said_before_the_name_is_asked(person):
    person.say("我要投诉")
    person.say(STORY)
    heard = "\n".join(person.texts)
    while "/stay_anonymous" not in person.buttons:
        heard += person.say("/skip")

    assert "加密保存" in person.texts[-1]
    assert "怎么称呼" not in heard


def test_one_question_at_a_time(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")
    for _ in range(3):
        assert person.texts[-1].count("？") <= 1
        person.say("/skip")


def test_a_complaint_about_the_supervisors_themselves_is_taken(person):
    person.say("我要投诉")
    person.say("我要投诉湖滨区司法局的执法监督科，我上个月反映的事他们一直拖着不办，打电话就说在研究")

    complaint = person.file()

    assert complaint["agency_code"] == "411202-SF"


def test_two_agencies_in_one_story_stay_in_the_text(person):
    person.say("湖滨区城管把我的摊子掀了，我去派出所报案，派出所说不归他们管，昨天的事，希望处理，匿名")

    text = person.file()["text"]

    assert "城管" in text
    assert "派出所" in text


def test_three_complaints_in_one_sitting_do_not_mix(person):
    texts = []
    for story in (
        STORY,
        "灵宝市交警上个月罚款不给票据，要求开票",
        "卢氏县环保局前天封了我的厂子，没给文书，要求解封",
    ):
        person.say(story + "，匿名")
        texts.append(person.file()["text"])
        person.told("EXTERNAL_filed", number="XSABCDEFGHJKM", decide_by="a", answer_by="b", green="no")

    assert "票据" not in texts[2]
    assert "三轮车" not in texts[1] + texts[2]


def test_abuse_first_and_a_real_complaint_after(person):
    assert "生气" in person.say("你们就是一群骗子废物")

    person.say(STORY + "，匿名")

    assert "三轮车" in person.file()["text"]


def test_praise_and_thanks_open_no_form(person):
    person.say("谢谢你啊")

    assert "请看一下我记得对不对" not in "\n".join(person.texts)
    assert person.command is None


@pytest.mark.parametrize("words", ["中，就这样吧", "对对对", "没错，提交"])
def test_people_confirm_in_their_own_words(person, words):
    person.say(STORY + "，匿名")
    person.until_confirm()
    person.say(words)
    if person.command is None:
        person.say("确认")

    assert person.command["command"] == "file_complaint"


def test_dialect_is_understood(person):
    person.say("俺在渑池赶集卖菜哩，城管夜儿个来了二话不说就把俺的秤给掂走了，恁说这中不中")

    complaint = person.file()

    assert complaint["region_code"] == "411221"
    assert complaint["agency_code"] == "411221-AD01"


def test_traditional_characters_are_understood(person):
    person.say("靈寶市交警昨天罰我兩百塊不給票據，要求補開，匿名")

    assert person.file()["agency_code"] == "411282-AD09"


def test_only_voice_text_through_the_whole_talk(person):
    for words in (
        "喂你好我想反映个事情就是那个啥",
        "就是我家那个棚子嘛让镇上的人给拆了也没给我说一声",
        "是陕州区那个大营镇",
        "就前天嘛前天上午",
        "我就想让他们给我赔点钱",
        "不想说名字",
    ):
        person.say(words)

    complaint = person.file()

    assert complaint["region_code"].startswith("411203")
    assert complaint["incident_time"]["from"] == "2026-11-21"
    assert complaint["anonymous"]


def test_an_elderly_person_answers_every_question_with_a_story(person):
    person.say("我要投诉")
    for words in (
        "唉说来话长啊，我今年七十六了，老伴走得早，就靠门口那块地种点菜卖",
        "那天来了一车人，说我那个棚子是违建，我那棚子盖了二十多年了，乡里谁不知道",
        "我哪知道是啥部门，反正是乡里派来的，灵宝市阳店镇的，开着铲车就来了",
        "就是上个月初八那天，我记得清清楚楚，那天我孙子刚好回来",
        "我也不要啥，就是想问问他们凭啥，能不能给我老头子一个说法",
    ):
        person.say(words)

    text = person.file()["text"]

    assert "七十六" in text
    assert "铲车" in text


def test_silence_for_a_day_and_the_talk_goes_on(bot, person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")
    bot.stop()
    bot.start()

    person.say("在吗？昨天有事没说完，是湖滨区城管")

    complaint = person.file()
    assert "五百" in complaint["text"]
    assert complaint["agency_code"] == "411202-AD01"


def test_not_understood_offers_the_two_likeliest_and_keeps_the_words(person):
    words = person.say("那个红的绿的咋整")

    assert "没完全明白" in words or person.buttons
    assert len(person.buttons) <= 4


def test_a_person_who_is_not_understood_twice_is_offered_a_person(person):
    person.say("阿巴阿巴哩")
    words = person.say("嗯哼呀呼嘿")

    assert "/talk_to_human" in person.buttons or "没完全明白" in words


def test_self_harm_is_answered_with_help(person):
    words = person.say("他们把我的店封了，我真的不想活了")

    assert "110" in words or "120" in words
    assert person.command["command"] == "emergency"


def test_corruption_is_told_its_own_way_and_still_taken(person):
    words = person.say("我举报城管队长收了隔壁老板两万块钱，就不查他光查我")
    heard = words + person.say("湖滨区的，上个月，匿名")

    assert person.file()["text"].count("两万")
    assert (
        "12388" in heard
        or "纪" in heard
        or "请看一下" in "\n".join(person.texts)
        or person.command is not None
    )


def test_another_city_is_told_and_not_refused(person):
    person.say("洛阳市涧西区城管昨天把我的车扣了，不给手续")

    assert "车扣了" in person.file()["text"]


def test_no_result_is_ever_promised(person):
    heard = person.say("你们能保证把钱退给我吗") + person.say(STORY + "，匿名") + person.until_confirm()

    for promise in ("一定会", "保证给您", "肯定能"):
        assert promise not in heard


def test_a_question_of_the_law_at_every_step(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")
    for question in ("多久能有结果？", "要花钱吗？", "可以撤回吗？"):
        before = person.command
        person.say(question)
        assert before is None or person.command is None

    assert "五百" in person.file()["text"]


def test_progress_in_the_middle_of_a_form_does_not_lose_it(person):
    person.say("我要投诉")
    person.say("他们不亮证就罚我五百")
    person.say("查进度")

    for _ in range(3):
        if "受理编号" in "\n".join(person.texts):
            person.say("算了")
        if person.buttons:
            break
    person.say("/file_complaint")

    assert "五百" in person.file()["text"]
