"""Desk pages: penalties whose class (失信程度) the deciding authority has to confirm, and why a line is on the site."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.sources import names
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.site.words import SEVERITIES
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records

PAGE = 100
CLASSES = ("minor", "ordinary", "serious")


@require_safe
@desk("queue.classify")
def queue(request: Any) -> HttpResponse:
    """The waiting penalties of one's unit (the office: of all), oldest first."""
    after = request.GET.get("after", "")
    waiting = records.undetermined(
        authority=request.account.only_body, after=int(after) if after.isdigit() else None, limit=PAGE + 1
    )
    context = {
        "section": "queue",
        "rows": waiting[:PAGE],
        "next": waiting[PAGE - 1].id if len(waiting) > PAGE else "",
    }
    if waiting:
        noted(request, "undetermined", purpose="确认失信程度", rows=len(waiting[:PAGE]))
    return page(request, "desk/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("queue.classify")
def classify(request: Any, statement: int) -> HttpResponseBase:
    """One penalty: what each class would do, under which provision; then the authority's word, on record.

    The office decides nothing: it records what the authority wrote, with the number of that letter.
    """
    entry, decided_on = _waiting(request.account, statement)
    effects = {effect["severity"]: effect for effect in _effects(entry, decided_on)}
    form = request.POST
    context: dict[str, Any] = {
        "section": "queue",
        "entry": entry,
        "item": law.active().items[entry.item],
        "title": entry.values.get(law.active().items[entry.item].subject_name, ""),
        "facts": _facts(entry),
        "effects": list(effects.values()),
        "letter_needed": request.account.only_body is None,
        "chosen": form.get("severity", ""),
        "letter": form.get("letter", "").strip()[:80],
    }
    if request.method != "POST":
        noted(request, "undetermined", purpose="确认失信程度", statement=statement, uscc=entry.uscc)
        return page(request, "desk/classify.html", context)
    if form.get("statement") != str(statement):
        context["problem"] = _("这张表单属于另一条记录，没有改动任何数据。请核对后再选一次。")
        return page(request, "desk/classify.html", context, status=409)
    if context["chosen"] not in effects:
        context["problem"] = _("请选择失信程度。")
    elif context["letter_needed"] and not context["letter"]:
        context["problem"] = _("请填认定单位书面意见的文号：失信程度由作出处罚的单位认定，信用办只作记录。")
    elif form.get("step") != "confirm":
        return page(request, "desk/classify.html", context | {"confirm": effects[context["chosen"]]})
    else:
        at = now()
        if context["letter_needed"]:
            accounts.read(
                actor=actor(request), at=at, what="letter", purpose="按认定单位书面意见记录失信程度",
                subject={"statement": statement, "letter": context["letter"]},
            )  # fmt: skip
        records.classify(
            statement=statement,
            severity=context["chosen"],
            authority=entry.authority,
            at=at,
            actor=actor(request),
        )
        evidence.drain(at=at, wait=False)
        return HttpResponseRedirect(f"{reverse('desk-queue')}?done={statement}")
    return page(request, "desk/classify.html", context, status=400)


def _waiting(account: Any, statement: int) -> tuple[publication.Entry, date]:
    """The penalty and its day, if this account may speak about it. Raises `Http404`."""
    entry = publication.statement(id=statement, audience="authority", on=today())
    if entry is None or entry.decided_on is None or account.only_body not in (None, entry.authority):
        raise Http404
    return entry, entry.decided_on


def _effects(entry: publication.Entry, decided_on: date) -> list[dict[str, Any]]:
    """What each class would mean for this penalty, before anybody chooses."""
    pack = law.active()
    found = []
    for severity in CLASSES:
        window = law.window(
            pack=pack, item=pack.items[entry.item], severity=severity, decided_on=decided_on,
            received_on=entry.received_on,
        )  # fmt: skip
        found.append({"severity": severity, "name": _(SEVERITIES[severity]), "window": window})
    return found


def _facts(entry: publication.Entry) -> list[tuple[law.Field, str]]:
    """The decision's own fields, in the order of the standard, empty ones left out."""
    item = law.active().items[entry.item]
    return [(field, entry.values[field.code]) for field in item.fields if entry.values.get(field.code)]


@require_safe
@desk()
def why(request: Any, statement: int) -> HttpResponse:
    """Why is this on our site? From a statement back to batch, file row and the cells as they came."""
    entry = publication.statement(id=statement, audience="authority", on=today())
    stored = records.statements([statement]).get(statement)
    if stored is None or entry is None:
        raise Http404
    number, row, received_on = stored.source
    found = intake.batches(source=request.account.only_body, number=number, limit=1)
    if not found:
        # The unit that sent it and the office may follow it back, and the authority that decided no further
        raise Http404
    item = law.active().items[entry.item]
    cells = intake.kept_row(batch=number, row=row) or {}
    noted(
        request, "lineage", purpose="查明记录来源", statement=statement, batch=number, row=row, uscc=entry.uscc
    )  # fmt: skip
    context = {
        "section": "batches",
        "entry": entry,
        "item": item,
        "batch": found[0],
        "row": row,
        "received_on": received_on,
        "may_send": request.account.may("intake.send"),
        "source": names([found[0].source])[found[0].source],
        "title": entry.values.get(item.subject_name, ""),
        # A person's name is no part of the answer, and an individual business's operator is never shown
        "cells": [
            (field, cells[field.code])
            for field in item.fields
            if cells.get(field.code) and field.type != "person"
        ],
        "gate": publication.explain(ids=[statement], audience="public", on=today())[0],
        "cited": law.provision(entry.rule) if entry.rule else None,
    }
    return page(request, "desk/why.html", context)


@require_safe
@desk()
def why_which(request: Any) -> HttpResponseBase:
    """From the number of a record, as its public page has it in its address, to the page that explains it."""
    typed = request.GET.get("statement", "").strip().rstrip("/").rsplit("/", 1)[-1]
    if typed.isdigit():
        return HttpResponseRedirect(reverse("desk-why", args=[int(typed)]))
    return HttpResponseRedirect(reverse("desk-batches"))


urlpatterns: list[URLPattern] = [
    path("queue/", queue, name="desk-queue"),
    path("queue/<int:statement>/", classify, name="desk-classify"),
    path("why/", why_which, name="desk-why-which"),
    path("why/<int:statement>/", why, name="desk-why"),
]
