"""Desk pages: policies, notices and cases, from the draft to the day they are taken down again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.articles import service as articles
from xinheng.faces.clock import now, today
from xinheng.faces.desk.access import desk, page, refused
from xinheng.faces.site.views.articles import KINDS
from xinheng.kernel.errors import XinhengError

FIELDS = ("title", "summary", "body", "title_en", "body_en")
STEPS = {
    "draft": gettext_lazy("草稿"),
    "submitted": gettext_lazy("等候审核"),
    "settled": gettext_lazy("已审核"),
}
HAPPENED = {
    "written": gettext_lazy("写了第 %(n)s 稿"), "submitted": gettext_lazy("提交了第 %(n)s 稿"), "sent-back": gettext_lazy("退回了第 %(n)s 稿"),
    "approved": gettext_lazy("批准了第 %(n)s 稿"), "withdrawn": gettext_lazy("撤下"),
}  # fmt: skip
PAGE = 50


@require_safe
@desk("articles.write")
def index(request: HttpRequest) -> HttpResponse:
    """All articles, the newest first, with where each of them is."""
    after = request.GET.get("after", "")[:16]
    found = articles.works(after=after or None, limit=PAGE + 1)
    context = {
        "section": "articles",
        "works": [_listed(one) for one in found[:PAGE]],
        "waiting": [one.number for one in found if one.state.step == "submitted"],
        "more": found[PAGE - 1].number if len(found) > PAGE else "",
    }
    return page(request, "desk/articles/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("articles.write")
def edit(request: HttpRequest, number: str = "") -> HttpResponse:
    """The text of a draft. Saving writes a version; previewing writes nothing, with or without a script."""
    work = articles.work(number=number) if number else None
    if request.method == "POST":
        return _posted(request, work)
    if work:
        return _form(request, work, work.kind, articles.versions(number=number)[0].text)
    told = _result(request.GET.get("feedback", ""))
    return _form(request, None, "case" if told else "notice", articles.Text("", "", feedback=told))


def _posted(request: HttpRequest, work: articles.Work | None) -> HttpResponse:
    # A browser sends lines with two characters at their end
    cells = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in FIELDS}
    text = articles.Text(
        **{name: value if "body" in name else value.strip() for name, value in cells.items()},
        feedback=_result(request.POST.get("feedback", "")),
    )
    kind = work.kind if work else request.POST.get("kind", "")
    if request.POST.get("act") == "preview":
        return _form(request, work, kind, text, previewing=True)
    try:
        number = articles.write(
            kind=kind, text=text, at=now(), actor=_actor(request), number=work.number if work else ""
        )
    except XinhengError as error:
        return _form(request, work, kind, text, problem=error.message, status=400)
    return HttpResponseRedirect(reverse("desk-article", args=[number]))


def _form(
    request: HttpRequest, work: articles.Work | None, kind: str, text: articles.Text, *,
    previewing: bool = False, problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "section": "articles",
        "work": work,
        "kind": kind,
        "kinds": list(KINDS.items()),
        "text": text,
        "told": articles.told(text.feedback, on=today()) if text.feedback else None,
        "party": articles.PARTY,
        "problem": problem,
        "preview": _preview(text) if previewing or (work and not problem) else None,
    }
    return page(request, "desk/articles/edit.html", context, status=status)


@require_POST
@desk("articles.write")
def preview(request: HttpRequest) -> HttpResponse:
    """The preview alone, for the script that asks while somebody writes. Nothing is kept."""
    text = articles.Text(
        title=request.POST.get("title", ""), body=request.POST.get("body", ""), summary=request.POST.get("summary", ""),
        title_en=request.POST.get("title_en", ""), body_en=request.POST.get("body_en", ""),
    )  # fmt: skip
    return page(request, "desk/articles/preview.html", {"preview": _preview(text)})


@require_safe
@desk("articles.write")
def article(request: HttpRequest, number: str) -> HttpResponse:
    """One article: the latest text, what changed, what happened, and what this person may do next, with its effect."""
    work = articles.work(number=number)
    versions = articles.versions(number=number)
    latest = versions[0]
    older = _older(request, work, versions)
    may = articles.allowed(work.state, actor=_actor(request))
    is_public = bool(work.state.shown) and work.shown_from is not None and work.shown_from <= today()
    context = {
        "section": "articles",
        "work": _listed(work),
        "is_public": is_public,
        "latest": latest,
        "preview": _preview(latest.text),
        "older": older,
        "versions": versions,
        "changes": articles.differences(older.text.body, latest.text.body) if older else [],
        "changes_en": articles.differences(older.text.body_en, latest.text.body_en)
        if older and older.text.body_en != latest.text.body_en
        else [],
        "history": [
            {"words": HAPPENED[step.kind] % {"n": step.revision}, "actor": _who(step.actor), "at": step.at, "reason": step.reason}
            for step in articles.history(number=number)
        ],
        "may": [act for act in may if act != "approve" or request.account.may("articles.approve")],  # type: ignore[attr-defined]
        "own": work.state.step == "submitted" and _actor(request) in (work.state.author, work.state.submitter),
        "today_iso": today().isoformat(),
    }  # fmt: skip
    return page(request, "desk/articles/article.html", context)


@require_POST
@desk("articles.write")
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Submits, sends back, approves or takes down."""
    wanted, actor, at = request.POST.get("act", ""), _actor(request), now()
    reason = request.POST.get("reason", "")
    if wanted == "submit":
        articles.submit(number=number, at=at, actor=actor)
    elif wanted == "send_back":
        articles.send_back(number=number, reason=reason, at=at, actor=actor)
    elif wanted == "withdraw":
        articles.withdraw(number=number, reason=reason, at=at, actor=actor)
    elif wanted == "approve":
        if not request.account.may("articles.approve"):  # type: ignore[attr-defined]
            return refused(request)
        articles.approve(number=number, show_from=_day(request), at=at, actor=actor)
    else:
        raise Http404
    return HttpResponseRedirect(reverse("desk-article", args=[number]))


