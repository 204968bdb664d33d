"""Of which sector a unit is: what decides which matters it may ask about."""

from __future__ import annotations

from datetime import date

from xinheng.law import service as law
from xinheng.register import service as register

_known: dict[tuple[str, str, date], str] = {}
_MOST = 4_096


def sector_of_unit(*, body: str, on: date) -> str:
    """The sector of a unit by its code; "" where nothing tells.

    The pack's department of this code or of the unit's name; else the department that took over from it; else what the
    words of its name say (districts' and counties' units are not in a city's pack). Known answers are kept for the day.
    """
    pack = law.active()
    key = (pack.digest, body, on)
    if key in _known:
        return _known[key]
    found, _ = _looked_up(pack, body, on)
    if found:
        if len(_known) >= _MOST:
            _known.clear()
        _known[key] = found
    return found


def unit_in_pack(*, body: str, on: date) -> law.Department | None:
    """The department of the pack that a unit is, or that took over from it; None for a unit the pack does not name."""
    return _looked_up(law.active(), body, on)[1]


def _looked_up(pack: law.Pack, body: str, on: date) -> tuple[str, law.Department | None]:
    if not body:
        return "", None
    if (unit := law.department(pack=pack, uscc=body)) is not None:
        return unit.sector, unit
    named = _names(body)
    for name in named[1:]:
        unit = law.department(pack=pack, name=name)
        # One with another code of its own in the pack is a namesake
        if unit is not None and not unit.uscc:
            return unit.sector, unit
    for name in named:
        if (after := law.successor(pack=pack, name_or_code=name, on=on)) is not None:
            return after.department.sector, after.department
    return law.sector_of(pack=pack, authority=body, authority_name=named[-1], basis=""), None


def _names(body: str) -> list[str]:
    """The code of a unit and, where the register knows it, its name."""
    found = register.get([body]).get(body)
    return [body] if found is None else [body, found.shown_name]
