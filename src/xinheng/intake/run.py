"""From a department's file to its receipt: reading, preparing in a second thread, writing slice by slice."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import batches, feeding, kept, receipt, writing
from xinheng.intake import mapping as column_mapping
from xinheng.intake.answering import Answerer
from xinheng.intake.matching import Registered
from xinheng.intake.models import Batch
from xinheng.intake.personal import guarded
from xinheng.intake.preparing import Prepared, Preparer
from xinheng.intake.progress import Tracker
from xinheng.intake.reading import Table, open_table
from xinheng.intake.sending import item_of, source_of
from xinheng.law import service as law

TURN = 0.0002  # seconds a thread keeps the interpreter while another waits
Progress = Callable[[int, int], None]


def run(
    *,
    path: Path,
    item: str,
    source: str,
    at: datetime,
    actor: str,
    progress: Progress | None = None,
    mapping: Mapping[str, str] | None = None,
    occasion: str = "",
) -> receipt.Receipt:
    """Takes a file in and answers every row of it.

    `source` is the code of the sending body, `at` the instant of receipt, `progress(done, whole)` hears the rows
    answered and an estimate of all of them; `mapping` says for headers which field they are ("" for none), else what was
    remembered for this source and item is used. The same file (by its bytes) for the same item and source gives the
    first receipt again; one that was interrupted goes on where it stopped. With an `occasion` that holds for the same
    file on the same occasion only. Raises `ItemUnknown`, `SourceRefused`,
    `FileRefused`, and `RowsWithheld` for a failure of ours.
    """
    began = time.perf_counter()
    pack = law.active()
    chosen = item_of(pack, item)
    sender = source_of(pack, source)
    said = (
        column_mapping.remembered(source=sender, item=chosen)
        if mapping is None
        else column_mapping.checked(mapping, chosen)
    )
    table = open_table(Path(path), item=chosen, mapping=said, remembered=mapping is None)
    digest = sha256(f"{table.digest}\x1f{occasion}".encode()).hexdigest() if occasion else table.digest
    batch = batches.find(digest=digest, item=item, source=sender)
    if batch is not None and batch.state == "done":
        return receipt.restore(batch, repeated=True)
    act = _Acts(actor=actor, at=at, pack=pack.digest)
    if batch is None:
        law.remember(pack)
        with evidence.event(act("opened", provision=chosen.code)) as event:
            batch = batches.open_batch(
                event=event, digest=digest, item=item, source=sender, received_on=evidence.legal_day(at)
            )
            event.detail["columns"] = list(table.header.columns)
    else:
        table = _as_begun(table, batch.number)
    tracker = Tracker(batch.number, at)
    tracker(batch.rows, 0)

    def told(done: int, whole: int) -> None:
        tracker(done, whole)
        if progress is not None:
            progress(done, whole)

    with _quick_hand_over():
        _take_in(table, batch, chosen, pack, act, told)
    answer = _close(table, batch, chosen, act, began)
    tracker.finish()
    return answer


@contextmanager
def _quick_hand_over() -> Iterator[None]:
    """SQLite gives up the interpreter lock at every row; a preparing thread would keep it for 5 ms each time.

    A shorter turn took a third off a whole intake (docs/performance.md). The old one is put back at the end.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _as_begun(table: Table, batch: str) -> Table:
    """The columns of an interrupted batch stay what they were when it began, whatever was said of them since."""
    for entry in evidence.events(kinds=(batches.OPENED,)):
        detail = entry.body["detail"]
        begun = tuple(detail.get("columns", ()))
        if detail["batch"] == batch and len(begun) == len(table.header.columns):
            return replace(table, header=replace(table.header, columns=begun))
    return table


@dataclass(frozen=True)
class _Acts:
    actor: str
    at: datetime
    pack: str

    def __call__(self, step: str, provision: str = "") -> evidence.Act:
        return evidence.Act(
            kind=f"intake.{step}",
            actor=self.actor,
            at=self.at,
            provision=provision,
            pack=self.pack,
            purpose="归集",
        )


