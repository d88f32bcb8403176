"""One text in, everything understood out: normalise, cut, score, extract, be certain, explain."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from intake.classify import component, hints, in_service, people, rules, times, whereabouts
from intake.classify.cues import HEADLINE, prior
from intake.classify.explain import Explainer
from intake.classify.extraction import Facts, extract
from intake.classify.features import fold
from intake.classify.heads import Heads, ranked, sigmoid
from intake.classify.model import ANY, REMARK_WEIGHT, Linear, load_linear
from intake.classify.normalise import Clean, normalise
from intake.classify.reading import Reading
from intake.domain import places, taxonomy
from intake.domain.classification import (
    Classification,
    Enterprise,
    GreenChannel,
    IncidentTime,
    Mention,
    Scored,
    Span,
    Urgency,
)

SUPERVISED = "SC00"
SHORT = 200
# SC70 is left to the names of places: see `rules.is_outside`.
_EVERYDAY = frozenset({"SC00", "SC10", "SC11", "SC70"})
BUSINESS = 0.7  # without the writer saying so, the weights must be quite sure
FEW_WORDS = 60
UNSURE = 0.25  # from here on a person will want to see what it could be
_ENFORCED = re.compile(r"执法|城管|交警|民警|拆迁|强拆|拆我|封|扣|镇政府|办事处")
_CONDUCT = re.compile(r"罚|查|扣|封|拆|收费|证|骂|打|管|处理|投诉|举报|执法|立案|审批|办理|检查")


def load(models: Path) -> Classifier:
    """The classifier in service among a folder of models (else the newest), or the one in a model's own folder.

    raises: OSError when there is none; ValueError when it is damaged
    """
    if (models / "model.json").exists():
        return load_folder(models)
    chosen = in_service.folder(models)
    if chosen is None:
        found = sorted(models.glob("classifier-*/model.json"), key=lambda p: p.stat().st_mtime)
        if not found:
            raise FileNotFoundError(f"no classifier in {models}")
        chosen = found[-1].parent
    return load_folder(chosen)


def load_folder(path: Path) -> Classifier:
    """raises: OSError when it is not there; ValueError when it is damaged"""
    return Classifier(load_linear(path))


class Classifier:
    """Pure and thread-safe; about a millisecond for 200 characters."""

    def __init__(self, model: Linear) -> None:
        self.model = model
        self.version = model.version
        self._nlp = component.pipeline(model)
        self._heads = Heads(model)
        self._gate = model.column("gate", SUPERVISED)

    def classify(self, text: str, *, today: dt.date) -> Classification:
        """Everything the text says; today: local date that relative times count from."""
        clean = normalise(text)
        seen, chance, explain = self._read(clean.text)
        logits: list[float] = seen.logits.tolist()
        hits = whereabouts.find_places(clean.text)
        region = whereabouts.region_of(hits)
        facts = extract(text, clean, today, [(h.start, h.end) for h in hits])
        named = whereabouts.find_agencies(clean.text, region.code if region else None, hits, facts.names)
        danger = rules.is_danger(clean.text)
        scope = self._scope(clean.text, chance, logits, has_place=bool(hits), danger=danger)
        domain = self._domain(logits, named)
        problems = self._problems(clean.text, seen, scope, chance, explain)
        said = [clean.text[n.start : n.end] for n in named if n.domain == domain.code]
        domain = replace(domain, evidence=explain.domain(domain.code, said))
        scope = replace(scope, evidence=explain.scope(scope.code, problems))
        demand = people.find_demand(clean.text)
        agency = _agency(clean, named, domain.code)
        return Classification(
            scope=scope,
            problem_types=problems,
            domain=domain,
            action_kinds=self._actions(clean.text, logits, is_ours=chance >= UNSURE),
            urgency=self._urgency(clean.text, logits, scope.code, danger),
            green_channel=self._green(clean.text, logits, scope.code),
            agency=agency,
            region=_region(clean, region),
            document_numbers=facts.documents,
            amounts_yuan=facts.amounts,
            incident_time=_incident(clean.text, facts.when),
            enterprise=Enterprise(facts.enterprise, facts.uscc),
            missing=_missing(clean.text, named, region, problems, facts.when, demand),
            needs_human=danger
            or abs(chance - 0.5) < 0.2
            or scope.score < 0.4
            or scope.code in ("SC81", "SC82"),
            model=self.version,
            demand=demand,
            danger=danger,
            other_agencies=_others(clean, named, agency),
            tried=facts.tried,
            spans=facts.spans + _mentions(clean, named, facts) + _places(clean, hits, named, facts),
        )

    def _read(self, clean: str) -> tuple[Reading, float, Explainer]:
        """What the models see of a text, how likely it is about enforcement conduct, and who can say why."""
        folded = fold(clean)
        seen = component.reading(self._nlp(folded.text))
        learnt = float(seen.logits[self._gate])
        remark = float(seen.windows.scores[:, 0].max())
        chance = self.model.gate.chance(prior(seen.text, seen.met), learnt, remark, len(clean))
        return seen, chance, Explainer(self.model, clean, folded, seen)

    def chance(self, text: str) -> float:
        """How likely a text is about enforcement conduct; 0.5 is where we say yes."""
        return self._read(normalise(text).text)[1]

    def _scope(
        self, text: str, chance: float, logits: list[float], *, has_place: bool, danger: bool
    ) -> Scored:
        """The certain ones first, then the gate of SC00, then the likeliest of the others."""
        if rules.is_about_own_case(text):
            return Scored("SC92", 0.99)
        if danger and len(text) <= SHORT and not _ENFORCED.search(text):
            return Scored("SC60", 0.95)
        scores = self._heads.scores(logits, "scope")
        labels = self.model.labels["scope"]
        order = ranked(scores)
        best, highest = labels[order[0]], scores[order[0]]
        if chance >= 0.5:
            if rules.is_outside(text, has_place):
                return Scored("SC70", chance)
            # A few lines about an authority may all the same ask for progress, name the tax office, speak of a court.
            if best not in _EVERYDAY and highest > 0.6 and len(text) <= SHORT:
                return Scored(best, highest)
            return Scored(SUPERVISED, chance)
        order = [i for i in order if labels[i] != SUPERVISED]
        others = sum(scores[i] for i in order) or 1.0
        return Scored(labels[order[0]], scores[order[0]] / others * (1 - chance))

    def _domain(self, logits: list[float], named: list[whereabouts.Named]) -> Scored:
        """The model's domain; an agency named in the text weighs in."""
        scores, places = self._heads.scores(logits, "domain"), self._heads.places["domain"]
        times_named = Counter(n.domain for n in named if n.domain)
        early = {n.domain for n in named if n.start < HEADLINE}
        for domain, often in times_named.items():
            scores[places[domain]] += 0.4 + 0.1 * min(3, often - 1) + 0.1 * (domain in early)
        best = max(range(len(scores)), key=scores.__getitem__)
        return Scored(self.model.labels["domain"][best], min(1.0, scores[best]))

    def _problems(
        self, text: str, seen: Reading, scope: Scored, chance: float, explain: Explainer
    ) -> tuple[Scored, ...]:
        """At most three, best first; at least one for a supervised text."""
        if chance < UNSURE and scope.code not in ("SC70", "SC71", "SC30", "SC80", "SC41", "SC40"):
            return ()
        labels, raw = self.model.labels["problem"], self._heads.raw(seen.logits.tolist(), "problem")
        words = hints.hinted(text)
        remark = seen.windows.scores[:, 1:].max(axis=0).tolist()
        scores = [
            sigmoid(r + b + REMARK_WEIGHT * m)
            for r, b, m in zip(raw, hints.bonus(words, labels), remark, strict=True)
        ]
        cuts = self.model.cuts["problem"]
        order = ranked(scores)
        found = [labels[i] for i in order if scores[i] >= cuts.get(labels[i], 0.5)][:3]
        if not found and chance >= UNSURE:
            found = [labels[order[0]]]
        return tuple(
            Scored(
                code,
                scores[self._heads.places["problem"][code]],
                explain.problem(code, [text[a:b] for a, b in words.get(code, ())]),
            )
            for code in found
        )

    def _actions(self, text: str, logits: list[float], *, is_ours: bool) -> tuple[str, ...]:
        scores, labels = self._heads.scores(logits, "action"), self.model.labels["action"]
        found = [labels[i] for i in ranked(scores) if scores[i] >= 0.5 and labels[i] != "AK00"][:3]
        return tuple(found) or (rules.action_words(text) if is_ours else ()) or ("AK00",)

    def _urgency(self, text: str, logits: list[float], scope: str, danger: bool) -> Urgency:
        level, reasons = rules.urgency_reasons(text)
        if danger:
            return Urgency("U1", reasons)
        scores = self._heads.scores(logits, "urgency")
        highest = max(scores)
        modelled = self.model.labels["urgency"][scores.index(highest)]
        if modelled in ("U1", "U2") and highest < 0.6:
            modelled = "U3"
        if level and scope in (SUPERVISED, "SC60", "SC71"):
            return Urgency(min(level, modelled), reasons)
        if scope in ("SC90", "SC91", "SC92", "SC81"):
            return Urgency("U4")
        return Urgency("U3" if modelled == "U4" and scope == SUPERVISED else modelled, reasons)

    def _green(self, text: str, logits: list[float], scope: str) -> GreenChannel:
        """A business by its own words or by the model; which kind is the model's, within what the words allow."""
        scores, labels = self._heads.scores(logits, "green"), self.model.labels["green"]
        is_business = self._heads.places["green"][ANY]
        said = people.business_words(text)
        is_idle = scope in ("SC60", "SC82", "SC91", "SC92")
        # A sentence or two must say it in so many words.
        likely = len(text) >= FEW_WORDS and scores[is_business] >= BUSINESS
        if is_idle or not (said or likely):
            return GreenChannel("not_eligible")
        scores[is_business] = -1
        best = scores.index(max(scores))
        code = labels[best]
        if said and scores[best] < 0.3:
            code = "GC01" if people.is_company(said) else "GC02"
        return GreenChannel(taxonomy.green_result(code), code, (said or taxonomy.label(code),))


