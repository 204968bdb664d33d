"""Amounts: exact, in fen."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.money import MoneyError, format_wan, format_yuan, parse_amounts, parse_wan

fens = st.integers(0, 10**18 - 1)
CAPITAL = "零壹贰叁肆伍陆柒捌玖"


def capitals(yuan: int) -> str:
    """An amount below one 亿 in the capitals of a cheque."""

    def four(number: int) -> str:
        out, gap = "", False
        for power, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
            digit = number // power % 10
            if digit:
                out += ("零" if gap and out else "") + CAPITAL[digit] + unit
            gap = not digit
        return out

    high, low = divmod(yuan, 10_000)
    out = four(high) + "万" if high else ""
    return (out + ("零" if high and 0 < low < 1000 else "") + four(low)) or "零"


@given(fens)
def test_every_amount_is_written_and_read_back_exactly(fen: int) -> None:
    assert parse_wan(format_wan(fen)) == fen
    assert parse_wan(Decimal(fen) / 1_000_000) == fen


@given(st.integers(0, 10**13))
def test_what_a_spreadsheet_makes_of_an_amount_is_read_back(fen: int) -> None:
    assert parse_wan(fen / 1_000_000) == fen


@given(st.integers(0, 99_999_999))
def test_yuan_in_every_writing_is_the_same_amount(yuan: int) -> None:
    fen = yuan * 100
    assert parse_amounts(f"罚款{yuan}元。") == [fen]
    assert parse_amounts(f"罚款{yuan:,}元。") == [fen]
    assert parse_amounts(f"罚款人民币{capitals(yuan)}元整。") == [fen]
    assert parse_amounts(f"罚款{format_wan(fen)}万元") == [fen]
    assert parse_amounts(f"处罚款{capitals(yuan)}元（￥{format_yuan(fen)}元）的处罚") == [fen]
    assert parse_wan(f"{yuan}元") == fen
    assert parse_wan(capitals(yuan) + "元整") == fen


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_two_fines_in_one_text_are_two(one: int, other: int) -> None:
    text = f"1.没收违法所得{format_yuan(one)}元；2.罚款{format_wan(other)}万元。"
    assert parse_amounts(text) == [one, other]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("罚款14.10万元，按日连续处罚126.90万元。", [14_100_000, 126_900_000]),
        ("1.没收广告费1552.95元，2.罚款1552.95元。", [155_295, 155_295]),
        ("肆万捌仟元", [4_800_000]),
        ("罚款3万5千元", [3_500_000]),
        ("罚款3万2000元", [3_200_000]),
        ("罚款5万，责令改正", [5_000_000]),
        ("罚款１００００元", [1_000_000]),
        ("一亿二千万元", [12_000_000_000]),
        ("三点五万元", [3_500_000]),
        ("壹佰贰拾叁元肆角伍分", [12_345]),
        ("九元九角", [990]),
        ("两千零一元", [200_100]),
        ("罚款壹拾万元，罚款壹拾万元", [10_000_000, 10_000_000]),
        ("罚款1万元（大写：壹万元整）", [1_000_000]),
        ("濉市监罚字〔2023〕第5万号，2023年5月1日，第三条", []),
        ("2000美元", []),
        ("购进3元件", []),
        ("", []),
    ],
)
def test_amounts_are_found_in_order(text: str, fen: list[int]) -> None:
    assert parse_amounts(text) == fen


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "money.blank"), ("无", "money.blank"), ("abc", "money.format"), ("12,34", "money.format"),
        ("-1", "money.negative"), ("0.1234567", "money.decimals"), ("1000000000000", "money.size"),
        ("1e300", "money.size"), ("1万元2万元", "money.format"), ("nan", "money.blank"), ("inf", "money.format"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_a_code(raw: str, code: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_wan(raw)
    assert caught.value.code == code
    assert raw == "" or raw not in caught.value.message


@pytest.mark.parametrize(
    ("raw", "fen"),
    [("0.2", 200_000), ("0.2万元", 200_000), ("2000元", 200_000), ("￥3.5", 3_500_000), ("1,234.5", 1_234_500_000),
     ("1e-3", 1000), ("0.100000000", 100_000), (0.1 + 0.2, 300_000), ("３．５", 3_500_000), ("1.5亿元", 15_000_000_000),
     ("贰万元", 2_000_000)],
)  # fmt: skip
def test_a_cell_in_wan_is_read_with_its_dirt(raw: str | float, fen: int) -> None:
    assert parse_wan(raw) == fen


@given(
    st.text(max_size=30) | st.text(st.sampled_from("0123456789.,万亿千百元角分壹拾零点一两 整"), max_size=30)
)
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    assert all(0 <= fen < 10**18 for fen in parse_amounts(text))
    try:
        assert 0 <= parse_wan(text) < 10**18
    except MoneyError as error:
        assert error.exit == 2


def test_a_negative_amount_cannot_be_written() -> None:
    for write in (format_wan, format_yuan):
        with pytest.raises(MoneyError):
            write(-1)


def test_real_penalties_are_read(shared_data: Path) -> None:
    with (shared_data / "penalties_key_polluters_2017.csv").open(encoding="utf-8-sig") as file:
        texts = [row["处罚结果"] for row in csv.DictReader(file)]
    unread = [t for t in texts if "万元" in t and len(parse_amounts(t)) < t.count("万元")]
    assert sum("万元" in t for t in texts) > 100
    assert unread == []
