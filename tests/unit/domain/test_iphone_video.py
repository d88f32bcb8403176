"""A video from an iPhone is evidence like any other."""

from __future__ import annotations

from intake.domain.media import told_by

MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  \x00\x00\x00\x08wide" + bytes(200)


def test_a_quicktime_film_is_taken_as_a_video():
    found = told_by(MOV)
    assert (found.media_type, found.kind, found.suffix) == ("video/quicktime", "video", "mov")