def _incident(text: str, when: times.Found | None) -> IncidentTime | None:
    return IncidentTime(when.first, when.last, text[when.start : when.end]) if when else None


def _agency(clean: Clean, named: list[whereabouts.Named], domain: str) -> Mention | None:
    """The respondent: an organisation of the text's domain first, else the first that can be told."""
    resolved = [n for n in named if n.agency is not None]
    if not resolved:
        return None
    chosen = next((n for n in resolved if n.domain == domain), resolved[0])
    if chosen.agency is None:
        return None
    return Mention(chosen.agency.code, chosen.agency.name, clean.raw_span(chosen.start, chosen.end))


def _others(clean: Clean, named: list[whereabouts.Named], agency: Mention | None) -> tuple[Mention, ...]:
    found: dict[str, Mention] = {}
    for n in named:
        if n.agency is not None and agency is not None and n.agency.code != agency.code:
            found.setdefault(
                n.agency.code, Mention(n.agency.code, n.agency.name, clean.raw_span(n.start, n.end))
            )
    return tuple(found.values())[:4]


def _region(clean: Clean, hit: whereabouts.Hit | None) -> Mention | None:
    if hit is None:
        return None
    return Mention(hit.code, places.by_code()[hit.code].name, clean.raw_span(hit.start, hit.end))


