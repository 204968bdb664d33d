"""Counts of what is public, and of who is registered. Derived: emptied and filled again at every refresh."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Refresh(models.Model):
    """Of which moment the numbers are. One row; `digest` is that of all numbers."""

    id = models.SmallIntegerField(primary_key=True)
    day = models.DateField(help_text="the day whose gate was asked")
    cut_off = models.DateField(help_text="what was known at the end of this day is counted")
    known_at = models.BigIntegerField(help_text="the ledger position of the cut-off")
    position = models.BigIntegerField(help_text="the ledger position when the numbers were taken")
    instant = models.BigIntegerField(help_text="microseconds since 1970 UTC")
    took = models.IntegerField(help_text="milliseconds of work: the next refresh waits accordingly")
    digest = models.CharField(max_length=64)


class Cell(models.Model):
    """How many public entries. `cube` says which of the columns after it are told apart; the others are empty."""

    id = models.BigIntegerField(primary_key=True)
    cube = models.CharField(max_length=12)
    item = models.CharField(max_length=64)
    month = models.CharField(max_length=7, help_text="YYYY-MM of the decision")
    authority = models.CharField(max_length=18)
    region = models.CharField(max_length=6, help_text="of the organisation: a county of the pack, or empty")
    kind = models.CharField(max_length=32, help_text="of the organisation")
    severity = models.CharField(max_length=16)
    n = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["cube", "item", "month"], name="statistics_cell_cube")]


class Body(models.Model):
    """How many organisations are registered: by kind, county, whether active, year of foundation."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=32)
    region = models.CharField(max_length=6)
    active = models.BooleanField()
    founded = models.CharField(max_length=4)
    n = models.BigIntegerField()


class Delivery(models.Model):
    """The last file of one source for one item that was answered whole. Follows the ledger."""

    id = models.CharField(max_length=96, primary_key=True, help_text="source and item")
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    batch = models.CharField(max_length=32)
    received_on = models.DateField()
    rows = models.BigIntegerField()
    taken = models.BigIntegerField(help_text="rows accepted or updated")
    late = models.BigIntegerField(help_text="of those with a deadline, how many came after it")
