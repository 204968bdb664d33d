from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Procedures with a clock: one engine, its kinds in the packs."""

    name = "xinheng.cases"
    label = "cases"

    def ready(self) -> None:
        from xinheng.cases import erasing, verification
        from xinheng.evidence import service as evidence
        from xinheng.records import service as records

        evidence.register_verification("cases", verification.findings)
        evidence.register_packs("cases", verification.packs_named)
        records.register_cleaner("cases", erasing.clear)
