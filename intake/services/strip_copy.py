"""The stripped copy of an image: pixels only, no place, no device, nothing appended. For a thread, never the event loop."""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

register_heif_opener()
Image.MAX_IMAGE_PIXELS = 40_000_000
LARGEST_SIDE = 2560
READ = ("JPEG", "PNG", "WEBP", "HEIF")
WRITE = {"image/png": ("PNG", {}), "image/webp": ("WEBP", {"quality": 85})}
TAKEN_AT, GPS, EXIF_IFD, ORIGINAL_AT = 306, 34853, 34665, 36867


class CannotCopy(Exception):
    """Not an image that can be opened, or one that would fill the memory."""


def strip_copy(content: bytes, media_type: str) -> tuple[bytes, str, dict[str, Any]]:
    """(copy, its media type, facts): facts are {"width", "height", "has_location", "taken_at"?} of the original.

    raises: CannotCopy
    """
    try:
        # Between one and two times the limit Pillow only warns.
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=READ) as image:
                facts = _facts(image)
                image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
                upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            return (*_written(upright, media_type), facts)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
    ) as error:
        raise CannotCopy from error


def _written(image: Image.Image, media_type: str) -> tuple[bytes, str]:
    kind, options = WRITE.get(media_type, ("JPEG", {"quality": 85}))
    # A new image from the pixels alone: what the old one knew besides stays behind.
    mode = "RGB" if kind == "JPEG" or image.mode not in ("RGB", "RGBA", "L") else image.mode
    if mode == "RGB" and "transparency" in image.info and kind != "JPEG":
        mode = "RGBA"
    clean = Image.new(mode, image.size)
    clean.paste(image.convert(mode))
    out = io.BytesIO()
    clean.save(out, kind, **options)
    return out.getvalue(), f"image/{kind.lower()}"


def _facts(image: Image.Image) -> dict[str, Any]:
    exif = image.getexif()
    taken = exif.get_ifd(EXIF_IFD).get(ORIGINAL_AT) or exif.get(TAKEN_AT)
    facts: dict[str, Any] = {
        "width": image.width,
        "height": image.height,
        "has_location": bool(exif.get_ifd(GPS)),
    }
    if isinstance(taken, str) and taken.strip("\0 "):
        day, _, hour = taken.strip("\0 ")[:19].partition(" ")
        facts["taken_at"] = f"{day.replace(':', '-')} {hour}".strip()
    return facts
