"""Results received, the mutual rules and the early warnings in a home: who sees what, what is recorded, what ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.db import connection

from moments import AT
from wholecity import whole_city
from xinheng.evaluation import mutual, received, received_keeping, warning
from xinheng.evaluation.received_errors import (
    FindingOver,
    NoSuchFinding,
    NotTheSector,
    UnknownOutcome,
    UnknownWarning,
)
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records

ON = evidence.legal_day(AT)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The small city in which every item occurs."""
    yield from whole_city(request, tmp_path, monkeypatch)


def codes_of(*items: str) -> list[str]:
    marks = ", ".join(["%s"] * len(items))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT uscc FROM records_statement WHERE item IN ({marks}) ORDER BY 1", list(items)
        )
        return [row[0] for row in cursor.fetchall()]


def conflict() -> mutual.MutualFinding:
    mutual.check_mutual(at=AT)
    found, more = mutual.mutual_findings(on=ON)
    assert found and more is None
    return found[0]


def disputed(statement: int, at: Any = LATER) -> None:
    with evidence.event(evidence.Act(kind="test.marked", actor="test", at=at)) as event:
        records.mark(event=event, statement_ids=[statement], kind="disputed", field="", since=ON, case="异-1")


# ---- received


def test_a_result_is_told_with_authority_period_and_end_the_national_one_first(city: Any) -> None:
    told = received.received(usccs=codes_of("sector-result", "tax-grade-a"), on=ON)
    every = [one for rows in told.values() for one in rows]
    assert {"comprehensive", "environment", "tax-a"} <= {one.kind for one in every}
    for one in every:
        assert one.authority_name and one.period and one.grade and one.decided_on <= ON
        assert one.until is None or one.until >= ON
        assert one.step is not None and one.step < one.steps
    for rows in told.values():
        assert sorted(rows, key=lambda one: not one.national) == list(rows)
    for one in every:
        if one.national:
            assert (one.authority_name, one.authority) == ("国家发展和改革委员会", ""), "no place makes it"
            assert one.period == f"{one.decided_on.year - 1}年度"
            assert one.until is not None and one.until - one.decided_on <= timedelta(days=366)


def test_risk_classes_are_open_to_supervising_bodies_alone(city: Any) -> None:
    codes = codes_of("risk-class")
    assert codes
    for audience in ("public", "self"):
        shown = received.received(usccs=codes, on=ON, audience=audience)
        assert not [
            one for rows in shown.values() for one in rows if one.internal or one.kind == "risk-class"
        ]
    inside = received.received(usccs=codes, on=ON, audience="authority", classes=codes)
    assert {one.grade for rows in inside.values() for one in rows if one.internal} <= set("ABCD")
    assert all(any(one.internal for one in inside[code]) for code in codes)


def test_only_the_classes_asked_for_are_told_and_none_by_default(city: Any) -> None:
    codes = codes_of("risk-class")
    for audience, classes, expected in (
        ("authority", (), set()), ("authority", codes[:1], set(codes[:1])), ("public", codes, set()), ("self", codes, set()),
    ):  # fmt: skip
        told = received.received(usccs=codes, on=ON, audience=audience, classes=classes)
        assert {code for code, rows in told.items() if any(one.internal for one in rows)} == expected


