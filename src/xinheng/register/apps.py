from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "xinheng.register"
    label = "register"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.register import verification

        evidence.register_verification("register", verification.findings)
