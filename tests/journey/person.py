"""A person at the chat: says the whole text first, then answers what is asked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

MOST_TURNS = 14
# What is on the buttons tells what is asked; the first that fits answers.
BUTTON_ANSWERS = (
    ("确认提交", "/affirm"),
    ("匿名", "/stay_anonymous"),
    ("先不填", "/skip"),
    ("我已安全，继续投诉", "/file_complaint"),
)
WORDS = (
    ("什么部门", "就是上面说的那个部门"),
    ("哪个部门", "就是上面说的那个部门"),
    ("什么时候", "具体日子记不清了，就最近"),
    ("怎么解决", "希望依法处理，给个答复"),
    ("发生了什么", "就是刚才说的那些"),
)


@dataclass
class Talk:
    """What became of one person's visit."""

    id: str
    turns: int = 0
    filed: dict[str, str] | None = None
    asked: list[str] = field(default_factory=list)
    wrong: str = ""


async def visit(session: aiohttp.ClientSession, base: str, row_id: str, text: str, *, route: str) -> Talk:
    """One conversation until it is filed or stuck.

    route: "file" or "hotline", the choice when the bot says it may not be ours
    """
    talk = Talk(row_id)
    token: str | None = None
    message: dict[str, Any] = {"text": text}
    while talk.turns < MOST_TURNS:
        body = {"session": token, "message_id": uuid.uuid4().hex, **message}
        async with session.post(f"{base}/api/v1/chat/messages", json=body) as answer:
            said = await answer.json()
            if answer.status != 200:
                talk.wrong = f"{answer.status} {said.get('code')}"
                return talk
        talk.turns += 1
        token = said["session"]
        if said["filed"]:
            talk.filed = said["filed"]
            return talk
        last = said["messages"][-1]
        talk.asked.append(last["text"].split("\n")[0][:24])
        message = _reply(last, route)
    talk.wrong = "没有办成：" + " / ".join(talk.asked[-3:])
    return talk


def _reply(last: dict[str, Any], route: str) -> dict[str, str]:
    payloads = {b["title"]: b["payload"] for b in last["buttons"]}
    for title, payload in payloads.items():
        if payload.startswith("/choose") and f'"{route}"' in payload:
            return {"payload": payload}
        del title
    for title, payload in BUTTON_ANSWERS:
        if title in payloads:
            return {"payload": payload}
    for cue, words in WORDS:
        if cue in last["text"]:
            return {"text": words}
    if any(p.startswith("/choose") for p in payloads.values()):
        return {"payload": next(p for p in payloads.values() if p.startswith("/choose"))}
    return {"payload": "/file_complaint"} if "我要投诉" in payloads else {"text": "我要投诉，就是上面说的事"}
