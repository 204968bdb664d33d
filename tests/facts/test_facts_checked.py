"""`ledger verify` finds facts that are not what they follow from: a flipped bit in any file, a value that was changed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import factkit
import polars as pl

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.facts import checking, schema, store
from xinheng.facts import service as facts


def _codes() -> set[str]:
    return {one.code for one in checking.findings()}


def test_a_flipped_bit_in_any_file_is_found_and_a_rebuild_mends_it(city: Any) -> None:
    facts.open_facts(at=AT)
    factkit.send(factkit.ids()[0], document="位字〔2026〕1号")
    facts.open_facts(at=AT)
    chance = random.Random(7)
    state = store.read(store.folder())
    assert state is not None and len(state.files) == 4
    for one in state.files:
        file = store.folder() / one.name
        whole = file.read_bytes()
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        assert _codes() == {"facts-file"}
        file.unlink()
        assert _codes() == {"facts-file"}
        file.write_bytes(whole)
    assert _codes() == set()
    (store.folder() / state.base[0].name).unlink()
    facts.rebuild(at=AT)
    assert _codes() == set()


def _forged(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    kind, old = frame.schema[column], frame[column][3]
    new = (not old) if kind == pl.Boolean else f"{old}X" if kind == pl.String else old ^ 1
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 3)
        .then(pl.lit(new, dtype=kind))
        .otherwise(pl.col(column))
        .alias(column)
    )


def test_a_changed_value_in_any_column_is_found_though_the_file_is_as_described(city: Any) -> None:
    facts.open_facts(at=AT)
    state = store.read(store.folder())
    assert state is not None and state.orgs is not None
    kept = (("facts", state.base[0], schema.FACTS), ("orgs", state.orgs, schema.ORGS))
    missed = []
    for kind, one, columns in kept:
        frame = store.load(store.folder(), one, columns)
        for column in columns:
            if column == "org" and kind == "orgs":
                continue  # a number nobody uses may be another: the columns that use it are tried above
            forged = store.write(store.folder(), _forged(frame, column), kind, state.generation, 7)
            changed = replace(state, base=(forged,)) if kind == "facts" else replace(state, orgs=forged)
            store.publish(store.folder(), changed)
            if _codes() != {"facts-differ"}:
                missed.append((kind, column))
    assert missed == []
    store.publish(store.folder(), state)
    assert _codes() == set()


def test_a_description_that_cannot_be_read_is_said_and_the_next_opening_makes_it_anew(city: Any) -> None:
    facts.open_facts(at=AT)
    (store.folder() / store.STATE).write_text("{")
    assert _codes() == {"facts-unreadable"}
    facts.open_facts(at=AT)
    assert _codes() == set()


def test_facts_behind_the_ledger_are_old_and_not_wrong(city: Any) -> None:
    facts.open_facts(at=AT)
    factkit.restand(factkit.ids()[:1], "annulled")
    assert _codes() == set()
    assert evidence.verify().findings == []
