"""The set forms give the kernel's own answers, value for value."""

from __future__ import annotations

import re

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from intake_rows import CITIZEN, PHONE, code

from xinheng.intake import cells, columns, personal
from xinheng.kernel import personal as kernel_personal
from xinheng.kernel import uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.money import MoneyError, format_wan, parse_wan
from xinheng.kernel.text import norm_docno, norm_name, normalise_cell
from xinheng.law import service as law

_LETTERS = "甲乙丙有限公司〔〕（）()[]【】第号 12Aaａ１　\t\n·•\u200b\u3000-—'“”﹝﹞豈ﾊ①㈱"
texts = st.lists(
    st.text(st.sampled_from(_LETTERS), max_size=12) | st.text(max_size=6), min_size=1, max_size=8
)
many = settings(max_examples=200, deadline=None)


def column(values: list[str]) -> pl.Series:
    return pl.Series("c", [value.encode(errors="replace").decode() for value in values], dtype=pl.String)


def told(notes: pl.Series | None, height: int) -> list[str]:
    return [note or "" for note in notes.to_list()] if notes is not None else [""] * height


@many
@given(texts, st.booleans())
def test_cells_are_tidied_as_the_kernel_tidies_one(values: list[str], short: bool) -> None:
    cells_ = column(values)
    answers = columns.clean_text(cells_, short=short)
    expected = [normalise_cell(value, short=short) for value in cells_]
    assert answers.values.to_list() == [text for text, _ in expected]
    assert told(answers.notes, len(cells_)) == [";".join(notes) for _, notes in expected]


@many
@given(texts)
def test_name_and_document_number_keys_are_the_kernels(values: list[str]) -> None:
    cells_ = column(values)
    assert columns.name_keys(cells_).to_list() == [norm_name(value) for value in cells_]
    assert columns.docno_keys(cells_).to_list() == [norm_docno(value) for value in cells_]


_codes = st.one_of(
    st.integers(0, 999_999).map(lambda n: code("91", n)),
    st.integers(0, 999_999).map(lambda n: code("92", n).lower() + "(1-1)"),
    st.text(st.sampled_from(uscc.ALPHABET), min_size=18, max_size=18),
    st.tuples(
        st.sampled_from(["340621", "110101", "913406"]),
        st.integers(18_900_101, 20_361_231),
        st.integers(0, 9999),
    ).map(lambda t: f"{t[0]}{t[1]}{t[2]:04d}"),
    st.text(st.sampled_from("0123456789"), min_size=13, max_size=19),
    st.sampled_from(["", "无", uscc.PLACEHOLDER, CITIZEN, " 91340600 ma2n ", "9134060********5X", "１２３"]),
)


@many
@given(st.lists(_codes, min_size=1, max_size=30))
@example([code("91")] * 9)
def test_codes_are_cleaned_and_judged_as_the_kernel_does_one(values: list[str]) -> None:
    cells_ = column(values)
    cleaned = columns.clean_codes(cells_)
    expected = [uscc.clean(value) for value in cells_]
    assert cleaned.values.to_list() == [one.code for one in expected]
    assert told(cleaned.notes, len(cells_)) == [";".join(one.notes) for one in expected]
    kinds, reasons = columns.code_kinds(cleaned.values)
    verdicts = [uscc.check(one.code) for one in expected]
    assert kinds.to_list() == [verdict.kind for verdict in verdicts]
    assert reasons.to_list() == [verdict.reason for verdict in verdicts]


@many
@given(
    st.lists(
        st.text(st.sampled_from(uscc.ALPHABET + "IOSa"), min_size=17, max_size=19), min_size=1, max_size=20
    )
)
def test_the_check_character_as_an_expression_is_the_kernels(values: list[str]) -> None:
    frame = pl.DataFrame({"c": values})
    assert frame.select(columns.valid_code(pl.col("c"))).to_series().to_list() == [
        uscc.is_valid(v) for v in values
    ]


_days = st.one_of(
    st.dates().map(lambda d: d.strftime("%Y/%m/%d")),
    st.dates().map(lambda d: f"{d.year}年{d.month}月{d.day}日"),
    st.integers(10_000, 90_000).map(str),
    st.text(st.sampled_from("0123456789-/年月日. "), max_size=11),
    st.sampled_from(
        ["", "长期", "无", "1900-01-01", "2026-02-30", "２０２６．１．５", "2026-11-20 13:05:00"]
    ),
)


@many
@given(st.lists(_days, min_size=1, max_size=20))
def test_dates_are_read_as_the_kernel_reads_one(values: list[str]) -> None:
    cells_ = column(values)
    answers = columns.dates(cells_)
    expected = [parse_date(value) if value else None for value in cells_]
    assert answers.values.to_list() == [one.value if one else None for one in expected]
    assert told(answers.notes, len(cells_)) == [";".join(one.notes) if one else "" for one in expected]


_numbers = st.sampled_from(
    [
        CITIZEN,
        PHONE,
        "340621900307123",
        "6222020200011112223",
        "皖F12345",
        "护照E12345678",
        "住址:某县某路8号",
    ]
)
_mixed = st.lists(
    st.text(st.sampled_from("甲乙电话:：，。 -0123456789X"), max_size=15) | _numbers, max_size=5
).map("".join)


@many
@given(st.lists(_mixed, min_size=1, max_size=10), st.sampled_from(["备注", "工商注册号", "文号", "违法事实"]))
def test_redaction_of_a_column_is_the_kernels_redaction_of_each_cell(values: list[str], label: str) -> None:
    """With one difference, for the person: the field's name does not excuse a number that stands alone."""
    cells_ = column(values)
    done = personal.redact(cells_, label=label, suspect=cells_.str.contains(personal.SUSPECT))
    expected = []
    for value in cells_:
        alone = not value.strip("0123456789X- ")
        if alone and label == "工商注册号" and uscc.old15_ok(value.strip()):
            expected.append((value, set()))
        else:
            expected.append(kernel_personal.redact(value, label="" if alone else label))
    assert done.values.to_list() == [text for text, _ in expected]
    assert done.hidden.to_list() == [bool(kinds) for _, kinds in expected]


@many
@given(
    st.lists(
        st.text(st.sampled_from("负责人员工张三李四丰在该公司男，女（）经营者：·"), max_size=14),
        min_size=1,
        max_size=10,
    )
)
def test_names_in_a_column_are_masked_as_the_kernel_masks_one(values: list[str]) -> None:
    cells_ = column(values)
    assert personal.mask_names(cells_).to_list() == [kernel_personal.mask_names(value) for value in cells_]


@many
@given(st.lists(st.text(st.sampled_from("0123456789.,-万元 亿肆仟E"), max_size=9), min_size=1, max_size=12))
def test_amounts_are_read_as_the_kernel_reads_one(item: law.Item, values: list[str]) -> None:
    done = cells.Cells(pl.Series(range(len(values))), pl.Series([""] * len(values)))
    cells._money(done, item.by_code["CF_NR_FK"], column(values))
    for value, fen, shown, bad in zip(
        values, done.fen["CF_NR_FK"], done.values["CF_NR_FK"], done.bad["CF_NR_FK"], strict=True
    ):
        try:
            assert (fen, shown, bad) == (parse_wan(value), format_wan(parse_wan(value)), None)
        except MoneyError as error:
            assert (fen, shown) == (None, "")
            assert bad == (None if error.code == "money.blank" else error.message)


def test_a_message_about_an_amount_never_quotes_the_cell() -> None:
    _, notes = cells._fen(f"罚款{CITIZEN}")
    assert notes
    assert not re.search(r"\d{6}", notes[0])
