"""Checks by API: what a machine may ask, that the bytes are the signed ones, keys, limits, one form of every refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import checktown
from apikit import Caller, caller, problem
from moments import AT
from xinheng.accounts import service as accounts
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.faces.api import check_shapes as shapes
from xinheng.faces.clock import now
from xinheng.law import service as law
from xinheng.publication import service as publication

SHARED = {"matter": "subsidy-grant", "scope": "shared"}


@pytest.fixture
def machine(city: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """A client of a unit of the small city that may ask for everything."""
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    yield caller(("check", "check-shared", "feedback"))


@pytest.fixture
def listed(city: Any, tmp_path: Path) -> str:
    """An organisation on a list."""
    checktown.list_some(tmp_path)
    on = evidence.legal_day(AT)
    return publication.statements(audience="public", on=on, item="serious-list", limit=1)[0].uscc


def asked(machine: Caller, uscc: str, **more: Any) -> Any:
    return machine.post("/checks", {"code": uscc, "matter": "subsidy-grant", **more})


def purpose() -> str:
    return law.use_of(pack=law.active(), matter="subsidy-grant").purposes[0].code


def test_an_answer_is_the_signed_bytes_and_its_evidence_is_there(machine: Caller, listed: str) -> None:
    told = asked(machine, listed, case_number="淮补2026-7")
    assert told.status_code == 200, told.content
    body = told.json()
    assert shapes.Check.model_validate(body).number == body["number"]
    assert body["case_number"] == "淮补2026-7"
    bundle = json.loads(machine.browser.get("/trust.json").content)
    assert checks.verify_answer(told.content, bundle["jwks"]).ok
    kept = machine.get(f"/checks/{body['number']}").json()
    assert kept["answer"]["uscc"] == listed
    assert kept["digest"] == body["digest"]
    assert kept["whole"]


def test_a_visitor_may_look_without_a_token_and_leaves_no_evidence(machine: Caller, listed: str) -> None:
    before = checks.of_body(body="", on=evidence.legal_day(now()))
    machine.token = ""
    told = machine.get(f"/checks?code={listed}&matter=subsidy-grant", Origin="https://elsewhere.example")
    assert told.status_code == 200, told.content
    assert told.json()["number"] == ""
    assert told["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in told
    assert checks.of_body(body="", on=evidence.legal_day(now())) == before


def test_without_a_token_or_with_a_wrong_one_nothing_is_recorded(machine: Caller, listed: str) -> None:
    machine.token = ""
    problem(asked(machine, listed), 401, "token-missing")
    machine.token = "wrong"
    problem(asked(machine, listed), 401)


def test_every_answer_states_what_is_left_also_when_it_fails(machine: Caller, listed: str) -> None:
    good = asked(machine, listed)
    assert good["RateLimit-Policy"] == '"api-checks";q=6000;w=60'
    assert good["RateLimit"].startswith('"api-checks";r=599')
    bad = machine.post("/checks", {"code": listed})
    assert bad.status_code == 422
    assert bad["RateLimit"].startswith('"api-checks";r=599')
    machine.token = ""
    for answer in (
        machine.get("/measures"),
        machine.get("/organisations/nobody"),
        machine.get("/checks"),
        asked(machine, listed),
    ):
        assert answer["RateLimit"], answer.content
        assert answer["RateLimit-Policy"]


def test_past_the_allowance_a_machine_is_told_when_to_come_back(
    machine: Caller, listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.faces.api import checks as calls
    from xinheng.faces.site.limits import Allowance

    monkeypatch.setattr(calls.asking, "allowance", Allowance("api-checks", 2, 60))
    assert [asked(machine, listed).status_code for _ in range(2)] == [200, 200]
    refused = asked(machine, listed)
    problem(refused, 429, "too-many-requests")
    assert int(refused["Retry-After"]) >= 1
    assert '"api-checks";r=0' in refused["RateLimit"]


def test_shared_facts_need_the_scope_and_a_purpose_that_fits(machine: Caller, listed: str) -> None:
    problem(asked(machine, listed, scope="shared"), 403, "purpose-refused")
    problem(asked(machine, listed, scope="shared", purpose="想看看"), 403, "purpose-refused")
    good = asked(machine, listed, scope="shared", purpose=purpose())
    assert good.status_code == 200, good.content
    assert good.json()["scope"] == "shared"
    narrow = caller(("check",))
    problem(asked(narrow, listed, scope="shared", purpose=purpose()), 403, "purpose-refused")


def test_a_refusal_is_evidence_too_and_says_its_number(machine: Caller, listed: str) -> None:
    refused = problem(asked(machine, listed, scope="shared", purpose="想看看"), 403)
    kept = machine.get(f"/checks/{refused['number']}").json()
    assert kept["outcome"] == "refused"
    assert kept["answer"]["refused"] == refused["message"]


def test_a_client_bound_to_matters_asks_for_no_other(machine: Caller, listed: str) -> None:
    bound = caller(("check",), matters=("honour-award",))
    problem(asked(bound, listed), 403, "matter-not-yours")
    assert bound.post("/checks", {"code": listed, "matter": "honour-award"}).status_code == 200
    problem(
        caller(("check-shared",), matters=("honour-award",)).post(
            "/measures/may", {"code": listed, "measure": "fiscal-funds", "matter": "subsidy-grant"}
        ),
        403,
        "matter-not-yours",
    )


def test_the_same_key_gives_the_first_answer_and_no_second_check(machine: Caller, listed: str) -> None:
    first = machine.post("/checks", {"code": listed, "matter": "subsidy-grant"}, **{"Idempotency-Key": "k-1"})
    again = machine.post("/checks", {"code": listed, "matter": "subsidy-grant"}, **{"Idempotency-Key": "k-1"})
    one, two = first.json(), again.json()
    assert (two.pop("repeated"), two.pop("whole")) == (True, True)
    assert two == one
    assert len(checks.of_body(body=machine.body, on=evidence.legal_day(now()))) == 1
    other = machine.post("/checks", {"code": listed, "matter": "honour-award"}, **{"Idempotency-Key": "k-1"})
    problem(other, 409, "key-reused")
    stranger = caller(("check",))
    mine = stranger.post("/checks", {"code": listed, "matter": "subsidy-grant"}, **{"Idempotency-Key": "k-1"})
    assert "repeated" not in mine.json()
    problem(
        machine.post("/checks", {"code": listed, "matter": "subsidy-grant"}, **{"Idempotency-Key": "键"}), 422
    )


def test_one_key_sent_by_two_at_once_has_one_answer(machine: Caller, listed: str) -> None:
    def ask(_: int) -> dict[str, Any]:
        from django.db import connection

        try:
            told = machine.post(
                "/checks", {"code": listed, "matter": "subsidy-grant"}, **{"Idempotency-Key": "twice"}
            )
            assert told.status_code == 200, told.content
            body: dict[str, Any] = told.json()
            return body
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = {one["number"] for one in pool.map(ask, range(4))}
    assert len(numbers) == 1


def test_a_batch_answers_in_the_order_asked_under_one_signature(machine: Caller, listed: str) -> None:
    codes = [listed, "91340600MA2TXXXXXX", "91340600000000000X"]
    told = machine.post(
        "/checks/batch", {"codes": codes, "matter": "subsidy-grant"}, **{"Idempotency-Key": "b-1"}
    )
    assert told.status_code == 200, told.content
    body = shapes.Checks.model_validate(told.json())
    assert [one.uscc for one in body.answers] == codes
    assert len({one.number for one in body.answers}) == 3
    again = machine.post(
        "/checks/batch", {"codes": codes, "matter": "subsidy-grant"}, **{"Idempotency-Key": "b-1"}
    )
    two = again.json()
    assert two["repeated"]
    assert (two["number"], two["signature"], two["digest"]) == (body.number, body.signature, body.digest)
    problem(machine.post("/checks/batch", {"codes": [], "matter": "subsidy-grant"}), 422)
    problem(machine.post("/checks/batch", {"codes": [listed] * 10_001, "matter": "subsidy-grant"}), 422)


def test_another_units_check_does_not_exist_for_a_client(machine: Caller, listed: str) -> None:
    number = asked(machine, listed).json()["number"]
    other = caller(("check",), unit=1)
    problem(other.get(f"/checks/{number}"), 404, "check-unknown")
    problem(machine.get("/checks/HC000000099999"), 404, "check-unknown")
    problem(machine.get("/checks/nothing"), 422)


def test_a_proof_is_there_once_the_check_is_sealed(machine: Caller, listed: str) -> None:
    number = asked(machine, listed).json()["number"]
    machine.token = ""
    problem(machine.get(f"/checks/{number}/proof"), 409, "check-not-sealed")
    checks.seal(at=now())
    found = machine.get(f"/checks/{number}/proof")
    assert found.status_code == 200
    assert shapes.CheckProof.model_validate(found.json()).number == number


def test_feedback_on_a_hint_of_kind_must_is_kept_once(machine: Caller, listed: str) -> None:
    told = machine.post("/checks", {"code": listed, "matter": "honour-award", "scope": "shared",
                                    "purpose": law.use_of(pack=law.active(), matter="honour-award").purposes[0].code}).json()  # fmt: skip
    must = [one for one in told["hints"] if one["strength"] == "must"]
    assert must, told
    body = {"hint": must[0]["ordinal"], "applied": True, "document": "淮文明办〔2026〕3号"}
    first = machine.post(f"/checks/{told['number']}/feedback", body)
    assert first.status_code == 200, first.content
    assert shapes.Answered.model_validate(first.json()).version == 1
    assert machine.post(f"/checks/{told['number']}/feedback", body).json() == first.json()
    problem(machine.post(f"/checks/{told['number']}/feedback", body | {"hint": 999}), 404, "no-such-hint")
    problem(caller(("check",)).post(f"/checks/{told['number']}/feedback", body), 403, "scope-missing")
    problem(
        caller(("feedback",), unit=1).post(f"/checks/{told['number']}/feedback", body), 404, "not-your-check"
    )


def test_a_disabled_client_is_out_at_once(machine: Caller, listed: str) -> None:
    assert asked(machine, listed).status_code == 200
    accounts.disable_client(id=machine.id, at=now(), actor="test")
    problem(asked(machine, listed), 401)


def test_what_is_no_code_is_refused_without_being_repeated_or_kept(machine: Caller) -> None:
    before = len(checks.of_body(body=machine.body, on=evidence.legal_day(now())))
    told = asked(machine, "11010519491231002X")
    problem(told, 422, "personal-number")
    assert "19491231" not in told.content.decode()
    problem(asked(machine, "张三"), 422, "code-unreadable")
    assert len(checks.of_body(body=machine.body, on=evidence.legal_day(now()))) == before


def test_a_code_nobody_has_is_no_clean_answer(machine: Caller) -> None:
    body = shapes.Check.model_validate(asked(machine, "91340600MA2TXXXXXX").json())
    assert (body.unchecked, body.valid_until) == ("code-invalid", None)
    assert body.why_valid


def test_a_batch_answers_every_row_even_one_that_is_no_code(machine: Caller, listed: str) -> None:
    rows = [listed, "张三", listed, "11010519491231002X"]
    told = machine.post("/checks/batch", {"codes": rows, "matter": "subsidy-grant"})
    assert told.status_code == 200, told.content
    body = shapes.Checks.model_validate(told.json())
    assert [one.uscc for one in body.answers] == [listed, "", listed, ""]
    assert [one.unchecked for one in body.answers] == ["", "code-unreadable", "", "personal-number"]
    assert body.answers[0].number == body.answers[2].number
    assert "张三" not in told.content.decode()


def test_authenticating_takes_one_query(
    machine: Caller, listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from xinheng.evidence import service as evidence

    asked(machine, listed)
    quick: list[str] = []
    rows = evidence.quick_rows

    def counted(sql: str, params: Any) -> Any:
        quick.append(sql)
        return rows(sql, params)

    monkeypatch.setattr(evidence, "quick_rows", counted)
    with CaptureQueriesContext(connection) as seen:
        asked(machine, listed)
    said = quick + [one["sql"] for one in seen]
    assert len([one for one in said if "accounts_" in one]) == 1, said
    assert not [one for one in said if "session" in one or "axes" in one]


class Called:
    """A unit of the register, as far as its sector goes."""

    def __init__(self, name: str) -> None:
        self.shown_name = name


@pytest.mark.parametrize(
    ("name", "status"),
    [("淮北市市场监督管理局", 200), ("淮北市工商行政管理局", 200), ("淮北市交通运输局", 403)],
)
def test_a_client_made_without_a_sector_asks_for_the_matters_of_its_unit(
    machine: Caller, listed: str, monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    from xinheng.checks import units

    monkeypatch.setattr(units, "_known", {})
    monkeypatch.setattr(units, "_names", lambda body: [body, name])
    mine = caller(("check-shared",), sector="")
    body = {"code": listed, "matter": checktown.LICENCE, "scope": "shared"}
    told = mine.post("/checks", body | {"purpose": checktown.PURPOSE[checktown.LICENCE]})
    assert told.status_code == status, told.content


def test_a_place_in_the_request_names_the_field_and_not_the_code_that_reads_it(machine: Caller) -> None:
    assert problem(machine.post("/checks", {"matter": "subsidy-grant"}), 422)["where"] == "body.code"
    batch = machine.post("/checks/batch", {"codes": [1], "matter": "subsidy-grant"})
    assert problem(batch, 422)["where"] == "body.codes.0"


def test_an_address_the_api_has_not_is_a_problem_too(machine: Caller) -> None:
    for method, path in (("GET", "/nothing"), ("POST", "/checks/x/y/z"), ("GET", "/")):
        told = machine.ask(method, path)
        problem(told, 404, "no-such-address")
        assert told["RateLimit"], path
