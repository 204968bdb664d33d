"""Articles of the office and every version of their text. Versions are written once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Article(models.Model):
    """A policy, notice or case: which version is being worked on, and which one is shown.

    Every change is a ledger event whose body carries the digest of the row as it then stands.
    """

    number = models.CharField(max_length=16, primary_key=True)
    kind = models.CharField(max_length=8, help_text="policy | notice | case")
    step = models.CharField(max_length=9, help_text="of the latest version: draft | submitted | settled")
    latest = models.IntegerField(help_text="ordinal of the latest version")
    author = models.CharField(max_length=60, help_text="who wrote the latest version")
    submitter = models.CharField(max_length=60)
    shown = models.IntegerField(help_text="ordinal of the version shown; 0: none")
    shown_from = models.DateField(null=True, help_text="first day shown")
    revised_on = models.DateField(null=True, help_text="day another version took the place of the one shown")
    withdrawn_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["shown_from", "number"],
                condition=models.Q(shown__gt=0),
                name="articles_article_shown",
            )
        ]


class Revision(models.Model):
    """One version of an article, as written. The id carries the event it was written in, which binds its digest."""

    id = models.BigIntegerField(primary_key=True)
    article = models.CharField(max_length=16)
    ordinal = models.IntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    body = models.TextField(help_text="Markdown")
    title_en = models.CharField(max_length=240)
    body_en = models.TextField(help_text="Markdown; empty where there is no English text")
    author = models.CharField(max_length=60)
    feedback = models.BigIntegerField(
        default=0, help_text="the feedback on a hint that a typical case tells of; 0: none"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "ordinal"], name="articles_revision_once")
        ]
