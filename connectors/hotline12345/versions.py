"""The version vector of a shared case as it travels: in 来源版本 (source_revision), "xiansuo=3,hotline12345=2".

Each number counts the changes of one side that the sender knew of. Anything else in the field is a
revision of the partner's own and says nothing about ours.
"""

import re
from collections.abc import Mapping

_TEXT = re.compile(r"[a-z0-9_]{1,24}=[0-9]{1,9}(,[a-z0-9_]{1,24}=[0-9]{1,9}){0,3}")


def write(counts: Mapping[str, int]) -> str:
    """At most 64 characters for the two systems of a case, which is what the field takes."""
    return ",".join(f"{system}={count}" for system, count in counts.items())


def read(text: object) -> dict[str, int] | None:
    """None when it is no vector."""
    if not isinstance(text, str) or not _TEXT.fullmatch(text):
        return None
    return {system: int(count) for system, _, count in (part.partition("=") for part in text.split(","))}
