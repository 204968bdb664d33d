"""The door of the facts room: what is counted and evaluated, as narrow integers, kept current from the ledger.

Nothing here decides anything, and nothing here knows what it is counted for.
"""

from __future__ import annotations

from xinheng.facts.counting import (
    DayNumbers,
    Rests,
    as_date,
    counting,
    counts,
    day_number,
    day_numbers,
    decided,
    first_day_within,
    month_number,
    months,
    months_between,
    why_not,
)
from xinheng.facts.errors import FactsDamaged, FactsUnsettled
from xinheng.facts.following import open_facts, rebuild, refresh, told
from xinheng.facts.relations import first_day, orgs_relation, relation
from xinheng.facts.schema import ENDED, HELD, NEVER, REPAIRED, month_of
from xinheng.facts.then import as_known, of_one
from xinheng.facts.types import Facts, OneFacts, Told

__all__ = [
    "ENDED", "HELD", "NEVER", "REPAIRED", "DayNumbers", "Facts", "FactsDamaged", "FactsUnsettled", "OneFacts", "Rests",
    "Told", "as_date", "as_known", "counting", "counts", "day_number", "day_numbers", "decided", "first_day", "first_day_within",
    "month_number", "month_of", "months", "months_between", "of_one", "open_facts", "orgs_relation", "rebuild", "refresh", "relation",
    "told", "why_not",
]  # fmt: skip
