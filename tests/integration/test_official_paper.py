"""Official papers: the right measures in DOCX, a PDF that says what was written, markup stays text."""

import io
import re
import shutil
import subprocess

import docx as word
import pytest
import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from intake.domain.errors import Malformed
from intake.services import official_paper
from intake.services.official_paper import Paper
from tests.conftest import cannot_run

ROUGH = '#read("/etc/passwd") *粗* $x$ <b> \\ "引号" #panic()\x00\x0b'
PAPER = Paper(
    "关于测试的通报",
    "各单位：",
    ("一、总体情况", "正文一段，" * 30, ROUGH),
    "三门峡市司法局",
    "2026年11月23日",
)


def test_a_word_document_has_the_measures_of_an_official_paper():
    book = word.Document(io.BytesIO(official_paper.docx(PAPER)))
    title, addressee, heading, body, rough, signature, date = book.paragraphs
    page = book.sections[0]

    assert [round(side.mm) for side in (page.page_width, page.page_height, page.left_margin)] == [
        210,
        297,
        28,
    ]
    assert title.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert title.runs[0].font.size == Pt(22)
    assert body.runs[0].font.size == Pt(16)
    assert body.paragraph_format.line_spacing == Pt(28.9)
    assert body.paragraph_format.first_line_indent == Pt(32)
    assert addressee.paragraph_format.first_line_indent is None
    assert [line.runs[0].font.name for line in (heading, body)] == ["黑体", "仿宋"]
    assert rough.text == ROUGH[:-2]
    assert (signature.text, date.text) == ("三门峡市司法局", "2026年11月23日")


def test_a_pdf_is_made_and_markup_in_it_is_only_text():
    if not {official_paper.SERIF, official_paper.SANS} & set(typst.Fonts().families()):
        cannot_run("a Chinese font: official papers are not set without one")
    assert official_paper.pdf(PAPER).startswith(b"%PDF")


def test_without_a_chinese_font_the_word_document_is_offered(monkeypatch):
    monkeypatch.setattr(official_paper, "_families", frozenset)
    with pytest.raises(Malformed) as refused:
        official_paper.pdf(PAPER)
    assert "DOCX" in refused.value.detail


def test_a_paper_may_lack_addressee_signature_and_date():
    book = word.Document(io.BytesIO(official_paper.docx(Paper("标题", "", ("正文",), "", ""))))
    assert [line.text for line in book.paragraphs] == ["标题", "正文"]


LONG = Paper(
    "关于测试的通报", "各单位：", ("正文一段，" * 400,), "三门峡市司法局", "2026年11月23日", "三司〔2026〕1号"
)


def test_both_files_number_their_pages_at_the_foot():
    book = word.Document(io.BytesIO(official_paper.docx(LONG)))
    foot = book.sections[0].footer.paragraphs[0]
    marks = re.findall(r'fldCharType="(\w+)"|<w:instrText[^>]*>([^<]*)<', foot._element.xml)

    assert foot.text == "— 1 —"
    assert [one or other for one, other in marks] == ["begin", " PAGE ", "separate", "end"]
    assert re.findall(r"—\s*(\d+)\s*—", _printed(LONG)) == ["1", "2", "3", "4"]


def test_both_files_say_the_same():
    book = word.Document(io.BytesIO(official_paper.docx(PAPER)))
    words = "".join("".join(p.text for p in book.paragraphs).split())

    printed = re.sub(r"—\s*\d+\s*—", "", _printed(PAPER))

    assert "".join(printed.split()) == words


def _printed(paper):
    """The text of the PDF, as a reader's program finds it."""
    if shutil.which("pdftotext") is None or not {official_paper.SERIF, official_paper.SANS} & set(
        typst.Fonts().families()
    ):
        cannot_run("PDF text: no pdftotext (poppler) or no Chinese font here")
    made = official_paper.pdf(paper)
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
