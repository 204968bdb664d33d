"""Machines: a token, a file, its batch; large files in pieces; one form of every error; nobody else's batches."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts

SHAPE = {"type", "title", "status", "detail", "code", "message", "where", "what_to_do"}


@dataclass
class Machine:
    """A client of one unit, with the secret it was told."""

    mine: str
    other: str
    id: str
    secret: str
    browser: Any
    token: str = ""

    def ask(
        self, method: str, path: str, data: Any = b"", kind: str = "application/json", **headers: str
    ) -> Any:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        body = json.dumps(data) if isinstance(data, dict) else data
        return self.browser.generic(method, f"/api/v1{path}", body, content_type=kind, headers=headers)


@pytest.fixture
def machine(city: Any, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A client of a unit of the small city, with a token; forms' tokens are enforced, as for everybody."""
    from django.test import Client

    from xinheng.faces.clock import now
    from xinheng.faces.site.limits import buckets
    from xinheng.intake import service as intake

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    buckets.clear()
    mine, other = sorted({batch.source for batch in intake.batches(item="admin-penalty", limit=500)})[:2]
    made = accounts.add_client(body=mine, scopes=("intake",), title="业务系统", at=AT, actor="test")
    client = accounts.client_of_secret(id=made.id, secret=made.secret)
    token = accounts.token(client=client, at=now())
    return Machine(mine, other, made.id, made.secret, Client(enforce_csrf_checks=True), token)


def a_file(rows: int = 3, first: int = 1) -> bytes:
    """A small file of licences or penalties whose rows all come back: what matters here is the way, not the rows."""
    head = "CF_XDR_MC,CF_WSH,CF_JDRQ"
    lines = [f"某某公司,测试罚〔2026〕{number}号,2026-11-18" for number in range(first, first + rows)]
    return "\n".join([head, *lines]).encode()


def problem(answer: Any, status: int, code: str = "") -> dict[str, str]:
    """The answer is a problem in the one form, and says what to do."""
    assert answer.status_code == status, answer.content.decode()[:500]
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, str] = answer.json()
    assert set(body) == SHAPE
    assert body["message"]
    assert body["what_to_do"]
    assert not code or body["code"] == code
    return body


