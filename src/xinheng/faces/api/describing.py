"""The API's own description as a page can show it: each call with its parameters and a whole example."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from xinheng.faces.api.app import api
from xinheng.faces.api.chinese import spoken

BASE = "/api/v1/"
EXAMPLES = {
    "uscc": "91340621MA2N00000X", "id": "9961521", "ids": "9961521,9961522", "q": "食品", "table": "by-month",
    "month": "2026-10", "item": "admin-penalty", "number": "20261120-00003", "handle": "9f2c…", "model": "general",
}  # fmt: skip
FILES = {
    "/api/v1/statistics/{table}.csv": "代码,月份,行政许可,行政处罚\r\n2026-09,2026-09,118,31\r\n2026-10,2026-10,1204,311",
    "/api/v1/open/licences-{month}.csv": "id,code,name,XK_WSH,XK_JDRQ,…\r\n15466497,91340621MA2N00000X,濉溪县某某食品有限公司,JY13406210000001,2026-10-09,…",
}


@dataclass(frozen=True)
class Parameter:
    """A part of the request."""

    name: str
    place: str
    required: bool
    about: str


@dataclass(frozen=True)
class Call:
    """One endpoint: what it is for, what it takes, one whole request and its answer."""

    key: str
    tag: str
    method: str
    path: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    request: str
    answer: str
    answer_type: str
    codes: tuple[str, ...]


def calls(*, chinese: bool, host: str) -> list[Call]:
    """Every endpoint of the description, reading before sending."""
    schema = api.get_openapi_schema(path_prefix=BASE)
    found = [
        _call(schema, path, method, told, chinese=chinese, host=host)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
    return sorted(found, key=lambda call: call.tag != spoken("open data", chinese=chinese))


def _call(
    schema: dict[str, Any], path: str, method: str, told: dict[str, Any], *, chinese: bool, host: str
) -> Call:
    parameters = tuple(
        Parameter(
            one["name"], one["in"], bool(one.get("required")),
            spoken(one.get("description") or one["schema"].get("description", ""), chinese=chinese),
        )
        for one in told.get("parameters", [])
    )  # fmt: skip
    answer, kind = _answer(schema, path, told)
    return Call(
        key=told["operationId"], tag=spoken((told.get("tags") or [""])[0], chinese=chinese), method=method.upper(),
        path=path, title=spoken(told.get("summary", ""), chinese=chinese),
        about=spoken(told.get("description", ""), chinese=chinese), parameters=parameters,
        request=_request(path, method, told, host), answer=answer, answer_type=kind,
        codes=tuple(sorted(str(code) for code in told["responses"])),
    )  # fmt: skip


def _request(path: str, method: str, told: dict[str, Any], host: str) -> str:
    """The call as a command line with example values."""
    query = []
    for one in told.get("parameters", []):
        value = EXAMPLES.get(one["name"], "")
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", value)
        elif one["in"] == "query" and one.get("required"):
            query.append(f"{one['name']}={value}")
    address = f"{host}{path}" + (f"?{'&'.join(query)}" if query else "")
    parts = ["curl", *(() if method == "get" else ("-X", method.upper()))]
    if told.get("security"):
        parts.append("-H 'Authorization: Bearer …'")
    content = next(iter(told.get("requestBody", {}).get("content", {})), "")
    if content:
        parts.append(f"-H 'Content-Type: {content}' --data-binary @file")
    return " ".join([*parts, f"'{address}'"])


def _answer(schema: dict[str, Any], path: str, told: dict[str, Any]) -> tuple[str, str]:
    """The first good answer as an example, and its media type."""
    good: dict[str, Any] = next(
        (answer for code, answer in told["responses"].items() if str(code).startswith("2")), {}
    )
    content = good.get("content", {})
    if path in FILES:
        return FILES[path], "text/csv"
    for kind, body in content.items():
        if kind == "application/json" and "schema" in body:
            return json.dumps(_example(schema, body["schema"]), ensure_ascii=False, indent=2), kind
    return "", next(iter(content), "")


def _example(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    """An example of a schema, put together from those of its fields."""
    if part.get("examples"):
        return part["examples"][0]
    if "$ref" in part:
        return _example(schema, schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in part:
        return _example(schema, part["anyOf"][0])
    if part.get("type") == "object" and "properties" in part:
        return {name: _example(schema, told) for name, told in part["properties"].items()}
    if part.get("type") == "array":
        return [_example(schema, part.get("items", {}))]
    plain = {"string": "", "integer": 0, "number": 0, "boolean": False, "object": {}}
    return part.get("default", plain.get(str(part.get("type"))))
