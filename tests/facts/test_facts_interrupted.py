"""A process that is killed at the facts: what was there is read as before, and the next look makes all of it good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import factkit
import polars as pl
import pytest

from moments import AT
from xinheng.facts import building, checking, following, store
from xinheng.facts import service as facts
from xinheng.records import service as records


class Killed(BaseException):
    """Stands for a process that ends here: nothing of the project catches it."""


def _killed_at(number: int, kill: Any) -> None:
    """Lets the process end at its `number`-th step that changes the folder, with half of what it was writing on disk."""
    steps = iter(range(1, number + 1))

    def dying(does: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **named: Any) -> Any:
            if next(steps) < number:
                return does(*args, **named)
            if does is write:
                place, _, kind, generation = args[:4]
                part = args[4] if len(args) > 4 else 0
                (place / f"{kind}-{generation:06d}-{part:04d}.parquet").write_bytes(b"PAR1")
            raise Killed

        return step

    write = store.write
    for name in ("write", "publish", "sweep"):
        kill.setattr(store, name, dying(getattr(store, name)))


def _position() -> int:
    state = store.read(store.folder())
    assert state is not None
    return state.position


def _hold(statement: int) -> list[Path]:
    """Files in which a statement still is, of whatever generation or folder."""
    found = []
    for file in store.folder().rglob("*.parquet"):
        frame = pl.read_parquet(file)
        if "statement" in frame.columns and statement in set(frame["statement"]):
            found.append(file)
    return found


def test_a_refresh_killed_at_any_step_leaves_the_old_facts_whole_and_the_next_one_is_right(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "FILE", 150)
    facts.rebuild(at=AT)
    some = factkit.ids()
    for small, document in ((100_000, "断字〔2026〕"), (10, "续字〔2026〕")):
        monkeypatch.setattr(following, "SMALL", small)
        factkit.send(some[0], document=document, count=30)
        factkit.send(some[0], document=f"外{document}1号", uscc=f"91340600MA2ST{small:06d}"[:18])
        factkit.dispute(some[1:3], case=document)
        before, position = factkit.sums(), _position()
        number = 0
        while True:
            number += 1
            with monkeypatch.context() as kill:
                _killed_at(number, kill)
                try:
                    facts.open_facts(at=AT)
                except Killed:
                    pass
                else:
                    break
            if _position() == position:
                assert factkit.sums() == before
            assert list(checking.findings()) == []
        # A delta, what is gone, organisations, the state: and the base where both become one
        assert number > 4
        facts.open_facts(at=AT)
        kept = factkit.sums()
        facts.rebuild(at=AT)
        assert factkit.sums() == kept


def test_what_a_killed_build_left_is_reached_by_an_erasure(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts.open_facts(at=AT)
    lost = factkit.ids()[0]
    with monkeypatch.context() as kill:
        # Killed without a word: nothing is tidied up behind it
        kill.setattr(building.shutil, "rmtree", lambda *_, **__: None)
        kill.setattr(building, "write_base", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            facts.rebuild(at=AT)
    factkit.send(lost, document="后字〔2026〕1号")
    facts.open_facts(at=AT)
    assert any("work-" in str(file) for file in _hold(lost))
    records.erase(statement_ids=[lost], act=factkit.act("records.erased"))
    assert _hold(lost) == []
    assert list(checking.findings()) == []


@pytest.mark.parametrize("number", range(1, 8))
def test_an_erasure_killed_at_any_step_in_the_facts_is_made_good_by_the_next_look(
    number: int, city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts.open_facts(at=AT)
    lost, new = factkit.ids()[0], factkit.send(factkit.ids()[0], document="删字〔2026〕1号")[0]
    facts.open_facts(at=AT)
    with monkeypatch.context() as kill:
        _killed_at(number, kill)
        with suppress(Killed):
            records.erase(statement_ids=[lost, new], act=factkit.act("records.erased"))
    facts.open_facts(at=AT)
    assert _hold(lost) == _hold(new) == []
    assert list(checking.findings()) == []
