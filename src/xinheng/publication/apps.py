from __future__ import annotations

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """The gate, and a card of each organisation from which it answers at the rate of machines."""

    name = "xinheng.publication"
    label = "publication"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.publication import cards
        from xinheng.records import service as records

        records.register_touched("publication", cards.mark_due)
        records.register_cleaner("publication", cards.clear)
        evidence.register_verification("publication", cards.findings)
