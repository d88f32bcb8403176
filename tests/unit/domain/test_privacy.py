"""Personal data is found by certain signs and starred."""

import pytest

from intake.domain.privacy import find_secrets, mask


@pytest.mark.parametrize(("text", "masked"), [
    ("电话13800138000,身份证110101000000001234。", "电话138****8000,身份证110101********1234。"),
    ("打138 0013 8000", "打138****8000"),
    ("１３８００１３８０００", "138****8000"),
    ("车牌豫M·A1234", "车牌豫M***34"),
    ("信箱test@example.com", "信箱t***@example.com"),
    ("卡号6222 0212 3456 7894", "卡号6222********7894"),
    ("微信号：abc_12345", "微信号：a***5"),
])  # fmt: skip
def test_each_kind_is_starred(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize("text", [
    "罚款5000元", "2026年11月23日", "三市监处罚〔2024〕12号", "受理编号XS3K7M9PQ2ABC", "卡号6222021234567890",
])  # fmt: skip
def test_other_numbers_stay(text):
    assert mask(text) == text


def test_offsets_are_those_of_the_raw_text():
    text = "我的电话是13800138000，谢谢"

    [secret] = find_secrets(text)

    assert (secret.kind, text[secret.start : secret.end], secret.value) == (
        "phone",
        "13800138000",
        "13800138000",
    )
