"""Models and random cities for the tests of the engine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import polars as pl

from modelscalar import Plain, outcome
from xinheng.facts import schema
from xinheng.law import service as law
from xinheng.law.model_types import Clause, EvaluationModel, Filter, Grade, Indicator, Ladder, Veto

POINT = 1_000_000
EPOCH = date(1970, 1, 1)
DAYS = (date(2026, 11, 20), date(2026, 2, 28), date(2024, 2, 29), date(2026, 4, 30), date(2026, 12, 31))
AMOUNTS = (0, 1, 499_999, 500_000, 999_999, 1_000_000, 10_000_000, 100_000_000, 7 * 10**11)
SHIPPED = (
    ("huaibei", "general"),
    ("huaibei", "supervision-risk"),
    ("huantai", "food-drug"),
    ("suixi", "farm"),
)


@lru_cache(maxsize=1)
def every_measure() -> EvaluationModel:
    """All five measures with odd numbers: rounding, caps that bite, windows that end between the steps of a decay."""
    source = law.Source("engine-test", "test", law.InForce(date(2020, 1, 1)), "verified")
    where = lambda item, **parts: Filter((Clause((item,), **parts),))  # noqa: E731
    one = lambda code, measure, wanted, weight, cap, **more: Indicator(  # noqa: E731
        code, "penalty", code, code, wanted, measure, weight, cap, source, **more
    )
    falling = ((0, 1000), (3, 777), (12, 333), (30, 1), (59, 0))
    return EvaluationModel(
        code="every", version="1", name="量度俱全", name_en="Every measure", purpose="试验", purpose_en="Test", kind="grade",
        subjects=("enterprise",), base=100 * POINT + 7,
        indicators=(
            one("counted", "count", where("a"), -3_333_333, 10 * POINT, decay=falling, within_months=40),
            one("graded", "count", where("b"), 0, 0, points=(("x", -7), ("y", -1_999_999)), decay=falling),
            one("summed", "sum", where("c"), 0, 9 * POINT, decay=falling, within_months=36,
                brackets=((500_000, -1_111_111), (1_000_000, -2_222_222), (100_000_000, -3_333_334))),
            one("newest", "latest", where("d"), 0, 0, points=(("x", 5 * POINT), ("y", -9_999_999)),
                decay=falling, within_months=50),
            one("fresh", "months-since", where("e"), 0, 0, brackets=((0, -30), (7, -20), (24, -10))),
            one("part", "share", where("f"), 0, 4, numerator=where("f", grades=("x",)), within_months=48,
                brackets=((0, -5), (333, -2), (334, -1), (1000, 3))),
        ),
        vetoes=(
            Veto("twice", "两次", "Twice", where("a", subs=("s",)), 2, 13, "C", source),
            Veto("any", "一次", "Once", Filter((Clause(("b",), grades=("y",)), Clause(("g",)))), 1, 0, "B", source),
        ),
        grades=(
            Grade("A", "甲", "A", 95 * POINT), Grade("B", "乙", "B", 80 * POINT + 1), Grade("C", "丙", "C", None),
        ),
        source=source, pack="huaibei", digest="e" * 64,
        ladder=Ladder("A", where("h"), 24, 36, source, where("d", grades=("x",)), 2),
    )  # fmt: skip


@lru_cache(maxsize=8)
def known(place: int) -> tuple[EvaluationModel, tuple[law.What, ...]]:
    """A model (the shipped ones, then `every_measure`) with kinds of facts that it looks at and a few it does not."""
    if place == len(SHIPPED):
        kinds = [
            law.What(0, item, sub, grade)
            for item in "abcdefghz"
            for sub in ("", "s")
            for grade in ("", "x", "y")
        ]
        return every_measure(), _numbered(kinds)
    pack = law.load(SHIPPED[place][0])
    model = law.model(pack=pack, code=SHIPPED[place][1])
    found = _catalogue(pack)
    looked = [one for one in found if looks_at(model, one)]
    some = random.Random(place).sample(looked, min(60, len(looked)))
    return model, _numbered([*some, *random.Random(place).sample(found, 10)])


def looks_at(model: EvaluationModel, what: law.What) -> bool:
    """Whether a model asks for facts of this kind anywhere."""
    asked = [one.filter for one in (*model.indicators, *model.vetoes)]
    if model.ladder is not None:
        asked += [one for one in (model.ladder.breaks, model.ladder.needs) if one is not None]
    return any(law.matches(one, what) for one in asked)


def city(
    seed: int, whats: Sequence[law.What], on: date, *, orgs: int, facts: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts of a random city, of every state there is, and its organisations; some have no fact at all."""
    rnd = random.Random(seed)
    return (
        facts_of([fact(rnd, whats, on, rnd.randrange(orgs)) for _ in range(facts)]),
        schema.orgs_of([founded(rnd, on) for _ in range(orgs + 3)]),
    )


