"""Stamped requests for many checks at once: the letter, the codes, what the office did. Written once, bound by the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class BatchRequest(models.Model):
    """A unit's request under a stamped letter. `codes` are the rows asked about, separated by spaces, in their order;
    of a row without a usable code only its place is kept. They are counted in `unusable`, those about persons in `personal`."""

    id = RowId(primary_key=True)
    number = models.CharField(max_length=20)
    body = models.CharField(max_length=18)
    role = models.CharField(max_length=12, help_text="as what the unit asks")
    matter = models.CharField(max_length=64)
    scope = models.CharField(max_length=8)
    purpose = models.CharField(max_length=200)
    case_number = models.CharField(max_length=80)
    letter = models.CharField(max_length=80, help_text="number of the stamped letter")
    file = models.CharField(max_length=64, help_text="SHA-256 of the scanned letter")
    media = models.CharField(max_length=40)
    codes = models.TextField()
    asked = models.BigIntegerField()
    unusable = models.BigIntegerField()
    personal = models.BigIntegerField()
    sent_by = models.CharField(max_length=60)
    sent_on = models.DateField()

    class Meta:
        db_table = "checks_request"
        constraints: ClassVar = [models.UniqueConstraint(fields=["number"], name="checks_request_number")]
        indexes: ClassVar = [models.Index(fields=["body", "id"], name="checks_request_of")]


class BatchRequestStep(models.Model):
    """What became of a request: approved, refused, withdrawn, run (with the batch it gave). Each at most once."""

    id = RowId(primary_key=True)
    request = models.CharField(max_length=20)
    act = models.CharField(max_length=8, help_text="approve | refuse | withdraw | run")
    reason = models.CharField(max_length=200)
    batch = models.CharField(max_length=40)
    taken_by = models.CharField(max_length=60)
    taken_on = models.DateField()

    class Meta:
        db_table = "checks_requeststep"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "act"], name="checks_requeststep_once")
        ]
