"""Which documents there should be. The follower, the rebuild and the verification all ask here."""

from __future__ import annotations

from collections.abc import Sequence

from xinheng.register import service as register
from xinheng.search import subjects
from xinheng.search.ranking import document_id, key_of
from xinheng.search.store import Row

NAME_LENGTH = 200


def wanted(codes: Sequence[str]) -> list[Row]:
    """The documents of these codes: names of the register, or names told of codes it does not know."""
    rows: list[Row] = []
    known = register.searchable(codes)
    for source, code, name, current, active, region in known.iter_rows():
        if key := key_of(name):
            place = document_id(
                current=current, active=active, length=len(key), source=source, registered=True
            )
            rows.append((place, code, name, key, _division(region)))
    strangers = sorted(set(codes) - set(known["code"]))
    for source, code, name in subjects.told(strangers):
        shown = register.display_name(code=code, name=name, region=code[2:8])[:NAME_LENGTH]
        if key := key_of(shown):
            place = document_id(current=True, active=True, length=len(key), source=source, registered=False)
            rows.append((place, code, shown, key, _division(code[2:8])))
    return rows


def _division(region: str) -> str:
    """Six digits, or "" where the register has a text that names no division."""
    return region if len(region) == 6 and region.isascii() and region.isdigit() else ""
