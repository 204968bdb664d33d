"""Damaged, masked, old and partial codes: what they still say, and what is never read out of them."""

from __future__ import annotations

import csv
import doctest
import gzip
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kernel_examples import citizen_id_15

from xinheng.kernel import codehints, uscc
from xinheng.kernel.codehints import CodeHint, agreement, candidates, read_code

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
CODE = "91340600MA2N00000F"
OTHER = "91340600MA2N12345B"


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Valid codes of organisations; those that a citizen's number or a mask could be mistaken for are left out."""
    start = draw(st.sampled_from(["91", "92", "93", "A1", "N2"]))
    rest = draw(st.text(alphabet=uscc.ALPHABET, min_size=15, max_size=15))
    code = start + rest + uscc.check_char(start + rest)
    assume("XX" not in code and read_code(code).kind == "uscc")
    return code


def shared(name: str) -> list[dict[str, str]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip("../shared/data is not here")
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


@given(codes(), st.integers(0, 17), st.sampled_from(uscc.ALPHABET + "OISZV"))
def test_a_code_with_one_wrong_character_has_the_right_one_among_its_candidates(
    code: str, place: int, other: str
) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assume(wrong != code and "XX" not in wrong)
    hint = read_code(wrong)
    assert hint == CodeHint("damaged", wrong)
    assert code in candidates(hint)
    assert agreement(hint, code) == "one-wrong"


@given(codes(), st.integers(0, 16))
def test_a_code_with_two_neighbours_exchanged_has_the_right_one_among_its_candidates(
    code: str, place: int
) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assume(swapped != code and "XX" not in swapped)
    hint = read_code(swapped)
    assume(hint.kind != "personal")
    assert code in candidates(hint)
    assert agreement(hint, code) == "swapped"


@given(codes(), st.integers(0, 17))
def test_a_code_that_lost_a_character_has_the_right_one_among_its_candidates(code: str, place: int) -> None:
    lost = code[:place] + code[place + 1 :]
    hint = read_code(lost)
    assume(hint.kind != "personal")
    assert code in candidates(hint)
    assert agreement(hint, code) == "one-wrong"


@given(codes(), st.integers(0, 18), st.sampled_from(uscc.ALPHABET))
def test_a_code_with_a_character_too_many_has_the_right_one_among_its_candidates(
    code: str, place: int, more: str
) -> None:
    longer = code[:place] + more + code[place:]
    assume("XX" not in longer)
    hint = read_code(longer)
    assume(hint.kind != "personal")
    assert code in candidates(hint)
    assert agreement(hint, code) == "one-wrong"


@given(codes(), st.data())
def test_a_masked_code_goes_with_its_own_and_knows_it_up_to_two_hidden_characters(
    code: str, data: st.DataObject
) -> None:
    places = data.draw(st.sets(st.integers(2, 17), min_size=1, max_size=10))
    hint = read_code("".join("*" if at in places else char for at, char in enumerate(code)))
    assert hint.kind == "masked" and not hint.value
    assert agreement(hint, code) == "masked-fits"
    assert (code in candidates(hint)) is (len(places) <= 2)


@given(st.text(max_size=60) | st.text(alphabet=uscc.ALPHABET + "*Ox -(", max_size=24), st.text(max_size=20))
def test_nothing_makes_it_raise_and_candidates_are_few_valid_and_different(text: str, code: str) -> None:
    hint = read_code(text)
    found = candidates(hint)
    assert len(found) == len(set(found)) <= 64
    assert all(uscc.check(one).kind == "uscc" for one in found)
    agreement(hint, code)
    assert read_code(text) == hint


@given(codes(), codes())
def test_two_valid_codes_agree_the_same_way_from_either_side(one: str, other: str) -> None:
    assert agreement(read_code(one), other) == agreement(read_code(other), one)
    assert agreement(read_code(one), one) == "exact"


@given(codes(), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_a_wrong_code_in_the_register_agrees_like_a_wrong_code_in_a_list(
    code: str, place: int, other: str
) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assume("XX" not in wrong)
    assert agreement(read_code(code), wrong) == agreement(read_code(wrong), code)


@given(codes())
def test_width_case_breaks_and_copy_marks_do_not_matter(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for written in (
        code.lower(),
        wide,
        f"{code[:8]} {code[8:17]}\n{code[17]}",
        f"{code}(1-1)",
        f"{code}（副本）",
    ):
        assert read_code(written) == CodeHint("uscc", code)


@given(
    st.sampled_from(["110101", "340621", "371302", "513401"]),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.integers(0, 9999),
)
def test_a_citizens_number_leaves_nothing_behind(region: str, born: date, tail: int) -> None:
    number = f"{region}{born:%Y%m%d}{tail:04d}"
    assume(uscc.check(number).kind == "citizen_id")
    masked = (number[:6] + "*" * 8 + number[14:], number[:10] + "****" + number[14:], "*" * 6 + number[6:])
    wrong = (
        number[:-1],
        number[:5] + "O" + number[6:],
        number[:14] + "I" + number[15:],
        number[:9] + number[10:],
    )
    for written in (number, number + "L0", f"身份证{number}", *wrong, *masked):
        hint = read_code(written)
        assert hint == CodeHint("personal")
        assert candidates(hint) == () and agreement(hint, CODE) == "none"


@given(citizen_id_15())
def test_an_old_citizens_number_is_personal_unless_its_check_is_a_business_number(number: str) -> None:
    assert read_code(number).kind == ("old-number" if uscc.old15_ok(number) else "personal")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("", "", ""),
        ("无", "", ""),
        (CODE, "uscc", CODE),
        (f"统一社会信用代码：{CODE}", "uscc", CODE),
        (f"{CODE}/340600000012345", "uscc", CODE),
        (f"{CODE}*", "uscc", CODE),
        (f"代码（{CODE}）", "uscc", CODE),
        ("340600000012346", "junk", ""),
        ("见附件#3号表格2024", "junk", ""),
        ("13497257-7", "organisation", "134972577"),
        ("134972577", "organisation", "134972577"),
        ("340602134972577", "organisation", "134972577"),
        ("134972578", "damaged", "134972578"),
        ("320404000009558", "old-number", "320404000009558"),
        ("320404000009559", "junk", ""),
        ("3209231100626", "old-number", "3209231100626"),
        ("9134O6OOMA2N00000F", "damaged", "9134O6OOMA2N00000F"),
        (uscc.PLACEHOLDER, "placeholder", ""),
        ("111111111111111111", "placeholder", ""),
        ("123456789012345678", "placeholder", ""),
        ("******", "placeholder", ""),
        ("9.13406E+17", "junk", ""),
        ("见附件", "junk", ""),
    ],
)
def test_every_kind_is_told_apart(text: str, kind: str, value: str) -> None:
    assert read_code(text) == CodeHint(kind, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("913406**********0F", "913406??????????0F"),
        ("913406＊＊＊＊00F", "913406*00F"),
        ("9134XXXXXXXX00000F", "9134????????00000F"),
        ("9134●●●●MA2N00000f", "9134????MA2N00000F"),
        ("代码：9134……00F", "9134*00F"),
        ("MA2N****0", "MA2N????0"),
        ("91340600MA2N口0000F", "91340600MA2N?0000F"),
    ],
)
def test_hidden_characters_of_every_fashion_give_a_pattern(text: str, pattern: str) -> None:
    assert read_code(text) == CodeHint("masked", pattern=pattern)


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("", CODE, "none"),
        (CODE, "", "none"),
        (CODE, uscc.PLACEHOLDER, "none"),
        (CODE, CODE, "exact"),
        (CODE, OTHER, "different"),
        ("320404000009558", CODE, "old-number"),
        ("320404000009558", "320404000009558", "exact"),
        ("320404000009558", "320404000005886", "different"),
        (CODE, "320404000009558", "old-number"),
        ("MA2N00000", CODE, "organisation-part"),
        ("MA2N0000", CODE, "organisation-part"),
        ("134972577", CODE, "different"),
        ("9134O6OOMA2NOOOOOF", CODE, "one-wrong"),
        ("91340600MA2N0012KF", CODE, "different"),
        ("91340600MA2N00012F", CODE, "two-wrong"),
        ("A3340600MA2N000001", CODE, "organisation-part"),
        ("9134****MA2N00000F", OTHER, "masked-contradicts"),
        ("9134***0F", CODE, "masked-fits"),
        ("MA2N***00", CODE, "masked-fits"),
        ("913406001349725000", "913406001349725778", "masked-fits"),
        (uscc.PLACEHOLDER, CODE, "none"),
    ],
)
def test_the_level_of_agreement_is_what_both_codes_say(text: str, code: str, level: str) -> None:
    assert agreement(read_code(text), code) == level


