"""The virus scanner: a real clamd with one signature of our own, and one that dies; everything unclear stays in quarantine."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from connectors.clamd.connector import Clamd
from connectors.errors import ConnectorError, Garbled, Refused, Unreachable
from intake.services import handle_evidence
from intake.services.scan_evidence import scan_evidence
from tests.conftest import cannot_run
from tests.factories import files
from tests.integration.test_evidence import SHI, filed, pieces


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clamd(tmp_path_factory):
    """The address of a running clamd that knows EICAR and nothing else."""
    command = shutil.which("clamd")
    if command is None:
        cannot_run("ClamAV: clamd is not installed")
    folder = tmp_path_factory.mktemp("clamd")
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Test.Eicar:0:*:{files.EICAR.hex()}\n", "ascii")
    config = folder / "clamd.conf"
    lines = (
        f"Foreground yes\nLocalSocket {folder}/socket\nDatabaseDirectory {signatures}\nStreamMaxLength 2M\n"
    )
    config.write_text(lines, "ascii")
    process = await asyncio.create_subprocess_exec(
        command, "-c", config, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    for _ in range(200):
        if (folder / "socket").exists():
            break
        await asyncio.sleep(0.05)
    yield f"unix://{folder}/socket"
    process.terminate()
    await process.wait()


@asynccontextmanager
async def counterpart(answer):
    """A daemon that reads a while and then says `answer`, or hangs up for None."""

    async def talk(reader, writer):
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        while answer is not None and (length := int.from_bytes(await reader.readexactly(4), "big")):
            await reader.readexactly(length)
        if answer is not None:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


NESTED = files.zipped({"b.zip": files.zipped({"a.txt": files.EICAR})})


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(files.EICAR, True, id="plain"),
        pytest.param(files.zipped({"a.txt": files.EICAR}), True, id="zipped"),
        pytest.param(NESTED, True, id="zip in zip"),
        pytest.param(files.docx(**{"word/media/a": files.EICAR}), True, id="in a docx"),
        pytest.param(files.image(), False, id="photo"),
    ],
)
async def test_a_real_clamd_finds_the_test_virus_wherever_it_hides(clamd, content, found):
    assert ((await Clamd(clamd).scan(pieces(content))) is not None) == found


@pytest.mark.asyncio(loop_scope="module")
async def test_longer_than_the_daemon_takes_is_no_clean_file(clamd):
    with pytest.raises(ConnectorError):
        await Clamd(clamd).scan(pieces(bytes(5_000_000), 100_000))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, Unreachable),
        (b"stream: what", Unreachable),
        (b"stream: what\0", Garbled),
        (b"INSTREAM size limit exceeded. ERROR\0", Refused),
    ],
)
async def test_an_unclear_answer_is_an_error(answer, error):
    async with counterpart(answer) as address:
        with pytest.raises(error):
            await Clamd(address).scan(pieces(bytes(3_000_000), 100_000))


@pytest.mark.parametrize("address", ["", "http://x", "tcp://x", "unix://x", "tcp://:1"])
def test_a_wrong_address_is_refused(address):
    with pytest.raises(ValueError, match="XIANSUO_CLAMD"):
        Clamd(address)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"stream: OK\0", "clean"),
        (b"stream: Test.Eicar FOUND\0", "infected"),
        (None, "quarantined"),
        (b"INSTREAM size limit exceeded. ERROR\0", "quarantined"),
    ],
)
async def test_the_worker_lets_out_only_what_was_found_clean(house, answer, state):
    async with counterpart(answer) as address:
        house.evidence.scanner = Clamd(address)
        receipt, (one,) = await filed(house, files.image())
        await scan_evidence(house=house)
        # Not again at once: a scanner that is away is asked later.
        await scan_evidence(house=house)

    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=house)
    assert exhibit.state == state
    assert (exhibit.copy_state == "ready") == (state == "clean")
    if state == "infected":
        with pytest.raises(handle_evidence.Malformed):
            await handle_evidence.release_evidence(
                receipt.number, one, "我就要看这个", viewer=SHI, house=house
            )


async def test_a_recording_is_put_into_words_only_by_a_house_with_ears(lite):
    class Ears:
        async def transcribe(self, plain, media_type):
            return f"{media_type} {len(b''.join([p async for p in plain]))}"

    receipt, (one,) = await filed(lite, files.AMR)
    lite.evidence.speech = Ears()
    await handle_evidence.release_evidence(receipt.number, one, "需要收听录音", viewer=SHI, house=lite)

    (exhibit,) = await handle_evidence.list_evidence(receipt.number, SHI, house=lite)
    assert exhibit.transcript == f"audio/amr {len(files.AMR)}"
