"""Evaluation by API: who reads which result, that command, API and pages say the same, and that the public sees no number."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from apikit import Caller, caller, problem
from judgedkit import ADOPTED, OFF, ON
from moments import AT
from xinheng.evaluation import adoption, indices, seeing, telling
from xinheng.evaluation import service as evaluation
from xinheng.evidence import service as evidence
from xinheng.faces.api import evaluation as shapes
from xinheng.law import service as law
from xinheng.publication import service as publication

pytest_plugins = ("judgedkit",)


@pytest.fixture
def reader(judged: Any) -> Caller:
    """A machine of a unit that decided something, with the scope for evaluation."""
    return caller(("evaluation",))


def _decided_by(body: str) -> list[str]:
    found = publication.statements(audience="authority", on=ON, authority=body, limit=500)
    return sorted({one.uscc for one in found if law.active().items[one.item].adverse})


def _enterprises(usccs: list[str]) -> list[str]:
    return [code for code in usccs if not code.startswith("92")]


def test_every_model_is_told_with_its_state_and_what_it_rests_on(reader: Caller) -> None:
    told = shapes.Models.model_validate(reader.get("/evaluation/models").json())
    assert {one.code for one in told.models} == set(law.models(pack=law.active()))
    states = {one.code: (one.state, one.usable) for one in told.models}
    assert states[ADOPTED] == ("adopted", True)
    assert states[OFF] == ("off", False)
    for one in told.models:
        assert not {"individual", "person"} & set(one.subjects)
        assert one.citation
        assert all(indicator.citation for indicator in one.indicators)


def _said(*arguments: str) -> Any:
    """What the command prints for programs, in this process."""
    from xinheng.faces.cli.main import cli

    done = CliRunner().invoke(cli, ["evaluate", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.strip().splitlines()[-1])


def _without_totals(run: dict[str, Any]) -> dict[str, Any]:
    """What a unit's client is told of a run: how many have which grade is the office's, as on the desk."""
    return {name: value for name, value in run.items() if name != "distribution"}


def test_runs_are_those_of_adopted_models_and_say_what_the_command_says(reader: Caller) -> None:
    told = shapes.Runs.model_validate(reader.get("/evaluation/runs").json())
    assert [(one.model, one.trial) for one in told.runs] == [(ADOPTED, False)], "trials are the office's"
    spoken = _said("runs", "--model", ADOPTED)["runs"]
    assert [one.model_dump() for one in told.runs] == [_without_totals(one) for one in spoken]
    latest = evaluation.latest(model=ADOPTED)
    assert latest is not None
    assert told.runs[0].model_dump() == _without_totals(telling.run_told(latest))


def test_a_unit_reads_results_of_those_it_decided_about_and_of_nobody_else(reader: Caller) -> None:
    mine = _enterprises(_decided_by(reader.body))
    run = evaluation.latest(model=ADOPTED)
    assert run is not None
    page = evaluation.page(run=run.id, limit=500)
    others = [one.uscc for one in page.results if one.uscc not in set(mine)]
    asked = [*mine[:5], *others[:2]]
    told = shapes.Results.model_validate(
        reader.get(f"/evaluation/{ADOPTED}/results?uscc={','.join(asked)}").json()
    )
    kept = evaluation.results(run=run.id, usccs=asked)
    assert told.not_yours == others[:2]
    assert {one.uscc for one in told.results} == set(mine[:5]) & set(kept)
    for one in told.results:
        assert one.score == one.base + sum(one.sums.values()) == kept[one.uscc].score
        assert one.points == telling.points(one.score)
    purpose = law.models(pack=law.active())[ADOPTED].purpose
    assert purpose in told.duty and "不能单独作为" in told.duty
    assert "监管的先后" not in told.duty, "what this model is for is not what a risk model is for"


def test_a_unit_that_only_licensed_an_organisation_reads_nothing_of_it(reader: Caller) -> None:
    against = set(_decided_by(reader.body))
    found = publication.statements(audience="authority", on=ON, authority=reader.body, limit=500)
    licensed = _enterprises(sorted({one.uscc for one in found} - against))[:5]
    assert licensed
    told = reader.get(f"/evaluation/{ADOPTED}/results?uscc={','.join(licensed)}").json()
    assert (told["results"], told["not_evaluated"], told["not_yours"]) == ([], [], licensed)


def test_a_run_by_the_command_is_the_run_the_api_tells_of_to_the_last_digit(reader: Caller) -> None:
    spoken = _said("--model", ADOPTED)
    told = reader.get("/evaluation/runs").json()["runs"][0]
    assert _without_totals(spoken) == told
    code = next(c for c in _enterprises(_decided_by(reader.body)))
    line = reader.get(f"/evaluation/{ADOPTED}/results?uscc={code}").json()["results"][0]
    one = _said("--model", ADOPTED, "--org", code)
    assert {key: one[key] for key in line} == line


def test_a_unit_is_told_of_no_organisation_but_its_own_and_of_no_totals(reader: Caller) -> None:
    """Every address below `/evaluation` that takes a token, and the newest run whatever was run later."""
    newest = evaluation.latest(model=ADOPTED)
    assert newest is not None
    evaluation.run(model=ADOPTED, on=ON, at=AT, actor="desk:office", scope="340621")
    evaluation.run(model=ADOPTED, on=ON - timedelta(days=30), at=AT, actor="desk:office")
    every = [one.uscc for one in evaluation.page(run=newest.id, limit=1_000).results]
    mine = seeing.seen_by(body=reader.body, usccs=every, on=ON)
    others = [code for code in every if code not in mine]
    assert mine and others, "else the test would prove nothing"
    for path in (
        "models",
        "runs",
        f"runs?model={ADOPTED}",
        f"{ADOPTED}/results?uscc={','.join([*others[:50], min(mine)])}",
    ):
        answer = reader.get(f"/evaluation/{path}")
        assert answer.status_code == 200
        assert "distribution" not in answer.content.decode(), path
        if "results" in path:
            found = answer.json()
            assert (found["run"]["run"], found["run"]["known_on"]) == (newest.number, ON.isoformat())
            assert [one["uscc"] for one in found["results"]] == [min(mine)]
            assert found["not_yours"] == others[:50]
        else:
            assert not [code for code in every if code in answer.content.decode()], path


def test_each_reading_is_written_down_for_the_organisations_read_about(reader: Caller) -> None:
    mine = _enterprises(_decided_by(reader.body))[:3]
    reader.get(f"/evaluation/{ADOPTED}/results?uscc={','.join(mine)}")
    readings = [
        one.body["detail"]
        for one in evidence.events(kinds=("accounts.read",))
        if one.body["detail"].get("what") == "evaluation-results"
    ]
    assert [one["usccs"] for one in readings] == [mine]
    assert readings[0]["unit"] == reader.body
    assert "score" not in str(readings)


def test_an_individual_business_is_evaluated_for_nobody(reader: Caller) -> None:
    alone = [code for code in _decided_by(reader.body) if code.startswith("92")][:3]
    assert alone
    told = reader.get(f"/evaluation/{ADOPTED}/results?uscc={','.join(alone)}").json()
    assert told["results"] == []
    assert told["not_evaluated"] == alone


def test_a_model_that_is_off_or_unknown_gives_no_results(reader: Caller) -> None:
    code = _enterprises(_decided_by(reader.body))[0]
    problem(reader.get(f"/evaluation/{OFF}/results?uscc={code}"), 403, "model-off")
    problem(reader.get(f"/evaluation/none/results?uscc={code}"), 404, "no-such-model")
    problem(reader.get(f"/evaluation/runs?model={OFF}"), 403, "model-off")
    problem(reader.get(f"/evaluation/{ADOPTED}/results?uscc=34"), 422, "bad-codes")
    problem(
        reader.get(f"/evaluation/{ADOPTED}/results?uscc={','.join([code[:17] + 'A'] * 2)}"), 422, "bad-codes"
    )
    problem(reader.get(f"/evaluation/{ADOPTED}/results"), 422, "invalid-request")


def test_a_withdrawn_model_gives_no_results_any_more(reader: Caller) -> None:
    code = _enterprises(_decided_by(reader.body))[0]
    assert reader.get(f"/evaluation/{ADOPTED}/results?uscc={code}").status_code == 200
    adoption.withdraw(model=law.models(pack=law.active())[ADOPTED], reason="测试", actor="desk:office", at=AT)
    problem(reader.get(f"/evaluation/{ADOPTED}/results?uscc={code}"), 403, "model-off")
    assert reader.get("/evaluation/runs").json()["runs"] == []


def test_without_the_scope_nothing_of_it_is_read(judged: Any) -> None:
    other = caller(("check-shared",))
    for path in ("models", "runs", f"{ADOPTED}/results?uscc=91340600MA2N00000X"):
        problem(other.get(f"/evaluation/{path}"), 403, "scope-missing")
        other.token, kept = "", other.token
        problem(other.get(f"/evaluation/{path}"), 401, "token-missing")
        other.token = kept


def test_the_public_sees_no_model_that_was_not_published_and_never_a_number(judged: Any) -> None:
    assert Client().get("/api/v1/evaluation/published").json() == {"models": []}


@pytest.mark.parametrize(
    ("counts", "told", "words"),
    [
        ((120, 65, 3, 41), [120, 60, None, None], ("少于 10", "不单列", "约 220 家")),
        ((0, 1, 1, 1), [], ("主体太少，不公布",)),
        ((2, 500, 0, 1), [], ("几乎都在同一个等级，不公布",)),
    ],
)
def test_published_totals_hold_no_count_of_a_few_on_the_page_and_in_the_answer(
    judged: Any,
    monkeypatch: pytest.MonkeyPatch,
    counts: tuple[int, ...],
    told: list[int | None],
    words: tuple[str, ...],
) -> None:
    from dataclasses import replace

    from xinheng.evaluation import publishing

    model = law.models(pack=law.active())[ADOPTED]
    run = evaluation.latest(model=ADOPTED)
    assert run is not None
    kept = replace(
        run,
        distribution={one.code: n for one, n in zip(model.grades, counts, strict=True)},
        organisations=sum(counts),
    )
    monkeypatch.setattr(publishing, "shown", lambda *, on: (model,))
    monkeypatch.setattr(publishing.runs, "latest", lambda **_: kept)
    answer = Client().get("/api/v1/evaluation/published")
    [one] = shapes.Published.model_validate(answer.json()).models
    assert one.totals is not None
    assert [cell.organisations for cell in one.totals.grades] == told
    assert one.totals.organisations in (None, sum(counts) // 10 * 10)
    assert not {"run", "distribution", "digest"} & set(answer.json()["models"][0]), (
        "no exact number by another door"
    )
    page = Client().get("/models/").content.decode()
    for word in words:
        assert word in page, word
    english = Client().get("/en/models/").content.decode()
    for text in (page, english):
        assert not [n for n in (sum(counts), *counts) if n > 9 and n % 10 and f">{n}<" in text]


def test_public_indices_are_the_public_parts_and_no_index(judged: Any) -> None:
    client = Client()
    plan = indices.plan()
    assert plan is not None
    public = {part.code for part in plan.parts if part.public}
    for by in indices.AXES:
        told = shapes.Indices.model_validate(client.get(f"/api/v1/indices?by={by}").json())
        assert {one.part for one in told.values} <= public
        assert "" not in {one.part for one in told.values}
        kept = {(one.area, one.part): one.micro for one in indices.indices(by=by, public=True)}
        assert {(one.area, one.part): one.micro for one in told.values} == kept
        order = [(one.month, one.area, one.part) for one in told.values]
        assert order == sorted(order), "by code, never by value"
    problem(client.get("/api/v1/indices?by=street"), 422, "invalid-request")
    problem(client.get("/api/v1/indices?first=2026-13"), 422, "invalid-request")


def test_before_the_first_count_there_are_no_indices(client: Any) -> None:
    problem(client.get("/api/v1/indices"), 404, "not-counted-yet")
