"""Desk pages: sending a file in. Choose, look at its columns where they need looking at, start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.faces import holding, taking
from xinheng.faces.clock import now
from xinheng.faces.desk.access import desk, page
from xinheng.faces.desk.sources import Sender, items_for, sender_of, senders
from xinheng.faces.desk.uploads import LARGEST, SubmissionHandler
from xinheng.intake import service as intake
from xinheng.law import service as law

IGNORED = ""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponseBase:
    """Choosing item and file. The handler that keeps the file in memory must be in place before the body is read,
    so the check against forged forms runs inside."""
    if request.method == "POST":
        request.upload_handlers = [SubmissionHandler(request)]
    answer: HttpResponseBase = _choose(request)
    return answer


@csrf_protect
@desk("intake.send")
def _choose(request: Any) -> HttpResponseBase:
    context: dict[str, Any] = {
        "section": "intake",
        "items": items_for(request.account),
        "senders": senders(request.account),
        "largest": LARGEST >> 20,
        "chosen": {name: request.POST.get(name) or request.GET.get(name, "") for name in ("item", "source")},
    }
    if request.method != "POST":
        return page(request, "desk/intake.html", context)
    file = request.FILES.get("file")
    sender = sender_of(request.account, request.POST.get("source", ""))
    item = law.active().items.get(request.POST.get("item", ""))
    if request.META.get("XINHENG_UPLOAD_TOO_LARGE"):
        context["problem"] = _("文件超过 50 MB。请分成几个文件，或者用接口分段上传、放进交换目录。")
        return page(request, "desk/intake.html", context, status=413)
    if file is None or not file.size:
        context["problem"] = _("请选择一个文件。")
    elif item is None:
        context["problem"] = _("请选择报的是哪一类。")
    elif sender is None:
        context["problem"] = _("请选择来源单位。")
    else:
        return _looked_at(request, context, file.read(), file.name or "", item, sender)
    return page(request, "desk/intake.html", context, status=400)


def _looked_at(
    request: Any, context: dict[str, Any], data: bytes, name: str, item: law.Item, sender: Sender
) -> HttpResponseBase:
    """Starts at once where every column is known; else shows what was recognised and asks about the rest."""
    try:
        seen = taking.look(data=data, item=item.code, source=sender.code)
        if not seen.unmatched and not seen.missing_required:
            number = taking.start(
                data=data, item=item.code, source=sender.code, at=now(), actor=actor(request)
            )
            return _to_batch(number, remembered=seen.remembered)
    except (intake.FileRefused, intake.SourceRefused) as error:
        context["said"] = error.message
        return page(request, "desk/intake.html", context, status=400)
    handle = holding.open_(
        {"owner": request.account.name, "item": item.code, "source": sender.code, "name": name[:200]}
    )
    holding.append(handle, offset=0, data=data, owner=request.account.name)
    return page(request, "desk/columns.html", _columns(seen, item, sender, name, handle))


@dataclass(frozen=True)
class Column:
    """A column of the file: its header, some cells (masked), and the field it goes to ("" where none is known)."""

    index: int
    header: str
    samples: list[str]
    field: str
    name: str
    known: bool


def _columns(seen: Any, item: law.Item, sender: Sender, name: str, handle: str) -> dict[str, Any]:
    fields = {field.code: field for field in item.fields}
    columns = []
    for index, header in enumerate(seen.headers):
        code = seen.matched.get(header, "")
        samples = [row[index] for row in seen.sample_rows if index < len(row) and row[index]][:2]
        field_name = fields[code].name if code in fields else ""
        columns.append(Column(index, header, samples, code, field_name, code in fields))
    taken = {column.field for column in columns if column.known}
    return {
        "section": "intake",
        "item": item,
        "sender": sender,
        "file": name,
        "handle": handle,
        "columns": columns,
        "unknown": [column for column in columns if not column.known and column.header],
        "free": [field for field in item.fields if field.code not in taken],
        "missing": [fields[code] for code in seen.missing_required if code in fields],
        "remembered": seen.remembered,
        "rows": seen.rows_estimate,
    }


@require_POST
@desk("intake.send")
def columns(request: Any) -> HttpResponseBase:
    """The columns as the clerk mapped them; then the file is taken in. The file is the held one of this form."""
    handle = request.POST.get("handle", "")
    meta = holding.meta(handle, owner=request.account.name)
    item = law.active().items[meta["item"]]
    data = holding.read(handle, owner=request.account.name)
    seen = taking.look(data=data, item=item.code, source=meta["source"])
    mapping = dict(seen.matched)
    known = {field.code for field in item.fields}
    for index, header in enumerate(seen.headers):
        wanted = request.POST.get(f"column-{index}")
        if wanted is not None:
            mapping[header] = wanted if wanted in known else IGNORED
    at = now()
    number = taking.start(
        data=data, item=item.code, source=meta["source"], at=at, actor=actor(request), mapping=mapping
    )
    if request.POST.get("remember"):
        intake.remember_mapping(
            source=meta["source"], item=item.code, mapping=mapping, at=at, actor=actor(request)
        )
    holding.drop(handle)
    return _to_batch(number)


def actor(request: Any) -> str:
    """Who acts, as the ledger names them."""
    return f"desk:{request.account.name}"


def _to_batch(number: str, *, remembered: bool = False) -> HttpResponse:
    address = reverse("desk-batch", args=[number])
    return HttpResponseRedirect(f"{address}?remembered=1" if remembered else address)


urlpatterns: list[URLPattern] = [
    path("intake/", choose, name="desk-intake"),
    path("intake/columns/", columns, name="desk-columns"),
]
