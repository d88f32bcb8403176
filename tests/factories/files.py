"""Small files of every kind, made here: honest ones and hostile ones."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GPS = 34853


def image(kind="JPEG", size=(640, 480), *, place=True, turned=False):
    made = Image.new("RGB", size, (180, 40, 40))
    exif = Image.Exif()
    exif[306] = "2026:11:20 09:30:00"
    exif[271] = "TESTCAMERA"
    if turned:
        exif[274] = 6
    if place:
        exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    if kind == "HEIC":
        import pillow_heif

        pillow_heif.from_pillow(made).save(out, exif=exif.tobytes())
    else:
        made.save(out, kind, exif=exif)
    return out.getvalue()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


TYPES = "<Types><Override ContentType='application/vnd.openxmlformats'/></Types>"


def docx(**more):
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": "<w/>"} | more)


def xlsx():
    return zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<w/>"})


def mp4(length):
    """The head of a video and `length` bytes in all, a piece at a time."""
    head = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
    yield head
    left = length - len(head)
    block = bytes(range(256)) * 256
    while left > 0:
        yield block[:left]
        left -= len(block)


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
AMR = b"#!AMR\n" + bytes(200)
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(200)
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + bytes(200)
SILK = b"\x02#!SILK_V3" + bytes(100)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
HTML = b"<!doctype html><script>alert(1)</script>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def forged_bomb():
    """A PNG whose header says 30000 x 30000."""
    whole = bytearray(image("PNG", (8, 8), place=False))
    import zlib

    whole[16:24] = (30000).to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


def swollen_docx():
    """A docx that says it holds 500 MB."""
    return docx(**{"word/media/a.bin": bytes(500 * 1024 * 1024)})
