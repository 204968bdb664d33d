"""Standing rebuilt from what departments said and what was done about it: the same table, or something is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.records import reading, writing
from xinheng.records.derivation import decode, item_of


def rebuild_standing() -> pl.DataFrame:
    """Every standing row, in order of id, recomputed: births from the law as it was, changes from the acts told.

    Reads statements and ledger entries only. An erased statement cannot say what it was born with; its rows are
    left out, together with those of the same statement later.
    """
    table: dict[int, dict[str, object]] = {}
    open_rows: dict[int, int] = {}
    adopted: set[str] = set()
    for entry in evidence.events():
        if entry.kind == "law.adopted":
            adopted.add(entry.body["provision"])
        taken = 0
        for block in entry.body["detail"].get("standing", ()):
            ids = range(entry.first_row + taken, entry.first_row + taken + block["rows"])
            taken += block["rows"]
            if "born" in block:
                rows = _births(entry, block, adopted)
            else:
                for statement_id in block["of"]:
                    if statement_id in open_rows:
                        table[open_rows[statement_id]]["closed_by"] = entry.id
                old = [table[open_rows[key]] if key in open_rows else None for key in block["of"]]
                rows = [_after(row, block["said"]) if row else None for row in old]
            for row_id, row in zip(ids, rows, strict=True):
                if row is not None:
                    table[row_id] = {**row, "id": row_id}
                    open_rows[int(str(row["statement_id"]))] = row_id
    rows = [tuple(row[name] for name in writing.STANDING) for _, row in sorted(table.items())]
    return writing.standing_frame(rows)


def _births(
    entry: evidence.Entry, block: dict[str, Any], adopted: set[str]
) -> list[dict[str, object] | None]:
    born = block["born"]
    pack = law.by_digest(block.get("pack") or entry.body["pack"])
    pack = pack.with_adopted(
        frozenset(one.id for one in law.adoptable(pack=pack)) if home().sandbox else frozenset(adopted)
    )
    first = entry.first_row + born[0]
    ids = list(range(first, first + born[1]))
    stored = reading.statements(ids)
    return [
        _birth(stored[statement_id], pack) if stored[statement_id].public else None for statement_id in ids
    ]


def _birth(parts: reading.Parts, pack: law.Pack) -> dict[str, object]:
    item = item_of(parts.item, parts.item_version)
    values = decode(item, parts.public, parts.shared, parts.restricted)
    received_on = date.fromisoformat(parts.source[2])
    decided_on = parts.decided_on
    if decided_on is None:
        raise ValueError(f"statement {parts.id} has no decision day")
    decision: law.SeverityDecision | str = ""
    if item.severity_from:
        decision = law.severity(pack=pack, item=item, facts=law.facts_of(pack=pack, item=item, values=values))
    window = law.window(
        pack=pack, item=item, severity=decision, decided_on=decided_on, received_on=received_on,
        ends=law.ends_of(pack=pack, item=item, values=values),
    )  # fmt: skip
    return {
        "id": 0,
        "statement_id": parts.id,
        "state": "held",
        "severity": decision if isinstance(decision, str) else decision.severity,
        "show_from": window.show_from,
        "show_until": window.show_until,
        "repair_from": window.earliest_repair,
        "rule": window.provision,
        "valid_from": decided_on,
        "valid_to": None,
        "closed_by": None,
    }


def _after(row: dict[str, object], said: dict[str, object]) -> dict[str, object]:
    days = {
        name: date.fromisoformat(str(said[name])) if said[name] else None
        for name in writing.WINDOW
        if name in said
    }
    return {**row, **said, **days, "closed_by": None}
