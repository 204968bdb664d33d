from __future__ import annotations

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Who wants to hear of what, and what they were told."""

    name = "xinheng.subscriptions"
    label = "subscriptions"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.subscriptions import following, keeping, keys

        evidence.register_follower(following.FOLLOWER, following.follow)
        evidence.register_verification("subscriptions", keeping.findings)
        evidence.register_verification("subscriptions.keys", keys.findings)
        evidence.register_trust_part("webhook_keys", keys.trust_part)
