"""What is kept of checks. A check is written once, durably, before its answer leaves; sealed into the ledger in batches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.checks.models_feedback import Feedback as Feedback
from xinheng.checks.models_feedback import Result as Result
from xinheng.checks.models_requests import *  # noqa: F403
from xinheng.evidence.fields import RowId


class Check(models.Model):
    """One recorded check, or a refused one. Holds no content of a statement: `said` names statements by number only.

    `said` is the payload without what statements say, as compressed JSON; `digest` that of the payload as it was
    answered. `salt` keeps the row's leaf from being guessed. Rows are never changed.
    """

    id = RowId(primary_key=True)
    at = models.BigIntegerField(help_text="microseconds since 1970, UTC")
    asked_on = models.DateField()
    outcome = models.CharField(max_length=8)
    uscc = models.CharField(max_length=18)
    matter = models.CharField(max_length=96)
    use = models.CharField(max_length=48)
    scope = models.CharField(max_length=8)
    purpose = models.CharField(max_length=200)
    case_number = models.CharField(max_length=100)
    door = models.CharField(max_length=8)
    asker = models.CharField(max_length=64)
    role = models.CharField(max_length=16)
    body = models.CharField(max_length=18)
    sector = models.CharField(max_length=48)
    batch = models.BigIntegerField(help_text="number of the first check of its batch; 0 for one by itself")
    pack = models.CharField(max_length=64)
    position = models.BigIntegerField()
    valid_until = models.DateField(null=True)
    deferred_until = models.DateField(null=True)
    hints = models.SmallIntegerField(help_text="how many hints of kind 应当 wait for feedback")
    digest = models.BinaryField()
    said = models.BinaryField()
    salt = models.BinaryField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["body", "id"], name="checks_check_body"),
            models.Index(
                fields=["uscc", "id"], condition=models.Q(scope="shared"), name="checks_check_subject"
            ),
            models.Index(fields=["batch"], condition=~models.Q(batch=0), name="checks_check_batch"),
        ]


class Hint(models.Model):
    """A hint of kind 应当 of a non-public check: it waits for feedback until `due`. Bound with its check."""

    id = RowId(primary_key=True, help_text="number of the check times 1,000, plus the ordinal")
    check_id = models.BigIntegerField()
    ordinal = models.SmallIntegerField()
    measure = models.CharField(max_length=64)
    statement_id = models.BigIntegerField()
    strength = models.CharField(max_length=8)
    due = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_id", "ordinal"], name="checks_hint_of_check")
        ]


class Block(models.Model):
    """Numbers given to one thread of one process, which uses them in order; `sealed` is the last one sealed.

    Blocks follow each other without a gap from 1. A number not used when its process ended is never used again.
    """

    first = RowId(primary_key=True)
    size = models.IntegerField()
    sealed = models.BigIntegerField()


class Counter(models.Model):
    """The first number no block has yet. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    next = models.BigIntegerField(default=1)


class Seal(models.Model):
    """Checks `first` … `last` of one block, bound by the event in the id: how many there are, and their Merkle root."""

    id = RowId(primary_key=True)
    block = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.IntegerField()
    root = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["first"], name="checks_seal_first")]


class Release(models.Model):
    """A deferred check shown to its organisation before its day. Bound by the event in the id."""

    id = RowId(primary_key=True)
    check_id = models.BigIntegerField(unique=True)
    on = models.DateField()