def test_a_damage_that_is_often_made_comes_before_one_that_is_not() -> None:
    for wrong in ("9134O600MA2N00000F", "91340600MA2N0O000F", "913406000MA2N00000F", "9I340600MA2N00000F"):
        assert candidates(read_code(wrong))[0] == CODE


def test_the_examples_in_the_docstrings_are_true() -> None:
    failed, tried = doctest.testmod(codehints)
    assert tried > 0 and failed == 0


def test_valid_codes_shaped_like_citizens_numbers_stay_codes() -> None:
    rows = shared("uscc_looking_like_id_numbers.csv")
    assert {read_code(row["统一社会信用代码"]).kind for row in rows} == {"uscc"}


def test_the_odd_codes_of_real_registers_are_told_apart() -> None:
    rows = shared("register_nonstandard_codes.csv.gz")
    kinds = Counter((read_code(row["统一社会信用代码"]).kind, len(row["统一社会信用代码"])) for row in rows)
    assert kinds["old-number", 15] >= 3773 and kinds["old-number", 13] >= 249
    assert kinds["damaged", 18] >= 91
    assert sum(count for (kind, _), count in kinds.items() if kind == "junk") < 20


@pytest.mark.parametrize(
    "name", ["blacklist_gscredit_91855_ecommerce.csv", "blacklist_gscredit_93516_freight.csv"]
)
def test_published_lists_hold_organisation_codes_that_agree_with_the_codes_beside_them(name: str) -> None:
    levels = Counter(
        agreement(read_code(row["组织机构代码"]), row["统一信用代码"])
        for row in shared(name)
        if len(row["统一信用代码"]) == 18
    )
    told = levels["organisation-part"] + levels["exact"]
    assert told >= 10 and told >= 0.9 * (told + levels["different"])
