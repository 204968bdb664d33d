"""The door of the register: load files of organisations, look organisations up, check what is stored."""

from __future__ import annotations

from xinheng.register.errors import ColumnsMissing, FileUnreadable
from xinheng.register.loading import LoadResult, Problem, load
from xinheng.register.lookup import (
    NameSpell,
    Organisation,
    codes_after,
    codes_of_events,
    get,
    is_source,
    named,
    names_frame,
    registered,
    searchable,
    unregistered,
)
from xinheng.register.policy_display import display_name, name_is_personal
from xinheng.register.policy_kinds import is_active, is_individual, kind_of
from xinheng.register.regions import place_name, region_name
from xinheng.register.verification import findings, rebuild_names

__all__ = [
    "ColumnsMissing",
    "FileUnreadable",
    "LoadResult",
    "NameSpell",
    "Organisation",
    "Problem",
    "codes_after",
    "codes_of_events",
    "display_name",
    "findings",
    "get",
    "is_active",
    "is_individual",
    "is_source",
    "kind_of",
    "load",
    "name_is_personal",
    "named",
    "names_frame",
    "place_name",
    "rebuild_names",
    "region_name",
    "registered",
    "searchable",
    "unregistered",
]
