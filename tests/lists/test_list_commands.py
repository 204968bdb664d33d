"""`xinheng lists`: what an operator asks of the lists, as text and as JSON; and what the demonstration shows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import listtown as town
from listtown import TODAY
from moments import AT
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake.listkinds import unfit
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.publication import service as publication

DAY = {"XINHENG_TODAY": "2026-11-20"}


def test_entries_exits_and_the_ratio_are_told_as_json(city: Any, cli: Callable[..., Any]) -> None:
    code = town.firm()
    town.received(town.row(code))
    told = cli("lists", "show", "--uscc", code, "--json", env=DAY)
    assert told.exit == 0, told.err
    [one] = [one for one in told.json["entries"] if one["kind"] == town.KIND]
    assert (one["uscc"], one["until"], one["state"]) == (code, "2029-11-20", "listed")
    ratio = cli("lists", "ratio", "--json", env=DAY)
    assert ratio.exit == (1 if ratio.json["over"] else 0)
    assert ratio.json["listed"] == lists.ratio(on=TODAY).listed
    assert cli("lists", "exits", "--json", env=DAY).json["exits"] == lists.exits(
        first=TODAY - timedelta(days=364), last=TODAY
    ).to_dicts()  # fmt: skip
    assert cli("lists", "leaving", "--within", "400", env=DAY).exit == 0
    wrong = cli("lists", "show", "--on", "gestern", env=DAY)
    assert (wrong.exit, "YYYY-MM-DD" in wrong.err) == (2, True)
    assert "authority" in cli("lists", "show", "--left", env=DAY).err


def test_a_listing_is_opened_at_the_command_line_by_its_authority_alone(
    city: Any, cli: Callable[..., Any]
) -> None:
    code, body = town.firm(), town.regulator()
    given = (
        "lists", "open", code, "--kind", town.KIND, "--facts", town.FACTS, "--document", "甲〔2026〕1号", "--trigger",
        law.active().lists[town.KIND].triggers[0].code, "--json",
    )  # fmt: skip
    told = cli(*given, "--authority", body, env=DAY)
    assert told.exit == 0, told.err
    assert cases.case(number=told.json["number"], reader=cases.Reader("office")).state == "facts"
    again = cli(*given, "--authority", body, env=DAY)
    assert again.exit != 0
    assert "listed-already" in again.out + again.err
    assert cli(*given, env=DAY).exit != 0


def test_the_round_is_part_of_the_night_and_of_a_command(city: Any, cli: Callable[..., Any]) -> None:
    from xinheng.faces.nightly import nightly

    town.received(town.row(town.firm(), YZ_LRRQ="2023-12-10"))
    told = nightly(AT)
    [part] = [part for part in told.parts if part.name == "lists.sweep"]
    assert part.ok, part.error
    assert part.told["warned"] >= 1
    swept = cli("lists", "sweep", "--json", env=DAY)
    assert swept.json == {"warned": 0, "taken_back": 0, "expired": 0, "closed": 0}


def test_the_table_is_rebuilt_by_a_command(city: Any, cli: Callable[..., Any]) -> None:
    before = lists.entries(on=TODAY, limit=200)
    assert cli("lists", "rebuild", env=DAY).exit == 0
    assert lists.entries(on=TODAY, limit=200) == before


def test_the_demonstration_has_several_kinds_two_that_end_soon_two_proceedings_and_three_watched(
    city: Any,
) -> None:
    told = lists.demo_lists(at=AT)
    assert lists.demo_lists(at=AT) == told
    evidence.drain(at=AT)
    assert {cases.case(number=one, reader=cases.Reader("office")).state for one in told.values()} == {
        "notified",
        "heard",
    }
    assert len(lists.leaving_soon(on=TODAY)[0]) >= 2
    shown = lists.entries(on=TODAY, limit=200)[0]
    assert len({one.kind for one in shown}) >= 5
    # Every kind by a body that decides on it, for conduct of that kind
    pack = law.active()
    played = [one for one in shown if one.document.startswith("（演示）")]
    assert len(played) >= 4
    for one in played:
        kind = pack.lists[one.kind]
        assert unfit(pack=pack, kind=kind.name, authority=one.authority, name=one.authority_name) == "", one
        entry = publication.statement(id=one.statement, audience="public", on=TODAY)
        assert entry is not None
        assert entry.values["YZ_LRYY"] == kind.triggers[0].zh
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM lists_watch")
        assert cursor.fetchone()[0] == 3
    assert evidence.verify().findings == []
