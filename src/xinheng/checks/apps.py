from __future__ import annotations

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    """Checks before a decision: answers, their evidence, its seals."""

    name = "xinheng.checks"
    label = "checks"

    def ready(self) -> None:
        from xinheng.checks import feedback_keeping, requests_keeping, sealing
        from xinheng.evidence import service as evidence
        from xinheng.records import service as records

        evidence.register_verification("checks", sealing.findings)
        evidence.register_packs("checks", sealing.packs_waiting)
        evidence.register_verification("checks-feedback", feedback_keeping.findings)
        evidence.register_verification("checks-requests", requests_keeping.findings)
        records.register_cleaner("checks-feedback", feedback_keeping.clear)
