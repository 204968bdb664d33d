"""Sending data in, and reading how it was answered. A client sees its own unit's batches and no others (404)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from xinheng.accounts import service as accounts
from xinheng.faces import taking
from xinheng.faces.api.errors import EXPECTED, ApiProblem
from xinheng.faces.api.tokens import intake_client
from xinheng.faces.clock import now
from xinheng.faces.desk.uploads import LARGEST, SubmissionHandler
from xinheng.intake import service as intake
from xinheng.law import service as law

router = Router(tags=["intake"], auth=intake_client)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSALS = {status: EXPECTED[status] for status in (401, 403, 404, 409, 413, 422, 429)}


class Accepted(Schema):
    """The batch that was begun, or the one this file already had."""

    batch: str = Field(examples=["20261120-00003"])
    address: str = Field(examples=["/api/v1/batches/20261120-00003"])


class Progress(Schema):
    """A batch that is still being answered, or its receipt."""

    batch: str = Field(examples=["20261120-00003"])
    item: str = Field(examples=["admin-penalty"])
    source: str = Field(examples=["11340600003092118F"])
    received_on: str = Field(examples=["2026-11-20"])
    state: str = Field(description="open | done", examples=["done"])
    rows: int = Field(description="rows answered so far", examples=[5000])
    estimate: int = Field(description="all rows, estimated while open", examples=[5000])
    counts: dict[str, int] = Field(
        description="the six answers; they sum to rows",
        examples=[
            {
                "accepted": 4800,
                "updated": 20,
                "duplicate": 100,
                "rejected": 60,
                "quarantined": 8,
                "refused_personal": 12,
            }
        ],
    )
    timeliness: dict[str, int] = Field(examples=[{"on_time": 4700, "late": 120, "undated": 0}])
    personal: str = Field("", description="said when rows about persons were refused")
    problems: list[dict[str, Any]] = Field(
        default_factory=list, examples=[[{"row": 7, "field": "CF_WSH", "code": "required", "message": "…"}]]
    )
    problems_next: int | None = Field(None, description="give it as `after` for the next rows to mend")


class NilReturn(Schema):
    """Nothing was decided in this month."""

    item: str = Field(examples=["admin-penalty"])
    period: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])


class NilReturned(Schema):
    """Number of the nil return; the same again for the same month."""

    number: str


@router.post(
    "/batches",
    response={202: Accepted, **REFUSALS},
    summary="Send a file (at most 50 MB)",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string", "format": "binary"}},
                SHEET: {"schema": {"type": "string", "format": "binary"}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                },
            },
        },
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 100},
                "description": "Optional. A file is known by its bytes: sent again it gives the first batch, key or no"
                " key. The same key with another file is a 409.",
            }
        ],
    },
)
def send(request: Any, item: str = Query(..., examples=["admin-penalty"])) -> Any:
    """The body is the file itself, or a multipart form with `file`. Answered at once with the batch's address."""
    known_item(item)
    data = _body(request)
    number = begin(request, data=data, item=item)
    return accepted(number)


def begin(request: Any, *, data: bytes, item: str) -> str:
    """Starts a batch for the client's unit, once for an idempotency key."""
    client: accounts.ApiClient = request.auth
    key = request.headers.get("Idempotency-Key", "")[:100]
    if key and (known := accounts.batch_of_request(client=client.id, key=key, data=data)):
        return known
    at = now()
    number = taking.start(data=data, item=item, source=client.body, at=at, actor=f"api:{client.id}")
    if key:
        accounts.keep_request(client=client.id, key=key, data=data, batch=number, at=at)
    return number


@router.get(
    "/batches", response={200: list[Progress], **REFUSALS}, summary="Batches of one's unit, newest first"
)
def listed(request: Any, after: str | None = None, limit: int = Query(50, ge=1, le=200)) -> Any:
    """Keyset: give the last batch as `after`."""
    found = intake.batches(source=request.auth.body, after=after, limit=limit)
    return [_shown(batch) for batch in found]


