"""Large files in pieces that may be resumed: open, append, ask how far, close. Sealed while they wait (faces/holding.py)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from xinheng.faces import holding
from xinheng.faces.api.batches import REFUSALS, Accepted, accepted, begin, known_item
from xinheng.faces.api.errors import ApiProblem
from xinheng.faces.api.tokens import intake_client

router = Router(tags=["intake"], auth=intake_client)
PIECE = 16 * 1024 * 1024


class NewUpload(Schema):
    """What is going to be sent."""

    item: str = Field(examples=["admin-penalty"])


class Upload(Schema):
    """Where to send the pieces. The address is also what unseals the file: keep it to yourself."""

    address: str = Field(examples=["/api/v1/uploads/Zm9v…"])
    offset: int = Field(examples=[0])
    piece: int = Field(description="the largest piece in bytes", examples=[PIECE])


@router.post("/uploads", response={201: Upload, **REFUSALS}, summary="Open a resumable upload")
def new(request: Any, body: NewUpload) -> Any:
    """Opens an upload of up to 512 MB; it is forgotten when six hours pass without a piece."""
    known_item(body.item)
    handle = holding.open_({"owner": request.auth.id, "item": body.item})
    return Status(201, {"address": reverse("api:append", args=[handle]), "offset": 0, "piece": PIECE})


@router.patch(
    "/uploads/{handle}",
    response={204: None, **REFUSALS},
    summary="Append a piece",
    openapi_extra={
        "parameters": [
            {
                "name": "Upload-Offset",
                "in": "header",
                "required": True,
                "schema": {"type": "integer", "minimum": 0},
                "description": "where this piece begins; anything else than the end of the last is a 409 that says where",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        },
    },
)
def append(request: Any, handle: str) -> HttpResponse:
    """A piece of at most 16 MB."""
    told = request.headers.get("Upload-Offset", "")
    if not told.isdigit():
        raise ApiProblem(
            422, "upload-offset", "缺少 Upload-Offset 头,或不是数字。", where="header.Upload-Offset"
        )
    data = request.read(PIECE + 1)
    if len(data) > PIECE:
        raise ApiProblem(413, "piece-too-large", f"一段最多 {PIECE >> 20} MB。", where="body")
    offset = holding.append(handle, offset=int(told), data=data, owner=request.auth.id)
    return HttpResponse(status=204, headers={"Upload-Offset": str(offset)})


@router.api_operation(
    ["HEAD"], "/uploads/{handle}", response={200: None, **REFUSALS}, summary="How far an upload is"
)
def how_far(request: Any, handle: str) -> HttpResponse:
    """Bytes received, in the Upload-Offset header."""
    offset = holding.size(handle, owner=request.auth.id)
    return HttpResponse(status=200, headers={"Upload-Offset": str(offset)})


@router.post("/uploads/{handle}/close", response={202: Accepted, **REFUSALS}, summary="Take the upload in")
def close(request: Any, handle: str) -> Any:
    """The file is whole: it is taken in as a batch. A repeat finds no upload (404); the file sent again finds its batch."""
    meta = holding.meta(handle, owner=request.auth.id)
    data = holding.read(handle, owner=request.auth.id)
    if not data:
        raise ApiProblem(422, "empty-file", "还没有收到内容。", where="path.handle")
    number = begin(request, data=data, item=meta["item"])
    holding.drop(handle)
    return accepted(number)
