"""What was tried already (复议, 诉讼, 信访 …) and which legal clocks (告知, 听证, 复议 …) are said to run.

A way counts as tried when the words around it tell of something done, not of a plan, a question or a denial.
Kinds of clocks: 行政处罚法 §44, §45, §63, §64, §67; 行政复议法 §20; 行政诉讼法 §46.
"""

from __future__ import annotations

import re

from intake.classify.lookup import Anchored

_WAYS = (
    ("复议", re.compile(r"行政复议|复议")),
    (
        "诉讼",
        re.compile(
            r"行政诉讼|起诉|打(?:了|过|着)?官司|法院(?:告|立案|判|起诉|开庭|都|也|已经|受理)|一审|二审|立案庭|行政庭"
        ),
    ),
    ("信访", re.compile(r"信访|上访")),
    ("12345", re.compile(r"12345|市长热线|市民热线|政务热线|便民热线|热线")),
    ("纪检", re.compile(r"纪委|监委|纪检|12388")),
    ("仲裁", re.compile(r"仲裁|裁决书?")),
    (
        "报警",
        re.compile(
            r"报(?:了|过|的)?(?:好?几次|[一两二三四五\d]次|次)?警|报(?:了|过)案|报案了|[打拨报](?:了|过|打)?\s?110|110打了"
        ),
    ),
)
_OTHER = re.compile(
    r"(?:找过|找了|曾找|去过|跑了|跑到)[^，。,；;！!？?]{0,12}?(?:局|所|队|办|政府|部门|委|公司|[镇乡县市]里|村委会)"
    r"|(?:向|找|去|到|跟|给|问)(?:了|过)?[^，。,；;！!？?]{0,14}?(?:局|所|队|办|政府|部门|委|中心|12315|12369|12328|12333|12366)(?:[^，。,；;！!？?]{0,6}?)(?:反映|投诉|举报|反应|报告|申诉|求助|登记|问|说)(?:了|过|情况|无|后|多次|[好几两三四五]+次)?"
)
_DENIED = re.compile(
    r"(?:没有?|未|不|别|莫)(?:去|曾|经|再|打算|想|会|敢|知道|懂|准备|能)?[^，。,；;！!？?]{0,3}$|(?:想|要|准备|打算|可以|能不能|能否|是否|是不是|怎么|如何|如果|若|将|再不|不行就|只好|只能|考虑|保留|有权|建议|让[我你俺]们?)(?:去|再|走|向|申请|提起?|通过|依法|继续)?[^，。,；;！!？?]{0,4}$"
)
_DONE = re.compile(
    r"了|过|已|曾|至今|维持|驳回|判决|裁决|撤销|受理|回复|答复|回电|转|派单|工单|无果|没用|没人|没结果|没下文|不管|多次|几次|[一二两三四五六七八九十\d]+[次回趟遍]|赢|投诉到|反映到|还没|还在审|输|败诉|胜诉|开庭|正在|结果"
)
_HALF = re.compile(r"[，。,；;！!？?\n]")

_NUMBER = r"[0-9一二三四五六七八九十两](?:(?<=[0-9])[0-9]{0,2}|(?<![0-9])[一二三四五六七八九十两]{0,2})"
_FREE_NUMBER = _NUMBER.replace("](", "](?<![0-9一二三四五六七八九十月].)(", 1)  # 4月22日 is a date, no limit
_LIMIT = Anchored(
    r"[半0-9一二三四五六七八九十两申陈听复起诉缴交整改拆](?=[0-9一二三四五六七八九十两\s个工日天月辩述证议诉讼款纳清罚改正除])",
    rf"(?:半(?=个月)|{_FREE_NUMBER})\s*(?:个)?(?:工作)?(?:日|天|个月)(?:之?内|以内|里|内)?[^，。,；;！!？?]{{0,10}}?(?P<what>申辩|陈述|听证|复议|起诉|诉讼|法院|缴|交罚|交钱|说明|补正|交款|交到|交齐|交(?=[一二三四五六七八九十\d，。,]|$)|行交|填平|清退|搬走|补备案|提出(?=[，。,]|异议|$)|改正|整改|改好|拆|搬|清理|清除|恢复|迁|说明情况)"
    rf"|(?P<what2>申辩|陈述|听证|复议|起诉|诉讼|缴款|缴纳|缴清|交罚款|整改|改正|拆除)(?:的)?(?:(?:期限|时限|时间|期)[^，。,；;！!？?]{{0,8}}?|(?<=整改)|(?<=改正)){_NUMBER}\s*(?:个)?(?:工作)?(?:日|天|个?月)",
)
_CLOCKS = {
    "说明": "告知", "补正": "告知", "申辩": "告知", "陈述": "告知", "听证": "听证", "复议": "复议", "起诉": "诉讼", "诉讼": "诉讼", "法院": "诉讼",
    "缴": "缴款", "缴款": "缴款", "缴纳": "缴款", "缴清": "缴款", "交罚": "缴款", "交罚款": "缴款", "交钱": "缴款",
    "交款": "缴款", "交到": "缴款", "交齐": "缴款", "改正": "责令改正", "整改": "责令改正", "改好": "责令改正",
    "交": "缴款", "行交": "缴款", "填平": "责令改正", "清退": "责令改正", "搬走": "责令改正", "补备案": "责令改正", "提出": "告知",
    "拆": "责令改正", "拆除": "责令改正", "搬": "责令改正", "清理": "责令改正", "清除": "责令改正", "说明情况": "告知", "恢复": "责令改正", "迁": "责令改正",
}  # fmt: skip


def find_tried(text: str) -> list[tuple[str, int, int]]:
    """(way, start, end) of each way the writer has gone already, in order, each way once."""
    found: dict[str, tuple[str, int, int]] = {}
    for way, pattern in _WAYS:
        for match in pattern.finditer(text):
            if way not in found and _is_done(text, match.start(), match.end(), way):
                found[way] = (way, match.start(), match.end())
    for match in _OTHER.finditer(text):
        if "其他部门" in found:
            break
        clear = not any(
            a <= match.start() < b or match.start() <= a < match.end() for _, a, b in found.values()
        )
        if clear and _is_done(text, match.start(), match.end(), "其他部门"):
            found["其他部门"] = ("其他部门", match.start(), match.end())
    return sorted(found.values(), key=lambda f: f[1])


def _is_done(text: str, start: int, end: int, way: str) -> bool:
    """The half sentence tells of something done."""
    left = max((m.end() for m in _HALF.finditer(text, max(0, start - 24), start)), default=max(0, start - 24))
    stop = _HALF.search(text, end)
    right = min(stop.start() if stop else len(text), end + 16)
    if _DENIED.search(text[left:start]):
        return False
    if way == "报警":
        return True
    return bool(_DONE.search(text[left:start]) or _DONE.search(text[start:right]))


def find_clocks(text: str) -> list[tuple[str, int, int]]:
    """(kind, start, end): 告知 | 听证 | 复议 | 诉讼 | 缴款 | 责令改正."""
    return [
        (_CLOCKS[m["what"] or m["what2"]], m.start(), m.end())
        for m in _LIMIT.finditer(text)
        if (m["what"] or m["what2"]) in _CLOCKS
    ]
