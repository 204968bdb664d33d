"""What the facts room hands out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from xinheng.law.service import What


@dataclass(frozen=True)
class Facts:
    """A consistent snapshot: files that do not change while anyone reads them, and what their numbers stand for.

    `deltas` are facts written since the base `facts`, and `gone` the statements of the base they take the place of (or
    that are no more): the relation is base without gone, and deltas. `position` is the ledger position it stands for.
    """

    folder: Path
    orgs: tuple[Path, ...]
    facts: tuple[Path, ...]
    deltas: tuple[Path, ...]
    gone: tuple[Path, ...]
    whats: tuple[What, ...]
    authorities: tuple[str, ...]
    position: int
    organisations: int
    statements: int


@dataclass(frozen=True)
class OneFacts:
    """The facts of one organisation straight from the database, in the columns of `schema`.

    `orgs` has one row (none for a code that is no subject here) with org 0. `whats` belong to this answer: its ids are
    not those of a snapshot, its tuples are.
    """

    orgs: pl.DataFrame
    facts: pl.DataFrame
    whats: tuple[What, ...]
    authorities: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class Told:
    """What is kept, in numbers: the position facts stand for, the ledger's, rows, and bytes on disk."""

    position: int
    ledger: int
    organisations: int
    statements: int
    delta: int
    size: int
