"""The connector of the bot against a real bot process."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from connectors.errors import Refused, Unreachable
from connectors.rasa.connector import RasaBot
from tests.conversations.bot_server import TOKEN, BotProcess
from tests.factories.server import free_port

METADATA = {"understood": None, "context": {"channel": "web", "filed": [], "local_date": "2026-11-23"}}


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    process = BotProcess(tmp_path_factory.mktemp("bot") / "tracker.db")
    process.start()
    yield process
    process.stop()


def with_bot(base, token, use):
    async def run():
        async with aiohttp.ClientSession() as session:
            return await use(RasaBot(base, token, session=session))

    return asyncio.run(run())


def test_a_turn_brings_words_and_buttons(bot):
    answer = with_bot(bot.base, TOKEN, lambda rasa: rasa.turn("t1", "你好", METADATA))

    assert "不是真人" in answer.messages[0].text
    assert answer.messages[0].buttons[0].payload == "/file_complaint"
    assert answer.command is None


def test_a_command_comes_apart_from_the_words(bot):
    answer = with_bot(bot.base, TOKEN, lambda rasa: rasa.turn("t2", "/talk_to_human", METADATA))

    assert answer.command is not None
    assert answer.command["command"] == "hand_over"


def test_an_event_is_put_into_words(bot):
    answer = with_bot(bot.base, TOKEN, lambda rasa: rasa.tell("t3", "EXTERNAL_handed_over", {}))

    assert "工作人员" in answer.messages[0].text


def test_a_wrong_token_is_refused_and_no_sign_of_life(bot):
    assert with_bot(bot.base, TOKEN, lambda rasa: rasa.alive())
    assert not with_bot(bot.base, "wrong", lambda rasa: rasa.alive())
    with pytest.raises(Refused):
        with_bot(bot.base, "wrong", lambda rasa: rasa.turn("t4", "你好", METADATA))


def test_a_bot_that_is_down_is_unreachable():
    nowhere = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(Unreachable):
        with_bot(nowhere, TOKEN, lambda rasa: rasa.turn("t5", "你好", METADATA))
    assert not with_bot(nowhere, TOKEN, lambda rasa: rasa.alive())
