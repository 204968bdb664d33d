"""Cells as they are stored, and keys for comparison."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import text

messy = st.text(
    st.sampled_from(list("濉溪县某厂ＡＢab１２12（）()，。、·“”《》\u3000\xa0\u200b\ufeff \n\r\t\x85"))
    | st.characters(exclude_categories=["Cs"]),
    max_size=25,
)


@given(messy, st.booleans())
def test_cleaning_a_cell_twice_changes_nothing_more(cell: str, short: bool) -> None:
    once, notes = text.normalise_cell(cell, short=short)
    assert text.normalise_cell(once, short=short) == (once, ())
    if notes:
        assert once != cell


@given(messy, st.booleans())
def test_every_cell_that_changes_matches_the_prefilter_in_both_engines(cell: str, short: bool) -> None:
    changed = text.normalise_cell(cell, short=short)[0] != cell
    if changed:
        assert re.search(text.CELL_SUSPECT, cell)
        assert pl.Series([cell]).str.contains(text.CELL_SUSPECT)[0]


@given(st.text(st.sampled_from("罚款，。；：！？（）《》“”、一二三")))
def test_chinese_punctuation_is_never_changed(cell: str) -> None:
    assert text.normalise_cell(cell, short=False) == (cell, ())
    assert text.normalise_cell(cell) == (cell, ())


@pytest.mark.parametrize(
    ("cell", "clean", "notes"),
    [
        ("\ufeff濉溪县某厂", "濉溪县某厂", ("去除不可见字符",)),
        ("濉溪县\n某厂", "濉溪县某厂", ("去除换行",)),
        (" 濉溪县\u3000某厂\xa0", "濉溪县某厂", ("去除多余空格",)),
        ("ＡＢＣ１２３有限公司", "ABC123有限公司", ("全角转半角",)),
        ("ABC  Trading Ltd", "ABC Trading Ltd", ("去除多余空格",)),
        ("濉溪县某厂（普通合伙）", "濉溪县某厂（普通合伙）", ()),
        ("", "", ()),
    ],
)
def test_a_short_cell_is_cleaned_with_notes(cell: str, clean: str, notes: tuple[str, ...]) -> None:
    assert text.normalise_cell(cell) == (clean, notes)


def test_free_text_keeps_its_lines_and_inner_spaces() -> None:
    cell = "一、事实：\r\n 2023 年\u2028二、依据："
    assert text.normalise_cell(cell, short=False) == ("一、事实：\n 2023 年\n二、依据：", ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("濉溪县（城关）某厂", "濉溪县(城关) 某厂"),
        ("淮北Ａbc有限公司", "淮北ABC有限公司"),
        ("“好日子”饭店", "好日子饭店"),
        ("买买提•艾力商店", "买买提·艾力商店"),
        ("某厂【东区】", "某厂[东区]"),
    ],
)
def test_two_writings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert text.norm_name(one) == text.norm_name(other)


def test_different_names_keep_different_keys() -> None:
    assert text.norm_name("濉溪县一厂") != text.norm_name("濉溪县二厂")
    assert text.norm_name("濉溪县第一厂") != text.norm_name("濉溪县第-厂")


def test_every_bracket_of_a_document_number_has_one_key() -> None:
    keys = {
        text.norm_docno(f"濉市监罚字{left}2023{right} 12号")
        for left, right in ["〔〕", "﹝﹞", "【】", "[]", "()", "（）", "［］", "〖〗"]
    }
    assert len(keys) == 1
    assert text.norm_docno("苏A一2023-1") == text.norm_docno("苏a一2023－１")
    assert text.norm_docno("〔2023〕1号") != text.norm_docno("〔2023〕11号")


@given(messy)
def test_keys_are_keys_of_themselves(cell: str) -> None:
    for norm in (text.norm_name, text.norm_docno):
        assert norm(norm(cell)) == norm(cell)
