"""When what is registered about an organisation last changed, for rooms that follow the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

_CHUNK = 500


def last_changed(codes: Sequence[str]) -> dict[str, int]:
    """For each of these codes (or old numbers) that is registered: the first leaf of the last entry that wrote about it."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(codes), _CHUNK):
            part = list(codes[start : start + _CHUNK])
            marks = ", ".join(["%s"] * len(part))
            for column, more in (("code", ""), ("old_number", " AND g.old_number <> ''")):
                cursor.execute(
                    f"SELECT g.{column}, MAX(e.first_leaf) FROM register_entry g JOIN evidence_event e ON e.id = (g.id >> 15)"
                    f" WHERE g.{column} IN ({marks}){more} GROUP BY g.{column}",
                    part,
                )
                for code, leaf in cursor.fetchall():
                    found[code] = max(leaf, found.get(code, -1))
    return found
