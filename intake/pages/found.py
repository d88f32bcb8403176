"""The words somebody looked for, marked in a line of a list."""

from __future__ import annotations

import re

from markupsafe import Markup, escape


def mark_found(text: str | None, words: tuple[str, ...] | None) -> Markup:
    """The text, escaped, with every one of `words` marked; longer words win."""
    text = text or ""
    if not words:
        return escape(text)
    pattern = re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    parts, last = [Markup("")], 0
    for match in pattern.finditer(text):
        parts += [escape(text[last : match.start()]), Markup("<mark>{}</mark>").format(match.group())]
        last = match.end()
    return Markup("").join([*parts, escape(text[last:])])


def at_most(count: int) -> str:
    """A count as a list shows it: beyond 999 nobody needs the exact number, and counting it would take long."""
    return str(count) if count < 1000 else "999+"
