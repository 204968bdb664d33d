"""The door of the sync room: each entry against the other places that show it (信用中国 prevails)."""

from __future__ import annotations

from xinheng.sync.board import At, PlaceCount, Row, Seen, board, compared, counters, late_ids, rows_of
from xinheng.sync.comparing import Compared, check, compare, comparisons
from xinheng.sync.errors import ListUnreadable, NoSuchEntry, OnlySimulated, UnknownPlace
from xinheng.sync.policy_places import PLACES, PREVAILS
from xinheng.sync.simulating import shown_by, simulate
from xinheng.sync.tickets import Swept, report_unsynced, sweep

__all__ = [
    "PLACES",
    "PREVAILS",
    "At",
    "Compared",
    "ListUnreadable",
    "NoSuchEntry",
    "OnlySimulated",
    "PlaceCount",
    "Row",
    "Seen",
    "Swept",
    "UnknownPlace",
    "board",
    "check",
    "compare",
    "compared",
    "comparisons",
    "counters",
    "late_ids",
    "report_unsynced",
    "rows_of",
    "shown_by",
    "simulate",
    "sweep",
]
