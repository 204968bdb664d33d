"""Batches: what came in, how far it got, how it was answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Batch(models.Model):
    """One file from one source for one item. While open it moves with every chunk; once done it rests.

    Every change happens inside a ledger event whose body carries the digest of the row as it then stands.
    """

    number = models.CharField(max_length=32, primary_key=True)
    file_digest = models.CharField(max_length=64)
    item = models.CharField(max_length=64)
    source = models.CharField(max_length=18)
    state = models.CharField(max_length=8, help_text="open | done")
    received_on = models.DateField()
    done_slices = models.IntegerField(
        default=0, help_text="write slices finished; a resumed run goes on after them"
    )
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    refused_personal = models.BigIntegerField(default=0)
    on_time = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)
    undated = models.BigIntegerField(default=0)
    receipt = models.TextField(default="", help_text="the receipt as first given, JSON; empty while open")
    last_event = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file_digest", "item", "source"], name="intake_batch_once")
        ]
        indexes: ClassVar = [models.Index(fields=["source", "received_on"], name="intake_batch_source")]


class ColumnMapping(models.Model):
    """Which column of a source's files is which field. Closed by the next one for the same source and item.

    `mapping` is JSON: header (masked) → field code, "" to ignore.
    Bound by the digest in the event `intake.mapped` (the column `closed_by` apart).
    """

    id = RowId(primary_key=True)
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    mapping = models.TextField()
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "item"], name="intake_mapping_source")]


class Mending(models.Model):
    """Says that a batch mends rows of an earlier one. Bound by the digest in the event `intake.mends`."""

    id = RowId(primary_key=True)
    batch = models.CharField(max_length=32, unique=True)
    mends = models.CharField(max_length=32)
    rows = models.TextField(
        help_text="JSON: the rows of the earlier batch, in the order of the rows of this one"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["mends"], name="intake_mending_mends")]


class NilReturn(models.Model):
    """A unit's word that it decided nothing on an item in a month. Bound by the digest in the event `intake.nil`."""

    id = RowId(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    period = models.CharField(max_length=7, help_text="YYYY-MM")
    said_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "item", "period"], name="intake_nil_once")
        ]


class Progress(models.Model):
    """How far an open batch is, for a page that shows it. States nothing: gone when the batch is done."""

    batch = models.CharField(max_length=32, primary_key=True)
    done = models.BigIntegerField(default=0)
    estimate = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0, help_text="instant of the last sign of life, µs since 1970 UTC")
