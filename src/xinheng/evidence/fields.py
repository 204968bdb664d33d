"""The column type of row ids."""

from __future__ import annotations

from typing import Any

from django.db import models


class RowId(models.BigIntegerField):
    """A 64-bit id given by us. SQLite makes only a column typed `integer` its own row number; `bigint` would cost
    a second tree and a second look-up for every row.
    """

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)
