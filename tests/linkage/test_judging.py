"""People judge doubtful names: what stands, what is remembered, what a second person and a second click may do."""

from __future__ import annotations

from typing import Any

import pytest
from linkkit import BODY, Room

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.linkage import service as linkage

pytestmark = pytest.mark.database
NAME = "中兴（淮北）商贸有限公司"


def judged(
    pending: int, code: str, verdict: str, actor: str = "desk:office", why: str = ""
) -> linkage.Judged:
    return linkage.judge(pending=pending, code=code, verdict=verdict, why=why, actor=actor, at=AT)


def standing(name: str, code: str = "") -> dict[str, str]:
    return dict(linkage.verdicts([linkage.asked_key(name, code)]).select("code", "verdict").iter_rows())


def test_same_answers_every_row_that_asks_the_same(room: Room) -> None:
    first, second = room.propose(NAME, 0, 1), room.propose("中兴(淮北)商贸 有限公司", 0, 1)
    other = room.propose("中兴商贸有限公司", 0)
    done = judged(first, room.orgs[0].code, "same")
    assert set(done.take_up) == {first, second}
    assert standing(NAME) == {room.orgs[0].code: "same"}
    assert [one.id for one in linkage.pending()] == [other]
    assert evidence.verify().ok


def test_the_same_name_with_another_code_is_another_question(room: Room) -> None:
    plain = room.propose(NAME, 0)
    coded = room.propose(NAME, 0, code=room.orgs[1].code)
    judged(plain, room.orgs[0].code, "same")
    assert standing(NAME, room.orgs[1].code) == {}
    assert [one.id for one in linkage.pending()] == [coded]


def test_different_is_remembered_and_never_proposed_again(room: Room) -> None:
    first = room.propose(NAME, 0, 1)
    assert judged(first, room.orgs[0].code, "different").state == "waiting"
    again = room.propose(NAME, 0, 1)
    assert [one.code for one in linkage.pending_row(again).candidates] == [room.orgs[1].code]
    assert room.propose(NAME, 0) == 0, "a row whose only candidate is known to be another is not asked about"
    judged(first, room.orgs[1].code, "different")
    assert linkage.pending() == []
    assert {one.state for one in linkage.pending_rows([first, again])} == {"none"}


def test_none_of_these_is_one_act(room: Room) -> None:
    first = room.propose(NAME, 0, 1, 2)
    before = len(evidence.events(kinds=["linkage.judged"]))
    done = linkage.judge_none(pending=first, actor="desk:office", at=AT)
    assert done.state == "none"
    assert set(standing(NAME).values()) == {"different"}
    assert len(evidence.events(kinds=["linkage.judged"])) == before + 1
    assert evidence.verify().ok


def test_a_row_without_candidates_can_still_be_answered(room: Room) -> None:
    first, second = room.propose(NAME), room.propose("另一个商店")
    assert linkage.judge_none(pending=first, actor="desk:office", at=AT).state == "none"
    assert judged(second, room.orgs[2].code, "same").state == "same"
    with pytest.raises(linkage.BadJudgement):
        judged(room.propose("第三个商店"), "91340600MA2NUMBER0", "same")


def test_unsure_leaves_the_row_and_the_next_word_takes_its_place(room: Room) -> None:
    first = room.propose(NAME, 0, 1)
    judged(first, room.orgs[0].code, "unsure")
    assert [one.unsure for one in linkage.pending(state="unsure")] == [True]
    assert judged(first, room.orgs[0].code, "same", actor="desk:office2").state == "same"
    assert standing(NAME) == {room.orgs[0].code: "same"}


def test_a_double_click_is_one_act_and_another_person_comes_too_late(room: Room) -> None:
    first = room.propose(NAME, 0, 1)
    judged(first, room.orgs[0].code, "same")
    size = evidence.size()
    assert judged(first, room.orgs[0].code, "same").repeated
    assert evidence.size() == size
    for verdict in ("same", "different"):
        with pytest.raises(linkage.AlreadyJudged):
            judged(first, room.orgs[0].code, verdict, actor="desk:office2")
    with pytest.raises(linkage.AlreadyJudged):
        judged(first, room.orgs[1].code, "same")
    assert evidence.size() == size


