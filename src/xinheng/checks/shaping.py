"""From a stored statement to what a check says of it: a few cells of its parts, by places worked out once a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from xinheng.law import service as law
from xinheng.records import service as records

_HEADER = {"public": 4, "shared": 4}
Parts = tuple[list[str], list[str]]
Place = tuple[int, int]  # part (0 public, 1 shared), place in it


class Shape(NamedTuple):
    """Where in the parts of a statement of one item and version the things a check says are."""

    item: str
    item_name: str
    adverse: bool
    titles: tuple[Place, ...]
    kind: Place | None
    who: Place | None
    document: Place | None
    law: Place | None
    subject: Place | None


def shape_of(item: str, version: str, *, shares: bool) -> Shape:
    """The shape of an item in a version, for an audience that may (`shares`) or may not see the shared part."""
    known = records.item_of(item, version)
    places = _places(known, shares)
    card = known.card
    titles = tuple(places[code] for code in (card.title, card.what, card.kind) if code in places)
    listed = bool(card.kind) and known.by_code[card.kind].choices_from == "lists"
    return Shape(
        known.code, known.name, known.adverse, titles, places.get(card.kind) if listed else None,
        places.get(card.who), places.get(card.document), places.get(card.law), places.get(known.subject_name),
    )  # fmt: skip


def parts_of(public: str, shared: str | None) -> Parts:
    """The cells of a stored statement, part by part."""
    return public.split("\x1f"), shared.split("\x1f") if shared else []


def content_of(shape: Shape, parts: Parts) -> dict[str, str]:
    """What a check says of a statement that only the statement knows: title, authority, document, law, kind of list."""
    title = shape.item_name
    for part, place in shape.titles:
        if text := parts[part][place]:
            title = text
            break
    return {
        "authority_name": _cell(parts, shape.who), "document": _cell(parts, shape.document),
        "law": _cell(parts, shape.law), "list_kind": _cell(parts, shape.kind), "title": title,
    }  # fmt: skip


def list_kind_of(shape: Shape, parts: Parts) -> str:
    """The kind of list an entry is in; empty for what is no list entry."""
    return _cell(parts, shape.kind)


def subject_of(shape: Shape, parts: Parts) -> str:
    """What the statement calls its organisation: for one that is not on the register."""
    return _cell(parts, shape.subject)


def version_of(parts: Parts) -> str:
    """The version of the item a stored statement was written with."""
    return parts[0][2]


CONTENT = ("authority_name", "document", "law", "title")
"""What evidence of a check does not keep: it belongs to the statement and goes with it."""


def _places(item: law.Item, shares: bool) -> Mapping[str, Place]:
    found: dict[str, Place] = {}
    for part, scope in enumerate(("public", "shared") if shares else ("public",)):
        codes = [field.code for field in item.fields if field.scope == scope]
        found.update({code: (part, _HEADER[scope] + place) for place, code in enumerate(codes)})
    return found


def _cell(parts: Parts, place: Place | None) -> str:
    if place is None:
        return ""
    text: str = parts[place[0]][place[1]]
    return text
