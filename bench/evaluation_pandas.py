"""pandas as most of its users write it: tables joined with tables, brackets by `merge_asof`, groups aggregated, one pivot.

The other pandas of this bench (`evaluation_peers.pandas`) replaces every join by a NumPy lookup. Both are told: the first is
what a credit office would be given, the second is how far pandas can be taken by somebody who knows how it works inside.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bench.evaluation_peers import counting, rules_of, watched


def plain(folder: str, out: str) -> dict[str, Any]:
    """The same scores, organisation by organisation, in one Parquet file in order of code."""
    import pandas as pd
    import pyarrow.parquet  # noqa: F401  # loading it is not what is measured

    rules, told = rules_of(folder), {}
    with watched(told):
        facts = _counting(pd, rules, folder)
        given = _given(pd, rules, facts)
        _scores(pd, rules, folder, facts, given).to_parquet(out, compression="zstd", index=False)
    return told


def _counting(pd: Any, rules: dict[str, Any], folder: str) -> Any:
    """Facts that count on the day, each with the indicator that takes it and its whole months."""
    kinds = pd.DataFrame(rules["whats"], columns=["what", "own", "points", "above", "bits"])
    facts = counting(pd, rules, folder).merge(kinds, on="what")
    whole = rules["on_ym"] - facts.ym - (facts.day > rules["on_day"]).astype(int)
    return facts.assign(months=whole.clip(lower=0).astype("int64"))


def _given(pd: Any, rules: dict[str, Any], facts: Any) -> Any:
    """Indicator by organisation: what its facts give together."""
    described = pd.DataFrame(
        [(at, one["measure"], one["within"] or 1 << 30) for at, one in enumerate(rules["indicators"])],
        columns=["own", "measure", "within"],
    )
    rows = facts.merge(described, on="own")
    rows = rows[rows.months < rows.within]
    rows = _looked_up(pd, rules, rows, "months", "decay", "rate")
    sums = rows[rows.measure == "sum"]
    sums = _looked_up(pd, rules, sums, "amount", "brackets", "points_of")
    rows = pd.concat([rows[rows.measure != "sum"], sums.assign(points=sums.points_of)], ignore_index=True)
    rows["micro"] = rows.points.abs() * rows.rate // 1000 * ((rows.points > 0).astype(int) * 2 - 1)
    found = (
        rows.groupby(["org", "own", "measure"])
        .agg(value=("micro", "sum"), number=("micro", "size"), above=("above", "sum"))
        .reset_index()
    )
    newest = rows[rows.measure == "latest"].sort_values(["decided", "statement"])
    newest = newest.drop_duplicates(["org", "own"], keep="last")[["org", "own", "micro"]]
    shares = found[found.measure == "share"].assign(share=lambda x: x.above * 1000 // x.number)
    shares = _looked_up(pd, rules, shares, "share", "brackets", "micro")[["org", "own", "micro"]]
    told = found.merge(pd.concat([newest, shares]), on=["org", "own"], how="left")
    told["value"] = told.micro.where(told.micro.notna(), told.value).astype("int64")
    return told.pivot(index="org", columns="own", values="value").fillna(0).astype("int64")


def _looked_up(pd: Any, rules: dict[str, Any], rows: Any, column: str, steps: str, name: str) -> Any:
    """Each row with the last step of its indicator that its value reaches."""
    table = pd.DataFrame(
        [(at, start, worth) for at, one in enumerate(rules["indicators"]) for start, worth in one[steps]],
        columns=["own", "start", name],
    ).astype("int64")
    rows = rows.astype({column: "int64"}).sort_values(column)
    return pd.merge_asof(rows, table.sort_values("start"), left_on=column, right_on="start", by="own").drop(
        columns="start"
    )


def _scores(pd: Any, rules: dict[str, Any], folder: str, facts: Any, given: Any) -> Any:
    """Capped, added to the base, graded; vetoes hold a grade down."""
    orgs = pd.concat([pd.read_parquet(one) for one in sorted(Path(folder).glob("orgs-*.parquet"))])
    who = orgs[orgs.active & orgs.kind.isin(rules["kinds"])][["org", "uscc"]]
    names = [f"i_{one['code']}" for one in rules["indicators"]]
    given = given.reindex(columns=range(len(names)), fill_value=0).set_axis(names, axis=1)
    who = who.merge(given, left_on="org", right_index=True, how="left").fillna(dict.fromkeys(names, 0))
    for name, one in zip(names, rules["indicators"], strict=True):
        who[name] = who[name].clip(-one["cap"], one["cap"]) if one["cap"] else who[name]
    who = who.astype(dict.fromkeys(names, "int64"))
    who["score"] = rules["base"] + who[names].sum(axis=1)
    who["grade"], who["vetoed"] = len(rules["grades"]) - 1, 0
    for at, least in reversed(list(enumerate(rules["grades"]))):
        if least is not None:
            who.loc[who.score >= least, "grade"] = at
    for at, (within, least, ceiling) in enumerate(rules["vetoes"]):
        mine = facts[(facts.bits & (1 << at) > 0) & (facts.months < (within or 1 << 30))]
        counted = mine.groupby("org").size()
        holds = who.org.isin(counted[counted >= least].index)
        who.loc[holds, "vetoed"] += 1 << at
        who.loc[holds, "grade"] = who.grade[holds].clip(lower=ceiling)
    return who.sort_values("uscc")


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
