"""Figures are what the rows say: against the truth of a whole town, and row by row where a decision comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from mirror_rows import BUREAU, OTHER, at, penalty

from xinheng.oversight import service as oversight
from xinheng.oversight import store

ALL = {"first": date(2020, 1, 1), "last": date(2026, 12, 31)}
DOUBLE = ("admin-penalty", "admin-licence")


def figures(**of: str) -> oversight.Figures:
    return sum((line.figures for line in oversight.between(**ALL, **of)), oversight.Figures())


def test_every_count_of_the_town_is_that_of_the_truth(town: Any, town_files: Any) -> None:
    told: Counter[tuple[str, str, str]] = Counter()
    for file in town_files.manifest.files:
        for row in town_files.truth(file):
            # In the story, too, a quarantined row is an old version that came again
            superseded = row["outcome"] == "quarantined" and row["reason"] in (
                "superseded_version_again",
                "story",
            )
            told[file.source, file.item, "again" if superseded else row["outcome"]] += 1
    lines = {(line.source, line.item): line.figures for line in oversight.between(**ALL)}
    seen = {pair for pair in lines if pair[1] in DOUBLE}
    assert seen == {(source, item) for source, item, _ in told if item in DOUBLE}
    for source, item in seen:
        one = lines[source, item]
        count = {name: told[source, item, name] for name in ("accepted", "rejected", "quarantined", "updated", "duplicate", "refused_personal")}  # fmt: skip
        assert one.reported == count["accepted"] + count["rejected"] + count["quarantined"], (source, item)
        assert one.returned == count["rejected"] + count["quarantined"]
        assert (one.updated, one.duplicate, one.personal) == (
            count["updated"],
            count["duplicate"],
            count["refused_personal"],
        )
        assert one.on_time + one.late + one.undated == one.reported
        assert one.mended == 0


def test_late_rows_are_those_the_truth_calls_late(town: Any, town_files: Any) -> None:
    from xinheng.intake import kept_relations
    from xinheng.law import service as law

    pack = law.active()
    batches = {
        (one.source, one.item, one.received_on, one.rows): one for one in kept_relations.closed_batches()
    }
    compared = late = 0
    for file in town_files.manifest.files:
        if file.item not in DOUBLE or file.story:
            continue
        batch = batches[file.source, file.item, date.fromisoformat(file.sent_on), file.rows]
        rows = kept_relations.answered_rows(batches=[batch], pack=pack)
        answers = dict(rows.select("row", "timeliness").iter_rows())
        for row in town_files.truth(file):
            if row["outcome"] == "accepted":
                compared += 1
                late += row["late"] == "1"
                assert (answers[int(row["row"])] == "late") == (row["late"] == "1"), (file.path, row)
    assert compared > 500
    assert late > 20


def test_the_rows_behind_a_figure_are_as_many_as_it_says(town: Any) -> None:
    checked = 0
    for line in oversight.between(**ALL):
        for kind in ("late", "returned"):
            wanted = getattr(line.figures, kind)
            found, after = [], None
            while True:
                page = oversight.rows(
                    kind=kind, source=line.source, item=line.item, **ALL, after=after, limit=7
                )
                found += page.rows
                after = page.next
                if after is None:
                    break
            assert len(found) == len({row.place for row in found}) == wanted, (line, kind)
            checked += wanted
        for cause in oversight.causes(source=line.source, item=line.item, **ALL):
            rows = oversight.rows(kind="returned", source=line.source, item=line.item, **ALL, code=cause.code, field=cause.field, limit=500).rows  # fmt: skip
            assert len(rows) == cause.rows
            assert all(any(one["code"] == cause.code for one in row.problems) for row in rows)
    assert checked > 50


def test_what_is_counted_batch_by_batch_equals_a_count_of_everything(town: Any) -> None:
    assert store.damage() == []
    before = oversight.between(**ALL)
    assert oversight.rebuild() > 50
    assert oversight.between(**ALL) == before
    assert store.damage() == []


def test_the_counts_of_timeliness_are_those_the_batches_keep(town: Any) -> None:
    """Intake counts accepted and updated rows; of those only accepted ones are first rows here."""
    from xinheng.intake import service as intake

    kept = Counter[str]()
    for batch in intake.batches(limit=10_000):
        kept.update(batch.timeliness)
    whole = figures()
    assert kept["late"] >= whole.late - whole.returned
    assert kept["late"] <= whole.late + whole.updated


def test_a_returned_row_that_is_mended_is_one_decision_and_keeps_its_day(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(2, CF_WFXW=""), on="2026-11-23")
    first = figures()
    assert (first.reported, first.returned, first.mended, first.on_time) == (2, 1, 0, 2)
    # Mended long after its time: the decision was reported when it first came
    send(penalty(2), on="2026-12-28")
    mended = figures()
    assert (mended.reported, mended.returned, mended.mended, mended.late) == (2, 1, 1, 0)
    (row,) = oversight.rows(kind="returned", source=BUREAU, item="admin-penalty", **ALL).rows
    assert row.settled_on == date(2026, 12, 28)
    december = oversight.between(date(2026, 12, 1), date(2026, 12, 31))
    assert december[0].figures.reported == 0
    assert store.damage() == []


@pytest.mark.parametrize(
    "wrong", [{"CF_XDR_SHXYM": "0" * 17 + "X"}, {"CF_XDR_MC": "淮北市丁戊己商贸有限公司"}]
)
def test_code_or_name_may_have_been_what_was_wrong(send: Callable[..., Any], wrong: dict[str, str]) -> None:
    send(penalty(1, **wrong))
    assert figures().returned == 1
    send(penalty(1), on="2026-11-24")
    assert (figures().reported, figures().mended) == (1, 1)


def test_the_same_faulty_row_sent_again_is_not_a_second_decision(send: Callable[..., Any]) -> None:
    send(penalty(1, CF_WFXW=""), penalty(1, CF_WFXW=""))
    send(penalty(1, CF_WFXW="", CF_SY="又报一次。"), on="2026-11-24")
    assert (figures().reported, figures().returned) == (1, 1)


def test_updates_and_repeats_are_no_new_decisions(send: Callable[..., Any]) -> None:
    send(penalty(1))
    send(penalty(1, CF_SY="更正后的事实。"), on="2026-11-24")
    send(penalty(1), on="2026-11-25")
    one = figures()
    assert (one.reported, one.updated) == (1, 1)
    assert one.returned == 0
    assert store.damage() == []


def test_rows_about_persons_are_in_no_rate(send: Callable[..., Any]) -> None:
    send(penalty(1), penalty(2, CF_XDR_LB="自然人", CF_XDR_MC="张三丰", CF_XDR_SHXYM=""))
    one = figures()
    assert (one.reported, one.personal, one.returned) == (1, 1, 0)


def test_another_units_rows_are_not_asked_for(send: Callable[..., Any]) -> None:
    send(penalty(1))
    assert oversight.between(**ALL, source=OTHER) == []
    assert oversight.by_unit(**ALL, body=OTHER)[0].figures.empty


def test_statistics_stop_at_yesterday(send: Callable[..., Any]) -> None:
    send(penalty(1), on="2026-11-24")
    today, tomorrow = at("2026-11-24").date(), at("2026-11-25").date()
    assert oversight.figures(period="2026-11", on=today) == []
    assert oversight.figures(period="2026-11", on=tomorrow)[0].figures.reported == 1


def test_erasing_a_decision_leaves_counts_and_sequences_as_they_were(send: Callable[..., Any]) -> None:
    from xinheng.evidence import service as evidence
    from xinheng.publication import service as publication
    from xinheng.records import service as records

    send(penalty(1), penalty(2), penalty(3))
    entry = publication.statements(
        audience="authority", on=date(2026, 11, 23), item="admin-penalty", limit=5
    )[1]
    act = evidence.Act(
        kind="records.erased", actor="t", at=at("2026-11-24"), provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[entry.id], act=act)
    evidence.drain(at=at("2026-11-24"))
    assert figures().reported == 3
    assert store.damage() == []
    assert oversight.look(at=at("2026-12-31"), actor="t").opened == 0
