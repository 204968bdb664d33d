"""Why a model does not count an entry that stands: it has another class, is of another kind, is too old, or none of its
business. Pure: an entry's kind and age in, a reason out."""

from __future__ import annotations

from collections.abc import Iterator

from xinheng.evaluation.explained_types import Why
from xinheng.law import service as law

CLASSES = {
    "minor": ("轻微", "minor"), "ordinary": ("一般", "ordinary"), "serious": ("严重", "serious"),
    "undetermined": ("待认定", "not determined yet"), "": ("没有定级", "without a class"),
}  # fmt: skip
_PARTS = ("severity", "sub", "grade", "sector", "side")


def looks(rules: law.EvaluationModel, what: law.What) -> bool:
    """Whether an indicator or a veto looks at such entries."""
    filters = [*(one.filter for one in rules.indicators), *(one.filter for one in rules.vetoes)]
    return any(law.matches(one, what) for one in filters)


def why(rules: law.EvaluationModel, what: law.What, months: int) -> tuple[Why, tuple[str, str]]:
    """Why no indicator counts an entry of this kind and age, with what the reason names in Chinese and English.

    Where it would count but for its age: `old`, with the months the model looks back. Where the item is used, but not
    for entries of its class (`class`) or of its kind, outcome or sector (`kind`): the part that is nearest to fitting.
    Else `item`: a veto at most looks at it.
    """
    within = [one.within_months for one in rules.indicators if law.matches(one.filter, what)]
    if within and all(0 < one <= months for one in within):
        most = str(max(within))
        return "old", (most, most)
    missed = sorted(_missed(rules, what), key=len)
    if not missed:
        return "item", ("", "")
    part = missed[0][0]
    if part == "severity":
        return "class", CLASSES.get(what.severity, (what.severity, what.severity))
    said = {"sub": what.sub, "grade": what.grade}.get(part, "") or what.sub or what.grade or what.item
    return "kind", (said, said)


def _missed(rules: law.EvaluationModel, what: law.What) -> Iterator[tuple[str, ...]]:
    """Of each clause that asks for this item the parts that do not fit, the class before the rest."""
    for clause in (clause for one in rules.indicators for clause in one.filter.clauses):
        if what.item not in clause.items:
            continue
        wanted = {
            "severity": clause.severities, "sub": clause.subs, "grade": clause.grades, "sector": clause.sectors,
            "side": (clause.side,) if clause.side else (),
        }  # fmt: skip
        parts = tuple(part for part in _PARTS if wanted[part] and getattr(what, part) not in wanted[part])
        if parts:
            yield parts
