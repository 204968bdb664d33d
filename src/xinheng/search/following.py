"""Keeping the index up to date: look again at every code that an event touched. Safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from xinheng.evidence import service as evidence
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.search import entries, store, subjects
from xinheng.search.documents import wanted

KINDS = ("register.", "records.", "intake.", "linkage.", "cases.")
PART = 5_000  # codes looked at together
MANY = 10_000


def follow(news: Sequence[evidence.Entry], at: datetime) -> None:
    """Follower of the ledger. Indexes whoever was registered, renamed, or spoken of without being registered,
    and puts statements into their lists."""
    entries.follow([entry.id for entry in news if entry.body["detail"].get("standing_rows")])
    codes = register.codes_of_events([entry.id for entry in news if entry.kind.startswith("register.")])
    codes |= subjects.strangers_of_events([entry.id for entry in news if entry.leaves])
    if any("erased" in entry.body["detail"] for entry in news):
        # An erased statement no longer says whom it was about, so everyone it may have been is looked at again
        codes.update(store.strangers())
    moved = index(codes)
    if moved > MANY and 4 * moved > store.size():
        # Much arrived at once: many small pieces make every search slower until they are merged
        store.tidy()


def index(codes: Iterable[str]) -> int:
    """Makes the documents of these codes what they should be; returns how many were added or taken out."""
    ordered = sorted(set(codes))
    moved = 0
    for start in range(0, len(ordered), PART):
        part = ordered[start : start + PART]
        should, are = set(wanted(part)), set(store.by_code(part))
        store.remove(sorted(are - should))
        store.insert(sorted(should - are))
        moved += len(should ^ are)
    return moved


def clear(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Cleaner of lawful erasure: nothing of an erased statement stays in the index, nor in its deleted parts."""
    entries.remove([parts.id for parts in erased])
    if index(parts.uscc for parts in erased):
        store.tidy()


def rebuild() -> int:
    """Empties the index and fills it again, part by part; returns how many documents there are.

    Answers are incomplete while it runs. Needed after damage, or when keys or ranks are computed differently.
    """
    from django.db import transaction

    with transaction.atomic():
        store.clear()
    count = 0
    for codes in subjects.everyone(part=PART):
        with transaction.atomic():
            count += index(codes)
    store.tidy()
    entries.rebuild()
    return count
