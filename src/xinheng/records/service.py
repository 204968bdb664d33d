"""The door of the records room."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from xinheng.records.derivation import (
    PUBLIC_HEADER,
    SHARED_HEADER,
    decode,
    derived,
    digest_of,
    item_of,
    key_of,
)
from xinheng.records.erasure import erase, is_erased, register_cleaner
from xinheng.records.marking import (
    CORRECTED,
    DISPUTED,
    FALSE_MATERIAL,
    SUPPRESSED,
    Mark,
    beside,
    inherit,
    mark,
    marks,
    unmark,
)
from xinheng.records.reading import PARTS, Parts, as_date, find, statements
from xinheng.records.rebuilding import rebuild_standing
from xinheng.records.relations import newest, newest_versions, older_versions, stand_now, standing_versions
from xinheng.records.relations_changes import (
    Ended,
    MarkSpell,
    ended,
    last_changed,
    last_days,
    mark_spells,
    touched,
)
from xinheng.records.relations_facts import disputed, fact_rows, restood_in, statements_about
from xinheng.records.severity import Waiting, class_confirmed, classify, undetermined
from xinheng.records.touching import register_touched
from xinheng.records.writing import open_standing, restand, write

__all__ = [
    "CORRECTED",
    "DISPUTED",
    "FALSE_MATERIAL",
    "PARTS",
    "PUBLIC_HEADER",
    "SHARED_HEADER",
    "SUPPRESSED",
    "Ended",
    "Mark",
    "MarkSpell",
    "Parts",
    "Waiting",
    "as_date",
    "beside",
    "class_confirmed",
    "classify",
    "corrected",
    "decode",
    "derived",
    "digest_of",
    "disputed",
    "ended",
    "erase",
    "fact_rows",
    "find",
    "inherit",
    "is_erased",
    "item_of",
    "key_of",
    "last_changed",
    "last_days",
    "mark",
    "mark_spells",
    "marks",
    "newest",
    "newest_versions",
    "older_versions",
    "open_standing",
    "rebuild_standing",
    "register_cleaner",
    "register_touched",
    "restand",
    "restood_in",
    "stand_now",
    "standing_versions",
    "statements",
    "statements_about",
    "touched",
    "undetermined",
    "unmark",
    "write",
]


def corrected(statement_ids: Sequence[int]) -> set[int]:
    """Of these statements, the ones that took the place of an earlier version of the same decision."""
    if not statement_ids:
        return set()
    marks = ", ".join(str(int(value)) for value in statement_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT s.id FROM records_statement s JOIN records_statement o"
            f" ON o.uscc = s.uscc AND o.key = s.key AND o.id < s.id WHERE s.id IN ({marks})"
        )
        return {row[0] for row in cursor.fetchall()}
