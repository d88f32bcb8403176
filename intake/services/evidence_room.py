"""What evidence needs: the file store, the scanner, ears if there are any, and the limits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from intake.domain.errors import StoreUnavailable
from intake.services.house import House
from intake.store.evidence_files import EvidenceFiles

log = logging.getLogger(__name__)
MB = 1024 * 1024


class Scanner(Protocol):
    """connectors.clamd: the name of what was found, None for nothing; raises ConnectorError."""

    async def scan(self, plain: AsyncIterator[bytes]) -> str | None: ...


class SpeechToText(Protocol):
    """Words of a recording; "" when none were heard. None is configured by default."""

    async def transcribe(self, plain: AsyncIterator[bytes], media_type: str) -> str: ...


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """Bytes of one file by kind, files and bytes of one case, bytes of one address in a day."""

    file: int = 20 * MB
    video: int = 200 * MB
    files: int = 9
    case: int = 600 * MB
    day: int = 2000 * MB

    def of(self, kind: str) -> int:
        return self.video if kind == "video" else self.file


@dataclass
class EvidenceRoom:
    files: EvidenceFiles
    scanner: Scanner | None = None
    speech: SpeechToText | None = None
    limits: EvidenceLimits = field(default_factory=EvidenceLimits)
    # Looking into a file takes it into memory (at most 20 MB) and a processor: two at a time, in threads.
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


def evidence_room(house: House) -> EvidenceRoom:
    """raises: StoreUnavailable when the house keeps no evidence"""
    if house.evidence is None:
        raise StoreUnavailable
    return house.evidence


def original(attachment_id: str) -> str:
    return f"originals/{attachment_id}"


def stripped(attachment_id: str) -> str:
    return f"copies/{attachment_id}"


async def whole(files: EvidenceFiles, name: str, key: bytes) -> bytes:
    """A file in memory; only for kinds limited to 20 MB."""
    return b"".join([part async for part in files.get(name, key)])
