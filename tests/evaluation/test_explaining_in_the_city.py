"""Explanation and change on the small city: down to statements, to the last millionth of a point, through the gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import pytest

from moments import AT
from remedytown import ALL, OFFICE, at, desk, grant, open_repair
from xinheng.cases import service as cases
from xinheng.evaluation import changing
from xinheng.evaluation import service as evaluation
from xinheng.evaluation.one import score_model, score_one
from xinheng.evidence import service as evidence
from xinheng.facts import schema
from xinheng.facts.types import OneFacts
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


def test_each_line_can_be_recomputed_from_what_the_explanation_says(penalised: list[str]) -> None:
    """Points before decay, what time leaves, bracket, grade, share, cap: nothing but these and a calculator."""
    lines = 0
    for uscc in penalised:
        for model in (MODEL, "supervision-risk"):
            told = evaluation.explain(uscc=uscc, model=model, on=ON)
            rules = law.model(pack=law.active(), code=model)
            for part in told.parts:
                rule = rules.by_code[part.code]
                for line in part.lines:
                    share = part.measure == "share"
                    alone = part.measure in ("latest", "months-since", "share") and not line.carries
                    per_mille = 1000 if share else line.decay
                    reckoned = abs(line.points) * per_mille // 1000 * (1 if line.points >= 0 else -1)
                    assert line.micro == (0 if alone else reckoned), (part.code, line)
                    if line.bracket is not None:
                        assert dict(rule.brackets)[line.bracket] == line.points
                    if part.by_grade:
                        assert dict(rule.points).get(line.grade, 0) == line.points
                    lines += 1
                if part.share is not None:
                    assert part.share == (sum(line.counted for line in part.lines), len(part.lines))
                cut = max(-part.cap, min(part.cap, part.sum)) if part.cap else part.sum
                assert part.micro == cut == part.sum + part.capped
            assert told.source == rules.source.cited
    assert lines > len(penalised)


def test_why_an_entry_is_not_counted_is_the_right_one_of_distinct_reasons(penalised: list[str]) -> None:
    reasons: Counter[str] = Counter()
    known = {entry.id: entry for entry in publication.statements(audience="authority", on=ON, limit=500)}
    for uscc in penalised:
        for out in evaluation.explain(uscc=uscc, model=MODEL, on=ON).excluded:
            reasons[out.why] += 1
            assert "{}" not in "".join(out.reason)
            entry = known.get(out.statement)
            if out.why == "class" and entry is not None:
                assert out.which[0] in {"minor": "轻微", "undetermined": "待认定"}.get(
                    entry.severity, "没有定级"
                )
            if out.why == "old":
                assert out.decided_on is not None and (ON - out.decided_on).days > 30 * int(out.which[0])
    assert reasons["class"] and reasons["old"], reasons


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
                assert step.statement in counted
                if step.kind == "repair":
                    assert step.earliest is not None and step.effect is not None and step.clocked
                    assert ON <= step.earliest < step.effect <= change.earliest, (
                        "the authority has time to decide"
                    )
                    assert step.windows and step.provision
                else:
                    assert step.earliest is None and step.effect is None and step.finder, (
                        "somebody else's finding"
                    )
            if change.better:
                assert change.grade != now.grade
    assert kinds, "with this many penalties time at least changes something"


def test_repairing_what_was_told_through_the_desk_gives_the_told_grade(penalised: list[str]) -> None:
    """The cases themselves: asked for at the window, accepted, granted by two, all by the day that was told."""
    uscc, told = next(
        (code, one) for code in penalised for one in evaluation.changes(uscc=code, model=MODEL, on=ON)
        if one.steps and one.kind == "repair" and not one.waits and len(one.steps) <= 15
    )  # fmt: skip
    for step in told.steps:
        assert step.earliest is not None and step.effect is not None
        asked = open_repair(step.statement, step.earliest, channel="counter", actor=OFFICE, outside="").case
        cases.act(number=asked.number, act="accept", actor=desk(asked.body), at=at(step.earliest, 12))
        due = cases.case(number=asked.number, reader=ALL).due_on
        assert due is not None and due <= step.effect
        grant(asked.number, asked.body, step.effect)
    now = score_one(uscc=uscc, model=MODEL, on=told.earliest)
    assert (now.score, now.grade_code) == (told.score, told.grade)


def test_a_broken_promise_and_a_judgment_are_conditions_and_never_days(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else has to find them fulfilled: no day is told for the act, only for what the rest of the plan needs."""
    pack = law.active()
    told = [
        ("commitment", "主动型", "未履行"),
        ("judgment-defaulter", "全部未履行", ""),
        ("serious-list", "", ""),
    ]
    whats = tuple(
        replace(law.what_of(pack=pack, item=pack.items[item], kind=kind, outcome=outcome), id=place)
        for place, (item, kind, outcome) in enumerate(told)
    )
    rows = [
        {"statement": 100 + what.id, "what": what.id, "decided": 20_000, "decision": what.id}
        for what in whats
    ]
    orgs = schema.orgs_of([{"uscc": "91340600MA2TESTX0X"}])
    held = OneFacts(orgs, schema.facts_of(rows), whats, (), 1)
    items = {100 + what.id: what.item for what in whats}
    monkeypatch.setattr(
        changing.remedies, "checklist", lambda statement, on: _checklist(items[statement], on)
    )
    case = changing._Case(law.model(pack=pack, code=MODEL), held, ON)
    lawful = case.lawful()
    assert {
        one.step.item: (one.act.condition, one.step.effect, one.step.finder) for one in lawful.values()
    } == {
        "commitment": (True, None, "受理单位"),
        "judgment-defaulter": (True, None, "作出决定的人民法院"),
        "serious-list": (False, date(2026, 12, 4), ""),
    }
    for one in changing._changes(case, lawful):
        assert one.conditional is any(step.item != "serious-list" for step in one.steps)
        if len(one.steps) == 3:
            assert one.earliest >= date(2026, 12, 4) and one.ready == date(2026, 12, 4)


def _checklist(item: str, on: date) -> Any:
    path = law.repair_path(pack=law.active(), item=item, on=on)
    return SimpleNamespace(
        path=path, possible=path.repairable, letter={}, earliest=None, working=(), case="", decided_by=date(2026, 12, 4)
    )  # fmt: skip


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
