"""Several rows of one file about one organisation become one row, or contradict each other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from xinheng.kernel.text import norm_name
from xinheng.register.cleaning import SEPARATOR, joined
from xinheng.register.policy_names import Order, Row, distinct, order_of
from xinheng.register.policy_outcomes import QUARANTINED, READY

REPEATED = "repeated"
_LATER_WINS = ("old_number", "others", "industry", "established_on", "status", "changed_on")
_GIVEN_WINS = (("kind", "kind_given"), ("region", "region_given"))


def reconcile(frame: pl.DataFrame, *, notes: Counter[str]) -> pl.DataFrame:
    """Leaves at most one `ready` row per organisation.

    Rows that say the same, or that an other row of the file completes, become `repeated`. Rows that give one
    code several names either tell of renamings (see `policy_names.order_of`: the newest row stays, with the
    older names as former ones) or are all quarantined, each naming the others. A row under an old number
    whose organisation stands in the file with its unified code is `repeated` too.
    """
    ready = pl.col("outcome") == READY
    again = frame.filter(ready).filter(pl.col("code").is_duplicated())
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in again.sort("row").iter_rows(named=True):
        groups.setdefault(record["code"], []).append(record)
    decided: list[dict[str, Any]] = []
    for rows in groups.values():
        decided.extend(_merge(rows, notes))
    if decided:
        changed = pl.DataFrame(decided, schema=frame.schema, orient="row")
        frame = pl.concat([frame.join(changed.select("row"), on="row", how="anti"), changed]).sort("row")
    return _old_numbers(frame, notes)


def _merge(rows: list[dict[str, Any]], notes: Counter[str]) -> list[dict[str, Any]]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(norm_name(row["name"]), []).append(row)
    spellings = [_complete(same) for same in by_name.values()]
    order = (
        order_of([_as_row(row) for row in spellings]) if len(spellings) > 1 else Order((spellings[0]["row"],))
    )
    if not order.order:
        numbers = "、".join(str(row["row"]) for row in rows)
        message = f"第 {numbers} 行用同一代码报了不同名称，又看不出先后：请核对后只报正确的一行，或在「曾用名」列写明旧名"
        return [
            {
                **row,
                "outcome": QUARANTINED,
                "field": "name",
                "problem": "one-code-two-names",
                "message": message,
            }
            for row in rows
        ]
    placed = {row["row"]: row for row in spellings}
    whole = _complete([placed[number] for number in order.order])
    if len(spellings) > 1:
        notes["同一文件内更名"] += 1
        former = [placed[number]["name"] for number in order.order[:-1]]
        told = [name for row in spellings for name in row["formers"].split(SEPARATOR)]
        whole["formers"] = joined(distinct([*former, *told], besides=[whole["name"]]))
    if len(rows) > len(spellings):
        notes["同一文件内重复"] += len(rows) - len(spellings)
    return [whole, *({**row, "outcome": REPEATED} for row in rows if row["row"] != whole["row"])]


def _complete(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The last row, with what only earlier rows say."""
    whole = dict(rows[-1])
    for row in reversed(rows[:-1]):
        for column in _LATER_WINS:
            whole[column] = whole[column] or row[column]
        for column, given in _GIVEN_WINS:
            if row[given] and not whole[given]:
                whole[column], whole[given] = row[column], True
    told = [name for row in rows for name in row["formers"].split(SEPARATOR)]
    whole["formers"] = joined(distinct(told, besides=[whole["name"], *whole["others"].split(SEPARATOR)]))
    return whole


def _as_row(row: dict[str, Any]) -> Row:
    formers = tuple(filter(None, row["formers"].split(SEPARATOR)))
    return Row(row["row"], row["name"], formers, row["established_on"], row["changed_on"])


def _old_numbers(frame: pl.DataFrame, notes: Counter[str]) -> pl.DataFrame:
    ready = frame.filter(pl.col("outcome") == READY)
    told = ready.filter((pl.col("old_number") != "") & (pl.col("old_number") != pl.col("code")))["old_number"]
    replaced = (pl.col("outcome") == READY) & pl.col("code").is_in(told.unique().to_list())
    count = frame.filter(replaced).height
    if not count:
        return frame
    notes["旧注册号已有统一社会信用代码"] += count
    return frame.with_columns(pl.when(replaced).then(pl.lit(REPEATED)).otherwise("outcome").alias("outcome"))
