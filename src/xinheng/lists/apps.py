from __future__ import annotations

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Lists: entries received and decided here, with their ends; the internal watch list."""

    name = "xinheng.lists"
    label = "lists"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.lists import effects, following, keeping
        from xinheng.records import service as records

        evidence.register_follower("lists", following.follow, kinds=following.KINDS)
        evidence.register_verification("lists", keeping.findings)
        records.register_cleaner("lists", following.clear)
        effects.register_all()
