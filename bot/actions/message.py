"""The latest message as the actions look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Text

SURE = 0.35
ASKS = re.compile(
    r"[？?]|吗$|怎么办|能不能|可以不|可不可以|多久|是什么|怎么申请|会不会|要不要|在哪|如何|什么时候"
)
YES = re.compile(
    r"^(确认|确定|是的?|对的?|没错|可以|好的?|行|中|嗯+|提交吧?|就这样|没问题|确认提交|ok)[。！!吧啊了]*$",
    re.IGNORECASE,
)
NO = re.compile(r"^(不是|不对|不确认|先不|不行|不中|错了|有错|不|否)[。！!吧啊了]*$")
SKIP = re.compile(
    r"^(跳过|随便|不知道|不清楚|记不清了?|记不得了?|忘了|没有了?|无|不方便说?|不想说|都行|都可以|说不清|不晓得|没有代码|没带)[。！!吧啊了]*$"
)
ANONYMOUS = re.compile(
    r"匿名|不(想|愿意?|要|用|敢)?(留|说|写|透露|实)名|不想(说|留|让).{0,6}(名字|姓名|电话|知道我是谁)|别(写|留)我(的)?名|不留(名|电话|姓名)|保密身份"
)
STOP = re.compile(
    r"^(算了|不投诉了|不说了|不弄了|取消|不想投诉了|不告了|算了吧|不报了|退出|停止)[。！!吧啊了]*$"
)
CORRECT = re.compile(r"改一下|改下|修改|更正|写错|说错|弄错|不对.{0,4}(是|应该)|应该是|改成|改为")
# Words that only open the talk or steer it: they are no part of the complaint.
BARE = re.compile(
    r"^(我|俺|我们)?(要|想|来|想要)?(再|继续|重新)?(投诉|举报|反映|登记|提交)(一下|个|一个)?(事情?|问题|情况|投诉)?[。！!吧啊了的]*$|^(民企)?绿色通道$"
)
# Only who is talking: nothing has happened yet.
PERSONAL = re.compile(r"^(我叫|我是|我姓|姓名|电话|手机|⟨手机号)[^。！？]{0,24}$")
FIELDS = (
    ("incident_time", re.compile(r"时间|日期|哪天|几号")),
    ("agency", re.compile(r"机关|单位|部门|地点|地方|地址|哪个局")),
    ("demand", re.compile(r"诉求|要求|希望|目的")),
    ("identity", re.compile(r"名字|姓名|电话|手机|联系|匿名|实名|称呼")),
    ("enterprise_name", re.compile(r"企业|公司|店名|信用代码|字号")),
    ("what", re.compile(r"经过|内容|情况|事情|事实")),
)


@dataclass(frozen=True)
class Said:
    """text: "" for a button; intent: its name, or "" when the classifier was not sure enough."""

    text: Text
    intent: Text
    is_button: bool
    entities: Dict[Text, Any]
    understood: Dict[Text, Any]
    answers: List[Dict[Text, Any]]

    @classmethod
    def of(cls, tracker: Any) -> "Said":
        latest = tracker.latest_message
        raw = latest.get("text") or ""
        intent = latest.get("intent") or {}
        is_button = raw.startswith("/") or raw.startswith("EXTERNAL")
        sure = is_button or (intent.get("confidence") or 0) >= SURE
        metadata = latest.get("metadata") or {}
        return cls(
            text="" if is_button else raw.strip(),
            intent=(intent.get("name") or "") if sure else "",
            is_button=is_button,
            entities={e["entity"]: e["value"] for e in latest.get("entities") or []},
            understood=metadata.get("understood") or {},
            answers=latest.get("answer_ranking") or [],
        )

    @property
    def is_event(self) -> bool:
        return self.intent.startswith("EXTERNAL_")

    @property
    def is_short(self) -> bool:
        return len(self.text) <= 25

    def means(self, intent: Text, pattern: Optional["re.Pattern[Text]"] = None) -> bool:
        """A button of that intent, or short words that mean it."""
        if self.is_button:
            return self.intent == intent
        return bool(pattern and self.is_short and pattern.search(self.text))

    def asks(self) -> bool:
        """A question to the bot, not part of a story."""
        if self.is_button:
            return self.intent == "ask_policy"
        return self.intent == "ask_policy" and len(self.text) <= 60 and bool(ASKS.search(self.text))

    def field(self) -> Optional[Text]:
        """Which item a correction is about."""
        if self.entities.get("field"):
            return str(self.entities["field"])
        return next((name for name, words in FIELDS if words.search(self.text)), None)
