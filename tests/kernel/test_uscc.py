"""The unified social credit code: what is valid, what is cleaned, what is told apart."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import uscc
from xinheng.kernel.errors import WrongUse

first17 = st.text(alphabet=uscc.ALPHABET, min_size=17, max_size=17)


@st.composite
def codes(draw: st.DrawFn) -> str:
    start = draw(first17)
    return start + uscc.check_char(start)


def reference_check(first: str) -> str:
    """GB 32100 read naively, for comparison."""
    total = sum(uscc.ALPHABET.index(c) * 3**i for i, c in enumerate(first))
    return uscc.ALPHABET[(31 - total % 31) % 31]


@given(first17)
def test_the_check_character_is_that_of_the_standard(start: str) -> None:
    assert uscc.check_char(start) == reference_check(start)


@given(codes(), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_anywhere_is_found(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    assert uscc.is_valid(wrong) is (other == code[place])


@given(codes(), st.integers(0, 16))
def test_two_neighbours_exchanged_are_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert uscc.is_valid(swapped) is (swapped == code)


@pytest.mark.parametrize(
    "start", ["A1340600MA2N00000", "N2340621MA2N00000", "Y1100000MA2N00000", "G1340600MA2N00000"]
)
def test_a_first_letter_is_no_reason_to_reject(start: str) -> None:
    assert uscc.check(start + uscc.check_char(start)).kind == "uscc"


def test_a_region_in_no_list_is_no_reason_to_reject() -> None:
    start = "91999999MA2N00000"
    assert uscc.check(start + uscc.check_char(start)).kind == "uscc"


@given(codes(), st.data())
def test_cleaning_gives_back_what_copying_and_printing_added(code: str, data: st.DataObject) -> None:
    dirty = code.lower() if data.draw(st.booleans()) else code
    if data.draw(st.booleans()):
        dirty = "".join(chr(ord(c) + 0xFEE0) for c in dirty)
    for gap in data.draw(
        st.lists(st.sampled_from([" ", "\n", "\r\n", "\u3000", "\xa0", "\u200b", "\ufeff"]), max_size=4)
    ):
        place = data.draw(st.integers(0, len(dirty)))
        dirty = dirty[:place] + gap + dirty[place:]
    dirty += data.draw(st.sampled_from(["", "(1-1)", "（1-1）", " (2-1)", "（１－１）"]))
    cleaned = uscc.clean(dirty)
    assert cleaned.code == code
    assert bool(cleaned.notes) is (dirty != code)


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = uscc.clean(raw).code
    assert uscc.clean(once) == uscc.Cleaned(once)


def test_each_thing_cleaned_away_is_noted() -> None:
    cleaned = uscc.clean("统一社会信用代码：９１340600ma2n\n00000f（1-1）")
    assert cleaned.code == "91340600MA2N00000F"
    assert cleaned.notes == ("全角转半角", "去除空格或换行", "小写转大写", "去除代码前的文字", "去除副本序号")
    assert uscc.clean("91-340600-MA2N00000-F") == uscc.Cleaned("91340600MA2N00000F", ("去除连接号",))
    assert uscc.clean("'320404000009558.0").code == "320404000009558"


def test_look_alike_letters_are_named_but_never_replaced() -> None:
    cleaned = uscc.clean("9134O600MA2N00000F")
    assert cleaned.code == "9134O600MA2N00000F"
    assert "第 5 位是字母 O，可能是数字 0" in uscc.check(cleaned.code).reason


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("", "empty"),
        ("无", "empty"),
        (" - ", "empty"),
        ("0000000 0000000000x", "placeholder"),
        ("320404000009558", "old15"),
        ("320404000009559", "invalid"),
        ("320506NA000043X", "old15"),
        ("3209231100626", "old13"),
        ("34062119900228123X", "citizen_id"),
        ("340621900228123", "citizen_id"),
        ("91340600********0F", "invalid"),
        ("9.1340600E+17", "invalid"),
        ("13497257-7", "invalid"),
        ("13800138000", "invalid"),
    ],
)
def test_what_stands_in_place_of_a_code_is_recognised(raw: str, kind: str) -> None:
    verdict = uscc.check(uscc.clean(raw).code)
    assert verdict.kind == kind
    assert verdict.reason


@given(st.text(min_size=4, max_size=20))
def test_a_reason_never_quotes_the_value(raw: str) -> None:
    reason = uscc.check(raw).reason
    assert raw.strip() == "" or raw not in reason


def test_a_citizens_number_that_passes_the_code_check_by_chance_is_still_a_citizens() -> None:
    # Every last serial of one birthday and place: some pass the code check, one in 31.
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    lucky = []
    for serial in range(1000):
        body = f"34062119900228{serial:03d}"
        number = body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]
        assert uscc.check(number).kind == "citizen_id"
        lucky += [number] if uscc.is_valid(number) else []
    assert lucky


def test_the_old_number_check_finds_any_single_wrong_digit() -> None:
    good = "320404000009558"
    for place in range(15):
        for digit in "0123456789":
            assert uscc.old15_ok(good[:place] + digit + good[place + 1 :]) is (digit == good[place])


def test_the_organisation_code_check_is_that_of_the_standard() -> None:
    assert uscc.org_code_ok("001755309")
    assert uscc.org_code_ok("704912345") is (
        "0X987654321"[
            sum(int(c) * w for c, w in zip("70491234", (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        ]
        == "5"
    )
    assert not uscc.org_code_ok("13497257-7")
    assert not uscc.org_code_ok("")


def test_the_kind_and_the_groups_for_the_eye() -> None:
    assert uscc.entity_kind("92340600MA2N00000F") == "92"
    assert uscc.entity_kind("320404000009558") == ""
    assert uscc.group("91340600MA2N00000F") == "91 340600 MA2N00000 F"
    assert uscc.group("320404000009558") == "320404000009558"


def test_a_check_character_of_the_wrong_input_is_refused() -> None:
    with pytest.raises(WrongUse) as caught:
        uscc.check_char("91340600MA2N0000I")
    assert (caught.value.code, caught.value.exit) == ("uscc.chars", 2)


def _column(path: Path, name: str) -> list[str]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    return [row[name] for row in csv.DictReader(io.StringIO(text))]


def test_real_codes_shaped_like_identity_numbers_stay_codes(shared_data: Path) -> None:
    codes_ = _column(shared_data / "uscc_looking_like_id_numbers.csv", "统一社会信用代码")
    assert len(codes_) == 64
    assert {uscc.check(c).kind for c in codes_} == {"uscc"}


def test_real_codes_that_are_not_valid_are_told_apart(shared_data: Path) -> None:
    counts: dict[str, int] = {}
    for raw in _column(shared_data / "register_nonstandard_codes.csv.gz", "统一社会信用代码"):
        kind = uscc.check(uscc.clean(raw).code).kind
        counts[kind] = counts.get(kind, 0) + 1
    assert counts == {"old15": 3773, "old13": 249, "empty": 3, "invalid": 104}


@pytest.mark.parametrize(("name", "rows"), [("shandong", 106_532), ("jiangsu", 140_320)])
def test_every_real_code_of_a_register_is_valid(shared_data: Path, name: str, rows: int) -> None:
    raws = _column(shared_data / f"register_{name}.csv.gz", "统一社会信用代码")
    kinds = [uscc.check(code).kind for code in map(str.upper, raws) if len(code) == 18]
    assert kinds.count("uscc") >= rows
    assert "citizen_id" not in kinds
