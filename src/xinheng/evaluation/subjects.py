"""Who is a subject of a model: active organisations of its kinds, in its industries, with a fact it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from xinheng.law import service as law
from xinheng.law.service import EvaluationModel, What

if TYPE_CHECKING:
    import ibis.expr.types as ir

ENTERPRISE = "enterprise"
PREFIXES = {
    ENTERPRISE: ("91",), "cooperative": ("93",), "collective": ("N1", "N2", "N3"), "social": ("51", "52", "53"),
    "institution": ("12",), "government": ("11",),
}  # fmt: skip
INDIVIDUAL = "92"
"""Individual businesses are a subject of no model; facts hold none, and a row that came some other way is left out here."""


def prefixes(model: EvaluationModel) -> tuple[str, ...]:
    """First characters of the codes of a model's kinds of organisation."""
    return tuple(prefix for kind in model.subjects for prefix in PREFIXES.get(kind, ()))


def is_of_kind(model: EvaluationModel, *, kind: str, industry: str, active: bool) -> bool:
    """Whether one organisation is a subject as far as its registration tells (`holding` is asked of its facts)."""
    if not active or kind == INDIVIDUAL:
        return False
    if kind not in prefixes(model) and not ("other" in model.subjects and kind not in _named()):
        return False
    return not model.industries or kind not in PREFIXES[ENTERPRISE] or industry in model.industries


def subjects(
    orgs: ir.Table, facts: ir.Table, model: EvaluationModel, whats: Sequence[What], on: date, scope: str = ""
) -> ir.Table:
    """Those of `orgs` the model evaluates (`scope`: of one county), as an expression for any engine."""
    from xinheng.facts.service import counting

    named = orgs.kind.isin(prefixes(model))
    if "other" in model.subjects:
        named = named | ~orgs.kind.isin(_named())
    found = orgs.filter(orgs.active, orgs.kind != INDIVIDUAL, named)
    if model.industries:
        found = found.filter(~found.kind.isin(PREFIXES[ENTERPRISE]) | found.industry.isin(model.industries))
    if scope:
        found = found.filter(found.county == scope)
    if model.holding is not None:
        wanted = [one.id for one in whats if law.matches(model.holding, one)]
        holding = counting(facts, on)
        holding = holding.filter(holding.what.isin(wanted)) if wanted else holding.filter(holding.what < 0)
        found = found.semi_join(holding, "org")
    return found


def _named() -> list[str]:
    return [INDIVIDUAL, *(prefix for known in PREFIXES.values() for prefix in known)]


__all__ = ["INDIVIDUAL", "PREFIXES", "is_of_kind", "prefixes", "subjects"]
