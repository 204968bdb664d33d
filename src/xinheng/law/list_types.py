"""Kinds of list: what puts an organisation on one, how long it stays, how it leaves. Typed and immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinheng.kernel.periods import Period
from xinheng.law.basis_types import Citation, Source

ExitKind = Literal["removal", "correction", "revocation", "expiry"]
EXITS: tuple[ExitKind, ...] = ("removal", "correction", "revocation", "expiry")


@dataclass(frozen=True, slots=True)
class Stay:
    """A period on a kind of list, counted from the day of listing: the longest stay, or the one before an early exit."""

    period: Period
    source: Source


@dataclass(frozen=True, slots=True)
class ListTrigger:
    """What puts an organisation on a kind of list: the conduct or penalty, and the provision."""

    code: str
    zh: str
    en: str
    source: Source


@dataclass(frozen=True, slots=True)
class ListExit:
    """A way off a list: removal (early, on application), correction, revocation of the decision, or expiry; the document it needs ("" for
    expiry), and its basis."""

    kind: ExitKind
    zh: str
    en: str
    document: str
    document_en: str
    source: Source


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list with its basis: the sector whose authorities decide, what puts an organisation on it, the longest
    stay, and `early`: how long before an early exit may be asked for; None where no rule was found.

    `item` is the catalogue item its entries come in as; `warning` days before the stay ends the organisation is told;
    `subjects` the kinds of organisation it may hold; `listing_case`: whether authorities here may run the listing as a case."""

    code: str
    name: str
    name_en: str
    basis: tuple[Citation, ...]
    source: Source
    authority: str = ""
    stay: Stay | None = None
    early: Stay | None = None
    item: str = ""
    triggers: tuple[ListTrigger, ...] = ()
    exits: tuple[ListExit, ...] = ()
    warning: int = 0
    warning_source: Source | None = None
    listing_case: bool = False
    subjects: tuple[str, ...] = ()

    def exit(self, kind: str) -> ListExit | None:
        """The exit of a kind; None where the list has none such."""
        return next((one for one in self.exits if one.kind == kind), None)
