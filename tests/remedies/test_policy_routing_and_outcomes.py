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


@given(barred=st.none() | st.dates(date(2026, 6, 1), date(2032, 1, 1)))
def test_a_revoked_repair_is_told_beside_the_entry_only_where_a_rule_was_adopted(barred: date | None) -> None:
    told = after_false_promise(barred_until=barred)
    assert told.marked == (barred is not None)
    assert barred is None or str(barred) in told.says


def test_a_clock_is_kept_on_its_last_day_and_broken_on_the_next() -> None:
    due = date(2026, 11, 20)
    assert answered_in_time(due_on=due, closed_on=due, on=due) is True
    assert (
        answered_in_time(due_on=due, closed_on=due + timedelta(days=1), on=due + timedelta(days=9)) is False
    )
    assert answered_in_time(due_on=due, closed_on=None, on=due) is None
    assert answered_in_time(due_on=due, closed_on=None, on=due + timedelta(days=1)) is False
    assert answered_in_time(due_on=None, closed_on=None, on=due) is None