def test_the_gate_keeps_what_is_internal_from_the_organisation_in_both_its_forms(city: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, uscc FROM records_statement WHERE item = 'risk-class'")
        rows = cursor.fetchall()
    ids = [row[0] for row in rows]
    assert ids
    for audience in ("public", "self"):
        assert publication.by_ids(ids=ids, audience=audience, on=ON) == {}
        assert not any(one.visible for one in publication.explain(ids=ids, audience=audience, on=ON))
        for code in {row[1] for row in rows}:
            assert "risk-class" not in publication.counts(uscc=code, audience=audience, on=ON)
            then = publication.statements(
                audience=audience, on=ON, known_at=evidence.size(), uscc=code, item="risk-class"
            )
            assert then == []
    assert set(publication.by_ids(ids=ids, audience="authority", on=ON)) == set(ids)


def test_no_report_holds_a_risk_class_whoever_it_is_for(city: Any) -> None:
    from xinheng.reports import content

    [code, *_] = codes_of("risk-class")
    for audience in ("public", "self", "authority"):
        entries = content.entries_of(uscc=code, audience=audience, on=ON, valid_on=ON, known_at=None)
        assert "risk-class" not in {entry.item for entry in entries}


@pytest.mark.parametrize("item", ["risk-class", "sector-result"])
def test_rows_about_individual_businesses_are_rejected(item: str) -> None:
    rules = [rule for rule in law.load("huaibei").items[item].rules if rule.kind == "code_starts_not"]
    assert [(rule.params["prefixes"], rule.outcome) for rule in rules] == [(("92",), "rejected")]


def test_an_individual_business_is_answered_with_nothing(city: Any) -> None:
    assert received.received(usccs=["92340600MA2N0XXXX1"], on=ON, audience="authority") == {}


def test_a_page_of_organisations_costs_few_queries(city: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        received.received(usccs=codes_of("sector-result"), on=ON, audience="authority")
    assert len(captured) <= 6


# ---- mutual rules


def test_a_contradiction_is_reported_once_with_both_results_to_the_sector(city: Any) -> None:
    assert mutual.check_mutual(at=AT).found == 1
    assert mutual.check_mutual(at=AT) == mutual.MutualChecked(0, 0)
    found = conflict()
    assert (found.first.grade, found.second.grade) == ("D", "诚信")
    assert found.authority == found.second.authority != found.first.authority
    assert "国办发〔2026〕8号" in found.citation
    assert [one.id for one in mutual.mutual_findings(on=ON, authority=found.authority)[0]] == [found.id]
    assert mutual.mutual_findings(on=ON, authority=found.first.authority) == ([], None)


def test_nothing_is_corrected_here(city: Any) -> None:
    found = conflict()
    shown = received.received(usccs=[found.uscc], on=ON)[found.uscc]
    assert {(one.kind, one.grade) for one in shown} >= {("comprehensive", "D"), ("environment", "诚信")}


def test_findings_nobody_may_see_any_more_cost_a_bounded_number_of_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, asked = list(range(1_000, 0, -1)), []

    def rows(where: Any, params: Any, limit: int) -> list[tuple[Any, ...]]:
        asked.append(limit)
        below = params[-1] if "m.id < %s" in where else 10_000
        return [(one,) for one in held if one < below][:limit]

    def told(found: Any, on: Any) -> list[Any]:
        return [SimpleNamespace(id=one) for (one,) in found if one % 40 == 0 or one < 4]

    monkeypatch.setattr(mutual, "_rows", rows)
    monkeypatch.setattr(mutual, "_told", told)
    seen, after = [], None
    while True:
        asked.clear()
        page, after = mutual.mutual_findings(on=ON, after=after, limit=10)
        assert len(asked) <= mutual.PARTS and set(asked) == {11} and len(page) <= 10
        seen += [one.id for one in page]
        if after is None:
            break
    assert seen == [one for one in held if one % 40 == 0 or one < 4]


def test_only_the_sector_answers_and_once(city: Any) -> None:
    found = conflict()
    asked = {"actor": "test", "at": AT}
    with pytest.raises(UnknownOutcome):
        mutual.answer_mutual(id=found.id, outcome="gone", body=found.authority, **asked)
    with pytest.raises(NoSuchFinding):
        mutual.answer_mutual(id=found.id + 1, outcome="kept", body=found.authority, **asked)
    for body in (None, "", found.first.authority):
        with pytest.raises(NotTheSector):
            mutual.answer_mutual(id=found.id, outcome="kept", body=body, **asked)
    done = mutual.answer_mutual(id=found.id, outcome="kept", body=found.authority, **asked)
    assert (done.outcome, done.ended_on) == ("kept", ON)
    with pytest.raises(FindingOver):
        mutual.answer_mutual(id=found.id, outcome="changed", body=found.authority, **asked)
    assert mutual.check_mutual(at=AT) == mutual.MutualChecked(0, 0)
    assert mutual.mutual_findings(on=ON)[0] == []
    assert [one.outcome for one in mutual.mutual_findings(on=ON, over=True)[0]] == ["kept"]


def test_a_finding_ends_by_itself_when_a_result_no_longer_counts(city: Any) -> None:
    found = conflict()
    disputed(found.first.statement)
    assert mutual.check_mutual(at=LATER) == mutual.MutualChecked(0, 1)
    assert [one.outcome for one in mutual.mutual_findings(on=ON, over=True)[0]] == ["gone"]


def test_a_finding_about_what_may_not_be_seen_any_more_is_told_to_nobody(city: Any) -> None:
    found = conflict()
    with evidence.event(evidence.Act(kind="test.annulled", actor="test", at=LATER)) as event:
        records.restand(event=event, statement_ids=[found.second.statement], state="annulled")
    assert mutual.mutual_findings(on=ON) == ([], None)
    with pytest.raises(NoSuchFinding):
        mutual.answer_mutual(id=found.id, outcome="kept", body=found.authority, actor="test", at=LATER)


# ---- warnings


def test_a_round_is_bound_and_a_second_one_changes_nothing(city: Any) -> None:
    first = warning.warn(at=AT)
    assert first.warnings > 0 and not first.repeated and sum(n for _, n in first.by_rule) == first.warnings
    size = evidence.size()
    again = warning.warn(at=AT)
    assert again.repeated and again.id == first.id and evidence.size() == size
    assert evidence.verify().findings == []


def test_warnings_come_with_reasons_a_basis_and_an_end(city: Any) -> None:
    warning.warn(at=AT)
    shown, more = warning.warned(on=ON, limit=200)
    assert shown and more == ""
    for one in shown:
        assert one.reasons and one.cited and one.names[0] and one.look[0]
        assert one.since <= ON <= one.until and not one.uscc.startswith("92")
        assert "risk-class" not in {reason.item for reason in one.reasons}


def test_a_fact_of_a_commitment_keeps_its_due_day_and_no_warning_comes_before_it(city: Any) -> None:
    warning.warn(at=AT)
    told = [one for one in warning.warned(on=ON, limit=200)[0] if one.rule == "commitment-overdue"]
    for one in told:
        assert all(reason.due is None or reason.due < ON for reason in one.reasons)
    [code, *_] = codes_of("commitment")
    one_facts = facts.of_one(uscc=code)
    promised = {what.id for what in one_facts.whats if what.item == "commitment"}
    rows = one_facts.facts.filter(pl.col("what").is_in(list(promised)), pl.col("state") == facts.HELD)
    due = rows["due"].to_list()
    known = publication.statements(audience="authority", on=ON, uscc=code, item="commitment", limit=500)
    held = [one.values["CN_DQR"] for one in known]
    assert sorted(
        facts.NEVER if not day else facts.day_number(date.fromisoformat(day)) for day in held
    ) == sorted(due)


def test_a_page_after_a_wave_of_repairs_costs_a_bounded_number_of_queries(city: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    warning.warn(at=AT)
    [file] = received_keeping.warnings_folder().glob("*.parquet")
    frame = pl.read_parquet(file).filter(pl.col("facts") == 1)
    gone = frame.with_columns(statements=pl.lit([1], pl.List(pl.Int64)))
    many = [gone.with_columns(uscc=pl.lit(f"91{number:016d}")) for number in range(600)]
    pl.concat([frame, *many]).sort("uscc", "rule").write_parquet(file)
    warning._read.cache_clear()
    pages, after, told = 0, "", 0
    while True:
        with CaptureQueriesContext(connection) as captured:
            rows, after = warning.warned(on=ON, after=after, limit=50)
        assert len(captured) <= 6 * warning.PARTS, len(captured)
        pages, told = pages + 1, told + len(rows)
        if not after:
            break
    assert told and pages <= 2 + 601 * frame.height // (50 * warning.PARTS)


def test_what_one_part_holds_beyond_the_page_is_told_on_the_next(city: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    warning.warn(at=AT)
    with CaptureQueriesContext(connection) as captured:
        rows, after = warning.warned(on=ON, limit=3)
    assert len(rows) == 3 and after == f"{rows[-1].uscc}.{rows[-1].rule}"
    assert len(captured) <= 8


def test_pages_of_warnings_hold_every_warning_once(city: Any) -> None:
    warning.warn(at=AT)
    whole = [(one.uscc, one.rule) for one in warning.warned(on=ON, limit=200)[0]]
    paged, after = [], ""
    while True:
        page, after = warning.warned(on=ON, after=after, limit=2)
        paged += [(one.uscc, one.rule) for one in page]
        if not after:
            break
    assert paged == whole and len(set(whole)) == len(whole) > 2


def test_warnings_are_narrowed_by_rule_county_and_organisation(city: Any) -> None:
    warning.warn(at=AT)
    whole, _ = warning.warned(on=ON, limit=200)
    one = whole[0]
    assert {x.rule for x in warning.warned(on=ON, rule=one.rule, limit=200)[0]} == {one.rule}
    assert {x.county for x in warning.warned(on=ON, county=one.county, limit=200)[0]} == {one.county}
    assert {x.uscc for x in warning.warned(on=ON, uscc=one.uscc, limit=200)[0]} == {one.uscc}
    for wrong in ({"rule": "none"}, {"after": "x"}):
        with pytest.raises(UnknownWarning):
            warning.warned(on=ON, **wrong)


def test_a_reason_that_is_disputed_or_gone_is_not_told_from_that_moment(city: Any) -> None:
    warning.warn(at=AT)
    one, other, *_ = [x for x in warning.warned(on=ON, limit=200)[0] if x.facts == 1]
    disputed(one.reasons[0].statement)
    with evidence.event(evidence.Act(kind="test.annulled", actor="test", at=LATER)) as event:
        records.restand(event=event, statement_ids=[other.reasons[0].statement], state="annulled")
    left = {(x.uscc, x.rule) for x in warning.warned(on=ON, limit=200)[0]}
    assert (one.uscc, one.rule) not in left and (other.uscc, other.rule) not in left


def test_a_warning_is_over_after_its_last_day_without_a_round(city: Any) -> None:
    warning.warn(at=AT)
    last = max(one.until for one in warning.warned(on=ON, limit=200)[0])
    assert warning.warned(on=last + timedelta(days=1), limit=200) == ([], "")


def test_erasure_reaches_the_list(city: Any) -> None:
    warning.warn(at=AT)
    one = warning.warned(on=ON)[0][0]
    act = evidence.Act(kind="records.erased", actor="test", at=LATER, provision="测试", purpose="测试")
    records.erase(statement_ids=[one.reasons[0].statement], act=act)
    assert not list(received_keeping.warnings_folder().glob("*.parquet"))
    assert warning.current() is None and warning.warned(on=ON) == ([], "")
    evidence.drain(at=LATER)
    assert warning.warn(at=LATER).repeated is False
    assert one.reasons[0].statement not in {
        reason.statement for x in warning.warned(on=ON, limit=200)[0] for reason in x.reasons
    }
    assert evidence.verify().findings == []


# ---- the ledger


def test_a_changed_list_of_warnings_is_found(city: Any) -> None:
    warning.warn(at=AT)
    [file] = received_keeping.warnings_folder().glob("*.parquet")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    assert {finding.code for finding in evidence.verify().findings} == {"evaluation-warnings"}


def test_a_flipped_value_is_found_in_every_column_of_the_findings(city: Any) -> None:
    found = conflict()
    mutual.answer_mutual(id=found.id, outcome="kept", body=found.authority, actor="test", at=AT)
    assert evidence.verify().findings == []
    missed = []
    for table, columns in received_keeping.BOUND.items():
        for column in columns:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT "{column}", id FROM "{table}"')
                old, id_ = cursor.fetchone()
                new = old + 1 if isinstance(old, int) else _other(old)
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [new, id_])
                if not list(received_keeping.findings()):
                    missed.append((table, column))
                key = new if column == "id" else id_
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [old, key])
    assert missed == [] and list(received_keeping.findings()) == []


def _other(old: Any) -> Any:
    text = str(old)
    return text[:-1] + ("1" if text.endswith("0") else "0")
