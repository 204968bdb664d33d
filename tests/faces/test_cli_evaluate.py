"""`xinheng evaluate`: one JSON object on the last line, exit codes, the run and its replay."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from moments import AT
from xinheng.evaluation import engine_spark, runs_keeping, telling
from xinheng.evaluation import service as evaluation
from xinheng.evidence import service as evidence
from xinheng.faces.cli.evaluate import evaluate_command
from xinheng.records import service as records

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
    found = told(result)
    assert (result.exit_code, found["equal"], found["verdict"]) == (4, False, "lost")
    assert (found["error"], found["digest_now"]) == ("evaluation.results-lost", run.digest)
    assert found["differences"][0]["uscc"] == uscc
    spoken = said("replay", run.number).stdout
    assert (
        "与账本不符（文件有改动；重算的摘要与账本记的相同，可以从备份恢复）[evaluation.results-lost]"
        in spoken
    )
    assert re.search(rf"{uscc}　当时 -?[0-9.]+ 分 第.档　现在 -?[0-9.]+ 分 第.档", spoken)


def test_a_line_that_is_gone_is_told_as_lost(judged: Any) -> None:
    run = evaluation.latest(model="general")
    assert run is not None
    file = runs_keeping.file_of(run.id)
    pl.read_parquet(file).head(-1).write_parquet(file)
    result = said("replay", run.number)
    assert result.exit_code == 4
    assert "少 1 行，没有依法删除可以解释" in result.stdout


def test_a_replay_of_an_organisation_that_is_not_in_the_run_is_wrong_use(judged: Any) -> None:
    run = evaluation.latest(model="general")
    assert run is not None
    for uscc in ("ZZZ", "91340602MB0HY02C2A"):
        result = said("replay", run.number, "--org", uscc, "--json")
        assert (result.exit_code, told(result)["error"]) == (2, "evaluation.not-in-run")
        assert f"{run.number} 里没有 {uscc}" in told(result)["message"]


def test_what_was_lawfully_erased_is_told_and_is_not_lost(judged: Any) -> None:
    run = evaluation.latest(model="general")
    assert run is not None
    uscc = str(evaluation.frame_of(run=run.id).sort("score", "uscc").head(1).collect()["uscc"].item())
    [first, *_] = evaluation.score_one(uscc=uscc, model="general", on=ON).contributions
    act = evidence.Act(kind="records.erased", actor="test", at=AT, provision="测试")
    records.erase(statement_ids=[first.statement], act=act)
    result = said("replay", run.number)
    assert result.exit_code == 0
    assert "相同" in result.stdout
    assert "此后依法删除了 1 条信息，重算不含它们；保存的结果随之去掉 1 行" in result.stdout
    alone = said("replay", run.number, "--org", uscc)
    assert alone.exit_code == 1
    assert "已随依法删除去掉" in alone.stdout


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
    unknown = said("replay", "PJ-999999", "--json")
    assert (unknown.exit_code, told(unknown)["error"]) == (2, "evaluation.unknown-run")
    assert "没有编号为 PJ-999999 的评价" in told(unknown)["message"]
    assert "「怎样会变」" in told(refused)["message"]
    early = said("--model", "general", "--on", "1900-01-01", "--json")
    assert (early.exit_code, told(early)["error"]) == (3, "evaluation.too-early")
    county = said("--model", "general", "--scope", "999999", "--json")
    assert (county.exit_code, told(county)["error"]) == (2, "evaluation.unknown-county")
    assert "濉溪县 340621" in told(county)["message"]


def test_an_earlier_day_is_told_with_the_day_whose_knowledge_it_is_judged_by(judged: Any) -> None:
    earlier = (ON - timedelta(days=60)).isoformat()
    spoken = said("--model", "general", "--on", earlier).stdout
    assert f"通用信用状况模型 2026.1（试算：那天不在有效期）　{earlier}（按 {ON} 所知）" in spoken
    kept = evaluation.runs(limit=1)[0]
    assert telling.run_told(kept)["known_on"] == ON.isoformat()
    refused = said("--model", "general", "--on", earlier, "--as-known", "--json")
    assert (refused.exit_code, told(refused)["error"]) == (3, "evaluation.too-early")
    assert f"{ON}（" not in said("--model", "general").stdout, "today is judged by what is known today"


def test_a_trial_says_why_it_is_one(judged: Any) -> None:
    earlier = (ON - timedelta(days=60)).isoformat()
    found = told(said("--model", "general", "--on", earlier, "--json"))
    assert (found["trial"], found["trial_reasons"]) == (True, ["not-in-force"])
    off = said("--model", "supervision-risk").stdout
    assert "（试算：没有采用）" in off
    listed = said("runs").stdout
    assert "（试算：那天不在有效期）" in listed and "（试算：没有采用）" in listed
    run = evaluation.latest(model="general")
    assert run is not None
    uscc = evaluation.page(run=run.id, limit=1).results[0].uscc
    assert "试算" not in said("--model", "general", "--org", uscc).stdout
    assert "（试算：那天不在有效期）" in said("--model", "general", "--org", uscc, "--on", earlier).stdout


def test_one_organisation_is_refused_what_a_run_is_refused(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = evaluation.latest(model="general")
    assert run is not None
    line = evaluation.page(run=run.id, limit=1).results[0]
    one = ("--model", "general", "--org", line.uscc)
    later = said(*one, "--on", (ON + timedelta(days=1)).isoformat(), "--json")
    assert (later.exit_code, told(later)["error"]) == (3, "evaluation.not-yet")
    county = said(*one, "--scope", "340621", "--json")
    assert (county.exit_code, told(county)["error"]) == (2, "evaluate-org-or-scope")

    def missing() -> None:
        raise evaluation.EngineMissing("没有安装 Spark。")

    monkeypatch.setattr(engine_spark, "installed", missing)
    spark = said(*one, "--engine", "spark", "--json")
    assert (spark.exit_code, told(spark)["error"]) == (2, "evaluation.engine-missing")
    spoken = said(*one)
    assert spoken.exit_code == 0 and f"　{ON}　{telling.points(line.score)} 分" in spoken.stdout


def test_grades_and_models_are_spoken_by_name(judged: Any) -> None:
    assert "　濉溪县　" in said("--model", "general", "--scope", "340621").stdout
    listed = said("runs").stdout
    assert "340621" not in listed
    assert "通用信用状况模型" in listed
    assert re.search(r"第一档 \d+，第二档 \d+，第三档 \d+，第四档 \d+", listed)
    for code in ("first", "fourth", "general", "supervision-risk"):
        assert code not in listed


def test_models_are_listed_with_what_the_office_decided(judged: Any) -> None:
    found = {one["model"]: one for one in told(said("models", "--json"))["models"]}
    assert found["general"]["status"] == "adopted"
    assert found["supervision-risk"]["status"] == "off"
    assert "未采用" in said("models").stdout
