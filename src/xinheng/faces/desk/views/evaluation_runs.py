"""Desk pages of runs: evaluate a model now, all runs, one run with its results, and the organisations behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xinheng.evaluation import adoption, fairness_rows, seeing, trials
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.telling import points
from xinheng.evidence import service as evidence
from xinheng.faces import trials as trial_words
from xinheng.faces.acting import spoken
from xinheng.faces.clock import now, today
from xinheng.faces.desk import evaluation_sheets as sheets
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.evaluation_models import known
from xinheng.faces.desk.views.evaluation_received import typed_code
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.site.sheets import as_csv
from xinheng.faces.site.words import term
from xinheng.kernel.errors import Refused, XinhengError
from xinheng.law import service as law
from xinheng.register import service as register

PAGE, SCAN = 50, 500


class NotInUse(Refused):
    """A trial, or a run of a model nobody adopted: for the office alone."""

    code = "evaluation.not-in-use"


@require_safe
@desk("evaluation.report.read")
def runs(request: Any) -> HttpResponse:
    """All runs, newest first, and the form that makes one."""
    return _runs_page(request)


@require_POST
@desk("evaluation.run")
def run_new(request: Any) -> HttpResponse:
    """Evaluates a model as of a day, of the whole place or of one county."""
    form, at = request.POST, now()
    try:
        on = date.fromisoformat(form.get("on", "")) if form.get("on") else today()
    except ValueError:
        return _runs_page(request, _("日期要写成 2026-11-20 这样。"))
    try:
        made = evaluation.run(
            model=form.get("model", "")[:64], on=on, at=at, actor=actor(request), scope=form.get("scope", "")[:12],
            as_known=form.get("known") == "then",
        )  # fmt: skip
    except XinhengError as error:
        return _runs_page(request, error.message, status=403 if error.exit == 3 else 400)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-evaluation-run", args=[made.id]))


@require_safe
@desk("evaluation.read")
def run(request: Any, run: int) -> HttpResponse:
    """One run: what it was made of, how the grades fall, and the results in order of code.

    A deciding authority sees the organisations it decided about, and only where the model is in use.
    """
    told = evaluation.run_of(run=run)
    inside = request.account.may("evaluation.report.read")
    if not inside and (
        told.trial or not adoption.status_of(code=told.model, digest=told.model_digest).usable
    ):
        raise NotInUse(f"第 {told.number} 次运行是试算，或者模型现在没有采用：只有信用办可以看。")
    model = fairness_rows.model_of(run)
    given = request.GET
    after, grade = given.get("after", "")[:18], given.get("grade", "")
    asked, wrong = typed_code(given)
    if grade and grade not in {one.code for one in model.grades}:
        wrong = wrong or _("没有「%(grade)s」这个等级。请去掉这个条件，或者另选一个。") % {
            "grade": grade[:40]
        }
        grade = ""
    rows, following = ([], "") if wrong else _rows(request, run, after=after, grade=grade, asked=asked)
    _read(request, told, rows)
    base = {name: value for name, value in (("grade", grade),) if value}
    counts = [told.distribution.get(one.code, 0) for one in model.grades]
    context = {
        "section": "evaluation", "told": told, "model": model, "inside": inside, "rows": _shown(rows, model),
        "next": urlencode(base | {"after": following}) if following else "", "after": after, "grade": grade,
        "asked": given.get("uscc", "").strip()[:24], "wrong": wrong, "one": _has_one(), "csv": "desk-evaluation-run-csv", "query": f"?run={run}", "narrowed": ["grades"],
        "sheet": sheets.distribution([[one.code, one.name, one.name_en] for one in model.grades], counts)
        if model.grades and inside else None,
        "trial": trial_words.sentences(
            trials.reasons([told]).get(run, ()), model=model, on=told.on, ran=True
        ),
        "scope": _county(told.scope), "state": adoption.status_of(code=told.model, digest=told.model_digest),
    }  # fmt: skip
    return page(request, "desk/evaluation_run.html", context, status=400 if wrong else 200)


@require_safe
@desk("evaluation.report.read")
def run_csv(request: Any, table: str) -> HttpResponse:
    """The distribution of a run as a file; results of organisations are never handed out in bulk."""
    given = request.GET.get("run", "")
    if table != "grades" or not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    told = evaluation.run_of(run=int(given))
    model = fairness_rows.model_of(told.id)
    counts = [told.distribution.get(one.code, 0) for one in model.grades]
    shown = sheets.distribution([[one.code, one.name, one.name_en] for one in model.grades], counts)
    noted(request, "evaluation-run", purpose="查看本地评价结果", run=told.number, table=table)
    return file(as_csv(shown), f"{told.model}-{told.on}-grades.csv", "text/csv; charset=utf-8")


@require_safe
@desk("evaluation.report.read")
def group(request: Any, run: int) -> HttpResponse:
    """The organisations of a run in one county, sector, age or kind, of one grade or all."""
    told = evaluation.run_of(run=run)
    model, given = fairness_rows.model_of(run), request.GET
    by, inside = given.get("by", ""), given.get("group", "")[:32]
    grade = given.get("grade", "")
    names = {one.code: place for place, one in enumerate(model.grades)}
    if by not in fairness_rows.OPEN_DIMENSIONS or (grade and grade not in names):
        raise Http404
    after = given.get("after", "")[:18]
    found = fairness_rows.behind(
        run=run, by=by, group=inside, grade=names.get(grade, -1), on=told.on, at=now(), after=after, limit=PAGE + 1
    )  # fmt: skip
    results = evaluation.results(run=run, usccs=found[:PAGE])
    rows = [results[one] for one in found[:PAGE] if one in results]
    _read(request, told, rows)
    base = {"by": by, "group": inside} | ({"grade": grade} if grade in names else {})
    context = {
        "section": "evaluation", "told": told, "model": model, "rows": _shown(rows, model), "after": after, "inside": True,
        "name": sheets.group_name(by, inside), "dimension": sheets.dimension_name(by), "one": _has_one(),
        "grade": model.grades[names[grade]] if grade in names else None,
        "next": urlencode(base | {"after": found[PAGE - 1]}) if len(found) > PAGE else "", "query": urlencode(base),
    }  # fmt: skip
    return page(request, "desk/evaluation_group.html", context)


def _read(request: Any, told: evaluation.Run, rows: Sequence[evaluation.Result]) -> None:
    noted(
        request, "evaluation-run", purpose="查看本地评价结果", run=told.number, usccs=[one.uscc for one in rows]
    )  # fmt: skip


def _rows(
    request: Any, run: int, *, after: str, grade: str, asked: str
) -> tuple[list[evaluation.Result], str]:
    """A page of results this account may see, and the key of the next one. An authority's page looks through at most
    `SCAN` lines, so that it may hold few of them, or none, and still lead on."""
    body, on = request.account.only_body, today()
    if asked:
        found = list(evaluation.results(run=run, usccs=[asked]).values())
        seen = seeing.seen_by(body=body, usccs=[one.uscc for one in found], on=on)
        return [one for one in found if one.uscc in seen], ""
    told = evaluation.page(run=run, after=after, limit=PAGE if body is None else SCAN, grade=grade)
    if body is None:
        return list(told.results), told.next
    seen = seeing.seen_by(body=body, usccs=[one.uscc for one in told.results], on=on)
    mine = [one for one in told.results if one.uscc in seen]
    if len(mine) > PAGE:
        return mine[:PAGE], mine[PAGE - 1].uscc
    return mine, told.next


def _shown(rows: list[evaluation.Result], model: law.EvaluationModel) -> list[dict[str, Any]]:
    known = register.get([one.uscc for one in rows])
    grades = {one.code: one for one in model.grades}
    vetoes = {one.code: one for one in model.vetoes}
    return [
        {
            "one": one, "name": known[one.uscc].shown_name if one.uscc in known else one.uscc,
            "points": points(one.score), "grade": grades.get(one.grade_code),
            "vetoes": [vetoes[code] for code in one.vetoes if code in vetoes],
        }
        for one in rows
    ]  # fmt: skip


def _runs_page(request: Any, problem: str = "", *, status: int = 0) -> HttpResponse:
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    found = evaluation.runs(before=before, limit=PAGE + 1)
    why = trials.reasons(found[:PAGE])
    models, who = known(), spoken(one.actor for one in found)
    held = adoption.statuses(models=models.values())
    noted(request, "evaluation-runs", purpose="查看本地评价结果")
    context = {
        "section": "evaluation", "problem": problem, "can_run": request.account.may("evaluation.run"),
        "rows": [
            {
                "one": one, "model": models.get(one.model), "scope": _county(one.scope), "who": who[one.actor],
                "trial": trial_words.short(why.get(one.id, ())),
            }
            for one in found[:PAGE]
        ],
        "models": [(one, held[one.code].usable) for one in models.values()], "counties": _counties(),
        "next": found[PAGE - 1].id if len(found) > PAGE else None, "before": before,
        "asked": {name: request.POST.get(name, "") for name in ("model", "on", "scope", "known")},
    }  # fmt: skip
    return page(request, "desk/evaluation_runs.html", context, status=status or (400 if problem else 200))


def _counties() -> list[tuple[str, str]]:
    return [(code, term(names[0])) for code, names in sorted(law.active().counties.items())]


def _county(scope: str) -> str:
    return dict(_counties()).get(scope, scope)


def _has_one() -> bool:
    """Whether the page of one organisation is there."""
    try:
        reverse("desk-evaluation-one", args=["m", "1" * 18])
    except NoReverseMatch:
        return False
    return True


urlpatterns: list[URLPattern] = [
    path("evaluation/runs/", runs, name="desk-evaluation-runs"),
    path("evaluation/run/", run_new, name="desk-evaluation-run-new"),
    path("evaluation/runs/<int:run>/", run, name="desk-evaluation-run"),
    path("evaluation/runs/<int:run>/group/", group, name="desk-evaluation-group"),
    path("evaluation/run-tables/<slug:table>.csv", run_csv, name="desk-evaluation-run-csv"),
]
