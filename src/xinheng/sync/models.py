"""What other places were found to show. Rows are written once and bound by the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Comparison(models.Model):
    """One comparison with one place. `whole`: the list held everything the place shows of `item` and `authority`
    (either may be empty: all), so an entry missing in it is missing there."""

    id = RowId(primary_key=True)
    place = models.CharField(max_length=16)
    item = models.CharField(max_length=64)
    authority = models.CharField(max_length=18)
    whole = models.BigIntegerField()
    compared_on = models.DateField()
    file = models.CharField(max_length=64, help_text="SHA-256 of what was compared")
    rows = models.BigIntegerField()
    personal = models.BigIntegerField()
    unusable = models.BigIntegerField()
    unknown = models.BigIntegerField(help_text="rows whose decision this platform does not hold")
    agrees = models.BigIntegerField()
    differs = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["place", "compared_on"], name="sync_comparison_place")]


class Seen(models.Model):
    """How one place was found to show one entry. The newest row of a place and a statement counts."""

    id = RowId(primary_key=True)
    place = models.CharField(max_length=16)
    statement_id = models.BigIntegerField()
    verdict = models.CharField(
        max_length=16, help_text="agrees | missing | still-shown | ended-there | differs"
    )
    fields = models.CharField(max_length=60, help_text="what differs: names only, never values")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["place", "statement_id", "id"], name="sync_seen_newest"),
            models.Index(fields=["statement_id", "place", "id"], name="sync_seen_of"),
        ]
