"""When a message that did not arrive is tried again, and when no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8),
    timedelta(hours=24),
)  # fmt: skip
"""How long after each failed try the next one comes; after the last it is given up: 7 tries in some 35 hours."""
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Next:
    """`outcome` is "failed" (tried again at `at`) or "given-up"."""

    outcome: str
    at: datetime | None


def after(*, tried: int, at: datetime, status: int = 0, asked: int = 0) -> Next:
    """What follows on the try after `tried` earlier ones failed too.

    410 is the receiver's word that it wants no more. `asked` are the seconds of a Retry-After, kept within a day.
    """
    if status == 410 or tried >= len(WAITS):
        return Next("given-up", None)
    wait = max(WAITS[tried], timedelta(seconds=max(0, asked)))
    return Next("failed", at + min(wait, LONGEST))
