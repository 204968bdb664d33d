"""Desk pages: results that were received, and those that contradict each other; the early-warning list for inspectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.evaluation import mutual, received, warning
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.site.views.common import keyset
from xinheng.kernel import uscc as codes
from xinheng.kernel.errors import WrongUse
from xinheng.law import service as law
from xinheng.register import service as register

PAGE = 50
OUTCOMES = {
    "": gettext_lazy("待核实"),
    "kept": gettext_lazy("已核实，行业评价不变"),
    "changed": gettext_lazy("已核实，行业评价另行报送"),
    "gone": gettext_lazy("两项结果已不再并存"),
}


@dataclass(frozen=True)
class Words:
    """A text in two languages, as templates ask for it."""

    name: str
    name_en: str


@require_http_methods(["GET", "HEAD", "POST"])
@desk("evaluation.received")
def results(request: Any) -> HttpResponseBase:
    """Results about one organisation, with authority, period and end; below them the findings of the mutual rules.

    A unit sees findings about its own results, and answers them; the office sees all and answers none that has an owner.
    """
    if request.method == "POST":
        return _answer(request)
    return _results(request)


def _results(request: Any, said: str = "") -> HttpResponse:
    on, given, account = today(), request.GET, request.account
    code = codes.clean(given.get("uscc", "")[:40]).code or ""
    known = register.get([code]).get(code) if code else None
    shown = received.received(usccs=[code], on=on, audience="authority").get(code, ()) if code else ()
    if shown:
        # In the ledger, and told to nobody: whose risk class was looked up is what an unannounced visit begins with
        noted(request, "received-results", purpose="查看接收的评价", about=code, rows=len(shown))
    over = given.get("over") == "1"
    findings, following = mutual.mutual_findings(
        on=on, authority=account.only_body, over=over, after=keyset(request), limit=PAGE
    )
    if findings:
        noted(request, "mutual-findings", purpose="评价结果互斥", rows=len(findings))
    context = {
        "section": "received",
        "typed": given.get("uscc", "").strip()[:40],
        "code": code,
        "name": known.shown_name if known else "",
        "individual": known is not None and known.is_individual,
        "results": [(one, Words(*one.names)) for one in shown if not one.internal],
        "classes": [(one, Words(*one.names)) for one in shown if one.internal],
        "over": over,
        "findings": [_finding(one, account) for one in findings],
        "next": urlencode({"over": "1"} if over else {}) + f"&after={following}" if following else "",
        "said": said,
        "done": given.get("done") == "1",
    }
    return page(request, "desk/evaluation_received.html", context, status=400 if said else 200)


def _finding(one: mutual.MutualFinding, account: Any) -> dict[str, Any]:
    mine = one.authority == (account.only_body or "") and account.may("evaluation.answer")
    return {
        "one": one,
        "rule": Words(*one.names),
        "says": Words(*one.says),
        "sides": [(side, Words(*side.names)) for side in (one.first, one.second)],
        "outcome": OUTCOMES[one.outcome],
        "may_answer": mine and not one.outcome,
    }


def _answer(request: Any) -> HttpResponseBase:
    account, form, at = request.account, request.POST, now()
    if not account.may("evaluation.answer"):
        return refused(request)
    number = form.get("id", "")
    try:
        mutual.answer_mutual(
            id=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0,
            outcome=form.get("outcome", ""), body=account.only_body, actor=f"desk:{account.name}", at=at,
        )  # fmt: skip
    except WrongUse as error:
        return _results(request, error.message)
    evidence.drain(at=at, wait=False)
    return HttpResponseRedirect(f"{reverse('desk-received')}?done=1")


@require_safe
@desk("evaluation.warning")
def warnings(request: Any) -> HttpResponse:
    """Organisations pointed out, with reasons and the rows behind each: an aid, never a ground by itself."""
    on, given, pack = today(), request.GET, law.active()
    rules = {rule.code: rule for rule in pack.warnings}
    chosen = {
        "rule": given.get("rule", "") if given.get("rule", "") in rules else "",
        "county": given.get("county", "") if given.get("county", "") in pack.counties else "",
        "uscc": codes.clean(given.get("uscc", "")[:40]).code or "",
    }
    shown, following = warning.warned(on=on, after=given.get("after", "")[:96], limit=PAGE, **chosen)
    if shown:
        # In the ledger, and told to nobody: an unannounced visit must stay one
        about = sorted({one.uscc for one in shown})
        noted(request, "early-warnings", purpose="预警提示", about=about, rows=len(shown))
    last = warning.current()
    context = {
        "section": "early-warning",
        "round": last,
        "by_rule": [(rules[code], n) for code, n in (last.by_rule if last else ()) if code in rules],
        "rules": list(rules.values()),
        "explained": [{"rule": rule, "look": Words(rule.look, rule.look_en)} for rule in rules.values()],
        "counties": [(code, Words(*names)) for code, names in pack.counties.items()],
        "chosen": chosen,
        "typed": given.get("uscc", "").strip()[:40],
        "rows": [_warned(one, on) for one in shown],
        "next": urlencode({name: value for name, value in chosen.items() if value} | {"after": following})
        if following
        else "",
    }
    return page(request, "desk/early_warning.html", context)


def _warned(one: warning.Warned, on: Any) -> dict[str, Any]:
    return {
        "one": one,
        "rule": Words(*one.names),
        "reasons": [(reason, Words(*reason.names)) for reason in one.reasons],
        "more": one.facts - len(one.reasons),
        "days": (one.until - on).days,
    }


urlpatterns: list[URLPattern] = [
    path("received/", results, name="desk-received"),
    path("early-warning/", warnings, name="desk-early-warning"),
]
