"""Every pack ever used, by its digest: a decision names one, and it must stay readable."""

from __future__ import annotations

from django.db import models


class PackVersion(models.Model):
    """The canonical content of a pack with its parents (zlib), never updated or deleted."""

    digest: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True)
    code: models.CharField[str, str] = models.CharField(max_length=64)
    content: models.BinaryField[bytes, bytes] = models.BinaryField()

    class Meta:
        db_table = "law_pack_version"
