"""Reading at the rate of machines: statements whose text never changes, prepared once for each connection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def quick_rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement with `%s` for values.

    Django's own cursors put the values into the text, which PostgreSQL then plans anew each time: half of its work. Values
    come as the driver gives them: days are text on SQLite.
    """
    base = connections[DEFAULT_DB_ALIAS]
    base.ensure_connection()
    raw = base.connection
    with base.wrap_database_errors:
        if base.vendor == "sqlite":
            return raw.execute(_with_question_marks(sql), params).fetchall()  # type: ignore[no-any-return]
        import psycopg

        if raw.prepare_threshold is None:
            raw.prepare_threshold = 2
        with psycopg.Cursor(raw) as cursor:
            return cursor.execute(sql, params, prepare=True).fetchall()


@lru_cache(maxsize=512)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?")
