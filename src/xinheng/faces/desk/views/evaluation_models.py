"""Desk pages of local models: which there are, what each is made of, its report; adopting and publishing with four eyes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from xinheng.evaluation import adoption, fairness, fairness_rows, policy_adoption, publishing, trials
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.runs import model_on
from xinheng.evaluation.telling import points
from xinheng.evidence import service as evidence
from xinheng.faces import trials as trial_words
from xinheng.faces.acting import spoken
from xinheng.faces.clock import now, today
from xinheng.faces.desk import evaluation_sheets as sheets
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views.cases_papers import file
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.site.sheets import as_csv
from xinheng.faces.site.words import in_chinese, named, term
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.register import service as register

PAGE = 50
STATES = {
    "off": gettext_lazy("未采用"), "proposed": gettext_lazy("等另一位同事确认采用"), "adopted": gettext_lazy("已采用，内部使用"),
    "publish-proposed": gettext_lazy("已采用，等另一位同事确认公布"), "published": gettext_lazy("已采用并公布"),
}  # fmt: skip
ACTS = {
    "propose": gettext_lazy("提出采用"), "adopt": gettext_lazy("确认采用"), "refuse": gettext_lazy("不同意，退回"),
    "withdraw": gettext_lazy("停用"), "propose-publication": gettext_lazy("提出公布"), "publish": gettext_lazy("确认公布"),
    "unpublish": gettext_lazy("撤回公布"),
}  # fmt: skip
MEASURES = {
    "count": gettext_lazy("计数"), "sum": gettext_lazy("按金额分档累计"), "latest": gettext_lazy("最近一条"),
    "months-since": gettext_lazy("距最近一条的月数"), "share": gettext_lazy("占比分档"),
}  # fmt: skip
NATIONAL = "sc-2026-8"


@require_safe
@desk("evaluation.read")
def models(request: Any) -> HttpResponse:
    """All models with their state and last run; a deciding authority sees those in use."""
    found = known()
    held = adoption.statuses(models=found.values())
    inside = request.account.may("evaluation.report.read")
    shown = [one for one in found.values() if inside or held[one.code].usable]
    newest = fairness.newest(models=shown) if inside else {}
    runs = {one.code: evaluation.latest(model=one.code, trials=inside) for one in shown}
    last = {code: run for code, run in runs.items() if run is not None}
    why = trials.reasons(last.values())
    noted(request, "evaluation-models", purpose="本地评价模型")
    context = {
        "section": "evaluation", "inside": inside,
        "rows": [
            {
                "model": one, "status": held[one.code], "state": STATES[held[one.code].state],
                "run": last.get(one.code), "trial": trial_words.short(why.get(last[one.code].id, ())) if one.code in last else "", "report": newest.get(one.code),
                "in_force": today() in one.in_force,
            }
            for one in shown
        ],
        "waiting": [one for one in shown if held[one.code].waiting and inside],
        "national": _national(),
    }  # fmt: skip
    return page(request, "desk/evaluation_models.html", context)


@require_safe
@desk("evaluation.report.read")
def adopt(request: Any, model: str) -> HttpResponse:
    """One model: what it is made of, its report, its history, and what this account may do about it now."""
    return _adopt_page(request, _model(model))


@require_POST
@desk("evaluation.adopt")
def act(request: Any, model: str) -> HttpResponse:
    """One act on the model as it was shown: a pack changed since then is not acted on."""
    found, name = _model(model), request.POST.get("act", "")
    if name not in ACTS:
        raise Http404
    if request.POST.get("digest", "") != found.digest:
        problem = _("模型在您打开页面以后换了内容，请看过新的内容再办。")
        return _adopt_page(request, found, problem)
    given: dict[str, Any] = {"model": found, "actor": actor(request), "at": now()}
    reason = request.POST.get("reason", "")
    try:
        if name == "adopt":
            adoption.confirm(**given)
        elif name == "publish":
            publishing.publish(**given)
        else:
            {
                "propose": adoption.propose, "refuse": adoption.refuse, "withdraw": adoption.withdraw,
                "propose-publication": publishing.propose_publication, "unpublish": publishing.unpublish,
            }[name](**given, reason=reason)  # fmt: skip
    except XinhengError as error:
        return _adopt_page(request, found, error.message, status=403 if error.exit == 3 else 400)
    evidence.drain(at=given["at"], wait=False)
    return HttpResponseRedirect(f"{reverse('desk-evaluation-adopt', args=[model])}?done=1")


@require_POST
@desk("evaluation.run")
def report_new(request: Any, model: str) -> HttpResponse:
    """Computes a report on the model as of today and keeps it."""
    at = now()
    kept = fairness.make_report(
        model=_model(model), on=today(), at=at, actor=actor(request), most=fairness.PAGE_STATEMENTS
    )
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(reverse("desk-evaluation-report", args=[kept.id]))


@require_safe
@desk("evaluation.report.read")
def report(request: Any, report: int) -> HttpResponse:
    """A kept report: every table with its chart, what it means, and what the model cannot know."""
    kept = fairness.report_of(report=report)
    found = known().get(kept.model)
    same = found if found is not None and found.digest == kept.digest else None
    noted(request, "evaluation-report", purpose="本地评价模型", report=str(report), model=kept.model)
    shown = sheets.of_report(kept.body, same)
    body = kept.body
    last = evaluation.latest(model=kept.model, trials=True)
    context = {
        "section": "evaluation", "kept": kept, "body": body, "model": found, "same": same, "run": last,
        "sheets": {one.code: one for one in shown},
        "spread": [one for one in shown if one.code.startswith("by-")],
        "narrowed": [one.code for one in shown], "query": f"?report={report}", "csv": "desk-evaluation-report-csv",
        "gaps": _gaps(body), "ranking": _ranking(body), "by_size": "by-size" in {one.code for one in shown},
        "who": spoken([kept.by])[kept.by], "improved": body["monotone"]["improved"], "weights": _weights(body, same),
    }  # fmt: skip
    return page(request, "desk/evaluation_report.html", context)


@require_safe
@desk("evaluation.report.read")
def report_csv(request: Any, table: str) -> HttpResponse:
    """One table of a report as a file."""
    given = request.GET.get("report", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    kept = fairness.report_of(report=int(given))
    found = known().get(kept.model)
    one = next((sheet for sheet in sheets.of_report(kept.body, found) if sheet.code == table), None)
    if one is None:
        raise Http404
    noted(request, "evaluation-report", purpose="本地评价模型", report=given, table=table)
    return file(as_csv(one), f"{kept.model}-{kept.on}-{table}.csv", "text/csv; charset=utf-8")


@require_safe
@desk("evaluation.report.read")
def weight(request: Any, model: str, indicator: str) -> HttpResponse:
    """The organisations whose grade hangs on one weight, as of today."""
    found = _model(model)
    if indicator not in found.by_code:
        raise Http404
    way = "down" if request.GET.get("way") == "down" else "up"
    after = request.GET.get("after", "")[:18]
    rows = fairness_rows.moved_by_weight(
        model=found, indicator=indicator, way=way, on=today(), at=now(), after=after, limit=PAGE + 1,
        most=fairness.PAGE_STATEMENTS,
    )  # fmt: skip
    shown = rows[:PAGE]
    noted(
        request, "evaluation-weight", purpose="本地评价模型", model=model, usccs=[one.uscc for one in shown]
    )
    context = {
        "section": "evaluation", "model": found, "indicator": found.by_code[indicator], "way": way, "after": after,
        "rows": moved_rows(shown, found), "next": shown[-1].uscc if len(rows) > PAGE else "",
    }  # fmt: skip
    return page(request, "desk/evaluation_weight.html", context)


def moved_rows(rows: list[fairness_rows.Moved], *models: law.EvaluationModel) -> list[dict[str, Any]]:
    """Movements with names of organisations and grades, points in words; the second model is the later one."""
    known = register.get([one.uscc for one in rows])
    before, after = models[0].grades, models[-1].grades
    return [
        {
            "uscc": one.uscc, "name": known[one.uscc].shown_name if one.uscc in known else one.uscc,
            "grade": before[one.grade] if one.grade >= 0 else None,
            "grade_after": after[one.grade_after] if one.grade_after >= 0 else None,
            "points": points(one.score), "points_after": points(one.score_after),
        }
        for one in rows
    ]  # fmt: skip


def _adopt_page(
    request: Any, found: law.EvaluationModel, problem: str = "", *, status: int = 0
) -> HttpResponse:
    on, who = today(), actor(request)
    held = adoption.status_of(code=found.code, digest=found.digest)
    newest = fairness.newest(models=[found]).get(found.code)
    may = policy_adoption.allowed(held, by=who) if request.account.may("evaluation.adopt") else ()
    noted(request, "evaluation-model", purpose="本地评价模型", model=found.code)
    context = {
        "section": "evaluation", "model": found, "status": held, "state": STATES[held.state], "may": may,
        "obstacle": adoption.obstacle(model=found, on=on), "unfit": "" if held.usable else _unfit(found, held, on), "no_basis": publishing.basis_problem(model=found, on=on),
        "report": newest, "bound": held.report, "mine": held.waiting and held.proposed_by == who,
        "history": _history(found.code),
        "parts": _parts(found), "vetoes": _vetoes(found), "ladder": _ladder(found), "base": points(found.base),
        "grades": [(one, "" if one.at_least is None else points(one.at_least)) for one in found.grades],
        "national": _national() if "enterprise" in found.subjects else None, "acts": ACTS, "problem": problem,
        "done": request.GET.get("done") == "1", "can_run": request.account.may("evaluation.run"),
        "run": evaluation.latest(model=found.code, trials=True), "basis": found.publication,
    }  # fmt: skip
    return page(request, "desk/evaluation_adopt.html", context, status=status or (400 if problem else 200))


def _history(code: str) -> list[tuple[adoption.Decided, Any, str]]:
    """The acts on a model, newest first, each with its words and who did it."""
    acts = adoption.history(code=code)
    who = spoken(one.done.by for one in acts)
    return [(one, ACTS.get(one.done.act, one.done.act), who[one.done.by]) for one in acts]


def _unfit(found: law.EvaluationModel, held: policy_adoption.Status, on: date) -> str:
    """Why the report adoption would rest on does not carry it: the bound one of a proposal, else the newest."""
    return adoption.unfit(model=found, on=on, report=held.report if held.waiting else 0)


def _parts(found: law.EvaluationModel) -> list[dict[str, Any]]:
    """The indicators by family, with their points in words."""
    rows = []
    for one in sorted(found.indicators, key=lambda one: list(law.FAMILIES).index(one.family)):
        low, high = min(one.values), max(one.values)
        rows.append(
            {
                "one": one, "looks_at": _selected(one.filter),
                "family": law.FAMILIES[one.family], "measure": MEASURES[one.measure],
                "points": points(low) if low == high else f"{points(low)} … {points(high)}",
                "cap": points(one.cap) if one.cap else "",
                "choice": one.source.our_choice, "sure": one.source.confidence != "unverified",
            }
        )  # fmt: skip
    return rows


def _selected(wanted: law.Filter) -> str:
    """What a filter selects, in the language of the page."""
    return law.filter_text(pack=law.active(), filter=wanted, english=not in_chinese(), speak=term)


def _vetoes(found: law.EvaluationModel) -> list[tuple[law.Veto, str]]:
    """The vetoes, each with the name of the best grade it leaves."""
    names = {one.code: named(one) for one in found.grades}
    return [(one, names.get(one.ceiling, one.ceiling)) for one in found.vetoes]


def _ladder(found: law.EvaluationModel) -> dict[str, Any] | None:
    """What a grade needs besides points, in words."""
    one = found.ladder
    if one is None:
        return None
    return {
        "grade": named(found.grades[found.grade_index(one.grade)]), "months": one.within_months,
        "age": one.established_months, "breaks": _selected(one.breaks),
        "needs": _selected(one.needs) if one.needs else "",
        "at_least": one.needs_at_least,
    }  # fmt: skip


def _gaps(body: Any) -> list[dict[str, Any]]:
    return [
        told
        | {
            "dimension": sheets.dimension_name(name), "best_name": sheets.group_name(name, told["best"]),
            "worst_name": sheets.group_name(name, told["worst"]), "best_percent": told["best_share"] / 10,
            "worst_percent": told["worst_share"] / 10,
        }
        for name, told in sorted(body["gaps"].items(), key=lambda pair: -pair[1]["gap"])
    ]  # fmt: skip


def _ranking(body: Any) -> str:
    """How well points ranked what came later, in per cent with one decimal; "" where nothing can be told."""
    told = body["backtest"]
    if not told["rank_all"]:
        return ""
    return f"{1000 * told['rank_won'] // told['rank_all'] / 10:.1f}"


def _weights(body: Any, model: law.EvaluationModel | None) -> list[dict[str, Any]]:
    """The weights anything hangs on, with the way to the organisations behind."""
    if model is None:
        return []
    return [
        one | {"code": one["indicator"], "of": model.by_code[one["indicator"]]}
        for one in body["weights"]
        if one["up_better"] + one["up_worse"] + one["down_better"] + one["down_worse"]
    ]


def _national() -> law.CurrentRule | None:
    """What the nation says about local evaluation, as the pack has it in force."""
    return next(
        (one for one in law.active().in_force if one.instrument is not None and one.instrument.id == NATIONAL), None
    )  # fmt: skip


def known() -> dict[str, law.EvaluationModel]:
    """The models of the pack by code, each in the version a run of today would take."""
    pack = law.active()
    return {code: model_on(pack, code, today()) for code in law.models(pack=pack)}


def _model(code: str) -> law.EvaluationModel:
    return model_on(law.active(), code, today())


urlpatterns: list[URLPattern] = [
    path("evaluation/", models, name="desk-evaluation"),
    path("evaluation/models/<slug:model>/", adopt, name="desk-evaluation-adopt"),
    path("evaluation/models/<slug:model>/act/", act, name="desk-evaluation-act"),
    path("evaluation/models/<slug:model>/report/", report_new, name="desk-evaluation-report-new"),
    path("evaluation/models/<slug:model>/weights/<slug:indicator>/", weight, name="desk-evaluation-weight"),
    path("evaluation/reports/<int:report>/", report, name="desk-evaluation-report"),
    path("evaluation/report-tables/<slug:table>.csv", report_csv, name="desk-evaluation-report-csv"),
]
