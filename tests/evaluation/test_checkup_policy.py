"""The credit check-up as a function of entries and a day: facts, days, next steps; nothing that weighs or grades."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xinheng.evaluation import checkup_types, policy_checkup
from xinheng.evaluation.policy_checkup import Seen

ON = date(2026, 11, 20)
PENALTY = SimpleNamespace(
    code="p", name="处罚", name_en="P", section="penalties", adverse=True, received=False
)
PROMISE = SimpleNamespace(
    code="c", name="承诺", name_en="C", section="commitments", adverse=False, received=False
)
PERMIT = SimpleNamespace(
    code="l", name="许可", name_en="L", section="licences", adverse=False, received=False
)
WINDOW = SimpleNamespace(name="信用中国网站", en="Credit China")
SAID = SimpleNamespace(zh="已满最短公示期", en="The minimum is over")
PATH = SimpleNamespace(
    repairable=True, why_not="", why_not_en="", windows=(WINDOW,), conditions=(SAID,), provision="办法",
    confidence="likely",
)  # fmt: skip
COURT = SimpleNamespace(
    repairable=False, why_not="向法院申请", why_not_en="Ask the court", windows=(WINDOW,), conditions=(),
    provision="规定", confidence="likely",
)  # fmt: skip


def _seen(number: int = 1, **told: Any) -> Seen:
    usual: dict[str, Any] = {
        "id": number, "item": PENALTY, "title": "虚构的事由", "number": "〔2026〕1号", "authority": "某局",
        "decided_on": ON - timedelta(days=200), "received_on": ON - timedelta(days=190),
        "show_from": ON - timedelta(days=190), "show_until": ON + timedelta(days=165), "repair_from": ON, "severity": "ordinary",
        "marks": (), "disputed": False, "path": PATH,
    }  # fmt: skip
    return Seen(**(usual | told))


def _kinds(*seen: Seen, cases: tuple[Any, ...] = ()) -> list[str]:
    return [one.kind for one in policy_checkup.steps(seen, cases, ON)]


def test_repair_is_told_for_now_or_for_its_first_day_with_window_condition_and_provision() -> None:
    later = _seen(2, repair_from=ON + timedelta(days=40))
    now, then = policy_checkup.steps([later, _seen(1)], (), ON)
    assert (now.kind, now.statement, now.on) == ("repair-now", 1, ON)
    assert (then.kind, then.statement, then.on) == ("repair-later", 2, ON + timedelta(days=40))
    assert now.windows == (("信用中国网站", "Credit China"),) and now.provision == "办法"
    assert now.conditions == (("已满最短公示期", "The minimum is over"),)


def test_what_can_be_done_now_stands_before_every_promise_due_later() -> None:
    promise = {"item": PROMISE, "path": None, "show_until": None, "outcome": "未到期"}
    seen = [
        _seen(1, due=ON + timedelta(days=100), **promise), _seen(2, due=ON + timedelta(days=policy_checkup.SOON), **promise),
        _seen(3, due=ON - timedelta(days=1), **promise), _seen(4), _seen(5, repair_from=ON + timedelta(days=9)),
        _seen(6, repair_from=None), _seen(7, path=COURT),
    ]  # fmt: skip
    told = policy_checkup.steps(seen, (), ON)
    assert [one.statement for one in told] == [3, 2, 4, 6, 7, 1, 5]
    assert [policy_checkup.later(one, ON) for one in told] == [False] * 5 + [True] * 2


def test_an_entry_that_is_over_asks_for_nothing() -> None:
    assert _kinds(_seen(marks=("repaired",))) == []
    assert _kinds(_seen(marks=("suppressed",))) == []
    assert _kinds(_seen(show_until=ON - timedelta(days=1))) == []
    assert _kinds(_seen(left_on=ON)) == []
    assert _kinds(_seen(show_until=ON)) == ["repair-now"]


def test_what_is_under_way_is_not_advised_again() -> None:
    repair = SimpleNamespace(final=False, statement=1, kind="repair", desk="authority")
    assert _kinds(_seen(), cases=(repair,)) == []
    fresh = {"received_on": ON - timedelta(days=3)}
    assert _kinds(_seen(**fresh)) == ["repair-now", "object"]
    objection = SimpleNamespace(final=False, statement=1, kind="objection", desk="authority")
    assert _kinds(_seen(**fresh), cases=(objection,)) == ["repair-now"]
    assert _kinds(_seen(**fresh, disputed=True)) == ["repair-now"]


def test_material_a_case_waits_for_comes_first() -> None:
    waiting = SimpleNamespace(
        final=False, statement=9, kind="repair", desk="subject", due_on=ON + timedelta(days=5), kind_name="信用修复",
        number="修2026-1",
    )  # fmt: skip
    first = policy_checkup.steps([_seen()], (waiting,), ON)[0]
    assert (first.kind, first.must, first.on, first.case) == (
        "supplement",
        True,
        ON + timedelta(days=5),
        "修2026-1",
    )


def test_what_is_not_repaired_by_application_names_its_own_door() -> None:
    told = policy_checkup.steps([_seen(path=COURT)], (), ON)[0]
    assert (told.kind, told.why) == ("elsewhere", ("向法院申请", "Ask the court"))
    assert _kinds(_seen(repair_from=None)) == ["ask-authority"]
    assert _kinds(_seen(severity="undetermined", show_from=None)) == []


def test_a_promise_is_to_be_kept_by_its_day_and_a_kept_one_says_nothing() -> None:
    due = {"item": PROMISE, "path": None, "due": ON + timedelta(days=10), "show_until": None}
    told = policy_checkup.steps([_seen(outcome="未到期", **due)], (), ON)[0]
    assert (told.kind, told.must, told.on) == ("fulfil", True, ON + timedelta(days=10))
    assert _kinds(_seen(outcome="全部履行", **due)) == []
    late = _seen(outcome="未履行", **(due | {"due": ON - timedelta(days=1)}))
    assert [one.kind for one in policy_checkup.missing([late], (object(),), ON)] == ["overdue"]
    assert policy_checkup.missing([_seen(outcome="未到期", **due)], (object(),), ON) == ()


def test_a_permit_is_told_of_when_it_ends_within_ninety_days_and_not_before() -> None:
    permit = {"item": PERMIT, "path": None, "show_until": None}
    assert _kinds(_seen(valid_to=ON + timedelta(days=90), **permit)) == ["renew"]
    assert _kinds(_seen(valid_to=ON + timedelta(days=91), **permit)) == []
    assert _kinds(_seen(valid_to=ON - timedelta(days=1), **permit)) == []
    ends = policy_checkup.endings([_seen(valid_to=ON + timedelta(days=400), **permit)], ON)
    assert [(one.kind, one.on) for one in ends] == [("validity", ON + timedelta(days=400))]


@given(
    st.lists(
        st.tuples(st.integers(-30, 1200), st.one_of(st.none(), st.integers(-30, 1200)), st.booleans()),
        max_size=12,
    )
)
def test_the_months_ahead_only_fall_and_repair_never_makes_them_more(
    given_: list[tuple[int, int | None, bool]],
) -> None:
    seen = [
        _seen(
            number, show_until=ON + timedelta(days=until),
            repair_from=None if repair is None else ON + timedelta(days=repair), path=PATH if way else COURT,
        )
        for number, (until, repair, way) in enumerate(given_)
    ]  # fmt: skip
    months = policy_checkup.months(seen, ON)
    standing, repaired = [one.standing for one in months], [one.repaired for one in months]
    assert standing == sorted(standing, reverse=True) and repaired == sorted(repaired, reverse=True)
    assert all(less <= more for less, more in zip(repaired, standing, strict=True))
    assert standing[0] == sum(until >= 0 for until, _, _ in given_)
    assert len({one.label for one in months}) == len(months)
    assert standing[-1] == 0 or len(months) == policy_checkup.AHEAD + 1


def test_a_checkup_has_no_place_for_a_score_a_grade_or_a_weight() -> None:
    for kind in (checkup_types.CheckUp, checkup_types.Facet, checkup_types.Ending, checkup_types.Advice,
                 checkup_types.Missing, checkup_types.Month):  # fmt: skip
        names = {field.name for field in dataclasses.fields(kind)}
        assert not names & {"score", "grade", "micro", "points", "weight", "model", "level", "rank"}, kind
