"""您是不是要找: organisations somebody may have meant whose name is nowhere spelled like that. Asked only when needed.

The linkage room finds them; what may be shown is decided as for every result: whoever is not in the register is left out,
names come from the register's rule for pages, and nobody is found by a name that is hidden.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from xinheng.faces.site.heads import Head, heads
from xinheng.faces.site.matching import is_code_like
from xinheng.kernel import personal
from xinheng.linkage import service as linkage
from xinheng.register import service as register
from xinheng.search import service as search_room

MOST = 5
LONG = 6  # characters from which somebody typed a name and not a fragment of one
FEW = 5  # results that are looked at together with suggestions


@dataclass(frozen=True)
class Suggestion:
    """An organisation, and the former or short name of it that comes close to what was typed, "" where its name does."""

    head: Head
    former: str = ""
    short: str = ""


def wanted(asked: str, hits: tuple[search_room.Hit, ...]) -> bool:
    """Whether what was found leaves a doubt: nothing, or for a whole name a handful without that very name."""
    if is_code_like(asked) or personal.is_person_name(asked):
        # A code leads to its holder or nowhere; and nobody is guessed at by a person's name
        return False
    key = search_room.key_of(asked)
    if len(key) < 2:
        return False
    if not hits:
        return True
    whole = len(key) >= LONG and len(hits) <= FEW
    return whole and all(search_room.key_of(hit.matched_name) != key for hit in hits)


def suggested(asked: str, hits: tuple[search_room.Hit, ...]) -> list[Suggestion]:
    """At most five organisations that may be meant, best first, none of which is among the hits."""
    if not wanted(asked, hits):
        return []
    try:
        found = linkage.suggestions(asked, limit=MOST + len(hits))
    except OSError as error:
        # The index of names is missing or on a full disk: what the search found is still worth showing
        logging.getLogger("xinheng.site").error("suggestions failed: %s", type(error).__name__)
        return []
    shown = {hit.code for hit in hits}
    near = [
        (code, name)
        for code, name in found
        if code not in shown and not register.name_is_personal(code, name)
    ]
    if not near:
        return []
    known = heads(register.get([code for code, _ in near]).values())
    return [_suggestion(known[code], name) for code, name in near if code in known][:MOST]


def _suggestion(head: Head, name: str) -> Suggestion:
    if name == head.name:
        return Suggestion(head)
    if name in head.former:
        return Suggestion(head, former=name)
    in_force = {spell.name for spell in head.names if spell.current}
    return Suggestion(head, short=name) if name in in_force else Suggestion(head)
