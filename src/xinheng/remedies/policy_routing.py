"""Who answers for an entry: the body itself, or the one that took its duties over. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Heir:
    """A body that took duties over, by the pack: its code ("" where not verified), name, and since when."""

    body: str
    name: str
    since: date


@dataclass(frozen=True, slots=True)
class Route:
    """To whom a case goes, and why. `moved`: not the body on the document itself."""

    body: str
    why: str
    moved: bool


def route(*, authority: str, name: str, recorded: Mapping[str, str], heir: Heir | None) -> Route:
    """The body a decision of `authority` is routed to.

    A succession on record in the register goes before one of the pack's; a successor whose code is not verified gets
    nothing: the case stays with the code on the document, and says so.
    """
    if authority in recorded:
        return Route(recorded[authority], f"{name or authority}的职权已由承接单位承接（登记记载）", True)
    if heir is None:
        return Route(authority, "作出决定的单位", False)
    if not heir.body:
        return Route(authority, f"职权由{heir.name}承接，但其代码未经核对，请信用办人工改派", False)
    return Route(
        heir.body, f"{name or authority}已于 {heir.since} 由{heir.name}承接职权", heir.body != authority
    )
