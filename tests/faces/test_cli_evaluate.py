"""`xinheng evaluate`: one JSON object on the last line, exit codes, the run and its replay."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from click.testing import CliRunner, Result

from moments import AT
from xinheng.evaluation import runs_keeping, telling
from xinheng.evaluation import service as evaluation
from xinheng.evidence import service as evidence
from xinheng.faces.cli.evaluate import evaluate_command

pytest_plugins = ("judgedkit",)
ON = evidence.legal_day(AT)


def said(*arguments: str) -> Result:
    return CliRunner().invoke(evaluate_command, arguments)


def told(result: Result) -> dict[str, Any]:
    [line] = result.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_run_says_what_it_was_made_with(judged: Any) -> None:
    result = said("--model", "general", "--json")
    assert result.exit_code == 0
    found = told(result)
    kept = evaluation.latest(model="general")
    assert kept is not None and found == telling.run_told(kept)
    wanted = {
        "run",
        "model",
        "version",
        "organisations",
        "distribution",
        "position",
        "pack",
        "engine",
        "seconds",
        "digest",
    }
    assert wanted <= found.keys()
    assert found["on"] == ON.isoformat() and sum(found["distribution"].values()) == found["organisations"]
    assert kept.number in said("runs").stdout


def test_a_run_is_computed_again_and_a_changed_file_does_not_pass(judged: Any) -> None:
    run = evaluation.latest(model="general")
    assert run is not None
    result = said("replay", run.number, "--json")
    assert (result.exit_code, told(result)["equal"]) == (0, True)
    uscc = evaluation.page(run=run.id, limit=1).results[0].uscc
    assert said("replay", run.number, "--org", uscc).exit_code == 0
    file = runs_keeping.file_of(run.id)
    pl.read_parquet(file).with_columns(pl.col("score") + 1).write_parquet(file)
    result = said("replay", run.number, "--json")
    assert (result.exit_code, told(result)["equal"]) == (1, False)
    assert told(result)["differences"][0]["uscc"] == uscc


def test_one_organisation_is_told_to_the_statement_and_nothing_is_kept(judged: Any) -> None:
    run = evaluation.latest(model="general")
    assert run is not None
    uscc = str(evaluation.frame_of(run=run.id).sort("score", "uscc").head(1).collect()["uscc"].item())
    before = evidence.size()
    found = told(said("--model", "general", "--org", uscc.lower(), "--json"))
    assert found["score"] == found["base"] + sum(found["sums"].values()) < found["base"]
    assert sum(one["micro"] for one in found["contributions"]) == found["score"] - found["base"]
    assert "分" in said("--model", "general", "--org", uscc).stdout
    assert evidence.size() == before


def test_what_cannot_be_evaluated_is_refused_and_what_is_not_there_is_wrong_use(judged: Any) -> None:
    refused = said("--model", "general", "--on", "2027-01-01", "--json")
    assert (refused.exit_code, told(refused)["error"]) == (3, "evaluation.not-yet")
    government = "11340600003000196G"
    assert said("--model", "general", "--org", government).exit_code in (2, 3)
    assert said("--model", "no-such-model").exit_code == 2
    assert said().exit_code == 2
    assert said("--model", "general", "--engine", "abacus").exit_code == 2
    assert said("replay", "PJ-999999").exit_code == 2


def test_models_are_listed_with_what_the_office_decided(judged: Any) -> None:
    found = {one["model"]: one for one in told(said("models", "--json"))["models"]}
    assert found["general"]["status"] == "adopted"
    assert found["supervision-risk"]["status"] == "off"
    assert "未采用" in said("models").stdout
