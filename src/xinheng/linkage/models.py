"""Doubtful rows, what people said about them, what stands, and which row was linked to whom.

Rows are written once. What names somebody is bound by a salted commitment (`bound`), everything else by a digest in the
ledger: erasing a row's content breaks no proof, and what is left tells nobody who was asked about.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId

OPEN = ("waiting", "second", "third")


class Pending(models.Model):
    """A row whose organisation is doubtful. `state` moves by acts of the ledger, everything else stays."""

    id = RowId(primary_key=True)
    batch = models.CharField(max_length=32)
    row = models.BigIntegerField()
    item = models.CharField(max_length=64)
    source = models.CharField(max_length=18)
    key = models.TextField(help_text="under which equal questions are one: folded name | cleaned code")
    name = models.TextField(help_text="as the row has it")
    code = models.TextField(help_text="as the row has it")
    candidates = models.TextField(help_text="JSON: [code, name, current, confidence], best first")
    reason = models.TextField(help_text="why the comparison did not decide")
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)
    state = models.CharField(max_length=8, help_text="waiting | second | third | same | none")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="linkage_pending_state"),
            models.Index(fields=["key"], name="linkage_pending_key"),
            models.Index(fields=["source", "id"], name="linkage_pending_source"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "row"], condition=models.Q(state__in=OPEN), name="linkage_pending_once"
            )
        ]


class Opinion(models.Model):
    """One person's word on a doubtful row and one organisation. Closed when it was taken back."""

    id = RowId(primary_key=True)
    pending = models.BigIntegerField()
    actor = models.CharField(max_length=60)
    verdict = models.CharField(max_length=9, help_text="same | different | unsure")
    code = models.CharField(max_length=18, help_text="empty: of no organisation in the register")
    why = models.TextField()
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pending"], name="linkage_opinion_pending")]


class Verdict(models.Model):
    """What stands of an asked key and an organisation, settled on one row and good for all that ask the same."""

    id = RowId(primary_key=True)
    pending = models.BigIntegerField()
    verdict = models.CharField(max_length=9, help_text="same | different | unsure")
    key = models.TextField()
    code = models.CharField(max_length=18)
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pending"], name="linkage_verdict_pending")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "code"],
                condition=models.Q(closed_by__isnull=True) & ~models.Q(key=""),
                name="linkage_verdict_once",
            )
        ]


class Link(models.Model):
    """A row without a right code of its own, the organisation it went to, and on what ground. Closed when undone."""

    id = RowId(primary_key=True)
    batch = models.CharField(max_length=32)
    row = models.BigIntegerField()
    item = models.CharField(max_length=64)
    source = models.CharField(max_length=18)
    how = models.CharField(max_length=9, help_text="automatic | judged")
    confidence = models.IntegerField(help_text="basis points of probability")
    key = models.TextField()
    name = models.TextField()
    asked_code = models.TextField()
    uscc = models.CharField(max_length=18)
    reason = models.TextField()
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["uscc", "id"], name="linkage_link_uscc"),
            models.Index(fields=["key"], name="linkage_link_key"),
            models.Index(fields=["batch", "row"], name="linkage_link_row"),
        ]


class Review(models.Model):
    """Whether two people judge each doubtful name without seeing each other. The last row counts."""

    id = RowId(primary_key=True)
    blind = models.BooleanField()
