from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts: staff, departments' clerks and machine clients; not subjects."""

    name = "xinheng.accounts"
    label = "accounts"

    def ready(self) -> None:
        from xinheng.accounts import readings, verification
        from xinheng.evidence import service as evidence

        evidence.register_verification("accounts", verification.findings)
        evidence.register_follower(readings.FOLLOWER, readings.follow, kinds=readings.KINDS)
