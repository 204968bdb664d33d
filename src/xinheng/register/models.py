"""Organisations as registered, in versions, and the names they have carried."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One version of what is registered about one organisation.

    The id carries the event that wrote it. A version is closed by the event that wrote the next one (or that
    gave the holder of an old number its unified code) and is otherwise never changed: open means current.
    Names in lists are joined by ";"; an unknown value is the empty text; days are YYYY-MM-DD.
    """

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(
        max_length=18, help_text="unified social credit code, or the old number where there is none"
    )
    old_number = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    other_names = models.TextField(help_text="further names in force (第二名称)")
    former_names = models.TextField()
    kind = models.CharField(max_length=64)
    region = models.CharField(max_length=32)
    industry = models.CharField(max_length=100)
    established_on = models.CharField(max_length=10)
    status = models.CharField(max_length=32)
    since = models.CharField(max_length=10, help_text="the day from which this name is known to be carried")
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(closed_by__isnull=True), name="register_entry_current"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["code"], name="register_entry_code"),
            models.Index(
                fields=["old_number"], condition=~models.Q(old_number=""), name="register_entry_old_number"
            ),
        ]


class Name(models.Model):
    """Every name a code has carried, once each. Derived from the entries and rebuildable to equality."""

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=18)
    name = models.CharField(max_length=200)
    norm = models.CharField(max_length=200, help_text="key under which two writings of a name are equal")
    current = models.BooleanField()
    since = models.CharField(max_length=10, help_text="day from which it is known to be carried, where known")
    until = models.CharField(max_length=10, help_text="day on which another name took its place, where known")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["code"], name="register_name_code"),
            models.Index(fields=["norm"], name="register_name_norm"),
        ]


class Succession(models.Model):
    """One body took over the duties of another from a day. Never changed; bound by the event in its id."""

    id = models.BigIntegerField(primary_key=True)
    old = models.CharField(max_length=18)
    new = models.CharField(max_length=18)
    since = models.CharField(max_length=10)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["old"], name="register_succession_old")]
