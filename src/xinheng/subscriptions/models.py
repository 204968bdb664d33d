"""Tables of the room. Rows are written once and bound by the ledger; what changes in them follows from other rows.

No row names a statement: a message cannot bring back what is gone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from xinheng.evidence.fields import RowId

WAITING = ("queued", "failed", "sending")


class Subscription(models.Model):
    """A client's wish to be told. `state` follows from the rows of Turn, `next_at` from those of Attempt."""

    id = RowId(primary_key=True)
    client = models.CharField(max_length=24)
    body = models.CharField(max_length=18)
    url = models.CharField(max_length=500)
    kinds = models.CharField(max_length=120, help_text="separated by spaces")
    matter = models.CharField(max_length=64)
    scope = models.CharField(max_length=8, help_text="public | shared")
    purpose = models.CharField(max_length=200)
    state = models.CharField(max_length=8, help_text="pending | active | stopped | ended")
    next_at = models.BigIntegerField(help_text="not tried before; microseconds since 1970")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["client", "id"], name="subscriptions_of_client")]


class Interest(models.Model):
    """One organisation a subscription is about, and the digest of the answer when it began."""

    id = RowId(primary_key=True)
    subscription_id = models.BigIntegerField()
    uscc = models.CharField(max_length=18)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription_id", "uscc"], name="subscriptions_interest_once")
        ]
        indexes: ClassVar = [models.Index(fields=["uscc"], name="subscriptions_interest_in")]


class Turn(models.Model):
    """A subscription came into a state."""

    id = RowId(primary_key=True)
    subscription_id = models.BigIntegerField()
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=32)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subscription_id", "id"], name="subscriptions_turn_of")]


class Message(models.Model):
    """The `seq`-th message of a client: look again at an organisation. `digest` is that of the answer it tells of.

    `state` and `attempts` follow from the rows of Attempt.
    """

    id = RowId(primary_key=True)
    client = models.CharField(max_length=24)
    seq = models.BigIntegerField()
    subscription_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    uscc = models.CharField(max_length=18)
    position = models.BigIntegerField(help_text="known time at which it was found")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, help_text="queued | sending | delivered | failed | given-up")
    attempts = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "seq"], name="subscriptions_message_seq")
        ]
        indexes: ClassVar = [
            models.Index(fields=["subscription_id", "uscc", "id"], name="subscriptions_message_about"),
            models.Index(
                fields=["subscription_id", "seq"], condition=Q(state__in=WAITING), name="subscriptions_waiting"
            ),
            models.Index(
                fields=["subscription_id"], condition=Q(state="given-up"), name="subscriptions_given_up"
            ),
        ]  # fmt: skip


class Attempt(models.Model):
    """What became of a message: claimed before it is sent, then delivered, failed, given back, given up, or replayed."""

    id = RowId(primary_key=True)
    subscription_id = models.BigIntegerField()
    message_id = models.BigIntegerField()
    outcome = models.CharField(
        max_length=9, help_text="sending | delivered | failed | given-up | returned | replayed"
    )
    reason = models.CharField(max_length=32, help_text="a code: status-500, timeout, redirect …")
    next_at = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["message_id", "id"], name="subscriptions_attempt_of"),
            models.Index(fields=["subscription_id", "id"], name="subscriptions_attempt_sub"),
        ]


class Candidate(models.Model):
    """An organisation somebody has to look at again; gone when that was done. Derived: the daily round looks at all."""

    id = models.BigAutoField(primary_key=True)
    uscc = models.CharField(max_length=18, help_text="empty: all of them")
    kind = models.CharField(max_length=24)
    position = models.BigIntegerField()
