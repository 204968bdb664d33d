"""Desk page: two runs against each other (versions of a model, or two days), and the organisations behind each number."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.evaluation import fairness_rows, trials
from xinheng.evaluation import service as evaluation
from xinheng.faces import trials as trial_words
from xinheng.faces.desk import evaluation_sheets as sheets
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.evaluation_models import known, moved_rows
from xinheng.faces.site.sheets import as_csv
from xinheng.law import service as law

PAGE, LATEST = 50, 60
CELL = re.compile(r"[0-9]{1,2}-[0-9]{1,2}")
WAYS = {
    "better": gettext_lazy("等级变好的"), "worse": gettext_lazy("等级变差的"), "points": gettext_lazy("分数有变的"),
}  # fmt: skip
MOVED = ("better", "worse")
SORTS = {
    "days": gettext_lazy("同一个版本的两天，各按当天所知。"),
    "versions": gettext_lazy("同样的信息、同一天，只有模型的版本不同：差别全是版本带来的。"),
    "again": gettext_lazy("同样的信息、同一天、同一个版本：是同一次评价又算了一遍。"),
    "hindsight": gettext_lazy(
        "有一边是事后才算的：那一天以后修复、撤销、更正的信息不在里面，只有那一边少了这些。这样比，好的会显得更好、后来会显得变差，所以只看去向，不说变好变差。要比较两天，请按「那一天」所知再运行一次。"
    ),
    "knowledge": gettext_lazy("同一天、同一个版本，两次之间平台收到或者撤下了信息：差别是知道得不同，不是主体变好变差。只看去向。"),
    "mixed": gettext_lazy("信息和模型的版本都不同，分不清是哪一个带来的差别：只看去向，不说变好变差。"),
    "models": gettext_lazy("这是两个不同的模型：只看去向，不说变好变差。"),
    "grades": gettext_lazy("两个版本的等级不同：只看去向，不说变好变差。"),
}  # fmt: skip


@require_safe
@desk("evaluation.report.read")
def compare(request: Any) -> HttpResponse:
    """Choose two runs; then grades before and after, who moved, and by how much the definitions differ."""
    first, second = (_number(request, name) for name in ("first", "second"))
    newest = known()
    context: dict[str, Any] = {
        "section": "evaluation", "runs": [(one, newest.get(one.model)) for one in evaluation.runs(limit=LATEST)],
        "first": first, "second": second,
    }  # fmt: skip
    if first and second:
        context |= _compared(request, first, second)
    else:
        noted(request, "evaluation-compare", purpose="比较本地评价的版本")
    return page(request, "desk/evaluation_compare.html", context)


def _compared(request: Any, first: int, second: int) -> dict[str, Any]:
    pair = fairness_rows.pair(first=first, second=second)
    told, models = fairness_rows.drift(pair), pair.models
    one, two = pair.runs
    why = trials.reasons(pair.runs)
    way = request.GET.get("way", "")
    if (way and way not in WAYS and not CELL.fullmatch(way)) or (way in MOVED and not told["comparable"]):
        raise Http404
    after = request.GET.get("after", "")[:18]
    rows = fairness_rows.moved_between(pair, way=way, after=after, limit=PAGE + 1) if way else []
    shown = rows[:PAGE]
    noted(
        request, "evaluation-compare", purpose="比较本地评价的版本", first=one.number, second=two.number,
        usccs=[row.uscc for row in shown],
    )  # fmt: skip
    base = {"first": one.id, "second": two.id}
    return base | {
        "told": told, "sort": SORTS[told["sort"]], "one": one, "two": two, "pair": [(run, trial_words.short(why.get(run.id, ()))) for run in pair.runs], "models": models, "way": way, "after": after,
        "base": urlencode(base), "base_query": f"?{urlencode(base)}", "way_name": WAYS.get(way, "") or _cell_name(way, models),
        "cells": [
            (models[0].grades[place], [(number, f"{place}-{column}") for column, number in enumerate(line)])
            for place, line in enumerate(told["cells"])
        ],
        "next": urlencode(base | {"way": way, "after": shown[-1].uscc}) if len(rows) > PAGE else "",
        "rows": moved_rows(shown, *models), "changes": changes(*models),
        "sheet": sheets.moves(told) if told["comparable"] else None,
    }  # fmt: skip


@require_safe
@desk("evaluation.report.read")
def compare_csv(request: Any, table: str) -> HttpResponse:
    """How many rose, fell and stayed between two runs, as a file."""
    first, second = (_number(request, name) for name in ("first", "second"))
    if table != "moves" or not (first and second):
        raise Http404
    told = fairness_rows.drift(fairness_rows.pair(first=first, second=second))
    if not told["comparable"]:
        raise Http404
    noted(request, "evaluation-compare", purpose="比较本地评价的版本", first=str(first), second=str(second))
    return file(
        as_csv(sheets.moves(told)), f"evaluation-moves-{first}-{second}.csv", "text/csv; charset=utf-8"
    )


def changes(before: law.EvaluationModel, after: law.EvaluationModel) -> list[tuple[str, Any, Any]]:
    """What differs between two definitions: (sort, before, after) of indicators, vetoes and grades; None where one has
    none. Sort is indicator, veto or grade."""
    found: list[tuple[str, Any, Any]] = []
    for sort, olds, news in (
        ("indicator", before.indicators, after.indicators), ("veto", before.vetoes, after.vetoes),
        ("grade", before.grades, after.grades),
    ):  # fmt: skip
        old, new = ({one.code: one for one in parts} for parts in (olds, news))
        for code in dict.fromkeys([*old, *new]):
            if old.get(code) != new.get(code):
                found.append((sort, old.get(code), new.get(code)))
    return found


def _cell_name(way: str, models: tuple[law.EvaluationModel, law.EvaluationModel]) -> str:
    if not CELL.fullmatch(way):
        return ""
    before, after = (int(part) for part in way.split("-"))
    if before >= len(models[0].grades) or after >= len(models[1].grades):
        raise Http404
    return f"{models[0].grades[before].name} → {models[1].grades[after].name}"


def _number(request: Any, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


urlpatterns: list[URLPattern] = [
    path("evaluation/compare/", compare, name="desk-evaluation-compare"),
    path("evaluation/compare-tables/<slug:table>.csv", compare_csv, name="desk-evaluation-compare-csv"),
]
