"""Which agency and which place a text speaks of, resolved against the tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from intake.classify.lookup import Words
from intake.domain import agencies, places
from intake.domain.agencies import Agency

# 消防通道, 环保设备: a thing, not the agency.
_THING = re.compile(
    r"(?:通道|栓|设施|设备|器材|安全|隐患|验收|不合格|意识|知识|用品|手续|要求|标准|法规?|问题|车道|水泵|喷淋|系统|证)"
)
_BARE = frozenset(
    {"消防", "环保", "市容", "税务", "公安", "城管", "交通", "教育", "卫生", "农业", "林业", "水利", "烟草"}
)
_TOWN_WORDS = re.compile(
    r"(?P<office>(?:人民)?政府|执法|街道办|办事处|[乡镇]里|综合|镇上|街道|乡上)|派(?:人|铲车|挖|来)|来人|来了|就来人"
    r"|的?(?:工作人员|干部|领导|书记|.{0,2}[镇乡]长|.{0,2}主任)|护林|防火|司法所|包村|城管中队|防汛|综治|的人|说我|说俺|不给|不让|要求我|罚|强|挖了|拆了|把[我俺他]|来拆|拿[我俺走]|非要|就来|叫我"
)
# A township that does something is its government: 交口乡把路边的树砍了, 被张汴乡堵死.
_ACTS = re.compile(
    r"(?:把|收|占|给|让|叫|说|称|以[^，。,]{1,10}为由|用|拆|扣|砍|放|没通知|不作为|嘴上|又来|天天|防汛|综治|强|罚|"
    r"(?:大?前天|昨天|今天|去年|今年|前年|上上?个?(?:周|月|星期|礼拜)|(?:20)?\d{1,2}[年月号日]|[一二三四五六七八九十]{1,3}[月号日])"
    r"[^，。,]{0,14}(?:来|说|收|拆|扣|砍|挖|推|罚|给|让|敲|占|断|锁|砸|贴|封|搬|拉|拖|填|放|清|叫|要|发|打电话|通知|带人|组织))"
)
_ACTED_ON = re.compile(r"(?:被|让|叫|他们|找|告|举报|投诉)$")
# 昨天函谷关镇…, 渑池县张村镇…
_BEFORE_ACTOR = re.compile(_ACTED_ON.pattern + r"|[天日号月年午晚上前后初市县区]$|星期.$|周.$")
_SCENE = re.compile(r"在[^，。,；;]{0,6}$")
# 陕州大道, 甘棠路口, 涧河桥, 豫灵所: named after the place, which is not what is spoken of.
_NAMESAKE = re.compile(
    r"大道|大街|广场|景区|文化园|公园|博物馆|收费站|高速|医院|路|街(?!道)|巷|大?桥|河(?!道|南)|所(?![在有以属谓说])|春天|社区|[东西南北]站"
)
_CITY_CUE = re.compile(r"(?<!城)市(?:里|局|级|直)?$|三门峡(?:市)?$")


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a name stands in the clean text."""

    start: int
    end: int
    code: str


@cache
def _place_words() -> tuple[Words, dict[str, tuple[str, ...]]]:
    names: dict[str, list[str]] = {}
    for place in places.everyone():
        wanted = [place.name, *(() if place.needs_suffix else place.aliases)]
        if place.name.endswith("街道") and len(place.name) > 3:
            wanted += [place.name + "办", place.name.removesuffix("街道") + "办"]
        for name in wanted:
            if len(name) >= 2:
                names.setdefault(name, []).append(place.code)
    names.setdefault("三门峡", []).append("411200")
    names.setdefault("陕州", []).append("411203")
    return Words(names), {n: tuple(c) for n, c in names.items()}


@cache
def _after_county() -> dict[str, dict[str, str]]:
    """County to the short names of its townships that are everyday words: they count right after it (渑池县陈村)."""
    found: dict[str, dict[str, str]] = {}
    for place in places.everyone():
        if place.needs_suffix:
            for name in (a for a in place.aliases if a[-1] not in "路街"):  # else a road of that county
                found.setdefault(places.county_of(place.code), {})[name] = place.code
    return found


def _beside_county(text: str, found: list[Hit]) -> list[Hit]:
    more = []
    for hit in found:
        for name, code in _after_county().get(hit.code, {}).items():
            end = hit.end + len(name)
            is_free = text.startswith(name, hit.end) and not any(f.start == hit.end for f in found)
            if is_free and not _NAMESAKE.match(text, end):
                more.append(Hit(hit.end, end, code))
    return sorted(found + more, key=lambda h: h.start) if more else found


