"""The shape of a citizen's number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import idnumber


def reference_check(body: str) -> str:
    """ISO 7064 MOD 11-2 by its own recurrence, not by weights."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


bodies = st.builds(
    lambda day, serial: f"340621{day:%Y%m%d}{serial:03d}",
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)


@given(bodies)
def test_the_right_check_character_passes_and_every_other_fails(body: str) -> None:
    right = reference_check(body)
    for char in "0123456789X":
        assert idnumber.check_ok(body + char) is (char == right)
        assert idnumber.looks_like_18(body + char)


@pytest.mark.parametrize(
    "number",
    [
        "340621199002301234",
        "340621199013011234",
        "340621188902281234",
        "340621203602281234",
        "990621199002281234",
        "34062119900228123A",
        "",
    ],
)
def test_a_day_that_is_none_or_a_place_that_is_none_is_no_citizen(number: str) -> None:
    assert not idnumber.looks_like_18(number)


def test_an_unknown_province_needs_the_right_check() -> None:
    body = "16062119900228123"
    right = body + reference_check(body)
    assert idnumber.looks_like_18(right)
    assert not idnumber.looks_like_18(body + ("0" if right[-1] != "0" else "1"))


def test_regions_that_existed_once_count() -> None:
    assert idnumber.region_exists("3421")  # 阜阳地区
    assert idnumber.region_exists("3406")
    assert not idnumber.region_exists("3131")
    assert not idnumber.region_exists("34")
    assert not idnumber.region_exists("ab12")


def test_old_numbers_have_a_birthday_in_the_last_century() -> None:
    assert idnumber.looks_like_15("340621900228123")
    assert not idnumber.looks_like_15("340621900230123")
    assert not idnumber.looks_like_15("340600000118123")
    assert not idnumber.looks_like_15("34062190022812X")
