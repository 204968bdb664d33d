from __future__ import annotations

from django.apps import AppConfig


class WithdrawalsConfig(AppConfig):
    """Who was told that an entry ended, and who acknowledged."""

    name = "xinheng.withdrawals"
    label = "withdrawals"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.withdrawals import arriving, keeping

        evidence.register_follower(keeping.FOLLOWER, keeping.follow)
        evidence.register_verification("withdrawals", keeping.findings)
        evidence.register_verification("withdrawals.receipts", arriving.findings)
