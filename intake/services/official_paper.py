"""Official papers (公文) as DOCX and PDF, laid out after GB/T 9704-2012.

A4, margins 37/35/28/26 mm, title in the second size, text in the third size with 28.9 pt lines and two
signs of indent. Texts are data for both renderers, never markup.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from intake.domain.errors import XiansuoError

BODY_FONT, TITLE_FONT = "仿宋", "宋体"
BODY_PT, TITLE_PT, LINE_PT = 16, 22, 28.9
MARGINS_MM = {"top": 37, "bottom": 35, "left": 28, "right": 26}
_FONTS = ("FangSong", "FangSong_GB2312", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun",
          "Noto Sans CJK SC", "Source Han Sans SC")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """number, addressee and tables may be empty; date as written; tables: rows of cells, the first is the head."""

    title: str
    paragraphs: tuple[str, ...]
    signature: str
    date: str
    number: str = ""
    addressee: str = ""
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()


class NoFont(XiansuoError):
    code = "no_chinese_font"
    detail = "服务器上没有中文字体，不能生成 PDF。请下载 DOCX，或者请管理员安装 fonts-noto-cjk。"


def docx(paper: Paper) -> bytes:
    """The paper as a Word file."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Mm

    file: Any = Document()
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    for side, size in MARGINS_MM.items():
        setattr(page, f"{side}_margin", Mm(size))
    _paragraph(file, paper.title, font=TITLE_FONT, size=TITLE_PT, align=ALIGN.CENTER, bold=True)
    if paper.number:
        _paragraph(file, paper.number, align=ALIGN.CENTER)
    if paper.addressee:
        _paragraph(file, f"{paper.addressee}：")
    for words in paper.paragraphs:
        _paragraph(file, words, indent=True)
    for table in paper.tables:
        _docx_table(file, table)
    _paragraph(file, "")
    for words in (paper.signature, paper.date):
        _paragraph(file, words, align=ALIGN.RIGHT)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _paragraph(
    file: Any,
    words: str,
    *,
    font: str = BODY_FONT,
    size: int = BODY_PT,
    align: Any = None,
    indent: bool = False,
    bold: bool = False,
) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = file.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing, layout.space_after, layout.space_before = Pt(LINE_PT), Pt(0), Pt(0)
    if indent:
        layout.first_line_indent = Pt(2 * size)
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(words)
    run.font.size, run.font.name, run.bold = Pt(size), font, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _docx_table(file: Any, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = file.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words


def pdf(paper: Paper) -> bytes:
    """The paper as PDF, in a Chinese font of this machine. raises: NoFont"""
    import typst

    data = {
        "title": paper.title,
        "number": paper.number,
        "addressee": paper.addressee,
        "paragraphs": paper.paragraphs,
        "tables": paper.tables,
        "signature": paper.signature,
        "date": paper.date,
    }
    made: bytes = typst.compile(
        _TYPST.encode(), sys_inputs={"paper": json.dumps(data, ensure_ascii=False), "font": _font()}
    )
    return made


@cache
def _font() -> str:
    """The best Chinese font that the machine has. raises: NoFont"""
    import typst

    families = set(typst.Fonts(include_system_fonts=True).families())
    for name in _FONTS:
        if name in families:
            return name
    raise NoFont


_TYPST = """
#let paper = json(bytes(sys.inputs.paper))
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), numbering: "— 1 —")
#set text(font: sys.inputs.font, size: 16pt, lang: "zh", region: "cn")
#set par(leading: 12.9pt, spacing: 12.9pt, justify: true)
#align(center, text(size: 22pt, weight: "bold", paper.title))
#if paper.number != "" { align(center, text(paper.number)) }
#v(8pt)
#if paper.addressee != "" { par(text(paper.addressee + "：")) }
#for words in paper.paragraphs { par(first-line-indent: (amount: 2em, all: true), text(words)) }
#for rows in paper.tables {
  if rows.len() > 0 {
    set text(size: 12pt)
    table(columns: rows.at(0).len(), ..rows.flatten().map(cell => text(cell)))
  }
}
#v(16pt)
#align(right, text(paper.signature))
#align(right, text(paper.date))
"""
