"""Desk pages: results that were received, and those that contradict each other; the early-warning list for inspectors."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.evaluation import mutual, received, seeing, warning
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.site.views.common import keyset
from xinheng.kernel import uscc as codes
from xinheng.kernel.errors import WrongUse
from xinheng.law import service as law
from xinheng.register import service as register

PAGE, SHOWN = 50, 3
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
@desk("evaluation.received.read")
def results(request: Any) -> HttpResponseBase:
    """Results about one organisation, with authority, period and end; below them the findings of the mutual rules.

    A unit sees findings about its own results, and answers them; the office sees all and answers none that has an owner.
    """
    if request.method == "POST":
        return _answer(request)
    return _results(request)


def _results(request: Any, said: str = "") -> HttpResponse:
    on, given, account = today(), request.GET, request.account
    code, wrong = typed_code(given)
    known = register.get([code]).get(code) if code else None
    may = account.may("evaluation.classes.read") and bool(code)
    classes = seeing.classes_of(body=account.body, usccs=[code], on=on) if may else frozenset()
    shown = (
        received.received(usccs=[code], on=on, audience="authority", classes=classes).get(code, ())
        if code
        else ()
    )
    if code:
        # In the ledger, and told to nobody: whose risk class was looked up is what an unannounced visit begins with
        noted(request, "received-results", purpose="查看接收的评价", about=code, rows=len(shown))
    if classes:
        noted(request, "risk-class", purpose="查看企业信用风险分类，安排抽查检查", about=code)
    over = given.get("over") == "1"
    findings, following = mutual.mutual_findings(
        on=on, authority=account.only_body, over=over, after=keyset(request), limit=PAGE
    )
    if findings:
        about = sorted({one.uscc for one in findings})
        noted(request, "mutual-findings", purpose="核实评价结果互斥", about=about, rows=len(findings))
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
        "wrong": wrong,
        "done": given.get("done") == "1",
    }
    return page(request, "desk/evaluation_received.html", context, status=400 if said or wrong else 200)


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
@desk("evaluation.warning.read")
def warnings(request: Any) -> HttpResponse:
    """Organisations pointed out, with reasons and the rows behind each: an aid, never a ground by itself.

    The office and the auditor see all, an authority those it has to do with, a county's unit in its county.
    """
    on, given, pack, body = today(), request.GET, law.active(), request.account.only_body
    rules = {rule.code: rule for rule in pack.warnings}
    code, wrong = typed_code(given)
    wrong = wrong or _narrowed_wrongly(given, rules, pack.counties)
    own = seeing.county_of(body=body)
    chosen = {
        "rule": given.get("rule", "") if given.get("rule", "") in rules else "",
        "county": given.get("county", "") if given.get("county", "") in pack.counties else "",
        "uscc": code,
    }
    shown, following = ([], "") if wrong else warning.warned(
        on=on, body=body, after=given.get("after", "")[:96], limit=PAGE, **chosen
    )  # fmt: skip
    about = sorted({one.uscc for one in shown} | ({code} if code else set()))
    if about:
        # In the ledger, and told to nobody: an unannounced visit must stay one
        noted(request, "early-warnings", purpose="查看预警提示，安排监督检查", about=about, rows=len(shown))
    counts = warning.by_rule(on=on, body=body)
    context = {
        "section": "early-warning",
        "round": warning.current(),
        "whole": body is None,
        "own": Words(*pack.counties[own]) if own else None,
        "standing": sum(n for _rule, n in counts),
        "by_rule": [(rules[code], n) for code, n in counts if code in rules],
        "rules": list(rules.values()),
        "explained": [{"rule": rule, "look": Words(rule.look, rule.look_en)} for rule in rules.values()],
        "counties": [] if own else [(code, Words(*names)) for code, names in pack.counties.items()],
        "chosen": chosen,
        "typed": given.get("uscc", "").strip()[:40],
        "wrong": wrong,
        "rows": [_warned(one, on) for one in shown],
        "next": urlencode({name: value for name, value in chosen.items() if value} | {"after": following})
        if following
        else "",
    }
    return page(request, "desk/early_warning.html", context, status=400 if wrong else 200)


def typed_code(given: Any) -> tuple[str, str]:
    """The code somebody typed, cleaned; where it is none, nothing and the reason."""
    code = codes.clean(given.get("uscc", "")[:40]).code
    if not code or codes.is_valid(code):
        return code, ""
    return "", _("统一社会信用代码不对：应为 18 位，最后一位是校验码。请核对后重新填写。")


def _narrowed_wrongly(given: Any, rules: Container[str], counties: Container[str]) -> str:
    """Why the list cannot be narrowed as asked, in a sentence; "" where it can."""
    rule, county = given.get("rule", ""), given.get("county", "")
    if rule and rule not in rules:
        return _("没有「%(rule)s」这种提示。请去掉这个条件，或者另选一种。") % {"rule": rule[:40]}
    if county and county not in counties:
        return _("没有代码为「%(county)s」的县区。请去掉这个条件，或者另选一个。") % {"county": county[:12]}
    return ""


def _warned(one: warning.Warned, on: Any) -> dict[str, Any]:
    return {
        "one": one,
        "rule": Words(*one.names),
        "reasons": [(reason, Words(*reason.names)) for reason in one.reasons[:SHOWN]],
        "folded": [(reason, Words(*reason.names)) for reason in one.reasons[SHOWN:]],
        "more": one.facts - len(one.reasons),
        "rest": one.facts - SHOWN,
        "days": (one.until - on).days,
    }


urlpatterns: list[URLPattern] = [
    path("received/", results, name="desk-received"),
    path("early-warning/", warnings, name="desk-early-warning"),
]
