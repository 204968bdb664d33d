from __future__ import annotations

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """Numbers about the whole, taken anew by the runner, and who delivered last."""

    name = "xinheng.statistics"
    label = "statistics"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.statistics import deliveries, keeping

        evidence.register_follower("statistics", deliveries.follow, kinds=deliveries.KINDS)
        evidence.register_verification("statistics", keeping.findings)
        evidence.register_verification("statistics.deliveries", deliveries.findings)
