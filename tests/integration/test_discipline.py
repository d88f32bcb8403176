"""The sealed letter to the discipline inspection body, over real HTTP: what it holds, and whose receipt is believed."""

from __future__ import annotations

import pytest

from connectors.errors import Garbled, Refused
from connectors.partners.access import Access
from connectors.policies.sm2 import PrivateKey, new_private_key
from tests.factories.partners import partners


@pytest.fixture
async def theirs():
    async with partners() as opened:
        yield opened


async def test_a_letter_is_opened_there_and_its_receipt_is_signed(theirs):
    client = theirs.clients["discipline"]
    letter = client.seal('{"text": "测试内容"}'.encode())

    receipt = await client.send("JY-1", letter, message_id="m-1")
    again = await client.send("JY-1", letter, message_id="m-1")

    book = theirs.counterparts["discipline"].book
    assert book.taken == [{"number": "JY-1", "opened": {"text": "测试内容"}}]
    assert receipt == again
    assert receipt.number.startswith("JJ")
    assert "测试内容" not in str(book.asked)


@pytest.mark.parametrize("lie", ["sha256", "signature", "time"])
async def test_a_receipt_that_is_not_about_this_letter_is_not_believed(theirs, lie):
    client = theirs.clients["discipline"]
    theirs.desk.lies = lie

    with pytest.raises(Garbled):
        await client.send("JY-1", client.seal(b"{}"), message_id="m-1")


async def test_a_letter_for_another_key_is_refused_for_good(theirs):
    other = PrivateKey(new_private_key()).public.text
    client = theirs.client("discipline", receiver_key=other)

    with pytest.raises(Refused, match="不符"):
        await client.send("JY-1", client.seal(b"{}"), message_id="m-1")
    await client.close()


async def test_a_receipt_signed_by_somebody_else_is_not_believed(theirs):
    client = theirs.client("discipline", receipt_key=PrivateKey(new_private_key()).public.text)

    with pytest.raises(Garbled, match="签名不对"):
        await client.send("JY-1", client.seal(b"{}"), message_id="m-1")
    await client.close()


async def test_without_a_connection_nothing_is_sent():
    from connectors.discipline.connector import Discipline

    client = Discipline(Access(receiver_key=PrivateKey(new_private_key()).public.text))

    with pytest.raises(Refused, match="当面递交"):
        await client.send("JY-1", client.seal(b"{}"), message_id="m-1")
