"""What `ledger verify` recomputes of this room, and how erasure reaches the kept copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.intake import batches, kept, mapping, mending, nil
from xinheng.intake.linkwords import linked_code
from xinheng.kernel import uscc
from xinheng.kernel.dates import parse_date
from xinheng.kernel.text import norm_docno
from xinheng.law import service as law
from xinheng.records import service as records

KINDS = (batches.OPENED, batches.ROWS, batches.CLOSED)


def findings() -> Iterator[evidence.Finding]:
    """Batch rows that are not what the ledger last bound, and batches only one of the two knows."""
    last: dict[str, tuple[int, str]] = {}
    for entry in evidence.events(kinds=KINDS):
        detail = entry.body["detail"]
        last[detail["batch"]] = (entry.id, detail["batch_digest"])
    seen: set[str] = set()
    for row in batches.all_rows():
        number = str(row["number"])
        seen.add(number)
        if number not in last:
            yield evidence.Finding("batch-unknown", f"批次 {number} 不在账本中")
        elif evidence.rows_digest([tuple(row.values())]) != last[number][1]:
            yield evidence.Finding(
                "batch-changed", f"批次 {number} 的内容与账本第 {last[number][0]} 笔所记不符"
            )
    for number in sorted(set(last) - seen):
        yield evidence.Finding("batch-missing", f"账本中的批次 {number} 不见了")
    yield from mapping.findings()
    yield from mending.findings()
    yield from nil.findings()


def clear_kept(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Takes the cells of erased decisions out of every kept copy: the row they came in, and every other row that
    speaks of the same decision (repeats, corrections, rows that were turned back)."""
    wanted: dict[str, list[_Decision]] = {}
    for parts in erased:
        item = law.item(code=parts.item, version=parts.public.decode().split("\x1f")[2])
        values = records.decode(item, parts.public, parts.shared, parts.restricted)
        batch, row, _ = parts.source
        wanted.setdefault(parts.item, []).append(_Decision(item, batch, row, values))
    if not wanted or not home().kept.is_dir():
        return
    of_item = {str(row["number"]): str(row["item"]) for row in batches.all_rows()}
    for folder in sorted(home().kept.iterdir()):
        decisions = wanted.get(of_item.get(folder.name, ""), [])
        for path in kept.parts(folder.name) if decisions else ():
            _clear(folder.name, path, decisions)


class _Decision:
    """What identifies an erased decision in kept rows, however it was written there: its document number, or, where it
    has none, everything else that recognises it."""

    def __init__(self, item: law.Item, batch: str, row: int, values: Mapping[str, str]) -> None:
        self.item, self.code = item, values[item.subject_code]
        self.places = {(batch, row), *mending.origins(batch, row)}
        self.numbers = {norm_docno(values[code]) for code in item.document_number if values[code]}
        self.told = item.document_number
        if not self.numbers:
            self.told = tuple(code for code in item.key if code not in (item.subject_code, item.authority))
        self.values = tuple(self._spelled(code, values[code]) for code in self.told)

    def _spelled(self, code: str, cell: str) -> str:
        if self.item.by_code[code].type == "date":
            day, _ = parse_date(cell)
            return day.isoformat() if day else ""
        return norm_docno(cell)

    def _same(self, cells: Sequence[str | None]) -> bool:
        if self.numbers:
            return any(norm_docno(cell or "") in self.numbers for cell in cells)
        return (
            tuple(self._spelled(*pair) for pair in zip(self.told, (c or "" for c in cells), strict=True))
            == self.values
        )

    def rows(self, batch: str, part: pl.DataFrame) -> list[int]:
        """Rows of a part that speak of it."""
        here = [row for number, row in self.places if number == batch]
        found = part.filter(pl.col("_row").is_in(here))["_row"].to_list() if here else []
        written = pl.col(self.item.subject_code).str.to_uppercase()
        # Only cells that could be this code are cleaned one by one
        near = written.str.replace_all(r"[^0-9A-Z]", "").str.starts_with(self.code) | written.str.contains(
            r"[^ -~]"
        )
        # A row that came without a code, or with a damaged one, speaks of whom it was linked to
        linked = linked_code().fill_null("")
        candidates = part.filter(near | (linked == self.code)).select(
            "_row", self.item.subject_code, linked.alias("linked"), *self.told
        )
        for row, code, named, *cells in candidates.iter_rows():
            if self._same(cells) and self.code in (named, uscc.clean(code or "").code):
                found.append(row)
        return found


def _clear(batch: str, path: Any, decisions: list[_Decision]) -> None:
    part = pl.read_parquet(path, memory_map=False)
    rows = sorted({row for decision in decisions for row in decision.rows(batch, part)})
    if not rows:
        return
    hit = pl.col("_row").is_in(rows)
    cells = [name for name in part.columns if name not in kept.HEAD]
    cleared = part.with_columns(
        *(pl.when(hit).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name in cells),
        *(
            pl.when(hit).then(pl.lit([], dtype=kept.HEAD[name])).otherwise(pl.col(name)).alias(name)
            for name in ("_problems", "_notes")
        ),
    )
    kept.write_part(batch, int(path.stem.removeprefix("part-")), cleared)
