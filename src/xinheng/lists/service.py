"""The door of the lists: entries received and decided here, their exits, the ratio, the internal watch list."""

from __future__ import annotations

from xinheng.lists.demo import demo_lists
from xinheng.lists.errors import (
    EndBeyond,
    EntryGone,
    FactsMissing,
    ListedAlready,
    NoEnd,
    NoPower,
    NoSuchWatch,
    NotListable,
    NotWatchable,
    TooEarly,
    UnknownList,
    Unreadable,
    WatchWrong,
)
from xinheng.lists.figures import exits, ratio
from xinheng.lists.following import rebuild
from xinheng.lists.kinds import missing
from xinheng.lists.proceedings import KIND, end_refusal, longest_end, may_open, open_listing
from xinheng.lists.reading import entries, leaving_soon, of_usccs
from xinheng.lists.sweeping import sweep
from xinheng.lists.types import EXIT_NAMES, EXITS, ListEntry, Ratio, Swept, Watched
from xinheng.lists.watching import LONGEST, unwatch, watch, watch_of, watched

__all__ = [
    "EXITS",
    "EXIT_NAMES",
    "KIND",
    "LONGEST",
    "EndBeyond",
    "EntryGone",
    "FactsMissing",
    "ListEntry",
    "ListedAlready",
    "NoEnd",
    "NoPower",
    "NoSuchWatch",
    "NotListable",
    "NotWatchable",
    "Ratio",
    "Swept",
    "TooEarly",
    "UnknownList",
    "Unreadable",
    "WatchWrong",
    "Watched",
    "demo_lists",
    "end_refusal",
    "entries",
    "exits",
    "leaving_soon",
    "longest_end",
    "may_open",
    "missing",
    "of_usccs",
    "open_listing",
    "ratio",
    "rebuild",
    "sweep",
    "unwatch",
    "watch",
    "watch_of",
    "watched",
]
