"""What a department said (statements) and how it stands (standing). Statements are written once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Statement(models.Model):
    """One thing a department said about one organisation. Only lawful erasure ever changes a row.

    The id carries the event it was written in. `public`, `shared` and `restricted` are values in schema order; `salts`
    holds their three random 32-byte salts; `leaf` commits to all three. Every other column is derived from the parts.
    """

    id = RowId(primary_key=True)
    item = models.CharField(max_length=64)
    uscc = models.CharField(max_length=18)
    authority = models.CharField(max_length=18)
    decided_on = models.DateField(null=True)
    key = models.BigIntegerField(help_text="what makes two rows the same decision")
    digest = models.BigIntegerField(help_text="what makes them say the same")
    public = models.BinaryField()
    shared = models.BinaryField()
    restricted = models.BinaryField()
    salts = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["uscc", "key"], name="records_statement_subject")]


class Standing(models.Model):
    """How a statement stands, on both axes: valid from–to, and known from (the event in the id) to `closed_by`.

    Rows are closed, never overwritten. `show_until` is the last day shown.
    """

    id = RowId(primary_key=True)
    statement_id = models.BigIntegerField()
    state = models.CharField(max_length=16)
    severity = models.CharField(max_length=16)
    show_from = models.DateField(null=True)
    show_until = models.DateField(null=True)
    repair_from = models.DateField(null=True, help_text="first day on which repair may be asked for")
    rule = models.CharField(max_length=96)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["statement_id"], name="records_standing_statement")]


class Mark(models.Model):
    """What is said beside a standing: disputed since, false material, temporarily suppressed, corrected.

    Valid from `since` to `until` (the first day without it), known from the event in the id to `closed_by`. Holds no
    content of the statement.
    """

    id = RowId(primary_key=True)
    statement_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    field = models.CharField(max_length=64, help_text="field code of the item; empty for the whole row")
    since = models.DateField()
    until = models.DateField(null=True)
    matter = models.CharField(max_length=64, help_text="the number of the case it comes from, if any")
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["statement_id"], name="records_mark_statement")]


class Erasure(models.Model):
    """What stays of an erased statement: its three commitments, and a keyed mark that recognises a resend."""

    statement_id = RowId(primary_key=True)
    commitments = models.BinaryField()
    mark = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["mark"], name="records_erasure_mark")]
