"""A copy of a complaint that does not tell who wrote it, for the agency it complains about.

Numbers, firms and the complainant's own name are taken out by machine; the way a story is told may
still betray its author, so a person reads and edits the copy before it goes anywhere.
"""

from __future__ import annotations

import re

from intake.domain.privacy import find_secrets
from intake.store.tables import Complaint, Lead
from intake.store.unit_of_work import UnitOfWork

_LABELS = {
    "phone": "〔电话〕",
    "id": "〔证件号〕",
    "card": "〔卡号〕",
    "plate": "〔车牌〕",
    "mail": "〔邮箱〕",
    "wechat": "〔微信号〕",
    "enterprise": "〔企业〕",
    "uscc": "〔企业代码〕",
}
_PERSON = "〔投诉人〕"
_SELF = re.compile(r"(?:我叫|本人叫|本人姓名[:：]?|姓名[:：])([\u4e00-\u9fa5]{2,4}?)(?=[，。,、；;\s（(]|$)")


async def masked_copy(lead: Lead, complaint: Complaint, uow: UnitOfWork, *, text: str | None = None) -> str:
    """The complaint's text, or other words of it, with what identifies persons and firms replaced by what it is."""
    spans_hold = text is None
    text = complaint.text if text is None else text
    spans = [(s.start, s.end, _LABELS[s.kind]) for s in find_secrets(text)]
    for said in (lead.classification.get("spans") or ()) if spans_hold else ():
        if said.get("kind") in ("enterprise", "uscc") and said.get("end", 0) <= len(text):
            spans.append((said["start"], said["end"], _LABELS[said["kind"]]))
    spans += [(*match.span(1), _PERSON) for match in _SELF.finditer(text)]
    # The sealed name is compared here and never leaves this function: no opening in the sense of the record.
    person = await uow.complaints.open_identity(complaint.id) or {}
    known = {
        person.get("name"): _PERSON,
        complaint.enterprise_name: "〔企业〕",
        complaint.uscc: "〔企业代码〕",
    }
    for words, label in known.items():
        if words and len(words) >= 2:
            spans += [(m.start(), m.end(), label) for m in re.finditer(re.escape(words), text)]
    return _replaced(text, spans)


def _replaced(text: str, spans: list[tuple[int, int, str]]) -> str:
    parts, last = [], 0
    for start, end, label in sorted(spans, key=lambda s: (s[0], -s[1])):
        if start < last:
            continue
        parts += [text[last:start], label]
        last = end
    return "".join([*parts, text[last:]])
