"""Days of the lunar year and of holidays, as people name them, nearest in the past.

Lunar days are counted from the Spring Festivals of data/spring_festivals.csv; holidays follow data/holidays.csv.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from intake.domain.tables import rows

Day = dt.date
Span = tuple[dt.date, dt.date]
YEARS = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3}


def one(day: Day) -> Span:
    return day, day


def number(text: str) -> int:
    """A small number in digits or Chinese, up to 99; 元 is the first month. raises: ValueError"""
    if text == "元":
        return 1
    if text.isdigit():
        return int(text)
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (digits[tens] if tens else 1) * 10 + (digits[ones] if ones else 0)
    if len(text) == 1:
        return digits[text]
    return int("".join(str(digits[c]) for c in text))


@cache
def _festivals() -> dict[int, tuple[Day, int]]:
    """Year to (Spring Festival, days of the lunar month before it)."""
    return {
        int(r["year"]): (Day.fromisoformat(r["day"]), int(r["last_month_days"]))
        for r in rows("spring_festivals")
    }


def lunar(m: re.Match[str], today: Day) -> Span:
    day = number(m["d"].replace("初", ""))
    candidates = []
    for festival, length in _festivals().values():
        if m["month"] in ("腊月", "农历十二月"):
            candidates.append(festival - dt.timedelta(days=length + 1 - day))
        elif m["month"] == "大年" and not m["d"].startswith("初"):
            candidates.append(festival - dt.timedelta(days=length + 1 - min(day, length)))
        else:
            candidates.append(festival + dt.timedelta(days=day - 1))
    return one(max(c for c in candidates if c <= today))


@cache
def _holidays() -> tuple[tuple[str, Day, Day], ...]:
    spans: dict[tuple[str, str], list[Day]] = {}
    for r in rows("holidays"):
        if r["kind"] == "off":
            spans.setdefault((r["name"], r["notice_year"]), []).append(Day.fromisoformat(r["day"]))
    return tuple((name, min(days), max(days)) for (name, _), days in spans.items())


_ALIASES = {"国庆": "国庆节", "十一": "国庆节", "五一": "劳动节", "劳动节": "劳动节", "过年": "春节", "春节": "春节", "中秋": "中秋节",
            "端午": "端午节", "清明": "清明节", "元旦": "元旦", "除夕": "春节", "国庆节": "国庆节"}  # fmt: skip


def holiday(m: re.Match[str], today: Day) -> Span | None:
    name = _ALIASES[m["h"]]
    past = [(a, b) for n, a, b in _holidays() if n == name and a <= today]
    if m["y"]:
        year = today.year + YEARS[m["y"]]
        past = [(a, b) for a, b in past if a.year == year]
    exact = _EXACT.get(name)
    days = (
        [one(day) for day in _moon_days(exact) if day <= today and (not m["y"] or day.year == year)]
        if exact
        else []
    )
    if m["day"] and days:
        return max(days)
    return max(past + days, key=lambda span: (span[0].year, span[1] - span[0])) if past or days else None


_EXACT = {"端午节": "dragon_boat", "中秋节": "mid_autumn"}


@cache
def _moon_days(name: str) -> tuple[Day, ...]:
    """The lunar day itself of every year; the days off (data/holidays.csv) may lie beside it."""
    return tuple(Day.fromisoformat(r[name]) for r in rows("spring_festivals"))


_LUNAR_DAYS = {"腊八": ("腊月", 8), "小年": ("腊月", 23), "元宵": ("正月", 15)}


def lunar_named(m: re.Match[str], today: Day) -> Span:
    """腊八, 小年, 元宵节; 初八 alone is of the first month and not long ago."""
    if m["w"] == "八月十五":
        return one(max(d for d in _moon_days("mid_autumn") if d <= today))
    if m["w"]:
        month, day = _LUNAR_DAYS[m["w"][:2]]
    else:
        month, day = "正月", number(m["d"])
    days = [
        festival + dt.timedelta(days=day - 1 if month == "正月" else day - 1 - length)
        for festival, length in _festivals().values()
    ]
    found = max(d for d in days if d <= today)
    if not m["w"] and (today - found).days > 100:
        raise ValueError(m.group())
    return one(found)


def fixed(m: re.Match[str], today: Day) -> Span:
    if m["name"] in ("母亲节", "父亲节"):
        month, sunday = (5, 2) if m["name"] == "母亲节" else (6, 3)
        return one(
            max(d for d in (_sunday(today.year - back, month, sunday) for back in (0, 1)) if d <= today)
        )
    said = m["w"] or m["name"]
    month, day = _FIXED.get(said) or _FIXED[said[:2]]
    year = today.year if Day(today.year, month, day) <= today else today.year - 1
    return one(Day(year, month, day))


_FIXED = {
    "三八": (3, 8), "六一": (6, 1), "七一": (7, 1), "八一": (8, 1),
    "情人": (2, 14), "圣诞": (12, 25), "跨年": (12, 31), "消费": (3, 15), "权益": (3, 15), "双十一": (11, 11), "双十二": (12, 12), "52": (5, 20),
}  # fmt: skip


def _sunday(year: int, month: int, nth: int) -> Day:
    first = Day(year, month, 1)
    return first + dt.timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))
