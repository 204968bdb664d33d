"""Whatever people do in whatever order, what stands stays consistent and the ledger can prove it."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from linkkit import CODES, Room, state_of

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError
from xinheng.linkage import service as linkage

pytestmark = pytest.mark.database
PEOPLE = st.sampled_from(["a", "b", "c", "d"])
PICKED = st.integers(0, 2)
NAMES = st.integers(0, 2)
_examples = count()


class People(RuleBasedStateMachine):
    """Three names, three organisations, four people. Each example uses names of its own in one home."""

    room: Room

    @initialize(double=st.booleans())
    def begin(self, double: bool) -> None:
        self.lead = f"第{next(_examples)}回"
        self.rows: list[int] = []
        self.made: dict[int, int] = {}
        linkage.set_double_review(double=double, actor="a", at=AT)

    def name(self, n: int) -> str:
        return f"{self.lead}{'甲乙丙'[n]}商贸有限公司"

    def keys(self) -> list[str]:
        return [linkage.asked_key(self.name(n)) for n in range(3)]

    def stands(self) -> list[tuple[str, str, str]]:
        return linkage.verdicts(self.keys()).select("key", "code", "verdict").rows()

    @rule(n=NAMES, picked=st.sets(PICKED))
    def proposed(self, n: int, picked: set[int]) -> None:
        different = {
            code for key, code, word in self.stands() if key == self.keys()[n] and word == "different"
        }
        number = self.room.propose(self.name(n), *sorted(picked))
        if number:
            self.rows.append(number)
            told = {one.code for one in linkage.pending_row(number).candidates}
            assert told == {CODES[one] for one in picked} - different
        else:
            assert {CODES[one] for one in picked} <= different

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), picked=PICKED, word=st.sampled_from(["same", "different", "unsure"]), actor=PEOPLE)
    def judged(self, data: Any, picked: int, word: str, actor: str) -> None:
        number = data.draw(st.sampled_from(self.rows))
        before = linkage.pending_row(number)
        try:
            done = linkage.judge(pending=number, code=CODES[picked], verdict=word, actor=actor, at=AT)
        except XinhengError:
            assert linkage.pending_row(number) == before
            return
        assert all(linkage.pending_row(one).state == "same" for one in done.take_up)

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), actor=PEOPLE)
    def none_of_these(self, data: Any, actor: str) -> None:
        number = data.draw(st.sampled_from(self.rows))
        try:
            linkage.judge_none(pending=number, actor=actor, at=AT)
        except XinhengError:
            return

    @rule(data=st.data(), actor=PEOPLE)
    def reversed(self, data: Any, actor: str) -> None:
        standing = [(key, code) for key, code, _ in self.stands()]
        if not standing:
            return
        key, code = data.draw(st.sampled_from(sorted(standing)))
        done = linkage.reverse(verdict=linkage.standing(key)[code][0], why="看错了", actor=actor, at=AT)
        self.rows += [one for one in done.pending if one not in self.rows]
        assert code not in linkage.standing(key)

    @rule(n=NAMES, picked=PICKED)
    def linked(self, n: int, picked: int) -> None:
        word = {(key, code): word for key, code, word in self.stands()}.get(
            (self.keys()[n], CODES[picked]), ""
        )
        if word == "different":
            return
        link, statement = self.room.link(
            self.name(n), picked, how="judged" if word == "same" else "automatic"
        )
        self.made[link] = statement

    @precondition(lambda self: self.made)
    @rule(data=st.data(), different=st.booleans(), actor=PEOPLE)
    def undone(self, data: Any, different: bool, actor: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.made)))
        row, fresh = linkage.link(number), not linkage.link(number).undone
        done = linkage.undo(links=[number], why="不是同一家", actor=actor, at=AT, different=different)
        self.rows += [one for one in done.pending if one not in self.rows]
        assert linkage.link(number).undone
        if fresh and different:
            assert (row.key, row.uscc, "different") in self.stands()

    @rule(double=st.booleans())
    def set(self, double: bool) -> None:
        linkage.set_double_review(double=double, actor="a", at=AT)

    @invariant()
    def one_word_stands_for_a_name_and_an_organisation(self) -> None:
        if not hasattr(self, "lead"):
            return
        stands = self.stands()
        assert len({(key, code) for key, code, _ in stands}) == len(stands)
        for wanted in self.keys():
            assert sum(key == wanted and word == "same" for key, _, word in stands) <= 1

    @invariant()
    def an_undone_link_has_no_standing_statement_and_a_judged_one_its_verdict(self) -> None:
        if not hasattr(self, "lead"):
            return
        stands = set(self.stands())
        for link, statement in self.made.items():
            row = linkage.link(link)
            assert state_of(statement) == ("annulled" if row.undone else "held")
            if row.how == "judged" and not row.undone:
                assert (row.key, row.uscc, "same") in stands

    @invariant()
    def every_undone_row_waits_or_was_answered_since(self) -> None:
        if not hasattr(self, "lead"):
            return
        places = {(one.batch, one.row) for one in linkage.pending_rows(self.rows)}
        for link in self.made:
            row = linkage.link(link)
            assert not row.undone or (row.batch, row.row) in places

    def teardown(self) -> None:
        assert evidence.verify().findings == []


def test_any_order_of_acts_keeps_what_stands_consistent(room: Room) -> None:
    machine = type("PeopleHere", (People,), {"room": room})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )  # fmt: skip
