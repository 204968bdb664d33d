"""Runs of models. Rows are written once and bound by the ledger; the results lie in a file the row names by digest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId

__all__ = ["RunRow"]


class RunRow(models.Model):
    """One evaluation of many organisations by one version of a model."""

    id = RowId(primary_key=True)
    model = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    model_digest = models.CharField(max_length=64)
    pack = models.CharField(max_length=64)
    pack_digest = models.CharField(max_length=64)
    position = models.BigIntegerField(help_text="of the ledger, for its facts")
    engine = models.CharField(max_length=16)
    run_on = models.DateField()
    known_on = models.DateField(help_text="judged by what was known on this day")
    scope = models.CharField(max_length=12, help_text="county; empty: everywhere")
    trial = models.BigIntegerField(help_text="1: made while the model was not adopted or not in force")
    organisations = models.BigIntegerField()
    statements = models.BigIntegerField()
    milliseconds = models.BigIntegerField()
    results = models.CharField(max_length=64, help_text="digest of the results, the same for every engine")
    file = models.CharField(max_length=64, help_text="SHA-256 of the file they lie in")
    distribution = models.TextField(help_text="canonical JSON: grade code to organisations")
    by = models.CharField(max_length=80)

    class Meta:
        db_table = "evaluation_run"
        indexes: ClassVar = [models.Index(fields=["model", "id"], name="evaluation_run_of")]
