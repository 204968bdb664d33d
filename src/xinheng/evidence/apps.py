from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "xinheng.evidence"
    label = "evidence"

    def ready(self) -> None:
        from xinheng.evidence import adoption, verification
        from xinheng.law import service as law

        law.set_adoption_source(adoption.adopted_provisions)
        law.set_notice_store(adoption.loaded_notices, adoption.keep_notice)
        verification.register_verification("law", adoption.findings)
