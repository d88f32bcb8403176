"""Backup, restore, purge and sample cases, on both databases."""

from __future__ import annotations

import datetime as dt
import tarfile

import pytest

from intake.domain.conflict import Viewer
from intake.services import audit
from intake.services.demo import NotForProduction, fill
from intake.services.file_complaint import file_complaint
from intake.services.purge import purge
from intake.services.read_leads import list_leads
from intake.store.backup import CannotBackUp, back_up, restore
from intake.store.lead_filters import LeadFilter
from intake.store.tables import Conversation
from tests.factories.house import NOON, new_complaint, small_house

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


@pytest.fixture
async def filed(database_url, tmp_path):
    """(address of a database with one complaint, its number, its folder with a file of evidence)"""
    folder = tmp_path / "var"
    async with small_house(database_url, folder) as house:
        number = (await file_complaint(new_complaint(), house=house)).number
        await audit.anchor(folder / "anchors", house=house)
    (folder / "evidence" / "originals").mkdir(parents=True, exist_ok=True)
    (folder / "evidence" / "originals" / "a").write_bytes(b"sealed")
    return database_url, number, folder


async def test_what_was_backed_up_comes_back_whole(filed, tmp_path):
    url, number, folder = filed
    archive = tmp_path / "backup.tar"
    made = back_up(url, folder, archive, now=NOW)
    async with small_house(url, folder) as house:
        later = (await file_complaint(new_complaint(key="after-the-backup"), house=house)).number
    (folder / "evidence" / "originals" / "a").unlink()

    with pytest.raises(CannotBackUp, match="--replace"):
        restore(url, folder, archive)
    done = restore(url, folder, archive, replace=True)

    assert done["members"] == made["members"]
    assert (folder / "evidence" / "originals" / "a").read_bytes() == b"sealed"
    async with small_house(url, folder) as house:
        async with house.store.look() as uow:
            assert await uow.leads.by_number(number) is not None
            assert await uow.leads.by_number(later) is None
        verdict = await audit.verify(folder / "anchors", house=house)
    assert verdict.breaks == ()


@pytest.mark.parametrize("harm", ["flipped", "cut", "not a backup"])
async def test_a_damaged_archive_changes_nothing(filed, tmp_path, harm):
    url, number, folder = filed
    archive = tmp_path / "backup.tar"
    back_up(url, folder, archive, now=NOW)
    content = bytearray(archive.read_bytes())
    if harm == "flipped":
        with tarfile.open(archive) as tar:
            at = tar.getmember("evidence/originals/a").offset_data
        content[at] ^= 1
    elif harm == "cut":
        del content[len(content) // 2 :]
    else:
        content = bytearray(b"nothing")
    archive.write_bytes(content)

    with pytest.raises(CannotBackUp):
        restore(url, folder, archive, replace=True)

    async with small_house(url, folder) as house, house.store.look() as uow:
        assert await uow.leads.by_number(number) is not None


async def test_an_archive_is_never_written_over(filed, tmp_path):
    url, _, folder = filed
    archive = tmp_path / "backup.tar"
    archive.write_bytes(b"older")

    with pytest.raises(CannotBackUp, match="已经存在"):
        back_up(url, folder, archive, now=NOW)

    assert archive.read_bytes() == b"older"


async def test_a_backup_of_another_kind_of_database_is_refused(filed, tmp_path):
    url, _, folder = filed
    archive = tmp_path / "backup.tar"
    back_up(url, folder, archive, now=NOW)
    other = (
        "postgresql+asyncpg://127.0.0.1/none"
        if url.startswith("sqlite")
        else f"sqlite+aiosqlite:///{tmp_path}/x.db"
    )

    with pytest.raises(CannotBackUp, match="现在配置的是"):
        restore(other, folder, archive)


async def test_only_idle_talks_without_a_complaint_are_purged(house):
    old = NOON - dt.timedelta(days=200)
    async with house.store.change() as uow:
        for name, seen, waits in (
            ("idle", old, False),
            ("filed", old, False),
            ("waits", old, True),
            ("young", NOON, False),
        ):
            uow.conversations.add(
                Conversation(
                    id=name,
                    session_hash=name,
                    channel="web",
                    needs_human=waits,
                    started_at=seen,
                    seen_at=seen,
                )
            )
        await uow.flush()
        for name in ("idle", "filed"):
            await uow.conversations.store(name, "m", {"text": "他们乱罚款"}, old)
    await file_complaint(new_complaint(conversation_id="filed"), house=house)

    counted = await purge(is_dry=True, house=house)
    done = await purge(is_dry=False, house=house)

    assert (counted.talks, done.talks) == (1, 1)
    async with house.store.look() as uow:
        left = [await uow.conversations.get(name) is not None for name in ("idle", "filed", "waits", "young")]
        records = await uow.admin_records.latest(before=None, limit=5)
        assert await uow.conversations.messages("idle") == []
    assert left == [False, True, True, True]
    assert [record.kind for record in records][:1] == ["purge"]
    assert (await purge(is_dry=False, house=house)).talks == 0


async def test_sample_cases_are_marked_and_added_once(lite):
    first = await fill(house=lite)
    again = await fill(house=lite)

    page = await list_leads(SHI, LeadFilter(), cursor=None, limit=50, house=lite)
    assert first == again
    assert len(page.items) == len(first) == 12
    assert all("测试" in lead.summary for lead in page.items)
    assert {"L70"} < {lead.stage for lead in page.items}


async def test_sample_cases_never_enter_production(lite):
    from dataclasses import replace

    lite.policy = replace(lite.policy, is_development=False)

    with pytest.raises(NotForProduction):
        await fill(house=lite)
