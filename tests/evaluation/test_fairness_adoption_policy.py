"""The way of a model: one account proposes, another confirms; taking back needs one. By cases, and over all sequences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.evaluation import policy_adoption as policy
from xinheng.evaluation.adoption_errors import NotThisStep, OneAccountTwice
from xinheng.evaluation.policy_adoption import Done, Status, after, allowed, folded

DAY = date(2026, 11, 20)


def acts(*told: tuple[str, str]) -> list[Done]:
    return [Done(act, by, DAY, reason="理由", basis="basis" if "publi" in act else "") for act, by in told]


def test_a_model_nobody_decided_about_is_off() -> None:
    assert folded([]) == Status()
    assert not folded([]).usable


def test_one_account_proposes_and_another_adopts() -> None:
    status = folded(acts(("propose", "li"), ("adopt", "wang")))
    assert (status.state, status.adopted_by, status.usable, status.published) == (
        "adopted",
        "wang",
        True,
        False,
    )


@pytest.mark.parametrize(
    "before",
    [
        [("propose", "li")],
        [("propose", "li"), ("adopt", "wang"), ("propose-publication", "li")],
        [("propose", "wang"), ("refuse", "li"), ("propose", "li")],
    ],
)
def test_who_proposed_cannot_confirm(before: list[tuple[str, str]]) -> None:
    status = folded(acts(*before))
    act = "publish" if len(before) == 3 and before[2][0] == "propose-publication" else "adopt"
    with pytest.raises(OneAccountTwice):
        after(status, Done(act, "li", DAY))
    assert act not in allowed(status, by="li")
    assert act in allowed(status, by="wang")


def test_withdrawing_switches_off_at_once_and_takes_publication_with_it() -> None:
    status = folded(
        acts(
            ("propose", "li"), ("adopt", "wang"), ("propose-publication", "wang"), ("publish", "li"), ("withdraw", "li")
        )
    )  # fmt: skip
    assert (status.state, status.published_on, status.basis, status.adopted_by) == ("off", None, "", "")


def test_unpublishing_leaves_the_model_adopted() -> None:
    status = folded(
        acts(
            ("propose", "li"), ("adopt", "wang"), ("propose-publication", "wang"), ("publish", "li"), ("unpublish", "li")
        )
    )  # fmt: skip
    assert (status.state, status.published, status.basis) == ("adopted", False, "")


@pytest.mark.parametrize(
    "act", ["adopt", "refuse", "withdraw", "publish", "unpublish", "propose-publication"]
)
def test_no_step_fits_a_model_that_is_off_but_a_proposal(act: str) -> None:
    with pytest.raises(NotThisStep):
        after(Status(), Done(act, "li", DAY))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(policy.ACTS), st.sampled_from(["li", "wang", "zhao"])), max_size=14)
)
def test_nothing_has_effect_without_two_accounts(tried: list[tuple[str, str]]) -> None:
    status, proposer = Status(), ""
    for act, by in tried:
        try:
            moved = after(status, Done(act, by, DAY, basis="b" if act == "propose-publication" else ""))
        except (NotThisStep, OneAccountTwice):
            assert act not in allowed(status, by=by)
            continue
        assert act in allowed(status, by=by)
        if act.startswith("propose"):
            proposer = by
        if (moved.usable and not status.usable) or (moved.published and not status.published):
            assert by != proposer
        assert moved.published <= moved.usable
        assert not moved.published or moved.basis
        status = moved


GOOD = policy.Rests("m", "p", DAY, DAY, policy.LEAST, 100, 0)


def _unfit(**given: Any) -> str:
    return policy.unfit(replace(GOOD, **given), model="m", pack="p", on=DAY)


def test_a_report_of_this_model_under_this_pack_of_enough_organisations_carries_adoption() -> None:
    assert _unfit() == ""
    assert _unfit(made=DAY - policy.FRESH, on=DAY - policy.FRESH) == ""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"model": "older"}, "还没有报告"), ({"pack": "older"}, "别的规则包"), ({"organisations": 0}, "只有 0 个主体"),
        ({"organisations": policy.LEAST - 1}, f"少于 {policy.LEAST} 个"),
        ({"made": DAY - policy.FRESH - timedelta(days=1)}, "超过 30 天"), ({"on": date(1900, 1, 1)}, "1900-01-01"),
        ({"on": DAY + timedelta(days=1)}, "按今天重新算"), ({"made": DAY + timedelta(days=1)}, "重新算一份"),
        ({"tried": 0}, "没有试过单调"), ({"improved": 1}, "不单调"),
    ],
)  # fmt: skip
def test_a_report_of_nothing_of_another_day_or_of_other_rules_carries_none(
    given: dict[str, Any], why: str
) -> None:
    assert why in _unfit(**given)


def test_without_a_report_there_is_no_adoption() -> None:
    assert "还没有报告" in policy.unfit(None, model="m", pack="p", on=DAY)
