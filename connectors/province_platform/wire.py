"""The directory of the province's platform: bodies that enforce and their duties; names of theirs in data/fields.csv."""

from dataclasses import dataclass
from typing import ClassVar

_ENDED = ("注销", "撤销", "废止", "停用", "失效", "取消")


@dataclass(frozen=True, slots=True)
class DirectoryAgency:
    """A body that enforces (行政执法主体)."""

    record: ClassVar[str] = "agency"

    number: str | None
    name: str
    kind: str | None
    region: str | None
    parent_name: str | None
    state: str | None

    @property
    def is_ended(self) -> bool:
        return any(word in (self.state or "") for word in _ENDED)


@dataclass(frozen=True, slots=True)
class DirectoryDuty:
    """One line of a list of duties (权责清单); agency: the body that has it, by name."""

    record: ClassVar[str] = "duty"

    number: str
    name: str
    kind: str | None
    agency: str
    region: str | None
    basis: str | None
    state: str | None

    @property
    def is_ended(self) -> bool:
        return any(word in (self.state or "") for word in _ENDED)
