"""Whose results a body may see: an authority sees those it decided something about, the office and the auditor all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

from xinheng.publication import service as publication

MOST = 1_000
AUDIENCE = "authority"


def seen_by(*, body: str | None, usccs: Sequence[str], on: date) -> frozenset[str]:
    """Of these organisations (at most 1,000), the ones a body may see results of on a day.

    `body` None is the office or the auditor, who see all; "" is a unit without a code, which sees none. An authority sees
    an organisation while an entry of its own about it is open to authorities. One query.
    """
    wanted = list(dict.fromkeys(usccs))[:MOST]
    if body is None:
        return frozenset(wanted)
    if not body or not wanted:
        return frozenset()
    gate, params = publication.visible_sql(audience=AUDIENCE, on=on)
    marks = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT v.uscc FROM ({gate}) v WHERE v.authority = %s AND v.uscc IN ({marks})",
            [*params, body, *wanted],
        )
        return frozenset(row[0] for row in cursor.fetchall())


__all__ = ["MOST", "seen_by"]
