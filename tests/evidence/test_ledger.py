"""The ledger: order, proofs, days, and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.evidence.errors import EarlierThanLedger, LogShrank, TooManyRows
from xinheng.evidence.models import Event, Head
from xinheng.kernel import merkle, note
from xinheng.kernel.leaf import leaf_hash_of
from xinheng.kernel.merkle import verify_consistency, verify_inclusion


def act(**changes: Any) -> evidence.Act:
    return evidence.Act(**{"kind": "test.act", "actor": "test", "at": AT, **changes})


def append(count: int, **changes: Any) -> None:
    for number in range(count):
        with evidence.event(act(**changes)) as event:
            event.detail["number"] = number


def test_every_event_takes_the_next_leaf_and_the_head_follows(empty_home: Any) -> None:
    before = evidence.size()
    append(3)
    entries = evidence.events(after=before)
    assert [entry.first_leaf for entry in entries] == [before, before + 1, before + 2]
    assert evidence.size() == before + 3


def test_a_failed_act_leaves_no_trace(empty_home: Any) -> None:
    before = evidence.size()
    with pytest.raises(ZeroDivisionError), evidence.event(act()):
        raise ZeroDivisionError
    assert evidence.size() == before
    assert Event.objects.count() == 1


def test_writing_on_a_day_before_the_last_entry_is_refused(empty_home: Any) -> None:
    append(1, at=AT + timedelta(days=2))
    with pytest.raises(EarlierThanLedger):
        append(1)


def test_instants_never_go_backwards_within_a_day(empty_home: Any) -> None:
    append(1, at=AT + timedelta(hours=3))
    append(1, at=AT + timedelta(hours=1))
    instants = list(Event.objects.order_by("first_leaf").values_list("instant", flat=True))
    assert instants == sorted(instants)


def test_known_on_a_day_is_the_last_position_of_that_shanghai_day(empty_home: Any) -> None:
    day = evidence.legal_day(AT)
    append(2)
    evening = evidence.size()
    late = AT.replace(hour=15, minute=59)  # 23:59 in Shanghai
    append(1, at=late)
    append(1, at=late + timedelta(minutes=2))  # 00:01 the next day
    assert evidence.position_on(day) == evening + 1
    assert evidence.position_on(day + timedelta(days=1)) == evening + 2
    assert evidence.position_on(day - timedelta(days=1)) == 0


def test_one_transaction_may_not_write_more_than_20000_rows(empty_home: Any) -> None:
    with pytest.raises(TooManyRows), evidence.event(act()) as event:
        event.count(20_001)


def test_every_leaf_is_proven_under_the_signed_checkpoint(empty_home: Any) -> None:
    append(20)
    evidence.drain(at=AT)
    size = evidence.published_size()
    opened = note.open_checkpoint(evidence.checkpoint(), _verifiers())
    assert opened.size == size == evidence.size()
    for entry in evidence.events():
        path = evidence.inclusion(entry.first_leaf, size)
        assert verify_inclusion(
            leaf=leaf_hash_of(entry.leaf),
            index=entry.first_leaf,
            size=size,
            proof=path,
            root_hash=opened.root,
        )


def test_a_later_checkpoint_extends_an_earlier_one(empty_home: Any) -> None:
    append(5)
    evidence.drain(at=AT)
    first = note.open_checkpoint(evidence.checkpoint(), _verifiers())
    append(300)
    evidence.drain(at=AT)
    second = note.open_checkpoint(evidence.checkpoint(), _verifiers())
    proof = evidence.consistency(first.size, second.size)
    assert verify_consistency(
        old_size=first.size, size=second.size, old_root=first.root, root_hash=second.root, proof=proof
    )


def test_the_log_is_rebuilt_to_the_same_tree_when_its_files_are_lost(empty_home: Any) -> None:
    import shutil

    append(300)
    evidence.drain(at=AT)
    root = note.open_checkpoint(evidence.checkpoint(), _verifiers()).root
    before = _files(empty_home.log)
    shutil.rmtree(empty_home.log / "tile")
    assert not evidence.verify().ok
    evidence.drain(at=AT)
    assert _files(empty_home.log) == before
    assert evidence.verify().ok
    assert note.open_checkpoint(evidence.checkpoint(), _verifiers()).root == root


def test_a_database_shorter_than_a_published_checkpoint_is_not_continued(empty_home: Any) -> None:
    append(3)
    evidence.drain(at=AT)
    last = Event.objects.order_by("-first_leaf").first()
    assert last is not None
    Head.objects.update(size=last.first_leaf)
    Event.objects.filter(id=last.id).delete()
    with pytest.raises(LogShrank):
        evidence.drain(at=AT)
    assert "log-shrank" in {finding.code for finding in evidence.verify().findings}


def test_the_public_log_holds_nothing_but_version_and_leaf(empty_home: Any) -> None:
    append(3, purpose="一个不该出现在公开日志里的目的")
    evidence.drain(at=AT)
    for name, data in _files(empty_home.log).items():
        assert "目的".encode() not in data, name
    bundle = next(data for name, data in _files(empty_home.log).items() if "entries" in name)
    assert len(bundle) % 35 == 0  # two bytes of length, one of version, 32 of leaf


def test_rotating_the_log_key_keeps_old_checkpoints_verifiable(empty_home: Any) -> None:
    append(1)
    evidence.drain(at=AT)
    old = evidence.checkpoint()
    evidence.rotate_log_key(at=AT)
    append(1)
    evidence.drain(at=AT)
    assert (
        note.open_checkpoint(old, _verifiers()).size
        < note.open_checkpoint(evidence.checkpoint(), _verifiers()).size
    )
    assert evidence.verify().ok


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert merkle.root([]) == merkle.EMPTY_ROOT


def _verifiers() -> list[note.Verifier]:
    from xinheng.evidence.keys import log_verifiers

    return log_verifiers()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
