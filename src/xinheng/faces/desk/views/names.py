"""Desk pages: doubtful names. Which organisation a row means, judged by people; links and how they are taken back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.evidence import service as evidence
from xinheng.faces.clock import now, today
from xinheng.faces.desk import naming
from xinheng.faces.desk.access import desk, noted, page, refused
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views.intake import actor
from xinheng.intake import service as intake
from xinheng.kernel import uscc
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.linkage import service as linkage
from xinheng.register import service as register

PAGE = 50
TABS = {
    "open": gettext_lazy("待判"), "unsure": gettext_lazy("有人说不准"), "same": gettext_lazy("已认定"),
    "none": gettext_lazy("都不是"),
}  # fmt: skip
STEPS = {
    "waiting": gettext_lazy("等人判"), "second": gettext_lazy("等第二人"), "third": gettext_lazy("两人不一致，等第三人"),
    "same": gettext_lazy("已认定"), "none": gettext_lazy("都不是"),
}  # fmt: skip
WORDS = {
    "same": gettext_lazy("是同一主体"), "different": gettext_lazy("不是同一主体"), "unsure": gettext_lazy("说不准"),
}  # fmt: skip
HOW = {"automatic": gettext_lazy("自动"), "judged": gettext_lazy("人工认定")}


@require_safe
@desk("names.read")
def index(request: Any) -> HttpResponse:
    """The queue: what waits and for how long, the oldest first; and what was answered."""
    account, given = request.account, request.GET
    judges = account.may("names.judge")
    state = given.get("state", "") if given.get("state", "") in TABS else "open"
    chosen = {"state": state, "item": given.get("item", "")[:64], "q": given.get("q", "").strip()[:60]}
    found = linkage.pending(
        after=number(given.get("after")), limit=PAGE + 1, state=state, source=account.only_body,
        item=chosen["item"], text=chosen["q"], not_by=actor(request) if judges and state == "open" else "",
    )  # fmt: skip
    rows = found[:PAGE]
    waiting = linkage.waiting(on=today(), source=account.only_body)
    named = unit_names([row.source for row in rows if row.source])
    items = law.active().items
    if rows:
        noted(request, "doubtful-names", purpose="核对名称归属", rows=len(rows))
    context = {
        "section": "names",
        **came(request),
        "judges": judges,
        "chosen": chosen,
        "tabs": [(key, label, urlencode(chosen | {"state": key})) for key, label in TABS.items()],
        "rows": [_listed(row, named, items) for row in rows],
        "waiting": waiting,
        "second": waiting.states.get("second", 0) + waiting.states.get("third", 0),
        "bars": naming.ages(waiting.ages),
        "oldest_days": (today() - waiting.oldest).days if waiting.oldest else 0,
        "items": [item for item in items.values() if item.subject_name],
        "double": linkage.double_review(),
        "next": urlencode(chosen | {"after": rows[-1].id}) if len(found) > PAGE else "",
    }
    return page(request, "desk/names.html", context)


def _listed(row: linkage.PendingRow, named: dict[str, str], items: Any) -> dict[str, Any]:
    best = max(row.candidates, key=lambda one: one.confidence, default=None)
    return {
        "row": row,
        "unit": named.get(row.source, ""),
        "item": items.get(row.item),
        "best": shown(best) if best else "",
        "sure": naming.sure(best.confidence) if best else None,
        "more": max(0, len(row.candidates) - 1),
        "days": (today() - row.since).days if row.since else 0,
        "step": STEPS[row.state],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk("names.read")
def one(request: Any, pending: int) -> HttpResponseBase:
    """One doubtful row beside its candidates, part by part; and the word of whoever may judge."""
    row = linkage.pending_row(pending, source=request.account.only_body)
    if request.method != "POST":
        noted(request, "doubtful-name", purpose="核对名称归属", pending=row.id, batch=row.batch, row=row.row)
        return _shown(request, row)
    if not request.account.may("names.judge"):
        return refused(request)
    if request.POST.get("pending") != str(row.id):
        problem = _("这张表单属于另一条名称，没有改动任何数据。请核对后再判。")
        return _shown(request, row, problem=problem, status=409)
    act = request.POST.get("act", "")
    if act == "take-up":
        return _taken_up(request, row, (row.id,), "same")
    code = _code(request)
    if act in WORDS and not code:
        return _shown(request, row, problem=_("请先选一个候选主体。"), status=400)
    try:
        why = request.POST.get("why", "")
        if act == "none":
            done = linkage.judge_none(pending=row.id, why=why, actor=actor(request), at=now())
        else:
            done = linkage.judge(
                pending=row.id, code=code, verdict=act, why=why, actor=actor(request), at=now()
            )
    except (linkage.AlreadyJudged, linkage.JudgedBefore) as error:
        fresh = linkage.pending_row(row.id, source=request.account.only_body)
        return _shown(request, fresh, said=error.message, status=409)
    except linkage.BadJudgement as error:
        return _shown(request, row, said=error.message, status=400)
    return _taken_up(request, row, done.take_up, act)


def _code(request: Any) -> str:
    return uscc.clean(request.POST.get("candidate", "")[:60]).code


def _taken_up(request: Any, row: linkage.PendingRow, rows: tuple[int, ...], word: str) -> HttpResponseBase:
    """Rows of which it is now known whom they mean run through the intake again; then on to the next one."""
    at = now()
    answer: dict[str, Any] = {"done": word, "was": row.id}
    if rows:
        try:
            receipts = intake.take_up(pending=rows, at=at, actor=actor(request))
        except XinhengError as error:
            # The judgement stands; the same button takes the row in once what is in the way is gone
            return _shown(request, linkage.pending_row(row.id), said=error.message, status=400)
        evidence.drain(at=at, wait=False)
        answer["rows"] = sum(one.accepted + one.updated + one.duplicate for one in receipts)
        if back := [one for one in receipts if one.rejected + one.quarantined]:
            answer["left"] = sum(one.rejected + one.quarantined for one in back)
            answer["batch"] = back[0].batch
    following = _following(request, row)
    address = reverse("desk-name", args=[following]) if following else reverse("desk-names")
    return HttpResponseRedirect(f"{address}?{urlencode(answer)}")


def came(request: Any) -> dict[str, Any]:
    """What the last judgement did, from the address it led to: rows that came in, rows that came back, where they are."""
    given = request.GET
    batch = given.get("batch", "")
    return {
        "done_rows": number(given.get("rows")) or 0,
        "left": number(given.get("left")) or 0,
        "left_batch": batch if re.fullmatch(r"[0-9-]{1,32}", batch) else "",
        "was": number(given.get("was")),
    }


def _following(request: Any, row: linkage.PendingRow) -> int:
    """The next row this person can judge: after this one, else from the beginning; 0 for none."""
    if not request.account.may("names.judge"):
        found = linkage.pending(after=row.id, limit=1, source=request.account.only_body)
        return found[0].id if found else 0
    for after in (row.id, None):
        rows = linkage.pending(after=after, limit=2, not_by=actor(request))
        if left := [one.id for one in rows if one.id != row.id]:
            return left[0]
    return 0


def _shown(
    request: Any, row: linkage.PendingRow, *, problem: str = "", said: str = "", status: int = 200
) -> HttpResponse:
    stands = {code: word for code, (_id, word) in linkage.standing(row.key).items()}
    own = {word.code: word.verdict for word in linkage.words(row.key) if word.actor == actor(request)}
    candidates = list(row.candidates)
    typed = uscc.clean(request.GET.get("code", "")[:60]).code
    if (
        typed
        and typed not in {one.code for one in candidates}
        and (known := register.get([typed]).get(typed))
    ):
        candidates.append(linkage.Proposed(typed, known.shown_name, True, -1))
    orgs = register.get([one.code for one in candidates])
    item = law.active().items.get(row.item)
    judges = request.account.may("names.judge")
    blind = linkage.double_review()
    open_ = row.open and not (blind and linkage.has_answered(row, actor(request)))
    context = {
        "section": "names",
        "row": row,
        "item": item,
        "sender": unit_names([row.source]).get(row.source, "") if row.source else "",
        "step": STEPS[row.state],
        "cells": _cells(row, item),
        "candidates": [
            _beside(row, one, orgs.get(one.code), stands, own, place)
            for place, one in enumerate(candidates, start=1)
        ],
        "picked": request.POST.get("candidate", "") or (typed if typed in orgs else ""),
        "typed": typed,
        "unknown": bool(typed) and typed not in orgs,
        "alike": sum(one.open for one in linkage.alike(row.key)) - row.open if row.key else 0,
        "judges": judges and open_,
        "waits_for_other": judges and row.open and not open_,
        "blind": blind,
        "why": request.POST.get("why", "")[:200],
        "following": _following(request, row),
        "history": told(linkage.history(pending=row.id, viewer=actor(request)), judges),
        "problem": problem,
        "said": said,
        "done": WORDS.get(request.GET.get("done", ""))
        or (_("都不是") if request.GET.get("done") == "none" else ""),
        **came(request),
        "may_take_up": judges and row.state == "same",
    }
    return page(request, "desk/names_one.html", context, status=status)


def _cells(row: linkage.PendingRow, item: Any) -> list[tuple[Any, str]]:
    """What the row says, as kept (redacted); no person's name is part of the question."""
    cells = intake.kept_row(batch=row.batch, row=row.row) or {} if row.key else {}
    if item is None:
        return []
    return [
        (field, cells[field.code])
        for field in item.fields
        if cells.get(field.code) and field.type != "person"
    ]


