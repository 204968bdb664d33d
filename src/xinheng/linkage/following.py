"""Keeping the index of names up to date: note whose names an event touched. Safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from xinheng.evidence import service as evidence
from xinheng.linkage import index
from xinheng.register import service as register

KINDS = ("register.",)


def follow(news: Sequence[evidence.Entry], at: datetime) -> None:
    """Follower of the ledger: what was registered or renamed is looked at again before the next question."""
    made = index.made_at()
    index.tell(sorted(register.codes_of_events([entry.id for entry in news if entry.position > made])))


_told: dict[Path, int] = {}


def catch_up() -> None:
    """Notes what the ledger says of the register beyond where the follower stands: who decides by an answer does not
    wait for the followers."""
    place = index.folder()
    seen = evidence.size() - evidence.lag().get("linkage", 0)
    news = evidence.events(after=max(seen, _told.get(place, 0), index.made_at()))
    if not news:
        return
    index.tell(sorted(register.codes_of_events([entry.id for entry in news if entry.kind.startswith(KINDS)])))
    _told[place] = news[-1].position
