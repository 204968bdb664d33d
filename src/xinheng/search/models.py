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
    region = models.CharField(
        max_length=6, default="", help_text='division code, for narrowing; "" where not known'
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["code", "id"], name="search_document_code"),
            models.Index(fields=["key", "id"], name="search_document_key"),
        ]


class Entry(models.Model):
    """A place of a published statement in the lists by department, kind and month.

    One row for the statement itself (`kind` empty) and one for each of its kinds, so that every filter is a stretch of
    an index. The id is the statement's with the number of the kind in its last four bits.
    """

    id = models.BigIntegerField(primary_key=True)
    item = models.CharField(max_length=64)
    authority = models.CharField(max_length=18)
    kind = models.CharField(max_length=64)
    decided_on = models.DateField()
    show_from = models.DateField()
    show_until = models.DateField(null=True, help_text="last day shown")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["item", "kind", "decided_on", "id"], name="search_entry_kind"),
            models.Index(
                fields=["item", "authority", "kind", "decided_on", "id"], name="search_entry_authority"
            ),
        ]
