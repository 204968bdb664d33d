"""How far a batch is, while it is taken in and after the run that took it in has died."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from intake_rows import AGENCY, AT, csv_bytes, penalty

from xinheng.evidence import service as evidence
from xinheng.intake import progress, writing
from xinheng.intake import service as intake
from xinheng.intake.models import Progress
from xinheng.law import service as law

ITEM = "admin-penalty"
Take = Callable[..., Any]


@pytest.fixture
def cut(registered: Any, tmp_path: Path, item: law.Item, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a batch whose run died before its first row was written."""
    path = tmp_path / "in.csv"
    path.write_bytes(csv_bytes([penalty()], item))
    with monkeypatch.context() as broken:

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("power cut")

        broken.setattr(writing, "write_slices", fail)
        with pytest.raises(intake.RowsWithheld):
            intake.run(path=path, item=ITEM, source=AGENCY, at=AT, actor="tests")
    return intake.batches()[0].number


def test_an_open_batch_has_a_sign_of_life_from_its_beginning_and_is_interrupted_after_a_minute(
    cut: str,
) -> None:
    assert intake.progress_of(batch=cut).state == "open"
    assert intake.progress_of(batch=cut, at=AT + timedelta(seconds=50)).state == "open"
    assert intake.progress_of(batch=cut, at=AT + timedelta(seconds=120)).state == "interrupted"


def test_the_same_file_again_finishes_it_and_nothing_is_left(cut: str, tmp_path: Path) -> None:
    receipt = intake.run(
        path=tmp_path / "in.csv", item=ITEM, source=AGENCY, at=AT + timedelta(minutes=5), actor="tests"
    )
    assert receipt.batch == cut
    assert intake.progress_of(batch=cut, at=AT + timedelta(days=1)) == intake.ProgressNow(1, 1, "done")
    assert not Progress.objects.exists()


def test_what_a_page_reads_meanwhile_grows_up_to_all_rows(
    registered: Any, tmp_path: Path, item: law.Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    path = tmp_path / "in.csv"
    path.write_bytes(csv_bytes([penalty(CF_WSH=f"淮市监罚〔2026〕{n}号") for n in range(30)], item))
    seen = []

    def told(done: int, whole: int) -> None:
        [batch] = intake.batches()
        now = intake.progress_of(batch=batch.number)
        seen.append((done, whole, now.done, now.estimate, now.state))
        assert (batch.state, batch.done, batch.estimate) == (now.state, now.done, now.estimate)

    intake.run(path=path, item=ITEM, source=AGENCY, at=AT, actor="tests", progress=told)
    assert seen[-1] == (30, 30, 30, 30, "open")
    [batch] = intake.batches()
    assert (batch.state, batch.done, batch.estimate, batch.mends) == ("done", 30, 30, "")


def test_no_more_than_two_notes_a_second(registered: Any) -> None:
    tracker = progress.Tracker("20261120-00001", AT)
    tracker(0, 0)
    with CaptureQueriesContext(connection) as asked:
        for done in range(1_000):
            tracker(done, 1_000)
    assert len(asked) == 0


def test_a_note_that_cannot_be_written_does_not_stop_the_intake(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise DatabaseError("locked")

    monkeypatch.setattr(Progress.objects, "update_or_create", busy)
    assert take(penalty()).accepted == 1


def test_a_list_costs_the_same_however_many_batches_it_has(take: Take) -> None:
    take(penalty())
    with CaptureQueriesContext(connection) as one:
        intake.batches()
    for number in range(2, 6):
        take(penalty(CF_WSH=f"淮市监罚〔2026〕{number}号"), name=f"{number}.csv")
    with CaptureQueriesContext(connection) as many:
        assert len(intake.batches()) == 5
    assert len(many) == len(one) <= 3


def test_a_batch_nobody_knows_is_said_to_be_unknown_and_notes_are_no_facts(cut: str) -> None:
    with pytest.raises(intake.NoSuchBatch):
        intake.progress_of(batch="20990101-00001")
    Progress.objects.update(done=9, estimate=3)
    now = intake.progress_of(batch=cut)
    assert now.done <= now.estimate, "a page never shows more than all"
    assert evidence.verify().findings == []
