"""Batches: what came in, how far it got, how it was answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


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
