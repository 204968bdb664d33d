"""Counting an index as sets: against a plain loop over the same organisations, by hand, and on the days that matter."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import ibis
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import indices_counting as counting
from xinheng.facts import schema
from xinheng.law import service as law
from xinheng.law.index_types import IndexPart, IndexPlan
from xinheng.law.model_types import Clause, Filter

ON = date(2026, 10, 31)
EPOCH = date(1970, 1, 1)
WHATS = (
    law.What(0, "admin-penalty", severity="serious", side="adverse"),
    law.What(1, "admin-penalty", severity="ordinary", side="adverse"),
    law.What(2, "admin-licence"),
    law.What(3, "commitment", grade="全部履行"),
    law.What(4, "commitment", grade="未履行"),
)
PENALTY = Filter((Clause(("admin-penalty",)),))
DUE, KEPT = Filter((Clause(("commitment",)),)), Filter((Clause(("commitment",), grades=("全部履行",)),))
PARTS = (
    IndexPart("firms", "", "", "organisations", PENALTY, None, 0, 1_000_000_000, 0, 250, True),
    IndexPart("entries", "", "", "entries", PENALTY, None, 12, 1_000_000_000, 0, 250, True),
    IndexPart("kept", "", "", "share", DUE, KEPT, 0, 0, 100_000_000, 250, False),
    IndexPart("repaired", "", "", "repaired", PENALTY, None, 0, 0, 100_000_000, 250, False),
)


def _plan(at_least: int = 1) -> IndexPlan:
    found = law.load("huaibei").indices
    assert found is not None
    return IndexPlan("指数", "Index", at_least, PARTS, found.source)


def _days(day: date) -> int:
    return (day - EPOCH).days


def _town(facts: list[dict[str, Any]], orgs: list[dict[str, Any]]) -> counting.Tables:
    return counting.Tables(ibis.memtable(schema.facts_of(facts)), ibis.memtable(schema.orgs_of(orgs)), WHATS)


def _told(
    town: counting.Tables, on: date = ON, at_least: int = 1
) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    found = counting.counted(plan=_plan(at_least), of=town, on=on, counties=("340602", "340621"))
    return {(one.axis, one.area, one.part): (one.n, one.base, one.micro) for one in found}


def test_a_town_counted_by_hand() -> None:
    old, new = _days(date(2025, 10, 31)), _days(date(2026, 5, 1))
    orgs = [
        {"county": "340602", "industry": "C"},
        {"county": "340602", "industry": "F"},
        {"county": "340621", "industry": "C"},
        {"county": "340621", "industry": "C", "active": False},
        {"county": "110101", "industry": ""},
    ]
    facts = [
        {"org": 0, "what": 0, "decided": new, "repair_from": _days(ON)},
        {"org": 0, "what": 1, "decided": new, "repair_from": _days(ON) + 1},
        {"org": 1, "what": 1, "decided": old, "state": schema.REPAIRED},
        {"org": 2, "what": 3, "decided": new},
        {"org": 2, "what": 4, "decided": new},
        {"org": 2, "what": 1, "decided": old},
        {"org": 2, "what": 1, "decided": new, "disputed": True},
        {"org": 2, "what": 1, "decided": new, "until": _days(ON) - 1},
        {"org": 2, "what": 1, "decided": new, "primary": False},
        {"org": 2, "what": 1, "decided": _days(ON) + 1},
        {"org": 3, "what": 0, "decided": new},
        {"org": 4, "what": 1, "decided": new},
    ]
    told = _told(_town(facts, orgs))
    assert told["place", "", "firms"] == (3, 4, 750_000_000)
    assert told["county", "340602", "firms"] == (1, 2, 500_000_000)
    assert told["county", "340602", "entries"] == (2, 2, 1_000_000_000)
    assert told["county", "340621", "entries"] == (0, 1, 0), "twelve whole months have passed"
    assert told["county", "340602", "repaired"] == (1, 2, 50_000_000), "one repaired, one open to repair"
    assert told["sector", "C", "kept"] == (1, 2, 50_000_000)
    assert told["sector", "F", "kept"] == (0, 0, law.NO_INDEX_VALUE)
    assert ("county", "110101", "firms") not in told, "no county of this place"
    assert ("sector", "", "firms") not in told
    # Two of four parts measured: half way down, and all the way down
    assert told["county", "340621", ""] == (1, 1, (0 + FULL + FULL // 2) // 3)


FULL = law.INDEX_FULL


def test_an_area_with_too_few_organisations_has_no_values() -> None:
    orgs = [{"county": "340602", "industry": "C"}] * 3 + [{"county": "340621", "industry": "C"}] * 2
    told = _told(_town([{"org": 0, "what": 0, "decided": _days(ON)}], orgs), at_least=3)
    assert ("county", "340602", "firms") in told
    assert not [key for key in told if key[1] == "340621"]
    assert told["place", "", "repaired"][2] == law.NO_INDEX_VALUE, "a share of less than three is none"


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10**6))
def test_the_sets_count_what_a_loop_counts(seed: int) -> None:
    chance = random.Random(seed)
    orgs = [
        {"county": chance.choice(("340602", "340621")), "industry": chance.choice("CF"), "active": chance.random() < 0.8}
        for _ in range(12)
    ]  # fmt: skip
    facts = [
        {
            "org": chance.randrange(12), "what": chance.randrange(5), "decided": _days(ON) - chance.randrange(-40, 900),
            "state": chance.choice((0, 0, 0, 1, 2, 3)), "disputed": chance.random() < 0.1, "primary": chance.random() < 0.9,
            "until": _days(ON) + chance.choice((-1, 0, 400)), "repair_from": _days(ON) + chance.choice((-5, 0, 5)),
        }
        for _ in range(60)
    ]  # fmt: skip
    told = _told(_town(facts, orgs))
    for (axis, area, part), (n, base, _micro) in told.items():
        if part:
            assert (n, base) == _by_loop(next(p for p in PARTS if p.code == part), axis, area, facts, orgs)


def _by_loop(part: IndexPart, axis: str, area: str, facts: Any, orgs: Any) -> tuple[int, int]:
    inside = {
        place
        for place, org in enumerate(orgs)
        if org["active"] and (axis == "place" or org["county" if axis == "county" else "industry"] == area)
    }
    on = _days(ON)
    wanted = [
        f for f in facts
        if f["org"] in inside and f["primary"] and f["decided"] <= on and law.matches(part.filter, WHATS[f["what"]])
    ]  # fmt: skip
    counts = [f for f in wanted if f["state"] == 0 and not f["disputed"] and f["until"] >= on]
    if part.measure == "organisations":
        return len({f["org"] for f in counts}), len(inside)
    if part.measure == "entries":
        return sum(_months(f["decided"]) < 12 for f in counts), len(inside)
    if part.measure == "share":
        return sum(WHATS[f["what"]].grade == "全部履行" for f in counts), len(counts)
    repaired = sum(f["state"] == 1 for f in wanted)
    return repaired, repaired + sum(f["repair_from"] <= on for f in counts)


def _months(decided: int) -> int:
    """Whole months to the last day of October, as models count them."""
    day = EPOCH + timedelta(days=decided)
    return ON.year * 12 + ON.month - day.year * 12 - day.month - (day.day > 31)


@pytest.mark.parametrize("axis", ["place", "county"])
def test_the_rows_behind_a_value_are_what_it_counted(axis: str) -> None:
    orgs = [{"uscc": f"9134060{n}", "county": "340602" if n < 3 else "340621"} for n in range(6)]
    facts = [{"org": n % 6, "what": 1, "decided": _days(ON) - n} for n in range(30)]
    town = _town(facts, orgs)
    area = "" if axis == "place" else "340602"
    found: list[tuple[int, str]] = []
    while True:
        after = found[-1][0] if found else 0
        part = counting.behind(part=PARTS[1], of=town, on=ON, axis=axis, area=area, after=after, limit=7)
        found += part
        if len(part) < 7:
            break
    assert [statement for statement, _ in found] == sorted({statement for statement, _ in found})
    assert len(found) == _told(town)[axis, area, "entries"][0]


def test_a_repaired_entry_is_never_among_the_rows_behind() -> None:
    facts = [
        {
            "org": 0,
            "what": 1,
            "decided": _days(ON) - 9,
            "state": schema.REPAIRED,
            "repair_from": _days(ON) - 1,
        },
        {"org": 0, "what": 1, "decided": _days(ON) - 9, "repair_from": _days(ON) - 1},
    ]
    town = _town(facts, [{"uscc": "91340600A"}])
    told = counting.behind(part=PARTS[3], of=town, on=ON, axis="place", area="", after=0, limit=9)
    assert told == [(2, "91340600A")]


def test_public_parts_are_counted_from_the_gate_and_have_no_index() -> None:
    orgs = [{"uscc": f"U{n}", "county": "340602", "industry": "C", "active": n != 2} for n in range(4)]
    gate = {
        "firms": pl.DataFrame({"uscc": ["U0", "U2", "stranger"], "n": [5, 1, 9]}),
        "entries": pl.DataFrame({"uscc": ["U0", "U1"], "n": [5, 1]}),
    }
    found = counting.counted(
        plan=_plan(), of=_town([{"org": 0, "what": 2, "decided": 1}], orgs), on=ON, counties=("340602",), public=gate
    )  # fmt: skip
    told = {(one.axis, one.part): (one.n, one.base) for one in found if one.axis == "county"}
    assert told == {("county", "firms"): (1, 3), ("county", "entries"): (6, 3)}
