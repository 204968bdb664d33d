"""What people judged of a doubtful row: it is taken in again as judged, and goes when that is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intake_rows import AT, SUBJECT, penalty
from linking_rows import NAME, OTHER, Linker, codes, counts, damaged, held, judge

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.linkage import service as linkage
from xinheng.records import service as records

Take = Callable[..., Any]


def test_a_judged_row_is_taken_in_as_judged(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    first = take(damaged(CF_XDR_MC="甲乙丙商贸"), damaged(2, CF_XDR_MC="甲乙丙商贸"))
    done = judge(linkage.pending()[0].id)
    assert len(done.take_up) == 2
    (receipt,) = intake.take_up(pending=done.take_up, at=AT, actor="office")
    assert counts(receipt) == {"accepted": 2}
    assert [(link.how, link.uscc) for link in linkage.links()] == [("judged", SUBJECT)] * 2
    assert receipt.links[0]["note"].startswith(f"按人工核定关联到 {SUBJECT} {NAME},依据:")
    assert not intake.problem_rows(batch=first.batch)
    (again,) = intake.take_up(pending=done.take_up, at=AT, actor="office")
    assert again.batch == receipt.batch and again.repeated
    assert evidence.verify().findings == []


def test_nothing_is_taken_up_without_a_standing_same(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    (row,) = linkage.pending()
    assert intake.take_up(pending=[row.id], at=AT, actor="office") == []
    judge(row.id, verdict="different")
    assert intake.take_up(pending=[row.id], at=AT, actor="office") == []


def test_a_judgement_holds_for_the_next_file(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    judge(linkage.pending()[0].id)
    assert counts(take(damaged(9, CF_XDR_MC="甲乙丙商贸"))) == {"accepted": 1}
    assert linkage.links()[0].how == "judged"


def test_a_judged_mismatch_goes_where_it_was_judged_to(take: Take, linker: Linker, neighbours: Any) -> None:
    name = "淮北市丁戊己商贸有限公司"
    linker.links(name, OTHER, name)
    take(penalty(CF_XDR_MC=name))
    (row,) = linkage.pending()
    done = judge(row.id, to=OTHER)
    (receipt,) = intake.take_up(pending=done.take_up, at=AT, actor="office")
    assert counts(receipt) == {"accepted": 1}
    assert held(OTHER) and not held(SUBJECT)


def test_an_undone_link_does_not_come_back_by_a_file(take: Take, linker: Linker) -> None:
    linker.links(NAME)
    receipt = take(damaged(), name="a.csv")
    (link,) = linkage.links()
    linkage.undo(links=[link.id], why="不是这家", actor="office", at=AT)
    assert not held()
    assert take(damaged(), name="a.csv").batch == receipt.batch
    again = take(damaged(), penalty(CF_WSH="号2"), name="b.csv")
    assert counts(again) == {"accepted": 1, "quarantined": 1}
    assert len(held()) == 1
    changed = take(damaged(CF_NR="罚款两千元整。"), name="c.csv")
    assert counts(changed) == {"quarantined": 1} and codes(changed) == [(2, "annulled-decision")]
    assert evidence.verify().findings == []


def test_after_an_undo_a_second_judgement_takes_the_row_in_again(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    (row,) = linkage.pending()
    done = judge(row.id)
    (first,) = intake.take_up(pending=done.take_up, at=AT, actor="office")
    linkage.undo(links=[linkage.links()[0].id], why="看错了", actor="office", at=AT)
    assert not held()
    assert intake.take_up(pending=[row.id], at=AT, actor="office") == []
    done = judge(row.id)
    (second,) = intake.take_up(pending=done.take_up, at=AT, actor="office")
    assert second.batch != first.batch
    assert counts(second) == {"accepted": 1} and len(held()) == 1
    assert evidence.verify().findings == []


def test_a_reversed_verdict_and_a_new_one_take_the_row_in_again(take: Take, linker: Linker) -> None:
    from xinheng.linkage.judging import standing

    linker.doubts("甲乙丙商贸")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    (row,) = linkage.pending()
    intake.take_up(pending=judge(row.id).take_up, at=AT, actor="office")
    number, _ = standing(row.key)[SUBJECT]
    linkage.reverse(verdict=number, why="看错了", actor="office", at=AT)
    assert not held()
    (second,) = intake.take_up(pending=judge(row.id).take_up, at=AT, actor="office")
    assert counts(second) == {"accepted": 1} and len(held()) == 1


def test_what_was_annulled_otherwise_is_not_revived_by_a_judgement(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    take(penalty(CF_WSH="号1", CF_XDR_MC=NAME))
    with evidence.event(evidence.Act(kind="test.annulled", actor="court", at=AT)) as event:
        records.restand(event=event, statement_ids=held(), state="annulled")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    (receipt,) = intake.take_up(pending=judge(linkage.pending()[0].id).take_up, at=AT, actor="office")
    assert counts(receipt) == {"quarantined": 1} and codes(receipt) == [(2, "annulled-decision")]


def test_an_automatic_link_undone_and_then_judged_is_taken_up(take: Take, linker: Linker) -> None:
    linker.links(NAME)
    take(damaged())
    linkage.undo(links=[linkage.links()[0].id], why="先查一下", actor="office", at=AT)
    (row,) = linkage.pending()
    (receipt,) = intake.take_up(pending=judge(row.id).take_up, at=AT, actor="office")
    assert counts(receipt) == {"accepted": 1} and len(held()) == 1


def test_what_people_told_apart_is_not_linked(take: Take, linker: Linker, neighbours: Any) -> None:
    linker.doubts("甲乙丙商贸")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    judge(linkage.pending()[0].id, verdict="different")
    linker.links("甲乙丙商贸")
    assert counts(take(damaged(5, CF_XDR_MC="甲乙丙商贸"))) == {"rejected": 1}


def test_what_nobody_could_say_is_not_linked_by_itself(take: Take, linker: Linker) -> None:
    linker.doubts("甲乙丙商贸")
    take(damaged(CF_XDR_MC="甲乙丙商贸"))
    judge(linkage.pending()[0].id, verdict="unsure")
    linker.links("甲乙丙商贸")
    assert counts(take(damaged(5, CF_XDR_MC="甲乙丙商贸"))) == {"quarantined": 1}


def test_an_erased_decision_leaves_no_row_that_was_linked_to_it(
    take: Take, linker: Linker, everything_in: Any
) -> None:
    linker.doubts("甲乙丙商贸")
    words = "只在这一件里出现的话。"
    take(damaged(CF_XDR_MC="甲乙丙商贸", CF_NR=words), name="a.csv")
    intake.take_up(pending=judge(linkage.pending()[0].id).take_up, at=AT, actor="office")
    # Sent again, still without a code: a duplicate that was linked
    assert counts(take(damaged(CF_XDR_MC="甲乙丙商贸", CF_NR=words), penalty(CF_WSH="别的"), name="b.csv"))
    (statement,) = [
        one for one, parts in records.statements(held()).items() if words in parts.public.decode()
    ]
    act = evidence.Act(
        kind="records.erased", actor="office", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    assert records.erase(statement_ids=[statement], act=act) == 1
    assert not any(words in text for path, text in everything_in() if path.endswith(".parquet"))
