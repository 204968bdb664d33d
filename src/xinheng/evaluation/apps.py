from __future__ import annotations

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Evaluation: results received, local models as data, their runs, explanations and reports."""

    name = "xinheng.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from xinheng.evaluation import adoption_keeping, indices_keeping
        from xinheng.evidence import service as evidence

        evidence.register_verification("evaluation-adoption", adoption_keeping.findings)
        evidence.register_verification("evaluation-indices", indices_keeping.findings)

        from xinheng.evaluation import received_keeping, warning
        from xinheng.records import service as records

        evidence.register_verification("evaluation-received", received_keeping.findings)
        records.register_cleaner("evaluation-warnings", warning.clear)

        from xinheng.evaluation import runs_keeping

        evidence.register_verification("evaluation-runs", runs_keeping.findings)
        records.register_cleaner("evaluation-runs", runs_keeping.clear)
