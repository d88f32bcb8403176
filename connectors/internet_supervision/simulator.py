"""The local counterpart of the “Internet + supervision” system: acts on one firm; keeps what it is sent."""

from collections.abc import Mapping
from typing import Any

from connectors.partners.counterpart import Book, Counterpart
from connectors.partners.samples import AGENCY, FIRM, USCC, day_this_year


def _acts(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    found = book.matching("acts", content, ("objUscc", "objname"))["items"]
    return {"items": [row for row in found if row["behaviorDate"].startswith(str(content["year"]))]}


def _conduct(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return book.take("HLWJG", content)


def counterpart(app_id: str, secret: str) -> Counterpart:
    """A system that knows two inspections of the invented firm."""
    rows = [
        {
            "objUscc": USCC,
            "objname": FIRM,
            "behavobjguid": f"JG{number:06d}",
            "behaviorType": "行政检查",
            "deptName": AGENCY,
            "dutyName": "市容环境卫生监督检查",
            "behaviorDate": day_this_year(days_ago),
            "officerCount": "2",
            "behaviorResult": "合格",
        }
        for number, days_ago in enumerate((2, 4), 1)
    ]
    answers = {"/api/v1/acts": _acts, "/api/v1/conduct": _conduct}
    return Counterpart("internet_supervision", answers, app_id, secret, book=Book({"acts": rows}))
