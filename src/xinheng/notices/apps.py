from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What an organisation is told about its entries and cases."""

    name = "xinheng.notices"
    label = "notices"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.notices import keeping

        evidence.register_verification("notices", keeping.findings)
