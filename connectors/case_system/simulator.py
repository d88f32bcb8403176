"""The local counterpart of a department's case handling system: one case file, shown only for a formal request."""

from collections.abc import Mapping
from typing import Any

from connectors.partners.counterpart import Book, Counterpart, No
from connectors.partners.samples import AGENCY, DOCUMENT, day


def _case_files(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    if not (content.get("dyhNo") and content.get("dyReason")):
        raise No(40003, "调取案卷须写明调卷函编号和理由")
    return book.matching("case_files", content, ("wsh",))


def counterpart(app_id: str, secret: str) -> Counterpart:
    """A system that knows the invented document of samples.py."""
    row = {
        "ajbh": "AJ20260099",
        "wsh": DOCUMENT,
        "ajmc": "测试占道经营案",
        "badw": AGENCY,
        "larq": day(50),
        "gzrq": day(45),
        "cfjdrq": day(40),
        "cfyj": "《河南省城市市容和环境卫生管理条例》",
        "fkje": "5000.00",
        "zfrysl": "1",
        "sffzsh": "否",
        "wsqd": ["立案审批表", "行政处罚决定书"],
    }
    return Counterpart(
        "case_system",
        {"/api/v1/case-files": _case_files},
        app_id,
        secret,
        book=Book({"case_files": [row]}),
    )
