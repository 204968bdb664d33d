"""Models published with a basis: their rules and totals by grade. No organisation's own number or grade is on any page here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.evaluation import publishing, telling
from xinheng.faces.clock import today
from xinheng.faces.site.page import page
from xinheng.faces.site.words import named
from xinheng.law import service as law


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """Every published model with its indicators, grades, basis, and how many organisations its newest run gave each grade,
    but for counts of a few."""
    shown = [_shown(one) for one in publishing.shown(on=today())]
    return page(request, "site/whole/models.html", {"section": "evaluation-published", "models": shown})


def _shown(model: law.EvaluationModel) -> dict[str, Any]:
    totals = publishing.totals(model)
    return {
        "model": model,
        "name": named(model),
        "purpose": named(model, "purpose"),
        "totals": totals,
        "floor": publishing.FLOOR,
        "grades": [(named(one), cell) for one, cell in zip(model.grades, totals.cells, strict=False)]
        if totals
        else [],
        "indicators": [
            (named(one), telling.points(one.weight) if not (one.brackets or one.points) else "", one.source)
            for one in model.indicators
        ],
    }
