from __future__ import annotations

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    """Policies, notices and cases the office writes."""

    name = "xinheng.articles"
    label = "articles"

    def ready(self) -> None:
        from xinheng.articles import verification
        from xinheng.evidence import service as evidence

        evidence.register_verification("articles", verification.findings)
