"""Linking by API: one answer an item with reasons, for clients that may, written down, and nobody found by a person's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.faces.api import linking as api_linking
from xinheng.faces.site.limits import Allowance
from xinheng.kernel import uscc

pytest_plugins = ("linktown",)

SHAPE = {"type", "title", "status", "detail", "code", "message", "where", "what_to_do"}
UNIT = "11340600000000000" + uscc.check_char("11340600000000000")
Ask = Callable[..., Any]


def client_with(scope: str) -> str:
    """A token of a new client with this scope."""
    from xinheng.faces.clock import now

    made = accounts.add_client(body=UNIT, scopes=(scope,), title="业务系统", at=AT, actor="test")
    return accounts.token(client=accounts.client_of_secret(id=made.id, secret=made.secret), at=now())


@pytest.fixture
def ask(town: Any, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Posts items as a client of a unit; `token` may be another's."""
    from django.test import Client

    from xinheng.faces.site.limits import buckets

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    browser, own = Client(enforce_csrf_checks=True), client_with("link")

    def asked(body: Any, *, token: str | None = None) -> Any:
        told = own if token is None else token
        headers = {"Authorization": f"Bearer {told}"} if told else {}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return browser.generic(
            "POST", "/api/v1/links", data, content_type="application/json", headers=headers
        )

    return asked


def answers(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content.decode()[:500]
    told: dict[str, Any] = answer.json()
    assert api_linking.Answers.model_validate(told)
    assert told["linked"] + told["human"] + told["none"] == len(told["answers"])
    rows: list[dict[str, Any]] = told["answers"]
    return rows


def problem(answer: Any, status: int, code: str, where: str) -> dict[str, str]:
    assert answer.status_code == status, answer.content.decode()[:500]
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, str] = answer.json()
    assert set(body) == SHAPE
    assert (body["code"], body["where"]) == (code, where)
    assert body["what_to_do"]
    return body


def test_items_are_answered_in_order_with_parts_and_candidates(ask: Ask, town: Any) -> None:
    items = [
        {"id": "a", "name": "濉溪县澜岫食品有限公司"},
        {"id": "b", "name": "淮北市栖桐建材有限公司", "region": "340600"},
        {"id": "c", "name": "虚构市查无此家商贸有限公司"},
        {"id": "a", "name": "（）"},
        {"name": "", "code": town.school},
    ]
    rows = answers(ask({"items": items}))
    assert [row["id"] for row in rows] == ["a", "b", "c", "a", ""]
    assert [row["uscc"] for row in rows] == [town.food, town.renamed, "", "", town.school]
    best = rows[0]["candidates"][0]
    assert (best["uscc"], best["name"]) == (town.food, "濉溪县澜岫食品有限公司")
    assert 0.9 < best["confidence"] <= 1
    assert {part["part"] for part in rows[0]["parts"]} >= {"region", "brand", "trade", "form"}
    assert all(part["sentence"] for part in rows[0]["parts"])
    assert [(row["outcome"], row["confidence"], row["candidates"]) for row in rows[3:4]] == [("none", 0, [])]


def test_a_persons_name_is_not_looked_up(ask: Ask, town: Any) -> None:
    items = [{"name": "张建国"}, {"name": "张建国", "code": "340621199002281234"}]
    answer = ask({"items": items})
    assert [(row["outcome"], row["reason"]) for row in answers(answer)] == [("none", "自然人信息不受理")] * 2
    assert "张建国" not in answer.content.decode()
    assert town.masked not in answer.content.decode()


def test_the_same_names_get_the_same_answers_one_by_one_and_together(ask: Ask) -> None:
    names = ["濉溪县澜岫食品有限公司", "淮北市栖悟建材有限公司", "砚溪酒业", "淮北市恒远商贸有限公司"]
    together = answers(ask({"items": [{"name": name} for name in names]}))
    single = [answers(ask({"items": [{"name": name}]}))[0] for name in names]
    assert single == together


def test_asking_is_written_down_with_purpose_and_without_the_names(ask: Ask) -> None:
    ask({"items": [{"name": "濉溪县澜岫食品有限公司"}, {"name": "查无此家"}]})
    entry = next(entry for entry in evidence.events(kinds=["accounts.read"]))
    assert entry.body["detail"]["what"] == "links"
    assert entry.body["detail"]["items"] == 2
    assert entry.body["purpose"]
    assert "澜岫" not in json.dumps(entry.body, ensure_ascii=False)


def test_only_a_client_with_the_scope_may_ask(ask: Ask) -> None:
    body = {"items": [{"name": "濉溪县澜岫食品有限公司"}]}
    problem(ask(body, token=""), 401, "token-missing", "header.Authorization")
    problem(ask(body, token="x.y"), 401, "token-refused", "")
    problem(ask(body, token=client_with("intake")), 403, "scope-missing", "header.Authorization")


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        (b"", "invalid-request", "body"),
        (b"{", "invalid-request", "body"),
        (b'{"items": [{"name": "\xff"}]}', "invalid-request", "body"),
        ({}, "invalid-request", "body.items"),
        ({"items": []}, "invalid-request", "body.items"),
        ({"items": [{"code": "1"}]}, "invalid-request", "body.items.0.name"),
        ({"items": [{"name": "甲"}, {"name": "x" * 401}]}, "invalid-request", "body.items.1.name"),
        ({"items": [{"name": "甲", "owner": "张三"}]}, "invalid-request", "body.items.0.owner"),
        ({"items": [{"name": "甲"}] * 10_001}, "too-many-items", "body.items"),
    ],
)
def test_a_wrong_request_is_told_where_and_never_quoted(ask: Ask, body: Any, code: str, where: str) -> None:
    told = problem(ask(body), 422, code, where)
    assert "张三" not in json.dumps(told, ensure_ascii=False)


def test_a_request_beyond_the_limit_is_refused_before_it_is_read_through(ask: Ask) -> None:
    body = b'{"items": [' + b" " * (8 << 20) + b"]}"
    problem(ask(body), 413, "request-too-large", "body")


def test_ten_thousand_names_are_one_request(ask: Ask) -> None:
    names = [f"淮北市查无此家{number}商贸有限公司" for number in range(9_999)]
    rows = answers(ask({"items": [{"name": name} for name in ["濉溪县澜岫食品有限公司", *names]]}))
    assert len(rows) == 10_000
    assert rows[0]["outcome"] == "linked"
    assert rows[0]["parts"] == []


def test_one_client_is_slowed_down(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_linking, "LINKS", Allowance("api-links", 2, 3_600))
    for _ in range(2):
        answers(ask({"items": [{"name": "甲"}]}))
    answer = ask({"items": [{"name": "甲"}]})
    problem(answer, 429, "too-many-requests", "")
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_description_has_an_example_that_is_answered(ask: Ask) -> None:
    from xinheng.faces.api.app import api

    told = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]["/api/v1/links"]["post"]
    body = told["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"]["items"]["maxItems"] == 10_000
    answers(ask(body["example"]))
    assert {200, 401, 403, 413, 422, 429} <= set(told["responses"])


def test_asking_changes_nothing_but_the_log_of_who_asked(ask: Ask) -> None:
    before = [entry.id for entry in evidence.events()]
    ask({"items": [{"name": "淮北市栖悟建材有限公司"}]})
    new = [entry.kind for entry in evidence.events() if entry.id not in before]
    assert new == ["accounts.read"]
