"""A tiny real server that speaks the bot's HTTP: a story, one question, "确认" files it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

CONFIRM = {"title": "确认提交", "payload": '/affirm{"测试": "1"}'}
CHANGE = {"title": "改一下", "payload": "/change"}


class SmallBot:
    """down: answers 503 to everything; heard: every message in order."""

    def __init__(self) -> None:
        self.down = False
        self.heard: list[str] = []
        self._told: dict[str, list[str]] = {}

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.heard.append(body["message"])
        if self.down:
            return web.json_response({"status": "failure"}, status=503)
        return web.json_response(self._answer(body["sender"], body["message"]))

    def _answer(self, sender: str, message: str) -> list[dict[str, Any]]:
        if message.startswith("/affirm") or message == "确认":
            text = "\n".join(self._told.pop(sender, ["测试投诉内容"]))
            return [{"recipient_id": sender, "custom": file_command(text)}]
        if message.startswith("/"):
            return [{"recipient_id": sender, "text": "好的，请说说发生了什么。"}]
        self._told.setdefault(sender, []).append(message)
        words = f"我记下了：{message}\n这样对吗？"
        return [{"recipient_id": sender, "text": words, "buttons": [CONFIRM, CHANGE]}]

    async def trigger(self, request: web.Request) -> web.Response:
        entities = (await request.json())["entities"]
        words = f"已经登记，受理编号 {entities.get('number')}，查询码 ⟨查询码⟩。"
        return web.json_response({"messages": [{"recipient_id": "test", "text": words}]})


def file_command(text: str) -> dict[str, Any]:
    """The command that files `text`, anonymous."""
    names = ("agency_text", "agency_code", "region_code", "incident_time", "demand", "name", "phone")
    complaint: dict[str, Any] = dict.fromkeys((*names, "enterprise_name", "uscc"))
    complaint |= {"text": text, "kind": "person", "anonymous": True}
    return {"command": "file_complaint", "form_run": str(uuid.uuid4()), "complaint": complaint}


@asynccontextmanager
async def bot_server() -> AsyncIterator[tuple[str, SmallBot]]:
    """The base address of a running small bot, and the bot."""
    bot = SmallBot()
    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", bot.webhook)
    app.router.add_post("/conversations/{sender}/trigger_intent", bot.trigger)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), bot
