from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "xinheng.evidence"
    label = "evidence"

    def ready(self) -> None:
        from xinheng.evidence import adoption, verification
        from xinheng.law import service as law

        law.set_adoption_source(adoption.adopted_provisions)
        verification.register_verification("law", adoption.findings)
