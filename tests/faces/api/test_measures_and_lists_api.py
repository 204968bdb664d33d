"""Measures, lists and matters by API: the law's own answers, the public gate, nothing that creates a measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import checktown
from apikit import Caller, caller, problem
from moments import AT
from xinheng.evidence import service as evidence
from xinheng.faces.api import lists, measures, shapes
from xinheng.law import service as law

ON = evidence.legal_day(AT)


@pytest.fixture
def sharing(city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A client that may ask for what bodies share, in a city with organisations on lists."""
    checktown.list_some(tmp_path)
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    return caller(("check-shared",))


def test_every_measure_is_told_with_its_provisions_and_none_is_on_persons(client: Any) -> None:
    told = measures.Measures.model_validate(client.get("/api/v1/measures").json())
    assert {one.code for one in told.measures} == set(law.measures(pack=law.active(), on=ON))
    assert all(ground.citation for one in told.measures for ground in one.grounds)
    assert all(one.subjects for one in told.measures)


def test_a_measure_can_be_read_and_asked_for_but_made_by_no_operation(sharing: Caller) -> None:
    before = law.active().digest
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = sharing.ask(method, "/measures", {"code": "new", "name": "新措施"})
        problem(answer, 405, "method-not-allowed")
        assert answer["Allow"] == "GET"
    assert law.active().digest == before


def test_may_answers_as_the_law_does_and_leaves_a_reading(sharing: Caller) -> None:
    entry = checktown.shown("serious-list")[0]
    asked = {"code": entry.uscc, "measure": "honours", "matter": "honour-award"}
    allowed = measures.MayAnswer.model_validate(sharing.post("/measures/may", asked).json())
    assert allowed.allowed
    assert allowed.citations
    assert entry.id in {one.statement for one in allowed.entries}
    refused = sharing.post("/measures/may", asked | {"measure": "no-such-measure"}).json()
    assert (refused["allowed"], refused["refusal"]) == (False, "no-basis")
    readings = [
        one
        for one in evidence.events(kinds=("accounts.read",))
        if one.body["detail"].get("what") == "measure-asked"
    ]
    assert len(readings) == 2
    problem(sharing.post("/measures/may", asked | {"matter": "no-such-matter"}), 422, "matter-unknown")
    problem(caller(("check",)).post("/measures/may", asked), 403, "scope-missing")


def test_every_kind_of_list_says_who_decides_how_long_and_how_to_leave(client: Any) -> None:
    told = lists.Kinds.model_validate(client.get("/api/v1/lists").json())
    assert {one.code for one in told.kinds} == set(law.list_kinds(pack=law.active(), on=ON))
    for one in told.kinds:
        assert one.basis, one.code
        assert one.exits, one.code
        assert one.triggers, one.code


def test_a_list_by_api_is_what_the_gate_shows_and_an_unknown_one_a_404(sharing: Caller) -> None:
    sharing.token = ""
    evidence.drain(at=AT)
    shown = {one.id for one in checktown.shown("serious-list")}
    told: set[int] = set()
    for kind in law.list_kinds(pack=law.active(), on=ON).values():
        if kind.item != "serious-list":
            continue
        page = lists.Entries.model_validate(sharing.get(f"/lists/{kind.code}").json())
        told |= {one.statement for one in page.entries}
        while page.next:
            page = lists.Entries.model_validate(sharing.get(f"/lists/{kind.code}?after={page.next}").json())
            told |= {one.statement for one in page.entries}
    assert told == shown
    assert told
    problem(sharing.get("/lists/no-such-list"), 404, "no-such-list")


def test_the_matters_name_their_use_and_the_purposes_that_fit(client: Any) -> None:
    told = shapes.Matters.model_validate(client.get("/api/v1/matters").json()).matters
    pack = law.active()
    assert [one.code for one in told] == [one.code for one in (*pack.matters, *pack.general)]
    for one in told:
        if one.use:
            assert [why.code for why in one.purposes] == [
                why.code for why in law.uses(pack=pack)[one.use].purposes
            ]
    assert any(one.code == "procurement-award" and one.purposes for one in told)
