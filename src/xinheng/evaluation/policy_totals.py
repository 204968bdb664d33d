"""What of a table of counts may be published: no cell that is about a few, none that is about nearly all, no sum that undoes it.

Whoever knows the register knows how many organisations there are, exactly, and who they are. So it is not enough to leave out
the small cells: with the others and the whole at hand they could be worked out. Where one is left out, others go with it
until every content of the small ones is possible; and what is told is cut down to tens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 30
"""Of fewer organisations nothing is told: the same as areas need for an index (packs/national/indices.yaml)."""
FLOOR = 10
"""The least a cell may count; the step, too, to which counts are cut down."""
SMALL, ONE_SIDED = "small", "one-sided"


@dataclass(frozen=True)
class Cell:
    """One count: `n` cut down to tens, or None; `few` where it is below the floor, and not only left out beside one."""

    n: int | None
    few: bool = False


@dataclass(frozen=True)
class Told:
    """The whole and its cells as they may be published, `whole` cut down to tens; `withheld` says why there are none."""

    whole: int | None
    cells: tuple[Cell, ...]
    withheld: str = ""


def told(counts: Sequence[int]) -> Told:
    """What may be told of these counts.

    For whoever knows their exact sum and even the exact counts of the cells told, each cell below the floor may still be
    anything from 0 to the floor less one, whatever the others below it are.
    """
    whole = sum(counts)
    if whole < LEAST:
        return Told(None, (), SMALL)
    hidden = _hidden(counts)
    if len(hidden) == len(counts):
        return Told(_cut(whole), (), ONE_SIDED)
    return Told(
        _cut(whole),
        tuple(Cell(None, n < FLOOR) if place in hidden else Cell(_cut(n)) for place, n in enumerate(counts)),
    )


def _hidden(counts: Sequence[int]) -> set[int]:
    """The cells left out: those below the floor, and with them the smallest others until their sum gives nothing away."""
    by_size = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    few = [place for place in by_size if counts[place] < FLOOR]
    if not few:
        return set()
    for beside in range(1, len(by_size) - len(few) + 1):
        hidden = by_size[: len(few) + beside]
        if sum(counts[place] for place in hidden) >= FLOOR * beside + (FLOOR - 1) * len(few):
            return set(hidden)
    return set(by_size)


def _cut(n: int) -> int:
    return n - n % FLOOR
