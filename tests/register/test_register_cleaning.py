from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import uscc
from xinheng.kernel.text import norm_name
from xinheng.register.cleaning import clean, valid_code
from xinheng.register.columns import ALIASES, recognise
from xinheng.register.policy_outcomes import QUARANTINED, READY, REFUSED, decide
from xinheng.register.regions import place_name, region_name, region_of
from xinheng.register.spells import name_keys

GOOD = "91340600MA2N00000" + uscc.check_char("91340600MA2N00000")
codes = st.one_of(
    st.text(uscc.ALPHABET, min_size=17, max_size=17).map(lambda first: first + uscc.check_char(first)),
    st.text(uscc.ALPHABET, min_size=18, max_size=18),
    st.text(max_size=20),
)


def cleaned(confirmed: tuple[str, ...] = (), **cells: str) -> dict[str, object]:
    notes: Counter[str] = Counter()
    frame = pl.DataFrame([dict.fromkeys(ALIASES, "") | cells | {"row": 2, "misshapen": False}])
    row = decide(clean(frame, confirmed=confirmed, notes=notes)).row(0, named=True)
    return row | {"notes": dict(notes)}


@given(st.lists(codes, min_size=1, max_size=30))
def test_the_column_check_agrees_with_the_kernel(values: list[str]) -> None:
    frame = pl.DataFrame({"code": values}, schema={"code": pl.String})
    assert frame.select(valid_code(pl.col("code")))["code"].to_list() == [
        uscc.is_valid(value) for value in values
    ]


@given(st.lists(st.text(max_size=30) | st.from_regex(r"[一-龥（）()·0-9a-zA-Z -]{0,20}"), min_size=1))
def test_name_keys_agree_with_the_kernel(names: list[str]) -> None:
    names = [name.encode("utf-8", "ignore").decode() for name in names]
    keys = name_keys(pl.Series(names, dtype=pl.String)).to_list()
    assert keys == [norm_name(name)[:200] for name in names]


def test_codes_are_cleaned_with_a_note() -> None:
    row = cleaned(code=f" {GOOD[:12].lower()}\n{GOOD[12:].lower()}（1-1）", name="濉溪县　甲乙有限公司")
    assert (row["code"], row["name"], row["outcome"]) == (GOOD, "濉溪县甲乙有限公司", READY)
    assert {"去除空格或换行", "小写转大写", "去除副本序号", "去除多余空格"} <= row["notes"].keys()


def test_placeholders_and_failing_checks_are_quarantined_with_a_reason() -> None:
    for code, problem in (
        ("00000000000000000X", "code-placeholder"),
        ("91340600MA2N00000X", "code-invalid"),
        ("9134****MA2N00000X", "code-invalid"),
        ("", "code-missing"),
        ("无", "code-missing"),
        ("340621199002281234", "code-personal"),
    ):
        row = cleaned(code=code, name="濉溪县甲乙有限公司")
        assert (row["outcome"], row["problem"], row["field"]) == (QUARANTINED, problem, "code")
        assert row["message"]
        assert not code or code not in row["message"]


def test_what_the_office_confirmed_is_taken_although_its_check_fails() -> None:
    assert (
        cleaned(("91340600MA2N00000X",), code="91340600MA2N00000X", name="甲乙有限公司")["outcome"] == READY
    )
    # Confirming cannot turn anything else into a code
    person = "340621199002281234"
    assert cleaned((person,), code=person, name="甲乙有限公司")["outcome"] == QUARANTINED


def test_every_first_letter_and_any_region_is_taken() -> None:
    for first in ("A1990000MJ2N00000", "N2340621MF2N00000", "Y1340621MF2N00000", "91999999MA2N00000"):
        assert cleaned(code=first + uscc.check_char(first), name="甲乙经济合作社")["outcome"] == READY


