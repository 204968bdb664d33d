"""Dates as departments write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.dates import LONG_TERM, ParsedDate, format_date, is_long_term, parse_date

days = st.dates(date(1949, 1, 1), date(2099, 12, 30))
HAN = "〇一二三四五六七八九"


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spoken(number: int) -> str:
    """A number below 100 as it is spoken."""
    tens, units = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else HAN[tens] + "十") + (HAN[units] if units else "")


@given(days, st.data())
def test_every_usual_writing_of_a_day_gives_the_day(day: date, data: st.DataObject) -> None:
    y, m, d = day.year, day.month, day.day
    form = data.draw(
        st.sampled_from(
            [
                f"{day:%Y-%m-%d}", f"{y}/{m}/{d}", f"{day:%Y%m%d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日",
                f"{day:%Y年%m月%d日}", f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y/%m/%d} 13:05", f"{day:%Y-%m-%d}T08:30:00.000",
                f" {y} 年 {m} 月 {d} 日 ", f"'{day:%Y-%m-%d}", f"{day:%Y—%m—%d}", f"\ufeff{day:%Y-%m-%d}",
                "".join(HAN[int(c)] for c in str(y)) + f"年{spoken(m)}月{spoken(d)}日",
            ]
        )
    )  # fmt: skip
    if data.draw(st.booleans()):
        form = wide(form)
    assert parse_date(form).value == day


@given(st.integers(20000, 73050))
def test_excel_serials_count_from_the_end_of_1899(serial: int) -> None:
    expected = date(1899, 12, 30) + timedelta(days=serial)
    for raw in (serial, str(serial), f"{serial}.0", f"{serial}.75", serial + 0.5):
        parsed = parse_date(raw)
        assert parsed == ParsedDate(expected, ("由表格软件的日期序号换算",))


@given(days)
def test_the_stored_form_is_read_back_without_notes(day: date) -> None:
    assert parse_date(format_date(day)) == ParsedDate(day)
    assert parse_date(day) == ParsedDate(day)
    assert parse_date(datetime(day.year, day.month, day.day, 23, 59)) == ParsedDate(day)  # noqa: DTZ001


@given(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_an_instant_with_a_zone_is_the_day_in_shanghai(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC, microsecond=0)
    shanghai = (instant + timedelta(hours=8)).date()
    assert parse_date(f"{instant:%Y-%m-%dT%H:%M:%S}Z").value == shanghai
    assert parse_date(f"{instant:%Y-%m-%d %H:%M:%S}+00:00").value == shanghai
    assert parse_date(f"{instant:%Y-%m-%d %H:%M:%S}+08:00").value == instant.date()
    assert parse_date(instant).value == shanghai


@pytest.mark.parametrize("raw", [None, "", " ", "无", "—", "null", "\u200b"])
def test_a_blank_cell_is_no_date_and_no_fault(raw: str | None) -> None:
    assert parse_date(raw) == ParsedDate(None)


@pytest.mark.parametrize(
    "raw", ["1899-12-30", "1899/12/31", "1900-01-01 00:00:00", "1900年1月1日", date(1900, 1, 1), "0001-01-01"]
)
def test_what_an_empty_cell_turns_into_is_refused(raw: str | date) -> None:
    value, notes = parse_date(raw)
    assert value is None
    assert "空单元格" in notes[0]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("2026-02-30", "不存在"), ("2026-13-01", "不存在"), ("20260230", "不存在"), ("二〇二六年十三月一日", "不存在"),
        ("26-11-20", "无法识别"), ("2026-11", "无法识别"), ("2026年", "无法识别"), ("2026-11/20", "无法识别"),
        ("19999", "无法识别"), ("80001", "无法识别"), ("1568180781000", "无法识别"), ("昨天", "无法识别"),
        ("1948-12-31", "范围"), ("2200-01-01", "范围"), ("2026-11-20 25:00", "无法识别"), ("20-11-2026", "无法识别"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_a_reason(raw: str, why: str) -> None:
    value, notes = parse_date(raw)
    assert value is None
    assert why in notes[0]


@given(st.text(max_size=20) | st.text(st.sampled_from("0123456789-/.年月日: TZ+"), max_size=20))
def test_no_text_makes_it_fail_or_guess_outside_the_range(raw: str) -> None:
    value, notes = parse_date(raw)
    assert value is None or date(1949, 1, 1) <= value <= date(2199, 12, 31)
    assert value is None or not any(raw in note for note in notes if len(raw) > 2 and raw != "长期")


@pytest.mark.parametrize("raw", ["长期", "长期有效", "永久", "2099-12-31", "2099/12/31", "9999-12-31"])
def test_no_end_is_the_last_day_of_2099(raw: str) -> None:
    value, _ = parse_date(raw)
    assert value == LONG_TERM
    assert is_long_term(LONG_TERM)
    assert not is_long_term(date(2099, 12, 30))
