"""Document numbers: every way of writing one gives its place in the sequence, and nothing else does."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.text import norm_docno
from xinheng.oversight.docnumbers import Number, parse, places

BRACKETS = st.sampled_from(["〔〕", "[]", "()", "（）", "【】", "﹝﹞", "［］", "〖〗"])
PREFIXES = st.from_regex(r"\A[淮濉杜相烈衡][市县区交环卫建]{1,3}(（[烟直]）)?[罚许决]\Z")


@given(
    prefix=PREFIXES, zi=st.sampled_from(["", "字"]), brackets=BRACKETS, year=st.integers(1990, 2099),
    word=st.sampled_from(["", "第"]), zeros=st.integers(0, 4), serial=st.integers(1, 99_999),
    branch=st.sampled_from(["", "-1", "－2", "—3"]), end=st.sampled_from(["号", "", " 号"]),
)  # fmt: skip
def test_a_number_is_recognised_however_it_is_written(
    prefix: str, zi: str, brackets: str, year: int, word: str, zeros: int, serial: int, branch: str, end: str
) -> None:
    opening, closing = brackets
    text = f"{prefix}{zi}{opening}{year}{closing}{word}{'0' * min(zeros, 7 - len(str(serial)))}{serial}{branch}{end}"
    assert parse(text) == Number(norm_docno(prefix), year, serial)


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_it_and_columns_answer_alike(text: str) -> None:
    alone = parse(text)
    spelled = norm_docno(text)
    column = places(pl.Series([spelled], dtype=pl.String)).row(0)
    assert column == (tuple(alone) if alone else (None, None, None))


@given(st.lists(st.from_regex(r"\A[罚许(2026)0-9号字第\-]{0,20}\Z"), max_size=20))
def test_columns_answer_like_single_numbers_near_the_border(texts: list[str]) -> None:
    spelled = [norm_docno(text) for text in texts]
    told = [tuple(found) if (found := parse(text)) else (None, None, None) for text in spelled]
    assert places(pl.Series(spelled, dtype=pl.String)).rows() == told


@pytest.mark.parametrize(
    "text", ["", "XKZ34060000123", "2026", "淮市监罚", "〔2026〕", "淮市监罚〔2026〕号", "罚〔2026〕0号", "罚〔2026〕12345678号"]
)  # fmt: skip
def test_what_is_no_place_in_a_sequence_is_never_said_to_be_one(text: str) -> None:
    assert parse(text) is None


def test_the_year_may_stand_in_front() -> None:
    assert parse("（2026）皖06执12号") == Number("皖06执", 2026, 12)
