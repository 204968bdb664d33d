"""Cards: what is derived so that one organisation is one page of the database instead of thirty."""

from __future__ import annotations

from django.db import models


class Card(models.Model):
    """Everything that stands about one organisation, side by side, as known at a ledger position. Derived.

    Good only while no `CardDue` names the organisation.
    """

    uscc = models.CharField(max_length=18, primary_key=True)
    at = models.BigIntegerField(help_text="the ledger position it was made at")
    body = models.BinaryField()


class CardDue(models.Model):
    """Written by the transaction that changes something about an organisation: its card is out of date from then on."""

    pk = models.CompositePrimaryKey("uscc", "event")
    uscc = models.CharField(max_length=18)
    event = models.BigIntegerField()
