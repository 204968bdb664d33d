"""What a place is made of: sectors, departments, who took over from whom, matters, what is in force. Immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.law.basis_types import Citation, Instrument, Source


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector, and the words in a legal basis or in an authority's name that mean it."""

    code: str
    name: str
    name_en: str
    part_of: str
    basis: tuple[str, ...]
    authority: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """A unit named by a pack; `uscc` is empty where the code is not verified: it is never invented.

    `code` is the pack's own and stable ("huaibei-scjg"); `region` is the division it acts for. Packs kept from before
    codes existed give "".
    """

    name: str
    name_en: str
    short: str
    sector: str
    uscc: str
    code: str = ""
    region: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """A vanished agency of the place and the department that took its duties over on a day.

    `new` is a department code; `through` names bodies that held the duties in between. `old_uscc` is "" where not
    verified.
    """

    old: str
    old_uscc: str
    new: str
    on: date
    duties: str
    duties_en: str
    source: Source
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuccessionRule:
    """What a reform did everywhere: agencies whose name ends in one of `words` handed their duties to the departments
    of a sector. Used for an agency of the place that no succession names."""

    id: str
    words: tuple[str, ...]
    sector: str
    on: date
    duties: str
    duties_en: str
    through: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Matter:
    """A licence, penalty, inspection or commitment matter of a department, with the law that creates it.

    `item` is the catalogue item its decisions are reported in ("" for none). `use` is what an organisation is looked up
    for before it is decided. A general matter has no department: any department of one of `sectors` (none named: any)
    decides it.
    """

    code: str
    name: str
    name_en: str
    item: str
    department: str
    basis: Citation | None
    source: Source
    use: str = ""
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentRule:
    """What is in force in a place now: an instrument, and the provision of the pack that carries it, if one does.

    Without an instrument the entry says what was not verified; `since` is then None.
    """

    what: str
    what_en: str
    instrument: Instrument | None
    provision: str
    since: date | None
    source: Source
