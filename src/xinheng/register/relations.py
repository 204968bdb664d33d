"""Relations for counting: what a room above may join of the register, as SQL text."""

from __future__ import annotations


def registered_sql() -> str:
    """Every organisation as registered now, once each: code, region, status, established_on.

    `region` is a division code where one is known, `established_on` a day as text; "" where not known.
    """
    return "SELECT code, region, status, established_on FROM register_entry WHERE closed_by IS NULL"
