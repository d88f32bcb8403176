"""What was recognised, shown in the text itself: which words, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from intake.domain import taxonomy

A_FEW = 8  # signs; what is longer is a clause, in which agency, time or sum stand too
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)(万)?[余多]?[元块]")


def marks_of(classification: dict[str, Any], raw: str) -> list[tuple[str, str]]:
    """(words of the text, reason), as far as the classification names words.

    raw: the text as it was classified; spans are offsets into it
    """
    found = [
        (words, f"{p['code']} {taxonomy.label(p['code'])}")
        for p in classification.get("problem_types", [])
        for words in p.get("evidence", [])
        if len(words) <= A_FEW
    ]
    for key, reason in (("agency", "机关"), ("region", "地点")):
        mention = classification.get(key) or {}
        if mention.get("span"):
            start, end = mention["span"]
            found.append((raw[start:end], f"{reason}：{mention['name']}"))
    if classification.get("incident_time"):
        found.append((classification["incident_time"]["text"], "事发时间"))
    found += [(number, "文书文号") for number in classification.get("document_numbers", [])]
    if classification.get("demand"):
        found.append((classification["demand"], "诉求"))
    found += [(words, "紧急程度") for words in classification.get("urgency", {}).get("reasons", [])]
    return found + _amounts(classification.get("amounts_yuan", []), raw)


def remarks_of(classification: dict[str, Any]) -> list[tuple[str, str]]:
    """(clauses, reason) of what scope and problem types were recognised by: the ground on which the other marks stand."""
    scope = classification.get("scope") or {}
    labels = [*classification.get("problem_types", []), *([scope] if scope.get("code") else [])]
    return [
        (words, f"{label['code']} {taxonomy.label(label['code'])}")
        for label in labels
        for words in label.get("evidence", [])
        if len(words) > A_FEW
    ]


def _amounts(amounts: Sequence[float], raw: str) -> list[tuple[str, str]]:
    return [
        (m.group(), "金额")
        for m in _AMOUNT.finditer(raw)
        if float(m.group(1)) * (10_000 if m.group(2) else 1) in amounts
    ]


def recognised(shown: str, classification: dict[str, Any], raw: str) -> Markup:
    """The text as it is shown, with all that was recognised in it marked. raw: as it was classified"""
    return highlight(shown, marks_of(classification, raw), remarks_of(classification))


def highlight(text: str, marks: Sequence[tuple[str, str]], ground: Sequence[tuple[str, str]] = ()) -> Markup:
    """The text, escaped, with each (words, reason) marked once; longer words win, `ground` fills what they leave.

    The reason is a title for the mouse and hidden words for a screen reader.
    """
    parts, last = [Markup("")], 0
    for start, end, reason in _spans(text, marks, ground):
        why = Markup('<span class="hidden">（{}）</span>').format(reason)
        mark = Markup('<mark title="{}">{}{}</mark>').format(reason, text[start:end], why)
        parts += [escape(text[last:start]), mark]
        last = end
    return Markup("").join([*parts, escape(text[last:])])


def _spans(
    text: str, marks: Sequence[tuple[str, str]], ground: Sequence[tuple[str, str]]
) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    lowered = text.lower()
    # Lower case of some letters is longer (İ): offsets would no longer fit.
    lowered = lowered if len(lowered) == len(text) else text
    for words, reason in sorted(marks, key=lambda m: -len(m[0])):
        start, end = _place(lowered, words)
        if start >= 0 and not any(a < end and start < b for a, b, _ in found):
            found.append((start, end, reason))
    for words, reason in ground:
        start, end = _place(lowered, words)
        if start >= 0:
            found += [(a, b, reason) for a, b in _left(start, end, found)]
    return sorted(found)


def _place(lowered: str, words: str) -> tuple[int, int]:
    """Where words first stand, (-1, -1) when nowhere."""
    start = lowered.find(words.lower()) if len(words) > 1 else -1
    if start < 0:
        return -1, -1
    end = start + len(words)
    # Evidence may begin inside a number ("0元" of "200元"): show the whole number.
    while start and lowered[start].isdigit() and lowered[start - 1].isdigit():
        start -= 1
    return start, end


def _left(start: int, end: int, taken: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """The parts of a span that nothing else marks, two signs and more."""
    parts, at = [], start
    for a, b, _ in sorted(taken):
        if a < end and at < b:
            parts.append((at, a))
            at = b
    parts.append((at, end))
    return [(a, b) for a, b in parts if b - a > 1]
