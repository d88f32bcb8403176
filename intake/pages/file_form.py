"""Forms with files, without scripts: fields and received files of one multipart request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import Request

from intake.api.attachments import PACE
from intake.api.deps import address
from intake.api.multipart import read_parts
from intake.api.upload_quota import UPLOADS
from intake.domain.errors import FileTooLarge, Malformed, TooMany, TooManyFiles, UnsupportedMedia
from intake.services.attach_evidence import day_bytes, most_files
from intake.services.house import House
from intake.services.receive_evidence import receive_evidence

KEPT = "kept_file"


@dataclass
class FileForm:
    """files: (id, name), those of an earlier try included; refused: why single files were not taken."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_proved: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one for one, _ in self.files)


async def read_file_form(
    request: Request, *, house: House, proves: Callable[[Mapping[str, str]], Awaitable[object]] | None = None
) -> FileForm:
    """The form, whether it came with files or without.

    proves: awaited with the fields that came before the first file; what it raises ends the reading, and
            nothing of any file is kept
    raises: Malformed; StoreUnavailable; whatever `proves` raises
    """
    form = FileForm()
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        sent = await request.form(max_fields=60, max_files=0)
        form.fields = {name: str(value) for name, value in sent.items()}
    else:

        async def take(_field: str, name: str, plain: AsyncIterator[bytes]) -> None:
            if proves is not None and not form.is_proved:
                await proves(request.scope["xiansuo.fields"])
                form.is_proved = True
            await _receive(form, name, plain, address(request), house=house)

        form.fields = await read_parts(request, take)
    for name in [n for n in form.fields if n.startswith(f"{KEPT}_")]:
        form.files.append((name.removeprefix(f"{KEPT}_"), form.fields.pop(name)[:90]))
    return form


async def _receive(
    form: FileForm, name: str, plain: AsyncIterator[bytes], client: str, *, house: House
) -> None:
    try:
        await PACE.take(client)
        if len(form.files) >= most_files(house):
            raise TooManyFiles(f"最多只能附 {most_files(house)} 个文件。")
        most = day_bytes(house)
        counted = UPLOADS.counted(client, plain, most=most, clock=house.clock)
        received = await receive_evidence(name, counted, house=house)
        form.files.append((received.id, received.name))
    except (UnsupportedMedia, FileTooLarge, TooManyFiles, TooMany) as error:
        form.refused.append(f"{name[:80]}：{error.detail}")
    except Malformed as error:
        if error.fields[0].code == "bad_multipart":
            raise
        form.refused.append(f"{name[:80]}：{error.detail}")
    # What is left of a refused file is read past, so that the fields after it still arrive.
    async for _ in plain:
        pass
