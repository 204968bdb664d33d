"""What an office decided about its models, and the reports those decisions rest on. Rows are written once and bound."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId

__all__ = ["Adoption", "Report"]


class Adoption(models.Model):
    """One act on one version of a model; the acts of a version in order are its state. No row means: off."""

    id = RowId(primary_key=True)
    model = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, help_text="of the model as it was decided about")
    act = models.CharField(max_length=24)
    reason = models.CharField(max_length=400)
    basis = models.CharField(max_length=96, help_text="id of the provision a publication rests on")
    report_id = models.BigIntegerField(help_text="the report whoever decided had before them; 0 for none")
    by = models.CharField(max_length=80)
    done_on = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["model", "digest", "id"], name="evaluation_adoption_of")]


class Report(models.Model):
    """A report on one version of a model: counts only, nothing about a single organisation."""

    id = RowId(primary_key=True)
    model = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    made_on = models.DateField()
    position = models.BigIntegerField(help_text="of the ledger, for its facts")
    body = models.TextField(help_text="canonical JSON")
    by = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["model", "digest", "id"], name="evaluation_report_of")]
