"""The one form of every error of the API: application/problem+json (RFC 9457) with the platform's own members.

`type`, `title`, `status` and `detail` are the standard's; `code`, `message`, `where`, `what_to_do` are ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from xinheng.accounts.errors import TokenRefused
from xinheng.faces.holding import OffsetWrong, TooLarge
from xinheng.kernel.errors import InternalFailure, Refused, XinhengError

TYPE = "urn:xinheng:problem:"
TITLES = {
    400: "请求写法不对", 401: "没有有效的令牌", 403: "不能这样做", 404: "没有这一项", 405: "没有这种请求方法",
    409: "与现在的状态不符", 413: "请求太大", 422: "有一处的值不行", 429: "请求太频繁", 500: "平台出了故障",
    503: "平台正忙",
}  # fmt: skip


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str = Field(
        description="the kind of problem: urn:xinheng:problem: and the code",
        examples=["urn:xinheng:problem:no-such-batch"],
    )
    title: str = Field(
        description="the kind of answer, the same for every problem of a status", examples=["没有这一项"]
    )
    status: int = Field(description="the HTTP status", examples=[404])
    detail: str = Field(
        description="the same as message", examples=["没有批次「20261120-00009」。请核对批次号。"]
    )
    code: str = Field(description="stable, for programs", examples=["no-such-batch"])
    message: str = Field(description="for people", examples=["没有批次「20261120-00009」。请核对批次号。"])
    where: str = Field(description="which part of the request", examples=["path.number"])
    what_to_do: str = Field(
        description="the next step", examples=["用 GET /api/v1/batches 列出本单位的批次。"]
    )
    number: str | None = Field(
        None,
        description="evidence number, where a refused check was written down",
        examples=["HC000000011862"],
    )


REMEDIES = {
    400: "按 /api/v1/openapi.json 里的写法改正请求后再发。",
    401: "用 POST /api/v1/token 取一个令牌，放进 Authorization: Bearer 头。",
    403: "这件事需要别的权限。请与信用办联系。",
    404: "核对地址里的编号。别的单位的批次和核查也查不到。",
    405: "看 Allow 头写的可用方法，或者 /api/v1/openapi.json。",
    409: "先读取现在的状态，再决定下一步。",
    413: "改用 POST /api/v1/uploads 分段上传，或放进交换目录。",
    422: "按 where 指出的位置改正后再发。",
    429: "等 Retry-After 头写的秒数再试。",
    500: "稍后再试。同一文件再发一次不会重复入库。",
    503: "等 Retry-After 头写的秒数再试。",
}
NOT_FOUND = frozenset({"check-unknown", "not-your-check"})
CONFLICTS = frozenset(
    {
        "batch-unfinished",
        "batch-busy",
        "nil-return-refused",
        "key-reused",
        "check-not-sealed",
        "request-running",
    }
)
EXPECTED = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Problem)


class ApiProblem(Exception):
    """An error an endpoint raises itself."""

    def __init__(
        self, status: int, code: str, message: str, *, where: str = "", what_to_do: str = "",
        headers: Mapping[str, str] | None = None, number: str = "",
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.status, self.code, self.message, self.where = status, code, message, where
        self.what_to_do, self.headers = what_to_do or REMEDIES[status], dict(headers or {})
        self.number = number


def answer(problem: ApiProblem) -> HttpResponse:
    """The problem as a response."""
    body = {
        "type": f"{TYPE}{problem.code}",
        "title": TITLES.get(problem.status, TITLES[400]),
        "status": problem.status,
        "detail": problem.message,
        "code": problem.code,
        "message": problem.message,
        "where": problem.where,
        "what_to_do": problem.what_to_do,
        **({"number": problem.number} if problem.number else {}),
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=problem.status, content_type="application/problem+json"
    )
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="xinheng"'
    for name, value in problem.headers.items():
        response[name] = value
    return response


def of_room(error: XinhengError) -> ApiProblem:
    """A failure of a room as a problem: its own code and sentence."""
    headers: dict[str, str] = {}
    if isinstance(error, TokenRefused):
        status = 401
    elif isinstance(error, OffsetWrong):
        status, headers = 409, {"Upload-Offset": str(error.offset)}
    elif isinstance(error, TooLarge):
        status = 413
    elif error.code.startswith("no-such-") or error.code in NOT_FOUND:
        status = 404
    elif error.code in CONFLICTS:
        status = 409
    elif isinstance(error, Refused):
        status = 403
    elif isinstance(error, InternalFailure):
        status = 500
    else:
        status = 422
    return ApiProblem(
        status, error.code, error.message, headers=headers, number=str(getattr(error, "number", "") or "")
    )


def _place(loc: tuple[Any, ...]) -> str:
    """Where in the request. A body is one object: the name its parameter has in the code is nobody's business."""
    if len(loc) > 1 and loc[0] == "body":
        loc = (loc[0], *loc[2:])
    return ".".join(map(str, loc))


def install(api: NinjaAPI) -> None:
    """Gives every failure the one form."""

    @api.exception_handler(ApiProblem)
    def own(request: HttpRequest, error: ApiProblem) -> HttpResponse:
        return answer(error)

    @api.exception_handler(XinhengError)
    def room(request: HttpRequest, error: XinhengError) -> HttpResponse:
        return answer(of_room(error))

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(ApiProblem(401, "token-missing", "请求没有带访问令牌。", where="header.Authorization"))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first: dict[str, Any] = error.errors[0] if error.errors else {}
        where = _place(tuple(first.get("loc", ())))
        # The kind of fault, never the value: it may be anything somebody sent
        return answer(
            ApiProblem(422, "invalid-request", f"请求里有一处不对({first.get('type', '')})。", where=where)
        )

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(ApiProblem(404, "not-found", "没有这一项。"))

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        status = error.status_code if error.status_code in REMEDIES else 400
        return answer(ApiProblem(status, "bad-request", "请求不对。"))

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return answer(
            ApiProblem(413, "request-too-large", "请求太大。", where="body", what_to_do="分成几次发。")
        )

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        import logging

        # Only the kind of the failure: its text may quote a row
        logging.getLogger("xinheng.api").error("api failed: %s", type(error).__name__)
        return answer(ApiProblem(500, "internal", "平台出了故障,数据没有写入一半。"))
