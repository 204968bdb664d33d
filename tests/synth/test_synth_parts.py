"""The small parts: draws, permutations, capital numerals, the plan."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.kernel.money import parse_amounts, parse_wan
from xinheng.synth import Place
from xinheng.synth.amounts import capitals, in_wan
from xinheng.synth.draw import affine, mix
from xinheng.synth.faults import CYCLE, FAULTS, FaultCycle
from xinheng.synth.place import departments_of
from xinheng.synth.plan import plan_city

_MASK = (1 << 64) - 1


@given(number=st.integers(0, 1 << 40), key=st.integers(0, _MASK))
@settings(max_examples=50)
def test_the_mixer_is_splitmix64_in_plain_integers(number: int, key: int) -> None:
    """Pins the bits: should a new Polars no longer wrap, every city would change unnoticed."""
    x = (number * 0x9E3779B97F4A7C15 + key) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    frame = pl.DataFrame({"n": pl.Series([number], dtype=pl.UInt64)})
    assert frame.select(mix(pl.col("n"), key).alias("m"))["m"][0] == x ^ (x >> 31)


@given(size=st.integers(1, 3_000), seed=st.integers(0, 1_000))
@settings(max_examples=50)
def test_an_affine_map_is_a_permutation(size: int, seed: int) -> None:
    shuffle = affine(seed, "test", size)
    assert sorted(shuffle.of(i) for i in range(size)) == list(range(size))


@given(yuan=st.integers(1, 99_999_999))
def test_capital_numerals_say_what_the_number_says(yuan: int) -> None:
    assert parse_amounts(capitals(yuan)) == [yuan * 100]
    assert parse_wan(in_wan(yuan)) == yuan * 100


def test_capital_numerals_read_as_decisions_write_them() -> None:
    assert capitals(48_000) == "肆万捌仟元整"
    assert capitals(100_500) == "壹拾万零伍佰元整"
    assert capitals(20_005) == "贰万零伍元整"


@given(start=st.integers(0, 5_000), length=st.integers(0, 1_500), seed=st.integers(0, 50))
@settings(max_examples=40)
def test_counting_a_kind_is_the_same_as_looking(start: int, length: int, seed: int) -> None:
    cycle = FaultCycle(seed=seed, item="admin-penalty", clean=False)
    numbers = pl.DataFrame({"u": pl.int_range(start, start + length, dtype=pl.UInt64, eager=True)})
    kinds = numbers.select(cycle.kind(pl.col("u")).alias("k"))["k"]
    tags = ("sent_twice_here", "corrected_later")
    from xinheng.synth.faults import fault_number

    assert cycle.count(tags, start, start + length) == kinds.is_in([fault_number(t) for t in tags]).sum()
    assert CYCLE == 400


@given(records=st.integers(0, 6_000), count=st.integers(4, 40), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_plan_holds_exactly_the_rows_asked_for(records: int, count: int, seed: int) -> None:
    cycles = {i: FaultCycle(seed=seed, item=i, clean=False) for i in ("admin-penalty", "admin-licence")}
    plan = plan_city(
        departments=departments_of(Place(), count), records=records, today=date(2026, 11, 20), seed=seed,
        cycles=cycles, clean=False,
    )  # fmt: skip
    assert plan.rows == records
    assert [b.order for b in plan.batches] == list(range(1, len(plan.batches) + 1))
    for item in cycles:
        firsts = sorted(
            (r.start, r.stop) for b in plan.batches if b.item == item for r in b.ranges if r.role == 0
        )
        assert all(a[1] == b[0] for a, b in pairwise(firsts)), "numbers without gap or overlap"


def test_the_readme_states_every_kind_of_dirt_with_its_share() -> None:
    readme = files("xinheng.synth").joinpath("README.md").read_text(encoding="utf-8")
    for fault in FAULTS[1:]:
        shares = f"{fault.penalties * 100 / CYCLE:g} | {fault.licences * 100 / CYCLE:g}"
        assert f"| `{fault.tag}` | {shares} | {fault.outcome} |" in readme
