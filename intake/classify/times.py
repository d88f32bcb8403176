"""When it happened: the some twenty ways people say it, relative to the day of telling.

Returns local dates (Asia/Shanghai). Lunar days are counted from the Spring
Festivals of data/spring_festivals.csv; holidays follow data/holidays.csv.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from intake.domain.tables import rows

_N = "〇零一二三四五六七八九十0123456789两"
_NUM = rf"[{_N}]{{1,3}}"
Day = dt.date
Span = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    first: dt.date
    last: dt.date


def find_times(text: str, today: dt.date) -> list[Found]:
    """All times in a clean text, in order; a longer reading wins over one inside it."""
    found: list[Found] = []
    for words, pattern, read in _GRAMMAR:
        if not any(word in text for word in words):
            continue
        for match in pattern.finditer(text):
            if any(f.start < match.end() and match.start() < f.end for f in found):
                continue
            span = _try(read, match, today)
            if span is not None:
                found.append(Found(match.start(), match.end(), *span))
    return sorted(found, key=lambda f: f.start)


def incident_time(text: str, today: dt.date) -> Found | None:
    """The time of the incident: the first not in the future; the most exact one among the first three."""
    past = [f for f in find_times(text, today) if f.first <= today]
    if not past:
        return None
    return min(past[:3], key=lambda f: ((f.last - f.first).days > 31, f.start))


def _try(read: Callable[[re.Match[str], Day], Span | None], match: re.Match[str], today: Day) -> Span | None:
    try:
        return read(match, today)
    except (ValueError, KeyError, OverflowError):
        return None


def number(text: str) -> int:
    """A small number in digits or Chinese, up to 99. raises: ValueError"""
    if text.isdigit():
        return int(text)
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (digits[tens] if tens else 1) * 10 + (digits[ones] if ones else 0)
    if len(text) == 1:
        return digits[text]
    return int("".join(str(digits[c]) for c in text))


def _month(year: int, month: int) -> Span:
    return Day(year, month, 1), Day(year, month, calendar.monthrange(year, month)[1])


def _shift(day: Day, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


def _one(day: Day) -> Span:
    return day, day


def _full(m: re.Match[str], today: Day) -> Span:
    year = int(m["y"]) if len(m["y"]) == 4 else 2000 + int(m["y"])
    month = number(m["m"])
    return _one(Day(year, month, number(m["d"]))) if m["d"] else _month(year, month)


def _year(m: re.Match[str], today: Day) -> Span:
    year = int(m["y"])
    return Day(year, 1, 1), min(Day(year, 12, 31), today) if year == today.year else Day(year, 12, 31)


_YEARS = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3}


def _said_year(m: re.Match[str], today: Day) -> Span:
    year = today.year + _YEARS[m["y"]]
    if m["m"]:
        month = number(m["m"])
        return _one(Day(year, month, number(m["d"]))) if m["d"] else _month(year, month)
    part = m["part"] or ""
    first, last = {"初": (1, 2), "底": (11, 12), "年初": (1, 2), "年底": (11, 12), "夏天": (6, 8), "冬天": (11, 12),
                   "春天": (3, 5), "秋天": (9, 11), "上半年": (1, 6), "下半年": (7, 12)}.get(part, (1, 12))  # fmt: skip
    end = _month(year, last)[1]
    return Day(year, first, 1), max(min(end, today), Day(year, first, 1))


def _month_day(m: re.Match[str], today: Day) -> Span:
    month = number(m["m"])
    day = number(m["d"]) if m["d"] else None
    year = today.year
    if Day(year, month, day or 1) > today:
        year -= 1
    return _one(Day(year, month, day)) if day else _month(year, month)


_DAYS = {"今天": 0, "今日": 0, "今早": 0, "今晚": 0, "刚才": 0, "刚刚": 0, "今儿": 0, "现在": 0, "昨天": 1, "昨日": 1,
         "昨晚": 1, "昨儿": 1, "昨夜": 1, "前天": 2, "前晚": 2, "前儿": 2, "大前天": 3}  # fmt: skip


def _day_word(m: re.Match[str], today: Day) -> Span:
    return _one(today - dt.timedelta(days=_DAYS[m["w"]]))


def _ago(m: re.Match[str], today: Day) -> Span:
    unit = m["u"]
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
    return _one(
        monday
        + dt.timedelta(
            days="一二三四五六日".index(day.replace("天", "日")) if not day.isdigit() else int(day) - 1
        )
    )


def _said_month(m: re.Match[str], today: Day) -> Span:
    back = {"上个": 1, "上": 1, "上上个": 2, "这个": 0, "本": 0, "当": 0}[m["which"]]
    year, month = _shift(today, -back)
    if m["d"]:
        return _one(Day(year, month, number(m["d"])))
    first, last = _month(year, month)
    if m["part"] == "初":
        return first, first + dt.timedelta(days=9)
    if m["part"] in ("底", "末"):
        return last - dt.timedelta(days=9), last
    return first, min(last, today) if back == 0 else last


@cache
def _festivals() -> dict[int, tuple[Day, int]]:
    """Year to (Spring Festival, days of the lunar month before it)."""
    return {
        int(r["year"]): (Day.fromisoformat(r["day"]), int(r["last_month_days"]))
        for r in rows("spring_festivals")
    }


def _lunar(m: re.Match[str], today: Day) -> Span:
    day = number(m["d"].replace("初", ""))
    candidates = []
    for festival, length in _festivals().values():
        if m["month"] in ("腊月", "农历十二月"):
            candidates.append(festival - dt.timedelta(days=length + 1 - day))
        elif m["month"] == "大年" and not m["d"].startswith("初"):
            candidates.append(festival - dt.timedelta(days=length + 1 - min(day, length)))
        else:
            candidates.append(festival + dt.timedelta(days=day - 1))
    return _one(max(c for c in candidates if c <= today))


@cache
def _holidays() -> tuple[tuple[str, Day, Day], ...]:
    spans: dict[tuple[str, str], list[Day]] = {}
    for r in rows("holidays"):
        if r["kind"] == "off":
            spans.setdefault((r["name"], r["notice_year"]), []).append(Day.fromisoformat(r["day"]))
    return tuple((name, min(days), max(days)) for (name, _), days in spans.items())


_ALIASES = {"国庆": "国庆节", "十一": "国庆节", "五一": "劳动节", "劳动节": "劳动节", "过年": "春节", "春节": "春节", "中秋": "中秋节",
            "端午": "端午节", "清明": "清明节", "元旦": "元旦", "除夕": "春节", "国庆节": "国庆节"}  # fmt: skip


def _holiday(m: re.Match[str], today: Day) -> Span | None:
    name = _ALIASES[m["h"]]
    past = [(a, b) for n, a, b in _holidays() if n == name and a <= today]
    if m["y"]:
        year = today.year + _YEARS[m["y"]]
        past = [(a, b) for a, b in past if a.year == year]
    return max(past) if past else None


# The words first: without one of them the expression cannot match and need not run.
_GRAMMAR: tuple[tuple[list[str], re.Pattern[str], Callable[[re.Match[str], Day], Span | None]], ...] = (
    (["20"], re.compile(rf"(?P<y>20[0-2]\d)\s?[年./\-]\s?(?P<m>1[0-2]|0?[1-9]|[一二三四五六七八九十]{{1,2}})(?:\s?[月./\-]\s?(?P<d>3[01]|[12]\d|0?[1-9]|{_NUM})[日号]?|\s?月份?)"), _full),
    (["去年", "今年", "前年"], re.compile(rf"(?P<y>大前年|去年|今年|前年)(?:的|农历)?(?:(?P<m>{_NUM})月份?(?:(?P<d>{_NUM})[日号])?|(?P<part>年初|年底|上半年|下半年|初|底|夏天|冬天|春天|秋天)|(?![的]?(?:国庆|春节|五一|中秋|端午|清明|元旦|过年|十一)))"), _said_year),
    (["国庆", "五一", "劳动", "春节", "过年", "中秋", "端午", "清明", "元旦", "除夕"], re.compile(r"(?P<y>大前年|去年|今年|前年)?的?(?P<h>国庆节|国庆|五一|劳动节|春节|过年|中秋|端午|清明|元旦|除夕)(?:节|期间|前后|假期|那天|当天|放假)?"), _holiday),
    (["月"], re.compile(rf"(?P<which>上上个|上个|这个|上|本|当)月(?:份)?(?:(?P<d>{_NUM})[日号]|(?P<part>初|底|末))?"), _said_month),
    (["周", "星期", "礼拜"], re.compile(r"(?P<which>上上个|上上|上个|这个|上|这|本)(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-7])?"), _week),
    (["腊月", "农历", "正月", "大年"], re.compile(rf"(?:农历)?(?P<month>腊月|农历十二月|正月|大年)(?P<d>初?{_NUM})"), _lunar),
    (["月"], re.compile(r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?(?P<d>3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"), _month_day),
    (["今", "刚", "昨", "前天", "前晚", "前儿"], re.compile(r"(?P<w>大前天|今天|今日|今早|今晚|今儿|刚才|刚刚|昨天|昨日|昨晚|昨儿|昨夜|前天|前晚|前儿)"), _day_word),
    (["前"], re.compile(rf"(?:大概|大约)?(?P<n>好几|几|{_NUM})?(?P<half>半)?(?P<u>天|日|个?星期|个?礼拜|周|个月|年)(?:多)?(?:之前|以前|前)(?!提下|沿)"), lambda m, t: _ago(m, t) if m["n"] or m["half"] else None),
    (["前", "这几天", "这两天", "最近", "近"], re.compile(r"(?P<w>前几天|前两天|前些天|前段时间|前阵子|这几天|这两天|最近|近期|近日|前不久)"), _recent),
    (["月"], re.compile(r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?(?P<d>(?!))?(?![日号\d])"), _month_day),
    (["20"], re.compile(r"(?P<y>20[0-2]\d)年"), _year),
)  # fmt: skip
