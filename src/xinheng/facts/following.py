"""Facts kept current: what the ledger tells since the last look, written beside the base as a delta.

Only statements whose standing or marks were written, and organisations whose register entry was, are looked at again. When
the delta has grown to a twentieth of the base, both are made one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.facts import building, schema, store, subjects, then
from xinheng.facts.errors import FactsUnsettled
from xinheng.facts.numbering import Numbers
from xinheng.facts.shaping import depends_on, settled, shaped, shared_items
from xinheng.facts.types import Facts, Told
from xinheng.home import alone
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.register import service as register

EVENTS = 500
SMALL, SHARE = 100_000, 20
"""A delta is made part of the base when it has more rows than SMALL and than a SHARE-th of it."""
PASSES = 50


@dataclass(frozen=True)
class _News:
    """What a stretch of the ledger touched: statements, those of them erased, codes of the register; where it ends."""

    statements: set[int]
    erased: set[int]
    codes: set[str]
    position: int


def open_facts(*, at: datetime) -> Facts:
    """The facts as they stand now. The first time, and after a change of law, they are made from all statements."""
    place = store.folder()
    state = store.read(place)
    if state is not None and _current(state):
        return store.snapshot(place, state)
    with alone(place / "lock"):
        return store.snapshot(place, _up_to_date(place))


def refresh(*, at: datetime, wait: bool = True) -> bool:
    """Brings the facts up to the ledger, where there are any; False where another process is at it."""
    place = store.folder()
    if not (place / store.STATE).is_file():
        return True
    with alone(place / "lock", wait=wait) as mine:
        if mine:
            _up_to_date(place)
        return mine


def told() -> Told | None:
    """What is kept now, in numbers; None where nobody ever asked for facts. Changes nothing."""
    place = store.folder()
    state = store.read(place)
    if state is None or state.orgs is None:
        return None
    size = sum((place / one.name).stat().st_size for one in state.files if (place / one.name).is_file())
    delta = state.delta.rows if state.delta else 0
    return Told(state.position, evidence.size(), state.orgs.rows, state.statements, delta, size)


def follow(news: Sequence[evidence.Entry], at: datetime) -> None:
    """Follower of the ledger. Facts nobody ever asked for are not made; a build that is under way is not waited for."""
    state = store.read(store.folder())
    if state is not None and not _current(state):
        refresh(at=at, wait=False)


def rebuild(*, at: datetime) -> Facts:
    """Makes all facts anew."""
    place = store.folder()
    with alone(place / "lock"):
        return store.snapshot(place, _caught_up(place, _built(place, store.read(place))))


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Cleaner of lawful erasure: nothing of an erased statement stays in any file, also not in those of older snapshots."""
    place = store.folder()
    if not place.is_dir():
        return
    with alone(place / "lock"):
        state = store.read(place)
        if state is None:
            _nothing_left(place)
            return
        ids = [parts.id for parts in erased]
        numbers = _numbers(place, state)
        _wiped(place, _applied(place, state, numbers, set(ids), schema.empty_facts()), ids)


# ---- up to the ledger


def _current(state: store.State) -> bool:
    return state.position == evidence.size() and state.pack == depends_on(law.active())


def _up_to_date(place: Path) -> store.State:
    state = store.read(place)
    if state is None or state.pack != depends_on(law.active()) or state.position > evidence.size():
        return _caught_up(place, _built(place, state))
    return state if _current(state) else _caught_up(place, state)


def _built(place: Path, old: store.State | None) -> store.State:
    generation = old.generation + 1 if old is not None else _last_generation(place) + 1
    position = evidence.size()
    return building.build(place, pack=law.active(), position=position, generation=generation)


def _last_generation(place: Path) -> int:
    numbers = [int(file.stem.split("-")[1]) for file in place.glob("*-*-*.parquet")]
    return max(numbers, default=0)


def _caught_up(place: Path, state: store.State) -> store.State:
    """Follows the ledger until it stood still during a whole pass: then every row read is of that position."""
    for _ in range(PASSES):
        if state.position < evidence.size():
            state = _followed(place, state)
        if state.position == evidence.size():
            store.publish(place, state)
            return state
    raise FactsUnsettled("账本正在密集写入，分析数据追不上。请等当前的批次入库结束后再试。")


