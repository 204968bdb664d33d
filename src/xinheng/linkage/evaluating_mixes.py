"""Which sets make up a whole, and how much each counts. A set weighs its share, however many rows it has.

`intake` is what departments and published lists send where the code is missing or damaged: half of the names are
right, one line in six means an organisation that is not in the register. `scans` are copies of bad pictures only.
`all` counts every set alike, half of the weight on organisations that are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

__all__ = ["MIXES", "share_of"]

MIXES: dict[str, dict[str, float]] = {
    "intake": {
        "as registered": 22, "another hand": 20, "traditional": 1,
        "region dropped": 2, "mark of the place": 4, "province added": 3, "county for city": 1, "form dropped": 1,
        "form swapped": 3, "trade dropped": 1, "brackets moved": 1,
        "scan light": 5, "scan medium": 3, "scan bad": 2, "typed light": 5, "typed medium": 2, "typed bad": 1,
        "former name": 2, "former name, scan light": 1, "stock short name": 0.5, "full name of a short one": 0.5,
        "code masked": 0.5, "code one wrong": 0.5, "code organisation part": 1, "code masked, scan bad": 0.3,
        "code one wrong, scan bad": 0.3, "code organisation part, scan bad": 0.4, "old number, scan medium": 1,
        "not there: any": 8, "not there: same brand, other region": 1.5, "not there: same brand, other trade": 0.7,
        "not there: one character apart": 0.7, "not there: same but form": 0.3,
        "not there: branch, parent is there": 1, "not there: branch, sister is there": 1,
        "not there: parent, branch is there": 0.7, "not there: any, scan light": 0.7,
        "not there: any, scan medium": 0.4, "not there: near one, scan light": 0.3,
        "not there: near one, scan medium": 0.2, "not there: near one, typed light": 0.3,
        "not there: region invented": 0.2, "not there: university": 0.5,
    },
    "scans": {
        "scan light": 25, "scan medium": 25, "scan bad": 30,
        "not there: any, scan light": 4, "not there: any, scan medium": 4, "not there: any, scan bad": 4,
        "not there: near one, scan light": 3, "not there: near one, scan medium": 3, "not there: near one, scan bad": 2,
    },
    "lists": {
        "list, name only": 20, "list, code as given": 20, "list, code damaged": 10, "list, scan medium": 10,
        "list, scan medium, code damaged": 10, "not there: list, *": 10,
    },
    "all": {"not there: *": 1.0, "*": 1.0},
}  # fmt: skip


def share_of(mix: Mapping[str, float], name: str) -> float:
    """What a set weighs in a mix: by its name, else by the first pattern it fits, else nothing."""
    if name in mix:
        return mix[name]
    return next((share for pattern, share in mix.items() if fnmatchcase(name, pattern)), 0.0)
