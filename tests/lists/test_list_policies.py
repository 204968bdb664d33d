"""Who may list and when a step is too early, over all cases; every kind gives every day an end and a warning."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.law import service as law
from xinheng.lists import kinds, policy_listing

PACK = law.load("huaibei")
KINDS = sorted(PACK.lists)
DAYS = st.dates(date(2023, 1, 1), date(2035, 12, 31))
REGIONS = st.sampled_from(["340600", "340000", "340602", "340621", "", "34"])
ROLES = st.sampled_from(
    ["authority", "office", "department", "reviewer", "organisation", "platform", "exchange", "auditor"]
)


@given(
    code=st.sampled_from(KINDS),
    role=ROLES,
    sector=st.sampled_from(sorted(PACK.sectors)),
    region=REGIONS,
    on=DAYS,
)
def test_whoever_may_list_is_the_authority_of_that_kind_above_the_county(
    code: str, role: str, sector: str, region: str, on: date
) -> None:
    kind = PACK.lists[code]
    why = policy_listing.power_refusal(
        pack=PACK, kind=kind, role=role, sectors=[sector], region=region, on=on
    )
    if not why:
        assert role == "authority"
        assert kind.listing_case
        assert sector == kind.authority
        assert on in kind.source.in_force
        assert not policy_listing.is_county(region) or getattr(kind, "county", False)
        assert kinds.missing(kind) == ()
    else:
        assert why.endswith("。")


@pytest.mark.parametrize("code", [code for code in KINDS if PACK.lists[code].listing_case])
def test_a_county_is_refused_where_the_city_is_not(code: str) -> None:
    kind, on = PACK.lists[code], date(2026, 11, 20)

    def why(region: str) -> str:
        return policy_listing.power_refusal(
            pack=PACK, kind=kind, role="authority", sectors=[kind.authority], region=region, on=on
        )

    assert why("340600") == ""
    if not getattr(kind, "county", False):
        assert "县" in why("340602")


@given(code=st.sampled_from(KINDS), on=st.dates(date(2000, 1, 1), date(2040, 12, 31)))
def test_every_kind_with_a_stay_gives_every_day_an_end_and_a_warning_before_it(code: str, on: date) -> None:
    kind = PACK.lists[code]
    until = kinds.stay_end(kind, on)
    warning = kinds.warning_on(kind, until)
    if kind.stay is None:
        assert not kind.listing_case
        assert until is None and warning is None
        assert kind.exit("removal") is not None
    else:
        assert until is not None and warning is not None
        assert on < warning < until


@given(due=DAYS, on=DAYS)
def test_the_last_day_of_the_defence_belongs_to_the_organisation(due: date, on: date) -> None:
    assert bool(policy_listing.defence_refusal(due_on=due, on=on)) == (on <= due)


def test_without_a_known_last_day_nobody_decides() -> None:
    assert policy_listing.defence_refusal(due_on=None, on=date(2030, 1, 1))


@given(first=DAYS, on=DAYS)
def test_a_removal_is_not_before_its_first_day_and_an_expiry_not_before_the_day_after_the_last(
    first: date, on: date
) -> None:
    assert bool(policy_listing.removal_refusal(early_on=first, on=on)) == (on < first)
    assert bool(policy_listing.expiry_refusal(until=first, on=on)) == (on <= first)
    assert policy_listing.expiry_refusal(until=None, on=on)
    assert policy_listing.removal_refusal(early_on=None, on=on) == ""


@given(mine=st.lists(st.sampled_from(["a〔2026〕1号", "a[2026]1 号", "b〔2026〕2号", "", " "])),
       other=st.lists(st.sampled_from(["A〔2026〕１号", "c〔2026〕3号"])))  # fmt: skip
def test_a_document_however_it_is_written_is_the_same_fact(mine: list[str], other: list[str]) -> None:
    one, two = policy_listing.documents(mine), policy_listing.documents(other)
    assert all(one)
    same = policy_listing.same_fact(one, two)
    assert same == bool(set(one) & set(two))
    if any("1" in text for text in mine) and any("１" in text for text in other):
        assert same


@given(days=st.integers(1, 400))
def test_a_warning_is_so_many_days_before_the_end(days: int) -> None:
    from dataclasses import replace

    kind = replace(PACK.lists["market-serious"], warning=days)
    assert kinds.warning_on(kind, date(2029, 11, 20)) == date(2029, 11, 20) - timedelta(days=days)
