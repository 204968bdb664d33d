"""Made-up numbers with right check digits, for the tests of this folder. None is taken from real data."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from xinheng.kernel import uscc

REGIONS = st.sampled_from(
    ["340621", "340602", "341221", "320812", "370321", "110105", "513401", "440106", "654201"]
)
BIRTHDAYS = st.dates(date(1920, 1, 1), date(2020, 12, 31))
DIGITS = "0123456789"


def _id_check(body: str) -> str:
    return "10X98765432"[sum(int(c) * (2 ** (17 - i) % 11) for i, c in enumerate(body)) % 11]


def citizen_id() -> st.SearchStrategy[str]:
    """18 characters, check right."""
    body = st.builds(lambda r, d, n: f"{r}{d:%Y%m%d}{n:03d}", REGIONS, BIRTHDAYS, st.integers(0, 999))
    return body.map(lambda b: b + _id_check(b))


def citizen_id_15() -> st.SearchStrategy[str]:
    days = st.dates(date(1920, 1, 1), date(1999, 12, 31))
    return st.builds(lambda r, d, n: f"{r}{d:%y%m%d}{n:03d}", REGIONS, days, st.integers(0, 999))


def _luhn_digit(body: str) -> str:
    total = sum(sum(divmod(2 * int(c), 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
    return str(-total % 10)


def bank_card() -> st.SearchStrategy[str]:
    """UnionPay of 16 to 19 digits, the old ICBC form, Visa and MasterCard, check right."""
    forms = st.sampled_from([("622202", 19), ("621700", 19), ("6228", 19), ("622588", 16), ("95588", 19), ("4514", 16),
                             ("5187", 16), ("6217", 18), ("625", 16)])  # fmt: skip

    def fill(form: tuple[str, int], digits: str) -> str:
        body = (form[0] + digits)[: form[1] - 1]
        return body + _luhn_digit(body)

    return st.builds(fill, forms, st.text(DIGITS, min_size=18, max_size=18))


def _with_check(start: str) -> str:
    return start + uscc.check_char(start)


def _org_code(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    return body + "0X987654321"[sum(int(c, 36) * w for c, w in zip(body, weights, strict=True)) % 11]


def organisation_code() -> st.SearchStrategy[str]:
    """Valid codes of every kind, with letters or digits in the inner code."""
    kinds = st.sampled_from(["91", "92", "93", "11", "12", "13", "51", "52", "53", "A1", "N2", "Y1"])
    inner = st.text(DIGITS, min_size=8, max_size=8) | st.text(DIGITS, min_size=6, max_size=6).map(
        "MA".__add__
    )
    return st.builds(lambda k, r, i: _with_check(k + r + _org_code(i)), kinds, REGIONS, inner)


def code_shaped_like_id() -> st.SearchStrategy[str]:
    """Valid codes of digits whose places 7 to 14 are a birthday: the region ends in 19 or 20."""

    def build(kind: str, region: str, day: date, rest: int) -> str:
        inner = f"{day:%Y%m%d}"[2:] + f"{rest:02d}"
        return _with_check(kind + region + f"{day:%Y}"[:2] + _org_code(inner))

    return st.builds(
        build, st.sampled_from(["91", "93", "12", "51", "52"]), st.sampled_from(["3101", "3702", "5226", "5001"]),
        BIRTHDAYS, st.integers(0, 99),
    )  # fmt: skip
