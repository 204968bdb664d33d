"""A plan's indicators come to what a count by hand comes to, and say why where nothing can be counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.oversight import indicators as room
from xinheng.oversight import service as oversight
from xinheng.publication import service as publication
from xinheng.register import service as register

ON = date(2026, 11, 20)
PENALTY = "admin-penalty"


def scope(*items: str, subjects: tuple[str, ...] = (), containing: str = "") -> room._Scope:
    return room._Scope(law.active(), ON, items, subjects, containing)


def everything(audience: str, item: str) -> list[publication.Entry]:
    found: list[publication.Entry] = []
    after = None
    while page := publication.statements(audience=audience, on=ON, item=item, after=after, limit=500):
        found += page
        after = page[-1].id
    return found


def codes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM register_entry WHERE closed_by IS NULL")
        return [row[0] for row in cursor.fetchall()]


def test_coverage_counts_registered_organisations_with_an_entry(city: Any) -> None:
    firms = {code for code in codes() if code.startswith("91")}
    told = {entry.uscc for entry in everything("authority", PENALTY)}
    assert room._COUNTS["coverage"](scope(PENALTY, subjects=("enterprise",))) == (
        len(firms & told),
        len(firms),
    )


def test_listed_share_counts_each_existing_organisation_once(city: Any) -> None:
    active = {code for code, one in register.get(codes()).items() if one.active}
    shown = {
        entry.uscc
        for entry in everything("authority", PENALTY)
        if entry.show_until is None or entry.show_until >= ON
    }
    assert room._COUNTS["listed_share"](scope(PENALTY)) == (len(active & shown), len(active))


def test_published_share_leaves_minor_ones_out(city: Any) -> None:
    held = [entry for entry in everything("authority", PENALTY) if entry.severity != "minor"]
    shown = [entry for entry in held if entry.show_from is not None and entry.show_from <= ON]
    assert room._COUNTS["published_share"](scope(PENALTY)) == (len(shown), len(held))


def test_closed_and_uncorrected_shares_count_entries_that_ended_and_decisions_never_changed(
    city: Any,
) -> None:
    held = everything("authority", PENALTY)
    ended = [entry for entry in held if entry.show_until is not None and entry.show_until < ON]
    assert room._COUNTS["closed_share"](scope(PENALTY)) == (len(ended), len(held))
    changed = [entry for entry in held if "corrected" in entry.marks]
    unchanged, whole = room._COUNTS["uncorrected_share"](scope(PENALTY))
    assert (whole, whole - unchanged) == (len(held), len(changed)) and changed


def test_timeliness_and_conformity_are_those_of_the_batches(city: Any) -> None:
    from xinheng.intake import service as intake

    evidence.drain(at=AT)
    batches = intake.batches(item=PENALTY, limit=10_000)
    in_time = sum(one.timeliness["on_time"] for one in batches)
    late = sum(one.timeliness["late"] for one in batches)
    taken = sum(one.counts[name] for one in batches for name in ("accepted", "updated", "duplicate"))
    whole = sum(one.rows - one.counts["refused_personal"] for one in batches)
    assert room._COUNTS["conformity_share"](scope(PENALTY)) == (taken, whole)
    counted, over = room._COUNTS["on_time_share"](scope(PENALTY))
    assert 0 < counted <= over <= in_time + late + whole


def test_a_word_narrows_entries_and_organisations_of_the_plans_years(city: Any, monkeypatch: Any) -> None:
    pack = law.active()
    monkeypatch.setitem(pack.plan, "from", date(2026, 1, 1))  # type: ignore[index]
    monkeypatch.setitem(pack.plan, "to", date(2026, 12, 31))  # type: ignore[index]
    held = [
        entry
        for entry in everything("authority", PENALTY)
        if entry.decided_on and entry.decided_on.year == 2026
    ]
    with_word = [entry for entry in held if "罚款" in "\x1f".join(entry.values.values())]
    assert room._COUNTS["entries"](scope(PENALTY)) == (len(held), None)
    counted, _ = room._COUNTS["organisations"](scope(PENALTY, containing="罚款"))
    assert 0 < counted <= len({entry.uscc for entry in with_word})


def test_every_formula_of_the_vocabulary_is_counted_and_none_takes_persons() -> None:
    assert set(room._COUNTS) == set(law.FORMULAS)
    assert set(room.PREFIXES) == {
        "enterprise", "individual", "cooperative", "collective", "social", "institution", "government",
    }  # fmt: skip


@pytest.mark.parametrize("code", ["huaibei", "suixi", "xuancheng", "huaian", "huantai"])
def test_the_plan_of_every_place_is_counted_or_says_why_not(code: str, city: Any) -> None:
    found = oversight.indicators(pack=law.load(code), on=ON)
    assert found
    for one in found:
        assert (one.count is None) == bool(one.why_not), one.code
        assert one.over is None or one.count is None or one.count <= max(one.over, one.count)


@pytest.mark.parametrize(
    ("target", "count", "over", "met"),
    [("100 %", 10, 10, True), ("100 %", 9, 10, False), ("低于 1 %", 1, 100, False), ("低于 1 %", 1, 101, True),
     ("30 家以上", 30, None, True), ("99.5 %", 995, 1000, True), ("全面覆盖", 1, 2, None), ("80 %", 0, 0, None)],
)  # fmt: skip
def test_a_target_is_compared_in_whole_numbers(
    target: str, count: int, over: int | None, met: bool | None
) -> None:
    assert room._met(target, count, over) is met
