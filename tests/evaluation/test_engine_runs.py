"""Runs of the small city: kept, bound by the ledger, read by pages, computed again to the same numbers."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moments import AT
from xinheng.evaluation import runs_keeping, store, trials
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.errors import (
    NobodyToEvaluate,
    NotEvaluated,
    NotInRun,
    NotYet,
    ResultsMissing,
    TooEarly,
    UnknownCounty,
    UnknownOrganisation,
    UnknownRun,
)
from xinheng.evaluation.models import RunRow
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.register import service as register

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
    off = ran(model="supervision-risk")
    assert trials.reasons([adopted, outside, off]) == {
        outside.id: (trials.NOT_IN_FORCE,), off.id: (trials.NOT_ADOPTED,),
    }  # fmt: skip
    assert evaluation.latest(model="general") == adopted
    assert evaluation.latest(model="general", trials=True) == adopted


def test_the_newest_run_is_the_one_for_the_newest_day_and_a_trial_only_where_nothing_else_is(
    judged: Any,
) -> None:
    later = AT + timedelta(days=1)
    newest = ran(on=ON + timedelta(days=1), at=later)
    earlier = ran(at=later)
    assert not newest.trial and not earlier.trial and earlier.id > newest.id
    assert evaluation.latest(model="general") == newest, "a later run of an earlier day is not the newest"
    again = ran(on=ON + timedelta(days=1), at=later)
    assert evaluation.latest(model="general", trials=True) == again
    assert evaluation.latest(model="general", digest="0" * 64) is None
    off = evaluation.latest(model="supervision-risk", trials=True)
    assert off is not None and off.trial
    assert ran(model="supervision-risk", on=ON - timedelta(days=400), at=later).id > off.id
    assert evaluation.latest(model="supervision-risk", trials=True) == off


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


def test_a_day_on_which_nothing_had_been_decided_is_refused(judged: Any) -> None:
    before = evidence.size()
    first = facts.first_day(facts.open_facts(at=AT))
    assert first is not None
    for day, said in ((first - timedelta(days=1), str(first)), (date(1979, 12, 31), "1980-01-01")):
        with pytest.raises(TooEarly, match=said):
            ran(on=day)
    assert evidence.size() == before
    assert ran(on=first).organisations > 0
    with pytest.raises(TooEarly):
        evaluation.score_one(uscc=troubled(ran().id), model="general", on=date(1, 1, 1))


def test_a_run_of_nobody_or_of_a_county_that_is_none_is_refused_and_the_counties_are_named(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = evidence.size()
    for scope in ("999999", "34062", "濉溪"):
        with pytest.raises(UnknownCounty, match="濉溪县 340621"):
            ran(scope=scope)
    pack = law.active()
    more = replace(pack, counties={**pack.counties, "340699": ("无人县", "Nobody")})
    monkeypatch.setattr(law, "active", lambda: more)
    with pytest.raises(NobodyToEvaluate, match=r"这个县区没有.*无人县 340699"):
        ran(scope="340699")
    assert evidence.size() == before
    assert not list(runs_keeping.folder().glob(f"{runs_keeping.WORK}*"))


def test_an_earlier_day_is_judged_by_what_is_known_today_or_was_known_then(judged: Any) -> None:
    day = ON + timedelta(days=3)
    later = AT + timedelta(days=3)
    uscc = troubled(ran().id)
    before = evaluation.score_one(uscc=uscc, model="general", on=ON).score
    counts = counted(uscc)
    with evidence.event(evidence.Act(kind="records.tested", actor="test", at=later)) as event:
        records.restand(event=event, statement_ids=counts, state="repaired")
    today = ran(at=later)
    then = ran(at=later, as_known=True)
    assert (today.on, today.known_on, today.looks_back) == (ON, day, True)
    assert (then.on, then.known_on, then.looks_back) == (ON, ON, False)
    assert then.position < today.position
    scores = [evaluation.results(run=run.id, usccs=[uscc])[uscc].score for run in (then, today)]
    assert scores[0] == before < scores[1]
    assert [evaluation.replay(run=run.id).verdict for run in (then, today)] == ["equal", "equal"]
    now = ran(on=day, at=later, as_known=True)
    assert (now.known_on, now.looks_back) == (day, False)
    with pytest.raises(TooEarly, match="还没有任何数据"):
        ran(on=ON - timedelta(days=900), as_known=True)


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
    assert again.verdict == "lost", "the file is not the one the ledger bound"
    assert not again.equal and not again.lost
    assert [(one.uscc, one.then[0] - one.now[0]) for one in again.differences if one.then and one.now] == [
        (uscc, 1)
    ]
    assert evaluation.replay(run=run.id, uscc=uscc).verdict == "lost"


def test_a_replay_that_comes_out_otherwise_than_what_is_kept_intact_names_the_differences(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ran()
    uscc = troubled(run.id)
    kinder = replace(
        law.model(pack=law.active(), code="general"),
        base=law.model(pack=law.active(), code="general").base + 1,
    )
    monkeypatch.setattr(store, "model_of", lambda _run: kinder)
    again = evaluation.replay(run=run.id)
    assert (again.verdict, len(again.differences), again.lost) == (
        "different",
        min(run.organisations, 100),
        0,
    )
    alone = evaluation.replay(run=run.id, uscc=uscc)
    assert (alone.verdict, [one.uscc for one in alone.differences]) == ("different", [uscc])


def test_a_line_that_was_lost_is_lost_and_not_erased(judged: Any) -> None:
    run = ran()
    uscc = troubled(run.id)
    file = runs_keeping.file_of(run.id)
    kept = pl.read_parquet(file)
    kept.filter(pl.col("uscc") != uscc).write_parquet(file)
    again = evaluation.replay(run=run.id)
    assert (again.verdict, again.equal, again.lost, again.erased) == ("lost", False, 1, 0)
    assert again.digest_now == again.digest_then
    assert [(one.uscc, one.then) for one in again.differences] == [(uscc, None)]
    assert evaluation.replay(run=run.id, uscc=uscc).verdict == "lost"
    kept.filter(pl.col("uscc") != kept["uscc"][0]).write_parquet(file)
    other = str(kept["uscc"][1])
    assert evaluation.replay(run=run.id, uscc=other).verdict == "lost", (
        "the line is there, the file is not the one"
    )
    file.write_bytes(b"PAR1 not really PAR1")
    assert (evaluation.replay(run=run.id).verdict, evaluation.replay(run=run.id).lost) == (
        "lost",
        run.organisations,
    )
    shutil.rmtree(runs_keeping.folder())
    gone = evaluation.replay(run=run.id)
    assert (gone.verdict, gone.lost, gone.digest_now) == ("lost", run.organisations, run.digest)


def test_a_row_that_is_not_what_the_ledger_bound_does_not_replay_as_equal(judged: Any) -> None:
    run = ran()
    assert runs_keeping.intact(run.id)
    uscc = troubled(run.id)
    file = runs_keeping.file_of(run.id)
    pl.read_parquet(file).filter(pl.col("uscc") != uscc).write_parquet(file)
    RunRow.objects.filter(id=run.id).update(
        organisations=run.organisations - 1, file=runs_keeping.file_digest(file)
    )
    again = evaluation.replay(run=run.id)
    assert (again.verdict, again.lost) == ("lost", 0)


def test_an_organisation_that_is_not_in_the_run_is_refused(judged: Any) -> None:
    run, part = ran(), ran(scope="340621")
    outside = set(evaluation.frame_of(run=run.id).collect()["uscc"]) - set(
        evaluation.frame_of(run=part.id).collect()["uscc"]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT uscc FROM records_statement WHERE uscc LIKE '92%%' LIMIT 1")
        [[individual]] = cursor.fetchall()
    for uscc in ("ZZZ", "91340602MB0HY02C2A", individual):
        with pytest.raises(NotInRun, match=f"{run.number} 里没有 {uscc}"):
            evaluation.replay(run=run.id, uscc=uscc)
    with pytest.raises(NotInRun):
        evaluation.replay(run=part.id, uscc=min(outside))


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
    assert (again.verdict, again.erased, again.cleared, again.lost) == ("equal", 1, 1, 0)
    alone = evaluation.replay(run=run.id, uscc=uscc)
    assert (alone.verdict, alone.differences) == ("erased", ())
    other = str(evaluation.frame_of(run=run.id).collect()["uscc"][0])
    assert evaluation.replay(run=run.id, uscc=other).equal
    # One more line than the erasure took is lost, whatever was erased
    file = runs_keeping.file_of(run.id)
    pl.read_parquet(file).filter(pl.col("uscc") != other).write_parquet(file)
    again = evaluation.replay(run=run.id)
    assert (again.verdict, again.cleared, again.lost) == ("lost", 1, 1)


def test_a_second_erasure_is_counted_with_the_first(judged: Any) -> None:
    run = ran()
    worst = evaluation.frame_of(run=run.id).sort("score", "uscc").head(2).collect()["uscc"].to_list()
    for uscc in worst:
        records.erase(statement_ids=counted(uscc)[:1], act=ACT)
    assert runs_keeping.cleared(run.id).lines == 2
    again = evaluation.replay(run=run.id)
    assert (again.verdict, again.erased, again.cleared) == ("equal", 2, 2)


def test_an_erasure_under_an_old_number_takes_the_line_of_the_code_that_took_its_place(
    judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ran()
    uscc = troubled(run.id)
    [known] = register.get([uscc]).values()
    monkeypatch.setattr(register, "get", lambda codes: {"340600000000001": known})
    runs_keeping.clear(
        [records.Parts(1, "admin-penalty", "340600000000001", "", None, b"", b"", b"", b"", b"")], ACT
    )
    assert not evaluation.results(run=run.id, usccs=[uscc])


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
