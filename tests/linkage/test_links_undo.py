"""Taking back: statements that came through a link stand no longer, the row waits again, and the ledger says who and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from linkkit import BATCH, BODY, CODES, Room, state_of

from flipped import ledger_finds
from moments import AT
from xinheng.evidence import service as evidence
from xinheng.linkage import service as linkage
from xinheng.records import service as records

pytestmark = pytest.mark.database
NAME = "中兴（淮北）商贸有限公司"


def undone(*links: int, different: bool = False, why: str = "地址不是同一家") -> linkage.Undone:
    return linkage.undo(links=links, why=why, actor="desk:office", at=AT, different=different)


def test_undoing_an_automatic_link_annuls_its_statement_and_asks_again(room: Room) -> None:
    link, statement = room.link(NAME, 0)
    _, other = room.link("淮北市中兴商贸有限公司", 0)
    done = undone(link)
    assert (done.links, done.statements) == (1, 1)
    assert (state_of(statement), state_of(other)) == ("annulled", "held")
    [row] = linkage.pending_rows(done.pending)
    assert (row.name, row.batch, row.row, row.source, row.state) == (NAME, BATCH, 1, BODY, "waiting")
    assert [one.code for one in row.candidates] == [CODES[0]], "whom it had been linked to can be seen"
    assert linkage.link(link).undone
    [entry] = evidence.events(kinds=["linkage.undone"])
    assert entry.body["actor"] == "desk:office"
    assert entry.body["detail"]["why"] == "地址不是同一家"
    assert entry.body["detail"]["statements"] == [statement]
    assert next((step.what, step.why) for step in linkage.history(link_id=link)) == (
        "undone",
        "地址不是同一家",
    )
    assert evidence.verify().ok


def test_undoing_twice_is_once_and_needs_a_reason(room: Room) -> None:
    link, _ = room.link(NAME, 0)
    with pytest.raises(linkage.BadJudgement):
        undone(link, why=" ")
    undone(link)
    size = evidence.size()
    assert undone(link).links == 0
    assert evidence.size() == size
    with pytest.raises(linkage.NoSuchLink):
        undone(link + 1)


def test_undone_as_different_is_never_proposed_again(room: Room) -> None:
    link, _ = room.link(NAME, 0)
    [waiting] = linkage.pending_rows(undone(link, different=True).pending)
    assert waiting.candidates == ()
    assert waiting.open, "the row waits: somebody may know whom it means"
    assert room.propose(NAME, 0) == 0
    [verdict] = linkage.decisions()
    assert (verdict.verdict, verdict.code, verdict.actor, verdict.why) == (
        "different", CODES[0], "desk:office", "地址不是同一家",
    )  # fmt: skip
    assert evidence.verify().ok


def test_a_judged_link_ends_with_its_judgement_and_all_links_that_hold_by_it(room: Room) -> None:
    asked = room.propose(NAME, 0, 1)
    linkage.judge(pending=asked, code=CODES[0], verdict="same", actor="desk:office", at=AT)
    first, one = room.link(NAME, 0, how="judged")
    _, two = room.link(NAME, 0, how="judged")
    automatic, three = room.link(NAME, 0)
    done = undone(first)
    assert (done.links, done.statements) == (2, 2)
    assert [state_of(number) for number in (one, two, three)] == ["annulled", "annulled", "held"]
    assert linkage.verdicts([linkage.asked_key(NAME)]).is_empty()
    assert not linkage.link(automatic).undone
    assert asked in done.pending
    assert evidence.verify().ok


def test_reversing_same_undoes_its_links_and_reversing_needs_a_reason(room: Room) -> None:
    asked = room.propose(NAME, 0, 1)
    linkage.judge(pending=asked, code=CODES[0], verdict="same", why="电话核实", actor="desk:office", at=AT)
    _, statement = room.link(NAME, 0, how="judged")
    number = linkage.standing(linkage.asked_key(NAME))[CODES[0]][0]
    with pytest.raises(linkage.BadJudgement):
        linkage.reverse(verdict=number, why="", actor="desk:office2", at=AT)
    linkage.reverse(verdict=number, why="看错了", actor="desk:office2", at=AT)
    assert state_of(statement) == "annulled"
    assert linkage.pending_row(asked).state == "waiting"
    told = [(step.what, step.actor, step.why) for step in linkage.history(pending=asked)]
    assert told == [("taken-back", "desk:office2", "看错了"), ("word", "desk:office", "电话核实")]
    with pytest.raises(linkage.NoSuchVerdict):
        linkage.reverse(verdict=number, why="再来", actor="desk:office2", at=AT)
    linkage.judge(pending=asked, code=CODES[1], verdict="same", actor="desk:office", at=AT)
    assert evidence.verify().ok


def test_reversing_different_lets_the_organisation_be_proposed_again(room: Room) -> None:
    asked = room.propose(NAME, 0)
    linkage.judge_none(pending=asked, actor="desk:office", at=AT)
    [decision] = linkage.decisions(standing=True)
    linkage.reverse(verdict=decision.id, why="看错了", actor="desk:office", at=AT)
    assert linkage.pending_row(asked).state == "waiting"
    assert room.propose(NAME, 0) > 0
    assert [one.reversed_by for one in linkage.decisions()] == ["desk:office"]


def test_after_a_reversal_a_double_review_begins_anew(room: Room) -> None:
    linkage.set_double_review(double=True, actor="desk:office", at=AT)
    asked = room.propose(NAME, 0, 1)
    for actor in ("a", "b"):
        linkage.judge(pending=asked, code=CODES[0], verdict="same", actor=actor, at=AT)
    [decision] = linkage.decisions()
    linkage.reverse(verdict=decision.id, why="看错了", actor="c", at=AT)
    for actor in ("a", "b"):
        done = linkage.judge(pending=asked, code=CODES[1], verdict="same", actor=actor, at=AT)
    assert done.take_up == (asked,)
    assert evidence.verify().ok


def test_a_row_taken_in_again_goes_back_to_where_it_waited(room: Room) -> None:
    def origins(batch: str, row: int) -> Sequence[tuple[str, int]]:
        return [(BATCH, 1)] if batch == "20261120-09002" else []

    asked = room.propose(NAME, 0, 1)
    linkage.register_origins(origins)
    linkage.judge(pending=asked, code=CODES[0], verdict="same", actor="desk:office", at=AT)
    link, _ = room.link(NAME, 0, how="judged", batch="20261120-09002", row=2)
    assert undone(link).pending == (asked,)
    assert [one.id for one in linkage.alike(linkage.asked_key(NAME))] == [asked], "no second question"


def test_many_links_are_undone_in_parts(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.linkage import undoing

    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    made = [room.link(NAME, 0)[0] for _ in range(5)]
    assert undone(*made).links == 5
    assert len(evidence.events(kinds=["linkage.undone"])) == 3
    assert evidence.verify().ok


def test_links_are_listed_and_filtered(room: Room) -> None:
    one, two = room.link(NAME, 0)[0], room.link(NAME, 1, how="judged")[0]
    undone(one)
    assert [row.id for row in linkage.links()] == [two, one]
    assert [row.id for row in linkage.links(undone=False)] == [two]
    assert [row.id for row in linkage.links(code=CODES[0])] == [one]
    assert [row.id for row in linkage.links(how="judged")] == [two]
    assert [row.id for row in linkage.links(after=two)] == [one]
    assert linkage.linked_counts() == {("automatic", True): 1, ("judged", False): 1}


def test_erasing_a_statement_leaves_no_trace_of_who_was_asked_about(room: Room) -> None:
    asked = room.propose(NAME, 0, 1)
    linkage.judge(
        pending=asked, code=CODES[0], verdict="same", why="中兴商贸的电话", actor="desk:office", at=AT
    )
    link, statement = room.link(NAME, 0, how="judged")
    kept, _ = room.link("淮北市中兴商贸有限公司", 0)
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[statement], act=act)
    assert linkage.link(link).erased
    assert linkage.pending_row(asked).erased
    assert (linkage.link(link).name, linkage.link(link).uscc, linkage.link(link).reason) == ("", "", "")
    assert [step.why for step in linkage.history(pending=asked)] == [""]
    assert linkage.link(kept).name == "淮北市中兴商贸有限公司"
    assert evidence.verify().findings == []
    everything = _everything_stored()
    assert NAME not in everything
    assert linkage.asked_key(NAME) not in everything
    assert "中兴商贸的电话" not in everything
    assert undone(link).statements == 0
    assert evidence.verify().ok


def test_a_verdict_outlives_the_erasure_of_one_of_several_rows(room: Room) -> None:
    asked = room.propose(NAME, 0, 1)
    other = room.propose(NAME, 0, 1, item="admin-permit")
    linkage.judge(pending=asked, code=CODES[0], verdict="same", actor="desk:office", at=AT)
    _, statement = room.link(NAME, 0, how="judged")
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[statement], act=act)
    assert linkage.verdicts([linkage.asked_key(NAME)]).height == 1
    assert linkage.pending_row(other).name == NAME
    assert evidence.verify().ok


def _everything_stored() -> str:
    from django.apps import apps
    from django.db import connection

    told = []
    for model in apps.get_app_config("linkage").get_models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            told += [str(row) for row in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM evidence_event")
        told += [bytes(row[0]).decode() for row in cursor.fetchall()]
    return "\n".join(told)


def test_a_flipped_bit_is_found_in_every_column(room: Room) -> None:
    import importlib.util
    import random

    from django.apps import apps

    file = Path(__file__).parents[1] / "evidence" / "test_any_flipped_bit_is_found.py"
    spec = importlib.util.spec_from_file_location("flips", file)
    assert spec and spec.loader
    flips: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(flips)

    asked, other = room.propose(NAME, 0, 1), room.propose("另一个商店", 1, 2)
    linkage.judge(pending=asked, code=CODES[0], verdict="same", why="核实", actor="desk:office", at=AT)
    linkage.judge(pending=other, code=CODES[1], verdict="different", actor="desk:office", at=AT)
    _, erased = room.link(NAME, 0, how="judged")
    undone(room.link("中兴商行", 2)[0])
    room.link("濉溪中兴", 2, code="abc")
    linkage.set_double_review(double=True, actor="desk:office", at=AT)
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[erased], act=act)
    assert evidence.verify().findings == []
    for model in apps.get_app_config("linkage").get_models():
        table, chance = model._meta.db_table, random.Random(model._meta.db_table)
        columns = [field.column for field in model._meta.concrete_fields]
        rows = flips._query(f'SELECT {flips._names(columns)} FROM "{table}" ORDER BY 1')
        assert rows, table
        missed = []
        for row in rows:
            for position, field in enumerate(model._meta.concrete_fields):
                for new in flips._flips(row[position], chance, field):
                    if not flips._set(table, field.column, new, "id", row[0]):
                        continue
                    if not ledger_finds("linkage"):
                        missed.append((table, field.column, row[position], new))
                    flips._set(
                        table, field.column, row[position], "id", new if field.column == "id" else row[0]
                    )
        assert missed == []
    assert evidence.verify().findings == []


def test_saying_not_meant_of_an_automatic_link_also_takes_back_that_it_was_meant(room: Room) -> None:
    automatic, one = room.link(NAME, 0)
    asked = room.propose(NAME, 0, 1)
    linkage.judge(pending=asked, code=CODES[0], verdict="same", actor="desk:office", at=AT)
    judged, two = room.link(NAME, 0, how="judged")
    undone(automatic, different=True)
    assert (state_of(one), state_of(two)) == ("annulled", "annulled")
    assert linkage.link(judged).undone
    assert linkage.verdicts([linkage.asked_key(NAME)])["verdict"].to_list() == ["different"]
    assert linkage.pending_row(asked).open
    assert evidence.verify().ok
