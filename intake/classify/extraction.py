"""Everything a text names, with spans: the facts a supervisor checks first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from intake.classify import amounts, documents, people, persons, remedies, times
from intake.classify.normalise import Clean
from intake.domain.classification import Span
from intake.domain.enterprise import normalise_uscc
from intake.domain.privacy import find_secrets

# What identifies a person is pointed at, never repeated.
_SILENT = {"phone": "phone", "id": "id_number", "card": "bank_card", "mail": "mail", "wechat": "wechat"}


@dataclass(frozen=True, slots=True)
class Facts:
    """spans: in order of the raw text; the other fields are read off them.

    names: firms and document numbers as spans of the clean text
    """

    spans: tuple[Span, ...]
    when: times.Found | None
    documents: tuple[str, ...]
    amounts: tuple[float, ...]
    enterprise: str | None
    uscc: str | None
    tried: tuple[str, ...]
    names: tuple[tuple[int, int], ...]


def extract(raw: str, clean: Clean, today: dt.date, standing: Sequence[tuple[int, int]] = ()) -> Facts:
    """today: local date that relative times count from; standing: where places stand in the clean text"""
    text = clean.text
    said = times.find_times(text, today)
    when = times.incident_time(said, today)
    sums = amounts.find_amounts(text)
    tried = remedies.find_tried(text)
    firms = people.find_firms(text, standing)
    named = people.own_firm(text, firms)
    code = people.find_uscc(raw)
    spans = [_span("amount", clean, a, b, f"{value:g}") for a, b, value in sums]
    spans += [_span("officer", clean, a, b, text[a:b]) for a, b in persons.find_officers(text)]
    spans += [_span("tried", clean, a, b, way) for way, a, b in tried]
    spans += [_span("clock", clean, a, b, kind) for kind, a, b in remedies.find_clocks(text)]
    written = [(a, b) for a, b, _ in documents.find_documents(text)]
    numbers = [_span("document", clean, a, b, "") for a, b in written]
    numbers = [Span(s.kind, s.start, s.end, "".join(raw[s.start : s.end].split())) for s in numbers]
    spans += numbers
    spans += [_span("time", clean, t.start, t.end, f"{t.first}/{t.last}") for t in said]
    spans += [_span("enterprise", clean, a, b, text[a:b]) for a, b in firms]
    if code:
        spans.append(Span("uscc", *code, normalise_uscc(raw[slice(*code)])))
    for secret in find_secrets(raw):
        if secret.kind == "plate":
            spans.append(Span("plate", secret.start, secret.end, secret.value))
        else:
            spans.append(Span(_SILENT[secret.kind], secret.start, secret.end, None))
    return Facts(
        tuple(sorted(spans, key=lambda s: (s.start, s.end, s.kind))),
        when,
        tuple(dict.fromkeys(s.value or "" for s in numbers)),
        tuple(dict.fromkeys(value for _, _, value in sums)),
        text[slice(*named)] if named else None,
        normalise_uscc(raw[slice(*code)]) if code else None,
        tuple(way for way, _, _ in tried),
        (*firms, *written),
    )


def _span(kind: str, clean: Clean, start: int, end: int, value: str | None) -> Span:
    return Span(kind, *clean.raw_span(start, end), value)