def test_names_that_fold_to_nothing_are_not_asked_about(room: Room) -> None:
    assert room.propose("　（）", 0) == 0
    assert linkage.asked_key(" ") == linkage.asked_key("（）") == ""
    assert linkage.verdicts([""]).is_empty()


def test_a_row_is_asked_about_once(room: Room) -> None:
    first = room.propose(NAME, 0)
    room.rows -= 1
    assert room.propose(NAME, 0) == first
    assert len(linkage.pending()) == 1


def test_a_very_long_cell_has_a_key_of_bounded_length() -> None:
    one, other = linkage.asked_key("甲" * 9_000), linkage.asked_key("甲" * 9_001)
    assert len(one) < 300
    assert one != other


def double(room: Room, on: bool = True) -> None:
    linkage.set_double_review(double=on, actor="desk:office", at=AT)


def test_two_who_agree_settle_it(room: Room) -> None:
    double(room)
    first = room.propose(NAME, 0, 1)
    done = judged(first, room.orgs[0].code, "same")
    assert (done.state, done.take_up, standing(NAME)) == ("second", (), {})
    assert [one.id for one in linkage.pending(not_by="desk:office")] == []
    assert [one.id for one in linkage.pending(not_by="desk:office2")] == [first]
    with pytest.raises(linkage.JudgedBefore):
        judged(first, room.orgs[1].code, "same")
    assert judged(first, room.orgs[0].code, "same").repeated
    assert judged(first, room.orgs[0].code, "same", actor="desk:office2").take_up == (first,)
    assert standing(NAME) == {room.orgs[0].code: "same"}
    assert evidence.verify().ok


@pytest.mark.parametrize("second", ["unsure", "other", "none"])
def test_two_who_do_not_agree_leave_it_to_a_third(room: Room, second: str) -> None:
    double(room)
    first = room.propose(NAME, 0, 1)
    judged(first, room.orgs[0].code, "same")
    if second == "none":
        linkage.judge_none(pending=first, actor="b", at=AT)
    else:
        code, word = (room.orgs[0].code, "unsure") if second == "unsure" else (room.orgs[1].code, "same")
        judged(first, code, word, actor="b")
    assert linkage.pending_row(first).state == "third"
    assert standing(NAME) == {}
    for actor in ("desk:office", "b"):
        assert linkage.pending(not_by=actor) == []
        with pytest.raises((linkage.JudgedBefore, linkage.AlreadyJudged)):
            judged(first, room.orgs[1].code, "unsure", actor=actor)
    assert judged(first, room.orgs[0].code, "unsure", actor="c").state == "third"
    assert linkage.judge_none(pending=first, actor="d", at=AT).state == "none"
    assert standing(NAME) == dict.fromkeys([room.orgs[0].code, room.orgs[1].code], "different")


def test_nobody_sees_what_the_other_said_before_it_is_settled(room: Room) -> None:
    double(room)
    first = room.propose(NAME, 0, 1)
    judged(first, room.orgs[0].code, "same", actor="a", why="地址相同")
    hidden = linkage.history(pending=first, viewer="b")
    assert [(step.what, step.actor, step.code, step.why) for step in hidden] == [("hidden", "", "", "")]
    assert [step.why for step in linkage.history(pending=first, viewer="a")] == ["地址相同"]
    judged(first, room.orgs[0].code, "same", actor="b")
    assert {step.actor for step in linkage.history(pending=first, viewer="c")} == {"a", "b"}


def test_a_row_that_comes_later_with_the_same_name_joins_the_review(room: Room) -> None:
    double(room)
    judged(room.propose(NAME, 0, 1), room.orgs[0].code, "same", actor="a")
    later = room.propose(NAME, 0, 1)
    assert linkage.pending_row(later).state == "second"
    assert judged(later, room.orgs[0].code, "same", actor="b").state == "same"
    assert linkage.pending() == []
    assert evidence.verify().ok


def test_the_setting_is_an_act_of_the_ledger_and_as_it_is_it_is_none(room: Room) -> None:
    assert not linkage.double_review()
    double(room)
    size = evidence.size()
    double(room)
    assert evidence.size() == size
    assert linkage.double_review()
    assert [one.body["actor"] for one in evidence.events(kinds=["linkage.review-set"])] == ["desk:office"]