def shown(one: linkage.Proposed) -> str:
    """The name that matched, as a page may show it: no individual business goes by a person's name."""
    if register.name_is_personal(one.code, one.name):
        return register.display_name(code=one.code, name=one.name, region="")
    return one.name


def _beside(
    row: linkage.PendingRow,
    one: linkage.Proposed,
    org: Any,
    stands: dict[str, str],
    own: dict[str, str],
    place: int,
) -> dict[str, Any]:
    parts = linkage.parts_of(name=row.name, code=one.code, held=shown(one), asked_code=row.code)
    said, held = naming.pieces(row.name, shown(one))
    return {
        "number": place,
        "one": one,
        "name": shown(one),
        "org": org,
        "said": said,
        "held": held,
        "sure": naming.sure(one.confidence) if one.confidence > 0 else None,
        "lines": naming.lines(parts),
        "stands": WORDS.get(stands.get(one.code, "")),
        "own": WORDS.get(own.get(one.code, "")),
    }  # fmt: skip


def told(steps: list[linkage.Step], judges: bool) -> list[dict[str, Any]]:
    """Steps with the names of organisations; the number of a verdict for whoever may take it back."""
    names = register.get({step.code for step in steps if step.code})
    return [
        {
            "step": step,
            "word": WORDS.get(step.word) or HOW.get(step.word, ""),
            "org": names[step.code].shown_name if step.code in names else step.code,
            "verdict": step.verdict if judges else 0,
        }
        for step in steps
    ]


@require_POST
@desk("names.judge")
def review(request: Any) -> HttpResponseBase:
    """Whether two people judge each name without seeing each other."""
    linkage.set_double_review(double=request.POST.get("double") == "on", actor=actor(request), at=now())
    return HttpResponseRedirect(reverse("desk-names"))


def number(text: Any) -> int | None:
    """A number from an address; None for anything else."""
    return int(text) if text and str(text).isdigit() and len(str(text)) < 19 else None


urlpatterns: list[URLPattern] = [
    path("names/", index, name="desk-names"),
    path("names/<int:pending>/", one, name="desk-name"),
    path("names/review/", review, name="desk-name-review"),
]
