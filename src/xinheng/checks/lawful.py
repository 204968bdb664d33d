"""What the law says about a check, asked once for each distinct combination of facts.

A `Frame` is everything about a check that does not depend on the organisation: the use, what counts, what is forbidden.
Answers of the law are kept for the same pack, day and facts only, so an adoption or a new pack is followed at once.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson

from xinheng.checks.errors import MatterUnknown
from xinheng.kernel import periods
from xinheng.law import service as law

KEPT = 256
"""Frames kept in a process: a matter, a scope, a role, a sector and a day each."""
FRESH = 1.0
"""Seconds for which the active pack is not asked for again; adoptions reach other processes within two seconds anyway."""
AUDIENCE = {"public": "public", "shared": "authority"}
Facts = tuple[str, str, str, str, bool, date | None]
"""Of one entry: item, kind of list, class, state, disputed, and its day where a ground counts from it."""

_pack: tuple[str, float, law.Pack] | None = None
_frames: dict[tuple[Any, ...], Frame] = {}


def encode(value: Any) -> str:
    """Canonical JSON: keys in order, no spaces, characters as they are. The same text in every release: digests stand on it."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(eq=False)
class Frame:
    """A matter on a day for askers of one sector: asked of the law once, used for every organisation."""

    pack: law.Pack
    use: law.Use
    matter: str
    matter_name: str
    sector: str
    scope: str
    on: date
    audience: str
    items: tuple[str, ...]
    forbids: list[dict[str, Any]]
    forbids_text: str
    dated: bool
    unless: frozenset[str]
    deferred_until: date | None
    why_deferred: str
    counted: dict[Facts, bool] = field(default_factory=dict)
    hinted: dict[tuple[str, Facts, frozenset[str]], list[law.Hint]] = field(default_factory=dict)
    shapes: dict[tuple[str, str], Any] = field(default_factory=dict)

    def counts(self, facts: Facts) -> bool:
        """Whether an entry with these facts counts for this matter."""
        known = self.counted.get(facts)
        if known is None:
            known = self.counted[facts] = law.counts(pack=self.pack, use=self.use, entry=_facts(0, facts))
        return known

    def hints(self, kind: str, facts: Facts, spoilers: frozenset[str]) -> list[law.Hint]:
        """What the law lets or bids do about an organisation of this kind because of an entry with these facts.

        `spoilers` are the items of `unless` of which the organisation has an entry: they keep incentives away.
        """
        key = (kind, facts, spoilers)
        known = self.hinted.get(key)
        if known is None:
            if len(self.hinted) > 65_536:
                self.hinted.clear()
            beside = ((item, "", "", "held", False, None) for item in sorted(spoilers))
            found = law.hints(
                pack=self.pack, use=self.use, matter=self.matter, sector=self.sector, subject_kind=kind,
                entries=tuple(_facts(place, one) for place, one in enumerate((facts, *beside))), on=self.on,
            )  # fmt: skip
            known = self.hinted[key] = [one for one in found if one.entry == 0 and not one.refused]
        return known


def active() -> law.Pack:
    """The pack of this home; asked for at most once a second."""
    global _pack
    place, now = os.environ.get("XINHENG_HOME", ""), time.monotonic()
    if _pack is None or _pack[0] != place or now - _pack[1] > FRESH:
        _pack = place, now, law.active()
    return _pack[2]


def forget() -> None:
    """Asks the law anew: for tests and after an adoption in this process."""
    global _pack
    _pack = None
    _frames.clear()


def frame(*, matter: str, sector: str, scope: str, on: date) -> Frame:
    """What holds for every check of a matter on a day. Raises `MatterUnknown`."""
    pack = active()
    key = (id(pack), matter, sector, scope, on)
    found = _frames.get(key)
    if found is None or found.pack is not pack:
        if len(_frames) >= KEPT:
            _frames.clear()
        found = _frames[key] = _made(pack, matter, sector, scope, on)
    return found


def _made(pack: law.Pack, code: str, sector: str, scope: str, on: date) -> Frame:
    known = law.matter(pack=pack, code=code)
    if known is None:
        raise MatterUnknown(
            f"事项目录里没有「{code[:64]}」。请在 /catalogue/ 或用 GET /api/v1/matters 查事项代码。"
        )
    try:
        use = law.use_of(pack=pack, matter=code)
    except law.UnknownCode as error:
        raise MatterUnknown(error.message) from None
    deferred = _deferred(use, on) if scope == "shared" and use.deferred is not None else None
    grounds = _grounds(pack, use)
    forbids = [
        {
            "code": one.code,
            "says": one.zh,
            "says_en": one.en,
            "citation": one.citation,
            "confidence": one.confidence,
        }
        for one in use.forbids
    ]
    return Frame(
        pack=pack, use=use, matter=code, matter_name=known.name, sector=sector, scope=scope, on=on,
        audience=AUDIENCE[scope],
        items=_items(pack, use, grounds),
        forbids=forbids, forbids_text=encode(forbids),
        dated=any(isinstance(ground.until, periods.Period) for ground in grounds),
        unless=frozenset(item for ground in grounds for item in ground.unless),
        deferred_until=deferred, why_deferred=use.deferred.zh if use.deferred is not None and deferred else "",
    )  # fmt: skip


def _grounds(pack: law.Pack, use: law.Use) -> list[Any]:
    return [ground for one in pack.measures.values() for ground in one.grounds if use.code in ground.uses]


def _items(pack: law.Pack, use: law.Use, grounds: list[Any]) -> tuple[str, ...]:
    """What has to be looked at: what counts, and what keeps an incentive of this use from being given."""
    named = [one.item for one in use.counts] + [item for ground in grounds for item in ground.unless]
    return tuple(item for item in dict.fromkeys(named) if item in pack.items)


def _deferred(use: law.Use, on: date) -> date:
    assert use.deferred is not None
    return periods.due_date(use.deferred.at_most, on, active().calendar)


def _facts(place: int, facts: Facts) -> law.EntryFacts:
    item, list_kind, severity, state, disputed, since = facts
    return law.EntryFacts(place, item, list_kind, severity, state, disputed, None, since)  # type: ignore[arg-type]


def valid_until(frame: Frame, earliest_end: date | None) -> tuple[date, str, str]:
    """Until which day an answer may be relied on, and why, in both languages."""
    days = max(frame.use.validity, 0)
    day = frame.on + timedelta(days=days)
    if earliest_end is not None and earliest_end < day:
        return (
            earliest_end, f"有一条记录公示至 {earliest_end}，届满后答复会变",
            f"An entry is shown until {earliest_end}; the answer changes after that",
        )  # fmt: skip
    if not days:
        return day, "只在核查当日可以引用", "To be relied on today only"
    return (
        day, f"自核查之日起 {days} 日内可以引用；期间有变化的以再次核查为准",
        f"May be relied on for {days} days; check again where something may have changed",
    )  # fmt: skip
