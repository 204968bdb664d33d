"""Lists that are received: they leave when the source withdraws them or the stay ends, and each end is told apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import listtown as town
from listtown import TODAY
from remedytown import at, end_of_journey, sees
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.lists import service as lists
from xinheng.notices import service as notices
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

LATER = TODAY + timedelta(days=30)


def one(code: str, on: date = TODAY) -> lists.ListEntry | None:
    found = [entry for entry in lists.of_usccs(usccs=[code], on=on).get(code, []) if entry.kind == town.KIND]
    assert len(found) <= 1
    return found[0] if found else None


def left(code: str, on: date) -> list[lists.ListEntry]:
    return [entry for entry in lists.entries(uscc=code, state="left", on=on)[0] if entry.kind == town.KIND]


def test_a_received_entry_has_kind_end_and_warning_and_its_own_proof(city: Any) -> None:
    code = town.firm()
    told = town.received(town.row(code))
    assert told.accepted == 1
    entry = one(code)
    assert entry is not None
    assert entry.until == TODAY.replace(year=TODAY.year + 3)
    assert entry.warning_on == entry.until - timedelta(days=law.active().lists[town.KIND].warning)
    assert entry.own_case == ""
    assert records.statements([entry.statement])[entry.statement].source[0] == told.batch


def test_every_entry_on_file_has_a_kind_and_those_with_a_stay_an_end_and_a_warning(city: Any) -> None:
    found, _ = lists.entries(on=TODAY, limit=200)
    assert len({entry.item for entry in found}) == 3
    pack = law.active()
    for entry in found:
        kind = pack.lists[entry.kind]
        assert not lists.missing(kind)
        if kind.stay is not None:
            assert entry.until is not None
            assert entry.warning_on == entry.until - timedelta(days=kind.warning)
        else:
            assert kind.exit("removal") is not None


def test_a_kind_no_pack_knows_is_not_taken_in(city: Any) -> None:
    code = town.firm()
    told = town.received(town.row(code, YZ_LB="拖拉机严重失信名单"))
    assert told.accepted == 0
    assert one(code) is None


@pytest.mark.parametrize(
    ("why", "exit_"),
    [("已履行全部义务，准予提前移出", "removal"), ("列入决定被法院撤销", "revocation"), ("列入有误，予以更正", "correction"),
     ("公布期限届满", "expiry"), ("", "removal")],
)  # fmt: skip
def test_an_entry_leaves_when_its_source_sends_a_day_of_removal(city: Any, why: str, exit_: str) -> None:
    code = town.firm()
    town.received(town.row(code))
    before = one(code)
    assert before is not None
    gone = town.row(code, YZ_YCRQ=str(LATER), YZ_YCYY=why, YZ_YCJG="示例局")
    assert town.received(gone, LATER).updated == 1
    assert one(code, LATER) is None
    assert sees("public", before.statement, LATER) is None
    [entry] = left(code, LATER)
    assert (entry.exit, entry.left_on) == (exit_, LATER)
    told = lists.exits(first=LATER, last=LATER).filter(kind=town.KIND)
    assert told.filter(exit=exit_)["n"].sum() >= 1
    end_of_journey(LATER)


def test_an_annulled_entry_was_revoked_and_one_with_another_number_was_corrected(city: Any) -> None:
    from xinheng.intake import service as intake

    code, other = town.firm(), town.firm(1)
    town.received(town.row(code))
    first = one(code)
    assert first is not None
    ready = intake.correction(
        statement=first.statement, changes={"YZ_WSH": "淮市监严列字〔2026〕902号"}, at=at(TODAY, 21)
    )
    with evidence.event(evidence.Act(kind="intake.corrected", actor="test", at=at(TODAY, 21))) as event:
        intake.write_correction(event=event, correction=ready)
    town.received(town.row(other), LATER)
    second = one(other, LATER)
    assert second is not None
    with evidence.event(evidence.Act(kind="records.annulled", actor="test", at=at(LATER, 21))) as event:
        records.restand(event=event, statement_ids=[second.statement], state="annulled")
    evidence.drain(at=at(LATER, 22))
    [corrected] = left(code, LATER)
    assert corrected.exit == "correction"
    still = one(code, LATER)
    assert still is not None
    assert still.document.endswith("902号")
    assert [entry.exit for entry in left(other, LATER)] == ["revocation"]
    end_of_journey(LATER + timedelta(days=1))


def test_the_stay_ends_at_the_gate_with_no_job_and_no_follower(city: Any) -> None:
    code = town.firm()
    town.received(town.row(code))
    entry = one(code)
    assert entry is not None and entry.until is not None
    assert one(code, entry.until) is not None
    gone = entry.until + timedelta(days=1)
    assert one(code, gone) is None
    assert [found.exit for found in left(code, gone)] == ["expiry"]


def test_a_suspended_entry_is_not_listed_and_has_not_left(city: Any) -> None:
    code = town.firm()
    town.received(town.row(code))
    entry = one(code)
    assert entry is not None
    with evidence.event(evidence.Act(kind="cases.acted", actor="test", at=at(TODAY, 21))) as event:
        records.restand(event=event, statement_ids=[entry.statement], state="suppressed")
    assert one(code) is None
    evidence.drain(at=at(TODAY, 22))
    assert one(code) is None
    assert left(code, TODAY) == []


def test_sixty_days_before_the_end_a_warning_begins_and_takes_itself_back(city: Any) -> None:
    code = town.firm()
    town.received(town.row(code))
    entry = one(code)
    assert entry is not None and entry.warning_on is not None and entry.until is not None
    day = entry.warning_on
    assert entry.statement not in [
        found.statement for found in lists.leaving_soon(on=day - timedelta(days=1))[0]
    ]
    assert entry.statement in [found.statement for found in lists.leaving_soon(on=day)[0]]
    assert lists.sweep(at=at(day)).warned >= 1
    [notice] = [one for one in notices.inbox(uscc=code) if one.kind == "list-ending"]
    assert (notice.about_on, notice.still) == (entry.until, True)
    assert entry.until.strftime("%Y") in notices.words(notice, language="zh").body
    gone = town.row(code, YZ_YCRQ=str(day + timedelta(days=1)), YZ_YCYY="提前移出", YZ_YCJG="示例局")
    town.received(gone, day + timedelta(days=1))
    after = day + timedelta(days=1)
    assert entry.statement not in [found.statement for found in lists.leaving_soon(on=after)[0]]
    [notice] = [one for one in notices.inbox(uscc=code) if one.kind == "list-ending"]
    assert not notice.still
    swept = lists.sweep(at=at(after, 21))
    assert swept.taken_back == 1
    assert lists.sweep(at=at(after, 22)) == lists.Swept(0, 0, 0, 0)
    end_of_journey(after + timedelta(days=1))


def test_the_list_of_what_ends_soon_goes_on_where_it_stopped(city: Any) -> None:
    for place, day in enumerate(("2023-12-20", "2023-12-01", "2023-12-10", "2023-12-10")):
        town.received(town.row(town.firm(place), YZ_LRRQ=day, YZ_WSH=f"淮市监严列字〔2023〕{place}号"))
    whole, _ = lists.leaving_soon(on=TODAY, limit=200)
    assert len(whole) >= 4
    assert [found.until for found in whole] == sorted(found.until for found in whole if found.until)
    pages, after = [], None
    while True:
        found, after = lists.leaving_soon(on=TODAY, limit=1, after=after)
        pages += found
        if after is None:
            break
    assert pages == whole
    with pytest.raises(lists.Unreadable):
        lists.leaving_soon(on=TODAY, after="nonsense")


def test_entries_page_by_key_and_count_nothing(city: Any) -> None:
    whole, _ = lists.entries(on=TODAY, limit=200)
    pages, after = [], None
    while True:
        found, after = lists.entries(on=TODAY, limit=7, after=after)
        pages += found
        if after is None:
            break
    assert pages == whole
    with CaptureQueriesContext(connection) as few:
        lists.entries(on=TODAY, limit=1)
    with CaptureQueriesContext(connection) as many:
        lists.entries(on=TODAY, limit=50)
    assert len(many) == len(few)
    assert not [query for query in many.captured_queries if "COUNT(" in query["sql"].upper()]


def test_what_left_is_told_to_its_own_desk_and_in_general_to_nobody(city: Any) -> None:
    with pytest.raises(lists.Unreadable):
        lists.entries(on=TODAY, state="left")
    with pytest.raises(lists.Unreadable):
        lists.entries(on=TODAY, state="everything")
    with pytest.raises(lists.UnknownList):
        lists.entries(on=TODAY, kind="no-such-list")


def test_the_ratio_counts_each_enterprise_once_over_those_that_exist(city: Any) -> None:
    code = town.firm()
    before = lists.ratio(on=TODAY)
    town.received(town.row(code))
    town.received(town.row(code, YZ_WSH="淮市监严列字〔2026〕903号"))
    told = lists.ratio(on=TODAY)
    assert (told.listed, told.existing) == (before.listed + 1, before.existing)
    mine = {one["kind"]: one for one in told.by_kind.to_dicts()}[town.KIND]
    was = {one["kind"]: one for one in before.by_kind.to_dicts()}.get(
        town.KIND, {"enterprises": 0, "entries": 0}
    )
    assert (mine["enterprises"] - was["enterprises"], mine["entries"] - was["entries"]) == (1, 2)
    # Recounted by hand from what the public may see
    seen = {
        entry.uscc
        for item in ("serious-list", "judgment-defaulter")
        for entry in publication.statements(audience="public", on=TODAY, item=item, limit=500)
        if entry.uscc.startswith("91")
    }
    assert told.listed == len(seen)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM ({register.registered_sql()}) r WHERE r.status = '存续' AND r.code LIKE '91%%'",
            [],
        )
        assert told.existing == cursor.fetchone()[0]
    assert told.per_million == told.listed * 1_000_000 // told.existing
    assert told.over == (told.listed * 100 > told.existing)


def test_the_ratio_of_a_place_with_no_enterprise_is_no_share(empty_home: Any) -> None:
    told = lists.ratio(on=TODAY)
    assert (told.listed, told.existing, told.per_million, told.over, told.percent) == (
        0,
        0,
        0,
        False,
        "0.0000",
    )


def test_the_table_is_rebuilt_to_equality(city: Any) -> None:
    from xinheng.lists import following

    def rows() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(following.COLUMNS)} FROM lists_entry ORDER BY id")
            return list(cursor.fetchall())

    code = town.firm()
    town.received(town.row(code))
    town.received(town.row(code, YZ_YCRQ=str(LATER), YZ_YCYY="移出", YZ_YCJG="示例局"), LATER)
    kept = rows()
    assert lists.rebuild() == len(kept) > 0
    assert rows() == kept
