"""Where an entry is expected and how it stands there: the pure part."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xinheng.sync import policy_places as places

ON = date(2026, 11, 20)
DAYS = st.one_of(st.none(), st.integers(-40, 40).map(lambda n: ON + timedelta(days=n)))
VERDICTS = st.sampled_from(["", places.AGREES, *places.DIFFERENCES])


@given(st.booleans(), DAYS, DAYS, DAYS, VERDICTS, st.sampled_from(list(places.PLACES)))
def test_a_difference_found_stands_whatever_was_sent(
    shown: bool, due: date | None, done: date | None, seen: date | None, verdict: str, place: str
) -> None:
    state = places.state(places.There(shown, due, done, seen, verdict), place=place, on=ON)
    assert (state == "differs") == (verdict in places.DIFFERENCES)
    if state == "late":
        assert place in places.SENT_TO and shown and done is None and due is not None and due < ON
    if place not in places.SENT_TO:
        assert state not in ("late", "due"), "what the platform does not send is never called late"
    if not shown and verdict not in places.DIFFERENCES:
        assert state == "ok", "an entry no longer shown is owed nowhere"


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_each_comparison_says_one_thing(
    here: bool, listed: bool, there: bool, differing: bool, owed: bool
) -> None:
    there = there and listed
    said = places.verdict(
        shown_here=here,
        in_list=listed,
        shown_there=there,
        differing=("until",) if differing else (),
        owed=owed,
    )
    if here and there:
        assert said == (places.DIFFERS if differing else places.AGREES)
    elif here:
        assert said == (places.ENDED_THERE if listed else places.MISSING if owed else "")
    else:
        assert said == (places.STILL_SHOWN if there else places.AGREES)


def test_market_regulation_entries_are_expected_on_gsxt_and_only_they() -> None:
    ask = {"adverse": True, "timeliness": "double-publicity", "received": False}
    assert places.GSXT in places.expected(**ask, sector=places.MARKET)
    assert places.GSXT not in places.expected(**ask, sector="transport")
    assert places.expected(adverse=False, timeliness="", received=False, sector=places.MARKET) == ()
    assert places.expected(adverse=True, timeliness="", received=True, sector="") == (places.CREDIT_CHINA,)


@given(st.booleans(), DAYS, DAYS, st.sampled_from(list(places.PLACES)))
def test_what_has_to_follow_waits_until_its_day_and_is_never_in_order_uncompared(
    shown: bool, due: date | None, done: date | None, place: str
) -> None:
    there = places.There(shown, due, done, ON, "", follows=True)
    assert places.state(there, place=place, on=ON) == ("late" if due is not None and due < ON else "due")