def _listed(work: articles.Work) -> dict[str, Any]:
    """An article as a line: its kind and step in words, and whether the public sees it."""
    if work.state.shown and work.shown_from is not None:
        standing = (
            _("公布中") if work.shown_from <= today() else _("已定 %(on)s 公布") % {"on": work.shown_from}
        )
    elif work.withdrawn_on:
        standing = _("%(on)s 撤下") % {"on": work.withdrawn_on}
    else:
        standing = _("未公布")
    return {
        "number": work.number, "kind": KINDS[work.kind], "title": work.title, "state": work.state,
        "step": STEPS[work.state.step], "author": _who(work.state.author), "standing": standing,
        "shown_from": work.shown_from,
    }  # fmt: skip


def _preview(text: articles.Text) -> dict[str, Any]:
    """The text as the public would see it, with everything that stands in the way of submitting it."""
    problems = [(_("正文"), one) for one in articles.problems(text.body)]
    problems += [(_("英文正文"), one) for one in articles.problems(text.body_en)]
    return {
        "title": text.title,
        "summary": text.summary,
        "title_en": text.title_en,
        "html": mark_safe(articles.render(text.body)),  # cleaned by the articles room
        "html_en": mark_safe(articles.render(text.body_en)),
        "problems": problems,
        "concerns": articles.concerns(text),
    }


def _result(given: str) -> int:
    """The feedback a typical case tells of, from an address or a form; 0 for none."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def _older(
    request: HttpRequest, work: articles.Work, versions: list[articles.Version]
) -> articles.Version | None:
    """The version to compare with: the one asked for, else the one shown, else the one before."""
    wanted = request.GET.get("from", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() else work.state.shown
    others = versions[1:]
    return next((one for one in others if one.ordinal == number), others[0] if others else None)


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("show_from", ""))
    except ValueError:
        return today()


def _actor(request: Any) -> str:
    return f"desk:{request.account.name}"


def _who(actor: str) -> str:
    return actor.removeprefix("desk:")


urlpatterns: list[URLPattern] = [
    path("articles/", index, name="desk-articles"),
    path("articles/new/", edit, name="desk-article-new"),
    path("articles/preview/", preview, name="desk-article-preview"),
    path("articles/<slug:number>/", article, name="desk-article"),
    path("articles/<slug:number>/edit/", edit, name="desk-article-edit"),
    path("articles/<slug:number>/act/", act, name="desk-article-act"),
]