def find_places(text: str) -> list[Hit]:
    """Places of Sanmenxia; an ambiguous township counts only beside its county."""
    words, codes = _place_words()
    matches = [(start, end, codes[word]) for word, start, end in words.find(text)]
    counties = {places.county_of(c[0]) for _, _, c in matches if len(c) == 1}
    found = []
    for start, end, options in matches:
        fitting = [c for c in options if len(options) == 1 or places.county_of(c) in counties]
        if len(fitting) > 1 and len({places.county_of(c) for c in fitting}) == 1:
            fitting = [min(fitting, key=len)]  # 湖滨 is a district and a street of it: the district is meant
        is_full = text[end - 1] in "市县区镇乡道"
        if len(fitting) == 1 and (is_full or not _NAMESAKE.match(text, end)):
            found.append(Hit(start, end, fitting[0]))
    return _beside_county(text, found)


def region_of(hits: list[Hit]) -> Hit | None:
    """The place the text is about: the most exact one of the first county named."""
    if not hits:
        return None
    local = [h for h in hits if h.code != "411200"]
    if not local:
        return hits[0]
    county = places.county_of(local[0].code)
    same = [h for h in local if places.county_of(h.code) == county]
    return max(same, key=lambda h: (len(h.code) if h.code.isdigit() else 7, -h.start))


# Departments as people shorten them beside a county's short name: 义马市监, 湖滨民政.
_SHORT = {
    "城管": "AD01", "市监": "AD02", "工商": "AD02", "环保": "AD03", "环境分局": "AD03", "文旅": "AD04", "交通": "AD05",
    "运管": "AD05", "应急": "AD06", "安监": "AD06", "农业": "AD07", "农机监理": "AD07", "公安": "AD08", "交警": "AD09",
    "消防": "AD10", "税务": "AD11", "国土": "AD12", "资规": "AD12", "资规局": "AD12", "住建": "AD13", "房管": "AD13",
    "卫监": "AD14", "卫监所": "AD14", "卫健": "AD14", "疾控": "AD14", "人社": "AD15", "劳动局": "AD15", "医保": "AD16",
    "水利": "AD17", "林业": "AD18", "烟草": "AD19", "教体": "AD20", "民政": "AD21", "发改": "AD22", "商务": "AD24",
    "文旅局": "AD04", "环保分局": "AD03", "公安分局": "AD08",
}  # fmt: skip


@cache
def _shortened() -> dict[str, tuple[str, str]]:
    """Short county name and short department, to (domain, region)."""
    counties = {p.name: p.code for p in places.everyone() if len(p.code) == 6 and len(p.name) == 3}
    names = {form: code for name, code in counties.items() for form in (name, name[:-1])}
    return {place + word: (domain, code) for place, code in names.items() for word, domain in _SHORT.items()}


@cache
def agency_words() -> Words:
    names = {a.name for a in agencies.everyone() if a.kind in ("agency", "justice", "government")}
    names |= set(agencies.aliases()) | {"司法局"} | set(_shortened())
    return Words(names)


@cache
def _prefixes() -> dict[str, str]:
    """Short names that count when an agency's name follows at once (湖滨公安分局), unless two places share one."""
    codes: dict[str, set[str]] = {}
    for place in places.everyone():
        short = place.name[:-1] if len(place.code) == 6 and len(place.name) == 3 else place.name
        for name in (place.name, short, *place.aliases):
            codes.setdefault(name, set()).add(place.code)
    # 湖滨 is a district and a street of it: the district is meant.
    return {
        name: min(found, key=len)
        for name, found in codes.items()
        if len(name) >= 2 and len({places.county_of(code) for code in found}) == 1
    }


def _just_before(text: str, at: int, hits: list[Hit]) -> Hit | None:
    """The place written right before an agency's name, perhaps with 的, 市, 县 or 区 between."""
    for hit in reversed(hits):
        if hit.end == at or (hit.end + 1 == at and text[hit.end] in "的市县区"):
            return hit
    for length in (4, 3, 2):
        start = at - length
        code = _prefixes().get(text[start:at]) if start >= 0 else None
        if code is not None:
            return Hit(start, at, code)
    return None


def _level(text: str, at: int, region: str | None) -> str | None:
    """ "市X局" is the city's, unless the text is about a county-level city."""
    if not _CITY_CUE.search(text[max(0, at - 4) : at]):
        return region
    is_city_county = region is not None and places.county_of(region) in ("411281", "411282")
    return region if is_city_county else "411200"


@dataclass(frozen=True, slots=True)
class Named:
    """An agency as written: its domain, and the organisation when it can be told."""

    start: int
    end: int
    domain: str
    agency: Agency | None


