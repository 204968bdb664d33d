"""The door of the facts room: what is counted and evaluated, as narrow integers, kept current from the ledger.

Nothing here decides anything, and nothing here knows what it is counted for.
"""

from __future__ import annotations

from xinheng.facts.errors import FactsDamaged, FactsUnsettled
from xinheng.facts.following import open_facts, rebuild, refresh, told
from xinheng.facts.relations import orgs_relation, relation
from xinheng.facts.then import as_known, of_one
from xinheng.facts.types import Facts, OneFacts, Told

__all__ = [
    "Facts", "FactsDamaged", "FactsUnsettled", "OneFacts", "Told", "as_known", "of_one", "open_facts", "orgs_relation",
    "rebuild", "refresh", "relation", "told",
]  # fmt: skip
