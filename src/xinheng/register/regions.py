"""Division codes and their names. A code nobody lists (development zones, historical ones) is a code all the
same."""

from __future__ import annotations

import re
from functools import cache

from xinheng.kernel.divisions import names as _names

_CODE = re.compile(r"[0-9]{6}")


@cache
def _counties_by_text() -> dict[str, str]:
    """Full writings of a county ("淮北市濉溪县") and, where only one county has it, the bare name → code."""
    found: dict[str, str] = {}
    bare: dict[str, list[str]] = {}
    for code, name in _names().items():
        if code.endswith("00"):
            continue
        city, province = _names().get(code[:4] + "00", ""), _names().get(code[:2] + "0000", "")
        found.update({province + city + name: code, city + name: code})
        bare.setdefault(name, []).append(code)
    found.update({name: codes[0] for name, codes in bare.items() if len(codes) == 1})
    return found


@cache
def _places_by_text() -> dict[str, str]:
    """Cities and provinces, with and without their last character ("南京市", "南京") → code."""
    found: dict[str, str] = {}
    for code, name in _names().items():
        if code.endswith("00"):
            province = _names().get(code[:2] + "0000", "")
            for text in (name, name[:-1], province + name):
                found.setdefault(text, code)
    return found


def region_name(region: str) -> str:
    """The name in force of a division ("濉溪县"), or the code itself where none is known."""
    return _names().get(region, region)


def place_name(region: str) -> str:
    """The nearest named division: county, else its city, else its province, else the code itself."""
    candidates = (region, region[:4] + "00", region[:2] + "0000")
    return next((_names()[code] for code in candidates if code in _names()), region)


def region_of(*, region: str, area: str, own: str) -> str:
    """The division code of an organisation, from what its row says, else from its own number.

    A six-digit code is taken as it is, known or not. A text counts where it names one county; where it names
    only a city or a province, `own` (digits 3–8 of a unified code, 1–6 of an old number) is more precise.
    """
    if len(region) in (6, 9, 12) and _CODE.fullmatch(region[:6]):
        return region[:6]
    for text in (region, area):
        if text in _counties_by_text():
            return _counties_by_text()[text]
    if _CODE.fullmatch(own):
        return own
    return next(
        (_places_by_text()[text] for text in (region, area) if text in _places_by_text()),
        (region or area)[:32],
    )
