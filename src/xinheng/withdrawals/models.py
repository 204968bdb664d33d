"""Tables of the room. They hold numbers of entries and kinds of endings, never content.

Derived, rebuilt at any time (`keeping`): Withdrawal. Bound by the ledger and never changed (`arriving`): Receipt.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Withdrawal(models.Model):
    """One entry that was public and left use: the `seq`-th of this log, in the order of the ledger, without gaps."""

    seq = RowId(primary_key=True)
    statement_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, help_text="superseded | annulled | erased | repaired | suppressed")
    event_id = models.BigIntegerField()
    first_leaf = models.BigIntegerField(help_text="the first leaf of the entry that ended it")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["statement_id"], name="withdrawals_statement"),
            models.Index(fields=["first_leaf"], name="withdrawals_first_leaf"),
        ]


class Receipt(models.Model):
    """How far a client was told (`told`) or says it has acted (`acknowledged`): everything up to `through`."""

    id = RowId(primary_key=True)
    client = models.CharField(max_length=24)
    kind = models.CharField(max_length=12)
    through = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "kind", "through"], name="withdrawals_receipt_once")
        ]
