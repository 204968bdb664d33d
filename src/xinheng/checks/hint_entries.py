"""Which statements a hint follows from: all of them, not only the newest, which is the one its row names."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from xinheng.checks import keeping

PART = 500
Place = tuple[int, int]  # check, ordinal of the hint


def statements_of(checks: Iterable[int]) -> dict[Place, frozenset[int]]:
    """Of each hint of kind 应当 of these checks the statements it follows from."""
    wanted, found = sorted(set(checks)), {}
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, said FROM {keeping.TABLE} WHERE id IN ({marks})", part)
            rows = cursor.fetchall()
        for check, said in rows:
            for hint in keeping.unpack_said(said).get("hints", ()):
                found[(check, hint["ordinal"])] = frozenset(hint["entries"])
    return found
