"""Schemathesis over every operation of the description: never a 5xx, never an answer the description does not promise.

Two passes: as a visitor, and as a client with every scope. What is generated is the same in each run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

schemathesis = pytest.importorskip(
    "schemathesis", reason="schemathesis is not installed (requirements-dev.lock)"
)

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis.errors import Unsatisfiable  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = int(os.environ.get("XINHENG_SCHEMATHESIS_EXAMPLES", "8"))


pytest_plugins = ("judgedkit",)


@pytest.fixture(params=["visitor", "client"])
def headers(
    request: pytest.FixtureRequest, city: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The headers of a visitor, and of a client with every scope; allowances that are never used up."""
    from apikit import caller
    from xinheng.accounts import service as accounts
    from xinheng.faces.site import limits

    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    token = caller(accounts.SCOPES).token if request.param == "client" else ""
    monkeypatch.setattr(limits.Buckets, "take", lambda self, who, allowance: (True, allowance.count, 0))
    yield {"Authorization": f"Bearer {token}"} if token else {}


def described() -> Any:
    from django.core.wsgi import get_wsgi_application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def test_no_operation_answers_with_a_5xx_or_with_what_it_does_not_promise(headers: dict[str, str]) -> None:
    faults: list[str] = []
    asked: dict[str, set[int]] = {}
    for found in described().get_all_operations():
        operation = found.ok()
        name = f"{operation.method.upper()} {operation.path}"
        asked[name] = set()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            _run(operation, mode, name, headers, asked[name], faults)
    assert not faults, "\n\n".join(dict.fromkeys(fault[:900] for fault in faults))
    assert len(asked) >= 30
    assert not [name for name, codes in asked.items() if not codes]


def _run(
    operation: Any, mode: Any, name: str, headers: dict[str, str], codes: set[int], faults: list[str],
    known: Callable[[Any], None] = lambda _case: None,
) -> None:  # fmt: skip
    """Sends what is generated for one operation and notes every answer that breaks a promise; `known` replaces parts of it."""

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        known(case)
        answer = case.call(headers=headers)
        codes.add(answer.status_code)
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as group:
            faults.extend(f"{name} {answer.status_code}: {error}" for error in group.exceptions)

    # Nothing wrong can be generated for an operation that takes nothing
    with suppress(Unsatisfiable, schemathesis.errors.SchemathesisError):
        one()


def test_the_operations_of_evaluation_keep_their_promise_where_there_are_models_runs_and_published_totals(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is generated meets an adopted model and organisations that have a result; else each answer would be a 404."""
    from apikit import caller
    from judgedkit import ADOPTED, based
    from xinheng.evaluation import publishing
    from xinheng.evaluation import service as evaluation
    from xinheng.faces.site import limits

    monkeypatch.setattr(limits.Buckets, "take", lambda self, who, allowance: (True, allowance.count, 0))
    monkeypatch.setattr(publishing, "shown", lambda on: (based(),))
    run = evaluation.latest(model=ADOPTED)
    assert run is not None
    usccs = ",".join(one.uscc for one in evaluation.page(run=run.id, limit=20).results)

    def known(case: Any) -> None:
        if "model" in (case.path_parameters or {}):
            case.path_parameters = {"model": ADOPTED}
            case.query = {"uscc": usccs}

    faults: list[str] = []
    asked: dict[str, set[int]] = {}
    headers = {"Authorization": f"Bearer {caller(('evaluation',)).token}"}
    for found in described().get_all_operations():
        operation = found.ok()
        if not operation.path.startswith(("/api/v1/evaluation", "/api/v1/indices")):
            continue
        name = f"{operation.method.upper()} {operation.path}"
        asked[name] = set()
        for given_known in (known, lambda _case: None):
            for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
                _run(operation, mode, name, headers, asked[name], faults, given_known)
    assert not faults, "\n\n".join(dict.fromkeys(fault[:900] for fault in faults))
    assert len(asked) == 5
    assert not [name for name, codes in asked.items() if 200 not in codes], asked


def test_the_description_promises_limits_and_problems_for_every_operation(city: Any) -> None:
    raw = described().raw_schema
    for path, operations in raw["paths"].items():
        for method, operation in operations.items():
            for code, told in operation["responses"].items():
                where = f"{method} {path} {code}"
                assert {"RateLimit", "RateLimit-Policy"} <= set(told["headers"]), where
                if int(code) >= 400:
                    assert set(told["content"]) == {"application/problem+json"}, where
            assert "429" in operation["responses"], f"{method} {path}"
            if operation.get("security"):
                assert {"401", "403"} <= set(operation["responses"]), f"{method} {path}"
