"""Two desks cannot answer one case, and two clicks are one: real threads on real transactions, and a killed process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from typing import Any

import pytest
from casekit import ALL, CLERK, FIRM, OFFICE, apply_for_repair, at, object_to
from django.db import connection, connections

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence


def together(*works: Callable[[], Any]) -> list[Any]:
    """Answers or errors of works started at the same moment, each on a connection of its own."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[place] = work()
        except Exception as error:
            answers[place] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("version", [1, None])
def test_two_desks_cannot_answer_one_case(ran: Any, version: int | None) -> None:
    for turn in range(4):
        number = object_to().case.number
        answers = together(
            lambda: cases.act(number=number, act="forward", actor=OFFICE, at=at(), version=version),  # noqa: B023
            lambda: cases.act(number=number, act="correct-own-copy", actor=cases.Actor("office-9", "office"), at=at(),  # noqa: B023
                              version=version, reason="抄录有误", detail={"changes": {"x": "1"}}),
        )  # fmt: skip
        done = [one for one in answers if isinstance(one, cases.Done)]
        refused = [one for one in answers if isinstance(one, cases.CaseMovedOn | cases.NotPossible)]
        assert (len(done), len(refused)) == (1, 1), (turn, answers)
        assert cases.case(number=number, reader=ALL).version == 2
    assert evidence.verify().findings == []


def test_a_double_click_in_the_same_moment_is_one_act(ran: Any) -> None:
    opened = together(*[lambda: object_to(token="one-form")] * 4)
    assert len({done.case.number for done in opened}) == 1
    assert sorted(done.repeated for done in opened) == [False, True, True, True]
    number = opened[0].case.number
    acted = together(
        *[lambda: cases.act(number=number, act="withdraw", actor=FIRM, at=at(), version=1, token="w")] * 4
    )
    assert sorted(done.repeated for done in acted) == [False, True, True, True]
    assert len(cases.steps(number=number, reader=ALL)) == 2
    assert evidence.verify().findings == []


def test_the_exchange_may_push_one_case_twice_at_once(ran: Any) -> None:
    pushed = together(*[lambda: apply_for_repair(outside="XF-7")] * 3)
    assert len({done.case.number for done in pushed}) == 1
    assert sorted(done.repeated for done in pushed) == [False, True, True]


def test_cases_opened_at_once_have_numbers_in_one_series(ran: Any) -> None:
    opened = together(*[lambda: object_to()] * 6)
    serials = sorted(int(done.case.number.split("〕")[1].removesuffix("号")) for done in opened)
    assert serials == [1, 2, 3, 4, 5, 6]
    papers = [cases.documents(number=done.case.number, reader=ALL)[0].number for done in opened]
    assert len(set(papers)) == 6


def test_two_proposals_at_once_are_one_waiting_step(ran: Any) -> None:
    number = apply_for_repair().case.number
    cases.act(number=number, act="accept", actor=CLERK, at=at())
    other = cases.Actor("scjg-other", "authority", CLERK.body)
    answers = together(
        lambda: cases.act(number=number, act="grant", actor=CLERK, at=at(), version=2),
        lambda: cases.act(number=number, act="refuse", actor=other, at=at(), version=2, reason="未改正"),
    )
    assert sum(isinstance(one, cases.Done) and one.waiting for one in answers) == 1
    assert sum(isinstance(one, cases.CaseMovedOn) for one in answers) == 1


def test_a_killed_process_leaves_nothing_half_and_the_act_can_be_repeated(ran: Any) -> None:
    number = object_to().case.number
    before = (evidence.size(), cases.case(number=number, reader=ALL))
    script = f"""
        import django, os, signal
        django.setup()
        from django.db import connection
        connection.settings_dict["NAME"] = {connection.settings_dict["NAME"]!r}
        from datetime import datetime
        from xinheng.cases import handlers, service as cases
        def die(*_):
            os.kill(os.getpid(), signal.SIGKILL)
        handlers._effects["objection.route"] = die
        cases.act(number={number!r}, act="forward", actor=cases.Actor("office-1", "office"),
                  at=datetime.fromisoformat({at().isoformat()!r}), version=1, token="t")
    """
    connection.close()
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env={**os.environ, "PYTHONPATH": "src"}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (evidence.size(), cases.case(number=number, reader=ALL)) == before
    done = cases.act(number=number, act="forward", actor=OFFICE, at=at(), version=1, token="t")
    assert not done.repeated and done.case.version == 2
    assert evidence.verify().findings == []
