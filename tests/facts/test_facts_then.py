"""Facts of one organisation, and as they were known: the same numbers by three ways."""

from __future__ import annotations

from typing import Any

import factkit
import polars as pl

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.facts import checking, store
from xinheng.facts import service as facts
from xinheng.facts.types import OneFacts
from xinheng.records import service as records


def _plain(
    frame: pl.DataFrame, whats: tuple[Any, ...], authorities: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    rows = []
    for row in frame.drop("org").sort("statement").iter_rows(named=True):
        what = whats[row.pop("what")]
        body = row.pop("authority")
        said = (what.item, what.sub, what.grade, what.severity, what.side, what.sector)
        rows.append((said, authorities[body] if body >= 0 else "", *row.values()))
    return rows


def _of(one: OneFacts) -> list[tuple[Any, ...]]:
    return _plain(one.facts, one.whats, one.authorities)


def _every(snapshot: facts.Facts) -> dict[str, list[tuple[Any, ...]]]:
    table = pl.concat([pl.read_parquet(file) for file in (*snapshot.facts, *snapshot.deltas)])
    if snapshot.gone:
        gone = pl.read_parquet(snapshot.gone)
        base = pl.read_parquet(snapshot.facts).join(gone, on="statement", how="anti")
        table = pl.concat([base, *(pl.read_parquet(file) for file in snapshot.deltas)])
    codes = dict(pl.read_parquet(snapshot.orgs).select("org", "uscc").iter_rows())
    return {
        codes[org]: _plain(part, snapshot.whats, snapshot.authorities)
        for (org,), part in table.partition_by("org", as_dict=True).items()
    }


def test_one_organisation_from_the_database_equals_its_rows_in_the_snapshot(city: Any) -> None:
    facts.open_facts(at=AT)
    factkit.dispute(factkit.ids()[:2])
    factkit.send(factkit.ids()[0], document="一字〔2026〕7号")
    every = _every(facts.open_facts(at=AT))
    for uscc in sorted(every)[:40]:
        assert _of(facts.of_one(uscc=uscc)) == every[uscc]


def test_as_known_at_a_position_is_what_it_was_for_all_and_for_one(city: Any) -> None:
    some = factkit.ids()[:6]
    factkit.dispute(some[:1])
    before = facts.open_facts(at=AT)
    position, kept, every = before.position, factkit.sums(), _every(before)
    factkit.decide(some[:1])
    factkit.restand(some[1:3], "repaired")
    factkit.restand(some[3:4], "annulled")
    new = factkit.send(some[4], document="后字〔2026〕9号")
    now = facts.open_facts(at=AT)
    assert factkit.sums() != kept
    with facts.as_known(position=position) as then:
        assert _every(then) == every
        assert then.position == position
        state = store.State(
            position=position, pack="", base=tuple(store.Kept(f.name, 0, "") for f in then.facts),
            orgs=store.Kept(then.orgs[0].name, 0, ""), whats=then.whats, authorities=then.authorities,
        )  # fmt: skip
        assert checking.sums(then.folder, state) == kept
    assert not then.folder.exists()
    subjects = {records.statements([one])[one].uscc for one in [*some, *new]}
    assert any(every[uscc] != _every(now)[uscc] for uscc in subjects)
    for uscc in subjects:
        assert _of(facts.of_one(uscc=uscc, position=position)) == every[uscc]


def test_before_the_first_statement_there_was_nothing(city: Any) -> None:
    uscc = records.statements(factkit.ids()[:1])[factkit.ids()[0]].uscc
    one = facts.of_one(uscc=uscc, position=1)
    assert one.facts.is_empty() and one.position == 1
    assert evidence.size() > 1
