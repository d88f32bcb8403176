"""What may be sent as evidence, told by its content and never by its name."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

import filetype

from intake.domain.errors import UnsupportedMedia

SNIFF = 8192
LARGEST_OPENED = 400 * 1024 * 1024  # what an office file may say it unpacks to
MOST_MEMBERS = 5000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SILK = (b"\x02#!SILK_V3", b"#!SILK_V3")
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Media:
    """kind: image | document | audio | video; suffix: of a downloaded file."""

    media_type: str
    kind: str
    suffix: str
    label: str


JPEG = Media("image/jpeg", "image", "jpg", "图片")
DOCX = Media(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document", "docx", "Word 文档"
)
XLSX = Media(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document", "xlsx", "Excel 表格"
)
ACCEPTED: dict[str, Media] = {
    m.media_type: m
    for m in (
        JPEG,
        Media("image/png", "image", "png", "图片"),
        Media("image/webp", "image", "webp", "图片"),
        Media("image/heic", "image", "heic", "图片"),
        Media("application/pdf", "document", "pdf", "PDF 文档"),
        Media("video/mp4", "video", "mp4", "视频"),
        Media("video/quicktime", "video", "mov", "视频"),
        Media("audio/mp4", "audio", "m4a", "录音"),
        Media("audio/amr", "audio", "amr", "录音"),
        Media("audio/mpeg", "audio", "mp3", "录音"),
        Media("audio/silk", "audio", "silk", "微信语音"),
        DOCX,
        XLSX,
    )
}
WORDS = "只能上传照片（JPG、PNG、WebP、HEIC）、PDF、Word、Excel、视频（MP4、MOV）和录音（M4A、AMR、MP3）。"
_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_FORBIDDEN_IN_PATH = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")


def told_by(head: bytes) -> Media | None:
    """The media of a file by its first SNIFF bytes; None for an office file, which only its whole tells.

    raises: UnsupportedMedia
    """
    if head.startswith(SILK):
        return ACCEPTED["audio/silk"]
    if head.startswith(OLE):
        raise UnsupportedMedia(
            "旧版 Office 文件不能上传，请另存为 DOCX、XLSX 或 PDF 后再试。", code="old_office"
        )
    if head.startswith(ZIP):
        return None
    guessed = filetype.guess(head)
    mime = {"audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "image/heif": "image/heic"}.get(
        guessed.mime if guessed else "", guessed.mime if guessed else ""
    )
    found = ACCEPTED.get(mime)
    if found is None:
        raise UnsupportedMedia(WORDS)
    return found


def told_by_members(whole: bytes) -> Media:
    """DOCX or XLSX, when the zip is truly one, without macros and not larger than it should be inside.

    raises: UnsupportedMedia
    """
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as members:
            infos = members.infolist()
            names = {info.filename for info in infos}
            declared = sum(info.file_size for info in infos)
            if len(infos) > MOST_MEMBERS or declared > LARGEST_OPENED:
                raise UnsupportedMedia("这个文件展开后太大，无法接收。", code="bomb")
            found = [media for name, media in _OFFICE.items() if name in names]
            if "[Content_Types].xml" not in names or len(found) != 1:
                raise UnsupportedMedia(WORDS)
            with members.open("[Content_Types].xml") as part:
                types = part.read(1_000_000).lower()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnsupportedMedia(WORDS) from error
    if b"macroenabled" in types or any(n.lower().endswith(("vbaproject.bin", ".ole")) for n in names):
        raise UnsupportedMedia("含有宏的文件不能上传，请另存为不含宏的 DOCX、XLSX 或 PDF。", code="macros")
    return found[0]


def tidy_name(name: str, media: Media) -> str:
    """A name safe to show and to save: no path, no signs, at most 80 letters, the suffix of its content."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Signs that turn the direction of writing make "exe.jpg" of "gpj.exe".
    base = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    stem = _FORBIDDEN_IN_PATH.sub("", base).strip(" .").rsplit(".", 1)[0].strip(" .")[:80]
    return f"{stem or '附件'}.{media.suffix}"
