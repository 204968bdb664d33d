"""Tables of the room. Rows are written once, each bound by the ledger entry it came with (`keeping`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class RepairNotice(models.Model):
    """A repair notice (修复告知书) made at decision time, from the authority's own values.

    `matching` recognises the entry when it is taken in (authority, document number, code). `content` and `salt` may be
    emptied by lawful erasure; `commitment`, which the ledger binds in their place, stays.
    """

    id = RowId(primary_key=True)
    number = models.CharField(max_length=80)
    body = models.CharField(max_length=18)
    year = models.IntegerField()
    serial = models.IntegerField()
    matching = models.BigIntegerField()
    token = models.CharField(
        max_length=80, help_text="what the form sent: a second click finds the first notice"
    )
    made_on = models.DateField()
    actor = models.CharField(max_length=80)
    content = models.TextField()
    salt = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "year", "serial"], name="remedies_notice_serial"),
            models.UniqueConstraint(fields=["body", "token"], name="remedies_notice_token"),
        ]
        indexes: ClassVar = [models.Index(fields=["matching"], name="remedies_notice_matching")]


class Service(models.Model):
    """When and how a repair notice reached its subject: of a notice made here (`notice`), or of an entry's own."""

    id = RowId(primary_key=True)
    notice = models.CharField(max_length=80)
    statement_id = models.BigIntegerField(help_text="0 where the entry is not taken in yet")
    served_on = models.DateField()
    manner = models.CharField(max_length=16)
    actor = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["notice"], name="remedies_service_notice"),
            models.Index(fields=["statement_id"], name="remedies_service_statement"),
        ]


class Message(models.Model):
    """What passed between this platform and 信用中国 about a repair case, once each.

    kind: pushed (came in as a case) | refused (came in and was turned back) | result (what was told back) |
    acknowledged (they confirmed the result).
    """

    id = RowId(primary_key=True)
    outside = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    number = models.CharField(max_length=80, help_text="our case, '' where none was opened")
    outcome = models.CharField(max_length=24)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outside", "kind", "outcome"], name="remedies_message_once")
        ]
