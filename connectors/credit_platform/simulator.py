"""The local counterpart of the credit platform: one firm with an unpublished penalty and a late repair."""

from collections.abc import Mapping
from typing import Any

from connectors.partners.counterpart import Book, Counterpart
from connectors.partners.samples import AGENCY, DOCUMENT, FIRM, USCC, day


def _penalties(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return book.matching("penalties", content, ("CF_XDR_SHXYM", "CF_WSH"))


def _licences(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return book.matching("licences", content, ("XK_XDR_SHXYM",))


def _repairs(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    return book.matching("repairs", content, ("XYXF_SHXYM",))


def counterpart(app_id: str, secret: str) -> Counterpart:
    """A platform that knows the invented firm of samples.py."""
    penalty = {
        "CF_XDR_MC": FIRM,
        "CF_XDR_SHXYM": USCC,
        "CF_WSH": DOCUMENT,
        "CF_WFXW": "占道经营",
        "CF_CFLB": "罚款",
        "CF_NR": "罚款人民币伍仟元",
        "CF_NR_FK": "0.5",
        "CF_YJ": "《河南省城市市容和环境卫生管理条例》",
        "CF_JDRQ": day(40),
        "CF_CFJG": AGENCY,
        "CF_SJLY": AGENCY,
    }
    licence = {
        "XK_XDR_MC": FIRM,
        "XK_XDR_SHXYM": USCC,
        "XK_WSH": "湖城管许〔2026〕7号",
        "XK_XKWS": "临时占道许可",
        "XK_XKLB": "普通",
        "XK_JDRQ": day(200).replace("-", "/"),
        "XK_YXQZI": day(-165),
        "XK_XKJG": AGENCY,
    }
    repair = {
        "XYXF_SHXYM": USCC,
        "CF_WSH": "湖城管罚决字〔2025〕12号",
        "XYXF_SQRQ": day(60),
        "XYXF_BLQX": day(30),
        "XYXF_ZT": "办理中",
        "XYXF_BLJG": AGENCY,
    }
    book = Book({"penalties": [penalty], "licences": [licence], "repairs": [repair]})
    answers = {"/api/v1/penalties": _penalties, "/api/v1/licences": _licences, "/api/v1/repairs": _repairs}
    return Counterpart("credit_platform", answers, app_id, secret, book=book)
