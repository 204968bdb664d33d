from __future__ import annotations

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Each entry against the other places that show it."""

    name = "xinheng.sync"
    label = "sync"

    def ready(self) -> None:
        from xinheng.cases import service as cases
        from xinheng.evidence import service as evidence
        from xinheng.notices import service as notices
        from xinheng.sync import keeping

        evidence.register_verification("sync", keeping.findings)
        # Cases and notices are neighbours and do not know each other: a room above both lets the subject hear of its case
        cases.register_step(notices.on_step)
        cases.register_moved(notices.on_moved)
