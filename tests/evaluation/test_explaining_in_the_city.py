"""Explanation and change on the small city: down to statements, to the last millionth of a point, through the gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Any

import pytest

from moments import AT
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.one import score_model, score_one
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

ON = date(2026, 11, 20)
MODEL = "general"


@pytest.fixture
def penalised(city: Any) -> list[str]:
    """Enterprises of the small city with penalties, the most first."""
    found = publication.statements(audience="authority", on=ON, item="admin-penalty", limit=500)
    codes = [code for code, _ in Counter(one.uscc for one in found if one.uscc[:2] == "91").most_common(30)]
    active = {code for code, known in register.get(codes).items() if known.status == "存续"}
    return [code for code in codes if code in active][:12]


def test_every_score_is_the_sum_of_its_lines_and_every_line_a_statement_of_that_organisation(
    penalised: list[str],
) -> None:
    lines = 0
    for uscc in penalised:
        told = evaluation.explain(uscc=uscc, model=MODEL, on=ON)
        one = score_one(uscc=uscc, model=MODEL, on=ON)
        assert told.adds_up and (told.score, told.grade) == (one.score, one.grade_code)
        ids = [line.statement for part in told.parts for line in part.lines]
        assert len(ids) == len(set(ids)), "no statement counts twice"
        seen = publication.by_ids(ids=ids, audience="authority", on=ON)
        assert set(seen) == set(ids) and {entry.uscc for entry in seen.values()} <= {uscc}
        for part in told.parts:
            assert part.citation, part.code
            for line in part.lines:
                assert line.title and line.rule and line.decided_on == seen[line.statement].decided_on
        assert not set(ids) & {out.statement for out in told.excluded}
        lines += len(ids)
    assert lines > len(penalised)


def test_an_explanation_takes_few_queries_and_little_time(penalised: list[str]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    evaluation.explain(uscc=penalised[0], model=MODEL, on=ON)
    with CaptureQueriesContext(connection) as captured:
        evaluation.explain(uscc=penalised[1], model=MODEL, on=ON)
    assert len(captured) <= 20, [query["sql"][:90] for query in captured.captured_queries]
    took = []
    for uscc in penalised:
        start = perf_counter()
        evaluation.explain(uscc=uscc, model=MODEL, on=ON)
        took.append(perf_counter() - start)
    # Aim: 50 ms. The bound here only catches what is of another kind than that, on a machine others use as well
    assert sorted(took)[len(took) // 2] < 0.5, took


def test_what_is_told_to_change_the_grade_is_lawful_and_names_its_day_and_door(penalised: list[str]) -> None:
    kinds: Counter[str] = Counter()
    for uscc in penalised[:6]:
        now = evaluation.explain(uscc=uscc, model=MODEL, on=ON)
        counted = {line.statement for part in now.parts for line in part.lines}
        for change in evaluation.changes(uscc=uscc, model=MODEL, on=ON):
            kinds[change.kind] += 1
            assert change.earliest >= ON and change.grade
            assert {step.statement for step in change.steps} == set(change.statements) or not change.steps
            for step in change.steps:
                assert step.statement in counted and ON <= step.earliest <= change.earliest
                assert step.windows and step.provision
            if change.better:
                assert change.grade != now.grade
    assert kinds, "with this many penalties time at least changes something"


def test_doing_what_was_told_gives_what_was_told(penalised: list[str]) -> None:
    tried = 0
    for uscc in penalised:
        told = [
            one
            for one in evaluation.changes(uscc=uscc, model=MODEL, on=ON)
            if one.steps and one.earliest == ON
        ]
        if told:
            _restand(list(told[0].statements), "repaired")
            now = score_one(uscc=uscc, model=MODEL, on=ON)
            assert (now.score, now.grade_code) == (told[0].score, told[0].grade)
            tried += 1
        if tried == 3:
            return
    assert tried, "some entry of the small city may be repaired today"


def test_a_score_as_known_before_a_repair_keeps_its_number_and_the_entry_says_why_it_counts_no_more(
    penalised: list[str],
) -> None:
    uscc, then = _counted(penalised)
    gone = next(line for part in then.parts for line in part.lines if line.micro)
    _restand([gone.statement], "repaired")
    again = evaluation.explain(uscc=uscc, model=MODEL, on=ON, position=then.position)
    assert (again.score, again.grade, again.position) == (then.score, then.grade, then.position)
    kept = next(line for part in again.parts for line in part.lines if line.statement == gone.statement)
    assert (kept.micro, kept.months, kept.decided_on) == (gone.micro, gone.months, gone.decided_on)
    assert (kept.title, kept.document, kept.authority, kept.rule) == ("", "", "", ""), (
        "used and shared no more"
    )
    now = evaluation.explain(uscc=uscc, model=MODEL, on=ON)
    assert now.score > then.score
    assert {(out.statement, out.why) for out in now.excluded} >= {(gone.statement, "repaired")}


def test_a_run_is_explained_as_it_was_also_when_the_entries_changed_since(penalised: list[str]) -> None:
    uscc, then = _counted(penalised)
    run = evaluation.run(model=MODEL, on=ON, at=AT, actor="desk:office")
    _restand([line.statement for part in then.parts for line in part.lines], "repaired")
    told = evaluation.explain(uscc=uscc, model=MODEL, on=ON, run=run.id)
    kept = evaluation.results(run=run.id, usccs=[uscc])[uscc]
    assert (told.run, told.score, told.grade, told.pack) == (
        run.number,
        kept.score,
        kept.grade_code,
        run.pack_digest,
    )
    assert {part.code: part.micro for part in told.parts} == dict(kept.sums)
    assert told.adds_up and told.score == then.score


def test_an_entry_under_objection_does_not_count_and_what_its_refusal_would_do_is_told(
    penalised: list[str],
) -> None:
    uscc, then = _counted(penalised)
    line = next(line for part in then.parts for line in part.lines if line.micro)
    with evidence.event(evidence.Act(kind="records.tested", actor="test", at=AT)) as event:
        records.mark(event=event, statement_ids=[line.statement], kind="disputed", since=ON, case="YY1")
    now = evaluation.explain(uscc=uscc, model=MODEL, on=ON)
    assert {(out.statement, out.why) for out in now.excluded} >= {(line.statement, "disputed")}
    told = [one for one in evaluation.changes(uscc=uscc, model=MODEL, on=ON) if one.kind == "dispute-decided"]
    assert [(one.score, one.grade, line.statement in one.statements) for one in told] == [
        (then.score, then.grade, True)
    ]


def _counted(codes: list[str]) -> tuple[str, Any]:
    """The first of these organisations whose score something counts in, with its explanation."""
    told = ((code, evaluation.explain(uscc=code, model=MODEL, on=ON)) for code in codes)
    return next((code, one) for code, one in told if any(part.micro for part in one.parts))


def _restand(statements: list[int], state: str) -> None:
    with evidence.event(evidence.Act(kind="records.tested", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=statements, state=state)


def test_the_authority_is_not_told_of_what_is_used_no_more(penalised: list[str]) -> None:
    for uscc in penalised:
        told = evaluation.explain(uscc=uscc, model=MODEL, on=ON, audience="authority")
        assert not {out.why for out in told.excluded} & {"repaired", "ended", "suppressed", "expired"}


def test_what_does_not_add_up_is_not_shown(penalised: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.evaluation import explaining
    from xinheng.evaluation.errors import DoesNotAddUp

    def off_by_one(**asked: Any) -> Any:
        one = score_model(**asked)
        return replace(one, score=one.score + 1)

    monkeypatch.setattr(explaining, "score_model", off_by_one)
    with pytest.raises(DoesNotAddUp):
        evaluation.explain(uscc=penalised[0], model=MODEL, on=ON)


def test_individual_businesses_and_unknown_codes_are_refused(city: Any) -> None:
    for code in ("92340600MA2TESTX0X", "91340600MA2TESTX0X"):
        with pytest.raises((evaluation.NotEvaluated, evaluation.UnknownOrganisation)):
            evaluation.explain(uscc=code, model=MODEL, on=ON)
        with pytest.raises((evaluation.NotEvaluated, evaluation.UnknownOrganisation)):
            evaluation.changes(uscc=code, model=MODEL, on=ON)


def test_every_reason_has_words_in_both_languages() -> None:
    from typing import get_args

    from xinheng.evaluation.explained_types import Why

    assert set(get_args(Why)) == set(evaluation.WHY_NAMES)
    assert all(zh and en for zh, en in evaluation.WHY_NAMES.values())
    assert law.FAMILIES
