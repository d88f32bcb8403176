"""The local counterpart of the random inspection system: one firm that was visited too often."""

from collections.abc import Mapping
from typing import Any

from connectors.partners.counterpart import Book, Counterpart
from connectors.partners.samples import AGENCY, FIRM, USCC, day_this_year


def _tasks(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    found = book.matching("tasks", content, ("objUscc", "objName"))["items"]
    return {"items": [row for row in found if row["checkDate"].startswith(str(content["year"]))]}


def counterpart(app_id: str, secret: str) -> Counterpart:
    """A system that knows three inspections of the invented firm, one of them not planned."""
    rows = [
        {
            "objUscc": USCC,
            "objName": FIRM,
            "taskNo": f"SSJ{number:04d}",
            "taskName": "市容环境卫生检查",
            "taskType": "双随机" if planned else "临时检查",
            "deptName": AGENCY,
            "checkItems": "市容环境卫生;门前三包",
            "checkDate": day_this_year(days_ago),
            "isPlan": "是" if planned else "否",
            "checkResult": "未发现问题",
        }
        for number, (days_ago, planned) in enumerate(((1, False), (3, True), (5, True)), 1)
    ]
    return Counterpart(
        "random_inspection", {"/api/v1/tasks": _tasks}, app_id, secret, book=Book({"tasks": rows})
    )