def done(machine: Machine, address: str) -> Any:
    until = time.monotonic() + 30
    while (body := machine.ask("GET", address.removeprefix("/api/v1")).json())["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)
    return body


def test_a_token_is_given_for_id_and_secret_in_the_form_or_as_basic(machine: Machine) -> None:
    form = {"grant_type": "client_credentials", "client_id": machine.id, "client_secret": machine.secret}
    first = machine.browser.post("/api/v1/token", form)
    assert first.status_code == 200, first.content
    assert first.json()["token_type"] == "Bearer"
    assert first.json()["expires_in"] == 3600
    basic = base64.b64encode(f"{machine.id}:{machine.secret}".encode()).decode()
    second = machine.browser.post(
        "/api/v1/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert second.status_code == 200
    machine.token = second.json()["access_token"]
    assert machine.ask("GET", "/batches").status_code == 200


def test_a_wrong_secret_a_wrong_grant_and_no_token_are_refused(machine: Machine) -> None:
    form = {"grant_type": "client_credentials", "client_id": machine.id, "client_secret": "wrong"}
    problem(machine.browser.post("/api/v1/token", form), 401, "invalid_client")
    problem(
        machine.browser.post("/api/v1/token", form | {"grant_type": "password"}),
        400,
        "unsupported_grant_type",
    )
    for token in ("", "nonsense", machine.token[:-4] + "AAAA"):
        machine.token = token
        answer = machine.ask("GET", "/batches")
        problem(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_the_desk_opens_nothing_here(machine: Machine) -> None:
    from xinheng.accounts.models import Account

    accounts.add(name="office", role="office", body="", title="", at=AT, actor="test")
    machine.browser.force_login(
        Account.objects.get(name="office"), backend="django.contrib.auth.backends.ModelBackend"
    )
    machine.token = ""
    problem(machine.ask("GET", "/batches"), 401)
    problem(machine.ask("POST", "/batches?item=admin-penalty", a_file(), "text/csv"), 401)


def test_a_file_is_answered_with_the_address_of_its_batch(machine: Machine) -> None:
    answer = machine.ask("POST", "/batches?item=admin-penalty", a_file(), "text/csv")
    assert answer.status_code == 202, answer.content
    body = done(machine, answer.json()["address"])
    assert body["source"] == machine.mine
    assert body["rows"] == 3 == sum(body["counts"].values())
    assert {row["row"] for row in body["problems"]} == {2, 3, 4}
    assert all(row["message"] for row in body["problems"])
    again = machine.ask("POST", "/batches?item=admin-penalty", a_file(), "text/csv")
    assert again.json() == answer.json(), "the same bytes are the same batch"
    listed = machine.ask("GET", "/batches?limit=1").json()
    assert [one["batch"] for one in listed] == [answer.json()["batch"]]
    sheet = machine.ask("GET", f"/batches/{body['batch']}/errors.xlsx")
    assert sheet.content.startswith(b"PK")


def test_a_multipart_form_does_as_well(machine: Machine) -> None:
    import io

    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    file = io.BytesIO(a_file())
    file.name = "x.csv"
    body = encode_multipart(BOUNDARY, {"file": file})
    answer = machine.ask("POST", "/batches?item=admin-penalty", body, MULTIPART_CONTENT)
    assert answer.status_code == 202, answer.content


def test_an_idempotency_key_stands_for_one_file(machine: Machine) -> None:
    key = {"Idempotency-Key": "job-7"}
    first = machine.ask("POST", "/batches?item=admin-penalty", a_file(), "text/csv", **key)
    same = machine.ask("POST", "/batches?item=admin-penalty", a_file(), "text/csv", **key)
    assert first.json() == same.json()
    other = machine.ask("POST", "/batches?item=admin-penalty", a_file(4), "text/csv", **key)
    problem(other, 409, "key-reused")


def test_a_large_file_comes_in_pieces_and_goes_on_where_it_stopped(machine: Machine) -> None:
    data = a_file(40)
    opened = machine.ask("POST", "/uploads", {"item": "admin-penalty"})
    assert opened.status_code == 201, opened.content
    address = opened.json()["address"].removeprefix("/api/v1")
    kind = "application/offset+octet-stream"
    first = machine.ask("PATCH", address, data[:100], kind, **{"Upload-Offset": "0"})
    assert (first.status_code, first["Upload-Offset"]) == (204, "100")
    lost = machine.ask("PATCH", address, data[:100], kind, **{"Upload-Offset": "0"})
    problem(lost, 409, "upload-offset")
    assert lost["Upload-Offset"] == "100"
    assert machine.ask("HEAD", address)["Upload-Offset"] == "100"
    problem(machine.ask("PATCH", address, data[100:], kind), 422)
    machine.ask("PATCH", address, data[100:], kind, **{"Upload-Offset": "100"})
    closed = machine.ask("POST", f"{address}/close")
    assert closed.status_code == 202, closed.content
    assert done(machine, closed.json()["address"])["rows"] == 40
    problem(machine.ask("POST", f"{address}/close"), 404)


def test_another_client_finds_neither_batch_nor_upload(machine: Machine) -> None:
    from xinheng.faces.clock import now
    from xinheng.intake import service as intake

    foreign = intake.batches(source=machine.other, limit=1)[0].number
    problem(machine.ask("GET", f"/batches/{foreign}"), 404, "no-such-batch")
    problem(machine.ask("GET", f"/batches/{foreign}/errors.xlsx"), 404, "no-such-batch")
    assert foreign not in machine.ask("GET", "/batches?limit=200").content.decode()
    address = (
        machine.ask("POST", "/uploads", {"item": "admin-penalty"}).json()["address"].removeprefix("/api/v1")
    )
    rival = accounts.add_client(body=machine.other, scopes=("intake",), title="", at=AT, actor="test")
    machine.token = accounts.token(
        client=accounts.client_of_secret(id=rival.id, secret=rival.secret), at=now()
    )
    assert machine.ask("HEAD", address).status_code == 404
    problem(machine.ask("POST", f"{address}/close"), 404)


@pytest.mark.parametrize(
    ("path", "data", "kind", "status", "code"),
    [
        ("/batches?item=nothing", b"x", "text/csv", 422, "item-unknown"),
        ("/batches", b"x", "text/csv", 422, "invalid-request"),
        ("/batches?item=admin-penalty", b"", "text/csv", 422, "empty-file"),
        ("/batches?item=admin-penalty", b"%PDF-1.7", "text/csv", 422, "renamed-pdf"),
        (
            "/nil-returns",
            {"item": "admin-penalty", "period": "2026-13"},
            "application/json",
            422,
            "invalid-request",
        ),
        ("/nil-returns", b"{not json", "application/json", 400, ""),
    ],
)
def test_a_wrong_request_says_where_and_what_to_do(
    machine: Machine, path: str, data: Any, kind: str, status: int, code: str
) -> None:
    problem(machine.ask("POST", path, data, kind), status, code)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(machine: Machine) -> None:
    answer = machine.browser.generic(
        "POST",
        "/api/v1/batches?item=admin-penalty",
        b"x",
        content_type="text/csv",
        headers={"Authorization": f"Bearer {machine.token}", "Content-Length": str(60 * 1024 * 1024)},
        CONTENT_LENGTH=str(60 * 1024 * 1024),
    )
    problem(answer, 413, "upload-too-large")


def test_too_many_requests_are_told_when_to_come_back(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.api import tokens
    from xinheng.faces.site.limits import Allowance

    monkeypatch.setattr(tokens, "CALLS", Allowance("api", 2, 60))
    assert [machine.ask("GET", "/batches").status_code for _ in range(2)] == [200, 200]
    answer = machine.ask("GET", "/batches")
    problem(answer, 429, "too-many-requests")
    assert int(answer["Retry-After"]) >= 1


def test_a_nil_return_repeats_its_number(machine: Machine) -> None:
    said = [
        machine.ask("POST", "/nil-returns", {"item": "admin-penalty", "period": "2026-08"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in said] == [200, 200], said[0].content
    assert said[0].json() == said[1].json()


def test_the_description_is_openapi_3_1_and_every_way_in_it_needs_a_token_or_says_so(
    machine: Machine,
) -> None:
    machine.token = ""
    described = machine.ask("GET", "/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if "intake" not in operation.get("tags", ()):
                continue
            assert operation["security"], (method, path)
            address = (
                path.removeprefix("/api/v1").replace("{number}", "20990101-00001").replace("{handle}", "x")
            )
            answer = machine.ask(method.upper(), address)
            assert answer.status_code == 401, (method, path, answer.status_code)
            assert {"401", "404", "422", "429"} <= set(operation["responses"]), (method, path)


def test_a_failure_inside_shows_no_inside(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("xinheng.intake.service.batches", fail)
    machine.browser.raise_request_exception = False
    answer = machine.ask("GET", "/batches")
    assert "secret words" not in answer.content.decode()
    problem(answer, 500, "internal")
