"""Indices of places and sectors: values of closed months, bound by the ledger, and of the running one, derived."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Value(models.Model):
    """One value of one area in one month."""

    id = models.BigIntegerField(primary_key=True)
    public = models.BooleanField(help_text="counted through the gate, of public entries alone")
    axis = models.CharField(max_length=8, help_text="place, county or sector")
    month = models.CharField(max_length=7, help_text="YYYY-MM")
    area = models.CharField(
        max_length=6, help_text="division code, or section letter; empty: the place, or unknown"
    )
    part = models.CharField(max_length=32, help_text="code of a part; empty: the index")
    n = models.BigIntegerField(help_text="what was counted; of an index: organisations")
    base = models.BigIntegerField(help_text="out of how many")
    micro = models.BigIntegerField(help_text="the value in millionths of its unit; -1: none")

    class Meta:
        abstract = True


class IndexFigure(Value):
    """A value of a closed month. The id carries the event that closed it."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["public", "axis", "month"], name="evaluation_indexfigure_axis")
        ]


class IndexRunning(Value):
    """A value of the month that has not ended. Derived: replaced at every round."""


class IndexRefresh(models.Model):
    """Of which moment the running values are. One row; `digest` is that of all of them."""

    id = models.SmallIntegerField(primary_key=True)
    day = models.DateField()
    month = models.CharField(max_length=7)
    pack = models.CharField(max_length=64, help_text="digest of the pack whose parts were counted")
    position = models.BigIntegerField(help_text="ledger position of the facts")
    digest = models.CharField(max_length=64)


__all__ = ["IndexFigure", "IndexRefresh", "IndexRunning"]
