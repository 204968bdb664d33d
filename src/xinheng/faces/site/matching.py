"""Which part of a name a query matched, for marking it. Pure."""

from __future__ import annotations

import re
import unicodedata

_CODE_LIKE = re.compile(r"[0-9A-Za-z\s()（）-]{6,}")


def matched_span(name: str, asked: str) -> tuple[int, int] | None:
    """The characters of `name` that equal the query under search's folding: width, case, spaces. None if none do."""
    folded, places = _folded(name)
    wanted, _ = _folded(asked)
    at = folded.find(wanted) if wanted else -1
    if at < 0:
        return None
    return places[at], places[at + len(wanted) - 1] + 1


def is_code_like(asked: str) -> bool:
    """Whether somebody typed a code or a number rather than a name."""
    return bool(_CODE_LIKE.fullmatch(asked)) and any(c.isdigit() for c in asked)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as search compares it, and for each of its characters the place it came from."""
    kept: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for one in unicodedata.normalize("NFKC", char).casefold():
            if not one.isspace():
                kept.append(one)
                places.append(place)
    return "".join(kept), places
