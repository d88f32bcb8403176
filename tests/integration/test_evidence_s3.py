"""Evidence in an S3-compatible store: the same promises as on disk, over real HTTP."""

from __future__ import annotations

import datetime as dt
import os

import boto3
import pytest
from moto.server import ThreadedMotoServer

from intake.bootstrap import evidence_room
from intake.domain.conflict import Viewer
from intake.domain.errors import StoreUnavailable
from intake.services import handle_evidence
from intake.services.evidence_room import original
from intake.services.file_complaint import file_complaint
from intake.services.receive_evidence import receive_evidence
from intake.services.sweep_evidence import sweep_evidence
from intake.settings import Settings
from intake.store.crypto import CannotOpen
from tests.factories import files
from tests.factories.house import new_complaint

SHI = Viewer("root", "测试", "city_supervisor", "411200-SF", "411200")
BUCKET, KEY = "ceshi-evidence", "test-access-key"


@pytest.fixture(scope="module")
def server():
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def bucket(server):
    """The store as another client of it sees it."""
    client = boto3.client(
        "s3",
        endpoint_url=server,
        aws_access_key_id=KEY,
        aws_secret_access_key="test-secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    yield client
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])


@pytest.fixture
def house(lite, server, bucket, tmp_path):
    """A house that keeps its evidence there, as the settings say it."""
    settings = Settings(
        var_dir=tmp_path,
        evidence_url=f"s3://{BUCKET}/evidence",
        evidence_endpoint=server,
        evidence_access_key=KEY,
        evidence_secret_key="test-secret",
    )
    lite.evidence = evidence_room(settings)
    return lite


async def pieces(content, size=70_000):
    for at in range(0, len(content), size):
        yield content[at : at + size]


def kept(bucket):
    return [item["Key"] for item in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


async def filed(house, content):
    one = (await receive_evidence("照片.jpg", pieces(content), house=house)).id
    receipt = await file_complaint(new_complaint(attachment_ids=(one,)), house=house)
    await handle_evidence.release_evidence(receipt.number, one, "人工看过没有问题", viewer=SHI, house=house)
    return receipt.number, one


async def taken(house, number, one):
    got = await handle_evidence.take_original(number, one, "核对原件内容", viewer=SHI, house=house)
    return b"".join([part async for part in got.stream])


@pytest.mark.parametrize("size", [1_000, 12_000_000], ids=["one part", "several parts"])
async def test_what_goes_in_comes_out_and_lies_there_encrypted(house, bucket, size):
    photo = files.image() + os.urandom(size)
    number, one = await filed(house, photo)

    assert await taken(house, number, one) == photo
    name = f"evidence/{original(one)}"
    assert name in kept(bucket)
    assert photo[:64] not in bucket.get_object(Bucket=BUCKET, Key=name)["Body"].read()


async def test_a_stream_that_breaks_off_leaves_nothing(house, bucket):
    async def broken():
        yield files.image() + os.urandom(7_000_000)
        raise ConnectionError("cut")

    with pytest.raises((ConnectionError, StoreUnavailable)):
        await receive_evidence("照片.jpg", broken(), house=house)

    assert kept(bucket) == []


async def test_a_changed_byte_is_seen(house, bucket):
    number, one = await filed(house, files.image() + os.urandom(1_000))
    name = f"evidence/{original(one)}"
    content = bytearray(bucket.get_object(Bucket=BUCKET, Key=name)["Body"].read())
    content[40] ^= 1
    bucket.put_object(Bucket=BUCKET, Key=name, Body=bytes(content))

    with pytest.raises(CannotOpen):
        await taken(house, number, one)


async def test_the_sweep_finds_files_without_rows_and_rows_without_files(house, bucket):
    number, one = await filed(house, files.image())
    bucket.delete_object(Bucket=BUCKET, Key=f"evidence/{original(one)}")
    bucket.put_object(Bucket=BUCKET, Key="evidence/originals/nobodys", Body=b"x")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    house.clock = lambda: later

    await sweep_evidence(house=house)

    assert "evidence/originals/nobodys" not in kept(bucket)
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        kinds = [event.kind for event in await uow.leads.events(lead.id)]
    assert "evidence_missing" in kinds


async def test_a_store_that_is_away_is_said_so_and_nothing_is_promised(house, tmp_path):
    settings = Settings(
        var_dir=tmp_path,
        evidence_url=f"s3://{BUCKET}/evidence",
        evidence_endpoint="http://127.0.0.1:1",
        evidence_access_key=KEY,
        evidence_secret_key="test-secret",
    )
    house.evidence = evidence_room(settings)

    with pytest.raises(StoreUnavailable):
        await receive_evidence("照片.jpg", pieces(files.image()), house=house)
