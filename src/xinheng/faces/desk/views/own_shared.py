"""What the organisation's own pages share: whose they are, what it may act on, its entries with their life lines."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinheng.cases import service as cases
from xinheng.faces.clock import today
from xinheng.faces.desk.access import page
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

MOST = 500
REPAIR, OBJECTION, TICKET = "repair", "objection", "sync-ticket"


def subject(request: Any, uscc: str | None = None) -> str:
    """The organisation this account acts for. An address that names another is a page that does not exist.

    Raises `Http404`.
    """
    own = str(request.account.body)
    if not own or uscc not in (None, own):
        raise Http404
    return own


def reader(request: Any) -> cases.Reader:
    """As whom the organisation reads its cases: the code is part of every query."""
    return cases.Reader(role="organisation", body=subject(request))


def actor(request: Any) -> cases.Actor:
    """As whom the organisation acts."""
    return cases.Actor(account=f"desk:{request.account.name}", role="organisation", body=subject(request))


def entry(request: Any, statement: int) -> publication.Entry:
    """One entry of this organisation, as it may see it itself. Raises `Http404`, for a foreign one too."""
    found = publication.statement(id=statement, audience="self", on=today()) if statement < 2**63 else None
    if found is None or found.uscc != subject(request):
        raise Http404
    return found


def entries(request: Any, *, after: int | None = None, limit: int = MOST) -> list[publication.Entry]:
    """The entries of this organisation, newest first."""
    return publication.statements(
        audience="self", on=today(), uscc=subject(request), after=after, limit=limit
    )


def adverse(found: list[publication.Entry]) -> list[publication.Entry]:
    """Those that weigh on it."""
    items = law.active().items
    return [one for one in found if one.item in items and items[one.item].adverse]


def frame(request: Any, section: str) -> dict[str, Any]:
    """What every page of the workspace shows: whose file this is."""
    code = subject(request)
    known = register.get([code]).get(code)
    return {"section": section, "uscc": code, "organisation": known.shown_name if known else code}


def of_another(request: Any) -> HttpResponse | None:
    """A page that refuses a form made for another organisation (two tabs, two sign-ins): nothing was done."""
    if request.POST.get("subject") == subject(request):
        return None
    context = {
        "title": _("这张表单属于另一个单位"),
        "words": _("没有办理任何事项。请从“我的首页”重新打开这张表单。"),
        "number": 409,
    }
    return page(request, "desk/problem.html", context, status=409)


def language() -> str:
    """The language of notices on this page."""
    return "en" if (get_language() or "").startswith("en") else "zh"
