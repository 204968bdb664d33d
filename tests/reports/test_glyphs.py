"""What can be printed, and what is printed instead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinheng.reports.glyphs import GETA, coverage, printable

ZERO_WIDTH_SPACE = "\u200b"


@given(st.text())
def test_whatever_comes_in_only_drawable_signs_come_out(text: str) -> None:
    assert set(printable(text)) <= coverage() | {"\n", ZERO_WIDTH_SPACE}


@given(st.text(alphabet="龘𠮷㙍靐䶮淮北市有限公司（）·—ABC 019"))
def test_text_the_fonts_hold_is_printed_as_it_is(text: str) -> None:
    assert printable(text).replace(ZERO_WIDTH_SPACE, "") == text


def test_the_whole_standard_table_of_characters_of_gb_2312_can_be_drawn() -> None:
    rows = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    assert {char for pair in rows for char in pair.decode("gb2312", "ignore")} <= coverage()


def test_a_sign_without_a_glyph_becomes_the_geta_mark() -> None:
    assert printable("甲😀乙\ue000") == f"甲{GETA}乙{GETA}"


def test_signs_that_turn_or_hide_text_are_dropped() -> None:
    assert printable("正\u202e常\u200d名\u0000称\ufe0f") == "正常名称"


def test_a_compatibility_ideograph_is_not_exchanged_for_its_twin() -> None:
    assert printable("\uf900") == "\uf900"


def test_a_long_latin_run_gets_places_to_break_and_a_hash_stays_whole() -> None:
    assert ZERO_WIDTH_SPACE in printable("x" * 200)
    assert ZERO_WIDTH_SPACE not in printable("xRK5AwSYq/VCPXff524mhPuTDodcbgwahTBqgDIbekk=")
