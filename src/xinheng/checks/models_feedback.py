"""What departments report back about the hints they were given. Rows are written once and bound by the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId

__all__ = ["Feedback", "Result"]


class Feedback(models.Model):
    """What a department did about one hint, and why. A later version takes the place of an earlier one.

    Only lawful erasure ever empties `reason`, `document` and `salt`.
    """

    id = RowId(primary_key=True)
    check_id = models.BigIntegerField()
    ordinal = models.IntegerField(help_text="which hint of the check")
    version = models.IntegerField(help_text="1 is the first answer; more are corrections")
    outcome = models.CharField(max_length=12, help_text="applied | not-applied")
    reason = models.CharField(max_length=500)
    document = models.CharField(max_length=128, help_text="number of the department's own decision")
    body = models.CharField(max_length=18)
    answered_on = models.DateField()
    actor = models.CharField(max_length=80)
    salt = models.CharField(max_length=32, help_text="of the words; gone with them")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_id", "ordinal", "version"], name="checks_feedback_once")
        ]
        indexes: ClassVar = [models.Index(fields=["body", "answered_on"], name="checks_feedback_body")]


class Result(models.Model):
    """Whether what was reported is told to the public: the newest row of a feedback counts. The gate still decides
    whether the organisation may be named."""

    id = RowId(primary_key=True)
    feedback_id = models.BigIntegerField()
    state = models.CharField(max_length=12, help_text="published | withdrawn")
    reason = models.CharField(max_length=200)
    done_on = models.DateField()
    actor = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["feedback_id", "id"], name="checks_result_newest")]
