"""The same scores by OpenFisca, vectorised: facts are its persons, organisations its groups, indicators its variables.

Written as its users write a country: a variable for each indicator, with a formula over whole columns. Three things follow
from OpenFisca and not from us: its integers have 32 bits (amounts go in as whole yuan; what is over 32 bits stays inside a
formula), its sums over a group are floating-point (exact here, far below 2^53), and it has no "newest of a group" that is
fit for groups of thousands (facts go in by day; the last place of each is taken with NumPy). One line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.evaluation_peers import COLUMNS, grades, micros, rules_of, tables, watched

PERIOD = "2026-11"
NOWHERE = -1


def openfisca(folder: str, out: str) -> dict[str, Any]:
    """Reads, builds the population, asks for every variable, writes."""
    import openfisca_core.simulations  # loading it is not what is measured
    import pandas as pd
    import pyarrow.parquet  # noqa: F401

    rules, told = rules_of(folder), {}
    system = _system(rules)
    with watched(told):
        began = time.perf_counter()
        facts, who = _read(pd, rules, folder)
        told["read"] = time.perf_counter() - began
        simulation = _simulation(openfisca_core.simulations.SimulationBuilder(), system, facts, who)
        told["built"] = time.perf_counter() - began - told["read"]
        names = ["score", "grade", "vetoed", *(_name(one) for one in rules["indicators"])]
        found = {name: simulation.calculate(name, PERIOD) for name in names}
        told["calculated"] = time.perf_counter() - began - told["read"] - told["built"]
        written = pd.DataFrame({"uscc": who.uscc.to_numpy(), **found})
        written = written.rename(columns={_name(one): f"i_{one['code']}" for one in rules["indicators"]})
        written.sort_values("uscc").to_parquet(out, compression="zstd", index=False)
    return told


def _read(pd: Any, rules: dict[str, Any], folder: str) -> tuple[Any, Any]:
    """Facts that count, of organisations that are subjects, in the order of their decisions."""
    place = Path(folder)
    orgs = pd.concat([pd.read_parquet(one) for one in sorted(place.glob("orgs-*.parquet"))])
    who = orgs[orgs.active & orgs.kind.isin(rules["kinds"])][["org", "uscc"]].reset_index(drop=True)
    row = np.full(int(orgs.org.max()) + 1, NOWHERE, "i4")
    row[who.org.to_numpy()] = np.arange(len(who), dtype="i4")
    facts = pd.concat(
        [pd.read_parquet(one, columns=list(COLUMNS)) for one in sorted(place.glob("facts-*.parquet"))],
        ignore_index=True,
    )
    day = rules["day"]
    facts = facts[
        facts.primary & (facts.state == 0) & ~facts.disputed & (facts.until >= day) & (facts.decided <= day)
    ]
    own, _, _, bits = tables(np, rules)
    what = facts.what.to_numpy()
    facts = facts[(own[what] >= 0) | (bits[what] > 0)]
    facts = facts.assign(row=row[facts.org.to_numpy()])
    return facts[facts.row != NOWHERE].sort_values(["decided", "statement"], ignore_index=True), who


def _simulation(builder: Any, system: Any, facts: Any, who: Any) -> Any:
    builder.create_entities(system)
    persons, groups = builder.populations["fact"], builder.populations["organisation"]
    # Its own way in takes lists of names; millions of numbers are given as they are
    persons.ids, persons.count = np.arange(len(facts)), len(facts)
    groups.ids, groups.count = np.arange(len(who)), len(who)
    groups.members_entity_id = facts.row.to_numpy()
    simulation = builder.build(system)
    given = {"what": facts.what, "ym": facts.ym, "day": facts.day, "yuan": facts.amount // 100}
    for name, values in given.items():
        simulation.set_input(name, PERIOD, values.to_numpy().astype("i4"))
    return simulation


def _name(one: dict[str, Any]) -> str:
    return "given_" + one["code"].replace("-", "_")


def _system(rules: dict[str, Any]) -> Any:
    """Entities and variables of the model."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    fact = build_entity(key="fact", plural="facts", label="A statement", is_person=True)
    group = build_entity(
        key="organisation", plural="organisations", label="", roles=[{"key": "about", "plural": "abouts"}]
    )
    system = TaxBenefitSystem([fact, group])
    own, points, above, bits = tables(np, rules)

    def add(name: str, entity: Any, formula: Any = None) -> None:
        told = {"value_type": int, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
        system.add_variable(type(name, (Variable,), told | ({"formula": formula} if formula else {})))

    for name in ("what", "ym", "day", "yuan"):
        add(name, fact)

    def months(facts: Any, period: Any) -> Any:
        over = facts("day", period) > rules["on_day"]
        return np.maximum(rules["on_ym"] - facts("ym", period) - over, 0)

    def micro(facts: Any, period: Any) -> Any:
        what = facts("what", period)
        amount = facts("yuan", period).astype("i8") * 100
        return micros(np, rules, own[what], points[what], facts("months", period), amount)

    add("months", fact, months)
    add("micro", fact, micro)
    add("belongs", fact, lambda facts, period: own[facts("what", period)])
    for at, one in enumerate(rules["indicators"]):
        add(_name(one), group, _indicator(at, one, above))

    def vetoed(groups: Any, period: Any) -> Any:
        held = bits[groups.members("what", period)]
        age, found = groups.members("months", period), 0
        for at, (within, least, _) in enumerate(rules["vetoes"]):
            mine = (held & (1 << at) > 0) & (age < (within or 1 << 30))
            found = found + (_sum(groups, mine) >= least) * (1 << at)
        return found

    def grade(groups: Any, period: Any) -> Any:
        found, held = grades(np, rules, groups("score", period)), groups("vetoed", period)
        for at, (_, _, ceiling) in enumerate(rules["vetoes"]):
            found = np.maximum(found, np.where(held & (1 << at) > 0, ceiling, 0))
        return found

    add(
        "score",
        group,
        lambda groups, period: rules["base"] + sum(groups(_name(one), period) for one in rules["indicators"]),
    )
    add("vetoed", group, vetoed)
    add("grade", group, grade)
    return system


def _indicator(at: int, one: dict[str, Any], above: Any) -> Any:
    def formula(groups: Any, period: Any) -> Any:
        mine = groups.members("belongs", period) == at
        if one["within"]:
            mine = mine & (groups.members("months", period) < one["within"])
        if one["measure"] == "latest":
            # Facts stand in the order of their decisions: the last place of an organisation is its newest
            places = np.flatnonzero(mine)
            last = np.full(groups.count, NOWHERE)
            np.maximum.at(last, groups.members_entity_id[places], places)
            found = np.where(last >= 0, groups.members("micro", period)[last], 0)
        elif one["measure"] == "share":
            parts = _sum(groups, mine * above[groups.members("what", period)])
            whole = _sum(groups, mine)
            share = parts * 1000 // np.maximum(whole, 1)
            starts, worth = (np.array(part) for part in zip(*one["brackets"], strict=True))
            place = np.searchsorted(starts, share, side="right") - 1
            found = np.where((whole > 0) & (place >= 0), worth[np.maximum(place, 0)], 0)
        else:
            found = _sum(groups, mine * groups.members("micro", period))
        return np.clip(found, -one["cap"], one["cap"]) if one["cap"] else found

    return formula


def _sum(groups: Any, values: Any) -> Any:
    """A group's sum; organisations after the last that has a fact are missing in OpenFisca's own."""
    found = groups.sum(values).astype("i8")
    return np.pad(found, (0, groups.count - len(found)))


if __name__ == "__main__":
    print(json.dumps(openfisca(*sys.argv[1:])))
