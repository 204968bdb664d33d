"""Swept every night, or once and late, or twice: what is kept in the end is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from casekit import ALL, CLERK, EXCHANGE, FIRM, OFFICE, PNG, SECOND, apply_for_repair, at, object_to
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.cases import binding, sweeping
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.errors import XinhengError

LAST = 50
TAKEN = (
    "forward",
    "refuse",
    "withdraw",
    "request-supplement",
    "supplement",
    "accept",
    "extend",
    "grant",
    "return",
)
ACTORS = {"forward": OFFICE, "withdraw": FIRM, "supplement": EXCHANGE}
Plan = list[tuple[int, str, int]]


@pytest.fixture
def new_home(request: pytest.FixtureRequest, _empty_template: Any, tmp_path_factory: Any, ran: Any) -> Any:
    """A home of its own for each asking, as empty as the last."""
    homes = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[1] / "conftest.py"))
    assert homes is not None

    def make() -> Iterator[Any]:
        with pytest.MonkeyPatch.context() as patch:
            yield from homes.copied(_empty_template, tmp_path_factory.mktemp("swept"), patch)

    return make


def outcome(plan: Plan, nights: set[int], twice: bool) -> list[Any]:
    """Lives a plan through, swept in these nights and once at the end; everything that then says who was late."""
    numbers: list[str] = []

    def tell(event: evidence.OpenEvent, late: list[cases.OverdueCase]) -> None:
        # Kept with the event, so that what was told in an act that failed is forgotten with it
        event.detail.setdefault("told", []).extend(
            [one.number, one.since.isoformat(), one.late] for one in late
        )

    for kind in ("objection", "repair"):
        cases.register_overdue(kind, tell)
    for day in range(LAST):
        for when, act, which in plan:
            if when == day:
                _do(act, which, day, numbers)
        for _ in range((day in nights) * (1 + twice)):
            cases.sweep(at=at(day))
    cases.sweep(at=at(LAST))
    assert evidence.verify().findings == []
    told = [one for entry in evidence.events() for one in entry.body["detail"].get("told", ())]
    rows = binding.query(
        "SELECT c.number, o.since, o.late FROM cases_overdue o JOIN cases_case c ON c.id = o.case_id"
    )
    shown = [(line.number, line.state, line.due_on, line.overdue, line.version)
             for line in cases.due(reader=ALL, on=at(LAST).date(), limit=500)[0]]  # fmt: skip
    return [
        sorted(map(str, rows)),
        sorted(map(str, told)),
        shown,
        sorted(cases.counters_by_body(on=at(LAST).date()), key=str),
    ]


def _do(act: str, which: int, day: int, numbers: list[str]) -> None:
    if act in ("objection", "repair") or not numbers:
        done = (
            object_to(at=at(day))
            if act == "objection"
            else apply_for_repair(at=at(day), outside=f"XF-{day}-{len(numbers)}")
        )
        numbers.append(done.case.number)
        return
    number = numbers[which % len(numbers)]
    for actor in (ACTORS.get(act, CLERK), *([SECOND] if act == "grant" else [])):
        try:
            cases.act(
                number=number, act=act, actor=actor, at=at(day), reason="理由", detail={"supplements": ["凭证"]},
                attachments=[cases.Upload("凭证.png", PNG)] if act == "supplement" else (),
            )  # fmt: skip
        except XinhengError:
            return


PLANS = st.lists(
    st.tuples(
        st.integers(0, LAST - 1), st.sampled_from(("objection", "repair", "objection", "repair", *TAKEN)), st.integers(0, 9)
    ),
    min_size=3, max_size=25,
)  # fmt: skip


def test_daily_sweeps_and_one_late_sweep_leave_the_same(
    new_home: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.cases import handlers

    def in_a_new_home(plan: Plan, nights: set[int], twice: bool = False) -> list[Any]:
        monkeypatch.setattr(handlers, "_late", {})
        made = new_home()
        next(made)
        try:
            return outcome(plan, nights, twice)
        finally:
            next(made, None)

    @settings(
        max_examples=2 if request.config.getoption("--db") == "postgres" else 12, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(plan=PLANS, some=st.sets(st.integers(0, LAST - 1)))
    def same(plan: Plan, some: set[int]) -> None:
        daily = in_a_new_home(plan, set(range(LAST)))
        assert in_a_new_home(plan, set()) == daily
        assert in_a_new_home(plan, some, twice=True) == daily

    same()


def test_a_sweep_works_in_parts_and_goes_on_where_it_was_stopped(
    ran: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        object_to()
    monkeypatch.setattr(sweeping, "PART", 3)
    seen: list[int] = []

    def stops(event: Any, late: list[cases.OverdueCase]) -> None:
        if len(seen) == 1:
            seen.append(0)
            raise RuntimeError("killed")
        seen.append(len(late))

    cases.register_overdue("objection", stops)
    with pytest.raises(RuntimeError):
        cases.sweep(at=at(30))
    assert cases.counters(reader=ALL, on=at(30).date()).overdue == 7
    assert len(binding.query("SELECT 1 FROM cases_overdue")) == 3
    assert cases.sweep(at=at(31)).overdue == 4
    assert {row[0] for row in binding.query("SELECT since FROM cases_overdue")}.__len__() == 1
    assert seen == [3, 0, 3, 1] and evidence.verify().findings == []
