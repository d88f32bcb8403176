"""The signature of calls between systems: known answers, and every way of not being believed."""

import datetime as dt
import hashlib
import hmac

import pytest

from connectors.hotline12345.signing import Caller, NotTrusted, signature, signed_headers, verify

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
SECRET = "测试密钥-test-secret"
PATH = "/api/v1/changes?since=3&q=%E6%B5%8B"
BODY = '{"title":"测试"}'.encode()


def headers(**changes: str) -> dict[str, str]:
    return signed_headers("xiansuo", SECRET, "POST", PATH, BODY, now=NOW, nonce="nonce-0001") | changes


def check(
    sent: dict[str, str],
    *,
    method: str = "POST",
    path: str = PATH,
    body: bytes = BODY,
    now: dt.datetime = NOW,
):
    return verify(sent, method, path, body, secret_of={"xiansuo": SECRET}.get, now=now)


def test_the_sha256_signature_is_the_standard_librarys():
    digest = hashlib.sha256(BODY).hexdigest()
    text = f"POST\n{PATH}\n{int(NOW.timestamp())}\nnonce-0001\n{digest}"

    expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()

    assert headers()["X-Signature"] == expected


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        pytest.param(
            "HMAC-SHA256",
            "d693eb05482b3b85f664a0df8f0834deb852c622b694f882a95103c80697c99f",
            id="HMAC-SHA256",
        ),
        pytest.param(
            "HMAC-SM3", "72ec8117f92c5f4f258ba0d362e723080c1c430294a030b0774327762f3a95af", id="HMAC-SM3"
        ),
    ],
)
def test_the_signature_of_a_fixed_call_is_known(algorithm, expected):
    found = signature(
        "secret", "get", "/a?b=1", timestamp="1700000000", nonce="n0n0n0n0", body=b"", algorithm=algorithm
    )

    assert found == expected


def test_what_was_signed_is_believed():
    assert check(headers()) == Caller("xiansuo", "nonce-0001", NOW)


def test_header_names_may_come_in_any_case():
    assert isinstance(check({name.lower(): value for name, value in headers().items()}), Caller)


def test_a_time_stamp_in_milliseconds_is_understood():
    stamp = str(int(NOW.timestamp() * 1000))
    signed = signature(SECRET, "POST", PATH, timestamp=stamp, nonce="nonce-0001", body=BODY)

    assert isinstance(check(headers(**{"X-Timestamp": stamp, "X-Signature": signed})), Caller)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"X-Signature": ""}, "missing_header", id="no signature"),
        pytest.param({"X-App-Id": ""}, "missing_header", id="no app id"),
        pytest.param({"X-Timestamp": "yesterday"}, "malformed_header", id="words for a time"),
        pytest.param({"X-Timestamp": "１７００００００００"}, "malformed_header", id="full-width digits"),
        pytest.param({"X-Nonce": "short"}, "malformed_header", id="short nonce"),
        pytest.param({"X-Nonce": "a" * 65}, "malformed_header", id="long nonce"),
        pytest.param({"X-Nonce": "nonce-0001\n"}, "malformed_header", id="nonce with a line break"),
        pytest.param({"X-App-Id": "somebody"}, "unknown_app", id="unknown app"),
        pytest.param({"X-Nonce": "nonce-0002"}, "bad_signature", id="another nonce"),
        pytest.param({"X-Signature": "0" * 64}, "bad_signature", id="wrong signature"),
        pytest.param({"X-Signature": "签名"}, "bad_signature", id="signature that is not hex"),
        pytest.param({"X-Signature": "\udcff"}, "bad_signature", id="undecodable header byte"),
    ],
)
def test_a_changed_header_is_not_believed(changes, reason):
    assert check(headers(**changes)) == NotTrusted(reason)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"method": "PUT"}, id="method"),
        pytest.param({"path": "/api/v1/changes?since=4"}, id="query"),
        pytest.param({"body": BODY + b" "}, id="body"),
    ],
)
def test_a_changed_call_is_not_believed(changes):
    assert check(headers(), **changes) == NotTrusted("bad_signature")


@pytest.mark.parametrize(("seconds", "is_believed"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_a_call_lives_five_minutes_either_way(seconds, is_believed):
    said = check(headers(), now=NOW + dt.timedelta(seconds=seconds))

    assert isinstance(said, Caller) == is_believed


def test_an_unknown_app_and_a_wrong_signature_read_the_same():
    assert NotTrusted("unknown_app").message == NotTrusted("bad_signature").message


def test_the_two_hashes_do_not_pass_for_each_other():
    sent = signed_headers("xiansuo", SECRET, "POST", PATH, BODY, now=NOW, algorithm="HMAC-SM3")

    assert check(sent) == NotTrusted("bad_signature")


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        check(headers(), now=dt.datetime(2026, 11, 23))
