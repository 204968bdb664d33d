"""The register: valid codes, believable lives, and the same organisation however it is asked for."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.kernel import uscc
from xinheng.kernel.personnames import is_person_name
from xinheng.kernel.text import norm_name
from xinheng.synth import Manifest, Place
from xinheng.synth.codes import CodeMaker, code_of, flip_check
from xinheng.synth.organisations import REGISTER_COLUMNS, Population
from xinheng.synth.story import firms_of

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def register(messy: tuple[Path, Manifest]) -> list[dict[str, str]]:
    folder, manifest = messy
    with (folder / manifest.register).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def city() -> pl.DataFrame:
    """Five thousand organisations, as the demonstration has."""
    return Population(place=Place(), count=5_000, seed=4, today=TODAY).register_rows(0, 5_000)


def test_a_register_has_the_agreed_columns_and_size(register: list[dict[str, str]]) -> None:
    assert tuple(register[0]) == REGISTER_COLUMNS
    assert len(register) == 200


def test_all_codes_are_valid_inside_and_out_and_no_two_are_equal(city: pl.DataFrame) -> None:
    codes = city["统一社会信用代码"].to_list()
    assert all(uscc.is_valid(c) and uscc.org_code_ok(c[8:17]) and uscc.check(c).kind == "uscc" for c in codes)
    assert len(set(codes)) == len(codes)


def test_old_numbers_are_valid_and_only_market_subjects_of_before_2015_have_one(city: pl.DataFrame) -> None:
    rows = city.filter(pl.col("旧注册号") != "")
    assert rows.height > 500
    assert all(uscc.old15_ok(n) for n in rows["旧注册号"])
    assert rows["旧注册号"].n_unique() == rows.height
    assert rows["成立日期"].max() < "2015-10-01"
    assert set(rows["统一社会信用代码"].str.head(2)) == {"91", "92", "93"}


@settings(max_examples=40)
@given(number=st.integers(0, 80_000_000), old=st.booleans(), prefix=st.sampled_from(["91", "N2", "A1"]))
def test_a_code_by_the_column_is_valid_for_every_number(number: int, old: bool, prefix: str) -> None:
    frame = pl.DataFrame(
        {"n": pl.Series([number], dtype=pl.UInt64), "p": pl.Series([MAKER_PREFIXES.index(prefix)])}
    )
    code = frame.select(MAKER.columns(pl.col("n"), pl.col("p"), pl.col("p") * 0, pl.lit(old)).alias("c"))[
        "c"
    ][0]
    assert code.startswith(prefix + "340602")
    assert uscc.is_valid(code)
    assert uscc.org_code_ok(code[8:17])
    assert code_of(prefix, "340602", code[8:16]) == code
    wrong = pl.DataFrame({"c": [code]}).select(flip_check(pl.col("c")))["c"][0]
    assert wrong != code
    assert not uscc.is_valid(wrong)


MAKER_PREFIXES = ["91", "A1", "N2"]
MAKER = CodeMaker(seed=9, prefixes=MAKER_PREFIXES, regions=["340602"])


def test_kinds_come_in_the_documented_shares(city: pl.DataFrame) -> None:
    kinds = Counter(city["统一社会信用代码"].str.head(2).to_list())
    assert kinds["92"] == 5 * 545
    assert kinds["91"] == 5 * 400
    assert set(kinds) == {"11", "12", "13", "31", "51", "52", "53", "81", "91", "92", "93", "A1", "N2", "Y1"}


def test_lives_differ(city: pl.DataFrame) -> None:
    states = Counter(city["登记状态"].to_list())
    assert set(states) >= {"存续", "注销", "吊销，未注销", "迁出", "歇业", "正常"}
    assert 0.05 < states["注销"] / 5_000 < 0.12
    former = city.filter(pl.col("曾用名") != "")
    assert 0.02 < former.height / 5_000 < 0.06
    assert any(";" in names for names in former["曾用名"])


def test_no_former_name_is_the_name_of_another(city: pl.DataFrame) -> None:
    names = {norm_name(n) for n in city["主体名称"]}
    formers = {norm_name(n) for row in city["曾用名"] for n in row.split(";") if n}
    assert formers & names == set()


def test_names_are_nearly_all_different_and_some_are_only_a_persons(city: pl.DataFrame) -> None:
    assert city["主体名称"].n_unique() >= 4_950
    persons = city.filter(pl.col("主体名称").str.len_chars() <= 4)
    assert 15 <= persons.height <= 40
    assert all(is_person_name(n) for n in persons["主体名称"])
    assert set(persons["统一社会信用代码"].str.head(2)) == {"92"}


def test_an_organisation_is_the_same_in_any_chunk() -> None:
    population = Population(place=Place(), count=3_000, seed=4, today=TODAY)
    whole = population.register_rows(0, 3_000)
    assert population.register_rows(1_700, 1_900).equals(whole.slice(1_700, 200))


def test_departments_and_the_story_stand_in_the_register(
    messy: tuple[Path, Manifest], register: list[dict[str, str]]
) -> None:
    _, manifest = messy
    names = {r["统一社会信用代码"]: r["主体名称"] for r in register}
    for department in manifest.departments:
        assert names[department["code"]] == department["name"]
        assert department["code"].startswith("1")
    assert {f.source for f in manifest.files} <= {d["code"] for d in manifest.departments}
    for firm in firms_of(Place()).values():
        assert uscc.is_valid(firm.code)
        assert names[firm.code] == firm.name


def test_another_place_gives_its_name_and_region() -> None:
    place = Place(name="澄川县", code="370399", districts=(("370399", "澄南区"),))
    rows = Population(place=place, count=200, seed=1, today=TODAY).register_rows(0, 200)
    assert set(rows["行政区划"]) == {"370399"}
    assert not any("信衡" in name for name in rows["主体名称"])
    assert any("澄川" in name for name in rows["主体名称"])
