"""The ledger's own tables. Events are never updated or deleted; the head and the cursors are the only rows that move."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Event(models.Model):
    """One change of state. It owns a dense range of leaves: its statements, then itself.

    `first_leaf` … `first_leaf + leaves - 1` are the statements written in it, `first_leaf + leaves` is the event.
    The *position* of an event is `first_leaf + leaves + 1`: the size of the tree once it is in.
    """

    id = RowId(primary_key=True)
    first_leaf = models.BigIntegerField(unique=True)
    leaves = models.IntegerField()
    instant = models.BigIntegerField(help_text="microseconds since 1970, UTC; never goes backwards")
    kind = models.CharField(max_length=64)
    body = models.BinaryField(help_text="canonical JSON: actor, provision, pack digest, purpose, detail")
    salt = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["instant"], name="evidence_event_instant"),
            models.Index(fields=["kind", "first_leaf"], name="evidence_event_kind"),
        ]


class Head(models.Model):
    """The one row that orders all writers; locked as the last statement before commit."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    instant = models.BigIntegerField(default=0)


class Checkpoint(models.Model):
    """A signed note over the tree at one size, as published."""

    size = RowId(primary_key=True)
    note = models.TextField()


class Cursor(models.Model):
    """How far a follower has read: the position up to which it has seen everything, and the leaf it saw last."""

    follower = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)
    leaf = models.BinaryField(default=b"")
