"""Marking the matched part of a name: what is marked is what was asked, under search's folding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.site.matching import is_code_like, matched_span


def folded(text: str) -> str:
    wide = "".join(unicodedata.normalize("NFKC", char).casefold() for char in text)
    return "".join(wide.split())


@given(st.text(max_size=30), st.text(min_size=1, max_size=6))
def test_the_marked_part_reads_as_what_was_asked(name: str, asked: str) -> None:
    span = matched_span(name, asked)
    if span is None:
        assert not folded(asked) or folded(asked) not in folded(name)
    else:
        assert folded(asked) in folded(name[slice(*span)])


@pytest.mark.parametrize(
    ("name", "asked", "marked"),
    [
        ("淮北相王建材集团股份有限公司", "相王", "相王"),
        ("淮北ＡＢＣ贸易有限公司", "abc", "ＡＢＣ"),
        ("淮北 相王 建材", "相王建材", "相王 建材"),
        ("濉溪（县）供热公司", "濉溪(县)", "濉溪（县）"),
    ],
)
def test_width_case_and_spaces_do_not_hinder_the_mark(name: str, asked: str, marked: str) -> None:
    span = matched_span(name, asked)
    assert span is not None
    assert name[slice(*span)] == marked


def test_a_name_that_does_not_match_is_not_marked() -> None:
    assert matched_span("淮北相王建材", "供热") is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [("91340600MA2N", True), ("340600000001234", True), ("淮北", False), ("abc", False), ("", False)],
)
def test_a_code_is_told_from_a_name(asked: str, code: bool) -> None:
    assert is_code_like(asked) is code