def _take_in(
    table: Table, batch: Batch, item: law.Item, pack: law.Pack, act: _Acts, progress: Progress | None
) -> None:
    answer = Answerer(
        batch=batch,
        item=item,
        rules=pack.rules(item),
        registered=Registered(),
        again=Preparer(item=item, pack=pack, received_on=batch.received_on),
        begun=batch.done_slices,
    )
    number = answered = 0

    def write(prepared: Prepared) -> None:
        nonlocal number, answered
        rows = guarded("对照登记库", partial(answer, prepared, number))
        slices = list(writing.units(rows))
        while slices:
            if number < batch.done_slices:
                done = 1
            else:
                done = guarded("入库", partial(_write_first, slices, batch, number, item, act))
            number += done
            answered += sum(part.height for part in slices[:done])
            del slices[:done]
            if progress is not None:
                progress(answered, max(answered, int(answered / prepared.share)) if prepared.share else 0)

    # A call a chunk, so that nothing of one is held while the one after next is prepared
    ahead = _prepared(table, item, pack, batch.received_on)
    while (prepared := next(ahead, None)) is not None:
        write(prepared)
        del prepared


def _write_first(slices: list[pl.DataFrame], batch: Batch, number: int, item: law.Item, act: _Acts) -> int:
    """Writes the first two slices in one transaction if they fit, else the first; says how many."""
    both = writing.joined(slices[0], slices[1]) if len(slices) > 1 else None
    if both is not None:
        with suppress(writing.TooManyChanges):
            _commit(both, batch, number, number + 2, item, act)
            return 2
    _commit(slices[0], batch, number, number + 1, item, act)
    return 1


def _commit(rows: pl.DataFrame, batch: Batch, first: int, after: int, item: law.Item, act: _Acts) -> None:
    """One transaction. The batch in hand moves on only with it."""
    before = {name: getattr(batch, name) for name in (*batches.COUNTS, "done_slices", "last_event")}
    try:
        with evidence.event(act("rows")) as event:
            writing.write_slices(rows, batch=batch, first=first, after=after, item=item, event=event)
    except BaseException:
        for name, value in before.items():
            setattr(batch, name, value)
        raise


def _close(table: Table, batch: Batch, item: law.Item, act: _Acts, began: float) -> receipt.Receipt:
    # Before the batch is closed, so that an interrupted run comes by here again
    guarded(
        "更新登记库",
        partial(
            feeding.tell_register, batch=batch.number, item=item, pack=act.pack, at=act.at, actor=act.actor
        ),
    )
    names = {one.code: one.name for one in item.fields}
    seconds = time.perf_counter() - began
    composed = guarded(
        "回执",
        lambda: receipt.compose(
            batch, encoding=table.encoding, file_notes=table.notes, seconds=seconds, names=names
        ),
    )
    batch.receipt = receipt.stored_form(composed)
    batch.state = "done"
    with evidence.event(act("closed")) as event:
        batches.must_be_here(batch, batch.done_slices)
        batches.bind(batch, event)
        event.detail["counts"] = {name: getattr(batch, name) for name in batches.COUNTS}
    kept.drop_links(batch.number)
    return guarded("回执", lambda: receipt.with_problems(composed))


def _prepared(table: Table, item: law.Item, pack: law.Pack, received_on: date) -> Iterator[Prepared]:
    """Chunks, each prepared while the one before is written; the thread that prepares touches no database."""
    preparer = Preparer(item=item, pack=pack, received_on=received_on)
    chunks = table.chunks()

    def following() -> Prepared | None:
        chunk = guarded("读取文件", lambda: next(chunks, None))
        return None if chunk is None else preparer.prepare(chunk)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake") as beside:
        ahead = beside.submit(following)
        while (got := ahead.result()) is not None:
            ahead = beside.submit(following)
            yield got
            del got
