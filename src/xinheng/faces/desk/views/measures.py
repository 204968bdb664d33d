"""Desk page: the measures, and the question: may this department take this one against this organisation today?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from xinheng.checks.service import Asker, May, may
from xinheng.faces.clock import now, today
from xinheng.faces.desk import sources
from xinheng.faces.desk.access import desk, noted, page
from xinheng.faces.desk.checks_shown import matters_of, purpose_words, purposes_of, sector_of
from xinheng.faces.site import measure_rows as rows
from xinheng.faces.site.words import in_chinese
from xinheng.kernel import uscc as codes
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law

REFUSALS = {
    "no-basis": gettext_lazy("没有现行依据"),
    "not-this-department": gettext_lazy("不归这个部门采取"),
    "entry-disputed": gettext_lazy("这条信息正在异议办理中"),
    "entry-repaired": gettext_lazy("这条信息已经修复"),
    "entry-ended": gettext_lazy("这条信息已经到期"),
    "out-of-proportion": gettext_lazy("与失信程度不相当"),
}


@require_safe
@desk("measures.read")
def measures(request: Any) -> HttpResponse:
    """The form, the answer where a question was asked, and the list below. A hint: the department decides."""
    pack, on, given = law.active(), today(), request.GET
    account = request.account
    units = sources.senders(account) if account.only_body is None else []
    body = account.only_body if account.only_body is not None else given.get("body", "")[:18]
    sector = sector_of(body)
    asked = {name: given.get(name, "").strip()[:96] for name in ("uscc", "measure", "matter", "purpose")}
    context: dict[str, Any] = {
        "section": "measures",
        "asked": asked,
        "body": body,
        "units": units,
        "sector": rows.sector(pack, sector) if sector else "",
        "groups": rows.measures(pack, on),
        "matters": _matters(body),
        "purposes": purposes_of(matters_of(SimpleNamespace(body=body))),
    }
    if any(asked.values()):
        context |= _answered(request, asked, body, sector)
    return page(request, "desk/measures.html", context, status=400 if context.get("said") else 200)


def _matters(body: str) -> list[tuple[str, tuple[Any, ...]]]:
    """What the unit decides, then what every unit of its sector may decide."""
    found = matters_of(SimpleNamespace(body=body))
    return [
        pair for pair in ((_("本单位的事项"), found.own), (_("各部门都有的事项"), found.general)) if pair[1]
    ]


def _answered(request: Any, asked: dict[str, str], body: str, sector: str) -> dict[str, Any]:
    """The answer in words, with the entries it rests on; or what the question still lacks."""
    code = codes.clean(asked["uscc"]).code or ""
    if not code or not codes.is_valid(code):
        return {"said": _("请填写 18 位统一社会信用代码：填的这个不对。")}
    if not asked["measure"] or not asked["matter"]:
        return {"said": _("请选措施和办理的事项：同一项措施在不同事项里依据不同。")}
    account = request.account
    asker = Asker("desk", f"desk:{account.name}", account.role, body, sector or _decided_by(asked["matter"]))
    try:
        found = may(
            uscc=code,
            measure=asked["measure"],
            matter=asked["matter"],
            asker=asker,
            at=now(),
            purpose=asked["purpose"],
        )
    except XinhengError as error:
        return {"said": error.message}
    noted(
        request,
        "measure",
        purpose=_purpose(asked),
        uscc=code,
        measure=asked["measure"],
        matter=asked["matter"],
    )
    return {"found": found} | _told(found)


def _decided_by(matter: str) -> str:
    """The sector of the unit that decides a matter, for a question that names no department; "" for a general one."""
    pack = law.active()
    unit = next((one.department for one in pack.matters if one.code == matter), "")
    return next((one.sector for one in pack.departments if unit and one.code == unit), "")


def _purpose(asked: dict[str, str]) -> str:
    """Why it was read, as the organisation is told: with the purpose where more than public facts were asked."""
    words = purpose_words(asked["matter"], asked["purpose"]) if asked["purpose"] else ""
    return f"核对可否采取措施：{words}" if words else "核对可否采取措施"


def _told(found: May) -> dict[str, Any]:
    answer = found.answer
    return {
        "measure_name": answer.name if in_chinese() else answer.name_en or answer.name,
        "says": answer.says if in_chinese() else answer.says_en or answer.says,
        "refusal": REFUSALS.get(answer.refusal, ""),
        "hints": _grouped(answer.hints, found),
        "refused": _grouped(answer.refused, found),
        "refused_count": len({one.entry for one in answer.refused}),
    }


def _grouped(hints: Any, found: May) -> list[dict[str, Any]]:
    """One line for each provision (and reason, and end), with all the entries it is about."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in hints:
        key = (one.ground, one.strength, one.refused, one.until)
        line = lines.setdefault(
            key,
            {
                "hint": one,
                "word": str(rows.STRENGTHS[one.strength]),
                "why": REFUSALS.get(one.refused, ""),
                "scope": one.scope if in_chinese() else one.scope_en or one.scope,
                "entries": [],
            },
        )
        entry = found.entries.get(one.entry)
        if entry is not None:
            line["entries"].append((entry, law.active().items.get(entry.item)))
    return list(lines.values())


urlpatterns: list[URLPattern] = [path("measures/", measures, name="desk-measures")]