def test_old_numbers_are_kept_as_the_code() -> None:
    for number in ("320404000009558", "3209231100626"):
        assert cleaned(code=number, name="甲乙塑料厂")["code"] == number
        row = cleaned(code="", old_number=number, name="甲乙塑料厂")
        assert (row["code"], row["old_number"], row["outcome"]) == (number, "", READY)


def test_rows_about_a_person_are_refused() -> None:
    for code in ("", "340621199002281234", "00000000000000000X", "340600000012345", "无"):
        row = cleaned(code=code, name="张建国")
        assert row["outcome"] == REFUSED, code


def test_an_individual_business_under_its_owners_name_is_taken_with_a_valid_code() -> None:
    first = "92340621MA2N00000"
    assert cleaned(code=first + uscc.check_char(first), name="张建国")["outcome"] == READY


def test_an_individual_business_without_a_92_code_is_quarantined() -> None:
    row = cleaned(code="320404000009558", name="甲乙面馆", kind="个体工商户")
    assert (row["outcome"], row["problem"]) == (QUARANTINED, "individual-without-92")


def test_personal_numbers_never_pass() -> None:
    row = cleaned(code=GOOD, name="甲乙有限公司 联系电话13805612345")
    assert (row["outcome"], row["problem"]) == (QUARANTINED, "name-personal-number")
    row = cleaned(code=GOOD, name="甲乙有限公司", industry="零售13805612345", kind="企业13805612345")
    assert (row["outcome"], row["industry"], row["kind"]) == (READY, "", "企业")
    assert cleaned(code=GOOD, name="甲乙有限公司", old_number="340621199002281234")["old_number"] == ""


def test_names_that_are_none_are_quarantined() -> None:
    for name, problem in (
        ("", "name-missing"),
        ("  ", "name-missing"),
        ("----", "name-malformed"),
        ("甲" * 201, "name-too-long"),
    ):
        assert cleaned(code=GOOD, name=name)["problem"] == problem


def test_a_former_name_is_as_long_as_a_name_may_be() -> None:
    assert cleaned(code=GOOD, name="甲厂", former=f"乙厂;{'丙' * 201}")["problem"] == "name-too-long"
    assert (
        cleaned(code=GOOD, name="甲厂", former=";".join("丙" * n for n in range(1, 60)))["outcome"] == READY
    )


def test_kind_region_dates_and_status_are_tidied_or_derived() -> None:
    row = cleaned(code=GOOD, name="甲乙有限公司", established_on="2019年3月1日", status="在业")
    assert (row["kind"], row["region"], row["established_on"], row["status"]) == (
        "企业",
        "340600",
        "2019-03-01",
        "存续",
    )
    row = cleaned(
        code=GOOD,
        name="甲乙有限公司",
        kind="有限责任公司",
        region="淮北市濉溪县",
        established_on="1900-01-01",
    )
    assert (row["kind"], row["region"], row["established_on"]) == ("有限责任公司", "340621", "")


def test_regions_are_facts_that_are_never_guessed() -> None:
    assert region_of(region="340621", area="", own="340600") == "340621"
    assert region_of(region="999999", area="", own="340600") == "999999"
    assert region_of(region="", area="南京", own="320102") == "320102"
    assert region_of(region="", area="南京", own="企合苏镇") == "320100"
    assert region_of(region="桓台县", area="", own="") == "370321"
    assert (region_name("340621"), region_name("340698")) == ("濉溪县", "340698")
    assert (place_name("340698"), place_name("349998"), place_name("999999")) == (
        "淮北市",
        "安徽省",
        "999999",
    )


def test_columns_are_recognised_under_any_of_their_names() -> None:
    assert recognise([" 企业（机构）名称", "*统一社会信用代码", "注册日期 ", "地址"]) == {
        "name": 0, "code": 1, "established_on": 2,
    }  # fmt: skip
    # Of two that fit, the more precise one
    assert recognise(["名称", "主体名称", "信用代码"])["name"] == 1
