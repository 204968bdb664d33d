"""The way of a model: one account proposes, another confirms; taking back needs one. By cases, and over all sequences."""

from __future__ import annotations

from datetime import date

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
