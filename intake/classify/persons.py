"""Officers as people name them: 张队长, 姓李的所长, 王所, 带队的小马, 执法证号 16010023.

Each expression begins with one class of signs, so that it is searched fast; what stands before is asked afterwards.
"""

from __future__ import annotations

import re

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶解牟艾尤阳时穆农司古吉卜"
_RANK = r"(?:副|大|中|分|支|总)*(?:队长|队副|所长|局长|科长|股长|主任|站长|警官|警员|执法员|执法人员|镇长|乡长|干部|指导员|教导员|组长|书记员|书记|参谋|科员|专员|处长|办事员|民警|辅警|协警|协管|稽查员|稽查|检查员|队员|老师)"
_S = f"[{_SURNAMES}]"
_HAN = "\u4e00-\u9fa5"
# A surname begins after a break, after these words, or after a unit (消防大队宋参谋, 养老股吴股长).
_FREE = rf"(?:(?<![{_HAN}].)|(?<=[的是叫找了和给跟被让向由与有那这个位名员察警子股科局站所队室组号].))"
_SPEAKS = '，。,；;：:“”"说讲也又就你把在的让来是和带拿骂开查签收'
_NAMED = (
    # 张队长, 李某某警官
    re.compile(rf"{_S}{_FREE}(?:[某xX×*]{{1,2}})?(?:{_RANK})"),
    # 刘队, 王所: the rank in short, before somebody acts or speaks
    re.compile(rf"{_S}{_FREE}[队所局](?=[{_SPEAKS}]|\d)(?!长)"),
    # 带队的小马说, 市监所的小马拿
    re.compile(
        rf"[小老](?<=[的，。：:,、所队村员个位长].)(?!时)[{_SURNAMES}戚](?=[，。,说讲又当带在把就让给拿拍接踢骂打收每也执查来写登])"
    ),
    # 执法证 16010086 与 16010091: numbers of certificates of this province
    re.compile(r"[1](?<!\d.)6\d{6}(?![\dA-Za-z])"),
)
_SURNAME = re.compile(
    rf"姓(?:[{_HAN}]的?(?:{_RANK}|执法(?:人?员)|工作人员|同志|交警|那个|那位|人(?!家)|男的|女的|男同志|女同志|小伙子)"
    rf"|{_S}的(?!话|种|村|农|邻|老|司机|业主|住户|养|商|市民|女士|先生|顾客|客)"
    rf"|(?<=[的位个]姓){_S}(?!的[种村农邻老司业住养商市女先顾客]))"
)
_ONE = re.compile(r"[一那这]?[个名位]$")
_OF_SURNAME = re.compile(rf"[{_HAN}]姓(?:{_RANK}|同志|队员|工作人员|男子|女子)")
# 辅警小樊, 民警庞某, 副大队长孙某, 执法人员叫王军
_ROLE = re.compile(
    r"(?:执法人员|值班民警|办案民警|辅警|协警|稽查员|检查员|(?:副?大|副?中|副)?队长|副?所长|副?局长|副?站长|副?科长|副?股长|民警|交警|城管队员|队员|工作人员|协管员|(?:包村|镇|乡|村)干部|办案人|带队的|领头的)(?:叫|是)?$"
)
_AFTER_ROLE = re.compile(rf"(?:[{_HAN}][某xX×*]{{1,2}}|小{_S}|{_S}[{_HAN}]{{1,2}}(?=[，。,）)、：:]))")
_ROLE_ENDS = re.compile(r"[员警长部的人叫是](?=[小{_HAN}])".replace("{_HAN}", _HAN))
_SOMEBODY = re.compile(
    rf"[{_HAN}](?:(?<=[所员股科站局队警仅有].)(?<!没有.)|(?<=[局所队股站科]的.))某(?!某|些|个|种|村|小|年|月|日|天|公|路|街)"
)
_LEADS = re.compile(r"[为带领值](?:首|队|头|班)的(?:警官|民警|队长|女同志|男同志|那个|那位|姓)")
_NUMBERED = re.compile(
    r"[行执证警胸工](?:(?<=行)政执法|(?<=执)法)?(?:(?<=执法)证(?:件)?(?:编?号|号码)?|(?<=执法)编号|(?<=[^分]证)(?<!身份证)(?<!许可证)(?:编?号|号码)|(?<=警)号|(?<=胸)牌(?:号|编号)?|(?<!您好.工)(?<=工)号)"
    r"(?:码)?(?:是|为|尾号)?\s*[:：]?\s*[A-Z]{0,2}\d{3,12}"
)


def find_officers(text: str) -> list[tuple[int, int]]:
    """Spans of a clean text, in order, not overlapping."""
    found = [m.span() for pattern in _NAMED for m in pattern.finditer(text)]
    if "姓" in text:
        found += [(_counted(text, m.start()), m.end()) for m in _SURNAME.finditer(text)]
        found += [m.span() for m in _OF_SURNAME.finditer(text)]
    if "某" in text:
        found += [m.span() for m in _SOMEBODY.finditer(text)]
    if "号" in text or "牌" in text or "证" in text:
        found += [m.span() for m in _NUMBERED.finditer(text)]
    found += [m.span() for m in _LEADS.finditer(text)]
    found += _after_roles(text)
    return _apart(found)


def _counted(text: str, at: int) -> int:
    """Where 一个, 那位 before 姓李的所长 begins."""
    match = _ONE.search(text, max(0, at - 2), at)
    return match.start() if match else at


def _after_roles(text: str) -> list[tuple[int, int]]:
    """Names right after what somebody is: 民警庞某, 辅警小樊."""
    found = []
    for end in _ROLE_ENDS.finditer(text):
        at = end.end()
        name = _AFTER_ROLE.match(text, at)
        role = _ROLE.search(text, max(0, at - 8), at) if name else None
        if name and role:
            found.append((role.start(), name.end()))
    return found


def _apart(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; of two that overlap the longer."""
    kept: list[tuple[int, int]] = []
    for span in sorted(found, key=lambda s: (s[0], -s[1])):
        if kept and span[0] < kept[-1][1]:
            if span[1] - span[0] > kept[-1][1] - kept[-1][0]:
                kept[-1] = span
        else:
            kept.append(span)
    return kept
