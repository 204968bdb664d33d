"""Random people doing random things in random order: a case is always what its steps say, refused acts change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from casekit import (
    ALL,
    AUDITOR,
    CLERK,
    EXCHANGE,
    FIRM,
    FOREIGN,
    OFFICE,
    OFFICE_2,
    OTHER_BODY,
    PNG,
    SECOND,
    STRANGER,
    apply_for_repair,
    at,
    object_to,
)  # fmt: skip
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)  # fmt: skip

from xinheng.cases import service as cases
from xinheng.cases import verification
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError

PEOPLE = (FIRM, STRANGER, OFFICE, OFFICE_2, CLERK, SECOND, FOREIGN, AUDITOR, EXCHANGE)
ACTS = (
    "forward", "correct-own-copy", "return", "uphold-correct", "uphold-annul", "refuse", "suspend", "withdraw",
    "request-supplement", "supplement", "accept", "decline", "extend", "grant", "suppress-temporarily",
    "complete-reorganisation", "lift-suppression", "revoke",
)  # fmt: skip
WHOLE = {
    "changes": {"CF_NR_FK": "1.2"}, "supplements": ["凭证"], "commitment": True, "ruling": "(2026)皖06破1号",
    "served": {"on": "2026-11-20", "manner": "直接送达"},
}  # fmt: skip


class Desks(RuleBasedStateMachine):
    """Several cases on several desks; the days go on."""

    day: ClassVar[int] = 0
    opened: ClassVar[int] = 0
    numbers = Bundle("numbers")

    def __init__(self) -> None:
        super().__init__()
        self.versions: dict[str, int] = {}

    @initialize(target=numbers)
    def first(self) -> str:
        return self._opened(object_to(at=at(Desks.day)))

    @rule(target=numbers, kind=st.sampled_from(["objection", "repair"]))
    def open(self, kind: str) -> str:
        Desks.opened += 1
        outside = f"XF-{Desks.opened}"
        return self._opened(
            object_to(at=at(Desks.day))
            if kind == "objection"
            else apply_for_repair(at=at(Desks.day), outside=outside)
        )

    def _opened(self, done: cases.Done) -> str:
        self.versions[done.case.number] = done.case.version
        assert done.case.version == 1 and not done.repeated
        return done.case.number

    @rule(
        number=numbers, choices=st.lists(st.integers(0, 99), min_size=3, max_size=8),
        stale=st.sampled_from([None, 0, 0, 1]),
    )  # fmt: skip
    def next_steps(self, number: str, choices: list[int], stale: int | None) -> None:
        """Steps that can be taken now, by somebody who may; the way on more often than the way out."""
        for choice in choices:
            now = self._seen(number)
            ways = [
                (step.code, actor)
                for actor in PEOPLE
                for step in now.possible(actor)
                if step.code != "withdraw"
            ]
            if ways:
                act, actor = ways[choice % len(ways)]
                self._act(number, act, actor, stale if choice % 2 else 0, "", True)

    @rule(
        number=numbers, act=st.sampled_from(ACTS), actor=st.sampled_from(PEOPLE), stale=st.sampled_from([None, 0, 1]),
        token=st.sampled_from(["", "t"]), whole=st.booleans(),
    )  # fmt: skip
    def any_step(
        self, number: str, act: str, actor: cases.Actor, stale: int | None, token: str, whole: bool
    ) -> None:
        self._act(number, act, actor, stale, token, whole)

    def _act(
        self, number: str, act: str, actor: cases.Actor, stale: int | None, token: str, whole: bool
    ) -> None:
        before, size = self._seen(number), evidence.size()
        possible = [step.code for step in before.possible(actor)]
        version = None if stale is None else before.version - stale
        given: dict[str, Any] = {}
        if whole:
            given = {"reason": "理由", "detail": WHOLE, "attachments": [cases.Upload("凭证.png", PNG)]}
        try:
            done = cases.act(
                number=number, act=act, actor=actor, at=at(Desks.day), version=version, token=token, **given
            )
        except XinhengError:
            assert self._seen(number) == before and evidence.size() == size
            return
        if done.repeated:
            assert token and evidence.size() == size
            return
        assert act in possible and stale != 1
        assert evidence.size() == size + 1
        self._moved(number, before)
        assert done.waiting == (done.case.waiting_step is not None)
        assert done.waiting or done.case.state in {
            step.to or before.state for step in before.shape.steps if step.code == act
        }

    @rule(number=numbers, actor=st.sampled_from(PEOPLE), reason=st.sampled_from(["", "不同意"]))
    def take_back(self, number: str, actor: cases.Actor, reason: str) -> None:
        before, size = self._seen(number), evidence.size()
        try:
            cases.take_back(number=number, actor=actor, at=at(Desks.day), reason=reason)
        except XinhengError:
            assert self._seen(number) == before and evidence.size() == size
            return
        assert before.waiting_step is not None and actor.body == before.waiting_step.body
        self._moved(number, before)

    @rule(
        number=numbers,
        actor=st.sampled_from([OFFICE, CLERK, AUDITOR]),
        to=st.sampled_from([CLERK.body, OTHER_BODY]),
    )
    def reassign(self, number: str, actor: cases.Actor, to: str) -> None:
        before, size = self._seen(number), evidence.size()
        try:
            cases.reassign(number=number, to=to, reason="职权划转", actor=actor, at=at(Desks.day))
        except XinhengError:
            assert self._seen(number) == before and evidence.size() == size
            return
        assert actor is OFFICE and not before.final and before.body != to
        self._moved(number, before)

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        # A year at most: past the ledger's last day nothing can be written
        Desks.day += days

    @rule()
    def sweep(self) -> None:
        cases.sweep(at=at(Desks.day))
        size = evidence.size()
        assert cases.sweep(at=at(Desks.day)).overdue == 0 and evidence.size() == size

    @invariant()
    def overdue_only_where_a_certain_day_has_passed(self) -> None:
        today = (at(Desks.day) + timedelta(hours=8)).date()
        for number in self.versions:
            case = self._seen(number)
            if case.overdue:
                assert case.due_on and not case.provisional and case.due_on < case.overdue <= today
            taken = cases.steps(number=number, reader=ALL)
            assert [step.seq for step in taken] == list(range(1, case.version + 1))
            assert taken[-1].state_to == case.state
            assert (taken[-1].how == "proposed") == (case.waiting_step is not None)

    @invariant()
    def one_clock_runs_and_it_is_that_of_the_state(self) -> None:
        for number in self.versions:
            case = self._seen(number)
            left = [clock for clock in cases.clocks(number=number, reader=ALL) if clock.ended_on is None]
            running = [clock for clock in left if clock.paused_on is None]
            assert [(clock.state, clock.due_on) for clock in running] == (
                [(case.state, case.due_on)] if case.due_on else []
            )
            assert not (case.final and left)

    def teardown(self) -> None:
        assert list(verification.findings()) == []

    def _seen(self, number: str) -> cases.Case:
        return cases.case(number=number, reader=ALL)

    def _moved(self, number: str, before: cases.Case) -> None:
        after = self._seen(number)
        assert after.version == before.version + 1 == self.versions[number] + 1
        self.versions[number] = after.version


def test_a_case_is_always_what_its_steps_say(ran: Any, request: pytest.FixtureRequest) -> None:
    Desks.day = Desks.opened = 0
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Desks,
        settings=settings(
            max_examples=4 if request.config.getoption("--db") == "postgres" else 16,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
