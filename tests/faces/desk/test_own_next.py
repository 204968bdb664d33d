"""What an organisation is told to do first. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xinheng.faces.desk.views import own_next

ON = date(2026, 11, 20)
DAYS = st.integers(-400, 400).map(lambda n: ON + timedelta(days=n))
MAYBE = st.one_of(st.none(), DAYS)


@st.composite
def entries(draw: Any) -> Any:
    return SimpleNamespace(
        id=draw(st.integers(1, 6)), marks=tuple(draw(st.sets(st.sampled_from(["repaired", "disputed", "suppressed"]), max_size=1))),
        earliest_repair=draw(MAYBE), show_until=draw(MAYBE), received_on=ON - timedelta(days=draw(st.integers(0, 99))),
    )  # fmt: skip


@st.composite
def lines(draw: Any) -> Any:
    return SimpleNamespace(
        number=f"n{draw(st.integers(0, 9))}", kind=draw(st.sampled_from(["objection", "repair"])), final=draw(st.booleans()),
        desk=draw(st.sampled_from(["subject", "authority"])), due_on=draw(MAYBE), statement=draw(st.integers(1, 6)),
    )  # fmt: skip


def _nexts(found: Any, cases: Any, remedies: Any = None) -> list[own_next.Next]:
    return own_next.nexts(entries=found, cases=cases, remedies=remedies or {}, on=ON)


@given(st.lists(entries(), max_size=8), st.lists(lines(), max_size=6))
def test_what_has_a_last_day_comes_before_everything_else_and_soonest_first(found: Any, cases: Any) -> None:
    told = _nexts(found, cases)
    order = [own_next._ORDER[one.kind] for one in told]
    assert order == sorted(order)
    days = [one.on or date.max for one in told if one.kind == own_next.SUPPLEMENT]
    assert days == sorted(days) and len(days) == sum(
        not case.final and case.desk == "subject" for case in cases
    )


@given(st.lists(entries(), max_size=8), st.lists(lines(), max_size=6))
def test_nothing_is_offered_for_what_is_over_or_under_way(found: Any, cases: Any) -> None:
    busy = {(case.statement, case.kind) for case in cases if not case.final}
    for one in _nexts(found, cases):
        if one.entry is None:
            continue
        assert not set(one.entry.marks) & {"repaired", "suppressed"}
        assert one.entry.show_until is None or one.entry.show_until >= ON
        if one.kind in (own_next.REPAIR_NOW, own_next.REPAIR_LATER):
            assert (one.entry.id, "repair") not in busy
            assert (one.kind == own_next.REPAIR_NOW) == (one.entry.earliest_repair <= ON)
        if one.kind == own_next.OBJECT:
            assert (one.entry.id, "objection") not in busy


def test_a_remedy_whose_last_day_is_over_is_not_offered() -> None:
    case = SimpleNamespace(number="n", kind="repair", final=True, desk="none", due_on=None, statement=1)
    past, coming = (SimpleNamespace(last_day=ON + timedelta(days=n)) for n in (-1, 9))
    told = _nexts([], [case], {"n": [past, coming]})
    assert [one.remedy for one in told] == [coming] and told[0].must


@given(st.lists(entries(), max_size=30))
def test_shortened_keeps_every_kind_and_everything_that_has_a_last_day(found: Any) -> None:
    told = _nexts(found, [])
    kept = own_next.shortened(told)
    assert {one.kind for one in kept} == {one.kind for one in told}
    assert all(
        sum(one.kind == kind for one in kept) <= 2 for kind in {one.kind for one in kept if not one.must}
    )
