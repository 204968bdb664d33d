"""The same scores by other means, from the same files: a DuckDB query written by hand, Polars, pandas; and the floor.

Each starts from `rules.json`, does the arithmetic of the model's description in its own way, and writes one line for each
organisation in order of code. Nothing here is ours: months, decay, caps, brackets, vetoes are worked out anew. Each runs alone
in its process and prints one line of JSON; OpenFisca has a file of its own (`evaluation_openfisca`).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NEWEST = 1 << 47
COLUMNS = (
    "statement",
    "org",
    "what",
    "ym",
    "day",
    "decided",
    "until",
    "amount",
    "primary",
    "state",
    "disputed",
)


def rules_of(folder: str) -> dict[str, Any]:
    """What is known of the model."""
    told: dict[str, Any] = json.loads((Path(folder) / "rules.json").read_text())
    return told


@contextmanager
def watched(told: dict[str, Any]) -> Iterator[None]:
    """Puts seconds, and seconds of processor time, into `told`."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    began, spent = time.perf_counter(), used.ru_utime + used.ru_stime
    yield
    used = resource.getrusage(resource.RUSAGE_SELF)
    told["seconds"] = time.perf_counter() - began
    told["cpu"] = used.ru_utime + used.ru_stime - spent


# ---- DuckDB


