"""One organisation before one local model: the score down to its statements, and what would change it.

For the office and the authority that decided against it or has an open case about it, never for the organisation: that has its check-up.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.evaluation import adoption, seeing, store, trials
from xinheng.evaluation import service as evaluation
from xinheng.evidence import service as evidence
from xinheng.faces import trials as trial_words
from xinheng.faces.clock import today
from xinheng.faces.desk import evaluation_lines as lines
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.site.words import in_chinese
from xinheng.kernel.errors import Refused, WrongUse, XinhengError
from xinheng.law import service as law
from xinheng.register import service as register

PURPOSE = "核对本地评价的依据"


class ModelOff(Refused):
    """The model gives nobody but the office anything: it is not adopted, or not in force on that day."""

    code = "evaluation.model-off"


class WrongMoment(WrongUse):
    """The day asked about, or the ledger position, is none, or lies beyond what there is."""

    code = "evaluation.wrong-moment"


@require_safe
@desk("evaluation.read")
def one(request: Any, model: str, uscc: str) -> HttpResponse:
    """Score and grade, each indicator with its statements, what does not count and why, and what would change it.

    `?on=` asks about an earlier day; `?position=` (the office and the auditor) as the ledger stood then, `?run=` as a run
    had it. What would change it is reckoned for today alone. What is no day, or lies beyond, is refused: `WrongMoment`.
    """
    now, body = today(), request.account.only_body
    if uscc not in seeing.seen_by(body=body, usccs=[uscc], on=now):
        raise Http404
    _model(model, now)
    on, position = _day(request, now), _position(request, body)
    run = _run(request, model, body)
    rules = store.model_of(run) if run else _model(model, on)
    why = trials.reasons([run]).get(run.id, ()) if run else trials.reasons_on(rules, on)
    if body is not None:
        _must_be_in_use(rules, on, why)
    try:
        found = evaluation.explain(
            uscc=uscc, model=model, on=on, position=position, audience="office" if body is None else "authority",
            run=run.id if run else None,
        )  # fmt: skip
    except evaluation.UnknownOrganisation:
        raise Http404 from None
    is_now = on == now and position is None and run is None
    changed, obstacle = _changes(uscc, model, on) if is_now else ((), "")
    noted(request, "evaluation-one", purpose=PURPOSE, uscc=uscc, model=model, at=found.position)
    known = register.get([uscc]).get(uscc)
    context = {
        "section": "evaluation", "uscc": uscc, "organisation": known.shown_name if known else uscc, "rules": rules,
        "found": found, "trial": trial_words.sentences(why, model=rules, on=found.on, ran=run is not None),
        "stopped": run is not None and not run.trial and not adoption.status_of(code=model, digest=rules.digest).usable,
        "families": lines.families(found),
        "unused": [part for part in found.parts if not part.lines and not part.micro],
        "changes": lines.changes(changed), "doors": lines.doors(changed), "why_no_changes": obstacle,
        "clocked": any(one.clocked for one in changed), "excluded": lines.excluded(found),
        "on": found.on, "is_now": is_now, "run": run,
        "known_on": _known_on(found, run, position, now), "position_then": evidence.position_on(on) if on < now else 0,
        "position": position, "may_look_back": body is None, "base": found.base,
        "limits": rules.limits, "names": _names(rules),
    }  # fmt: skip
    return page(request, "desk/evaluation_one.html", context)


def _names(rules: law.EvaluationModel) -> dict[str, str]:
    """English for names of grades and items; nothing where the page is Chinese."""
    if in_chinese():
        return {}
    items = {one.name: one.name_en for one in law.active().items.values() if one.name_en}
    return items | {one.name: one.name_en for one in rules.grades if one.name_en}


def _model(code: str, on: date) -> law.EvaluationModel:
    try:
        return evaluation.model_on(law.active(), code, on)
    except law.UnknownCode:
        raise Http404 from None


def _must_be_in_use(rules: law.EvaluationModel, on: date, why: tuple[str, ...]) -> None:
    """A trial is the office's alone. Raises `ModelOff`."""
    if trials.NOT_ADOPTED in why:
        raise ModelOff(
            f"「{rules.name}」没有采用，它的结果不供使用。需要的话，请信用办按两人办理的程序采用。"
        )
    if why:
        raise ModelOff(
            f"{on} 不在「{rules.name}」的有效期内（{rules.in_force}），那天的结果只是试算，不供使用。请换有效期以内的日子。"
        )


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


def _day(request: Any, now: date) -> date:
    """The day asked for, today where none is. Raises `WrongMoment` for what is no day, and for one there is no result for."""
    text = request.GET.get("on", "").strip()
    try:
        on = date.fromisoformat(text) if text else now
    except ValueError:
        raise WrongMoment(_("日期要写成 2026-11-20 这样。")) from None
    if not evaluation.EARLIEST <= on <= now:
        told = {"first": evaluation.EARLIEST, "last": now, "day": on}
        raise WrongMoment(_("可以查 %(first)s 到 %(last)s 的日子，写的是 %(day)s。请改日期。") % told)
    return on


def _position(request: Any, body: str | None) -> int | None:
    """The ledger position asked for; None where none is, and for an authority. Raises `WrongMoment` beyond the ledger."""
    text = request.GET.get("position", "").strip()
    if not text or body is not None:
        return None
    last = evidence.size()
    if not (text.isascii() and text.isdigit() and len(text) < 19 and 1 <= int(text) <= last):
        told = {"last": last, "position": text[:24]}
        raise WrongMoment(
            _("账本位置是 1 到 %(last)s 的数，写的是「%(position)s」。请核对后再查；不填就是现在。") % told
        )
    return int(text)


def _changes(uscc: str, model: str, on: date) -> tuple[tuple[evaluation.Change, ...], str]:
    """What would change it; where that cannot be reckoned, the reason instead, and the page stands."""
    try:
        return evaluation.changes(uscc=uscc, model=model, on=on), ""
    except XinhengError as error:
        return (), error.message


urlpatterns: list[URLPattern] = [
    path("evaluation/one/<slug:model>/<slug:uscc>/", one, name="desk-evaluation-one"),
]
