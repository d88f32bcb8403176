"""Field maps: what they translate, and how they explain what is wrong with them."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hotline12345 import wire
from connectors.hotline12345.field_map import AS_IT_IS
from connectors.hotline12345.field_map_file import WrongFieldMap, load_field_map, read_field_map
from connectors.hotline12345.tables import fields

FOLDER = Path("connectors/hotline12345/fieldmaps")
CITY = load_field_map(FOLDER / "example_city.yaml")
CHINA = dt.timezone(dt.timedelta(hours=8))

WHOLE = "name: 测试\nwork_order:\n  GDBH: work_order_no\n  SQNR: content\n"


def mistakes(text: str) -> list[str]:
    with pytest.raises(WrongFieldMap) as wrong:
        read_field_map(text)
    return [str(one) for one in wrong.value.mistakes]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.name)
def test_the_maps_we_ship_have_no_mistake(path):
    assert load_field_map(path).orders


def test_the_canonical_map_names_every_field_and_changes_nothing():
    whole = load_field_map(FOLDER / "canonical.yaml")
    order = {key: f"值{n}" for n, key in enumerate(fields())} | {"their_own": 1}

    assert {rule.ours for rule in whole.orders} == set(fields())
    assert whole.order_in(order) == order == whole.order_out(order) == AS_IT_IS.order_out(order)


THEIRS = {
    "GDBH": "测试-1",
    "SQNR": "测试诉求",
    "SQLX": "02",
    "SLQD": 1,
    "LDSJ": "2026-11-03 09:30:00",
    "SFNM": "否",
    "XBDW": "测试一局、测试二局",
    "JJCD": "特急",
    "QT": "他们自己的字段",
}


def test_their_order_becomes_canonical_and_readable():
    reading = wire.read(CITY.order_in(THEIRS), is_from_hotline=True)

    assert reading.problems == []
    assert reading.order == {
        "work_order_no": "测试-1",
        "content": "测试诉求",
        "title": "测试诉求",
        "appeal_type": "report",
        "channel": "phone",
        "call_time": "2026-11-03T09:30:00+08:00",
        "is_anonymous": False,
        "co_units": ["测试一局", "测试二局"],
        "urgency": "top",
        "QT": "他们自己的字段",
    }


def test_our_order_becomes_theirs():
    ours = {
        "content": "测试",
        "channel": "moj_platform",
        "deadline": "2026-11-03T01:30:00+00:00",
        "incident_time": {"from": "2026-11-01", "text": "月初"},
        "is_secret": True,
        "lead": {"scope": "SC00"},
    }

    assert CITY.order_out(ours) == {
        "SQNR": "测试",
        "SLQD": "3",
        "JZSJ": "2026-11-03 09:30:00",
        "SFSJ": "2026-11-01",
        "SFBM": "是",
    }


def test_events_are_translated_too():
    theirs = {"SJLX": "催办", "SM": "测试", "SJ": "2026-11-03 09:30:00"}
    ours = CITY.event_in(theirs)

    assert ours == {"event": "urge", "text": "测试", "at": "2026-11-03T09:30:00+08:00"}
    assert CITY.event_out(ours) == theirs


@pytest.mark.parametrize("value", ["07", "", None, [], {"a": 1}])
def test_an_unknown_code_stays_for_the_reader_to_name(value):
    assert CITY.order_in({"SQLX": value})["appeal_type"] == value


def test_a_canonical_name_that_is_another_field_of_theirs_is_not_mixed_up():
    odd = read_field_map(WHOLE + "  status: handle_unit\n")

    assert odd.order_out({"status": "已受理", "handle_unit": "测试局"}) == {"status": "测试局"}


_TIMES = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=CHINA).isoformat()
)
_NAME = st.text("测试一二三四局abc", min_size=1, max_size=8)


@given(
    st.fixed_dictionaries(
        {"work_order_no": _NAME, "content": _NAME},
        optional={
            "appeal_type": st.sampled_from(["complaint", "report", "consult", "other"]),
            "urgency": st.sampled_from(["top", "urgent", "general", "normal"]),
            "channel": st.sampled_from(["phone", "wechat", "web", "app", "letter", "visit"]),
            "call_time": _TIMES,
            "deadline": _TIMES,
            "is_secret": st.booleans(),
            "is_anonymous": st.booleans(),
            "co_units": st.lists(_NAME, max_size=4),
            "time_limit": st.integers(0, 99),
        },
    )
)
def test_an_order_goes_to_them_and_comes_back_the_same(order):
    assert CITY.order_in(CITY.order_out(order)) == order


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "第 1 行：文件应为", id="empty"),
        pytest.param("- a\n- b", "第 1 行：文件应为", id="a list"),
        pytest.param("name: [测试", "不是合法的 YAML", id="not YAML"),
        pytest.param("name: 测试\n", "第 1 行：缺少 work_order", id="no fields"),
        pytest.param(WHOLE + "evnet: {}\n", "第 5 行：不认识的项目 evnet", id="unknown part"),
        pytest.param(WHOLE + "unmapped: lose\n", "第 5 行：unmapped 应为 keep", id="unmapped"),
        pytest.param(
            WHOLE + "  A: caller_phon\n",
            "第 5 行：我方没有字段 caller_phon，是不是 caller_phone？",
            id="near",
        ),
        pytest.param(WHOLE + "  A: 完全不同\n", "字段名见 data/fields.csv", id="unknown field"),
        pytest.param(WHOLE + "  A:\n", "第 5 行：我方没有字段 （空）", id="no field"),
        pytest.param(WHOLE + "  A: content\n", "第 5 行：content 已由 SQNR 对应", id="field twice"),
        pytest.param(
            WHOLE + "  SQNR: title\n", "第 5 行：对方字段 SQNR 写了两次（第 4 行已有）", id="name twice"
        ),
        pytest.param(
            "name: 测试\nwork_order:\n  A: title\n", "缺少必需的字段 content（诉求内容）", id="needed"
        ),
        pytest.param(WHOLE + "  A: {to: title, size: 3}\n", "不认识的选项 size", id="unknown option"),
        pytest.param(WHOLE + "  A: {to: title, codes: {a: b}}\n", "不是代码字段", id="codes of a text"),
        pytest.param(
            WHOLE + "  A: {to: urgency, codes: {高: high}}\n",
            "高 对应的代码 high 不存在，应为其中之一：",
            id="code",
        ),
        pytest.param(
            WHOLE + "  A:\n    to: urgency\n    codes: {高: top}\n",
            "第 7 行：往外发送时",
            id="code without target",
        ),
        pytest.param(
            WHOLE + "  A: {to: urgency, send: {top: 高}}\n", "send 要和 codes 一起用", id="send alone"
        ),
        pytest.param(
            WHOLE + "  A: {to: is_secret, codes: {是: true, 是: false}}\n",
            "对方代码 是 写了两次",
            id="code twice",
        ),
        pytest.param(WHOLE + "  A: {to: call_time, format: '%Q'}\n", "不认识 %Q", id="directive"),
        pytest.param(WHOLE + "  A: {to: call_time, format: '%H:%M'}\n", "至少要有 %Y", id="no day"),
        pytest.param(
            WHOLE + "  A: {to: call_time, format: '%Y%m%d%d'}\n", "读不回来", id="does not read back"
        ),
        pytest.param(WHOLE + "  A: {to: title, format: '%Y-%m-%d'}\n", "format 只用于时间字段", id="format"),
        pytest.param(
            WHOLE + "  A: {to: title, separator: ','}\n", "separator 只用于列表字段", id="separator"
        ),
        pytest.param(WHOLE + "event:\n  A: text\n", "缺少必需的字段 event（事件类型）", id="event"),
        pytest.param(WHOLE + "event: 催办\n", "第 5 行：应为“对方字段: 我方字段”", id="event as text"),
        pytest.param(WHOLE + "  ? [a, b]\n  : title\n", "对方字段应为一段文字", id="odd key"),
    ],
)
def test_a_mistake_is_explained_with_its_line(text, says):
    assert any(says in one for one in mistakes(text)), mistakes(text)


def test_all_mistakes_are_told_at_once_in_order():
    found = mistakes(
        WHOLE + "  A: nothing_like_it\n  B: {to: urgency, codes: {高: high}}\n  C: {to: title, format: x}\n"
    )

    assert [one[:5] for one in found] == ["第 5 行", "第 6 行", "第 6 行", "第 7 行"]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    assert mistakes(text)
