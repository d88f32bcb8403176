"""The local hotline keeps no personal data."""

import pytest

from connectors.hotline12345.simulator.masking import mask, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("电话13800138000。", "电话138****8000。", id="phone"),
        pytest.param("证110101000000001234,", "证110101********1234,", id="id number"),
        pytest.param("写信到 a.b@example.cn", "写信到 ***@***", id="mail"),
        pytest.param("罚款500元", "罚款500元", id="an amount stays"),
    ],
)
def test_texts_are_masked(text, expected):
    assert mask(text) == expected


def test_an_order_loses_what_names_a_person():
    order = masked(
        {"caller_name": "测试人", "id_no": "1", "lead": {"notes": ["13800138000"]}, "time_limit": 5}
    )

    assert order == {"caller_name": "测**", "lead": {"notes": ["138****8000"]}, "time_limit": 5}
