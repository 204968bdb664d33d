"""Desk pages of the quality mirror: units and items, one unit's item with its rows, what is suspected unreported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.faces.clock import now, today
from xinheng.faces.desk import mirroring
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.views import oversight_papers
from xinheng.faces.desk.views.intake import actor
from xinheng.faces.site.words import named
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.oversight import service as oversight

PAGE = 50
MONTHS = 12
KINDS = ("weekly", "monthly", "quarterly")
STATES = ("open", "explained", "confirmed", "reported")
SUSPICIONS = ("gap", "elsewhere", "differs", "here_only")


def period_of(request: Any) -> oversight.Span:
    """The period in the address, else the month that holds yesterday."""
    wanted = request.GET.get("period", "")
    return oversight.parse(wanted) if wanted else oversight.containing(today() - timedelta(days=1), "monthly")


def periods(span: oversight.Span) -> list[oversight.Span]:
    """What a reader may turn to: the other kinds that hold this period's end, and the one before of its own kind."""
    yesterday = today() - timedelta(days=1)
    found = [oversight.containing(min(span.last, yesterday), kind) for kind in KINDS]
    later = oversight.containing(span.last + timedelta(days=1), span.kind)
    return [span.previous, *found, *([later] if later.first <= yesterday else [])]


@require_safe
@desk("oversight.read")
def mirror(request: Any) -> HttpResponse:
    """Units and items of a period, with timeliness and conformity; a unit sees its own line."""
    span = period_of(request)
    body = request.account.only_body
    cutoff = span.until(today())
    lines = oversight.by_unit(first=span.first, last=cutoff, body=body)
    wanted = [one.code for one in _months(cutoff, 6)]
    months = oversight.months_of_all(first=oversight.parse(wanted[0]).first, last=cutoff)
    noted(request, "figures", purpose="数据质量监测", period=span.code, source=body or "")
    if request.GET.get("format") == "csv":
        return _figures_csv(span, lines)
    context = {
        "section": "mirror",
        "span": span,
        "cutoff": cutoff,
        "periods": periods(span),
        "notes": oversight.FORMULAS,
        "choice": oversight.OUR_CHOICE,
        "months": wanted,
        **mirroring.matrix(lines, months, wanted),
    }
    return page(request, "desk/oversight/mirror.html", context)


def _months(until: Any, count: int) -> list[oversight.Span]:
    found = [oversight.containing(until, "monthly")]
    while len(found) < count:
        found.append(found[-1].previous)
    return found[::-1]


def _figures_csv(span: oversight.Span, lines: list[oversight.UnitLine]) -> HttpResponse:
    heads = (
        "单位", "统一社会信用代码", "目录项", "应报", "已报", "及时率", "合规率", "迟报", "漏报", "退回", "零报告", "疑似未报",
    )  # fmt: skip
    rows = []
    for line in lines:
        parts = [("合计", line.figures), *sorted(line.items.items())]
        for code, one in parts:
            rows.append((
                line.unit.name, line.unit.body, code, one.due, one.reported, oversight.percent(one.timeliness),
                oversight.percent(one.conformity), one.late, one.omitted, one.returned, one.nil, one.suspected,
            ))  # fmt: skip
    return _download(mirroring.table(heads, rows), f"mirror-{span.code}.csv", "text/csv; charset=utf-8")


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@desk("oversight.read")
def of_item(request: Any, source: str, item: str) -> HttpResponse:
    """One unit's item: trend, errors by cause, and the exact rows behind each figure."""
    body = request.account.only_body
    if body not in (None, source) or item not in law.active().items or not uscc.is_valid(source):
        raise Http404
    span = period_of(request)
    cutoff = span.until(today())
    lines = oversight.between(span.first, cutoff, source=source, item=item)
    trend = oversight.trend(on=today(), kind="monthly", count=MONTHS, source=source, item=item)
    if not lines and not any(one.reported for _span, one in trend):
        raise Http404
    shown = _shown(request)
    after = oversight.Place.read(request.GET.get("after", ""))
    rows = oversight.rows(
        source=source, item=item, first=span.first, last=cutoff, after=after, limit=PAGE, **shown
    )
    noted(request, "rows-behind-figures", purpose="数据质量核查", source=source, item=item, period=span.code)
    figures = lines[0].figures if lines else oversight.Figures()
    base = {"period": span.code, **{name: value for name, value in shown.items() if value}}
    if request.GET.get("format") == "csv":
        return _trend_csv(trend, f"trend-{source}-{item}.csv")
    context = {
        "section": "mirror",
        "span": span,
        "cutoff": cutoff,
        "periods": periods(span),
        "item": law.active().items[item],
        "source": source,
        "unit_name": oversight.names([source])[source],
        "figures": figures,
        "rates": [oversight.percent(figures.timeliness), oversight.percent(figures.conformity)],
        "charts": mirroring.charts(trend),
        "trend": [(one, f, oversight.percent(f.timeliness), oversight.percent(f.conformity)) for one, f in trend],
        "causes": _causes(span, cutoff, source, item),
        "may_send": request.account.may("intake.send"),
        "deliveries": oversight.deliveries(source=source, item=item, first=span.first, last=cutoff, limit=12),
        "rows": rows.rows,
        "shown": shown,
        "next": urlencode({**base, "after": str(rows.next)}) if rows.next else "",
        "after": after,
        "sequences": [one for one in oversight.sequences(body=source) if item in one["item"].split(",")][:12],
        "open": oversight.suspected(body=source, item=item, state="open", limit=8).findings,
    }  # fmt: skip
    return page(request, "desk/oversight/item.html", context)