def floor(folder: str, out: str) -> dict[str, Any]:
    """Read every column that is needed, write a file of the same shape; nothing is worked out."""
    import duckdb

    rules, told = rules_of(folder), {}
    columns = ", ".join(f'sum("{name}"::BIGINT)' for name in COLUMNS)
    nothing = ", ".join(f"0::BIGINT AS i{at}" for at in range(len(rules["indicators"])))
    with watched(told), duckdb.connect() as con:
        con.execute(f"SELECT {columns} FROM read_parquet('{folder}/facts-*.parquet')").fetchall()
        con.execute(
            f"COPY (SELECT uscc, 0::BIGINT AS score, 0 AS grade, {nothing} FROM read_parquet('{folder}/orgs-*.parquet')"
            f" ORDER BY uscc) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return told


def hand(folder: str, out: str) -> dict[str, Any]:
    """One query by hand: a sum under a condition for each indicator, grouped by organisation once."""
    import duckdb

    told: dict[str, Any] = {}
    with watched(told), duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = false")
        con.execute(
            f"COPY ({hand_sql(rules_of(folder), folder)}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return told


def hand_sql(rules: dict[str, Any], folder: str) -> str:
    """The query: constants where the model has constants."""
    kinds = ", ".join(
        f"({what}, {own}, {points}, {above}, {bits})" for what, own, points, above, bits in rules["whats"]
    )
    facts = f"read_parquet('{folder}/facts-*.parquet')"
    if list(Path(folder).glob("delta-*.parquet")):
        gone = f"SELECT statement FROM read_parquet('{folder}/gone-*.parquet')"
        new = f"SELECT * FROM read_parquet('{folder}/delta-*.parquet')"
        facts = f"(SELECT * FROM {facts} WHERE statement NOT IN ({gone}) UNION ALL {new})"
    ones = list(enumerate(rules["indicators"]))
    sums = ",\n".join(f"{_hand_sum(at, one)} AS i{at}" for at, one in ones)
    vetoes = ",\n".join(
        f"count(*) FILTER (WHERE bits & {1 << at} <> 0{f' AND m < {within}' if within else ''}) >= {least} AS v{at}"
        for at, (within, least, _) in enumerate(rules["vetoes"])
    )
    capped = ", ".join(
        f"greatest(least(coalesce(i{at}, 0), {one['cap']}), -{one['cap']})::BIGINT AS i{at}" if one["cap"]
        else f"coalesce(i{at}, 0)::BIGINT AS i{at}" for at, one in ones
    )  # fmt: skip
    bits = (
        " + ".join(f"coalesce(v{at}, false)::BIGINT * {1 << at}" for at in range(len(rules["vetoes"]))) or "0"
    )
    grades = rules["grades"]
    grade = "CASE " + " ".join(
        f"WHEN score >= {least} THEN {at}" for at, least in enumerate(grades) if least is not None
    )
    ceilings = "".join(
        f", CASE WHEN vetoed & {1 << at} <> 0 THEN {ceiling} ELSE 0 END"
        for at, (_, _, ceiling) in enumerate(rules["vetoes"])
    )
    named = ", ".join(f'i{at} AS "i_{one["code"]}"' for at, one in ones)
    subjects = ", ".join(f"'{kind}'" for kind in rules["kinds"])
    return f"""
        WITH kinds(what, own, points, above, bits) AS (VALUES {kinds}),
        live AS (
            SELECT f.org, f.amount, k.own, k.points, k.above, k.bits, f.decided::BIGINT * {NEWEST} + f.statement AS place,
                   greatest(0, {rules["on_ym"]} - f.ym - CASE WHEN f.day > {rules["on_day"]} THEN 1 ELSE 0 END) AS m
            FROM {facts} f JOIN kinds k ON f.what = k.what
            WHERE f.primary AND f.state = 0 AND NOT f.disputed AND f.until >= {rules["day"]} AND f.decided <= {rules["day"]}),
        per AS (SELECT org, {sums}, {vetoes} FROM live GROUP BY org),
        who AS (SELECT org, uscc FROM read_parquet('{folder}/orgs-*.parquet') WHERE active AND kind IN ({subjects})),
        cut AS (SELECT uscc, {capped}, {bits} AS vetoed FROM who LEFT JOIN per USING (org)),
        added AS (SELECT *, {rules["base"]} + {" + ".join(f"i{at}" for at, _ in ones)} AS score FROM cut)
        SELECT uscc, score, greatest({grade} ELSE {len(grades) - 1} END{ceilings}) AS grade, vetoed, {named}
        FROM added ORDER BY uscc"""


def _hand_sum(at: int, one: dict[str, Any]) -> str:
    within = f" AND m < {one['within']}" if one["within"] else ""
    mine = f"FILTER (WHERE own = {at}{within})"
    rate = (
        "CASE "
        + " ".join(f"WHEN m >= {month} THEN {rate}" for month, rate in reversed(one["decay"]))
        + " ELSE 0 END"
    )
    if one["measure"] == "count":
        return f"sum(sign(points) * (abs(points)::BIGINT * ({rate}) // 1000)) {mine}"
    if one["measure"] == "sum":
        steps = " ".join(
            f"WHEN amount >= {start} THEN {abs(micro)}" for start, micro in reversed(one["brackets"])
        )
        sign = -1 if any(micro < 0 for _, micro in one["brackets"]) else 1
        return f"{sign} * sum((CASE {steps} ELSE 0 END)::BIGINT * ({rate}) // 1000) {mine}"
    if one["measure"] == "latest":
        return f"arg_max(sign(points) * (abs(points)::BIGINT * ({rate}) // 1000), place) {mine}"
    steps = " ".join(
        f"WHEN sum(above) {mine} * 1000 // count(*) {mine} >= {start} THEN {micro}"
        for start, micro in reversed(one["brackets"])
    )
    return f"CASE {steps} ELSE 0 END"


# ---- Polars


def polars(folder: str, out: str) -> dict[str, Any]:
    """Lazy frames on the streaming engine: one group-by of (organisation, indicator), then one of organisations."""
    import polars as pl

    rules, told = rules_of(folder), {}
    with watched(told):
        _polars(pl, rules, folder).sink_parquet(out, compression="zstd")
    return told


def _polars(pl: Any, rules: dict[str, Any], folder: str) -> Any:
    col, ones = pl.col, rules["indicators"]
    kinds = pl.DataFrame(
        rules["whats"], orient="row",
        schema={"what": pl.Int16, "own": pl.Int8, "points": pl.Int64, "above": pl.Int64, "bits": pl.Int8},
    ).lazy()  # fmt: skip
    day = rules["day"]
    live = (
        pl.scan_parquet(f"{folder}/facts-*.parquet")
        .filter(
            col("primary"), col("state") == 0, ~col("disputed"), col("until") >= day, col("decided") <= day
        )
        .join(kinds, on="what")
        .with_columns(
            m=(rules["on_ym"] - col("ym") - (col("day") > rules["on_day"]).cast(pl.Int32)).clip(
                lower_bound=0
            ),
            place=col("decided").cast(pl.Int64) * NEWEST + col("statement"),
        )
    )
    rate, size, inside = pl.lit(0), col("points").abs(), pl.lit(False)
    for at, one in enumerate(ones):
        mine = pl.lit(0)
        for month, much in one["decay"]:
            mine = pl.when(col("m") >= month).then(much).otherwise(mine)
        rate = pl.when(col("own") == at).then(mine).otherwise(rate)
        inside = inside | ((col("own") == at) & (col("m") < (one["within"] or 1 << 30)))
        if one["measure"] == "sum":
            step = pl.lit(0)
            for start, micro in one["brackets"]:
                step = pl.when(col("amount") >= start).then(abs(micro)).otherwise(step)
            size = pl.when(col("own") == at).then(step).otherwise(size)
    less = [at for at, one in enumerate(ones) if one["measure"] == "sum" and one["brackets"][0][1] < 0]
    sign = pl.when(col("own").is_in(less)).then(-1).otherwise(col("points").sign())
    valued = live.filter(inside).with_columns(micro=sign * (size * rate // 1000))
    grouped = valued.group_by("org", "own").agg(
        s=col("micro").sum(), n=pl.len().cast(pl.Int64), above=col("above").sum(),
        newest=col("micro").get(col("place").arg_max()),
    )  # fmt: skip
    given = {one["code"]: _polars_given(pl, at, one) for at, one in enumerate(ones)}
    wide = grouped.group_by("org").agg(
        **{
            f"i_{code}": expression.filter(col("own") == at).sum()
            for at, (code, expression) in enumerate(given.items())
        }
    )
    held = live.filter(col("bits") != 0).group_by("org").agg(
        **{f"v{at}": ((col("bits") & (1 << at) != 0) & (col("m") < (within or 1 << 30))).sum() >= least
           for at, (within, least, _) in enumerate(rules["vetoes"])}
    )  # fmt: skip
    names = [f"i_{code}" for code in given]
    limit = lambda name, cap: col(name).clip(-cap, cap) if cap else col(name)  # noqa: E731
    who = pl.scan_parquet(f"{folder}/orgs-*.parquet").filter(col("active"), col("kind").is_in(rules["kinds"]))
    whole = who.select("org", "uscc").join(wide, on="org", how="left").join(held, on="org", how="left")
    whole = whole.with_columns(
        *(limit(name, one["cap"]).fill_null(0) for name, one in zip(names, ones, strict=True)),
        vetoed=pl.sum_horizontal(
            col(f"v{at}").fill_null(False).cast(pl.Int64) * (1 << at) for at in range(len(rules["vetoes"]))
        ),
    ).with_columns(score=rules["base"] + pl.sum_horizontal(names))
    grade = pl.lit(len(rules["grades"]) - 1)
    for at, least in reversed(list(enumerate(rules["grades"]))):
        grade = grade if least is None else pl.when(col("score") >= least).then(at).otherwise(grade)
    ceilings = [pl.when(col("vetoed") & (1 << at) != 0).then(ceiling).otherwise(0)
                for at, (_, _, ceiling) in enumerate(rules["vetoes"])]  # fmt: skip
    return whole.select(
        "uscc", "score", pl.max_horizontal(grade, *ceilings).alias("grade"), "vetoed", *names
    ).sort("uscc")


def _polars_given(pl: Any, at: int, one: dict[str, Any]) -> Any:
    col = pl.col
    if one["measure"] == "latest":
        return col("newest")
    if one["measure"] != "share":
        return col("s")
    step = pl.lit(0, pl.Int64)
    for start, micro in one["brackets"]:
        step = pl.when(col("above") * 1000 // col("n") >= start).then(micro).otherwise(step)
    return step


# ---- pandas


def pandas(folder: str, out: str) -> dict[str, Any]:
    """Whole columns in memory, lookups by position, one group-by; the newest by sorting what it is asked of."""
    import pandas as pd
    import pyarrow.parquet  # noqa: F401  # loading it is not what is measured

    rules, told = rules_of(folder), {}
    with watched(told):
        _pandas(pd, rules, folder).to_parquet(out, compression="zstd", index=False)
    return told


def counting(pd: Any, rules: dict[str, Any], folder: str) -> Any:
    """Facts that count on the day, in pandas."""
    facts = pd.concat(
        [pd.read_parquet(one, columns=list(COLUMNS)) for one in sorted(Path(folder).glob("facts-*.parquet"))],
        ignore_index=True,
    )
    day = rules["day"]
    return facts[
        facts.primary & (facts.state == 0) & ~facts.disputed & (facts.until >= day) & (facts.decided <= day)
    ]


def _pandas(pd: Any, rules: dict[str, Any], folder: str) -> Any:
    import numpy as np

    facts = counting(pd, rules, folder)
    own, points, above, bits = tables(np, rules)
    what = facts.what.to_numpy()
    facts = facts.assign(own=own[what], bits=bits[what])
    facts = facts[(facts.own >= 0) | (facts.bits > 0)]
    what = facts.what.to_numpy()
    months = (rules["on_ym"] - facts.ym - (facts.day > rules["on_day"])).clip(lower=0).to_numpy()
    micro = micros(np, rules, facts.own.to_numpy(), points[what], months, facts.amount.to_numpy())
    facts = facts.assign(m=months, above=above[what], micro=micro)
    within = np.array([one["within"] or 1 << 30 for one in rules["indicators"]])
    inside = facts[(facts.own >= 0) & (facts.m < within[facts.own.clip(lower=0)])]
    grouped = inside.groupby(["org", "own"]).agg(
        s=("micro", "sum"), n=("micro", "size"), above=("above", "sum")
    )
    latest = [at for at, one in enumerate(rules["indicators"]) if one["measure"] == "latest"]
    newest = (
        inside[inside.own.isin(latest)]
        .sort_values(["decided", "statement"])
        .groupby(["org", "own"])
        .micro.last()
    )
    value = grouped.s.copy()
    value.loc[newest.index] = newest
    for at, one in enumerate(rules["indicators"]):
        if one["measure"] == "share":
            mine = grouped[grouped.index.get_level_values("own") == at]
            value.loc[mine.index] = _steps(np, one["brackets"], (mine.above * 1000 // mine.n).to_numpy())
    wide = value.unstack("own", fill_value=0).reindex(columns=range(len(within)), fill_value=0)
    orgs = pd.concat([pd.read_parquet(one) for one in sorted(Path(folder).glob("orgs-*.parquet"))])
    who = orgs[orgs.active & orgs.kind.isin(rules["kinds"])][["org", "uscc"]].set_index("org")
    names = [f"i_{one['code']}" for one in rules["indicators"]]
    wide = wide.reindex(who.index, fill_value=0).set_axis(names, axis=1)
    for name, one in zip(names, rules["indicators"], strict=True):
        wide[name] = wide[name].clip(-one["cap"], one["cap"]) if one["cap"] else wide[name]
    who["score"] = rules["base"] + wide.sum(axis=1)
    who["vetoed"], grade = 0, grades(np, rules, who.score.to_numpy())
    for at, (months_within, least, ceiling) in enumerate(rules["vetoes"]):
        mine = facts[(facts.bits & (1 << at) > 0) & (facts.m < (months_within or 1 << 30))]
        holds = mine.groupby("org").size().reindex(who.index, fill_value=0).to_numpy() >= least
        who["vetoed"] += holds * (1 << at)
        grade = np.maximum(grade, np.where(holds, ceiling, 0))
    return pd.concat([who.assign(grade=grade), wide], axis=1).sort_values("uscc")


# ---- numpy, as pandas and OpenFisca use it


def tables(np: Any, rules: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """Indicator, points, part of the numerator, veto bits: by kind of fact."""
    size = 1 << 15
    own, points, above, bits = (
        np.full(size, -1, "i2"),
        np.zeros(size, "i8"),
        np.zeros(size, "i8"),
        np.zeros(size, "i2"),
    )
    for what, *told in rules["whats"]:
        own[what], points[what], above[what], bits[what] = told
    return own, points, above, bits


def micros(np: Any, rules: dict[str, Any], own: Any, points: Any, months: Any, amount: Any) -> Any:
    """What each fact gives, decayed and rounded toward zero."""
    size, rate, sign = np.abs(points), np.zeros(len(own), "i8"), np.sign(points)
    for at, one in enumerate(rules["indicators"]):
        mine = np.flatnonzero(own == at)
        rate[mine] = _steps(np, one["decay"], months[mine])
        if one["measure"] == "sum":
            found = _steps(np, one["brackets"], amount[mine])
            size[mine], sign[mine] = np.abs(found), np.sign(found)
    return sign * (size * rate // 1000)


def grades(np: Any, rules: dict[str, Any], score: Any) -> Any:
    """The grade of each score, 0 the best."""
    found = np.full(len(score), len(rules["grades"]) - 1)
    for at, least in reversed(list(enumerate(rules["grades"]))):
        if least is not None:
            found[score >= least] = at
    return found


def _steps(np: Any, steps: Any, values: Any) -> Any:
    starts, worth = (np.array(one) for one in zip(*steps, strict=True))
    place = np.searchsorted(starts, values, side="right") - 1
    return np.where(place >= 0, worth[np.maximum(place, 0)], 0)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
