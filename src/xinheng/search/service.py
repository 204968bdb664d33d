"""The door of the search: find organisations; rebuild and check the index."""

from __future__ import annotations

from xinheng.search.entries import EntryFilters, EntryPage, entries, entry_filters
from xinheng.search.errors import NoSuchPage
from xinheng.search.finding import Hit, Page, find
from xinheng.search.following import follow, rebuild
from xinheng.search.ranking import key_of
from xinheng.search.verification import findings

__all__ = [
    "EntryFilters",
    "EntryPage",
    "Hit",
    "NoSuchPage",
    "Page",
    "entries",
    "entry_filters",
    "find",
    "findings",
    "follow",
    "key_of",
    "rebuild",
]
