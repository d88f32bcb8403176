"""Connectors are off until configured, and wrong settings are named."""

import pytest

from connectors.base import Connector, TakesWorkOrders, TellsChanges
from connectors.registry import Misconfigured, open_connector, open_connectors

WHOLE = {"url": "http://127.0.0.1:9/gateway", "app_id": "xiansuo", "secret": "s"}


@pytest.mark.parametrize("values", [None, {}, {"url": "", "app_id": "xiansuo"}])
def test_a_connector_without_settings_is_off(values):
    assert open_connector("hotline12345", values) is None


def test_a_configured_connector_keeps_the_protocols():
    connector = open_connector("hotline12345", WHOLE)

    assert isinstance(connector, Connector)
    assert isinstance(connector, TakesWorkOrders)
    assert isinstance(connector, TellsChanges)


def test_only_configured_connectors_are_opened():
    assert open_connectors({"hotline12345": {}}) == {}


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        pytest.param("hotline", WHOLE, "没有名为 hotline 的连接器", id="unknown name"),
        pytest.param("hotline12345", WHOLE | {"secret": ""}, "必须设置 secret", id="no secret"),
        pytest.param("hotline12345", WHOLE | {"url": "12345.gov"}, "must start with http", id="no scheme"),
        pytest.param("hotline12345", WHOLE | {"signature": "MD5"}, "signature", id="weak hash"),
    ],
)
def test_settings_that_cannot_work_are_refused(name, values, says):
    with pytest.raises(Misconfigured, match=says):
        open_connector(name, values)
