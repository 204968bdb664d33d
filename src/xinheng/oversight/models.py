"""The quality mirror's tables.

Derived, rebuilt from the kept copies at any time (`counting`): Delivery, Cell, Cause, Returned, Run.
Bound by the ledger and never changed (`keeping`): Finding, Bulletin, Order, and Step, which says how each went on.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from xinheng.evidence.fields import RowId


class Delivery(models.Model):
    """A finished batch as counted: who sent it, for which item, when."""

    batch = models.CharField(max_length=32, primary_key=True)
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    received_on = models.DateField()
    rows = models.BigIntegerField()
    personal = models.BigIntegerField(help_text="rows about persons: refused, not kept, in no rate")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["source", "item", "received_on"], name="oversight_delivery_of")
        ]


class Cell(models.Model):
    """How many rows of a batch had one answer. `first`: the first row that speaks of its decision."""

    batch = models.CharField(max_length=32)
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    received_on = models.DateField()
    month = models.CharField(max_length=7)
    outcome = models.CharField(max_length=16)
    first = models.BooleanField()
    timeliness = models.CharField(max_length=8)
    rows = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["received_on", "source", "item"], name="oversight_cell_day"),
            models.Index(fields=["batch"], name="oversight_cell_batch"),
        ]


class Cause(models.Model):
    """How many rows of a batch broke one rule in one field."""

    batch = models.CharField(max_length=32)
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    received_on = models.DateField()
    code = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    rows = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["source", "item", "received_on"], name="oversight_cause_of"),
            models.Index(fields=["batch"], name="oversight_cause_batch"),
        ]


class Returned(models.Model):
    """A row that was sent back or set aside, and the row that later brought the same decision in.

    The party is kept as two numbers (short hashes of code and name): enough to recognise it again.
    """

    batch = models.CharField(max_length=32)
    row = models.BigIntegerField()
    source = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    received_on = models.DateField()
    outcome = models.CharField(max_length=16)
    doc = models.CharField(max_length=400)
    party_code = models.BigIntegerField()
    party_name = models.BigIntegerField()
    again = models.BooleanField(help_text="the decision had been sent before")
    settled_batch = models.CharField(max_length=32, default="")
    settled_row = models.BigIntegerField(null=True)
    settled_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["source", "item", "settled_batch"], name="oversight_returned_open"),
            models.Index(fields=["batch"], name="oversight_returned_batch"),
        ]


class Run(models.Model):
    """An unbroken run of serial numbers seen in one sequence of document numbers."""

    authority = models.CharField(max_length=18)
    item = models.CharField(max_length=64)
    prefix = models.CharField(max_length=60)
    year = models.IntegerField()
    first = models.IntegerField()
    last = models.IntegerField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "prefix", "year"], name="oversight_run_of")]


class Finding(models.Model):
    """Something suspected not to have been reported, or to differ from what is shown elsewhere. Facts only.

    kind: gap (serials `first` … `last` missing) | elsewhere (on another face, not here) | differs | here_only.
    """

    id = RowId(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12)
    body = models.CharField(max_length=18, help_text="the unit whose decision it would be")
    item = models.CharField(max_length=64)
    face = models.CharField(max_length=60)
    doc = models.CharField(
        max_length=200, help_text="the number, or the first of the missing numbers, as written"
    )
    prefix = models.CharField(max_length=60)
    year = models.IntegerField()
    first = models.IntegerField()
    last = models.IntegerField()
    lower_on = models.DateField(
        null=True, help_text="day of the neighbour below; of the decision itself elsewhere"
    )
    upper_on = models.DateField(null=True)
    detail = models.TextField(help_text="JSON: what differs, never a person's name")
    found_on = models.DateField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["body", "item"], name="oversight_finding_body"),
            models.Index(fields=["prefix", "year"], name="oversight_finding_series"),
        ]


class Bulletin(models.Model):
    """An issued bulletin. Serials run by kind and year of issue without gaps: given in the transaction that issues."""

    id = RowId(primary_key=True)
    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=8)
    year = models.IntegerField()
    serial = models.IntegerField()
    period = models.CharField(max_length=10, unique=True)
    first = models.DateField()
    last = models.DateField()
    cutoff = models.DateField()
    issued_on = models.DateField()
    content = models.TextField(help_text="JSON: every figure as issued, and which rows stand behind it")


class Order(models.Model):
    """An issued supervision order (督办单). Serials run by year of issue without gaps."""

    id = RowId(primary_key=True)
    number = models.CharField(max_length=16, unique=True)
    year = models.IntegerField()
    serial = models.IntegerField()
    body = models.CharField(max_length=18)
    bulletin = models.CharField(max_length=16)
    issued_on = models.DateField()
    due_on = models.DateField()
    content = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["body"], name="oversight_order_body")]


class Silent(models.Model):
    """A case that was not answered in time, and the order it is in. `due_on` is the day that passed."""

    id = RowId(primary_key=True)
    number = models.CharField(max_length=16, help_text="the order")
    body = models.CharField(max_length=18)
    case = models.CharField(max_length=80)
    due_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "due_on"], name="oversight_silent_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["body", "due_on"], name="oversight_silent_body"),
            models.Index(fields=["number"], name="oversight_silent_number"),
        ]


class Step(models.Model):
    """What became of a finding, a bulletin or an order: the newest row for `of` says how it stands."""

    id = RowId(primary_key=True)
    of = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=400)
    taken_on = models.DateField()
    actor = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["of"], name="oversight_step_of")]
