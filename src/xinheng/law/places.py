"""Questions about a place: which department this is, and who took over what a vanished agency did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.law.types import Confidence, Department, Pack, Source


@dataclass(frozen=True, slots=True)
class Successor:
    """To whom a decision of a vanished agency is routed: the department, since when, for which duties, by what.

    `through` names the bodies that held the duties in between; `confidence` is never more than "likely" where the
    agency was found by a reform's general words and not by its own name.
    """

    department: Department
    old: str
    on: date
    duties: str
    duties_en: str
    through: tuple[str, ...]
    confidence: Confidence
    source: Source


def department(pack: Pack, *, uscc: str = "", name: str = "", code: str = "") -> Department | None:
    """The department of a place by its unified code, its full or short name, or the pack's own code."""
    for unit in pack.departments:
        if (uscc and unit.uscc == uscc) or (code and unit.code == code):
            return unit
        if name and name in (unit.name, unit.short):
            return unit
    return None


def successor(pack: Pack, name_or_code: str, on: date) -> Successor | None:
    """Who answers on a day for an agency that is gone: by its name or its old code, else by the reform that ended
    agencies of such a name in this place. None where the agency is unknown, of another place, or was still there."""
    asked = name_or_code.strip()
    if not asked:
        return None
    units = {unit.code: unit for unit in pack.departments}
    for past in pack.successions:
        if asked in (past.old, past.old_uscc) and past.new in units:
            if past.on > on:
                return None
            return Successor(
                units[past.new], past.old, past.on, past.duties, past.duties_en, past.through,
                past.source.confidence, past.source,
            )  # fmt: skip
    return _by_reform(pack, asked, on)


def _by_reform(pack: Pack, name: str, on: date) -> Successor | None:
    """The longest word counts: 食品药品监督管理局 is more than 药品监督管理局."""
    rest = _without_place(pack, name)
    if rest is None or department(pack, name=name) is not None:
        return None
    found = [(word, rule) for rule in pack.succession_rules for word in rule.words if rest == word]
    for _, rule in sorted(found, key=lambda pair: -len(pair[0])):
        unit = next((one for one in pack.departments if one.sector == rule.sector), None)
        if unit is not None and rule.on <= on:
            sure: Confidence = "unverified" if rule.source.confidence == "unverified" else "likely"
            return Successor(
                unit, name, rule.on, rule.duties, rule.duties_en, rule.through, sure, rule.source
            )
    return None


def _without_place(pack: Pack, name: str) -> str | None:
    """The name without the place before it; None where it is another place's, or says no place at all.

    市工商局 is the city's own way to write it, so 市 and 县 alone stand for the place.
    """
    own = {"province": "省", "city": "市", "county": "县"}.get(pack.level, "")
    for lead in (pack.name, pack.name[:-1], own):
        if lead and name.startswith(lead) and len(name) > len(lead):
            return name[len(lead) :]
    return None


__all__ = ["Successor", "department", "successor"]
