"""What has to be done once in a legal day. Each part stands alone: one that fails does not stop the others."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from typing import Any

from django.db import close_old_connections

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.kernel.errors import XinhengError

log = logging.getLogger("xinheng.nightly")
FILE = "nightly.json"
LETTERS = 500
ALL = 1 << 40
"""Letters of one round: the runner goes on with the rest between its other work."""


@dataclass(frozen=True)
class Part:
    """One part of the round: what it did, or why it could not (a code, never content)."""

    name: str
    ok: bool
    told: Any
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class Told:
    """A round: the legal day it was for, and its parts in order."""

    day: date
    parts: tuple[Part, ...]

    @property
    def ok(self) -> bool:
        return all(part.ok for part in self.parts)


def nightly(at: datetime) -> Told:
    """Does everything that is due on the legal day of `at`. Run late or twice, the result is the same.

    First what moves cases, then what tells of it. The result is left in the home for `doctor`.
    """
    told = Told(evidence.legal_day(at), tuple(_part(name, work, at) for name, work in _PARTS))
    _leave(told)
    return told


def done_on() -> date | None:
    """The legal day of the last round in which every part was done; None without one."""
    found = last()
    return found.day if found is not None and found.ok else None


def last() -> Told | None:
    """The last round as it was left in the home; None where there is none, or it cannot be read."""
    try:
        kept = json.loads((home().root / FILE).read_text(encoding="utf-8"))
        return Told(date.fromisoformat(kept["day"]), tuple(Part(**part) for part in kept["parts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def said(told: Told) -> dict[str, Any]:
    """A round as plain values, for programs."""
    return {"day": told.day.isoformat(), "ok": told.ok, "parts": [asdict(part) for part in told.parts]}


def _part(name: str, work: Callable[[datetime], Any], at: datetime) -> Part:
    started = time.perf_counter()
    try:
        told, error = _plain(work(at)), ""
    except Exception as failure:
        # Codes and types only: a message could quote a row
        told, error = None, failure.code if isinstance(failure, XinhengError) else type(failure).__name__
        log.warning("nightly part %s failed: %s", name, error)
        close_old_connections()
    return Part(name, not error, told, round(time.perf_counter() - started, 2), error)


def _reroute(at: datetime) -> Any:
    from xinheng.remedies import service as remedies

    return {"moved": len(remedies.reroute(at=at))}


def _cases(at: datetime) -> Any:
    from xinheng.cases import service as cases

    return cases.sweep(at=at)


def _lists(at: datetime) -> Any:
    from xinheng.lists import service as lists

    return lists.sweep(at=at)


def _collect(at: datetime) -> Any:
    from xinheng.notices import service as notices

    return notices.collect(at=at)


def _deliver(at: datetime) -> Any:
    from xinheng.notices import service as notices

    return notices.deliver(at=at, most=LETTERS)


def _sync(at: datetime) -> Any:
    from xinheng.sync import service as sync

    return sync.sweep(at=at)


def _subscriptions(at: datetime) -> Any:
    from xinheng.subscriptions import service as subscriptions

    return subscriptions.sweep(at=at)


def _cards(_at: datetime) -> Any:
    from xinheng.publication import service as publication

    return {"made": publication.make_cards(most=ALL)}


def _seal(at: datetime) -> Any:
    from xinheng.checks import service as checks

    return {"sealed": checks.seal(at=at)}


def _figures(at: datetime) -> Any:
    from xinheng.checks import service as checks

    return checks.keep_decisions(at=at)


def _indices(at: datetime) -> Any:
    from xinheng.evaluation import indices

    return indices.sweep(at=at)


def _mutual(at: datetime) -> Any:
    from xinheng.evaluation import mutual

    return mutual.check_mutual(at=at)


def _warnings(at: datetime) -> Any:
    from xinheng.evaluation import warning

    return warning.warn(at=at)


_PARTS: list[tuple[str, Callable[[datetime], Any]]] = [
    ("checks.seal", _seal),
    ("cases.reroute", _reroute),
    ("cases.sweep", _cases),
    ("sync.sweep", _sync),
    ("lists.sweep", _lists),
    ("subscriptions.sweep", _subscriptions),
    ("notices.collect", _collect),
    ("notices.deliver", _deliver),
    ("checks.figures", _figures),
    ("evaluation.indices", _indices),
    ("evaluation.mutual", _mutual),
    ("evaluation.warnings", _warnings),
    ("publication.cards", _cards),
]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    return json.loads(json.dumps(value, default=str, ensure_ascii=False))


def _leave(told: Told) -> None:
    file = home().root / FILE
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(said(told), ensure_ascii=False, default=str), encoding="utf-8")
    fresh.replace(file)
