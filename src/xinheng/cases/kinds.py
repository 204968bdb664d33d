"""The kind of a case, from the pack it was opened under; the calendar is always today's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from xinheng.law import service as law


def pack_of(digest: str) -> law.Pack:
    """The pack of a digest, with what the office adopted and the calendar known now. Raises `UnknownDigest`."""
    active = law.active()
    return active if digest == active.digest else _under(digest, active)


@lru_cache(maxsize=32)
def _under(digest: str, active: law.Pack) -> law.Pack:
    old = law.by_digest(digest)
    adopted = old.adopted | active.adopted
    return replace(old.with_adopted(adopted), calendar=active.calendar, notices=active.notices)


def kind_of(*, digest: str, code: str, on: date) -> Any:
    """The kind a case was opened under: its pack, the version in force on the day it was opened. Raises `NoBasis`,
    `UnknownCode`."""
    return _kind(pack_of(digest), code, on)


@lru_cache(maxsize=4_096)
def _kind(pack: law.Pack, code: str, on: date) -> Any:
    return law.case_kind(pack=pack, code=code, on=on)


class Shelf:
    """Packs and kinds for many cases at once: the home is asked for its pack once."""

    def __init__(self) -> None:
        self.active = law.active()
        self._packs: dict[str, law.Pack] = {self.active.digest: self.active}

    def pack(self, digest: str) -> law.Pack:
        """The pack of a digest with today's calendar. Raises `UnknownDigest`."""
        if digest not in self._packs:
            self._packs[digest] = _under(digest, self.active)
        return self._packs[digest]

    def kind(self, row: Mapping[str, Any]) -> Any:
        """The kind of a case, from its columns pack, kind and opened_on."""
        return _kind(self.pack(row["pack"]), row["kind"], row["opened_on"])


def clock_of(*, pack: law.Pack, kind: Any, state: str, sector: str, on: date) -> str:
    """The provision a state's clock runs by in a sector, "" for none."""
    return law.case_clock(pack=pack, kind=kind, state=state, sector=sector, on=on)


@lru_cache(maxsize=4_096)
def barred(pack: law.Pack, kind: Any, item: str, sector: str, on: date) -> tuple[tuple[str, str], ...]:
    """Steps the law does not allow on entries of an item in a sector: (code, why)."""
    told = (
        (step.code, law.step_refusal(pack=pack, step=step, item=item, sector=sector, on=on))
        for step in kind.steps
    )
    return tuple((code, why) for code, why in told if why)


def forget() -> None:
    """Drops what is kept in memory."""
    _under.cache_clear()
    _kind.cache_clear()
    barred.cache_clear()
