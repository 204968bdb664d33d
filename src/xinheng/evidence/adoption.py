"""Which unverified provisions this office has adopted, and which holiday notices it loaded: read from the ledger, where
each is an entry."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from xinheng.evidence.models import Event
from xinheng.home import home
from xinheng.law import service as law

if TYPE_CHECKING:
    from xinheng.evidence.verification import Finding

# Every question to the law asks this; another process's adoption is heard of within two seconds
FRESH = 2.0
_seen: dict[str, tuple[float, frozenset[str]]] = {}
_notices: dict[str, tuple[float, tuple[law.KeptNotice, ...]]] = {}
SETTLING = frozenset({"law.adopted", "law.notice-loaded"})
"""Entries after which the law answers differently."""


def adopted_provisions() -> frozenset[str] | None:
    """Ids of adopted provisions; None in a sandbox, where everything counts as adopted and is marked 待核实."""
    if not home().exists:
        return frozenset()
    if home().sandbox:
        return None
    place = str(home().root)
    seen = _seen.get(place)
    if seen is not None and time.monotonic() - seen[0] < FRESH:
        return seen[1]
    try:
        rows = Event.objects.filter(kind="law.adopted").order_by("first_leaf")
        found = frozenset(json.loads(bytes(row.body))["provision"] for row in rows)
    except DatabaseError:
        return frozenset()
    _seen.clear()
    _seen[place] = (time.monotonic(), found)
    return found


def loaded_notices() -> tuple[law.KeptNotice, ...]:
    """The holiday notices of this home, in the order of the ledger; none without a home or a database."""
    if not home().exists:
        return ()
    place = str(home().root)
    seen = _notices.get(place)
    if seen is not None and time.monotonic() - seen[0] < FRESH:
        return seen[1]
    try:
        rows = list(Event.objects.filter(kind="law.notice-loaded").order_by("first_leaf"))
    except DatabaseError:
        return ()
    found = tuple(_notice(row) for row in rows)
    _notices.clear()
    _notices[place] = (time.monotonic(), found)
    return found


def _notice(row: Event) -> law.KeptNotice:
    from xinheng.evidence.append import instant_of

    body = json.loads(bytes(row.body))
    return law.KeptNotice(body["detail"]["notice"], body["actor"], instant_of(row.instant), body["pack"])


def keep_notice(data: Mapping[str, Any], pack: law.Pack, actor: str, at: datetime) -> None:
    """One entry that holds the whole notice and names the pack with it, which is kept in the same transaction."""
    from xinheng.evidence.append import Act, event

    act = Act(
        kind="law.notice-loaded",
        actor=actor,
        at=at,
        provision=pack.notices[int(data["year"])],
        pack=pack.digest,
        detail={"notice": dict(data)},
    )
    with event(act):
        law.remember(pack)


def forget() -> None:
    """After such an entry in this process: the next question reads the ledger again."""
    _seen.clear()
    _notices.clear()


_naming: dict[str, Callable[[], Iterable[str]]] = {}


def register_packs(room: str, named: Callable[[], Iterable[str]]) -> None:
    """A room whose rows name packs (bound by an entry, or waiting to be) says which: those too were used."""
    _naming[room] = named


def findings() -> Iterator[Finding]:
    """Packs of law named by ledger entries must be kept, and be what they were; a kept one must have been used."""
    from xinheng.evidence.verification import Finding

    for digest in law.damaged():
        yield Finding("pack-damaged", f"规则包 {digest[:12]}… 的留存内容与其摘要不符")
    named, beside = set(), set()
    for body in Event.objects.values_list("body", flat=True).iterator():
        told = json.loads(bytes(body))
        named.add(told["pack"])
        beside.update(told["detail"].get("packs", ()))
    for room in _naming.values():
        beside.update(room())
    for digest in sorted(named - {""} - law.kept()):
        yield Finding("pack-missing", f"账本提到的规则包 {digest[:12]}… 没有留存")
    for digest in sorted(law.kept() - named - beside):
        yield Finding("pack-unnamed", f"留存的规则包 {digest[:12]}… 没有任何账本条目提到")