@router.get(
    "/batches/{number}",
    url_name="batch",
    response={200: Progress, **REFUSALS},
    summary="Progress, then the receipt",
)
def one(request: Any, number: str, after: int | None = None) -> Any:
    """While open: how many rows are answered. When done: the receipt, rows to mend 200 at a time (`after`)."""
    batch = _own(request, number)
    body = _shown(batch)
    if batch.state != "done":
        at = intake.progress_of(batch=number, at=now())
        return body | {"rows": at.done, "estimate": at.estimate}
    rows = intake.problem_rows(batch=number, after=after, limit=201)
    body["problems"] = [
        {"row": row.row, **{key: problem[key] for key in ("field", "code", "message")}}
        for row in rows[:200]
        for problem in row.problems
    ]
    body["problems_next"] = rows[199].row if len(rows) > 200 else None
    if rows:
        _noted(request, "rows-to-mend", number)
    return body


@router.get(
    "/batches/{number}/errors.xlsx",
    response=REFUSALS,
    summary="改错表: rows to mend, to be mended and sent back",
    openapi_extra={"responses": {200: {"description": "XLSX", "content": {SHEET: {}}}}},
)
def errors(request: Any, number: str) -> HttpResponse:
    """Only the rows that came back, all columns, with what is wrong; it can be sent back as it is."""
    _own(request, number)
    _noted(request, "errors-file", number)
    with tempfile.TemporaryDirectory(prefix="xinheng-") as folder:
        file = Path(folder) / "errors.xlsx"
        intake.errors_file(batch=number, path=file)
        response = HttpResponse(file.read_bytes(), content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="{number}-errors.xlsx"'
    return response


@router.post("/nil-returns", response={200: NilReturned, **REFUSALS}, summary="零报告")
def nil(request: Any, body: NilReturn) -> Any:
    """Nothing was decided in this month. Said again it gives the same number; refused where rows were received."""
    known_item(body.item)
    client: accounts.ApiClient = request.auth
    made = intake.nil_return(
        source=client.body, item=body.item, period=body.period, at=now(), actor=f"api:{client.id}"
    )
    return {"number": made.number}


def _own(request: Any, number: str) -> intake.BatchSummary:
    """The batch, if it is the unit's own: another's does not exist for this client."""
    found = intake.batches(source=request.auth.body, number=number, limit=1)
    if not found:
        raise ApiProblem(404, "no-such-batch", "没有这个批次。", where="path.number")
    return found[0]


def known_item(code: str) -> None:
    if code not in law.active().items:
        raise ApiProblem(
            422,
            "item-unknown",
            f"目录里没有这一类。可用的有:{'、'.join(sorted(law.active().items))}。",
            where="item",
        )


def _body(request: Any) -> bytes:
    """The file of the request, read in memory up to 50 MB."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > LARGEST + 4096:
        raise _too_large()
    if request.content_type == "multipart/form-data":
        request.upload_handlers = [SubmissionHandler(request)]
        file = request.FILES.get("file")
        if request.META.get("XINHENG_UPLOAD_TOO_LARGE"):
            raise _too_large()
        data = file.read() if file is not None else b""
    else:
        # Not request.body: Django would hold it to the small limit of ordinary forms
        data = request.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise _too_large()
    if not data:
        raise ApiProblem(422, "empty-file", "请求里没有文件。", where="body")
    return data


def _too_large() -> ApiProblem:
    return ApiProblem(413, "upload-too-large", f"一次最多 {LARGEST >> 20} MB。", where="body")


def accepted(number: str) -> Any:
    """202 with the address of the batch."""
    return Status(202, {"batch": number, "address": reverse("api:batch", args=[number])})


def _shown(batch: intake.BatchSummary) -> dict[str, Any]:
    return {
        "batch": batch.number,
        "item": batch.item,
        "source": batch.source,
        "received_on": batch.received_on.isoformat(),
        "state": batch.state,
        "rows": batch.rows,
        "estimate": batch.rows,
        "counts": batch.counts,
        "timeliness": batch.timeliness,
        "personal": "自然人信息不受理、未保存" if batch.counts["refused_personal"] else "",
    }


def _noted(request: HttpRequest, what: str, number: str) -> None:
    client: accounts.ApiClient = request.auth  # type: ignore[attr-defined]
    accounts.read(
        actor=f"api:{client.id}", at=now(), what=what, purpose="改正退回的数据",
        subject={"batch": number, "source": client.body},
    )  # fmt: skip
