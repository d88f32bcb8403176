"""The unified social credit code and its check sign (GB 32100-2015)."""

import pytest

from intake.domain.enterprise import is_valid_uscc, normalise_uscc

REAL = "91320105780688132K"


def test_the_published_example_is_valid():
    assert is_valid_uscc(REAL)


@pytest.mark.parametrize("position", range(18))
def test_one_wrong_sign_is_noticed(position):
    other = "1" if REAL[position] != "1" else "2"

    assert not is_valid_uscc(REAL[:position] + other + REAL[position + 1 :])


@pytest.mark.parametrize("code", ["", REAL[:-1], REAL + "0", REAL.replace("K", "I"), REAL.lower()])
def test_other_shapes_are_refused(code):
    assert not is_valid_uscc(code)


@pytest.mark.parametrize(
    "typed", ["9132 0105 7806 88132k", "９１３２０１０５７８０６８８１３２Ｋ", "91320105-780688132-K"]
)
def test_what_people_type_is_made_plain(typed):
    assert normalise_uscc(typed) == REAL