def find_agencies(
    text: str, region: str | None, hits: list[Hit], taken: Sequence[tuple[int, int]] = ()
) -> list[Named]:
    """Agencies and their popular names; each resolved by the place written before it, else by `region`.

    hits: the places of the text; taken: spans that are names of something else (firms, document numbers)
    """
    found = []
    for name, at, end in agency_words().find(text):
        if name in _BARE and _THING.match(text, end):
            continue
        full = agencies.by_name().get(name)
        if full is not None:
            found.append(Named(at, end, full.domain, full))
            continue
        if name in _shortened():
            domain, code = _shortened()[name]
            found.append(Named(at, end, domain, agencies.resolve(domain, code)))
            continue
        before = _just_before(text, at, hits)
        start, where = (before.start, before.code) if before else (at, _level(text, at, region))
        found.append(Named(start, end, *_resolve(name, where)))
    found = _joined([f for f in found if not any(a <= f.start < b for a, b in taken)])
    return found + _towns(text, hits, found) + _branches(text, found)


def _joined(found: list[Named]) -> list[Named]:
    """An agency and a part of it written on (城管局渣土办, 派出所民警) are one mention."""
    kept: list[Named] = []
    for named in found:
        last = kept[-1] if kept else None
        if last and last.agency is not None and named.agency == last.agency and last.end == named.start:
            kept[-1] = Named(last.start, named.end, last.domain, last.agency)
        else:
            kept.append(named)
    return kept


# Of these there is one for the whole city.
_SINGLE = {
    "邮政管理局": "411200-YZ", "海关": "411200-HG", "河务局": "411200-HW", "金融监管局": "411200-JR", "银保监局": "411200-JR",
}  # fmt: skip


def _resolve(name: str, where: str | None) -> tuple[str, Agency | None]:
    if name == "司法局":
        return "", agencies.by_code().get(f"{(where or '')[:6]}-SF")
    domain = agencies.aliases()[name]
    if name in _SINGLE and where is not None:
        return domain, agencies.by_code()[_SINGLE[name]]
    return domain, agencies.resolve(domain, where)


def _towns(text: str, hits: list[Hit], found: list[Named]) -> list[Named]:
    """A township named together with its government or squad is the agency itself."""
    more = []
    for hit in hits:
        unit = agencies.by_code().get(hit.code)
        is_town = len(hit.code) == 9 and hit.code.isdigit()
        is_zone = unit is not None and unit.level == "zone"
        if not (is_town or is_zone) or any(f.start <= hit.start < f.end for f in found):
            continue
        match = _TOWN_WORDS.match(text[hit.end :]) if is_town else None
        if match and not match["office"] and _SCENE.search(text[max(0, hit.start - 8) : hit.start]):
            continue
        if match or text[hit.end - 1] == "办" or _is_actor(text, hit):
            end = hit.end + (match.end() if match and match["office"] else 0)
            before = next((h for h in hits if h.end == hit.start and len(h.code) == 6), None)
            start = before.start if before else hit.start
            more.append(Named(start, end, "AD30" if is_zone else "AD29", unit))
    return more


def _is_actor(text: str, hit: Hit) -> bool:
    """The place by its full name stands where somebody acts or is acted on."""
    if text[hit.end - 1] not in "乡镇区道":
        return False
    before = text[max(0, hit.start - 4) : hit.start]
    is_free = not before or not ("\u4e00" <= before[-1] <= "\u9fff") or bool(_BEFORE_ACTOR.search(before))
    return is_free and bool(_ACTS.match(text[hit.end :]) or _ACTED_ON.search(before))


_BRANCH = re.compile(r"分局")
_POLICE = re.compile(r"民警|公安|派出所|警察|治安|户口|身份证|抓人|抓走|拘留|打架|笔录|入户搜查|报警")
_FUMES = re.compile(
    r"环保|环境|排污|污染|废气|废水|冒烟|臭|粉尘|油烟|噪[声音]|排放|偷排|采样|尾矿|赤泥|洗矿|水质|现场核查|窑炉|烟囱|脱硫|氧化铝"
)


def _branches(text: str, found: list[Named]) -> list[Named]:
    """渑池分局 alone: of the police or of the environment bureau, whichever the text speaks of."""
    domain = "AD08" if _POLICE.search(text) else "AD03" if _FUMES.search(text) else None
    if domain is None:
        return []
    more = []
    for match in _BRANCH.finditer(text):
        before = _just_before(text, match.start(), [])
        if before is None or any(f.start < match.end() and before.start < f.end for f in found):
            continue
        more.append(Named(before.start, match.end(), domain, agencies.resolve(domain, before.code)))
    return more
