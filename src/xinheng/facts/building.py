"""Facts from nothing: all statements, in parts, as they stand now or stood at a ledger position."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from xinheng.facts import schema, store, subjects
from xinheng.facts.numbering import Numbers
from xinheng.facts.shaping import depends_on, settled, shaped, shared_items
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.register import service as register

PART = 50_000
"""Statements read together."""
WORK = "work-"
"""Folders of parts, in the facts while they are made."""
FILE = 1_000_000
"""Facts of a file of the base: what one step of building holds in memory."""


def build(
    place: Path, *, pack: law.Pack, position: int, known_at: int | None = None, generation: int = 0
) -> store.State:
    """Writes all facts into a folder; gives the state, not yet published. `position` is what they will stand for.

    Without `known_at` they are read as they stand while it works: the caller looks again at what was written meanwhile.
    """
    known = register.subjects(known_at=known_at, without=(subjects.INDIVIDUAL,))
    numbers = Numbers(pack=pack, nobody=subjects.nobody(known))
    numbers.add_orgs(subjects.registered(known, pack))
    names = subjects.aliases(known)
    work = place / f"{WORK}{generation}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        disputed = records.disputed(known_at=known_at)
        count = 0
        for number, rows in enumerate(_parts(pack, known_at)):
            facts = numbers.number(subjects.renamed(shaped(rows, pack), names), disputed)
            facts.write_parquet(work / f"{number:06d}.parquet", compression="lz4", statistics=False)
            count += facts.height
        base = write_base(place, work, generation, count)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return store.State(
        position=position, pack=depends_on(pack), generation=generation, made_by=store.made_by(), base=base,
        orgs=store.write(place, numbers.orgs, "orgs", generation), whats=tuple(numbers.whats),
        authorities=tuple(numbers.authorities),
    )  # fmt: skip


def write_base(place: Path, work: Path, generation: int, count: int) -> tuple[store.Kept, ...]:
    """Parts in any order as files sorted by organisation; all facts of an organisation are in one file."""
    if not count:
        return (store.write(place, schema.empty_facts(), "facts", generation),)
    parts = pl.scan_parquet(work / "*.parquet")
    ends = _cuts(parts, count)
    written = []
    first = -1
    for number, last in enumerate(ends):
        frame = parts.filter((pl.col("org") > first) & (pl.col("org") <= last)).collect()
        written.append(store.write(place, in_order(settled(frame)), "facts", generation, number))
        first = last
    return tuple(written)


def in_order(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts as they stand in a file of the base."""
    return facts.sort("org", "statement").select(list(schema.FACTS))


def cut(facts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Facts in order, in pieces of about `FILE` that end with an organisation."""
    start = 0
    orgs = facts["org"]
    while facts.height - start > FILE * 3 // 2:
        stop = int(orgs.search_sorted(orgs[start + FILE], side="right"))
        yield facts.slice(start, stop - start)
        start = stop
    yield facts.slice(start)


def _cuts(parts: pl.LazyFrame, count: int) -> list[int]:
    """The last organisation of each file, so that none has much more than `FILE` facts."""
    if count <= FILE * 3 // 2:
        return [2**31 - 2]
    per = parts.group_by("org").len().sort("org").collect()
    place = per["len"].cum_sum() // FILE
    return (
        per.with_columns(place.alias("file"))
        .group_by("file")
        .agg(pl.col("org").max())
        .sort("file")["org"]
        .to_list()
    )


def _parts(pack: law.Pack, known_at: int | None) -> Iterator[pl.DataFrame]:
    shared = shared_items(pack)
    last = 0
    while True:
        rows = records.fact_rows(
            after=last, limit=PART, known_at=known_at, shared=shared, without=(subjects.INDIVIDUAL,)
        )
        if rows.is_empty():
            return
        last = int(rows["id"][-1])
        yield rows
