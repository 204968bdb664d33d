"""When repair may be asked for: the day, the class, the state, and what governs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.periods import add_months
from xinheng.remedies.policy_repair import Facts, Proof, condition_state, governing, may_apply, ruling_number

DECIDED = date(2026, 5, 11)
FIRST = date(2026, 8, 12)
LAST = date(2027, 5, 11)


def facts(**changes: object) -> Facts:
    given = {
        "state": "held", "severity": "ordinary", "decided_on": DECIDED, "show_from": date(2026, 5, 15),
        "show_until": LAST, "repair_from": FIRST, **changes,
    }  # fmt: skip
    return Facts(**given)  # type: ignore[arg-type]


def test_the_day_before_the_first_is_too_early_and_names_the_day() -> None:
    early = may_apply(facts(), FIRST - timedelta(days=1))
    assert (early.code, early.first) == ("repair-too-early", FIRST)
    assert FIRST.isoformat() in early.reasons[0]
    assert may_apply(facts(), FIRST).ok


def test_after_the_last_day_there_is_nothing_to_repair() -> None:
    assert may_apply(facts(), LAST).ok
    gone = may_apply(facts(), LAST + timedelta(days=1))
    assert gone.code == "entry-ended"
    assert "自动停止公示" in gone.reasons[0]


@pytest.mark.parametrize("state", ["repaired", "superseded", "annulled", "erased", "unheard-of"])
def test_an_entry_that_is_gone_cannot_be_repaired(state: str) -> None:
    assert may_apply(facts(state=state), FIRST).code == "entry-ended"


def test_a_class_nobody_confirmed_is_not_repaired_and_one_not_shown_needs_none() -> None:
    assert (
        may_apply(facts(severity="undetermined", show_from=None, repair_from=None), FIRST).code
        == "not-repairable"
    )
    assert may_apply(facts(severity="minor", show_from=None, repair_from=None), FIRST).code == "entry-ended"


def test_what_the_law_excludes_is_refused_with_the_laws_own_words() -> None:
    refused = may_apply(facts(repairable=False, why_not="由执行法院删除"), FIRST)
    assert (refused.code, refused.reasons) == ("not-repairable", ("由执行法院删除",))


def test_without_a_minimum_it_may_be_asked_for_at_once() -> None:
    told = may_apply(facts(repair_from=None), date(2026, 5, 15))
    assert told.ok
    assert told.reasons == ("最短公示期没有查到规定，由认定单位审查",)
    # Silence of the rules proves nothing
    state, how, _ = condition_state("window", facts(repair_from=None), date(2026, 5, 15), Proof())
    assert (state, how) == ("by-authority", told.reasons[0])


def test_a_firm_in_reorganisation_does_not_wait_for_the_minimum() -> None:
    assert may_apply(facts(), DECIDED + timedelta(days=30), reorganisation=True).ok
    assert not may_apply(facts(state="annulled"), DECIDED, reorganisation=True).ok


@pytest.mark.parametrize(
    ("written", "kept"),
    [("（2026）皖06破3号", "（2026）皖06破3号"), ("〔2026〕皖06破3号", "（2026）皖06破3号"),
     ("[２０２５] 皖0621破申 15 号之一", "（2025）皖0621破申15号之一"), ("(2026)最高法民破终3号", "（2026）最高法民破终3号"),
     ("x", ""), ("法院已裁定", ""), ("（2026）皖06民初3号", ""), ("（2027）皖06破3号", ""), ("（1998）皖06破3号", ""),
     ("皖06破3号", ""), ("（2026）皖06破3号 见附件", ""), ("", "")],
)  # fmt: skip
def test_a_ruling_is_a_courts_case_number_of_a_bankruptcy(written: str, kept: str) -> None:
    assert ruling_number(written, date(2026, 11, 20)) == kept


@given(
    decided=st.dates(date(2026, 4, 1), date(2029, 12, 31)),
    asked=st.integers(0, 1_200),
    months=st.sampled_from([(3, 12), (12, 36)]),
)
def test_there_is_one_first_day_and_no_way_back(decided: date, asked: int, months: tuple[int, int]) -> None:
    first = add_months(decided, months[0]) + timedelta(days=1)
    until = add_months(decided, months[1])
    held = facts(decided_on=decided, show_from=decided, show_until=until, repair_from=first)
    day = decided + timedelta(days=asked)
    answer = may_apply(held, day)
    assert answer.ok == (first <= day <= until)
    if answer.code == "repair-too-early":
        assert answer.first == first > day


VERSIONS = [
    ("NDRC-58", "2023 年规则", "Rules of 2023", frozenset({"NDRC-58", "NDRC-58.other"})),
    ("NDRC-36", "2026 年规则", "Rules of 2026", frozenset({"NDRC-36", "NDRC-36.confiscation"})),
]


def test_the_rules_of_the_decision_day_govern_and_a_later_one_that_shortened_is_named() -> None:
    assert governing("NDRC-36.confiscation", VERSIONS).versions == ("NDRC-36",)
    old = governing("NDRC-58.other:food", VERSIONS)
    assert old.versions == ("NDRC-58",)
    both = governing("NDRC-58.other:food:NDRC-36.confiscation", VERSIONS)
    assert both.versions == ("NDRC-58", "NDRC-36")
    assert "更短" in both.says
    assert governing("", VERSIONS).versions == ()


def test_what_the_platform_can_prove_is_proven_and_the_rest_is_asked_for() -> None:
    assert condition_state("window", facts(), FIRST, Proof())[0] == "proven"
    state, how, _ = condition_state("window", facts(), DECIDED, Proof())
    assert state == "to-do"
    assert FIRST.isoformat() in how
    assert condition_state("letter", facts(), FIRST, Proof())[0] == "to-do"
    assert condition_state("fields", facts(), FIRST, Proof("平台记载已移出", "On record"))[0] == "proven"
    assert condition_state("", facts(), FIRST, Proof())[0] == "by-authority"
