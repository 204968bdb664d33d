"""Who answers after a reform, what may be suspended, and what a false promise leads to."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xinheng.remedies.policy_outcomes import after_false_promise, answered_in_time, may_suspend
from xinheng.remedies.policy_routing import Heir, route

OLD, NEW = "113406000000000001", "113406000000000002"


def test_a_body_that_is_there_answers_for_itself() -> None:
    told = route(authority=OLD, name="某局", recorded={}, heir=None)
    assert (told.body, told.moved) == (OLD, False)


def test_the_register_goes_before_the_pack() -> None:
    heir = Heir("113406000000000003", "另一个局", date(2019, 3, 1))
    told = route(authority=OLD, name="某局", recorded={OLD: NEW}, heir=heir)
    assert (told.body, told.moved) == (NEW, True)


def test_a_successor_without_a_verified_code_gets_nothing_and_the_office_is_told() -> None:
    told = route(authority=OLD, name="工商局", recorded={}, heir=Heir("", "市场监督管理局", date(2019, 3, 1)))
    assert (told.body, told.moved) == (OLD, False)
    assert "人工改派" in told.why


@given(
    owners=st.sets(st.sampled_from(["court", "market-regulation", "tax"])),
    windows=st.sets(st.sampled_from(["gsxt", "court", "credit-china", "counter"])),
    adopted=st.booleans(),
)
def test_suspension_needs_an_adopted_provision_and_is_never_for_courts_or_gsxt(
    owners: set[str], windows: set[str], adopted: bool
) -> None:
    told = may_suspend(owners=owners, windows=windows, adopted=adopted)
    allowed = adopted and "court" not in owners | windows and "gsxt" not in windows
    assert told.ok == allowed
    assert told.why


@given(
    until=st.dates(date(2026, 6, 1), date(2029, 1, 1)),
    repair=st.none() | st.dates(date(2026, 6, 1), date(2028, 1, 1)),
    barred=st.none() | st.dates(date(2026, 6, 1), date(2032, 1, 1)),
)
def test_a_revoked_repair_gives_the_entry_its_own_days_back_and_never_more(
    until: date, repair: date | None, barred: date | None
) -> None:
    told = after_false_promise(
        show_from=date(2026, 5, 1), show_until=until, repair_from=repair, barred_until=barred
    )
    assert (told.show_from, told.show_until) == (date(2026, 5, 1), until)
    assert told.marked == (barred is not None)
    if barred is None:
        assert told.repair_from == repair
    else:
        assert told.repair_from is not None
        assert told.repair_from > barred


def test_a_clock_is_kept_on_its_last_day_and_broken_on_the_next() -> None:
    due = date(2026, 11, 20)
    assert answered_in_time(due_on=due, closed_on=due, on=due) is True
    assert (
        answered_in_time(due_on=due, closed_on=due + timedelta(days=1), on=due + timedelta(days=9)) is False
    )
    assert answered_in_time(due_on=due, closed_on=None, on=due) is None
    assert answered_in_time(due_on=due, closed_on=None, on=due + timedelta(days=1)) is False
    assert answered_in_time(due_on=None, closed_on=None, on=due) is None
