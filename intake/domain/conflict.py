"""Who may never see what: a lead about X is invisible to every account of X.

X's family is X, its parents and its children in the organisation tree. The
rule is applied by the store in every query (never in a page), so lists,
counts, searches and single reads give the same answer as if the lead did not
exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

# Trusted reporters: they see what they reported themselves, on their own pages, and nothing else.
REPORTER_ROLES = ("supervisor_reporter", "contact_point")
STAFF_ROLES = (
    "hotline_operator",
    "supervisor",
    "city_supervisor",
    "agency",
    "green_channel_desk",
    "inspector",
    "admin",
    *REPORTER_ROLES,
)
ROLE_LABELS = {
    "hotline_operator": "热线话务员",
    "supervisor": "监督员",
    "city_supervisor": "市级监督员",
    "agency": "执法机关联络员",
    "green_channel_desk": "绿色通道专员",
    "inspector": "审计检查员",
    "admin": "系统管理员",
    "supervisor_reporter": "特邀行政执法监督员",
    "contact_point": "基层联系点",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person: account id, role, own organisation, region of duty (six digits or zone code)."""

    account: str
    name: str
    role: str
    organisation: str
    region: str
    # Whether one-time codes are set up, and when one was last given in this session.
    has_code: bool = False
    code_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a viewer may see, as the store's filter.

    queues_like: queue prefixes with region, e.g. ("supervision-411202",); None = every queue
    hidden:      respondent organisations whose leads do not exist for this viewer
    only_shared: only leads that came from or are shared with the hotline
    nothing:     sees no lead at all
    granted:     leads shown to this account by a recorded exception, whatever queue they lie in
    barred:      the viewer's own organisation and all above it: a lead about one of them stays hidden
                 even so, since nobody may look into a complaint about his own house
    reported_by: only leads that this account reported
    """

    queues_like: tuple[str, ...] | None
    hidden: frozenset[str]
    only_shared: bool = False
    nothing: bool = False
    granted: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    reported_by: str | None = None


def above(organisation: str, parents: Mapping[str, str | None]) -> frozenset[str]:
    """`organisation` and everything over it."""
    found = {organisation}
    current = parents.get(organisation)
    while current is not None and current not in found:
        found.add(current)
        current = parents.get(current)
    return frozenset(found)


def family(organisation: str, parents: Mapping[str, str | None]) -> frozenset[str]:
    """`organisation`, all above it and all below it.

    parents: organisation code -> parent code or None
    """
    below = {organisation}
    grew = True
    while grew:
        more = {code for code, parent in parents.items() if parent in below} - below
        grew = bool(more)
        below |= more
    return above(organisation, parents) | below


def sight(viewer: Viewer, parents: Mapping[str, str | None], granted: frozenset[str] = frozenset()) -> Sight:
    """The filter for `viewer`. Unknown roles see nothing.

    granted: ids of leads shown to this account by exception
    """
    hidden = family(viewer.organisation, parents)
    region = viewer.region
    city_wide = region == "411200"
    scopes: dict[str, Sight] = {
        "city_supervisor": Sight(None, hidden),
        "supervisor": Sight(
            None if city_wide else tuple(f"{desk}-{region}" for desk in ("supervision", "green", "transfer")),
            hidden,
        ),
        "green_channel_desk": Sight(("green-",) if city_wide else (f"green-{region}",), hidden),
        "hotline_operator": Sight(None, hidden, only_shared=True),
    }
    if viewer.role not in scopes:
        # An exception made for an account that has another role now counts no more.
        return Sight((), hidden, nothing=True)
    found = scopes[viewer.role]
    return replace(found, granted=granted, barred=above(viewer.organisation, parents)) if granted else found


def is_barred(organisation: str, respondents: frozenset[str], parents: Mapping[str, str | None]) -> bool:
    """Whether an organisation is a respondent itself or below one: no exception is possible."""
    return bool(above(organisation, parents) & respondents)


def trail_sight(viewer: Viewer, parents: Mapping[str, str | None]) -> Sight:
    """What an inspector sees of the leads' histories: all but those about his own family."""
    hidden = family(viewer.organisation, parents)
    return Sight(None, hidden) if viewer.role == "inspector" else Sight((), hidden, nothing=True)


def reporter_sight(viewer: Viewer, parents: Mapping[str, str | None]) -> Sight:
    """What a trusted reporter sees: his own reports, and of these none about his own family, without exception."""
    hidden = family(viewer.organisation, parents)
    if viewer.role not in REPORTER_ROLES:
        return Sight((), hidden, nothing=True)
    return Sight(None, hidden, reported_by=viewer.account)
