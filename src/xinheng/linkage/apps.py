from __future__ import annotations

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    """Names find their organisation; what people judged; which row was linked and why."""

    name = "xinheng.linkage"
    label = "linkage"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.linkage import following, verification
        from xinheng.records import service as records

        evidence.register_follower("linkage", following.follow, kinds=following.KINDS)
        evidence.register_verification("linkage", verification.findings)
        records.register_cleaner("linkage", verification.clear)
