"""The draft of a month's circular (通报), from the figures that the viewer may see; a person edits and signs it."""

from __future__ import annotations

from typing import Any

from intake.domain import periods, taxonomy
from intake.domain.conflict import Viewer
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.month_figures import UNKNOWN
from intake.services.official_paper import Paper
from intake.services.read_statistics import read_statistics

CITY = "411200"
WORK = (
    "（一）依法及时处理。对已受理的线索逐件核查，在规定时限内答复投诉人；超过时限的，说明原因并抓紧办结。",
    "（二）整改突出问题。对反映集中的领域和问题查找原因，规范执法行为，防止同类问题再次发生。",
    "（三）保护投诉人。不得泄露投诉人信息，不得打击报复。",
)


async def write_circular(viewer: Viewer, month: periods.Period, *, house: House) -> Paper:
    """raises: Forbidden"""
    figures = await read_statistics(viewer, month.first, month.last, house=house)
    is_city = viewer.region == CITY
    place = "全市" if is_city else house.region_names.get(viewer.region, "")
    today = house.clock().astimezone(LOCAL).date()
    organisation = house.organisations.get(viewer.organisation)
    return Paper(
        title=f"关于{month.label}行政执法投诉线索办理情况的通报",
        addressee="各县（市、区）司法局，市直各行政执法单位：" if is_city else "各行政执法单位：",
        paragraphs=(
            "一、总体情况",
            _overall(figures, month, place),
            "二、分布情况",
            *_spread(figures, house),
            "三、突出问题",
            *_spots(figures, house),
            "四、工作要求",
            *WORK,
        ),
        signature=organisation.name if organisation else "",
        date=f"{today.year}年{today.month}月{today.day}日",
    )


def _overall(figures: dict[str, Any], month: periods.Period, place: str) -> str:
    o, before = figures["overview"], figures["before"]
    labels = (("accepted", "受理"), ("not_accepted", "不予受理"), ("closed", "办结"), ("green", "绿色通道"))
    # What is hidden is left out: a circular is read by everybody.
    parts = [f"{label}{o[name]['shown']}件" for name, label in labels if o[name]["shown"] != "不显示"]
    if o["on_time_percent"] is not None:
        parts.append(f"按期率{o['on_time_percent']}%")
    if o["median_rating"] is not None:
        parts.append(f"群众评价中位数{o['median_rating']:g}分（满分5分）")
    said = (
        f"{month.label}，{place}共收到行政执法投诉线索{o['received']['shown']}件（上月{before['shown']}件）"
    )
    return f"{said}，其中{'，'.join(parts)}。" if parts else f"{said}。"


def _spread(figures: dict[str, Any], house: House) -> list[str]:
    names = {**house.region_names, UNKNOWN: "未明"}
    tables = (("regions", "地区"), ("domains", "领域"), ("problems", "问题类型"))
    return [f"按{title}：{_listed(figures[table], names)}。" for table, title in tables]


def _listed(rows: list[dict[str, Any]] | None, names: dict[str, str]) -> str:
    """The shown cells, the largest first; those that are hidden stay together and unnamed."""
    shown = [r for r in rows or () if r["count"] is not None]
    shown.sort(key=lambda r: (-r["count"], r["code"]))
    parts = [f"{names.get(r['code'], taxonomy.label(r['code']))}{r['count']}件" for r in shown]
    if rows is None or len(shown) < len(rows):
        parts.append("其余数量较少，不分列" if parts else "数量较少，不分列")
    return "，".join(parts) or "本月没有线索"


def _spots(figures: dict[str, Any], house: House) -> list[str]:
    """Each frequent combination, and how it moved where that may be told."""
    found = []
    for s in figures["hot_spots"]:
        where = house.region_names.get(s["region"], "地点未明")
        words = f"{where}{taxonomy.label(s['domain'])}领域“{taxonomy.label(s['problem'])}”{s['count']}件"
        if s["growth"]:
            words += f"，比上月{'多' if s['growth'] > 0 else '少'}{abs(s['growth'])}件"
        found.append(f"{words}。")
    return found or ["本月没有在同一地区、同一领域集中出现的问题。"]
