"""Cases, what was done in them, their clocks and papers. Rows are written once; of a case only what follows from its
steps and clocks moves (`ledger verify` derives it again)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from xinheng.evidence.fields import RowId

RUNNING = Q(closed_on__isnull=True)


class Case(models.Model):
    """A procedure about one organisation. The columns from `state` on follow from steps and clocks."""

    id = RowId(primary_key=True)
    number = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=32)
    year = models.IntegerField()
    serial = models.IntegerField()
    numbered_by = models.CharField(
        max_length=18, help_text="the body whose series the number is of; '' is the office"
    )
    statement_id = models.BigIntegerField(null=True)
    item = models.CharField(max_length=64)
    authority = models.CharField(max_length=18, help_text="who decided the entry, or its successor")
    sector = models.CharField(max_length=64)
    channel = models.CharField(max_length=16, help_text="site | workspace | counter | exchange | platform")
    pack = models.CharField(max_length=64, help_text="digest of the pack it was opened under")
    token = models.CharField(
        max_length=64, help_text="digest of account and token: a double click is one act"
    )
    opened_on = models.DateField(help_text="the day it arrived: its first clock starts then")
    uscc = models.CharField(max_length=18)
    outside = models.CharField(max_length=80)
    field = models.CharField(max_length=64)
    reason = models.TextField()
    detail = models.TextField(help_text="JSON")
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)
    body = models.CharField(max_length=18, help_text="who handles it; '' is the office")
    elsewhere = models.CharField(
        max_length=18, help_text="the authority where another body handles its case, else ''"
    )
    state = models.CharField(max_length=40)
    holder = models.CharField(max_length=18, help_text="whose turn it is: a body, office, subject or none")
    outcome = models.CharField(max_length=24)
    version = models.IntegerField()
    waiting = models.CharField(max_length=40, help_text="the step that waits for a second account")
    closed_on = models.DateField(null=True)
    clock_id = models.BigIntegerField(null=True)
    clock = models.CharField(max_length=64)
    due_on = models.DateField(help_text="9999-12-31: no day, or the clock stands still")
    provisional = models.SmallIntegerField()
    overdue_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["numbered_by", "kind", "year", "serial"], name="cases_case_serial"
            ),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="cases_case_token"),
            models.UniqueConstraint(
                fields=["kind", "outside"], condition=~Q(outside=""), name="cases_case_outside"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["body", "due_on", "id"], condition=RUNNING, name="cases_open_body"),
            models.Index(fields=["kind", "due_on", "id"], condition=RUNNING, name="cases_open_kind"),
            models.Index(fields=["due_on", "id"], condition=RUNNING, name="cases_open_due"),
            models.Index(
                fields=["elsewhere", "due_on", "id"], condition=RUNNING & ~Q(elsewhere=""), name="cases_open_elsewhere"
            ),
            models.Index(fields=["body", "due_on", "provisional", "waiting"], condition=RUNNING, name="cases_count_body"),
            models.Index(
                fields=["holder", "due_on", "provisional", "waiting"], condition=RUNNING, name="cases_count_holder"
            ),
            models.Index(fields=["uscc", "id"], name="cases_case_uscc"),
            models.Index(fields=["statement_id", "id"], name="cases_case_statement"),
            models.Index(fields=["opened_on"], name="cases_case_opened"),
            # Not over the open ones: SQLite would read them through it and not through their own
            models.Index(fields=["closed_on"], condition=~RUNNING, name="cases_case_closed"),
        ]  # fmt: skip


class Step(models.Model):
    """One thing done in a case; `seq` makes two at once impossible."""

    id = RowId(primary_key=True)
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    act = models.CharField(max_length=40)
    how = models.CharField(max_length=8, help_text="done | proposed")
    state_from = models.CharField(max_length=40)
    state_to = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=16)
    actor_body = models.CharField(max_length=18)
    body = models.CharField(max_length=18, help_text="who handles the case after it")
    taken_on = models.DateField()
    provision = models.CharField(max_length=200)
    document = models.CharField(max_length=80)
    token = models.CharField(max_length=64)
    reason = models.TextField()
    detail = models.TextField(help_text="JSON")
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id", "seq"], name="cases_step_seq"),
            models.UniqueConstraint(
                fields=["case_id", "token"], condition=~Q(token=""), name="cases_step_token"
            ),
        ]


class Clock(models.Model):
    """A stretch of a clock under one working; `closed_by` is the event that ended it."""

    id = RowId(primary_key=True)
    case_id = models.BigIntegerField()
    state = models.CharField(max_length=40)
    provision = models.CharField(max_length=64)
    extension = models.CharField(max_length=64)
    started_on = models.DateField()
    pauses = models.TextField(help_text="JSON: [first, last, why], both days included")
    paused_on = models.DateField(null=True)
    due_on = models.DateField(help_text="9999-12-31 while it stands still")
    provisional = models.SmallIntegerField()
    working = models.CharField(max_length=64, help_text="digest of the working")
    calendar = models.CharField(max_length=64, help_text="digest of the pack whose calendar was counted with")
    cause = models.CharField(
        max_length=12, help_text="started | paused | resumed | restarted | extended | moved"
    )
    moved_from = models.BigIntegerField(null=True)
    notice = models.CharField(max_length=80)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id", "id"], name="cases_clock_case"),
            models.Index(
                fields=["provision", "started_on", "id"], condition=Q(closed_by__isnull=True), name="cases_clock_open"
            ),
        ]  # fmt: skip


class Working(models.Model):
    """The working of a due day, once for all clocks that share it; named by its own digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.TextField(help_text="JSON: [date, counted, why, notice] …")


class Overdue(models.Model):
    """That a clock ran out before anybody acted: since the day after its due day, whenever it was noticed."""

    id = RowId(primary_key=True)
    case_id = models.BigIntegerField()
    clock_id = models.BigIntegerField()
    since = models.DateField()
    late = models.CharField(max_length=18, help_text="whose turn it was: a body, office or subject")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id", "since"], name="cases_overdue_once")
        ]


class Document(models.Model):
    """A numbered paper; only its content is kept, the paper is set from it whenever it is asked for."""

    id = RowId(primary_key=True)
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    number = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=32)
    body = models.CharField(max_length=18)
    year = models.IntegerField()
    serial = models.IntegerField()
    made_on = models.DateField()
    content = models.TextField(help_text="JSON")
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "kind", "year", "serial"], name="cases_document_serial")
        ]
        indexes: ClassVar = [models.Index(fields=["case_id"], name="cases_document_case")]


class Service(models.Model):
    """When and in which manner a document was served; once."""

    id = RowId(primary_key=True)
    document_id = models.BigIntegerField(unique=True)
    served_on = models.DateField()
    manner = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)


class Attachment(models.Model):
    """A file handed in with a step. The bytes lie in the home under their digest."""

    id = RowId(primary_key=True)
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    media = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    name = models.TextField()
    salt = models.CharField(max_length=32)
    bound = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="cases_attachment_case"),
            models.Index(fields=["sha256"], name="cases_attachment_file"),
        ]
