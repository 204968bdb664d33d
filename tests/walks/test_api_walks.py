"""Every operation of the API, called by machines that have no business there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from charted import OPERATIONS

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence

pytest_plugins = ("walkkit",)


def _operations() -> Iterator[tuple[str, str]]:
    from xinheng.faces.api.app import api

    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            yield method.upper(), path


def _path(path: str, walktown: Any) -> str:
    for name, value in {
        "{uscc}": walktown.a, "{id}": walktown.statement, "{table}": "months", "{month}": "2026-10", "{number}": walktown.batch,
        "{handle}": "none", "{kind}": "wage-arrears", "{model}": "general",
    }.items():  # fmt: skip
        path = path.replace(name, str(value))
    assert "{" not in path, f"{path}: with which id?"
    return path


def _call(browser: Any, method: str, path: str, token: str = "") -> Any:
    from xinheng.faces.site.limits import buckets

    buckets.clear()
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return browser.generic(method, path, json.dumps({}), content_type="application/json", headers=headers)


def _token(body: str, *scopes: str, at: Any = AT) -> str:
    made = accounts.add_client(body=body, scopes=scopes or accounts.SCOPES, title="系统", at=AT, actor="test")
    from xinheng.faces.clock import now

    client = next(one for one in accounts.clients() if one.id == made.id)
    return accounts.token(client=client, at=now() if at is AT else at)


def _body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))


def _done() -> list[str]:
    return [entry.kind for entry in evidence.events() if entry.kind != "accounts.read"]


def test_every_operation_is_charted_and_says_whether_it_needs_a_token() -> None:
    from xinheng.faces.api.app import api

    found = {f"{method} {path}" for method, path in _operations()}
    assert found == set(OPERATIONS)
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, told in methods.items():
            needs = bool(OPERATIONS[f"{method.upper()} {path}"])
            assert bool(told.get("security")) == needs, (method, path)


@pytest.mark.parametrize("kind", ["none", "garbage", "expired", "disabled", "another scope"])
def test_no_operation_works_with_a_token_that_is_not_good_for_it(walktown: Any, kind: str) -> None:
    browser = walktown.client()
    tokens = {scope: _bad(kind, scope, walktown) for scope in accounts.SCOPES}
    before = _done()
    for method, path in _operations():
        scope = OPERATIONS[f"{method} {path}"]
        if scope:
            answer = _call(browser, method, _path(path, walktown), tokens[scope])
            assert answer.status_code == (403 if kind == "another scope" else 401), (method, path)
            body = _body(answer)
            assert not [word for word, text in walktown.markers.items() if text in body], path
    assert _done() == before


def _bad(kind: str, scope: str, walktown: Any) -> str:
    if kind == "none":
        return ""
    if kind == "garbage":
        return "garbage"
    if kind == "another scope":
        return _token(walktown.x, next(one for one in accounts.SCOPES if one != scope))
    if kind == "expired":
        return _token(walktown.x, scope, at=AT - timedelta(days=1))
    token = _token(walktown.x, scope)
    accounts.disable_client(id=accounts.clients()[-1].id, at=AT, actor="test")
    for one in accounts.clients():
        accounts.disable_client(id=one.id, at=AT, actor="test")
    return token


def test_another_departments_machine_gets_nothing_of_this_one(walktown: Any) -> None:
    browser, token, mine = walktown.client(), _token(walktown.y), _token(walktown.x)
    before = _done()
    own = _call(browser, "GET", f"/api/v1/batches/{walktown.batch}", mine)
    assert own.status_code == 200, "its own machine does get it"
    for method, path in _operations():
        if not OPERATIONS[f"{method} {path}"]:
            continue
        answer = _call(browser, method, _path(path, walktown), token)
        body = _body(answer)
        assert not [word for word, text in walktown.markers.items() if text in body], path
        if "{" in path:
            assert answer.status_code in (400, 404, 409, 422), (method, path, answer.status_code)
            assert "code" in body or method == "HEAD", path
    assert walktown.batch not in _call(browser, "GET", "/api/v1/batches", token).content.decode()
    assert walktown.batch in _call(browser, "GET", "/api/v1/batches", mine).content.decode()
    assert _done() == before


@pytest.mark.parametrize("who", ["", "agent_b", "y-decide", "office"])
def test_what_the_api_tells_everybody_holds_nothing_of_a_case(walktown: Any, who: str) -> None:
    """A session of the desk opens nothing here either: the API knows tokens only."""
    browser = walktown.client(getattr(walktown, who, who))
    for method, path in _operations():
        if not OPERATIONS[f"{method} {path}"] and method == "GET":
            answer = _call(browser, method, _path(path, walktown))
            body = _body(answer)
            assert not [word for word, text in walktown.markers.items() if text in body], path
        elif OPERATIONS[f"{method} {path}"]:
            assert _call(browser, method, _path(path, walktown)).status_code == 401, path
