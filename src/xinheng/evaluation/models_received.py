"""Received results that contradict each other, and how each finding ended. Rows are written once and bound.

They name statements only: whose they are, and what they say, the statement tells through the gate. So nothing has to be
cleared here when one is erased.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId

__all__ = ["Mutual", "MutualEnd"]


class Mutual(models.Model):
    """Two results that may not stand beside each other, reported to the authority of the second one."""

    id = RowId(primary_key=True)
    rule = models.CharField(max_length=64)
    first_id = models.BigIntegerField(help_text="statement of the result the rule starts from")
    second_id = models.BigIntegerField(help_text="statement of the result it speaks against")
    authority = models.CharField(max_length=18, help_text="of the second; empty where the source named none")
    found_on = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "id"], name="evaluation_mutual_of")]


class MutualEnd(models.Model):
    """A finding is over: the authority answered (`kept`, `changed`), or the two results stand together no more (`gone`)."""

    id = RowId(primary_key=True)
    mutual_id = models.BigIntegerField(unique=True)
    outcome = models.CharField(max_length=8)
    ended_on = models.DateField()
    by = models.CharField(max_length=80)
