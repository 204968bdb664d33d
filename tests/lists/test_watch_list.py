"""The watch list is one unit's own: it ends by itself, carries no measure, and nobody else meets it anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import listtown as town
from listtown import TODAY
from remedytown import at, end_of_journey
from xinheng.lists import service as lists
from xinheng.publication import service as publication
from xinheng.register import service as register

UNTIL = date(2027, 5, 20)


def watch(**more: Any) -> lists.Watched:
    given = {
        "body": town.regulator(), "uscc": town.firm(), "reason": "半年内三次被处罚", "basis": "本局风险提示规则",
        "until": UNTIL, "actor": "desk:one", "at": at(TODAY), **more,
    }  # fmt: skip
    return lists.watch(**given)


def test_a_watch_is_the_units_own_and_ends_by_itself(city: Any) -> None:
    made = watch()
    [[found], after] = lists.watched(body=made.body, on=TODAY)
    assert (found, after) == (made, None)
    assert lists.watched(body=made.body, on=UNTIL)[0] == [made]
    assert lists.watched(body=made.body, on=UNTIL + timedelta(days=1))[0] == []
    others = {one.authority for one in publication.statements(audience="public", on=TODAY, limit=500)} - {
        made.body
    }
    assert all(lists.watched(body=one, on=TODAY)[0] == [] for one in sorted(others)[:20])
    assert lists.watched(body="", on=TODAY)[0] == []
    end_of_journey(TODAY)


def test_a_watch_carries_no_measure_and_no_class() -> None:
    names = {one for one in dir(lists.Watched) if not one.startswith("_")}
    assert not {
        one for one in names if "measure" in one or "score" in one or "level" in one or "class" in one
    }


def test_the_same_organisation_is_watched_once(city: Any) -> None:
    first = watch()
    assert watch(reason="另一个理由").id == first.id
    assert len(lists.watched(body=first.body, on=TODAY)[0]) == 1


def test_a_watch_is_ended_by_its_own_unit_with_a_reason(city: Any) -> None:
    made = watch()
    with pytest.raises(lists.NoSuchWatch):
        lists.unwatch(id=made.id, body=town.firm(), reason="x", actor="desk:two", at=at(TODAY))
    with pytest.raises(lists.WatchWrong):
        lists.unwatch(id=made.id, body=made.body, reason=" ", actor="desk:one", at=at(TODAY))
    done = lists.unwatch(id=made.id, body=made.body, reason="情况消除", actor="desk:one", at=at("2026-11-23"))
    assert done.ended_on == date(2026, 11, 23)
    assert lists.watched(body=made.body, on=date(2026, 11, 23))[0] == []
    again = lists.unwatch(id=made.id, body=made.body, reason="再次", actor="desk:one", at=at("2026-11-24"))
    assert again == done
    end_of_journey("2026-11-24")


@pytest.mark.parametrize(
    "given",
    [{"reason": " "}, {"basis": ""}, {"until": TODAY}, {"until": date(2027, 11, 21)}, {"body": "nobody"}],
)
def test_a_watch_needs_a_reason_a_basis_and_an_end_within_a_year(city: Any, given: dict[str, Any]) -> None:
    with pytest.raises(lists.WatchWrong):
        watch(**given)


def test_the_longest_watch_is_a_year(city: Any) -> None:
    assert watch(until=date(2027, 11, 20)).until == date(2027, 11, 20)


def test_individual_businesses_and_strangers_are_not_watched(city: Any) -> None:
    page = publication.statements(audience="public", on=TODAY, limit=500)
    shop = next(one.uscc for one in page if register.is_individual(one.uscc))
    for code in (shop, "340602199001011234", "nothing"):
        with pytest.raises(lists.NotWatchable):
            watch(uscc=code)


def test_personal_data_in_the_reason_is_masked(city: Any) -> None:
    made = watch(reason="联系人电话13800138000，多次投诉")
    assert "13800138000" not in made.reason
    assert "多次投诉" in made.reason


def test_a_watched_organisation_is_answered_like_any_other(city: Any) -> None:
    code = town.firm()
    before = (
        publication.counts(uscc=code, audience="authority", on=TODAY),
        lists.of_usccs(usccs=[code], on=TODAY),
    )
    watch(uscc=code)
    assert (
        publication.counts(uscc=code, audience="authority", on=TODAY),
        lists.of_usccs(usccs=[code], on=TODAY),
    ) == before
