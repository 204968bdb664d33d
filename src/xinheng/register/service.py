"""The door of the register: load files of organisations, look organisations up, check what is stored."""

from __future__ import annotations

from xinheng.register.changes import last_changed
from xinheng.register.errors import ColumnsMissing, FileUnreadable
from xinheng.register.feeding import learn
from xinheng.register.loading import LoadResult, Problem, load
from xinheng.register.lookup import (
    NameSpell,
    Organisation,
    codes_after,
    codes_of_events,
    get,
    is_source,
    named,
    names_for_matching,
    names_frame,
    registered,
    searchable,
    unregistered,
)
from xinheng.register.policy_display import display_name, name_is_personal
from xinheng.register.policy_kinds import KINDS, is_active, is_individual, kind_of, prefixes_of
from xinheng.register.regions import place_name, region_name
from xinheng.register.relations import registered_sql, subjects
from xinheng.register.succession import succeed, successors
from xinheng.register.verification import findings, rebuild_names

__all__ = [
    "KINDS",
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
    "last_changed",
    "learn",
    "load",
    "name_is_personal",
    "named",
    "names_for_matching",
    "names_frame",
    "place_name",
    "prefixes_of",
    "rebuild_names",
    "region_name",
    "registered",
    "registered_sql",
    "searchable",
    "subjects",
    "succeed",
    "successors",
    "unregistered",
]
