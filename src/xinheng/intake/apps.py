from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "xinheng.intake"
    label = "intake"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.intake import mending, verification
        from xinheng.linkage import service as linkage
        from xinheng.records import service as records

        evidence.register_verification("intake", verification.findings)
        records.register_cleaner("intake", verification.clear_kept)
        linkage.register_origins(mending.origins)
