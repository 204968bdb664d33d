"""The front page: one search box, six figures, this week's double publicity, what to do when something is wrong."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.articles import service as articles
from xinheng.evidence import service as evidence
from xinheng.faces.clock import today
from xinheng.faces.site.deliveries import deliveries
from xinheng.faces.site.figures import six
from xinheng.faces.site.page import page
from xinheng.faces.site.sections import items_of
from xinheng.faces.site.views.common import heads_of, shown_cards
from xinheng.faces.site.views.listings import this_week
from xinheng.statistics import service as statistics

NOTICES = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page most visitors see first and leave by the search box. Nothing on it is counted while they wait."""
    on = today()
    week = this_week(on)
    context = {
        "figures": six(
            deliveries(),
            summary=statistics.summary(on=on),
            lists=[item.code for item in items_of("lists")],
            on=on,
            position=evidence.size(),
            position_before=evidence.position_on(on - timedelta(days=7)),
        ),
        "week": shown_cards(week, on=on, with_heads=heads_of(week)),
        "notices": articles.published(on=on, limit=NOTICES),
    }
    return page(request, "site/home.html", context)
