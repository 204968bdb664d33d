"""The shipped evaluation models, worked out by hand in tests/law/models: by their definition, and by the engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from modelscalar import Plain, outcome
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.compile import subjects_of
from xinheng.facts import schema
from xinheng.law import service as law

FOLDER = Path(__file__).parent / "models"
EPOCH = date(1970, 1, 1).toordinal()
FILES = {
    path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for path in sorted(FOLDER.glob("*.yaml"))
}
CASES = [
    pytest.param(name, at, id=f"{name}: {case['name']}")
    for name, data in FILES.items()
    for at, case in enumerate(data["cases"])
]


def days(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


def what(pack: law.Pack, fact: dict[str, str], at: int = 0) -> law.What:
    return law.what_of(
        pack=pack,
        item=pack.items[fact["item"]],
        kind=fact.get("kind", ""),
        outcome=fact.get("outcome", ""),
        severity=fact.get("severity", ""),
        sector=fact.get("sector", ""),
        id=at,
    )


def counts(fact: dict[str, str], on: str) -> bool:
    """Whether a fact stands on the day, as the cases write it."""
    stands = fact.get("state", "held") == "held" and "disputed" not in fact and "repeated" not in fact
    return stands and fact["decided"] <= on <= fact.get("until", on)


def micro(text: str) -> int:
    return int(Decimal(text) * law.POINT)


def founded(case: dict[str, Any]) -> date | None:
    text = case.get("of", {}).get("founded", "")
    return date.fromisoformat(f"{text}-01") if text else None


@pytest.mark.parametrize(
    ("name", "at"),
    [one for one in CASES if FILES[one.values[0]]["cases"][one.values[1]].get("subject") != "false"],
)
def test_a_model_gives_by_its_definition_what_was_worked_out_by_hand(name: str, at: int) -> None:
    data, case = FILES[name], FILES[name]["cases"][at]
    pack = law.load(data["pack"])
    model = law.model(pack=pack, code=data["model"])
    facts = [
        Plain(what(pack, fact), date.fromisoformat(fact["decided"]), int(fact.get("fine", 0)) * 100, place)
        for place, fact in enumerate(case["facts"])
        if counts(fact, data["on"])
    ]
    told = outcome(model, facts, date.fromisoformat(data["on"]), founded(case))
    assert told.gives == {code: micro(text) for code, text in case["gives"].items()}
    assert (told.score, told.grade) == (micro(case["score"]), case["grade"])
    assert told.vetoes == tuple(case.get("vetoes", []))


@cache
def evaluated(name: str) -> pl.DataFrame:
    """All cases of a file as one small city, each an organisation, through the engine."""
    data = FILES[name]
    pack = law.load(data["pack"])
    model = law.model(pack=pack, code=data["model"])
    kinds: list[law.What] = []
    rows: list[dict[str, object]] = []
    for org, case in enumerate(data["cases"]):
        for fact in case["facts"]:
            kinds.append(what(pack, fact, len(kinds)))
            row: dict[str, object] = {"org": org, "what": len(kinds) - 1, "decided": days(fact["decided"])}
            row |= {"until": days(fact["until"])} if "until" in fact else {}
            row |= {"amount": int(fact["fine"]) * 100} if "fine" in fact else {}
            row |= {"state": schema.REPAIRED} if fact.get("state") == "repaired" else {}
            rows.append(row | {"disputed": "disputed" in fact, "primary": "repeated" not in fact})
    facts = schema.facts_of(rows)
    orgs = schema.orgs_of([organisation(case) for case in data["cases"]])
    on = date.fromisoformat(data["on"])
    wanted = subjects_of(model=model, facts=facts, orgs=orgs, whats=kinds, on=on)
    return evaluation.evaluate_facts(model=model, facts=facts, orgs=wanted, whats=kinds, on=on)


def organisation(case: dict[str, Any]) -> dict[str, object]:
    said = case.get("of", {})
    row: dict[str, object] = {key: said[key] for key in ("kind", "industry") if key in said}
    began = founded(case)
    row |= {"established_ym": began.year * 12 + began.month - 1} if began else {}
    return row | {"active": said.get("active", "true") == "true"}


@pytest.mark.parametrize(("name", "at"), CASES)
def test_the_engine_gives_what_was_worked_out_by_hand(name: str, at: int) -> None:
    data, case = FILES[name], FILES[name]["cases"][at]
    model = law.model(pack=law.load(data["pack"]), code=data["model"])
    rows = evaluated(name).filter(pl.col("org") == at).to_dicts()
    if case.get("subject") == "false":
        assert rows == []
        return
    [row] = rows
    gives = {one.code: row[f"i_{one.code}"] for one in model.indicators if row[f"i_{one.code}"]}
    assert gives == {code: micro(text) for code, text in case["gives"].items()}
    assert (row["score"], model.grades[row["grade"]].code) == (micro(case["score"]), case["grade"])
    held = [one.code for bit, one in enumerate(model.vetoes) if row["vetoed"] >> bit & 1]
    assert held == case.get("vetoes", [])
