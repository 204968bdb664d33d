"""The catalogue of what is collected, item by item, and the matters of each department. As pages and as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.faces.site import catalogue_rows as rows
from xinheng.faces.site.page import page
from xinheng.law import service as law


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every item of this pack, by section."""
    pack = law.active()
    found = rows.rows(pack)
    sections: dict[str, list[rows.Row]] = {}
    for one in found:
        sections.setdefault(one.section, []).append(one)
    context = {
        "section": "catalogue",
        "sections": list(sections.items()),
        "count": len(found),
        "digest": pack.digest,
        "has_matters": bool(pack.matters),
    }
    return page(request, "site/whole/catalogue.html", context)


@require_safe
def item(request: HttpRequest, item: str) -> HttpResponse:
    """One item with its fields."""
    pack = law.active()
    if item not in pack.items:
        raise Http404
    shape = pack.items[item]
    context = {
        "section": "catalogue",
        "row": rows.row(pack, shape),
        "fields": rows.fields(shape),
        "item": shape,
    }
    return page(request, "site/whole/catalogue_item.html", context)


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """The directory of matters."""
    groups = rows.by_department(rows.matters(law.active()))
    return page(request, "site/whole/matters.html", {"section": "catalogue", "groups": groups})


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The catalogue as a file."""
    return file("catalogue", rows.table(rows.rows(law.active())))


@require_safe
def matters_csv(request: HttpRequest) -> HttpResponse:
    """The directory of matters as a file."""
    head = [_("部门"), _("事项代码"), _("事项名称"), _("信息类别"), _("依据"), _("核实程度")]
    body = [
        [
            one["department_name"], one["code"], one["name"], one["item_name"], one["basis"],
            rows.sure(one["confidence"]),
        ]
        for one in rows.matters(law.active())
    ]  # fmt: skip
    return file("matters", [head, *body])


def file(name: str, cells: Iterable[Sequence[str]]) -> HttpResponse:
    """Cells as CSV in UTF-8 with a mark."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(cells)
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="xinheng-{name}.csv"'
    return response
