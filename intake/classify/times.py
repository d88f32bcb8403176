"""When it happened: the some twenty ways people say it, relative to the day of telling.

Returns local dates (Asia/Shanghai); lunar days and holidays: `festivals`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.classify import festivals
from intake.classify.festivals import YEARS, Day, Span, number, one
from intake.classify.lookup import Behind, Gated

_N = "〇零一二三四五六七八九十0123456789两"
_NUM = rf"[{_N}]{{1,3}}"


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    first: dt.date
    last: dt.date


def find_times(text: str, today: dt.date) -> list[Found]:
    """All times in a clean text, in order; a longer reading wins over one inside it."""
    found: list[Found] = []
    signs = frozenset(text)
    for some, pattern, read in _GRAMMAR:
        if signs.isdisjoint(some):
            continue
        for match in pattern.finditer(text):
            if any(f.start < match.end() and match.start() < f.end for f in found):
                continue
            span = _try(read, match, today)
            if span is not None:
                found.append(Found(match.start(), match.end(), *span))
    return sorted(found, key=lambda f: f.start)


def incident_time(found: list[Found], today: dt.date) -> Found | None:
    """The time of the incident: the first not in the future; the most exact one among the first three."""
    past = [f for f in found if f.first <= today]
    if not past:
        return None
    return min(past[:3], key=lambda f: ((f.last - f.first).days > 31, f.start))


def _try(read: Callable[[re.Match[str], Day], Span | None], match: re.Match[str], today: Day) -> Span | None:
    try:
        return read(match, today)
    except (ValueError, KeyError, OverflowError):
        return None


def _month(year: int, month: int) -> Span:
    return Day(year, month, 1), Day(year, month, calendar.monthrange(year, month)[1])


def _shift(day: Day, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


def _full(m: re.Match[str], today: Day) -> Span:
    year = int(m["y"]) if len(m["y"]) == 4 else 2000 + int(m["y"])
    month = number(m["m"])
    return one(Day(year, month, number(m["d"]))) if m["d"] else _month(year, month)


def _year(m: re.Match[str], today: Day) -> Span:
    year = int(m["y"])
    return Day(year, 1, 1), min(Day(year, 12, 31), today) if year == today.year else Day(year, 12, 31)


def _said_year(m: re.Match[str], today: Day) -> Span:
    year = today.year + YEARS[m["y"]]
    if m["m"]:
        month = number(m["m"])
        return one(Day(year, month, number(m["d"]))) if m["d"] else _month(year, month)
    part = m["part"] or ""
    first, last = {"初": (1, 2), "底": (11, 12), "年初": (1, 2), "年底": (11, 12), "夏天": (6, 8), "冬天": (11, 12),
                   "春天": (3, 5), "秋天": (9, 11), "上半年": (1, 6), "下半年": (7, 12)}.get(part, (1, 12))  # fmt: skip
    end = _month(year, last)[1]
    return Day(year, first, 1), max(min(end, today), Day(year, first, 1))


def _month_day(m: re.Match[str], today: Day) -> Span:
    month = number(m["m"])
    said = m["d"] or m.groupdict().get("plain")
    day = number(said) if said else None
    year = today.year
    if Day(year, month, day or 1) > today:
        year -= 1
    return one(Day(year, month, day)) if day else _month(year, month)


_DAYS = {"今天": 0, "今日": 0, "今早": 0, "今晚": 0, "刚才": 0, "刚刚": 0, "今儿": 0, "现在": 0, "昨天": 1, "昨日": 1,
         "昨晚": 1, "昨儿": 1, "昨夜": 1, "前天": 2, "前晚": 2, "前儿": 2, "大前天": 3}  # fmt: skip


def _day_word(m: re.Match[str], today: Day) -> Span | None:
    if m.string[m.start() - 1 : m.start()] in ("到", "至"):  # 到现在: no time of its own
        return None
    return one(today - dt.timedelta(days=_DAYS[m["w"]]))


def _last_day(day: int, today: Day) -> Day:
    """The latest day of a month that is `day` and not in the future."""
    year, month = today.year, today.month
    for back in range(4):
        y, mo = _shift(Day(year, month, 1), -back)
        if day <= calendar.monthrange(y, mo)[1] and Day(y, mo, day) <= today:
            return Day(y, mo, day)
    raise ValueError(day)


def _day_only(m: re.Match[str], today: Day) -> Span:
    """13号, 一号到五号: of this month, or of the one before when that day is still to come."""
    first = number(m["d"])
    last = number(m.groupdict().get("d2") or m["d"])
    end = _last_day(last, today)
    return Day(end.year, end.month, first) if first <= last else end, end


def _ago(m: re.Match[str], today: Day) -> Span:
    unit = m["u"]
    digits = "一二三四五六七八九"
    if (
        m["n"]
        and len(m["n"]) == 2
        and m["n"][0] in digits
        and digits.find(m["n"][1]) == digits.index(m["n"][0]) + 1
    ):
        # 三四天前: three or four
        days = {"天": 1, "日": 1, "年": 365}.get(unit, 30 if "月" in unit else 7)
        return today - dt.timedelta(days=days * number(m["n"][1])), today - dt.timedelta(
            days=days * number(m["n"][0])
        )
    if m["half"]:
        days = {"年": 182, "个月": 15, "月": 15, "天": 0}.get(unit, 0)
        return _around(today - dt.timedelta(days=days), 15)
    amount = {"几": 4, "好几": 5, "多": 3}.get(m["n"]) or number(m["n"])
    days = {
        "天": 1,
        "日": 1,
        "周": 7,
        "星期": 7,
        "礼拜": 7,
        "个星期": 7,
        "个礼拜": 7,
        "个月": 30,
        "月": 30,
        "年": 365,
    }[unit]
    middle = today - dt.timedelta(days=amount * days)
    return _around(middle, {1: 2 if "几" in m["n"] else 0, 7: 3, 30: 15, 365: 182}[days])


def _around(day: Day, days: int) -> Span:
    return day - dt.timedelta(days=days), day + dt.timedelta(days=days)


def _recent(m: re.Match[str], today: Day) -> Span:
    return today - dt.timedelta(days={"前几天": 7, "前两天": 3, "这几天": 5, "这两天": 3, "前些天": 14, "前段时间": 60,
                                      "前阵子": 60, "最近": 30, "近期": 30, "近日": 14, "前不久": 30}[m["w"]]), today  # fmt: skip


def _week(m: re.Match[str], today: Day) -> Span:
    back = {"上": 1, "上个": 1, "上上": 2, "上上个": 2, "这": 0, "本": 0, "这个": 0}[m["which"]]
    monday = today - dt.timedelta(days=today.weekday() + 7 * back)
    day = m["day"]
    if not day:
        return monday, monday + dt.timedelta(days=6)
    if day == "末":
        return monday + dt.timedelta(days=5), monday + dt.timedelta(days=6)
    return one(
        monday
        + dt.timedelta(
            days="一二三四五六日".index(day.replace("天", "日")) if not day.isdigit() else int(day) - 1
        )
    )


def _weekday(m: re.Match[str], today: Day) -> Span:
    """星期一上午: the last one that has come."""
    wanted = "一二三四五六日".index(m["day"].replace("天", "日"))
    return one(today - dt.timedelta(days=(today.weekday() - wanted) % 7))


def _short_year(m: re.Match[str], today: Day) -> Span:
    """91年的老房: a year in two digits, of a thing that was built, bought or begun."""
    year = int(m["y"]) + (1900 if int(m["y"]) > today.year % 100 else 2000)
    return Day(year, 1, 1), Day(year, 12, 31)


def _said_month(m: re.Match[str], today: Day) -> Span:
    back = {"上个": 1, "上": 1, "上上个": 2, "这个": 0, "本": 0, "当": 0}[m["which"]]
    year, month = _shift(today, -back)
    if m["d"]:
        return one(Day(year, month, number(m["d"])))
    first, last = _month(year, month)
    if m["part"] == "初":
        return first, first + dt.timedelta(days=9)
    if m["part"] in ("底", "末"):
        return last - dt.timedelta(days=9), last
    return first, min(last, today) if back == 0 else last


def _part_of_month(m: re.Match[str], today: Day) -> Span:
    """月初, 月底: of this month, or of the one before while that part is still to come."""
    first, last = _month(today.year, today.month)
    if m["part"] == "初":
        return first, min(first + dt.timedelta(days=9), today)
    if today < last - dt.timedelta(days=9):
        first, last = _month(*_shift(today, -1))
    return last - dt.timedelta(days=9), min(last, today)


_DAY = r"(?:3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"


def _day_not_after(signs: str) -> str:
    """`_DAY` as group d, not behind one of `signs` or an avenue. Begins with a class of signs: such a pattern is searched much faster."""
    return (
        rf"(?P<d>[0-9一二三四五六七八九十](?<![{signs}].)(?<!大道.)(?:(?<=3)[01]|(?<=[12])\d|(?<=0)[1-9]"
        r"|(?<=[一二三])十[一二三四五六七八九]?|(?<=十)[一二三四五六七八九]|(?<=[1-9一二三四五六七八九十])))"
    )


_SOME_DAYS = re.compile(
    rf"{_day_not_after('月0-9第./年-')}[号日]?(?:到|至|-|、)(?P<d2>{_DAY})[号日](?!楼|线|院|门|路|公|店)"
)
# A day of the month alone; what follows or stands before must not make it a house, a document or a term.
_NO_HOUSE = (
    r"(?![楼院线店门车馆桩矿井机坑厂幢栋单房铺厅窗台口位库区宿住户牌码公桌馆文令函]|元|章|之?前(?!后))"
)
_ONE_DAY = re.compile(
    _day_not_after("月0-9第./年十一二三四五六七八九〕\\])）】路街巷栋幢楼院国省线工编车户门商铺-")
    + rf"(?:号{_NO_HOUSE}|日(?:(?<=[0-9]日)(?!之?[内前后起至到以]|期间|[均游本报产常租])"
    r"|(?=上午|下午|早上|晚上|晚|中午|凌晨|夜里|那天|当天)))"
)
_MONTH = r"(?P<m>[0-9元一二三四五六七八九十](?:(?<=1)[0-2]|(?<=0)[1-9]|(?<=十)[一二]|(?<=[1-9元一二三四五六七八九十])))"
_WEEKDAY_PART = r"(?=上午|下午|早上|早晨|晚上|中午|那天|凌晨)"
# The signs first: without one of them the expression cannot match and need not run.
_GRAMMAR: tuple[tuple[str, re.Pattern[str] | Gated | Behind, Callable[[re.Match[str], Day], Span | None]], ...] = (
    ("2", re.compile(rf"(?P<y>20[0-2]\d)\s?[年./\-]\s?(?P<m>1[0-2]|0?[1-9]|[一二三四五六七八九十]{{1,2}})(?:\s?[月./\-]\s?(?P<d>3[01]|[12]\d|0?[1-9]|{_NUM})[日号]?|\s?月份?)"), _full),
    ("年", re.compile(rf"(?P<y>大前年|去年|今年|前年)(?!虚?岁?\d{{2,3}}(?:周?岁|了|，|,|。)|[一二三四五六七八九十]{{2,3}}岁|最后)(?:的|农历)?(?:(?P<m>{_NUM})月份?(?:(?P<d>{_NUM})[日号])?|(?P<part>年初|年底|上半年|下半年|初|底|夏天|冬天|春天|秋天)|(?![的]?(?:国庆|春节|五一|中秋|端午|清明|元旦|过年|十一)))"), _said_year),
    ("国五劳春过中端清元除", Gated("国庆 五一 劳动 春节 过年 中秋 端午 清明 元旦 除夕", r"(?<!马上)(?<!快到)(?<!怎么)(?<!回家)(?<!临近)(?<!快)(?<!等)(?P<y>大前年|去年|今年|前年)?的?(?P<h>国庆节|国庆|(?<![百千万])五一|劳动节|春节|过年|中秋|端午|清明|元旦|除夕)(?:节|期间|前后|假期|(?P<day>那天|当天)|放假)?"), festivals.holiday),
    ("月", re.compile(rf"(?P<which>上上个|上个|这个|上|本|当)月(?:份)?(?:(?P<d>{_NUM})[日号]|(?P<part>初|底|末))?"), _said_month),
    ("周星礼", re.compile(r"(?P<which>上上个|上上|上个|这个|上|这|本)(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-7])?"), _week),
    ("周星礼", re.compile(rf"(?<![上这本个下每双])(?:周|星期|礼拜)(?P<day>[一二三四五六日天]){_WEEKDAY_PART}"), _weekday),
    ("腊农正大", Gated("腊月 农历 正月 大年", rf"(?:农历)?(?P<month>腊月|农历十二月|正月|大年)(?P<d>初?{_NUM})"), festivals.lunar),
    ("月", re.compile(rf"{_MONTH}月(?:份)?(?:(?P<d>3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|(?P<plain>3[01]|[12]\d|0?[1-9])(?![\d份个多年月日号万元天]))(?!之?前(?!后))"), _month_day),
    ("腊小元初八", Gated("腊 小年 元宵 初 八月十五", r"(?P<w>腊八节?|小年|元宵节?|八月十五)(?:那天|当天)?|(?<![月年])初(?P<d>十[一二三四五]?|[一二三四五六七八九])(?=那天|当天|上午|下午|早上|晚上|开门|就|，|,|的|[\u4e00-\u9fa5])"), festivals.lunar_named),
    (".", re.compile(r"(?P<m>[01]?[0-9](?<![\d.].)(?<![\d.]..)|1[0-2](?<![\d.]..))\.(?P<d>3[01]|[12]\d|0?[1-9])(?=那天|当天|上午|下午|早上|晚上|日|号)"), _month_day),
    ("月", re.compile(r"月(?<![个这上本当下份每\d元一二三四五六七八九十腊正].)(?P<part>初|底)(?=[\u4e00-\u9fa5，,])(?!冲量|结账|付)"), _part_of_month),
    ("节圣跨5权双", Gated("节 圣诞 跨年 520 权益日 双十", r"(?P<w>三八|六一|七一|八一)(?:妇女|儿童|建军|建党)?节(?:那天|当天)?|(?P<name>情人节|(?:消费者)?权益日|双十[一二]|圣诞节?|跨年(?:夜|那晚|那天)|(?<!\d)520那天|母亲节|父亲节)(?:那天|当天)?"), festivals.fixed),
    ("号日", _SOME_DAYS, _day_only),
    ("号日", _ONE_DAY, _day_only),
    ("今刚昨前", re.compile(r"(?P<w>大前天|今天|今日|今早|今晚|今儿|刚才|刚刚|昨天|昨日|昨晚|昨儿|昨夜|前天|前晚|前儿)"), _day_word),
    ("前", Behind(r"[天日期拜周月年]多?[之以]?前", rf"(?:大概|大约)?(?<![月\d{_N}])(?P<n>好几|几|{_NUM})?(?:个?多)?(?P<half>半)?(?P<u>天|日|个?星期|个?礼拜|周|个月|年)(?:多)?(?:之前|以前|前)(?!提下|沿)", 12), lambda m, t: _ago(m, t) if m["n"] or m["half"] else None),
    ("前这近", re.compile(r"(?P<w>前几天|前两天|前些天|前段时间|前阵子|这几天|这两天|最近|近期|近日|前不久)"), _recent),
    ("月", re.compile(rf"{_MONTH}月份?(?P<d>(?!))?(?![日号\d])"), _month_day),
    ("2", re.compile(r"(?P<y>20[0-2]\d)年"), _year),
    ("年", re.compile(r"(?P<y>[06-9](?<![\d.].)\d)年(?=的老|建|盖|栽|种的?|买的|办的|开始|就|分的)"), _short_year),
)  # fmt: skip
