"""What went to the upper platform and what it answered. Rows are written once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Passage(models.Model):
    """One statement on its way up. When it was sent is the instant of the event its id carries."""

    id = RowId(primary_key=True)
    statement_id = models.BigIntegerField()
    destination = models.CharField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["destination", "statement_id"], name="exchange_passage_once")
        ]


class Answer(models.Model):
    """What the upper platform said of a statement. The newest answer counts; earlier ones stay."""

    id = RowId(primary_key=True)
    statement_id = models.BigIntegerField()
    destination = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16, help_text="accepted | rejected")
    reason = models.CharField(max_length=200, help_text="the upper platform's code and words, masked")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["destination", "statement_id"], name="exchange_answer_statement")
        ]
