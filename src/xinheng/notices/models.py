"""What an organisation was told. Rows are written once; how a letter stands follows from its attempts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from xinheng.evidence.fields import RowId


class Notice(models.Model):
    """One notice to one organisation. A notice of an entry names the statement only: whose it is, the statement says,
    so that erasing the statement leaves nothing here. A notice of a case names the organisation.

    `about_on` is the day it speaks of; `facts` (JSON) holds codes and days, never what anybody wrote.
    """

    id = RowId(primary_key=True)
    statement_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=16)
    uscc = models.CharField(max_length=18, help_text="empty for a notice of an entry")
    case = models.CharField(max_length=64, help_text="number of the case; empty for a notice of an entry")
    step = models.BigIntegerField(help_text="which step or move of the case")
    about_on = models.DateField(null=True)
    template = models.CharField(max_length=16, help_text="version of the words it was made with")
    facts = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement_id", "kind"],
                condition=Q(statement_id__isnull=False),
                name="notices_entry_once",
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "step"], condition=~Q(case=""), name="notices_step_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["uscc", "id"], condition=~Q(uscc=""), name="notices_notice_of")
        ]


class Delivery(models.Model):
    """A notice on its way to one account by e-mail. The address is asked for when it is sent and kept nowhere here.

    `state`, `attempts` and `next_at` follow from the rows of Attempt.
    """

    id = RowId(primary_key=True)
    notice_id = models.BigIntegerField()
    account = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, help_text="queued | sending | sent | failed | given-up")
    attempts = models.BigIntegerField()
    next_at = models.BigIntegerField(help_text="microseconds since 1970; 0: at once")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice_id", "account"], name="notices_delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "next_at"], condition=Q(state__in=("queued", "failed", "sending")),
                name="notices_delivery_waiting",
            ),
            models.Index(fields=["id"], condition=Q(state="given-up"), name="notices_delivery_given_up"),
        ]  # fmt: skip


class Attempt(models.Model):
    """What became of a letter: claimed before it is sent, then sent, failed (tried again from `next_at`), given up."""

    id = RowId(primary_key=True)
    delivery_id = models.BigIntegerField()
    outcome = models.CharField(max_length=8, help_text="sending | sent | failed | given-up")
    reason = models.CharField(max_length=32, help_text="a code: refused-550, timeout, no-address, over …")
    next_at = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["delivery_id", "id"], name="notices_attempt_of")]


class Opened(models.Model):
    """The organisation opened a notice in its inbox, once."""

    id = RowId(primary_key=True)
    notice_id = models.BigIntegerField(unique=True)
    account = models.CharField(max_length=40)
