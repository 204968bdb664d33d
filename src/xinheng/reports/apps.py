from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "xinheng.reports"
    label = "reports"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.records import service as records
        from xinheng.reports import ledger, statuslist_keeping

        records.register_cleaner("reports", ledger.withdraw_reports_on)
        evidence.register_verification("reports", ledger.findings)
        evidence.register_trust_part("certificates", ledger.certificates)
        evidence.register_follower(statuslist_keeping.FOLLOWER, statuslist_keeping.follow)
        evidence.register_verification("reports.states", statuslist_keeping.findings)
        evidence.register_trust_part("status_lists", statuslist_keeping.bundle_part)
