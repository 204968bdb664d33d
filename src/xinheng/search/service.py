"""The door of the search: find organisations; rebuild and check the index."""

from __future__ import annotations

from xinheng.search.errors import NoSuchPage
from xinheng.search.finding import Hit, Page, find
from xinheng.search.following import follow, rebuild
from xinheng.search.verification import findings

__all__ = ["Hit", "NoSuchPage", "Page", "find", "findings", "follow", "rebuild"]
