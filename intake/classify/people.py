"""Enterprise, its code, and what is asked for."""

from __future__ import annotations

import re

from intake.domain.enterprise import is_valid_uscc, normalise_uscc

_USCC = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{18}(?![0-9A-Za-z])")
_USCC_CUE = re.compile(r"信用代码|社会代码|税号|执照")
_SUFFIX = r"(?:有限责任公司|股份有限公司|有限公司|分公司|公司|合作社|个体工商户|商行|商贸|经营部|加工厂|制造厂|养殖场|砖厂|工厂|超市|饭店|酒店|宾馆|理发店|便利店|门市部|诊所|药店|药房|餐馆|饭馆|面馆|火锅店|网吧|幼儿园|培训学校|养老院|修理厂|汽修厂|家具厂|食品厂|选矿厂)"
_NAME = re.compile(rf"[\u4e00-\u9fa5A-Za-z0-9（）()]{{2,24}}?{_SUFFIX}")
_OURS = re.compile(
    r"(?:我|俺|咱)们?(?:是|的|家|开|在|经营|有|单位|公司|厂|店)|本(?:公司|厂|店|企业|人(?:开|经营|是))|我司"
)
_TRIM = re.compile(
    r"^.*(?:我们?是|我是|是|我们?的|本人|开了?一?[个家间]?|经营了?一?[个家间]?|一[个家间]|这[个家]|在|叫做?|名叫|的|我们?|俺们?|咱们?|有|来|查|对|把|给|到|向|与|和|跟|被|将|让|，|。|、|：)"
)
_PLAIN = re.compile(rf"^(?:{_SUFFIX}|小{_SUFFIX}|一?家?{_SUFFIX}|有限公司)$")
_TRADE = r"(?:店|厂|公司|企业|饭馆|餐馆|超市|作坊|养殖场?|网吧|诊所|药房|合作社|商户|商行|个体户?|门市|培训班|幼儿园|酒店|旅馆|宾馆|货车|出租车|网约车|摊)"
_BUSINESS = re.compile(
    rf"(?:我|俺|咱|本人)们?(?:家)?(?:是|在|开|经营|办|投资|承包|跑|摆)(?:了|着)?[^，。,！？!?]{{0,16}}?{_TRADE}(?!工作|上班|打工|的?(?:顾客|客户|业主|员工|职工|工人|附近|对面|隔壁|楼上))"
    r"|(?:我|俺|咱)们?(?:公司|司|厂|店|企业|酒店|饭店)(?!附近|对面|隔壁)|本(?:公司|店|厂|企业)|(?:法人代表|企业主|个体户|经营者|法定代表人)(?:是我|本人|，我)"
    r"|我是[^，。,]{0,14}(?:法人|负责人|老板|店主|厂长|经营者|司机|个体户|商户|业主代表(?!))"
)
_WISH = re.compile(
    r"(?:诉求[是为：:]*|强烈要求|要求|恳请|恳求|希望|请求|只求|我想|想要|望|盼|请)((?:领导|政府|有关部门|相关部门|贵局|你们|能|能够|可以|尽快|依法|上级|各位)*[^。！!？?；;\n]{3,80})"
)
_DEMANDS = re.compile(
    r"退|还|赔|道歉|撤销|处理|查处|解决|纠正|处罚|整改|公道|说法|调查|追究|落实|恢复|发放|补偿|核实|督促|监管|取缔|停止|重视|答复|办理|解封|解冻|帮|管|公平|作为|停|拆"
)


def find_uscc(raw: str) -> tuple[int, int] | None:
    """Where a code with the right check sign stands; all digits only beside a word that calls it so."""
    for match in _USCC.finditer(raw):
        code = normalise_uscc(match.group())
        if not is_valid_uscc(code):
            continue
        near = raw[max(0, match.start() - 16) : match.start()]
        if not code.isdigit() or _USCC_CUE.search(near):
            return match.span()
    return None


def find_enterprise(text: str) -> tuple[int, int] | None:
    """Where the writer's own enterprise is named, when it is named as such."""
    if not _OURS.search(text):
        return None
    for match in _NAME.finditer(text):
        near = text[max(0, match.start() - 12) : match.end() + 4]
        if not _OURS.search(near):
            continue
        name = _TRIM.sub("", match.group())
        if len(name) >= 4 and not _PLAIN.match(name):
            return match.end() - len(name), match.end()
    return None


def business_words(text: str) -> str:
    """The words by which the writer says to be or run a business; "" when none."""
    match = _BUSINESS.search(text)
    return match.group()[-20:] if match else ""


def is_company(words: str) -> bool:
    return any(word in words for word in ("公司", "厂", "企业", "司"))


def find_demand(text: str) -> str | None:
    """What the writer asks for: the last wish that asks for something to be done."""
    for match in reversed(list(_WISH.finditer(text))):
        if _DEMANDS.search(match.group(1)):
            return match.group().strip("，, ")[:80]
    short = re.search(
        r"(?:退钱|退款|还我(?:们)?[\u4e00-\u9fa5]{1,6}|赔偿[\u4e00-\u9fa5]{0,6}|给个说法|讨个说法|赔礼道歉|撤销处罚)",
        text,
    )
    return short.group() if short else None
