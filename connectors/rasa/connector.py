"""The bot over HTTP: a turn of talk, an event told, a sign of life. Loopback, with a token."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import aiohttp

from connectors.errors import Garbled, Refused, Unreachable
from connectors.rasa.wire import BotAnswer, read_answer


class RasaBot:
    """One bot process.

    base_url:  e.g. http://127.0.0.1:5005
    timeout_s: for one turn; the bot answers in some 20 ms
    """

    def __init__(
        self, base_url: str, token: str, *, session: aiohttp.ClientSession, timeout_s: float = 8.0
    ) -> None:
        self._base = base_url.rstrip("/")
        self._token = token
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=1.0)

    async def turn(self, sender: str, text: str, metadata: dict[str, Any]) -> BotAnswer:
        """One message (or "/intent{…}") of a sender and the bot's answer.

        raises: Unreachable, Refused, Garbled
        """
        body = {"sender": sender, "message": text, "metadata": metadata}
        return read_answer(await self._post("/webhooks/rest/webhook", body))

    async def tell(self, sender: str, event: str, entities: dict[str, Any]) -> BotAnswer:
        """Tell the bot what became of its command (an EXTERNAL_ intent); its words come back.

        raises: Unreachable, Refused, Garbled
        """
        body = {"name": event, "entities": entities}
        path = f"/conversations/{quote(sender, safe='')}/trigger_intent"
        raw = await self._post(path, body, output_channel="rest")
        return read_answer(raw.get("messages") if isinstance(raw, dict) else None)

    async def alive(self) -> bool:
        try:
            async with self._session.get(
                f"{self._base}/status", params={"token": self._token}, timeout=aiohttp.ClientTimeout(total=2)
            ) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def _post(self, path: str, body: dict[str, Any], **query: str) -> Any:
        try:
            async with self._session.post(
                self._base + path, params={"token": self._token, **query}, json=body, timeout=self._timeout
            ) as answer:
                if answer.status >= 500:
                    raise Unreachable(f"the bot answered {answer.status}", system="bot")
                if answer.status >= 400:
                    raise Refused(f"the bot refused with {answer.status}", system="bot")
                return await answer.json(content_type=None)
        except (aiohttp.ClientConnectionError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise Unreachable(f"the bot does not answer: {type(error).__name__}", system="bot") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Garbled(
                f"the answer of the bot cannot be read: {type(error).__name__}", system="bot"
            ) from error
