"""The index of names. All of it is derived: it finds candidates, and every face asks the gate about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Document(models.Model):
    """One name under which one organisation can be found.

    The id *is* the order of display (see `ranking.document_id`), so the first twenty rows that match are the
    answer. Beside this table SQLite has an FTS5 table of bigrams, search_gram, under the same ids; PostgreSQL
    has a column of bigrams with a GIN index. Neither counts, neither scores.
    """

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=18)
    name = models.CharField(
        max_length=200, help_text="as it may be shown; never a name that is only a person's"
    )
    key = models.CharField(max_length=400, help_text="letters and digits of the name, folded")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["code", "id"], name="search_document_code"),
            models.Index(fields=["key", "id"], name="search_document_key"),
        ]
