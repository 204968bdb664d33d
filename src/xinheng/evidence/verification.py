"""`ledger verify`: everything stored is recomputed; whatever does not follow is a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from xinheng.evidence import following, keys, reading, tiles
from xinheng.evidence.models import Checkpoint, Cursor, Event, Head
from xinheng.kernel import note


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: a stable code and a sentence saying which value, where."""

    code: str
    message: str


@dataclass
class VerifyResult:
    """What a verification saw. `ok` means that every stored value follows from the ledger."""

    size: int
    root: str
    events: int
    checkpoints: int
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings


Hook = Callable[[], Iterator[Finding]]
_hooks: dict[str, Hook] = {}


def register_verification(room: str, hook: Hook) -> None:
    """A room that stores facts says how they are recomputed from the ledger."""
    _hooks[room] = hook


def verify(*, limit: int = 1_000) -> VerifyResult:
    """Recomputes the chain of events, every room's rows, the tree, its tiles and every checkpoint.

    Stops collecting after `limit` findings. Changes nothing.
    """
    result = VerifyResult(size=reading.size(), root="", events=0, checkpoints=0)
    for finding in _all(result):
        result.findings.append(finding)
        if len(result.findings) >= limit:
            break
    return result


def _all(result: VerifyResult) -> Iterator[Finding]:
    broken = False
    for finding in _events(result):
        broken = True
        yield finding
    if broken:
        # Rooms read event bodies to know what to expect; with those damaged their findings would only mislead
        return
    for hook in _hooks.values():
        yield from hook()
    yield from _tree(result)
    yield from _cursors(result)


def _events(result: VerifyResult) -> Iterator[Finding]:
    expected, instant = 0, 0
    for row in Event.objects.order_by("first_leaf").iterator(chunk_size=500):
        result.events += 1
        if row.first_leaf != expected:
            yield Finding("event-order", f"第 {row.id} 笔应从 {expected} 开始,记为 {row.first_leaf}")
        if row.instant < instant:
            yield Finding("event-instant", f"第 {row.id} 笔的时刻早于前一笔")
        if reading.own_leaf(row) != bytes(row.leaf):
            yield Finding("event-leaf", f"第 {row.id} 笔的内容与其承诺不符")
        else:
            try:
                json.loads(bytes(row.body))["detail"]
            except (ValueError, KeyError):
                yield Finding("event-body", f"第 {row.id} 笔的内容读不出")
        expected, instant = row.first_leaf + row.leaves + 1, row.instant
    heads = list(Head.objects.values_list("id", "size", "instant"))
    if heads not in ([], [(1, expected, instant)]) or (not heads and expected):
        yield Finding("head", f"账首记为 {heads},账本到 {expected}")


def _tree(result: VerifyResult) -> Iterator[Finding]:
    """The root from the leaves, the tiles as published, and every checkpoint ever signed."""
    wanted = set(Checkpoint.objects.values_list("size", flat=True)) | {result.size}
    roots = tiles.roots_from_leaves(wanted, result.size)
    result.root = roots[result.size].hex() if result.size else ""
    yield from (Finding("tile", message) for message in tiles.damaged(result.size))
    verifiers = keys.log_verifiers()
    for row in Checkpoint.objects.order_by("size").iterator():
        result.checkpoints += 1
        if row.size > result.size:
            yield Finding("log-shrank", f"已公布过长度 {row.size} 的检查点,账本现在只有 {result.size}")
            continue
        try:
            opened = note.open_checkpoint(row.note, verifiers)
        except note.NoteError:
            yield Finding("checkpoint-signature", f"长度 {row.size} 的检查点签名不成立")
            continue
        if opened != note.Checkpoint(keys.origin(), row.size, roots[row.size]):
            yield Finding("checkpoint-root", f"长度 {row.size} 的检查点与账本内容不符")


def _cursors(result: VerifyResult) -> Iterator[Finding]:
    ends = {0: b""}
    for first_leaf, leaves, leaf in Event.objects.values_list("first_leaf", "leaves", "leaf"):
        ends[first_leaf + leaves + 1] = bytes(leaf)
    known = following.names()
    for cursor in Cursor.objects.order_by("follower"):
        if cursor.follower not in known or ends.get(cursor.position) != bytes(cursor.leaf):
            yield Finding("cursor", f"跟随者 {cursor.follower} 的位置 {cursor.position} 与账本不符")
