"""A provision: what it says, whether the text was checked, from when to when it is in force."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.faces.site.page import page
from xinheng.faces.site.words import in_chinese
from xinheng.law import service as law


def in_page_language(rule: law.Cited) -> str:
    """What the provision says, in English on an English page where the pack has it."""
    return rule.text if in_chinese() or not rule.text_en else rule.text_en


@require_safe
def provision(request: HttpRequest, id: str) -> HttpResponse:
    """One provision of the pack in use."""
    try:
        rule = law.provision(id)
    except law.UnknownProvision:
        raise Http404 from None
    return page(
        request,
        "site/law.html",
        {"rule": rule, "text": in_page_language(rule), "digest": law.active().digest},
    )
