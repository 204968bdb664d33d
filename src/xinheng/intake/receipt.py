"""The answer to a file: counts, notes and every problem, without a word of what was masked or refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import polars as pl

from xinheng.intake import kept
from xinheng.intake.batches import OUTCOMES, TIMELINESS
from xinheng.intake.linkwords import in_general, is_link
from xinheng.intake.models import Batch
from xinheng.intake.personal import REFUSAL

MAX_PROBLEMS = 50_000
NAMES = {
    "accepted": "入库", "updated": "更新", "duplicate": "重复", "rejected": "退回", "quarantined": "待核",
    "refused_personal": "自然人信息不受理",
}  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """What a file got back. `rows` is the sum of the six outcomes; `problems` are those of rejected and quarantined
    rows in their order (at most 50,000, `problems_omitted` counts the rest); `links` are the rows that were linked by
    name, to whom and why (likewise); persons' rows are only counted."""

    batch: str
    item: str
    source: str
    received_on: str
    encoding: str
    rows: int
    accepted: int
    updated: int
    duplicate: int
    rejected: int
    quarantined: int
    refused_personal: int
    timeliness: dict[str, int]
    seconds: float
    file_notes: tuple[str, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()
    problems: tuple[dict[str, Any], ...] = ()
    problems_omitted: int = 0
    links: tuple[dict[str, Any], ...] = ()
    links_omitted: int = 0
    repeated: bool = False
    places: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As printed with --json."""
        body = {
            name: getattr(self, name)
            for name in ("batch", "item", "source", "received_on", "encoding", "rows", *OUTCOMES)
        }
        body.update(repeated=self.repeated, seconds=self.seconds, timeliness=self.timeliness)
        if self.refused_personal:
            body["personal"] = REFUSAL
        body.update(
            file_notes=list(self.file_notes), notes=list(self.notes), problems=list(self.problems),
            problems_omitted=self.problems_omitted,
        )  # fmt: skip
        if self.links:
            body.update(links=list(self.links), links_omitted=self.links_omitted)
        return body

    def as_text(self) -> str:
        """As a clerk reads it."""
        counts = " · ".join(
            f"{NAMES[name]} {getattr(self, name):,}" for name in OUTCOMES if getattr(self, name)
        )
        lines = [
            f"批次 {self.batch}:共 {self.rows:,} 行"
            + ("(同一文件已受理过,这是当时的回执)" if self.repeated else "")
        ]
        lines.append(counts or "没有数据行")
        if self.refused_personal:
            lines.append(f"{REFUSAL}({self.refused_personal:,} 行)")
        late = self.timeliness.get("late", 0)
        if late:
            lines.append(f"超过 7 个工作日报送的 {late:,} 行")
        lines += [f"说明:{note}" for note in self.file_notes]
        lines += [f"  {note['name']}:{note['note']}({note['rows']:,} 行)" for note in self.notes[:10]]
        lines += [f"  第 {link['row']} 行 {link['note']}" for link in self.links[:10]]
        for problem in self.problems[:20]:
            lines.append(f"  第 {problem['row']} 行 {problem['message']}")
        more = len(self.problems) - 20 + self.problems_omitted
        if more > 0:
            lines.append(f"  ……还有 {more:,} 条,见 XLSX 回执(--receipt)")
        return "\n".join(lines)


def compose(
    batch: Batch, *, encoding: str, file_notes: tuple[str, ...], seconds: float, names: dict[str, str]
) -> Receipt:
    """The receipt of a batch whose rows are all answered. `names` are field names by code."""
    told: Counter[tuple[str, str]] = Counter()
    for part in kept.read(batch.number, ["_notes"]):
        notes = part.select(pl.col("_notes").explode().struct.unnest()).drop_nulls()
        for code, note, rows in notes.group_by("field", "note").len().iter_rows():
            # A cell changed in two ways carries both, joined
            for one in note.split(";"):
                # To whom a row was linked is told row by row, and kept only where erasure finds it
                told[code, in_general(one)] += rows
    listed = sorted(told.items(), key=lambda entry: (-entry[1], entry[0]))
    return Receipt(
        batch=batch.number,
        item=batch.item,
        source=batch.source,
        received_on=batch.received_on.isoformat(),
        encoding=encoding,
        rows=batch.rows,
        **{name: getattr(batch, name) for name in OUTCOMES},
        timeliness={name: getattr(batch, name) for name in TIMELINESS},
        seconds=round(seconds, 3),
        file_notes=file_notes,
        notes=tuple(
            {"field": code, "name": names.get(code, code), "note": note, "rows": rows}
            for (code, note), rows in listed
        ),
    )


def stored_form(receipt: Receipt) -> str:
    """What the batch row keeps: counts and notes. Problems stay in the kept parts only, where erasure finds them."""
    body = receipt.as_dict()
    for name in ("problems", "problems_omitted", "repeated", "links", "links_omitted"):
        body.pop(name, None)
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def restore(batch: Batch, *, repeated: bool) -> Receipt:
    """The receipt of a finished batch, as first given."""
    body = json.loads(batch.receipt)
    body.pop("personal", None)
    for name in ("file_notes", "notes"):
        body[name] = tuple(body[name])
    return with_problems(Receipt(**body, repeated=repeated))


def with_problems(receipt: Receipt) -> Receipt:
    """The same receipt with its problems and links, read from the kept parts."""
    problems, omitted = _first(_problem_rows(receipt.batch))
    # A receipt of a file in which every code was valid has no reason to look through the kept rows again
    linked = any(is_link(note["note"]) for note in receipt.notes)
    links, unsaid = _first(link_rows(receipt.batch)) if linked else ((), 0)
    return replace(receipt, problems=problems, problems_omitted=omitted, links=links, links_omitted=unsaid)


def _first(rows: Iterator[dict[str, Any]]) -> tuple[tuple[dict[str, Any], ...], int]:
    found = tuple(islice(rows, MAX_PROBLEMS))
    return found, sum(1 for _ in rows)


def link_rows(batch: str) -> Iterator[dict[str, Any]]:
    """Rows that were linked by name: row, field, note, in the order of the file."""
    for part in in_order(batch, ["_row", "_notes"]):
        told = part.explode("_notes").drop_nulls("_notes").unnest("_notes")
        for row, field_, note in told.select("_row", "field", "note").iter_rows():
            # A row's own note stands by itself
            if is_link(note):
                yield {"row": row, "field": field_, "note": note}


def _problem_rows(batch: str) -> Iterator[dict[str, Any]]:
    for part in in_order(batch, ["_row", "_outcome", "_problems"]):
        wrong = part.filter(pl.col("_outcome").is_in(["rejected", "quarantined"])).explode("_problems")
        for row, problem in wrong.select("_row", "_problems").drop_nulls().iter_rows():
            yield {"row": row, **{name: problem[name] for name in ("field", "code", "message")}}


def in_order(batch: str, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """The kept rows in the order of the file. Parts of one slice (its rounds) overlap and are read together."""
    group: list[pl.DataFrame] = []
    last = 0
    for part in kept.read(batch, columns):
        if part.is_empty():
            continue
        first = int(part["_row"].min())  # type: ignore[arg-type]
        if group and first > last:
            yield pl.concat(group).sort("_row")
            group = []
        group.append(part)
        last = max(last, int(part["_row"].max()))  # type: ignore[arg-type]
    if group:
        yield pl.concat(group).sort("_row")
