"""Declaring that a day has passed: by the nightly sweep for all, and by whoever acts before the sweep noticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from xinheng.cases import handlers, kinds, writing
from xinheng.cases.types import OverdueCase
from xinheng.evidence import service as evidence


def settle(event: evidence.OpenEvent, row: dict[str, Any], on: date) -> bool:
    """Declares a case overdue inside another act's event, if it is and nobody said so yet. `row` is kept true."""
    if not writing.settle_overdue(event, row, on):
        return False
    row["overdue_on"] = writing.overdue_since(row["due_on"])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET overdue_on = %s WHERE id = %s", [row["overdue_on"].isoformat(), row["id"]]
        )
    handlers.late(event, [of_row(row, kinds.Shelf())])
    return True


def of_row(row: Mapping[str, Any], shelf: kinds.Shelf) -> OverdueCase:
    """An overdue case as handlers see it."""
    desk = str(shelf.kind(row).states[row["state"]].desk)
    return OverdueCase(
        row["id"], row["number"], row["kind"], row["state"], row["statement_id"], row["uscc"], row["body"],
        row["authority"], row["due_on"], writing.overdue_since(row["due_on"]), row["clock"], desk, row["holder"],
    )  # fmt: skip
