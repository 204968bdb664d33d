from __future__ import annotations

from django.apps import AppConfig


class RemediesConfig(AppConfig):
    """Objection and repair."""

    name = "xinheng.remedies"
    label = "remedies"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.records import service as records
        from xinheng.remedies import effects, keeping, silence

        evidence.register_verification("remedies", keeping.findings)
        records.register_cleaner("remedies", keeping.forget)
        effects.register()
        silence.register()