def _mentions(clean: Clean, named: list[whereabouts.Named], facts: Facts) -> tuple[Span, ...]:
    """Every mention of an organisation that can be told, with its name; 姓康的辅警 is an officer, not a mention."""
    people = [(s.start, s.end) for s in facts.spans if s.kind == "officer"]
    spans = [(clean.raw_span(n.start, n.end), n.agency.name) for n in named if n.agency is not None]
    return tuple(
        Span("agency", *span, name)
        for span, name in spans
        if not any(a <= span[0] and span[1] <= b for a, b in people)
    )


def _places(
    clean: Clean, hits: list[whereabouts.Hit], named: list[whereabouts.Named], facts: Facts
) -> tuple[Span, ...]:
    """Places that are not part of the name of an agency, a firm or a document."""
    firms = [(s.start, s.end) for s in facts.spans if s.kind in ("enterprise", "document")]
    taken = firms + [clean.raw_span(n.start, n.end) for n in named]
    spans = [(clean.raw_span(h.start, h.end), h.code) for h in hits]
    return tuple(
        Span("region", *span, places.by_code()[code].name)
        for span, code in spans
        if not any(a < span[1] and span[0] < b for a, b in taken)
    )


def _missing(
    text: str,
    named: list[whereabouts.Named],
    region: whereabouts.Hit | None,
    problems: tuple[Scored, ...],
    when: times.Found | None,
    demand: str | None,
) -> tuple[str, ...]:
    """What must still be asked: agency or place, conduct, time, demand."""
    absent = {
        "agency": not any(n.agency for n in named) and not (named and region),
        "conduct": not problems and not (len(text) >= 12 and _CONDUCT.search(text)),
        "time": when is None,
        "demand": demand is None,
    }
    return tuple(name for name, is_missing in absent.items() if is_missing)