def fact(rnd: random.Random, whats: Sequence[law.What], on: date, org: int, **given: Any) -> dict[str, Any]:
    """One random fact: of the last five years and a little of the coming month, in any state."""
    today = (on - EPOCH).days
    usual = {
        "org": org, "what": rnd.choice(whats).id, "decided": today - rnd.randrange(-25, 1900),
        "amount": rnd.choice(AMOUNTS), "state": rnd.choice((0, 0, 0, 0, 1, 2, 3)),
        "disputed": rnd.random() < 0.05, "primary": rnd.random() < 0.95,
        "until": rnd.choice((schema.NEVER, schema.NEVER, today - 1, today, today + 40)),
    }  # fmt: skip
    return {**usual, **given}


def facts_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Facts with numbers as large as a ledger of four thousand million entries gives them, in no order."""
    highest = (1 << 47) - 1
    return schema.facts_of([{"statement": highest - at * 7, **row} for at, row in enumerate(rows)])


def founded(rnd: random.Random, on: date) -> dict[str, Any]:
    """When an organisation was founded, or that nobody knows."""
    age = rnd.choice((None, 0, 12, 24, 35, 36, 200))
    return {"established_ym": -1 if age is None else on.year * 12 + on.month - 1 - age}


def by_hand(
    model: EvaluationModel, facts: pl.DataFrame, orgs: pl.DataFrame, whats: Sequence[law.What], on: date
) -> list[dict[str, Any]]:
    """What the definition gives for each organisation, worked out one by one in plain Python."""
    today, answers = (on - EPOCH).days, []
    kinds = {what.id: what for what in whats}
    rows = facts.rows(named=True)
    for org in orgs.sort("org").rows(named=True):
        standing = [
            Plain(kinds[row["what"]], EPOCH + timedelta(days=row["decided"]), row["amount"], row["statement"])
            for row in rows
            if row["org"] == org["org"] and row["primary"] and row["state"] == 0 and not row["disputed"]
            and row["until"] >= today and row["decided"] <= today
        ]  # fmt: skip
        month = org["established_ym"]
        told = outcome(model, standing, on, None if month < 0 else date(month // 12, month % 12 + 1, 1))
        answers.append(
            {
                "org": org["org"], "score": told.score, "grade": model.grade_index(told.grade),
                "vetoed": sum(1 << at for at, veto in enumerate(model.vetoes) if veto.code in told.vetoes),
                **{f"i_{one.code}": told.gives.get(one.code, 0) for one in model.indicators},
            }
        )  # fmt: skip
    return answers


def _numbered(kinds: Sequence[law.What]) -> tuple[law.What, ...]:
    return tuple(replace(what, id=at) for at, what in enumerate(dict.fromkeys(kinds)))


def _catalogue(pack: law.Pack) -> list[law.What]:
    """Kinds of facts a pack's catalogue can have."""
    found = []
    for item in pack.items.values():
        fields = law.what_fields(item=item)
        choices = lambda code: (*item.by_code[code].choices, "") if code else ("",)  # noqa: E731, B023
        kinds = [kind.name for kind in pack.lists.values() if kind.item == item.code] or choices(fields.kind)
        for kind in kinds:
            for result in choices(fields.outcome):
                for severity in ("", "minor", "ordinary", "serious") if item.adverse else ("",):
                    for sector in ("", "food", "agriculture") if fields.sector else ("",):
                        found.append(
                            law.what_of(
                                pack=pack, item=item, kind=kind, outcome=result, severity=severity, sector=sector
                            )
                        )  # fmt: skip
    return list(dict.fromkeys(found))
