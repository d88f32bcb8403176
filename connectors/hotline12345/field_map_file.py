"""Read a field map from YAML and explain every mistake in it, with its line and what is right."""

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from connectors.hotline12345.field_map import FieldMap, FieldRule
from connectors.hotline12345.tables import events, field_codes, fields, states

TOP = ("name", "unmapped", "work_order", "event")
OPTIONS = ("to", "codes", "send", "format", "separator")
DIRECTIVES = frozenset("YmdHMSz")
EVENT_KINDS = {
    "event": "event",
    "at": "time",
    "text": "text",
    "status": "state",
    "stage": "text",
    "lead_no": "text",
    "work_order_no": "text",
    "deadline": "time",
    "source_revision": "text",
    "origin": "text",
    "lead_stage": "text",
    "event_id": "text",
}
NEEDED = ("work_order_no", "content")
_PROBE = dt.datetime(2026, 11, 3, 9, 30, 15, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """line: counted from 1; message: Chinese, what is wrong and what is right."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.message}"


class WrongFieldMap(Exception):
    """The map cannot be used; `mistakes` are all of them, in order."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes)
        super().__init__("；".join(str(one) for one in self.mistakes))


def load_field_map(path: Path) -> FieldMap:
    """raises: OSError; WrongFieldMap"""
    return read_field_map(path.read_bytes())


def read_field_map(text: str | bytes) -> FieldMap:
    """raises: WrongFieldMap"""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise WrongFieldMap([Mistake(line, "不是合法的 YAML，请检查缩进、冒号和引号")]) from wrong
    reader = _Reader()
    found = reader.read(root)
    if found is None or reader.mistakes:
        raise WrongFieldMap(reader.mistakes)
    return found


class _Reader:
    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def wrong(self, node: Node, message: str) -> None:
        self.mistakes.append(Mistake(node.start_mark.line + 1, message))

    def read(self, root: Node | None) -> FieldMap | None:
        if not isinstance(root, MappingNode):
            self.mistakes.append(Mistake(1, "文件应为“名称: 值”的形式，至少含 name 和 work_order"))
            return None
        parts: dict[str, Node] = {}
        for key, node in self.pairs(root, "顶层项目"):
            if key.value not in TOP:
                self.wrong(
                    key, f"不认识的项目 {key.value}，可用的有：{'、'.join(TOP)}{_near(key.value, TOP)}"
                )
            parts[key.value] = node
        for needed in ("name", "work_order"):
            if needed not in parts:
                self.wrong(root, f"缺少 {needed}")
        kinds = {key: spec.kind for key, spec in fields().items()}
        orders = self.section(parts.get("work_order"), kinds, NEEDED)
        happenings = self.section(parts.get("event"), EVENT_KINDS, ("event",))
        unmapped = self.text(parts.get("unmapped")) or "keep"
        if unmapped not in ("keep", "drop"):
            self.wrong(parts["unmapped"], "unmapped 应为 keep（原样带上）或 drop（不发送）")
        return FieldMap(self.text(parts.get("name")), orders, happenings, unmapped == "drop")

    def section(
        self, node: Node | None, kinds: Mapping[str, str], needed: tuple[str, ...]
    ) -> tuple[FieldRule, ...]:
        if node is None:
            return ()
        if not isinstance(node, MappingNode):
            self.wrong(node, "应为“对方字段: 我方字段”的列表，每行一个")
            return ()
        rules: dict[str, FieldRule] = {}
        for key, value in self.pairs(node, "对方字段"):
            rule = self.rule(key, value, kinds)
            if rule is None:
                continue
            if rule.ours in rules:
                self.wrong(key, f"{rule.ours} 已由 {rules[rule.ours].theirs} 对应，不能再对应 {rule.theirs}")
            rules.setdefault(rule.ours, rule)
        for ours in needed:
            if ours not in rules:
                self.wrong(node, f"缺少必需的字段 {ours}（{_label(ours)}），请写明对方用哪个字段表示")
        return tuple(rules.values())

    def rule(self, key: ScalarNode, node: Node, kinds: Mapping[str, str]) -> FieldRule | None:
        options: dict[str, Node] = {"to": node}
        if isinstance(node, MappingNode):
            options = {}
            for name, value in self.pairs(node, "选项"):
                if name.value not in OPTIONS:
                    self.wrong(name, f"不认识的选项 {name.value}，可用的有：{'、'.join(OPTIONS)}")
                options[name.value] = value
        ours = self.text(options.get("to"))
        if ours not in kinds:
            at = options.get("to", key)
            known = f"，可用的有：{'、'.join(kinds)}" if len(kinds) < 20 else "，字段名见 data/fields.csv"
            self.wrong(at, f"我方没有字段 {ours or '（空）'}{_near(ours, kinds) or known}")
            return None
        kind = kinds[ours]
        codes, send = self.codes(ours, kind, options)
        form = self.form(kind, options.get("format"))
        separator = self.separator(kind, options.get("separator"))
        return FieldRule(key.value, ours, kind, codes, send, form, separator)

    def codes(
        self, ours: str, kind: str, options: Mapping[str, Node]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Their codes to ours, and ours to theirs for every code of ours."""
        node = options.get("codes")
        if node is None:
            if "send" in options:
                self.wrong(options["send"], "send 要和 codes 一起用")
            return {}, {}
        allowed = _allowed(ours, kind)
        if not allowed:
            self.wrong(node, f"{ours}（{_label(ours)}）不是代码字段，不能写 codes")
            return {}, {}
        codes = {key.value.strip(): value for key, value in self.table(node, "对方代码", allowed)}
        send: dict[str, str] = {}
        for theirs, code in codes.items():
            send.setdefault(code, theirs)
        extra = options.get("send")
        for key, value in self.table(extra, "我方代码", None) if extra is not None else ():
            if key.value not in allowed:
                self.wrong(key, f"我方没有代码 {key.value}，应为其中之一：{'、'.join(allowed)}")
            send[key.value] = value
        if missing := [code for code in allowed if code not in send]:
            words = (
                f"往外发送时 {'、'.join(missing)} 没有对应的写法，请在 codes 里补上，或用 send 写明发成什么"
            )
            self.wrong(node, words)
        return codes, send

    def table(
        self, node: Node, what: str, allowed: tuple[str, ...] | None
    ) -> Iterator[tuple[ScalarNode, str]]:
        if not isinstance(node, MappingNode):
            self.wrong(node, f"应为“{what}: 代码”的列表")
            return
        for key, value in self.pairs(node, what):
            code = self.text(value)
            if allowed is not None and code not in allowed:
                self.wrong(
                    value,
                    f"{key.value} 对应的代码 {code or '（空）'} 不存在，应为其中之一：{'、'.join(allowed)}",
                )
                continue
            yield key, code

    def form(self, kind: str, node: Node | None) -> str | None:
        if node is None:
            return None
        text = self.text(node)
        used = re.findall(r"%(.?)", text)
        if kind not in ("time", "span"):
            self.wrong(node, "format 只用于时间字段")
        elif bad := [one for one in used if one not in DIRECTIVES]:
            self.wrong(node, f"时间格式里不认识 %{bad[0]}，可用的有：%Y %m %d %H %M %S %z")
        elif not {"Y", "m", "d"} <= set(used):
            self.wrong(node, "时间格式至少要有 %Y（年）、%m（月）、%d（日），例如 %Y-%m-%d %H:%M:%S")
        elif not _reads_back(text):
            self.wrong(node, "按这个时间格式写出的时间读不回来，请在各部分之间加分隔，且不要重复")
        return text

    def separator(self, kind: str, node: Node | None) -> str | None:
        if node is None:
            return None
        text = self.text(node)
        if kind != "list":
            self.wrong(node, "separator 只用于列表字段")
        elif not text:
            self.wrong(node, "separator 不能为空，例如 、")
        return text

    def pairs(self, node: MappingNode, what: str) -> Iterator[tuple[ScalarNode, Node]]:
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or not key.value.strip():
                self.wrong(key, f"{what}应为一段文字")
                continue
            if key.value in seen:
                self.wrong(key, f"{what} {key.value} 写了两次（第 {seen[key.value]} 行已有）")
                continue
            seen[key.value] = key.start_mark.line + 1
            yield key, value

    def text(self, node: Node | None) -> str:
        return node.value if isinstance(node, ScalarNode) else ""


def _allowed(ours: str, kind: str) -> tuple[str, ...]:
    if kind == "event":
        return tuple(events())
    if kind == "state":
        return tuple(states())
    if kind == "flag":
        return ("true", "false")
    return tuple(dict.fromkeys(field_codes().get(ours, {}).values()))


def _near(word: str, known: object) -> str:
    found = difflib.get_close_matches(word, list(known), 1)  # type: ignore[call-overload]
    return f"，是不是 {found[0]}？" if found else ""


def _label(ours: str) -> str:
    return fields()[ours].label if ours in fields() else "事件类型"


def _reads_back(form: str) -> bool:
    try:
        found = dt.datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007 - only the day is compared
    except (ValueError, re.error):
        return False
    return found.date() == _PROBE.date()
