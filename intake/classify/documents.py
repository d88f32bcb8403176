"""Numbers of legal documents (文号): 三市监处罚〔2024〕12号, with what people wrote before them cut off."""

from __future__ import annotations

import re

_YEAR = re.compile(r"[〔\[\(（【]\s*(?:20)?\d{2}\s*[〕\]\)）】]\s*第?\s*[\u4e00-\u9fa5]{0,2}\d")
# Pattern: domain study §4(g); 三政办〔2024〕2号 is a notice of the government, no such document. What
# people say before the number is swallowed too and must be trimmed. Before round brackets, which stand for much else,
# the kind of the document must be written.
_NUMBER = re.compile(
    r"[\u4e00-\u9fa5A-Za-z（）()]{1,20}?(?:"
    r"(?:罚先告|罚告|处罚|行罚决|罚决|当罚|行罚|责改|查扣|扣押|强制|强措|登保|存通|检查|罚|决|扣|封|强|许|准|告|责|检|复|稽|停|认|限|撤|调|砍)字?"
    r"\s*[〔\[\(（【]\s*(?:20)?\d{2}\s*[〕\]\)）】]|(?<![政办发函文规纪通公告令])\s*[〔\[【]\s*20\d{2}\s*[〕\]】])"
    r"\s*第?\s*[\u4e00-\u9fa5]{0,2}\d{1,12}(?:-\d{1,6})?\s*号"
)
_BEFORE = re.compile(
    r"^.*(?:收到了?|编号[是为：:]*|文号[是为：:]*|给我(?:的|下达的?|发的?)?|决定书|告知书|通知书|作出了?|下达了?|出具了?|送达了?|发了?|贴了?|开了?|拿着|给我下了?|单号|号码|叫做|[局队委会府所](?=[三湖陕渑卢义灵豫（(])|是|为|的|了|说|：|:|，|、|《)"
)


def find_documents(text: str) -> list[tuple[int, int, str]]:
    """(start, end, number) of each document number in a clean text."""
    found: list[tuple[int, int, str]] = []
    if not _YEAR.search(text):
        return found
    for match in _NUMBER.finditer(text):
        written = match.group()
        head = re.split(r"[〔\[\(（【]\s*(?:20)?\d", written, maxsplit=1)[0]
        cut = _BEFORE.match(head)
        start = match.start() + (cut.end() if cut and cut.end() < len(head) else 0)
        found.append((start, match.end(), re.sub(r"\s", "", text[start : match.end()])))
    return found
