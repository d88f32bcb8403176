"""The local counterpart of the province's platform: takes leads, documents, results; knows a small directory."""

from collections.abc import Mapping
from typing import Any

from connectors.partners.counterpart import Book, Counterpart, No
from connectors.province_platform.connector import ProvincePlatform

REGION = "411200"
# Names by function as in our own table of agencies, and what differs from it on purpose.
AGENCIES = (
    ("三门峡市城市管理局", "411200", "三门峡市人民政府", "有效"),
    ("三门峡市湖滨区城市管理局", "411202", "湖滨区人民政府", "有效"),
    ("湖滨区市场监督管理局", "411202", "三门峡市市场监督管理局", "有效"),
    ("陕州区城市综合管理局", "411203", "陕州区人民政府", "有效"),
    ("湖滨区测试综合行政执法大队", "411202", "湖滨区人民政府", "有效"),
    ("湖滨区农业农村局", "411202", "湖滨区人民政府", "注销"),
)
DUTIES = (
    ("对占道经营的处罚", "行政处罚", "湖滨区城市管理局", "411202"),
    ("对擅自设置户外广告的处罚", "行政处罚", "湖滨区城市管理局", "411202"),
    ("对食品生产经营的检查", "行政检查", "湖滨区市场监督管理局", "411202"),
    ("对客运车辆未取得许可从事经营的处罚", "行政处罚", "三门峡市交通运输局", "411200"),
)


def _page(rows: list[dict[str, Any]], content: Mapping[str, Any]) -> dict[str, Any]:
    if not str(content.get("areaCode", "")).startswith("4112"):
        raise No(40001, "缺少行政区划代码")
    size, page = int(content["pageSize"]), int(content["pageNo"])
    return {"items": rows[(page - 1) * size : page * size]}


def _agencies(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return _page(book.rows["agencies"], content)


def _duties(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return _page(book.rows["duties"], content)


def _lead(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return book.take("YTH", content)


def _of_a_lead(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    """A document or a result: only of a lead that came before it."""
    known = {taken.get("leadNo") for taken in book.taken if "content" in taken}
    if content.get("leadNo") not in known:
        raise No(40404, "还没有收到过这条线索")
    return book.take("YTH", content)


def counterpart(app_id: str, secret: str) -> Counterpart:
    """A platform that differs from our table of agencies in a few places."""
    agencies = [
        {
            "subjectCode": f"ZT{place:05d}",
            "subjectName": name,
            "subjectType": "法定行政机关",
            "areaCode": region,
            "superiorName": parent,
            "state": state,
        }
        for place, (name, region, parent, state) in enumerate(AGENCIES, 1)
    ]
    duties = [
        {
            "itemCode": f"QZ{place:05d}",
            "itemName": name,
            "itemType": kind,
            "subjectName": agency,
            "areaCode": region,
            "legalBasis": "【测试】依据从略",
            "state": "有效",
        }
        for place, (name, kind, agency, region) in enumerate(DUTIES, 1)
    ]
    answers = {
        "/api/v1/agencies": _agencies,
        "/api/v1/duties": _duties,
        "/api/v1/leads": _lead,
        "/api/v1/documents": _of_a_lead,
        "/api/v1/results": _of_a_lead,
    }
    book = Book({"agencies": agencies, "duties": duties})
    return Counterpart(ProvincePlatform.system, answers, app_id, secret, book=book)
