"""Followers of the ledger: each has a cursor; draining is safe to repeat and to interrupt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from xinheng.evidence import reading
from xinheng.evidence.append import MAX_ROWS
from xinheng.evidence.models import Cursor
from xinheng.home import alone, home

# Takes the next entries in ledger order and the instant of the run; must tolerate seeing them twice
Follow = Callable[[Sequence[reading.Entry], datetime], None]
BATCH = 50


@dataclass(frozen=True)
class Follower:
    """A reader of the ledger that keeps something derived up to date."""

    name: str
    follow: Follow
    kinds: tuple[str, ...] = ()


_followers: dict[str, Follower] = {}


def register_follower(name: str, follow: Follow, *, kinds: Sequence[str] = ()) -> None:
    """Adds a follower; `kinds` are prefixes of the event kinds it wants (none: all)."""
    _followers[name] = Follower(name, follow, tuple(kinds))


def drain(*, at: datetime, wait: bool = True) -> bool:
    """Lets every follower read to the end, then publishes a checkpoint. False when another process is at it."""
    from xinheng.evidence import tiles

    with alone(home().root / "drain.lock", wait=wait) as mine:
        if not mine:
            return False
        for follower in _followers.values():
            _catch_up(follower, at)
        tiles.publish()
    return True


def names() -> set[str]:
    """All registered followers."""
    return set(_followers)


def lag() -> dict[str, int]:
    """For each follower, how many leaves it has not seen yet."""
    size = reading.size()
    seen = dict(Cursor.objects.values_list("follower", "position"))
    return {name: size - seen.get(name, 0) for name in _followers}


def reset(name: str) -> None:
    """Sends a follower back to the beginning; what it keeps must be emptied by its own room."""
    Cursor.objects.filter(follower=name).delete()


def _catch_up(follower: Follower, at: datetime) -> None:
    while True:
        cursor = Cursor.objects.filter(follower=follower.name).first()
        position = cursor.position if cursor else 0
        entries = _together(reading.events(after=position, limit=BATCH))
        if not entries:
            return
        wanted = [entry for entry in entries if not follower.kinds or entry.kind.startswith(follower.kinds)]
        with transaction.atomic():
            if wanted:
                follower.follow(wanted, at)
            Cursor.objects.update_or_create(
                follower=follower.name, defaults={"position": entries[-1].position, "leaf": entries[-1].leaf}
            )


def _together(entries: list[reading.Entry]) -> list[reading.Entry]:
    """As many entries as one transaction may follow: what a follower writes grows with the rows it reads."""
    rows = 0
    for number, entry in enumerate(entries):
        told = entry.body["detail"].get("rows")
        rows += entry.leaves + (told if isinstance(told, int) else 0)
        if number and rows > MAX_ROWS // 2:
            return entries[:number]
    return entries
