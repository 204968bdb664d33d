from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "xinheng.records"
    label = "records"

    def ready(self) -> None:
        from xinheng.evidence import service as evidence
        from xinheng.records import reading, verification

        evidence.register_leaf_source(reading.leaves_of_events)
        evidence.register_verification("records", verification.findings)
