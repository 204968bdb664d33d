"""Where entries of lists are found (derived), what rounds recorded about them, and what units watch."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Entry(models.Model):
    """Where an entry of a list is found: one row for each decision, under its newest version. Derived and rebuildable.

    It finds candidates; whether an entry may be seen is asked of the gate. `state`: held, resting (suspended), left,
    hidden (never shown). `shown_until` is the gate's last day, `ends_on` also the end of a stay the gate does not know.
    """

    id = RowId(primary_key=True)
    item = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    uscc = models.CharField(max_length=18)
    authority = models.CharField(max_length=18)
    listed_on = models.DateField()
    shown_until = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    early_on = models.DateField(null=True)
    state = models.CharField(max_length=8)
    exit = models.CharField(max_length=12)
    left_on = models.DateField(null=True)
    own_case = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "id"], name="lists_entry_kind"),
            models.Index(fields=["uscc", "id"], name="lists_entry_uscc"),
            models.Index(fields=["authority", "id"], name="lists_entry_authority"),
            models.Index(fields=["state", "ends_on", "id"], name="lists_entry_ends"),
            models.Index(fields=["left_on"], name="lists_entry_left"),
        ]


class Round(models.Model):
    """What a round recorded about an entry, once each: the warning began, it was taken back because the entry left
    first, or the stay ended. Names the statement only: whose it is, the statement says."""

    id = RowId(primary_key=True)
    statement_id = models.BigIntegerField()
    sort = models.CharField(max_length=12, help_text="warning | taken-back | expired")
    since = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement_id", "sort"], name="lists_round_once")
        ]


class Watch(models.Model):
    """An organisation a unit watches: internal, with a reason, a basis and an end. Nothing is attached to it."""

    id = RowId(primary_key=True)
    body = models.CharField(max_length=18)
    uscc = models.CharField(max_length=18)
    reason = models.TextField()
    basis = models.TextField()
    sector = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField(help_text="last day")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["body", "id"], name="lists_watch_body")]


class WatchEnd(models.Model):
    """A watch ended before its day, with the reason."""

    id = RowId(primary_key=True)
    watch_id = models.BigIntegerField(unique=True)
    ended_on = models.DateField()
    reason = models.TextField()
    by = models.CharField(max_length=80)
