"""Official papers (公文) as DOCX and PDF: A4 and type after GB/T 9704; what people wrote is data, never markup.

Both functions take a moment of processor time: call them in a thread.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, dataclass
from functools import cache

import docx as word
import typst
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from intake.domain.errors import FieldProblem, Malformed

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"
NO_FONT = "这台服务器没有可用的中文字体，不能生成 PDF。请改用 Word（DOCX）。"
# What the page may be set in, the best first; the first is for body and title, the second for headings.
SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
# A line of its own such as 一、总体情况 is a heading.
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、.{1,30}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
LINE, BODY, TITLE, FOOT = 28.9, 16, 22, 14

_TEMPLATE = b"""
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set page(paper: "a4", margin: (top: 37mm, left: 28mm, bottom: 35mm, right: 26mm),
  footer: context align(center, text(14pt)[\\u{2014} #counter(page).display() \\u{2014}]))
// Height of a line: 1 em of 16 pt and 12.9 pt between.
#set text(font: paper.fonts, size: 16pt, lang: "zh", region: "cn", top-edge: 0.88em, bottom-edge: -0.12em)
#set par(leading: 12.9pt, spacing: 12.9pt, justify: true)
#align(center, text(22pt, weight: "bold", paper.title))
#v(16pt)
#if paper.number != "" { align(center, paper.number) }
#if paper.addressee != "" { paper.addressee; parbreak() }
#for line in paper.lines {
  par(first-line-indent: (amount: 2em, all: true),
    if line.heading { text(font: paper.headings, line.words) } else { line.words })
}
#v(28.9pt)
#if paper.signature != "" { align(right, pad(right: 2em, paper.signature)) }
#if paper.date != "" { align(right, pad(right: 2em, paper.date)) }
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """number: 文号; addressee: 主送机关, with its colon; signature: 署名; date: as it is to stand there; "" leaves a part out."""

    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    signature: str
    date: str
    number: str = ""


def docx(paper: Paper) -> bytes:
    """The paper for a word processor, in the type that offices have (仿宋, 黑体, 小标宋)."""
    paper, book = _printable(paper), word.Document()
    page = book.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    book.core_properties.title = paper.title[:255]
    book.core_properties.author = book.core_properties.comments = ""
    title = _line(book, paper.title, "方正小标宋简体", TITLE)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(BODY)
    if paper.number:
        _line(book, paper.number).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if paper.addressee:
        _line(book, paper.addressee)
    for words in paper.paragraphs:
        line = _line(book, words, "黑体" if is_heading(words) else "仿宋")
        line.paragraph_format.first_line_indent = Pt(2 * BODY)
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for place, words in enumerate(w for w in (paper.signature, paper.date) if w):
        line = _line(book, words)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(2 * BODY)
        line.paragraph_format.space_before = Pt(0 if place else LINE)
    _number_pages(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _number_pages(page: Section) -> None:
    """— 1 — in the middle of the foot, as in the PDF: a field that the word processor fills in."""
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _set(foot.add_run("— "), "宋体", FOOT)
    for part in (_mark("begin"), _instruction(" PAGE "), _mark("separate"), None, _mark("end")):
        run = _set(foot.add_run("1" if part is None else ""), "宋体", FOOT)
        if part is not None:
            run._element.append(part)
    _set(foot.add_run(" —"), "宋体", FOOT)


def _mark(kind: str) -> BaseOxmlElement:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _instruction(words: str) -> BaseOxmlElement:
    wanted = OxmlElement("w:instrText")
    wanted.set(qn("xml:space"), "preserve")
    wanted.text = words
    return wanted


def _set(run: Run, font: str, size: int) -> Run:
    run.font.name, run.font.size = font, Pt(size)
    # A font has a name of its own for Chinese signs; where 小标宋 is missing, offices' programs take 宋体.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _line(book: Document, words: str, font: str = "仿宋", size: int = BODY) -> Paragraph:
    line = book.add_paragraph()
    shape = line.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    shape.space_before = shape.space_after = Pt(0)
    _set(line.add_run(words), font, size)
    return line


def pdf(paper: Paper) -> bytes:
    """The paper to print, in the Noto fonts of the system.

    raises: Malformed when there is no Chinese font
    """
    found = [font for font in (SERIF, SANS) if font in _families()]
    if not found:
        raise Malformed(FieldProblem("form", "no_font", NO_FONT))
    paper = _printable(paper)
    lines = [{"words": words, "heading": is_heading(words)} for words in paper.paragraphs]
    data = {**asdict(paper), "lines": lines, "fonts": found, "headings": found[::-1]}
    inputs = {"paper": json.dumps(data, ensure_ascii=False)}
    return bytes(typst.compile(_TEMPLATE, format="pdf", sys_inputs=inputs))


@cache
def _families() -> frozenset[str]:
    """The fonts of this machine, looked for once."""
    return frozenset(typst.Fonts().families())


def is_heading(words: str) -> bool:
    return _HEADING.fullmatch(words) is not None


def _printable(paper: Paper) -> Paper:
    """Without signs that no document may hold."""

    def clean(words: str) -> str:
        return _UNPRINTABLE.sub("", words)

    lines = tuple(clean(words) for words in paper.paragraphs)
    return Paper(
        clean(paper.title),
        clean(paper.addressee),
        lines,
        clean(paper.signature),
        clean(paper.date),
        clean(paper.number),
    )
