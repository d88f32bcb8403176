"""Sums of money in yuan: 五千, 两万块, 1.2万, 一百二, 3000元."""

from __future__ import annotations

import re
from functools import lru_cache

import cn2an

_CN = "零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟"
_UNIT = r"(?:元|块钱|块|圆|人民币)"
_ARABIC = re.compile(
    rf"(\d(?<![\d.]\d)(?:\d{{0,2}}(?:,\d{{3}})+|\d*(?:\.\d+)?))\s*(万|千|百|亿)?(?:多|余)?\s*({_UNIT})?(?!\d)"
)
_CHINESE = re.compile(rf"([{_CN}][{_CN}]{{0,11}})(?:多|余)?({_UNIT})")
_CUED = re.compile(
    rf"(?:罚了?我?们?|罚款|收了?|交了?|缴|赔偿?|要了?|补偿|花了?|损失|退还?|扣了?|押金|保证金)(?:金额)?(?:为|是|我们?|他们?|共|合计|大概|约)?([{_CN}]{{2,10}}|\d+(?:\.\d+)?万?)(?!\d|多?[年月日号天次个人家户张条份吨斤米平名辆台件遍趟回岁箱双只头棵株瓶桶袋根枚亩])"
)
# Without a unit only what can hardly be anything but money: two signs and more, nothing counted after it.
_BARE = re.compile(
    r"([几一二三四五六七八九两十](?<![第零〇一二三四五六七八九十百千万亿两几数\d].)(?:(?<=十)来万|(?<!几)[一二三四五六七八九两十]{0,2}[万千百]"
    r"(?:[零一二三四五六七八九十百千]{1,5}万?)?|(?<=几)十几?万|(?<=十)几?万))(?:多|来|余)?(?:块|元)?"
    r"(?![0-9一二三四五六七八九千百万十]|多?[年月日号天次个人家户份吨斤米平名辆台件遍趟回岁箱双只头棵株瓶桶袋根枚亩倍克度])"
)
# Beside a bare number: what makes it money. 三千七, 六万四: nothing but money is said so short.
_SHORT_FORM = re.compile(r".*[千百万][一二三四五六七八九]$")
_MONEY_BEFORE = re.compile(
    r"(?:费|款|金|价|钱|值|罚|赔|给|付|交|缴|收|欠|投|要求|追回|定金|打车|取车|一[张个条斤棵台]|每[回次个棵条张]|第.回)[了我的是为出他们你孩子家]{0,3}$"
)
_MONEY_AFTER = re.compile(
    r"[，。,；;！!？?、\s）)了的呢]|左右|上下|到|至|罚|买|交|赔|工资|块|元|首付|择校费|保证金|押金|定金|学费|一[张条个台瓶亩斤棵]|$"
)
_ONE_EACH = re.compile(r"一[张条个台瓶亩斤棵只头]")
SMALLEST = 20  # 罚我三: no sum
_SCALE = {"万": 10_000, "千": 1000, "百": 100, "亿": 100_000_000, None: 1}


def find_amounts(text: str) -> list[tuple[int, int, float]]:
    """(start, end, yuan) of each sum, in order, each value once."""
    found = _with_unit(text)
    for pattern in (_CUED, _BARE):
        for match in pattern.finditer(text):
            if pattern is _BARE and not _is_money(text, match):
                continue
            span, value = _number(text, match)
            if not value or (pattern is _CUED and value < SMALLEST):
                continue
            if not any(a < span[1] and span[0] < b for a, b in found):
                found[span] = value
    return [(a, b, v) for (a, b), v in sorted(found.items())]


def _is_money(text: str, match: re.Match[str]) -> bool:
    """Whether a bare number is one of money, by its form or by what stands beside it."""
    before = text[max(0, match.start() - 6) : match.start()]
    return bool(
        _SHORT_FORM.match(match[1]) or _MONEY_AFTER.match(text, match.end()) or _MONEY_BEFORE.search(before)
    )


def _number(text: str, match: re.Match[str]) -> tuple[tuple[int, int], float | None]:
    """Where the number stands and what it is; in 一千一亩 the last sign belongs to the measure."""
    start, end = match.span(1)
    if end - start > 1 and _ONE_EACH.match(text, end - 1):
        end -= 1
    return (start, end), _rounded(text[start:end])


def _with_unit(text: str) -> dict[tuple[int, int], float]:
    """Sums whose unit is written, by span."""
    found: dict[tuple[int, int], float] = {}
    for match in _ARABIC.finditer(text):
        if match[3] or match[2] in ("万", "亿"):
            if not match[3] and re.match(r"[人户名吨斤平亩次辆家条张台件米步]", text[match.end() :]):
                continue
            found[match.span()] = float(match[1].replace(",", "")) * _SCALE[match[2]]
    for match in _CHINESE.finditer(text):
        value = _chinese(match[1])
        if value == 1 and match[2] == "块" and text[match.end() : match.end() + 1] != "钱":
            continue  # 同一块招牌
        if value:
            found[match.span()] = value
    return found


def _rounded(text: str) -> float | None:
    """三千二 is 3200, 两万六 is 26000, 十来万 is 100000: the last sign counts the next lower unit."""
    if text[0].isdigit():
        return _digits(text)
    if text == "十来万":
        return 100_000
    if "几" in text:
        return None
    return _chinese(text)


def _digits(text: str) -> float:
    return float(text.rstrip("万")) * (10_000 if text.endswith("万") else 1)


@lru_cache(maxsize=4096)
def _chinese(text: str) -> float | None:
    if not any(c in text for c in "十百千万亿拾佰仟") and len(text) > 1:
        return None
    try:
        return float(cn2an.cn2an(text.replace("〇", "零"), "smart"))
    except (ValueError, KeyError, IndexError):
        return None
