from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The quality mirror: timeliness, conformity, omissions; bulletins and supervision orders."""

    name = "xinheng.oversight"
    label = "oversight"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.oversight import keeping, silence, store
        from xinheng.remedies import service as remedies

        evidence.register_follower(store.FOLLOWER, store.follow, kinds=["intake.", store.NOTICE])
        evidence.register_verification("oversight", keeping.findings)
        remedies.on_silence(silence.order_silent)
