"""Machine faces without language: health, metrics, the trust bundle, the public log."""

from __future__ import annotations

import json

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.evidence import service as evidence
from xinheng.faces import health
from xinheng.home import home
from xinheng.intake import service as intake
from xinheng.law import service as law


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers."""
    return HttpResponse(f"ok {evidence.size()}\n", content_type="text/plain")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text."""
    lines = [f"{name} {value}" for name, value in health.figures().items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


@require_safe
def trust_bundle(request: HttpRequest) -> HttpResponse:
    """The one public file for offline verification."""
    if not home().trust.is_file():
        raise Http404
    body = json.loads(home().trust.read_text(encoding="utf-8"))
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json")


@require_safe
def template(request: HttpRequest, item: str) -> HttpResponse:
    """An empty submission template (XLSX) of a catalogue item."""
    if item not in law.active().items:
        raise Http404
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(intake.template(item=item), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{item}.xlsx"'
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint (C2SP tlog-checkpoint)."""
    note = evidence.checkpoint()
    if not note:
        raise Http404
    response = HttpResponse(note, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def tile(request: HttpRequest, path: str) -> FileResponse:
    """A tile or entry bundle; full ones never change."""
    file = (home().log / path).resolve()
    if home().log.resolve() not in file.parents or not file.is_file():
        raise Http404
    response = FileResponse(file.open("rb"), content_type="application/octet-stream")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