def test_numbers_of_persons_do_not_get_into_a_reason(room: Room) -> None:
    first = room.propose(NAME, 0)
    judged(first, room.orgs[0].code, "different", why="联系人电话13800138000")
    assert "13800138000" not in "".join(step.why for step in linkage.history(pending=first))
    with pytest.raises(linkage.BadJudgement):
        judged(room.propose("另一个商店", 0), room.orgs[0].code, "same", why="长" * 201)


def test_reading_writes_nothing(room: Room) -> None:
    first = room.propose(NAME, 0, 1)
    size = evidence.size()
    linkage.pending(), linkage.pending_row(first), linkage.history(pending=first), linkage.links()
    (
        linkage.waiting(on=evidence.legal_day(AT)),
        linkage.decisions(),
        linkage.verdicts([linkage.asked_key(NAME)]),
    )
    assert evidence.size() == size


def test_what_waits_is_counted_by_state_and_age(room: Room) -> None:
    from datetime import timedelta

    room.propose(NAME, 0), room.propose("另一个商店", 0)
    judged(room.propose("第三个商店", 0), room.orgs[0].code, "same")
    now = linkage.waiting(on=evidence.legal_day(AT))
    assert (now.open, now.states["same"], dict(now.ages)[0]) == (2, 1, 2)
    assert dict(linkage.waiting(on=evidence.legal_day(AT) + timedelta(days=31)).ages)[None] == 2
    assert linkage.waiting(on=evidence.legal_day(AT), source="nobody").open == 0


def test_a_department_finds_its_own_rows_only(room: Room) -> None:
    mine, theirs = room.propose(NAME, 0), room.propose("另一个商店", 0, source=room.orgs[1].code)
    assert [one.id for one in linkage.pending(source=BODY)] == [mine]
    with pytest.raises(linkage.NoSuchPending):
        linkage.pending_row(theirs, source=BODY)


def test_the_queue_turns_pages_without_losing_a_row(room: Room) -> None:
    made = [room.propose(f"第{n}个商店", 0) for n in range(7)]
    seen: list[int] = []
    after: Any = None
    while found := linkage.pending(after=after, limit=3):
        seen += [one.id for one in found]
        after = seen[-1]
    assert seen == made
    assert [one.name for one in linkage.pending(text="第3个")] == ["第3个商店"]
    assert linkage.pending(text="%") == []


def test_of_two_people_at_the_same_moment_one_judges_and_the_other_is_told(room: Room) -> None:
    import threading

    from django.db import connection

    asked = room.propose(NAME, 0, 1)
    start, told = threading.Barrier(2), []

    def one(actor: str, verdict: str) -> None:
        start.wait()
        try:
            judged(asked, room.orgs[0].code, verdict, actor=actor)
            told.append("judged")
        except linkage.AlreadyJudged:
            told.append("late")
        finally:
            connection.close()

    people = [
        threading.Thread(target=one, args=pair)
        for pair in (("desk:office", "same"), ("desk:office2", "different"))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert sorted(told) == ["judged", "late"]
    assert len(standing(NAME)) == 1
    assert len(evidence.events(kinds=["linkage.judged"])) == 1
    assert evidence.verify().ok


def test_a_whole_slice_of_doubtful_rows_is_one_event(room: Room) -> None:
    from linkkit import frame

    rows = [
        {
            "batch": "20261120-09009", "row": n, "item": "admin-penalty", "source": BODY, "name": f"第{n}个商店", "code": "",
            "candidates": room.candidates(0, 1), "reason": "两家都像。",
        }
        for n in range(4_900)
    ]  # fmt: skip
    with evidence.event(evidence.Act(kind="linkage.proposed", actor="test", at=AT)) as event:
        linkage.propose(event=event, rows=frame(rows))
        assert event.rows <= 4_900, "a slice of nothing but doubtful rows fits a transaction"
    assert linkage.waiting(on=evidence.legal_day(AT)).open == 4_900
    assert linkage.verdicts([linkage.asked_key(one["name"]) for one in rows]).is_empty()
    assert evidence.verify().ok
