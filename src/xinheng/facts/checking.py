"""Whether the facts are what they follow from: their files as written, and all of them counted anew."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.facts import building, schema, store, then
from xinheng.facts.errors import FactsDamaged
from xinheng.facts.shaping import depends_on
from xinheng.law import service as law

REMEDY = "可以重建（xinheng facts rebuild），不影响账本"
UNREADABLE = (FactsDamaged, OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError)


def findings() -> Iterator[evidence.Finding]:
    """Files that are not as written; facts that differ from those made anew of all statements, at the same position.

    Silent where there are no facts. While they are behind the ledger only the files are looked at: old is not wrong.
    """
    place = store.folder()
    if not (place / store.STATE).is_file():
        return
    state = store.read(place)
    if state is None:
        yield evidence.Finding("facts-unreadable", f"分析数据的说明文件读不出或版本不同；{REMEDY}")
        return
    bad = [one.name for one in state.files if not _intact(place, one)]
    yield from (evidence.Finding("facts-file", f"分析数据文件 {name} 缺失或有改动；{REMEDY}") for name in bad)
    if bad or state.position != evidence.size() or state.pack != depends_on(law.active()):
        return
    try:
        yield from _differences(place, state)
    except UNREADABLE:
        yield evidence.Finding("facts-unreadable", f"分析数据里有读不出的值；{REMEDY}")


def sums(place: Path, state: store.State) -> tuple[int, int, int, int]:
    """Facts and organisations as numbers that do not depend on order, files or small numbers: counts and hash sums."""
    orgs = store.load(place, state.orgs, schema.ORGS)
    whats = pl.DataFrame(
        [(one.id, one.item, one.sub, one.grade, one.severity, one.side, one.sector) for one in state.whats],
        schema={"what": pl.Int16, **dict.fromkeys(_TUPLE, pl.String)}, orient="row",
    )  # fmt: skip
    bodies = pl.DataFrame({"authority": range(len(state.authorities)), "body": list(state.authorities)},
                          schema={"authority": pl.Int32, "body": pl.String})  # fmt: skip
    gone = store.load(place, state.gone, schema.GONE)
    rows = total = 0
    for kept in (*state.base, *([state.delta] if state.delta else [])):
        facts = store.load(place, kept, schema.FACTS)
        if kept is not state.delta:
            facts = facts.join(gone, on="statement", how="anti")
        told = (
            facts.join(orgs.select("org", "uscc"), on="org", how="left")
            .join(whats, on="what", how="left")
            .join(bodies, on="authority", how="left")
            .drop("org", "what", "authority")
        )
        rows, total = rows + told.height, (total + _sum(told)) % (1 << 64)
    return rows, total, orgs.height, _sum(orgs.drop("org"))


_TUPLE = ("item", "sub", "grade", "severity", "side", "sector")


def _sum(frame: pl.DataFrame) -> int:
    if frame.is_empty():
        return 0
    hashes = frame.select(sorted(frame.columns)).hash_rows(seed=0)
    # Two halves, so that no sum leaves 64 bits unnoticed
    low, high = (hashes & 0xFFFF_FFFF).sum(), (hashes // (1 << 32)).sum()
    return (int(low) + (int(high) << 32)) % (1 << 64)


def _differences(place: Path, state: store.State) -> Iterator[evidence.Finding]:
    fresh = Path(tempfile.mkdtemp(prefix=then.PREFIX, dir=place))
    try:
        should = building.build(fresh, pack=law.active(), position=state.position)
        kept, made = sums(place, state), sums(fresh, should)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for name, are, wanted in (("事实", kept[:2], made[:2]), ("主体", kept[2:], made[2:])):
        if are != wanted:
            yield evidence.Finding(
                "facts-differ",
                f"分析数据的{name}与记录重新计算的结果不一致（{are[0]} / {wanted[0]} 行）；{REMEDY}",
            )


def _intact(place: Path, kept: store.Kept) -> bool:
    try:
        return store.digest(place / kept.name) == kept.sha256
    except OSError:
        return False
