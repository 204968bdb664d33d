"""Runs of the small city: kept, bound by the ledger, read by pages, computed again to the same numbers."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moments import AT
from xinheng.evaluation import runs_keeping
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.errors import NotEvaluated, NotYet, ResultsMissing, UnknownOrganisation, UnknownRun
from xinheng.evaluation.models import RunRow
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.records import service as records

pytest_plugins = ("judgedkit",)
ON = evidence.legal_day(AT)
ACT = evidence.Act(kind="records.erased", actor="test", at=AT, provision="测试")


def ran(**given: Any) -> evaluation.Run:
    return evaluation.run(**{"model": "general", "on": ON, "at": AT, "actor": "desk:office", **given})


def troubled(run: int) -> str:
    """The organisation with the lowest score."""
    return str(evaluation.frame_of(run=run).sort("score", "uscc").head(1).collect()["uscc"].item())


def counted(uscc: str) -> list[int]:
    return [one.statement for one in evaluation.score_one(uscc=uscc, model="general", on=ON).contributions]


def restand(statements: list[int], state: str) -> None:
    with evidence.event(evidence.Act(kind="records.tested", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=statements, state=state)


def test_a_run_says_what_it_was_made_with_and_each_organisation_of_a_kind_has_one_line(judged: Any) -> None:
    run = ran()
    pack = law.active()
    model = law.model(pack=pack, code="general")
    assert (run.model, run.version, run.model_digest) == ("general", model.version, model.digest)
    assert (run.pack, run.pack_digest, run.engine, run.on) == (pack.code, pack.digest, "duckdb", ON)
    frame = evaluation.frame_of(run=run.id).collect()
    assert frame.height == run.organisations == sum(run.distribution.values()) > 50
    assert frame["uscc"].is_sorted() and frame["uscc"].n_unique() == frame.height
    assert not frame["uscc"].str.starts_with("92").any()
    assert not frame["uscc"].str.starts_with("11").any(), "government is no subject of this model"
    assert run.distribution["third"] + run.distribution["fourth"] > 0


def test_individual_businesses_are_evaluated_by_no_model(judged: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc FROM records_statement WHERE uscc LIKE '92%%' LIMIT 1")
        [[individual]] = cursor.fetchall()
    for code in law.models(pack=law.active()):
        with pytest.raises((UnknownOrganisation, NotEvaluated)):
            evaluation.score_one(uscc=individual, model=code, on=ON)
        run = ran(model=code)
        assert not evaluation.results(run=run.id, usccs=[individual])
        assert (
            not evaluation.frame_of(run=run.id).filter(pl.col("uscc").str.starts_with("92")).collect().height
        )


def test_one_organisation_has_the_line_it_has_in_the_run(judged: Any) -> None:
    run = ran()
    frame = evaluation.frame_of(run=run.id).sort("score", "uscc").collect()
    codes = [*frame["uscc"].head(6), *frame["uscc"].tail(2)]
    lines = evaluation.results(run=run.id, usccs=codes)
    assert len({line.score for line in lines.values()}) > 2
    for uscc in codes:
        one = evaluation.score_one(uscc=uscc, model="general", on=ON)
        assert one.result == lines[uscc]
        assert one.score == one.base + sum(part.micro for part in one.indicators)
        for part in one.indicators:
            said = [line.micro for line in one.contributions if line.indicator == part.code]
            assert (len(said), sum(said)) == (part.statements, part.raw)


def test_pages_of_a_run_follow_each_other_by_code_and_by_grade(judged: Any) -> None:
    run = ran()
    seen: list[str] = []
    after = ""
    while True:
        page = evaluation.page(run=run.id, after=after, limit=17)
        seen += [line.uscc for line in page.results]
        after = page.next
        if not after:
            break
    assert seen == evaluation.frame_of(run=run.id, columns=["uscc"]).collect()["uscc"].to_list()
    worst = evaluation.page(run=run.id, grade="fourth", limit=500)
    assert {line.grade_code for line in worst.results} == {"fourth"}
    assert len(worst.results) == run.distribution["fourth"]
    assert not evaluation.page(run=run.id, grade="nonsense").results


def test_what_is_not_adopted_is_a_trial_and_not_what_counts(judged: Any) -> None:
    assert ran(model="supervision-risk").trial
    assert evaluation.latest(model="supervision-risk") is None
    adopted = ran()
    assert not adopted.trial
    assert evaluation.latest(model="general") == adopted
    outside = ran(on=law.model(pack=law.active(), code="general").in_force.first - timedelta(days=1))
    assert outside.trial, "the model was not yet in force"
    assert evaluation.latest(model="general") == adopted
    assert evaluation.latest(model="general", trials=True) == outside


def test_a_list_of_runs_takes_two_queries_however_many_there_are(judged: Any) -> None:
    for _ in range(3):
        ran()
    with CaptureQueriesContext(connection) as asked:
        found = evaluation.runs(limit=50)
    assert len(asked) == 2
    assert [one.id for one in found] == sorted((one.id for one in found), reverse=True)
    assert evaluation.runs(model="general", before=found[0].id, limit=1)[0].id == found[1].id
    assert evaluation.run_numbered(number=found[1].number) == found[1]
    for wrong in ("PJ-999999", "PJ-x", ""):
        with pytest.raises(UnknownRun):
            evaluation.run_numbered(number=wrong)


def test_a_county_alone_has_the_lines_it_has_in_the_city(judged: Any) -> None:
    whole = evaluation.frame_of(run=ran().id).drop("org").collect()
    part = ran(scope="340621")
    assert part.scope == "340621" and 0 < part.organisations < whole.height
    lines = evaluation.frame_of(run=part.id).drop("org").collect()
    assert lines.equals(whole.filter(pl.col("uscc").is_in(lines["uscc"].implode())))
    assert evaluation.latest(model="general", scope="340621") == part


def test_a_day_that_has_not_come_is_refused(judged: Any) -> None:
    before = evidence.size()
    with pytest.raises(NotYet):
        ran(on=ON + timedelta(days=1))
    assert evidence.size() == before


def test_a_run_replays_to_the_same_digest_after_the_city_has_changed(judged: Any) -> None:
    run = ran()
    uscc = troubled(run.id)
    before = evaluation.score_one(uscc=uscc, model="general", on=ON)
    restand(counted(uscc), "repaired")
    now = evaluation.score_one(uscc=uscc, model="general", on=ON)
    assert now.score > before.score
    assert (
        evaluation.score_one(uscc=uscc, model="general", on=ON, position=run.position).score == before.score
    )
    again = evaluation.replay(run=run.id)
    assert (again.equal, again.digest_now, again.differences) == (True, run.digest, ())
    alone = evaluation.replay(run=run.id, uscc=uscc)
    assert alone.equal and alone.organisations == 1
    later = ran()
    assert later.digest != run.digest
    assert evaluation.replay(run=later.id).equal


def test_a_replay_names_who_came_out_otherwise(judged: Any) -> None:
    run = ran()
    uscc = troubled(run.id)
    file = runs_keeping.file_of(run.id)
    wrong = (
        pl.when(pl.col("uscc") == uscc).then(pl.col("score") + 1).otherwise(pl.col("score")).alias("score")
    )
    pl.read_parquet(file).with_columns(wrong).write_parquet(file)
    again = evaluation.replay(run=run.id)
    assert not again.equal
    assert [(one.uscc, one.then[0] - one.now[0]) for one in again.differences if one.then and one.now] == [
        (uscc, 1)
    ]
    assert not evaluation.replay(run=run.id, uscc=uscc).equal


def test_erasure_takes_the_line_of_the_organisation_and_the_rest_still_replays(judged: Any) -> None:
    run = ran()
    uscc = troubled(run.id)
    killed = runs_keeping.folder() / f"{runs_keeping.WORK}killed" / "parts"
    killed.mkdir(parents=True)
    (killed / "part-0.parquet").write_bytes(runs_keeping.file_of(run.id).read_bytes())
    records.erase(statement_ids=counted(uscc)[:1], act=ACT)
    assert not evaluation.results(run=run.id, usccs=[uscc])
    files = [file for file in runs_keeping.folder().rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert uscc.encode() not in file.read_bytes()
    assert evaluation.frame_of(run=run.id).collect().height == run.organisations - 1
    assert not list(runs_keeping.findings())
    again = evaluation.replay(run=run.id)
    assert (again.equal, again.erased) == (True, 1)


def test_a_flipped_bit_is_found_in_every_column_of_a_run_and_in_its_results(judged: Any) -> None:
    run = ran()
    assert not list(runs_keeping.findings())
    missed = []
    chance = random.Random(7)
    with connection.cursor() as cursor:
        for field in RunRow._meta.concrete_fields:
            name = field.column
            cursor.execute(f'SELECT "{name}" FROM evaluation_run WHERE id = %s', [run.id])
            [[old]] = cursor.fetchall()
            new = old ^ (1 << chance.randrange(1, 12)) if isinstance(old, int) else _other(old)
            cursor.execute(f'UPDATE evaluation_run SET "{name}" = %s WHERE id = %s', [new, run.id])
            if not list(runs_keeping.findings()):
                missed.append(name)
            key = new if name == "id" else run.id
            cursor.execute(f'UPDATE evaluation_run SET "{name}" = %s WHERE id = %s', [old, key])
    assert missed == []
    assert not list(runs_keeping.findings())
    file = runs_keeping.file_of(run.id)
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 4
    file.write_bytes(whole)
    assert any(one.code == "evaluation-run" for one in runs_keeping.findings())
    file.unlink()
    assert list(runs_keeping.findings())
    with pytest.raises(ResultsMissing, match="备份"):
        evaluation.page(run=run.id)


def test_a_run_that_fails_leaves_nothing(judged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(file.name for file in runs_keeping.folder().glob("*"))
    size = evidence.size()

    def breaks(*_: Any) -> int:
        raise RuntimeError("the power went")

    monkeypatch.setattr(runs_keeping, "write", breaks)
    with pytest.raises(RuntimeError):
        ran()
    assert sorted(file.name for file in runs_keeping.folder().glob("*")) == before
    assert evidence.size() == size


def _other(old: Any) -> Any:
    if hasattr(old, "isoformat"):
        return (old + timedelta(days=1)).isoformat()
    return old[:-1] + chr(ord(old[-1]) ^ 1) if old else "x"
