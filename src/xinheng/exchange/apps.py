from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """What went to the upper platform and what it answered."""

    name = "xinheng.exchange"
    label = "exchange"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.exchange import verification
        from xinheng.records import service as records

        evidence.register_verification("exchange", verification.findings)
        records.register_cleaner("exchange", verification.clear)
