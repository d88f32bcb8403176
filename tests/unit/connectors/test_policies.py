"""Signatures and seals: the standards' own examples, other people's implementations, and every way of being wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.policies.agreed import agreed
from connectors.policies.seals import NotOpened, Sm4Cbc, Sm4Gcm, seal_json, unwrap_json
from connectors.policies.signers import HmacSigner, Sm2Signer
from connectors.policies.sm2 import PrivateKey, PublicKey, new_private_key

# GB/T 32918.5-2017, appendix A.2: key, user id ALICE... as in GM/T 0009, message and random number.
STANDARD_KEY = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
STANDARD_RANDOM = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
STANDARD_PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
STANDARD_SIGNATURE = (
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
# Made by OpenSSL 3.0.19: genpkey SM2, pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678.
OPENSSL_PUBLIC = (
    "04bc83f627e8496248d527e754a8bca6a33d4318b4cdc1a0b77d3e0b632572b185"
    "28a88cb2d7c8e2a2d19ca6dcd59cc334939fcb670d2380d1ecf7d568a770a327"
)
OPENSSL_SIGNATURE = (
    "3c7503e7ab85cbeab69e39e9b462ddb434a9d660c17fe3a0b3e1bb5e6f8a1a46"
    "3766420602ab2c00bb27b2f49930125c8e39266942dc4a1eed6c72e3b9710af3"
)
SM4_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def test_sm2_gives_the_standards_signature():
    key = PrivateKey(STANDARD_KEY)

    assert key.public.text == STANDARD_PUBLIC
    assert key.sign_with(b"message digest", STANDARD_RANDOM) == STANDARD_SIGNATURE
    assert key.public.is_right(b"message digest", STANDARD_SIGNATURE)


def test_sm2_believes_what_openssl_signed():
    key = PublicKey(OPENSSL_PUBLIC)

    assert key.is_right("测试 message".encode(), OPENSSL_SIGNATURE)
    assert not key.is_right("测试 messagf".encode(), OPENSSL_SIGNATURE)


@pytest.mark.parametrize("start", ["04", "00", "4", "0"])
def test_a_public_key_that_begins_like_its_prefix_still_works(start):
    """gmssl strips leading 0 and 4: such a key must survive."""
    while True:
        key = PrivateKey(new_private_key())
        if key.public.text.startswith(start[:1]):
            break

    assert key.public.is_right(b"text", key.sign(b"text"))
    assert PublicKey("04" + key.public.text).text == key.public.text


def test_two_signatures_of_one_text_differ_and_both_are_right():
    key = PrivateKey(STANDARD_KEY)
    one, two = key.sign(b"x"), key.sign(b"x")

    assert one != two
    assert key.public.is_right(b"x", one)
    assert key.public.is_right(b"x", two)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing"),
        pytest.param("签名" * 64, id="not hex"),
        pytest.param("0" * 128, id="zeros"),
        pytest.param(STANDARD_SIGNATURE[:64] + "0" * 64, id="s is zero"),
        pytest.param(f"{N:064x}" + STANDARD_SIGNATURE[64:], id="r too large"),
        pytest.param(f"{1:064x}{N - 1:064x}", id="r and s cancel out"),
        pytest.param(STANDARD_SIGNATURE + "00", id="too long"),
        pytest.param(STANDARD_SIGNATURE[64:] + STANDARD_SIGNATURE[:64], id="halves swapped"),
    ],
)
def test_what_is_no_sm2_signature_is_not_believed(said):
    assert not PublicKey(STANDARD_PUBLIC).is_right(b"message digest", said)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "128 位"),
        ("g" * 128, "128 位"),
        ("1" * 128, "不在曲线上"),
        (f"{2**256 - 1:064x}" * 2, "不在曲线上"),
    ],
)
def test_what_is_no_public_key_is_refused(text, says):
    with pytest.raises(ValueError, match=says):
        PublicKey(text)


@pytest.mark.parametrize("text", ["", "0" * 64, f"{N:064x}", f"{N - 1:064x}", "zz" * 32])
def test_what_is_no_private_key_is_refused(text):
    with pytest.raises(ValueError, match="64 位十六进制"):
        PrivateKey(text)


def test_a_side_without_the_others_key_believes_nobody():
    ours = PrivateKey(STANDARD_KEY)

    assert not Sm2Signer(ours, None).is_right(b"x", ours.sign(b"x"))
    with pytest.raises(ValueError, match="no SM2 key"):
        Sm2Signer(None, ours.public).sign(b"x")


@pytest.mark.parametrize(
    ("key", "text", "mac"),
    [
        pytest.param(
            "Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            id="RFC 4231, case 2",
        ),
        pytest.param(
            "\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            id="RFC 4231, case 1",
        ),
    ],
)
def test_hmac_sha256_gives_the_rfcs_answer(key, text, mac):
    assert HmacSigner(key).sign(text) == mac


def test_hmac_sm3_is_built_from_the_standards_sm3_as_rfc_2104_says():
    from gmssl.sm3 import sm3_hash

    key, text = b"test-secret".ljust(64, b"\0"), "测试".encode()
    inner = sm3_hash(list(bytes(b ^ 0x36 for b in key) + text))
    outer = sm3_hash(list(bytes(b ^ 0x5C for b in key) + bytes.fromhex(inner)))

    assert HmacSigner("test-secret", "HMAC-SM3").sign(text) == outer


def test_sm4_gcm_gives_rfc_8998s_answer():
    plain = bytes.fromhex(
        "AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8
    )
    iv, extra = bytes.fromhex("00001234567800000000ABCD"), bytes.fromhex("FEEDFACEDEADBEEF" * 2 + "ABADDAD2")

    sealed = Sm4Gcm(SM4_KEY).seal_with(plain, iv, extra)

    assert sealed[12:].hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )


def test_sm4_cbc_gives_gb_t_32907s_block_and_gmssls_rest():
    from gmssl.sm4 import SM4_ENCRYPT, CryptSM4

    sealed = Sm4Cbc(SM4_KEY).seal_with(SM4_KEY + b"rest", bytes(16))
    theirs = CryptSM4()
    theirs.set_key(SM4_KEY, SM4_ENCRYPT)

    assert sealed[16:32].hex() == "681edf34d206965e86b3e94f536e4246"
    assert sealed[16:] == theirs.crypt_cbc(bytes(16), SM4_KEY + b"rest")


@pytest.mark.parametrize("seal", [Sm4Gcm(SM4_KEY), Sm4Cbc(SM4_KEY)], ids=["GCM", "CBC"])
class TestSeals:
    @given(plain=st.binary(max_size=400))
    def test_what_was_sealed_opens(self, seal, plain):
        assert seal.open(seal.seal(plain)) == plain

    def test_json_goes_there_and_back_and_never_looks_the_same(self, seal):
        content = {"content": "测试诉求", "n": [1, None, True]}

        assert unwrap_json(seal_json(content, seal), seal) == content
        assert seal_json(content, seal) != seal_json(content, seal)

    @pytest.mark.parametrize(
        "content",
        [
            {},
            [],
            "text",
            None,
            {"encrypted": None},
            {"encrypted": "不是"},
            {"encrypted": ""},
            {"encrypted": "AAAA"},
            {"encrypted": "A" * 64},
            {"encrypted": "A" * 60},
        ],
    )
    def test_what_is_not_sealed_is_not_opened(self, seal, content):
        with pytest.raises(NotOpened):
            unwrap_json(content, seal)

    def test_another_key_opens_nothing(self, seal):
        other = type(seal)(bytes(16))

        with pytest.raises(NotOpened):
            unwrap_json(seal_json({"a": "测试" * 50}, seal), other)


def test_gcm_notices_a_changed_byte():
    sealed = bytearray(Sm4Gcm(SM4_KEY).seal(b"text"))
    sealed[14] ^= 1

    with pytest.raises(NotOpened):
        Sm4Gcm(SM4_KEY).open(bytes(sealed))


SM2 = {"signature": "SM2", "sm2_private_key": STANDARD_KEY, "sm2_public_key": STANDARD_PUBLIC}


@pytest.mark.parametrize(
    ("values", "signer", "seal"),
    [
        ({"secret": "s"}, "HMAC-SHA256", None),
        ({"secret": "s", "signature": "HMAC-SM3", "seal": "none"}, "HMAC-SM3", None),
        (SM2 | {"seal": "SM4-GCM", "sm4_key": SM4_KEY.hex()}, "SM2", "SM4-GCM"),
        ({"secret": "s", "seal": "SM4-CBC", "sm4_key": SM4_KEY.hex()}, "HMAC-SHA256", "SM4-CBC"),
    ],
)
def test_what_was_agreed_is_taken(values, signer, seal):
    found = agreed(values)

    assert (found.signer.name, found.seal.name if found.seal else None) == (signer, seal)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "使用 HMAC-SHA256 时必须设置 secret"),
        ({"secret": "s", "signature": "MD5"}, "signature 不能是 MD5"),
        ({"signature": "SM2"}, "必须设置 sm2_private_key"),
        (SM2 | {"sm2_public_key": "12"}, "SM2 公钥应为 128 位"),
        ({"secret": "s", "seal": "SM4-ECB"}, "SM4-ECB 不安全"),
        ({"secret": "s", "seal": "SM4-GCM"}, "必须设置 sm4_key"),
        ({"secret": "s", "seal": "SM4-GCM", "sm4_key": "xyz"}, "32 位十六进制"),
    ],
)
def test_what_cannot_work_is_named(values, says):
    with pytest.raises(ValueError, match=says):
        agreed(values)
