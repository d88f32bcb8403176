"""WeChat callbacks: known answers of the platform's sample code, and bodies that mean harm."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.wechat.callback import Account, NotSigned, hello, read_call
from connectors.wechat.crypto import MessageSeal, NotOurs, sign
from connectors.wechat.messages import MOST, Unreadable, read_message, read_xml
from connectors.wechat.replies import pieces, sealed_reply, text_reply

KEY, APP, TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6", "pamtest"
KNOWN = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
NOW = 1_760_000_000
SEAL = MessageSeal(KEY, APP)
PLAIN = Account("a", APP, TOKEN, "plain")
SEALED = Account("a", APP, TOKEN, "encrypted", SEAL)
BOTH = Account("a", APP, TOKEN, "compatible", SEAL)


def xml(inner="", *, kind="text", more="<MsgId>23456</MsgId>"):
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>{NOW}</CreateTime>"
        f"<MsgType>{kind}</MsgType>{more}{inner}</xml>"
    ).encode()


def asked(*sealed, at=NOW, nonce="n1", token=TOKEN):
    """The query of a callback, signed; sealed: the <Encrypt> text."""
    query = {"timestamp": str(at), "nonce": nonce, "signature": sign(token, str(at), nonce)}
    if sealed:
        query |= {"encrypt_type": "aes", "msg_signature": sign(token, str(at), nonce, *sealed)}
    return query


def test_the_known_answer_of_the_platforms_sample():
    assert SEAL.seal("我是中文abcd123".encode(), random=b"aaaabbbbccccdddd") == KNOWN
    assert SEAL.open(KNOWN).decode() == "我是中文abcd123"


def test_a_message_is_read_in_each_mode():
    body = xml("<Content>乱罚款&amp;不开票</Content>")
    sealed = SEAL.seal(body)
    outer = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    both = outer.replace(b"</xml>", b"<Content>forged</Content></xml>")

    for account, query, content in (
        (PLAIN, asked(), body),
        (SEALED, asked(sealed), outer),
        (BOTH, asked(sealed), both),
        (BOTH, asked(), body),
    ):
        message = read_call(account, query, content, now=NOW).message
        assert (message.text, message.key, message.sender) == ("乱罚款&不开票", "m23456", "o1")


@pytest.mark.parametrize(
    ("account", "query"),
    [
        pytest.param(PLAIN, asked(token="other"), id="wrong token"),
        pytest.param(PLAIN, asked(at=NOW - 301), id="too old"),
        pytest.param(PLAIN, asked(at=NOW + 301), id="from the future"),
        pytest.param(PLAIN, {}, id="no signature"),
        pytest.param(PLAIN, asked() | {"signature": "é"}, id="a signature that is not ASCII"),
        pytest.param(PLAIN, asked() | {"timestamp": "٣٤"}, id="digits that are no ASCII"),
        pytest.param(SEALED, asked(), id="plain where only sealed is taken"),
        pytest.param(SEALED, asked("other"), id="another sealed part"),
    ],
)
def test_what_is_not_the_platforms_is_refused(account, query):
    sealed = SEAL.seal(xml())
    body = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode() if account is SEALED else xml()

    with pytest.raises(NotSigned):
        read_call(account, query, body, now=NOW)


def test_the_address_is_proved_on_get_in_both_ways():
    echo = SEAL.seal(b"8812")
    sealed = asked(echo)
    assert hello(SEALED, sealed | {"echostr": echo}, now=NOW) == b"8812"
    assert hello(PLAIN, asked() | {"echostr": "8812"}, now=NOW) == b"8812"
    with pytest.raises(NotSigned):
        hello(PLAIN, asked(token="other") | {"echostr": "8812"}, now=NOW)
    with pytest.raises(NotSigned):
        hello(SEALED, asked("other") | {"echostr": echo}, now=NOW)


def test_a_message_for_another_account_is_not_opened():
    with pytest.raises(NotOurs):
        MessageSeal(KEY, "wx0000000000000000").open(KNOWN)


@given(st.binary(max_size=200))
def test_sealed_rubbish_is_refused_without_any_other_error(content):
    for text in (base64.b64encode(content).decode(), content.decode("latin-1")):
        with pytest.raises(NotOurs):
            SEAL.open(text)


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: xml(f"<Content>{t}</Content>")))
)
def test_a_hostile_body_is_unreadable_or_a_message(body):
    try:
        read_message(read_xml(body))
    except Unreadable:
        return


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'<!DOCTYPE a [<!ENTITY b "x">]><xml>&b;</xml>', id="entity"),
        pytest.param(b'<!DOCTYPE xml SYSTEM "http://127.0.0.1/"><xml/>', id="document type"),
        pytest.param(b'<?xml version="1.0" encoding="rot13"?><xml/>', id="strange encoding"),
        pytest.param(b"<xml>" + b"x" * MOST, id="too long"),
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="no XML"),
        pytest.param(b"<html></html>", id="another root"),
        pytest.param(b"<xml></xml>", id="nothing in it"),
        pytest.param(xml(more="<MsgId>x</MsgId>"), id="a number that is none"),
        pytest.param(xml(more="<MsgId>" + "9" * 40 + "</MsgId>"), id="a number without end"),
        pytest.param(xml().replace(b"o1", b"o" * 200), id="a name without end"),
    ],
)
def test_known_tricks_are_unreadable(body):
    with pytest.raises(Unreadable):
        read_message(read_xml(body))


@pytest.mark.parametrize(
    ("kind", "inner", "text", "media"),
    [
        ("text", "<Content>你好</Content>", "你好", ""),
        ("voice", "<MediaId>m1</MediaId><Recognition>他们乱罚款</Recognition>", "他们乱罚款", "m1"),
        ("voice", "<MediaId>m1</MediaId>", "", "m1"),
        ("image", "<MediaId>m1</MediaId><PicUrl>http://x</PicUrl>", "", "m1"),
        ("video", "<MediaId>m1</MediaId>", "", "m1"),
        ("location", "<Location_X>34.7</Location_X><Location_Y>111.2</Location_Y><Label>湖滨区</Label>", "我的位置：湖滨区", ""),
        ("link", "<Title>题</Title><Url>http://x</Url>", "题 http://x", ""),
        ("file", "<Title>决定书.pdf</Title><MediaId>m1</MediaId>", "", "m1"),
        ("sticker", "", "", ""),
    ],
)  # fmt: skip
def test_each_kind_of_message(kind, inner, text, media):
    message = read_message(read_xml(xml(inner, kind=kind)))

    assert (message.text, message.media_id) == (text, media)
    assert message.kind == (kind if kind != "sticker" else "unknown")


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW"])
def test_events_are_told_apart_by_sender_and_time(event):
    body = xml(f"<Event>{event}</Event><EventKey>query_progress</EventKey>", kind="event", more="")
    message = read_message(read_xml(body))

    assert (message.kind, message.event, message.event_key) == ("event", event, "query_progress")
    assert message.key == f"e{NOW}.o1"


def test_a_sealed_answer_opens_with_its_signature():
    answer = sealed_reply(text_reply("o1", "gh_1", "好<的>", now=NOW), SEAL, TOKEN, "n1", now=NOW)
    root = read_xml(answer)

    sealed = root.findtext("Encrypt")
    assert root.findtext("MsgSignature") == sign(TOKEN, str(NOW), "n1", sealed)
    assert read_xml(SEAL.open(sealed)).findtext("Content") == "好<的>"


def test_a_long_answer_comes_in_pieces_the_platform_takes():
    lines = "\n".join(f"第{i}行，说的是同一件事。" for i in range(200))
    found = pieces(lines)

    assert "\n".join(found) == lines
    assert all(len(piece.encode()) <= 2048 for piece in found)
    assert pieces("  ") == []
