"""The city's file of systems: one YAML file, read at start, every mistake named with its line.

A system that is not in the file is off. A file with a mistake is refused as a whole:
half a configuration would look like a system that is down.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any, cast

import yaml
from yarl import URL

from connectors.partners.access import CIPHERS, CONNECTION, Access, Envelope
from connectors.partners.client import PartnerClient
from connectors.partners.fields import FieldMap
from connectors.partners.systems import SYSTEMS
from connectors.policies.sm2 import PublicKey
from connectors.registry import Misconfigured

ALGORITHMS = ("HMAC-SHA256", "HMAC-SM3")
SHORTEST_SECRET = 16
_SECRETS = {"secret": "secret_file", "package_key": "package_key_file"}
_ENVELOPE = tuple(f.name for f in dataclass_fields(Envelope))
_KEYS = (
    "url",
    "app_id",
    "secret",
    "secret_file",
    "algorithm",
    "timeout_s",
    "paths",
    "fields",
    "envelope",
    "package_key",
    "package_key_file",
    "key_id",
    "cipher",
)


def read_partners(file: Path) -> dict[str, Access]:
    """System name -> access, of every system in the file.

    raises: Misconfigured naming the file's line that is wrong
    """
    try:
        root = yaml.compose(file.read_text("utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"合作系统配置 {file} 读不出来，请检查路径和编码（UTF-8）") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else "内容"
        raise Misconfigured(f"合作系统配置 {file} {where}不是正确的 YAML，请检查缩进、冒号和引号") from error
    reader = _Reader(file)
    if root is None:
        return {}
    systems = reader.mapping(root, "最外层", tuple(SYSTEMS))
    return {name: reader.access(name, node) for name, (node, _) in systems.items()}


class _Reader:
    """Reads the nodes of one file; whatever is wrong is said with the line."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def wrong(self, node: yaml.Node, words: str) -> Misconfigured:
        return Misconfigured(f"合作系统配置 {self._file} 第 {node.start_mark.line + 1} 行：{words}")

    def mapping(
        self, node: yaml.Node, what: str, known: tuple[str, ...] | None = None
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key -> (value node, key node). raises: Misconfigured"""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what}应为“名称: 值”的形式")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if known is not None and key not in known:
                raise self.wrong(key_node, f"{what}没有名为 {key} 的设置，可用的有：{'、'.join(known)}")
            if key in found:
                raise self.wrong(key_node, f"{what}的 {key} 写了两遍")
            found[key] = (value, key_node)
        return found

    def text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self.wrong(node, f"{what}应为一个不空的值")
        return str(node.value).strip()

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, f"{what}应为列表")
        return tuple(self.text(member, what) for member in node.value)

    def access(self, system: str, node: yaml.Node) -> Access:
        """raises: Misconfigured"""
        client = SYSTEMS[system]
        found = self.mapping(node, system, (*_KEYS, *client.more_settings))
        values: dict[str, Any] = {}
        for key, read in _READ.items():
            if key in found:
                values[key] = read(self, found[key][0], client)
        for key, file_key in _SECRETS.items():
            secret = self._secret(key, file_key, found)
            if secret:
                values[key] = self._package_key(secret, values, found) if key == "package_key" else secret
        is_connected = any(values.get(key) for key in CONNECTION)
        for key in (*client.needs, *(CONNECTION if is_connected else ())):
            if not values.get(key):
                raise self.wrong(node, f"{system} 缺少设置 {key}")
        if client.needs_package_key and not values.get("package_key"):
            raise self.wrong(node, f"{system} 缺少设置 package_key（密封材料用的密钥）")
        return Access(**values)

    def _secret(
        self, key: str, file_key: str, found: Mapping[str, tuple[yaml.Node, yaml.Node]]
    ) -> str | None:
        """A secret, written out or in a file of its own; never part of a message."""
        if key in found and file_key in found:
            raise self.wrong(found[file_key][1], f"{key} 和 {file_key} 只能写一个")
        if key not in found and file_key not in found:
            return None
        node = found[key][0] if key in found else found[file_key][0]
        text = self.text(node, key if key in found else file_key)
        if file_key in found:
            try:
                text = (self._file.parent / text).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise self.wrong(node, f"{file_key} 指的文件读不出来") from error
        if len(text) < SHORTEST_SECRET:
            raise self.wrong(node, f"{key} 至少 {SHORTEST_SECRET} 个字符")
        return text

    def _package_key(
        self, text: str, values: Mapping[str, Any], found: Mapping[str, tuple[yaml.Node, yaml.Node]]
    ) -> bytes:
        node = found.get("package_key", found.get("package_key_file"))
        cipher = values.get("cipher", "AES-GCM")
        size = 16 if cipher == "SM4-GCM" else 32
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != size and node is not None:
            raise self.wrong(node[0], f"{cipher} 的 package_key 应为 {size} 字节的 base64")
        return key


def _url(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> str:
    text = reader.text(node, "url")
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.query_string or url.user:
        raise reader.wrong(node, "url 应以 http:// 或 https:// 开头，不带账号和参数")
    return text


def _app_id(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> str:
    text = reader.text(node, "app_id")
    if not re.fullmatch(r"[\x21-\x7e]{1,64}", text):
        raise reader.wrong(node, "app_id 应为不超过 64 位的字母、数字和符号")
    return text


def _public_key(key: str) -> Callable[[_Reader, yaml.Node, type[PartnerClient]], str]:
    def read(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> str:
        try:
            return PublicKey(reader.text(node, key)).text
        except ValueError as wrong:
            raise reader.wrong(node, f"{key}：{wrong}") from None

    return read


def _choice(key: str, choices: tuple[str, ...]) -> Callable[[_Reader, yaml.Node, type[PartnerClient]], str]:
    def read(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> str:
        text = reader.text(node, key)
        if text not in choices:
            raise reader.wrong(node, f"{key} 应为 {' 或 '.join(choices)}")
        return text

    return read


def _timeout(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> float:
    text = reader.text(node, "timeout_s")
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]+)?", text) or not 0.1 <= float(text) <= 30:
        raise reader.wrong(node, "timeout_s 应为 0.1 至 30 的秒数")
    return float(text)


def _key_id(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> str:
    return reader.text(node, "key_id")[:32]


def _paths(reader: _Reader, node: yaml.Node, client: type[PartnerClient]) -> dict[str, str]:
    found = {}
    for key, (value, _) in reader.mapping(node, "paths", tuple(client.paths)).items():
        found[key] = reader.text(value, f"paths 的 {key}")
        if not re.fullmatch(r"/[!-~]{0,300}", found[key]):
            raise reader.wrong(value, f"paths 的 {key} 应以 / 开头")
    return found


def _fields(reader: _Reader, node: yaml.Node, client: type[PartnerClient]) -> dict[str, str]:
    known = FieldMap(client.field_specs()).keys()
    return {
        key: reader.text(value, f"fields 的 {key}")
        for key, (value, _) in reader.mapping(node, "fields", known).items()
    }


def _envelope(reader: _Reader, node: yaml.Node, _client: type[PartnerClient]) -> Envelope:
    values: dict[str, Any] = {}
    for key, (value, _) in reader.mapping(node, "envelope", _ENVELOPE).items():
        read = reader.texts if key in ("ok", "empty") else reader.text
        values[key] = cast(Any, read)(value, f"envelope 的 {key}")
    return Envelope(**values)


_READ: Mapping[str, Callable[[_Reader, yaml.Node, type[PartnerClient]], Any]] = {
    "url": _url,
    "app_id": _app_id,
    "algorithm": _choice("algorithm", ALGORITHMS),
    "timeout_s": _timeout,
    "paths": _paths,
    "fields": _fields,
    "envelope": _envelope,
    "key_id": _key_id,
    "cipher": _choice("cipher", CIPHERS),
    "receiver_key": _public_key("receiver_key"),
    "receipt_key": _public_key("receipt_key"),
}
