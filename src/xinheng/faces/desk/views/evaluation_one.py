"""One organisation before one local model: the score down to its statements, and what would change it.

For the office and the authority that decided against it or has an open case about it, never for the organisation: that has its check-up.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from xinheng.evaluation import adoption, seeing
from xinheng.evaluation import service as evaluation
from xinheng.evidence import service as evidence
from xinheng.faces.clock import today
from xinheng.faces.desk import evaluation_lines as lines
from xinheng.faces.desk.access import desk, noted, page
from xinheng.kernel.errors import Refused, XinhengError
from xinheng.law import service as law
from xinheng.register import service as register

PURPOSE = "核对本地评价的依据"


class ModelOff(Refused):
    """The model gives nobody but the office anything: it is not adopted."""

    code = "evaluation.model-off"


@require_safe
@desk("evaluation.read")
def one(request: Any, model: str, uscc: str) -> HttpResponse:
    """Score and grade, each indicator with its statements, what does not count and why, and what would change it.

    `?on=` asks about an earlier day; `?position=` (the office and the auditor) as the ledger stood then, `?run=` as a run
    had it. What would change it is reckoned for today alone.
    """
    now, body = today(), request.account.only_body
    if uscc not in seeing.seen_by(body=body, usccs=[uscc], on=now):
        raise Http404
    rules = _model(model)
    status = adoption.status_of(code=model, digest=rules.digest)
    if body is not None and not status.usable:
        raise ModelOff(
            f"「{rules.name}」没有采用，它的结果不供使用。需要的话，请信用办按两人办理的程序采用。"
        )
    on, position = _asked(request, now, body)
    run = _run(request, model, body)
    try:
        found = evaluation.explain(
            uscc=uscc, model=model, on=on, position=position, audience="office" if body is None else "authority",
            run=run.id if run else None,
        )  # fmt: skip
    except evaluation.UnknownOrganisation:
        raise Http404 from None
    is_now = on == now and position is None and run is None
    changed, why = _changes(uscc, model, on) if is_now else ((), "")
    noted(request, "evaluation-one", purpose=PURPOSE, uscc=uscc, model=model, at=found.position)
    known = register.get([uscc]).get(uscc)
    context = {
        "section": "evaluation", "uscc": uscc, "organisation": known.shown_name if known else uscc, "rules": rules,
        "found": found, "status": status, "trial": not status.usable, "families": lines.families(found),
        "unused": [part for part in found.parts if not part.lines and not part.micro],
        "changes": lines.changes(changed), "doors": lines.doors(changed), "why_no_changes": why,
        "clocked": any(one.clocked for one in changed), "excluded": lines.excluded(found),
        "on": found.on, "is_now": is_now, "run": run,
        "known_on": _known_on(found, run, position, now), "position_then": evidence.position_on(on) if on < now else 0,
        "position": position, "may_look_back": body is None, "base": found.base,
        "limits": rules.limits,
    }  # fmt: skip
    return page(request, "desk/evaluation_one.html", context)


def _model(code: str) -> law.EvaluationModel:
    try:
        return law.model(pack=law.active(), code=code)
    except law.UnknownCode:
        raise Http404 from None


def _run(request: Any, model: str, body: str | None) -> evaluation.Run | None:
    """The run asked for, of this model; only the office and the auditor look back."""
    number = request.GET.get("run", "")[:30]
    if not number or body is not None:
        return None
    run = evaluation.run_numbered(number=number)
    if run.model != model:
        known = law.models(pack=law.active())
        said, wanted = (known[code].name if code in known else code for code in (run.model, model))
        raise evaluation.AnotherModel(
            f"{run.number} 是模型「{said}」的评价，不是「{wanted}」的。请从那次评价的结果里打开这个组织，或者换一次评价。"
        )
    return run


def _known_on(
    found: evaluation.Explanation, run: evaluation.Run | None, position: int | None, now: date
) -> date | None:
    """The day whose knowledge an earlier day is judged by; None where that is the day itself, or the position says it."""
    if run is not None:
        return run.known_on if run.looks_back else None
    return now if found.on < now and position is None else None


def _asked(request: Any, now: date, body: str | None) -> tuple[date, int | None]:
    """The day and the ledger position asked for; today and none where they cannot be read or lie ahead."""
    try:
        on = min(date.fromisoformat(request.GET.get("on", "")), now)
    except ValueError:
        on = now
    text = request.GET.get("position", "")
    if body is not None or not (text.isascii() and text.isdigit()):
        return on, None
    return on, min(int(text[:18]), evidence.position_on(now))


def _changes(uscc: str, model: str, on: date) -> tuple[tuple[evaluation.Change, ...], str]:
    """What would change it; where that cannot be reckoned, the reason instead, and the page stands."""
    try:
        return evaluation.changes(uscc=uscc, model=model, on=on), ""
    except XinhengError as error:
        return (), error.message


urlpatterns: list[URLPattern] = [
    path("evaluation/one/<slug:model>/<slug:uscc>/", one, name="desk-evaluation-one"),
]
