from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The quality mirror: timeliness, conformity, omissions; bulletins and supervision orders."""

    name = "xinheng.oversight"
    label = "oversight"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.oversight import keeping, store

        evidence.register_follower(store.FOLLOWER, store.follow, kinds=["intake."])
        evidence.register_verification("oversight", keeping.findings)