def _shown(request: Any) -> dict[str, str]:
    kind = "late" if request.GET.get("rows") == "late" else "returned"
    return {
        "kind": kind,
        "code": request.GET.get("code", "")[:64],
        "field": request.GET.get("field", "")[:64],
    }


def _causes(span: oversight.Span, cutoff: Any, source: str, item: str) -> list[dict[str, Any]]:
    """Errors by cause, with the rule's own words."""
    known = law.active().items[item]
    rules = {rule.id: rule for rule in known.rules}
    found = oversight.causes(first=span.first, last=cutoff, source=source, item=item)
    most = max([one.rows for one in found] + [1])
    return [
        {
            "line": one,
            "field": known.by_code.get(one.field),
            "words": rules[one.code].remedy if one.code in rules else "",
            "width": max(2, 100 * one.rows // most),
            "query": urlencode({"period": span.code, "code": one.code, "field": one.field}),
        }
        for one in found
    ]


def _trend_csv(trend: list[tuple[oversight.Span, oversight.Figures]], name: str) -> HttpResponse:
    rows = [
        (span.code, one.due, one.reported, oversight.percent(one.timeliness), oversight.percent(one.conformity), one.late, one.returned)
        for span, one in trend
    ]  # fmt: skip
    heads = ("月份", "应报", "已报", "及时率", "合规率", "迟报", "退回")
    return _download(mirroring.table(heads, rows), name, "text/csv; charset=utf-8")


@require_safe
@desk("oversight.read")
def suspected(request: Any) -> HttpResponse:
    """Findings with where they stand; filters are links. A unit sees what concerns it."""
    body = request.account.only_body
    chosen = {
        "state": request.GET.get("state", "open"), "kind": request.GET.get("kind", ""),
        "body": request.GET.get("body", "")[:18],
    }  # fmt: skip
    asked = body if body is not None else chosen["body"] or None
    after = request.GET.get("after", "")
    found = oversight.suspected(
        body=asked, state=chosen["state"] if chosen["state"] in STATES else None,
        kind=chosen["kind"] if chosen["kind"] in SUSPICIONS else None,
        after=int(after) if after.isdigit() and len(after) < 19 else None, limit=PAGE,
    )  # fmt: skip
    noted(request, "suspected", purpose="疑似未报核查", source=asked or "", state=chosen["state"])
    items = law.active().items
    kept = {name: value for name, value in chosen.items() if value}
    series = oversight.sequences(body=asked)
    told = {one["authority"] for one in series[:20]} | {one.body for one in found.findings}
    names = oversight.names(told | ({asked} if asked else set()))
    context = {
        "section": "mirror",
        "chosen": chosen,
        "unit_name": names.get(asked or "", ""),
        "rows": [(one, names.get(one.body, one.body), items.get(one.item)) for one in found.findings],
        "next": urlencode({**kept, "after": found.next}) if found.next else "",
        "states": [(state, urlencode({**kept, "state": state})) for state in (*STATES, "all")],
        "kinds": [(kind, urlencode({**kept, "kind": kind})) for kind in ("", *SUSPICIONS)],
        "sequences": [(one, names[one["authority"]]) for one in series[:20]],
        "asks": sum(1 for one in series if one["verdict"] == "asks"),
        "all_sequences": len(series),
        "comparisons": oversight.comparisons(body=body, limit=6),
        "why": oversight.WHY,
        "query": urlencode(kept),
    }
    return page(request, "desk/oversight/suspected.html", context)


@require_POST
@desk("oversight.read")
def step(request: Any) -> HttpResponseBase:
    """One step for the findings that were ticked. A unit may explain its own; only the office confirms or opens again."""
    to = request.POST.get("to", "")
    if to != "explained" and not request.account.may("oversight.issue"):
        raise Http404
    done = oversight.resolve(
        numbers=request.POST.getlist("number")[:200], to=to, reason=request.POST.get("reason", ""), at=now(),
        actor=actor(request), body=request.account.only_body,
    )  # fmt: skip
    query = request.POST.get("query", "")[:300]
    return HttpResponseRedirect(f"{reverse('desk-suspected')}?{query}&done={len(done)}")


@require_POST
@desk("oversight.issue")
def look(request: Any) -> HttpResponseBase:
    """Looks through the document numbers now."""
    found = oversight.look(at=now(), actor=actor(request))
    told = urlencode({"opened": found.opened, "closed": found.closed})
    return HttpResponseRedirect(f"{reverse('desk-suspected')}?{told}")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("oversight.issue")
def compare(request: Any) -> HttpResponseBase:
    """A list published elsewhere, compared in memory with what was reported here."""
    items = law.active().items
    lines = oversight.units(pack=law.active(), sources=_senders())
    context: dict[str, Any] = {
        "section": "mirror",
        "faces": oversight.FACES,
        "items": [one for one in items.values() if one.document_number],
        "units": [one for one in lines if one.known],
        "chosen": {name: request.POST.get(name, "") for name in ("face", "item", "body")},
    }
    if request.method == "POST":
        file = request.FILES.get("list")
        if (
            file is None
            or context["chosen"]["item"] not in items
            or not uscc.is_valid(context["chosen"]["body"])
        ):
            context["problem"] = _("请选好单位、类别、公示的地方，再选文件。")
            return page(request, "desk/oversight/compare.html", context, status=400)
        with _in_memory(file.read()) as place:
            context["found"] = oversight.compare(
                place, face=context["chosen"]["face"][:60] or oversight.FACES[0], item=context["chosen"]["item"],
                body=context["chosen"]["body"], at=now(), actor=actor(request),
            )  # fmt: skip
    return page(request, "desk/oversight/compare.html", context)


@contextmanager
def _in_memory(content: bytes) -> Iterator[Path]:
    """The upload as a file that is on no disk."""
    number = os.memfd_create("list")
    try:
        with os.fdopen(os.dup(number), "wb") as handle:
            handle.write(content)
        yield Path(f"/proc/self/fd/{number}")
    finally:
        os.close(number)


def _senders() -> set[str]:
    span = oversight.containing(today(), "monthly")
    first = span.first.replace(year=span.first.year - 3)
    return {line.source for line in oversight.between(first, today())}


@require_safe
@desk("oversight.read")
def finding(request: Any, number: str) -> HttpResponse:
    """One finding with what became of it."""
    found = oversight.finding(number=number, body=request.account.only_body)
    noted(request, "suspected", purpose="疑似未报核查", source=found.body, finding=number)
    item = law.active().items.get(found.item)
    context = {
        "section": "mirror",
        "one": found,
        "item": item,
        "item_name": named(item) if item else found.item,
        "unit_name": oversight.names([found.body])[found.body],
        "history": oversight.history(number=number),
        "why": oversight.WHY,
    }
    return page(request, "desk/oversight/finding.html", context)


urlpatterns: list[URLPattern] = [
    path("mirror/", mirror, name="desk-mirror"),
    path("mirror/<slug:source>/<slug:item>/", of_item, name="desk-mirror-item"),
    path("suspected/", suspected, name="desk-suspected"),
    path("suspected/step/", step, name="desk-suspected-step"),
    path("suspected/look/", look, name="desk-suspected-look"),
    path("suspected/compare/", compare, name="desk-suspected-compare"),
    path("suspected/<slug:number>/", finding, name="desk-finding"),
    *oversight_papers.urlpatterns,
]
