"""Which reports were issued. The files themselves are not kept: what was shown is provable from the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Report(models.Model):
    """One issued report. The id carries its event; `serial` is its place in the status list.

    Gap policy: serials are given inside the transaction that records the report, so there are no gaps.
    """

    id = RowId(primary_key=True)
    serial = models.BigIntegerField(unique=True)
    number = models.CharField(max_length=24, unique=True)
    uscc = models.CharField(max_length=18)
    audience = models.CharField(max_length=16)
    valid_on = models.DateField()
    known_position = models.BigIntegerField(
        help_text="what was known: the size of the tree the answer rests on"
    )
    issued_on = models.DateField()
    seen_position = models.BigIntegerField(
        help_text="the size of the tree when it was issued: later changes supersede"
    )
    file_digest = models.CharField(max_length=64)
    withdrawn_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["uscc"], name="reports_report_uscc")]


class State(models.Model):
    """How an issued report stands: derived by the follower `reports`, rebuilt at any time (`statuslist_keeping`).

    `state`: 0 current, 1 disputed, 2 superseded, 3 withdrawn. `ends_on`: the last day on which everything it shows is still
    shown; from the next day on it is superseded though nothing was written.
    """

    serial = RowId(primary_key=True)
    state = models.SmallIntegerField()
    ends_on = models.DateField(null=True)
