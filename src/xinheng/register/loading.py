"""Loading a register file: read, clean, compare, write. Safe to repeat and to kill: each event is whole or
absent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.register import cleaning, merging, policy_outcomes, reading, reconciling, spells, store
from xinheng.register.policy_outcomes import QUARANTINED, READY, REFUSED

KIND = "register.loaded"
BUDGET = evidence.MAX_ROWS - 500
SHOWN = 20
_LOCK = "register"


@dataclass(frozen=True)
class Problem:
    """A row that was not taken: its number in the file, the column, a stable code, and what to do. Never a
    value."""

    row: int
    field: str
    code: str
    message: str


@dataclass
class LoadResult:
    """What one load did. rows = added + changed + unchanged + quarantined + refused."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    renamed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    refused: int = 0
    events: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For `--json`; `refused_personal` is `refused` under the name that receipts use."""
        told = asdict(self)
        told["refused_personal"] = told.pop("refused")
        return told

    def as_text(self) -> str:
        """For the terminal: the counts, the cleanings, the first problems."""
        lines = [
            f"{self.rows} 行：新增 {self.added}，变更 {self.changed}（其中更名 {self.renamed}），未变 {self.unchanged}，"
            f"待核 {self.quarantined}，{policy_outcomes.PERSON} {self.refused}；用时 {self.seconds:.1f} 秒",
            *(f"  {note}：{count}" for note, count in self.notes.items()),
            *(f"  第 {problem.row} 行：{problem.message}" for problem in self.problems[:SHOWN]),
        ]
        if len(self.problems) > SHOWN:
            lines.append(f"  另有 {len(self.problems) - SHOWN} 行，见 --json")
        return "\n".join(lines)


@dataclass(frozen=True)
class Job:
    """What every event of one load says about it."""

    at: datetime
    actor: str
    provision: str
    pack: str
    digest: str
    confirmed: frozenset[str]


class _NothingLeft(Exception):
    """Between comparing and writing somebody else wrote the same: there is nothing to record."""


def load(
    *,
    path: Path | str,
    at: datetime,
    actor: str,
    provision: str = "",
    pack: str = "",
    confirmed: Collection[str] = (),
) -> LoadResult:
    """Takes a register file (CSV in UTF-8 or GB18030, also .gz; XLSX) into the register.

    Each row is added, changed, unchanged, quarantined (with a problem) or refused: rows about a person are
    only counted and leave no trace but their number in this answer. Versions are written in events of at most
    20,000 rows, so a killed load is completed by running it again, and a repeated load changes nothing and
    writes no event. `confirmed` are codes whose check character fails but which the office has seen on a
    licence; a code once taken stays taken. Raises `FileUnreadable`, `ColumnsMissing`, and the ledger's own
    refusals.
    """
    table = reading.read(Path(path))
    return take(
        frame=table.frame,
        digest=table.digest,
        at=at,
        actor=actor,
        provision=provision,
        pack=pack,
        confirmed=confirmed,
    )


def take(
    *,
    frame: pl.DataFrame,
    digest: str,
    at: datetime,
    actor: str,
    provision: str = "",
    pack: str = "",
    confirmed: Collection[str] = (),
) -> LoadResult:
    """`load` for rows that are read already (the columns of `reading.Table.frame`); `digest` names where they are from."""
    started = time.perf_counter()
    notes: Counter[str] = Counter()
    rows = _prepared(frame, frozenset(confirmed), notes)
    result = LoadResult(rows=rows.height)
    job = Job(at, actor, provision, pack, digest, frozenset(confirmed))
    ready = rows.filter(pl.col("outcome") == READY)
    difference = _compare(ready, at)
    _write_all(difference.versions, ready, job, result)
    rows = _with_contradictions(rows, difference.contradicting)
    counts = Counter(rows["outcome"].to_list())
    result.quarantined, result.refused = counts[QUARANTINED], counts[REFUSED]
    result.unchanged = result.rows - result.added - result.changed - result.quarantined - result.refused
    result.notes = dict(sorted((notes + Counter()).items()))
    result.problems = _problems(rows)
    result.seconds = round(time.perf_counter() - started, 3)
    return result


def _prepared(raw: pl.DataFrame, confirmed: frozenset[str], notes: Counter[str]) -> pl.DataFrame:
    """Clean rows with their outcome, at most one `ready` per organisation."""
    frame = cleaning.clean(raw, confirmed=confirmed, notes=notes)
    doubtful = frame.filter(pl.col("verdict") == "invalid")["code"].unique().to_list()
    held = set(store.entries("code", doubtful)["code"]) if doubtful else set()
    if held:
        notes.clear()
        frame = cleaning.clean(raw, confirmed=confirmed | held, notes=notes)
    frame = reconciling.reconcile(policy_outcomes.decide(frame), notes=notes)
    return _under_unified_code(frame, notes)


def _under_unified_code(frame: pl.DataFrame, notes: Counter[str]) -> pl.DataFrame:
    """Rows under an old number whose organisation already stands in the register with its unified code."""
    old = frame.filter((pl.col("outcome") == READY) & (pl.col("code").str.len_chars() < 18))["code"]
    if old.is_empty():
        return frame
    holders = store.entries("old_number", old.to_list()).filter(pl.col("old_number") != pl.col("code"))
    placed = (pl.col("outcome") == READY) & pl.col("code").is_in(holders["old_number"].unique().to_list())
    notes["旧注册号已有统一社会信用代码"] += frame.filter(placed).height
    return frame.with_columns(
        pl.when(placed).then(pl.lit(reconciling.REPEATED)).otherwise("outcome").alias("outcome")
    )


def _compare(rows: pl.DataFrame, at: datetime) -> merging.Difference:
    current = store.entries("code", rows["code"].to_list())
    return merging.difference(rows, current, day=evidence.legal_day(at).isoformat())


def _write_all(versions: pl.DataFrame, ready: pl.DataFrame, job: Job, result: LoadResult) -> None:
    for part in merging.in_bins(versions, size=BUDGET):
        rows = ready.join(part.select("row"), on="row", how="semi", maintain_order="left")
        act = evidence.Act(
            kind=KIND, actor=job.actor, at=job.at, provision=job.provision, pack=job.pack,
            detail={"file": job.digest, "part": result.events + 1},
        )  # fmt: skip
        try:
            with evidence.event(act) as event:
                evidence.lock(_LOCK)
                # Compared again under the lock: what was read before it may have changed since
                written = _compare(rows, job.at).versions
                if written.is_empty():
                    raise _NothingLeft
                _write(event, written, job)
        except _NothingLeft:
            continue
        result.events += 1
        result.changed += written.filter(pl.col("replaces").is_not_null()).height
        result.added += written.filter(pl.col("replaces").is_null()).height
        result.renamed += written.filter("renamed").height


def _write(event: evidence.OpenEvent, versions: pl.DataFrame, job: Job) -> None:
    """Closes what is replaced, writes the new versions and the names that follow from them."""
    replaced = versions["replaces"].drop_nulls().to_list()
    old_numbers = versions.filter((pl.col("old_number") != "") & (pl.col("old_number") != pl.col("code")))
    unified = store.entries("code", old_numbers["old_number"].to_list())
    store.close([*replaced, *unified["id"].to_list()], event_id=event.id)
    entries = merging.as_entries(versions, first_id=event.row_id(0))
    event.count(entries.height + len(replaced) + unified.height)
    evidence.insert_frame(store.ENTRIES, entries)
    event.detail.update(rows=entries.height, digest=evidence.frame_digest(entries.drop("closed_by")))
    taken = sorted(job.confirmed & set(entries["code"]))
    if taken:
        event.detail["confirmed"] = taken
    earlier = versions.filter(pl.col("replaces").is_not_null())["code"].to_list()
    _write_names(event, entries, [*earlier, *unified["code"].to_list()])


def _write_names(event: evidence.OpenEvent, entries: pl.DataFrame, known_codes: list[str]) -> None:
    versions = entries
    if known_codes:
        earlier = store.entries("code", known_codes, current=False)
        versions = pl.concat([earlier, entries]).unique("id", keep="first")
    derived = spells.derive(versions)
    before = store.names("code", known_codes)
    new = derived.join(before, on=["code", "name"], how="anti").sort("id")
    moved = derived.join(before, on=["code", "name"], suffix="_before").filter(
        pl.any_horizontal(pl.col(name) != pl.col(f"{name}_before") for name in ("current", "since", "until"))
    )
    event.count(new.height + moved.height)
    evidence.insert_frame(store.NAMES, new.with_columns(pl.col("current").cast(pl.Boolean)))
    store.update_names(moved.with_columns(pl.col("id_before").alias("id")))


def _with_contradictions(rows: pl.DataFrame, contradicting: list[int]) -> pl.DataFrame:
    here = pl.col("row").is_in(contradicting)
    told = {
        "outcome": QUARANTINED,
        "field": "name",
        "problem": "one-code-two-names",
        "message": merging.CONFLICT,
    }
    return rows.with_columns(
        pl.when(here).then(pl.lit(value)).otherwise(name).alias(name) for name, value in told.items()
    )


def _problems(rows: pl.DataFrame) -> list[Problem]:
    told = rows.filter(pl.col("outcome").is_in([QUARANTINED, REFUSED])).sort("row")
    columns: list[Any] = [told[name].to_list() for name in ("row", "field", "problem", "message")]
    return [Problem(*cells) for cells in zip(*columns, strict=True)]
