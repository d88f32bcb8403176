"""The city's file of systems: what is read, and what is refused with its line."""

from __future__ import annotations

import datetime as dt

import pytest

from connectors.discipline.connector import Discipline
from connectors.partners.configuration import read_partners
from connectors.partners.fields import KINDS, FieldMap
from connectors.partners.simulate import MAKERS, discipline_sample, sample_file
from connectors.partners.systems import SYSTEMS
from connectors.registry import Misconfigured

KEY = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SECRET = "a-secret-of-this-test"
GOOD = f"""credit_platform:
  url: https://credit.example.gov.cn/api
  app_id: sanmenxia
  secret: {SECRET}
  algorithm: HMAC-SM3
  timeout_s: 5
  paths:
    penalties: /xyzx/cf
  fields:
    penalty.published_on: GS_RQ
  envelope:
    code: resultCode
    ok: ["1", "00"]
"""


def written(tmp_path, text):
    file = tmp_path / "systems.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_good_file_is_read(tmp_path):
    access = read_partners(written(tmp_path, GOOD))["credit_platform"]

    assert (access.url, access.algorithm, access.timeout_s) == (
        "https://credit.example.gov.cn/api",
        "HMAC-SM3",
        5.0,
    )
    assert (access.paths, access.envelope.ok) == ({"penalties": "/xyzx/cf"}, ("1", "00"))
    assert SECRET not in repr(access)


def test_an_empty_file_switches_nothing_on(tmp_path):
    assert read_partners(written(tmp_path, "# 还没有\n")) == {}


def test_a_secret_can_lie_in_a_file_of_its_own(tmp_path):
    (tmp_path / "credit.key").write_text(SECRET + "\n", "utf-8")
    text = GOOD.replace(f"secret: {SECRET}", "secret_file: credit.key")

    assert read_partners(written(tmp_path, text))["credit_platform"].secret == SECRET


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("credit_platform:", "credit_platfrom:", 1, "没有名为 credit_platfrom 的设置"),
        ("https://credit", "ftp://credit", 2, "http://"),
        ("app_id: sanmenxia", "app_id: ''", 3, "app_id应为一个不空的值"),
        ("  app_id: sanmenxia\n", "", 2, "缺少设置 app_id"),
        (SECRET, "short", 4, "至少 16 个字符"),
        ("HMAC-SM3", "MD5", 5, "HMAC-SHA256 或 HMAC-SM3"),
        ("timeout_s: 5", "timeout_s: soon", 6, "0.1 至 30"),
        ("penalties: /xyzx/cf", "penalties: xyzx", 8, "应以 / 开头"),
        ("penalties: /xyzx/cf", "fines: /xyzx", 8, "没有名为 fines 的设置"),
        ("penalty.published_on", "penalty.shown", 10, "没有名为 penalty.shown 的设置"),
        ("code: resultCode", "kode: resultCode", 12, "没有名为 kode 的设置"),
        ('["1", "00"]', "1", 13, "应为列表"),
        ("timeout_s: 5", "timeout_s: 5\n  timeout_s: 6", 7, "写了两遍"),
        ("  timeout_s: 5", " timeout_s: 5", 6, "YAML"),
        (f"secret: {SECRET}", "secret_file: missing.key", 4, "读不出来"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_without_the_secret(tmp_path, old, new, line, words):
    assert old in GOOD

    with pytest.raises(Misconfigured) as caught:
        read_partners(written(tmp_path, GOOD.replace(old, new)))

    assert f"第 {line} 行" in str(caught.value)
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="读不出来"):
        read_partners(tmp_path / "none.yaml")


def test_the_sample_of_the_counterparts_is_a_good_file(tmp_path):
    text = sample_file("http://127.0.0.1:8013", "xiansuo", SECRET)
    more = discipline_sample("http://127.0.0.1:8014", "xiansuo", SECRET, KEY)

    assert set(read_partners(written(tmp_path, text))) == set(MAKERS)
    assert set(read_partners(written(tmp_path, text + more))) == set(SYSTEMS)


def test_the_discipline_body_needs_no_connection_but_a_key(tmp_path):
    access = read_partners(written(tmp_path, f"discipline:\n  receiver_key: '{KEY}'\n"))["discipline"]

    assert (access.url, access.receiver_key) == ("", KEY)
    assert not Discipline(access).is_connected


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("  app_id: x\n", 2, "缺少设置 receiver_key"),
        (f"  receiver_key: '{KEY}'\n  app_id: x\n", 2, "缺少设置 url"),
        (f"  receiver_key: '1{KEY[1:]}'\n", 2, "receiver_key：SM2 公钥不在曲线上"),
        (f"  receiver_key: '{KEY}'\n  receipt_key: abc\n", 3, "receipt_key：SM2 公钥应为 128 位"),
    ],
)
def test_half_a_configuration_of_the_discipline_body_is_refused(tmp_path, text, line, words):
    with pytest.raises(Misconfigured) as caught:
        read_partners(written(tmp_path, "discipline:\n" + text))

    assert f"第 {line} 行" in str(caught.value)
    assert words in str(caught.value)


def test_only_the_discipline_body_has_a_receiver_key(tmp_path):
    with pytest.raises(Misconfigured, match="没有名为 receiver_key 的设置"):
        read_partners(written(tmp_path, f"{GOOD}  receiver_key: '{KEY}'\n"))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_field_of_a_system_is_of_a_known_kind(system):
    specs = SYSTEMS[system].field_specs()

    assert specs
    assert {spec.kind for spec in specs} <= KINDS


@pytest.mark.parametrize(
    "text", ["2026-11-03", "2026/11/3", "2026年11月3日", "20261103", "2026-11-03 09:30:00", 1793635200000]
)
def test_a_day_is_read_however_it_is_written(text):
    fields = FieldMap(SYSTEMS["credit_platform"].field_specs())

    read = fields.read("penalty", {"CF_WSH": "x", "CF_JDRQ": text})

    assert (read.values["decided_on"], read.problems) == (dt.date(2026, 11, 3), ())


@pytest.mark.parametrize("text", ["2026-13-03", "昨天", True, "2026-02-30"])
def test_what_is_no_day_is_a_problem_not_a_day(text):
    fields = FieldMap(SYSTEMS["credit_platform"].field_specs())

    read = fields.read("penalty", {"CF_WSH": "x", "CF_JDRQ": text})

    assert read.values["decided_on"] is None
    assert "处罚决定日期（CF_JDRQ）" in read.problems[0]


@pytest.mark.parametrize("system", ["moj_suggestions", "province_platform"])
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("SYSTEM:", "SYSTEMS:", 1, "可用的有"),
        ("https://", "gopher://", 2, "http://"),
        ("results: /fk", "answers: /fk", 6, "没有名为 answers 的设置"),
        ("results: /fk", "results: fk", 6, "应以 / 开头"),
        ("result.reply", "result.answer", 8, "没有名为 result.answer 的设置"),
    ],
)
def test_the_ministrys_and_the_provinces_settings_are_refused_with_their_line(
    tmp_path, system, old, new, line, words
):
    good = f"SYSTEM:\n  url: https://x.example.gov.cn\n  app_id: smx\n  secret: {SECRET}\n"
    good += "  paths:\n    results: /fk\n  fields:\n    result.reply: FKNR\n"
    assert read_partners(written(tmp_path, good.replace("SYSTEM", system)))[system].paths == {
        "results": "/fk"
    }

    with pytest.raises(Misconfigured) as caught:
        read_partners(written(tmp_path, good.replace(old, new).replace("SYSTEM", system)))

    assert f"第 {line} 行" in str(caught.value)
    assert words in str(caught.value)
