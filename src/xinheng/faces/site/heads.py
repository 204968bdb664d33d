"""The head of an organisation as a page may show it. The names come from the register's own rule for pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinheng.register import service as register


@dataclass(frozen=True)
class Head:
    """Name and particulars. `masked` says that the registered name was only a person's name and is not shown."""

    code: str
    name: str
    masked: bool
    kind: str
    status: str
    active: bool
    region: str
    industry: str
    established: str
    former: tuple[str, ...]
    names: tuple[register.NameSpell, ...]
    old_number: str


def head(organisation: register.Organisation) -> Head:
    """The public particulars of one organisation. The legal representative is not among them in this version."""
    name = organisation.shown_name
    return Head(
        code=organisation.code,
        name=name,
        masked=name != organisation.name,
        kind=organisation.kind,
        status=organisation.status,
        active=organisation.active,
        region=organisation.region_name,
        industry=organisation.industry,
        established=organisation.established_on,
        former=organisation.former_names,
        names=organisation.names,
        old_number=organisation.old_number,
    )


def heads(organisations: Iterable[register.Organisation]) -> dict[str, Head]:
    """Heads by code."""
    return {organisation.code: head(organisation) for organisation in organisations}
