"""The API object: what every operation promises beside its own answer, promised in the description as well.

Every answer states what is left of the allowance; every failure is application/problem+json, and the description says so
for each operation, so that a program generated from it, or a tester, can rely on it.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from xinheng.faces.api.errors import ApiProblem, Problem, answer
from xinheng.faces.api.limits import FAILED, spend, tell
from xinheng.faces.site.limits import visitor

PROBLEM = "application/problem+json"
HEADERS = {
    "RateLimit-Policy": {
        "description": 'the allowance: "name";q=requests;w=seconds, one for each allowance the request was counted under',
        "schema": {"type": "string"}, "example": '"api-checks";q=6000;w=60',
    },
    "RateLimit": {
        "description": 'what is left: "name";r=requests left;t=seconds until the next is earned',
        "schema": {"type": "string"}, "example": '"api-checks";r=5999;t=0',
    },
}  # fmt: skip
RETRY = {"description": "seconds to wait", "schema": {"type": "integer"}, "example": 12}
MEANINGS = {
    400: "malformed request", 401: "no token, or one that does not hold (any more)", 403: "not allowed",
    404: "not found, or not yours", 409: "not in this state", 413: "too large", 422: "a value cannot be",
    429: "too many requests", 503: "busy, try again",
}  # fmt: skip


class Api(NinjaAPI):
    """`NinjaAPI` whose answers tell their limits and whose description tells their failures."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The failure in the one form. What nobody counted before is counted here, by address."""
        if getattr(request, "limits_told", None) is None:
            try:
                spend(visitor(request.META), FAILED, request)
            except ApiProblem as refused:
                exc = refused
        return super().on_exception(request, exc)

    @property
    def urls(self) -> Any:
        """The addresses, each answering with its limits."""
        patterns, app, namespace = super().urls
        patterns = [*patterns, re_path(r"^.*$", unknown, name="unknown")]
        for one in patterns:
            one.callback = _answered(one.callback)
        return patterns, app, namespace

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description, with headers on every answer and problems under their own media type."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                _complete(path, operation)
        return schema


def unknown(request: HttpRequest, **_: Any) -> HttpResponse:
    """An address the API has not: a 404 in the one form, counted like every failure."""
    try:
        spend(visitor(request.META), FAILED, request)
    except ApiProblem as refused:
        return answer(refused)
    return answer(
        ApiProblem(
            404, "no-such-address", "接口没有这个地址。", where="path", what_to_do="在 /api/v1/openapi.json 里查对地址。"
        )
    )  # fmt: skip


def _complete(path: str, operation: dict[str, Any]) -> None:
    responses: dict[Any, Any] = operation["responses"]
    own = {429}
    if operation.get("security"):
        own |= {401, 403}
    if operation.get("requestBody"):
        own |= {400, 413, 422}
    if operation.get("parameters"):
        own |= {422}
    if "{" in path:
        own |= {404}
    for code in own:
        responses.setdefault(code, {})
    for code, told in list(responses.items()):
        if int(code) >= 400:
            told["description"] = MEANINGS.get(int(code), "problem")
            told["content"] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        told["headers"] = {**told.get("headers", {}), **HEADERS}
        if int(code) == 429:
            told["headers"] = {**told["headers"], "Retry-After": RETRY}
    operation["responses"] = {code: responses[code] for code in sorted(responses, key=int)}


def _answered(view: Any) -> Any:
    """A view of the API whose answer tells the limits of its request, and whose 405 is a problem like any other."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            # The framework's own root, which answers nobody
            response = unknown(request)
        if response.status_code == 405:
            allow = {"Allow": response.headers["Allow"]}
            response = answer(
                ApiProblem(405, "method-not-allowed", "这个地址没有这种请求方法。", headers=allow)
            )
        return tell(request, response)

    told.csrf_exempt = True  # type: ignore[attr-defined]
    return told
