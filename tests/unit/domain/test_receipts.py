"""Receipt numbers and query codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain import receipts


def test_a_new_number_is_well_formed_and_random():
    numbers = {receipts.new_number() for _ in range(500)}

    assert len(numbers) == 500
    assert all(receipts.is_number(n) for n in numbers)


@given(st.integers(2, 12), st.sampled_from(receipts.ALPHABET))
def test_any_single_wrong_sign_is_caught(position, sign):
    number = receipts.new_number()
    wrong = number[:position] + sign + number[position + 1 :]

    assert receipts.is_number(wrong) == (wrong == number)


def test_nearly_every_swap_of_neighbours_is_caught():
    caught = total = 0
    for _ in range(300):
        number = receipts.new_number()
        for i in range(2, 12):
            swapped = number[:i] + number[i + 1] + number[i] + number[i + 2 :]
            if swapped != number:
                total += 1
                caught += not receipts.is_number(swapped)

    # Luhn modulo 30 misses the swap of the first and the last sign of the alphabet only.
    assert caught / total > 0.99


def test_the_alphabet_has_no_look_alikes():
    assert not set("0O1IL") & set(receipts.ALPHABET)
    assert len(set(receipts.ALPHABET)) == 30


def test_a_query_code_depends_on_secret_number_and_salt():
    codes = {
        receipts.query_code(b"a", "XS1", "s"),
        receipts.query_code(b"b", "XS1", "s"),
        receipts.query_code(b"a", "XS2", "s"),
        receipts.query_code(b"a", "XS1", "t"),
    }

    assert len(codes) == 4
    assert all(receipts.is_query_code(c) for c in codes)
    assert receipts.CODE_BODY * 4.9 > 64


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("abcde-fghjk-mnpqr", id="lower case with hyphens"),
        pytest.param("ＡＢＣＤＥ ＦＧＨＪＫ ＭＮＰＱＲ", id="full width with spaces"),
    ],
)
def test_what_people_type_is_tidied(typed):
    assert receipts.tidy(typed) == "ABCDEFGHJKMNPQR"
