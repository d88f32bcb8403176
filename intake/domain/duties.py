"""Which duties (权责事项) fit what a lead says, and whether the body complained about has one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FITS = 0.5
MOST = 6
# Words that stand in nearly every line of a list of duties and say nothing about the matter.
EMPTY_WORDS = frozenset(
    [
        "行政",
        "处罚",
        "许可",
        "检查",
        "强制",
        "征收",
        "确认",
        "奖励",
        "裁决",
        "监督",
        "管理",
        "监管",
        "行为",
        "违反",
        "规定",
        "进行",
        "实施",
        "未经",
        "擅自",
        "有关",
        "相关",
        "其他",
        "单位",
        "个人",
        "活动",
        "情况",
    ]
)


@dataclass(frozen=True, slots=True)
class Duty:
    """words: of its name; organisation: ours, None when the body is not in our table; basis: law behind it, "" unknown."""

    name: str
    kind: str
    body: str
    organisation: str | None
    basis: str
    words: tuple[str, ...]


def telling(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a duty's name that say what it is about."""
    return tuple(dict.fromkeys(word for word in words if len(word) > 1 and word not in EMPTY_WORDS))


def fitting(duties: Iterable[Duty], text: str, respondent: str | None) -> tuple[Duty, ...]:
    """Duties whose words stand in the text, the best first; those of the body complained about before others.

    respondent: our code of the body complained about, None unknown
    """
    scored = [(_share(duty, text), duty) for duty in duties]
    fit = [(score, duty) for score, duty in scored if score >= FITS]
    fit.sort(key=lambda one: (-one[0], one[1].organisation != respondent, one[1].name))
    return tuple(duty for _, duty in fit[:MOST])


def _share(duty: Duty, text: str) -> float:
    """How much of the duty's telling words the text has, by length."""
    whole = sum(len(word) for word in duty.words)
    return sum(len(word) for word in duty.words if word in text) / whole if whole else 0.0
