"""Name of an outside system -> the connector that calls it. Off until configured.

A connector is opened only when its settings are given; settings that cannot
work are refused at once with the name of the one to fix.
"""

from collections.abc import Callable, Mapping

from connectors.base import Connector
from connectors.hotline12345.connector import SYSTEM as HOTLINE
from connectors.hotline12345.connector import HotlineClient
from connectors.policies.agreed import agreed

Values = Mapping[str, str]
Factory = Callable[[Values], Connector]


class Misconfigured(Exception):
    """A connector's settings cannot work; the message names the setting and says what to do."""


def _hotline(values: Values) -> Connector:
    return HotlineClient(values["url"], values["app_id"], "", trust=agreed(values))


FACTORIES: Mapping[str, Factory] = {HOTLINE: _hotline}
NEEDS: Mapping[str, tuple[str, ...]] = {HOTLINE: ("url", "app_id")}


def open_connector(name: str, values: Values | None) -> Connector | None:
    """The connector `name`, or None while it has no settings (switched off).

    raises:  Misconfigured for an unknown name, a missing or an unusable setting
    """
    if name not in FACTORIES:
        raise Misconfigured(f"没有名为 {name} 的连接器，可用的有：{'、'.join(FACTORIES)}")
    if not values or not values.get("url"):
        return None
    for key in NEEDS[name]:
        if not values.get(key):
            raise Misconfigured(f"连接器 {name} 缺少设置 {key}")
    try:
        return FACTORIES[name](values)
    except ValueError as wrong:
        raise Misconfigured(f"连接器 {name} 的设置不能用：{wrong}") from wrong


def open_connectors(settings: Mapping[str, Values]) -> dict[str, Connector]:
    """Every configured connector by name."""
    opened = {name: open_connector(name, values) for name, values in settings.items()}
    return {name: connector for name, connector in opened.items() if connector is not None}
