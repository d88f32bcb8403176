"""What must be certain is not left to weights: danger, urgency words, other cities, own numbers.

Words of urgency and danger: domain study §4(e); they only ever raise, never lower.
"""

from __future__ import annotations

import re

from intake.classify.lookup import Gated
from intake.domain import receipts

_NOW = re.compile(r"正在|现在|此刻|马上|已经到|快来|救命|刚刚|当场|这会儿|眼下|不让(?:我|俺|他|她)?们?走")
_PAST = re.compile(
    r"去年|前年|上个?月|上周|前几天|昨天|前天|以前|曾经|当时|已经拆|拆完|20[0-2]\d年|年前|月前|后来|至今"
)
_VIOLENCE = re.compile(
    r"打人|打起来|在打|被打|拿刀|流血|受伤|打伤|围着|扣着人|关起来|动手|砸(?:店|门|东西|我)|挖掘机|推土机|强拆|着火|起火|煤气泄漏|晕倒"
)
_SELF_HARM = re.compile(r"不想活|活不下去|要跳楼|要跳河|想跳楼|喝药|喝农药|自杀|要上吊|死给|割腕|一了百了")
SHORT_CRY = 120
_THIS_MOMENT = re.compile(r"正在|现在|此刻|马上|快来|刚刚|这会儿|眼下|不让(?:我|俺|他|她)?们?走")
_HELP = re.compile(r"救命|快来人|快报警|救救|要出人命")
_FIGURE = re.compile(r"气得?|差点|恨不得|简直|被打(?:了|过)|打听|打电话|打官司|打工|打烊|打折|打击")
U1 = re.compile(
    r"推土机|挖掘机|现在就|扣着人|流血|断电|要跳楼|喝药|喝农药|自杀|拿刀|正在(?:强)?拆|正在(?:打|砸|扣|封)|不让(?:我|俺|他|她)?们?走|活不下去|限制人身自由"
)
U2 = Gated(
    "鲜活 海鲜 水果 车被扣 扣 账户 冻结 停业 停产 开不了工 发不出工资 威胁 报复 明天 还有 只有 残疾 孕妇 岁 几十 工人 封条 查封 断水 停水"
    " 掐电 打伤 推搡 殴打",
    r"鲜活|海鲜|水果.{0,6}烂|车被扣|扣了?(?:我们?|俺们?)?的?(?:货?车|三轮)|账户.{0,4}冻结|冻结.{0,6}账|停业|停产|开不了工|发不出工资|威胁|报复|明天(?:到期|就)|(?:还|只)有[一二三123]天|残疾|孕妇|七十多岁|八十多岁|几十个人|几十户|[一二三四五六七八九]?十?多?名?工人.{0,8}工资|封条|查封|扣押|断水|停水停电|掐电|打伤|推搡|殴打",
)
_OUTSIDE = re.compile(
    r"洛阳|南阳|渭南|商洛|运城|西安|郑州|开封|平顶山|安阳|鹤壁|新乡|焦作|濮阳|许昌|漯河|商丘|信阳|周口|驻马店|济源|平陆|芮城|潼关|洛南|栾川|洛宁|新安县|老城区|涧西区|华阴|太原|北京|上海|武汉"
)
_COMES_HERE = re.compile(
    r"(?:到|来|跑到|跑来|来到)(?:了)?(?:我们?|俺们?|咱们?)?(?:这儿|这里|当地|本地|三门峡|灵宝|渑池|卢氏|义马|陕州|湖滨)|外地(?:来|执法|城管|交警|市监)|异地|跨(?:省|市|区域)"
)
_MINE = re.compile(r"查(?:一下|询)?.{0,8}(?:进度|编号|结果)|撤回.{0,6}投诉|补充.{0,6}(?:材料|照片|证据)")


_ACTIONS = (
    ("AK01", re.compile(r"罚(?:款|了|我|钱|单)|处罚|没收|拘留|吊销")),
    (
        "AK04",
        re.compile(r"扣(?:了|我|走|押|着|车)|查封|封条|贴封|冻结|强拆|拆(?:了|我|除)|推(?:了|倒)|断水|断电"),
    ),
    ("AK03", re.compile(r"检查|抽检|抽查|核查|突击查")),
    ("AK02", re.compile(r"许可证|办证|审批|执照|备案|不予受理")),
    ("AK05", re.compile(r"征收|征地|征用|补偿款")),
)


def action_words(text: str) -> tuple[str, ...]:
    """Action kinds by their plain words: what is left when the weights say nothing."""
    return tuple(code for code, pattern in _ACTIONS if pattern.search(text))[:2]


def is_danger(text: str) -> bool:
    """Somebody is in danger now, or threatens to harm himself."""
    if _cries_for_help(text) or (_SELF_HARM.search(text) and len(text) < 600):
        return True
    for match in _VIOLENCE.finditer(text):
        near = text[max(0, match.start() - 14) : match.end() + 10]
        if _NOW.search(near) and not _PAST.search(near) and not _FIGURE.search(near):
            return True
    return False


def _cries_for_help(text: str) -> bool:
    """A few words are a cry; in a long post (救救我们吧, 迟早要出人命) it is one only beside a word of now."""
    for match in _HELP.finditer(text):
        near = text[max(0, match.start() - 20) : match.end() + 20]
        if len(text) < SHORT_CRY or (_THIS_MOMENT.search(near) and not _PAST.search(near)):
            return True
    return False


def urgency_reasons(text: str) -> tuple[str, tuple[str, ...]]:
    """("U1" | "U2" | "", words of the text that say so)."""
    first = tuple(dict.fromkeys(m.group() for m in U1.finditer(text)))
    if first and is_danger(text):
        return "U1", first[:4]
    second = tuple(dict.fromkeys(m.group() for m in U2.finditer(text)))
    return ("U2", second[:4]) if second else ("", ())


def is_outside(text: str, has_local_place: bool) -> bool:
    """A short message about an agency plainly of another city; longer stories are a person's to judge."""
    if has_local_place or len(text) > 120 or _COMES_HERE.search(text):
        return False
    return bool(_OUTSIDE.search(text))


def is_about_own_case(text: str) -> bool:
    """A short word about a complaint that has a number."""
    return len(text) < 80 and bool(
        receipts.NUMBER_IN_TEXT.search(text.upper()) or (_MINE.search(text) and "编号" in text)
    )
