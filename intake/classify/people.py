"""Enterprise, its code, and what is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.classify import whereabouts
from intake.classify.lookup import Anchored, Words
from intake.domain.enterprise import is_valid_uscc, normalise_uscc

_USCC = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{18}(?![0-9A-Za-z])")
_USCC_CUE = re.compile(r"信用代码|社会代码|税号|执照")
_SUFFIX = (
    r"(?:有限责任公司|股份有限公司|有限公司|分公司|公司|合作社|合作总社|个体工商户|商行|商贸|经营部|经营店|加工厂|制造厂|养殖场|养鸡场|养猪场|牧业|农场|"
    r"砖厂|工厂|超市|饭店|酒店|宾馆|民宿|小院|客栈|旅馆|理发店|美容院|美容店|工作室|便利店|门市部|诊所|药店|大药房|药房|餐馆|饭馆|面馆|汤馆|烩面|水饺|火锅店|烧烤店|饭庄|酒楼|"
    r"网吧|网咖|幼儿园|培训学校|午托部|托管中心|培训中心|养老院|颐养中心|老年公寓|修理厂|汽修厂|汽修店|修车铺|家具厂|食品厂|选矿厂|材料厂|机械厂|化工厂|酒坊|油坊|豆腐坊|作坊|"
    r"加油站|加气站|服务站|体验店|专卖店|粮油店|水果店|烟酒店|五金店|农资店|服装店|小卖部|烟花销售点|销售点|销售部|物流部|驾校|茶楼|茶馆|浴池|洗浴中心|健身房|照相馆|打印店|洗车行|棋牌室|饲料店|种植园|果园|车行|蛋糕房|果蔬店|早点铺|鲜花坊|花店|海鲜店|建材城|玩具城|检测中心|矿业|铝业|制品厂|汽修|KTV|ktv|采石场|砂石厂|石料加工点|加工点|电子厂|涂装厂|木业|塑业|纺织|食品|物流园|产业园|幼教集团|集团|建工集团|工程队|信息部|广告部|广告店|装饰|装饰公司|卫生室|门诊部|养老公寓|公寓|旅行社|熟食店|卤肉店|烟酒行|百货|百货店|农资|裁缝铺|补胎|补胎店|咖啡|奶茶店|大盘鸡|大碗面|早餐|早餐店|餐吧|排档|大排档|糕点|烘焙|美甲|电竞馆|台球厅|淘气堡|农家院|农家乐|物业|童装|男装|女装|洗浴|购物广场|商场|茶社|书店|文具店|水站|粮油|种业|药业|建材|建材店|家政|搬家公司|印刷厂|服装厂|鞋厂|酒厂|面粉厂|屠宰场|冷库|石材厂|门窗|门窗店|铁艺|回收站|废品站|眼镜店|手机店|通讯店|修理部|摄影|影楼|宠物店|宠物医院|口腔诊所|健身|健身房|足浴|养生馆|舞蹈室|琴行|托管班|幼儿园|停车场|轮胎店|石料厂|陶粒厂|处理厂|水泥厂|木器厂|耐材厂|购物广场|公馆|卤肉|修表|五金|代理点|烧烤|剧本馆|便利|部落|漂流|饺子馆|推拿馆|理疗馆|铸造厂|冷链物流|旅行社)"
)
# Kinds so short that a name must begin with a place to end in one of them.
_SHORT_TAILS = frozenset("馆厂店")
_TAILS = Words([*re.findall(r"[\u4e00-\u9fa5A-Za-z]+", _SUFFIX), *_SHORT_TAILS])
_HEAD = re.compile(r"[\u4e00-\u9fa5A-Za-z0-9（）()]{2,24}$")
_OURS = re.compile(
    r"(?:我|俺|咱)们?(?:是|的|家|开|在|经营|有|单位|公司|厂|店|这)|本(?:公司|厂|店|企业|人(?:开|经营|是|系))|我司|名下|(?:企业|店名|店铺|公司|厂子?|店)(?:名字?|名称)?(?:是|叫)|其(?:经营|开办|所在)的?"
    r"|(?:我|俺|咱)们(?=[\u4e00-\u9fa5]{2,20}(?:公司|厂|店|社))"
)
_OF_MINE = re.compile(r"(?:这[个家])?是(?:我|俺|本人)|系本人|（?我(?:单位|公司)")
LONGEST_NAME = 24
# What may stand before a name and is not part of it.
_TRIM = re.compile(
    r"^.*(?:我们?是|我是|本人系|是|系|我们?的|本人|本公司|本店|本厂|我公司|我司|我厂|开了?一?[个家间]?|经营了?的?|开办的?|一[个家间]|这[个家]|那[个家]|在|叫做?|名叫|名下|的|我们?|俺们?|咱们?|公司|厂里|有"
    r"|发|说要?|承包|找了?|先找|整个|而|个|[一二三四五六七八九十百千万两\d]+多?[亩间家]|举报|投诉|反映|检查|取缔了?|关了|查封|封了|查扣|罚了?|查|对|把|给|到|向|与|和|跟|被|将|让|欠|位于|路口|，|。|、|：|[）)](?=[\u4e00-\u9fa5]{4}))"
)
_PLAIN = re.compile(
    rf"^(?:{_SUFFIX}|[小大]{_SUFFIX}|[一这那几]?[个家]{_SUFFIX}|有限公司|(?:物业|保险|供水|市政|指定|电梯|热力|第三方|检测|建筑|房地产|开发|供电|自来水|燃气|公交|快递|网贷|中介|装修|劳务)公司|(?:楼[上下]|隔壁|门口|对面|路边|附近)的?(?:{_SUFFIX})|货运信息部|(?:大|小|民营|私立|公立|该)(?:{_SUFFIX}))$"
)
# 某药店, 住建局物业(科), 果园(乡): nobody's name.
_NAMELESS = re.compile(r"某[\u4e00-\u9fa5]{0,4}$|局|政府|委员会|大队")
_GOES_ON = re.compile(r"[乡镇科股处]")
_TRADE = r"(?:店|厂|公司|企业|饭馆|餐馆|超市|作坊|养殖场?|网吧|诊所|药房|合作社|商户|商行|个体户?|门市|培训班|幼儿园|酒店|旅馆|宾馆|货车|出租车|网约车|摊)"
# A customer or an employee speaks of a shop too: 我在饭店干了俩月, 我在便利店上班, 我们公司团建.
_NOT_MINE = r"(?!里?(?:工作|上班|打工|干了|干过|干活|买|住了|吃|看病|消费|充|办了|订|做了|实习|当|团建|聚餐|发现|的?(?:顾客|客户|业主|员工|职工|工人|老师|居民|家属|常客|附近|对面|隔壁|楼上)))"
_BUSINESS = Anchored(
    "[我俺咱本法企个经来诉其市先女店摊车老负养商某]",
    rf"(?:我|俺|咱|本人)们?(?:家)?(?:是|在|开|经营|办|投资|承包|跑|摆)(?:了|着)?[^，。,！？!?]{{0,16}}?{_TRADE}{_NOT_MINE}"
    rf"|(?:我|俺|咱)们?的?小?(?:公司|司|厂|店|企业|酒店|饭店|摊子?|铺子|门面|养殖场|合作社|网吧|诊所|超市){_NOT_MINE}"
    r"|本(?:公司|店|厂|企业)|(?:法人代表|企业主|个体户|经营者|法定代表人)(?:是我|本人|，我)"
    r"|我是[^，。,]{0,14}(?:法人|负责人|老板|店主|厂长|经营者|个体户|商户)"
    rf"|(?:来电人|诉求人|其|市民|先生|女士)(?:系|是|为|在[^，。,]{{0,14}})?(?:经营|开办|开了?|承包)[^，。,]{{0,16}}?{_TRADE}"
    rf"|(?:店主|摊主|车主|老板|负责人|经营者|养殖户|商户|个体户|某[^，。,]{{0,10}}{_TRADE})(?:会计|来电|来件|反映|称|表示)",
)
_WISH = re.compile(
    r"(?:诉求[是为：:]*|强烈要求|要求|恳请|恳求|希望|请求|只求|我想|想要|望|盼|请)((?:领导|政府|有关部门|相关部门|贵局|你们|能|能够|可以|尽快|依法|上级|各位)*[^。！!？?；;\n]{2,80})"
)
_DEMANDS = re.compile(
    r"退|还|归还|赔|道歉|撤销|处理|查处|解决|纠正|处罚|整改|公道|说法|调查|追究|落实|恢复|发放|补偿|核实|督促|监管|取缔|停止|重视|答复|办理|解封|解冻|帮|管|公平|作为|停|拆"
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


# Between a place and the kind of a firm: then the place is where something is, not how the firm is called.
_NOT_OF_NAME = re.compile(
    r"的|在|是|有|经营|开(?!发)|\d|[亩号查]|昨|[那这我某被把对给跟里上下叫说要去来就，。,；：:！!？?、\s]|办事处|政府|局|派出所"
)


def _from_place(text: str, at: int, places: Sequence[tuple[int, int]], last: int) -> int | None:
    """Where a name begins that begins with a place (义马市兴源陶粒厂), else None. at: where the kind of the firm begins"""
    start = None
    for a, b in reversed(places):
        if start is None:
            near = last <= a and b < at <= b + 14 and not _NOT_OF_NAME.search(text, b, at)
            if near and not whereabouts.agency_words().found(text[a:at]):
                start = a
        elif b == start:
            start = a
    return start


def find_firms(text: str, places: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Where enterprises and shops stand that have a name of their own.

    places: where places stand, in order
    """
    found, last = [], 0
    for tail, start, end in _TAILS.find(text):
        head = _HEAD.search(text, max(last, start - LONGEST_NAME), start)
        if head is None or _GOES_ON.match(text, end):
            continue
        begin = _from_place(text, start, places, last)
        if begin is None and tail in _SHORT_TAILS:
            continue
        if begin is not None:
            found.append((begin, end))
            last = end
            continue
        name = _TRIM.sub("", head.group()) + tail
        if (
            len(name) - len(tail) >= 2
            and len(name) >= 4
            and not (_PLAIN.match(name) or _NAMELESS.search(name, 0, len(name)))
        ):
            found.append((end - len(name), end))
            last = end
    return found


def own_firm(text: str, firms: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The writer's own among `firms`: the first that is named as such."""
    for start, end in firms:
        if _OURS.search(text[max(0, start - 12) : start]) or _OF_MINE.match(text[end:]):
            return start, end
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
