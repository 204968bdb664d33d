"""Narrowing a list with plain links: what can be chosen, what is chosen, and the address of every next step. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Choice:
    """One value of a facet. `url` leads to the list with it chosen, or without it where it is current."""

    value: str
    label: str
    current: bool
    url: str


@dataclass(frozen=True)
class Facet:
    """One way of narrowing: its name in the address, its label, its values; `without` is the list open in this way."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    without: str

    @property
    def chosen(self) -> Choice | None:
        """The value in effect; None where the facet is open."""
        return next((choice for choice in self.choices if choice.current), None)


@dataclass(frozen=True)
class Narrowing:
    """All facets of a list with what is chosen. `kept` are the parts of the address that are no facet (a query)."""

    address: str
    facets: tuple[Facet, ...]
    chosen: Mapping[str, str]
    kept: Mapping[str, str]

    @property
    def chips(self) -> tuple[tuple[Facet, Choice], ...]:
        """What is chosen, each with the address of the list without it."""
        return tuple((facet, facet.chosen) for facet in self.facets if facet.chosen is not None)

    @property
    def all_url(self) -> str:
        """The list without any narrowing."""
        return _url(self.address, self.kept)

    def more(self, after: str) -> str:
        """The address of the next page."""
        return _url(self.address, {**self.kept, **self.chosen, "after": after})

    @property
    def first_url(self) -> str:
        """The first page, narrowed as now."""
        return _url(self.address, {**self.kept, **self.chosen})


Offer = tuple[str, str, Sequence[tuple[str, str]]]


# Choosing one of these takes the others back: kinds and states belong to one item, and lists are kept by one of the two
RESETS = {"item": ("kind", "state"), "kind": ("state",), "state": ("kind",)}


def narrowing(
    address: str, offers: Sequence[Offer], asked: Mapping[str, str], *, kept: Mapping[str, str] | None = None
) -> Narrowing:
    """The facets offered (name, label, [(value, word)…]) and what was asked of them; values nobody offers are ignored."""
    known = kept or {}
    chosen = {
        name: asked[name]
        for name, _, pairs in offers
        if asked.get(name) and any(value == asked[name] for value, _ in pairs)
    }
    facets = tuple(
        Facet(
            name,
            label,
            tuple(_choice(address, known, chosen, name, value, word) for value, word in pairs),
            _url(address, {**known, **_others(chosen, name)}),
        )
        for name, label, pairs in offers
        if pairs
    )
    return Narrowing(address, facets, chosen, known)


def _choice(
    address: str, kept: Mapping[str, str], chosen: Mapping[str, str], name: str, value: str, word: str
) -> Choice:
    current = chosen.get(name) == value
    others = _others(chosen, name)
    return Choice(
        value, word, current, _url(address, {**kept, **(others if current else {**others, name: value})})
    )


def _others(chosen: Mapping[str, str], name: str) -> dict[str, str]:
    dropped = (name, *RESETS.get(name, ()))
    return {key: held for key, held in chosen.items() if key not in dropped}


def _url(address: str, query: Mapping[str, str]) -> str:
    told = {key: value for key, value in query.items() if value}
    return f"{address}?{urlencode(told)}" if told else address
