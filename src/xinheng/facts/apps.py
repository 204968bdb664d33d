from __future__ import annotations

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Facts: what is counted and evaluated, as Parquet kept current by a follower."""

    name = "xinheng.facts"
    label = "facts"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.facts import checking, following
        from xinheng.records import service as records

        evidence.register_follower("facts", following.follow)
        evidence.register_verification("facts", checking.findings)
        records.register_cleaner("facts", following.clear)