def _followed(place: Path, state: store.State) -> store.State:
    news = _news(state.position)
    if not news.statements and not news.codes:
        return replace(state, position=news.position)
    numbers = _numbers(place, state)
    before = numbers.orgs
    rows = _rows(numbers.pack, news.statements)
    codes = news.codes | set(rows.filter(pl.col("uscc").str.len_chars() != 18)["uscc"].to_list())
    names = _NO_NAMES
    touched = set(news.statements)
    if codes:
        known = register.subjects(codes=sorted(codes))
        numbers.nobody, names = subjects.nobody(known), subjects.aliases(known)
        # What was said under an old number moves to the code that took its place
        former = names["uscc"].to_list() + sorted(numbers.nobody)
        moved = set(records.statements_about(former)) - touched
        touched |= moved
        rows = pl.concat([rows, _rows(numbers.pack, moved)])
        numbers.orgs = numbers.orgs.filter(~pl.col("uscc").is_in(former))
        numbers.add_orgs(subjects.registered(known, numbers.pack))
    found = subjects.renamed(shaped(rows, numbers.pack), names)
    fresh = numbers.number(found, records.disputed(ids=rows["id"].to_list()))
    state = _applied(place, state, numbers, touched, fresh)
    if not numbers.orgs.equals(before):
        state = replace(state, orgs=store.write(place, numbers.orgs, "orgs", state.generation))
    delta = state.delta.rows if state.delta else 0
    if delta > max(SMALL, sum(one.rows for one in state.base) // SHARE):
        state = _without_gone(place, state)
    if news.erased and _left(place, news.erased):
        # The cleaner was interrupted. Published at the old position, so that this is done again if it is killed too
        state = _wiped(place, state, sorted(news.erased))
    return replace(state, position=news.position)


_NO_NAMES = pl.DataFrame(schema={"uscc": pl.String, "code": pl.String})


def _rows(pack: law.Pack, ids: set[int]) -> pl.DataFrame:
    return records.fact_rows(ids=sorted(ids), shared=shared_items(pack), without=(subjects.INDIVIDUAL,))


def _news(position: int) -> _News:
    statements: set[int] = set()
    erased: set[int] = set()
    codes: set[str] = set()
    end = position
    while entries := evidence.events(after=end, limit=EVENTS):
        ids = [entry.id for entry in entries]
        statements |= records.restood_in(ids)
        codes |= register.codes_of_events(ids)
        erased |= {int(id_) for entry in entries for id_ in entry.body["detail"].get("erased", ())}
        end = entries[-1].position
    return _News(statements, erased, codes, end)


def _numbers(place: Path, state: store.State) -> Numbers:
    return Numbers(
        pack=law.active(), orgs=store.load(place, state.orgs, schema.ORGS), whats=list(state.whats),
        authorities=list(state.authorities),
    )  # fmt: skip


# ---- base, gone and delta


def _applied(
    place: Path, state: store.State, numbers: Numbers, touched: set[int], fresh: pl.DataFrame
) -> store.State:
    """The state after these statements were looked at again: `fresh` are the facts of those that stand.

    Other facts of the same decisions come along, because which of them counts may have changed.
    """
    generation = state.generation + 1
    if not touched:
        return replace(state, generation=generation)
    ids = pl.Series("statement", sorted(touched), dtype=pl.Int64)
    delta = store.load(place, state.delta, schema.FACTS)
    gone = store.load(place, state.gone, schema.GONE)
    base = pl.scan_parquet([place / one.name for one in state.base])
    before = base.filter(pl.col("statement").is_in(ids.implode())).select("statement", "decision").collect()
    moved = delta.filter(pl.col("statement").is_in(ids.implode()))
    decisions = pl.concat([fresh["decision"], before["decision"], moved["decision"]]).unique()
    kin = base.filter(
        pl.col("decision").is_in(decisions.implode()) & ~pl.col("statement").is_in(ids.implode())
    ).collect()
    kin = kin.join(gone, on="statement", how="anti")
    gone = pl.concat([gone, before.select("statement"), kin.select("statement")]).unique().sort("statement")
    rest = delta.join(ids.to_frame(), on="statement", how="anti")
    same = rest["decision"].is_in(decisions.implode())
    kin = pl.concat([rest.filter(same), kin])
    own = records.disputed(ids=kin["statement"].to_list())
    kin = kin.with_columns(pl.col("statement").is_in(own).alias("disputed"))
    delta = building.in_order(pl.concat([rest.filter(~same), settled(pl.concat([kin, fresh]))]))
    return replace(
        state, generation=generation, whats=tuple(numbers.whats), authorities=tuple(numbers.authorities),
        delta=store.write(place, delta, "delta", generation), gone=store.write(place, gone, "gone", generation),
    )  # fmt: skip


def _without_gone(place: Path, state: store.State, only: Sequence[int] | None = None) -> store.State:
    """Base and delta made one; with `only`, just the files of the base that held these statements lose what is gone."""
    generation = state.generation + 1
    gone = store.load(place, state.gone, schema.GONE)
    delta = store.load(place, state.delta, schema.FACTS) if only is None else schema.empty_facts()
    written: list[store.Kept] = []
    dropped: list[pl.DataFrame] = []
    last = len(state.base) - 1
    for number, kept in enumerate(state.base):
        if only is not None and not _holds(place / kept.name, only):
            written.append(kept)
            continue
        facts = store.load(place, kept, schema.FACTS)
        dropped.append(facts.join(gone, on="statement", how="semi").select("statement"))
        facts = facts.join(gone, on="statement", how="anti", maintain_order="left")
        if only is None:
            upper = 2**31 - 1 if number == last else kept.last
            lower = max((one.last for one in state.base[:number]), default=-1)
            new = delta.filter((pl.col("org") > lower) & (pl.col("org") <= upper))
            facts = building.in_order(pl.concat([facts, new]))
        for piece in building.cut(facts):
            written.append(store.write(place, piece, "facts", generation, len(written)))
    if only is None:
        return replace(state, generation=generation, base=tuple(written), delta=None, gone=None)
    left = gone.join(pl.concat([gone.clear(), *dropped]), on="statement", how="anti")
    return replace(
        state, generation=generation, base=tuple(written), gone=store.write(place, left, "gone", generation)
    )


def _wiped(place: Path, state: store.State, ids: Sequence[int]) -> store.State:
    """Published without these statements in any file, whoever still reads the older ones."""
    clean = _without_strangers(place, _without_gone(place, state, only=ids))
    store.publish(place, clean)
    store.sweep(place, clean, keep=0)
    then.forget(place)
    return clean


def _holds(file: Path, ids: Collection[int]) -> bool:
    """Whether any of these statements is in a file of facts; one that cannot be read may hold them."""
    wanted = pl.Series("statement", sorted(ids), dtype=pl.Int64)
    told = pl.scan_parquet(file).select("statement").filter(pl.col("statement").is_in(wanted.implode()))
    try:
        return not told.head(1).collect().is_empty()
    except (OSError, pl.exceptions.PolarsError):
        return True


def _left(place: Path, ids: Collection[int]) -> bool:
    """Whether any of these statements is in any file here, of whatever generation or folder."""
    files = (file for file in place.rglob("*.parquet") if not file.name.startswith("orgs-"))
    return any(_holds(file, ids) for file in files)


def _without_strangers(place: Path, state: store.State) -> store.State:
    """Organisations that are not registered and of whom nothing is on file any more leave the table."""
    orgs = store.load(place, state.orgs, schema.ORGS)
    files = [place / one.name for one in (*state.base, *([state.delta] if state.delta else []))]
    spoken = pl.scan_parquet(files).select("org").unique().collect()
    silent = orgs.join(spoken, on="org", how="anti")
    known = register.registered(silent["uscc"].to_list())
    out = silent.filter(~pl.col("uscc").is_in(list(known)))
    if out.is_empty():
        return state
    left = orgs.join(out.select("org"), on="org", how="anti", maintain_order="left")
    return replace(
        state, orgs=store.write(place, left, "orgs", state.generation + 1), generation=state.generation + 1
    )


def _nothing_left(place: Path) -> None:
    """Files whose meaning is lost are not kept: they might hold what was erased."""
    for file in place.glob("*.parquet"):
        file.unlink(missing_ok=True)
    then.forget(place)
