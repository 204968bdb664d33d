"""Lists of other places beside our own: differences, tickets, and their end."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.sync import service as sync

OFFICE = cases.Reader(role="office")
ON = evidence.legal_day(AT)
HEAD = ("统一社会信用代码", "文书号", "状态", "决定日期", "公示截止日期")


def _list(*rows: tuple[Any, ...]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([HEAD, *rows])
    return file.getvalue().encode()


def _penalties(count: int = 3) -> list[publication.Entry]:
    found = publication.statements(audience="public", on=ON, item="admin-penalty", limit=200)
    return [one for one in found if one.show_until and one.decided_on and (ON - one.decided_on).days > 60][
        :count
    ]


def _cells(entry: publication.Entry, status: str = "公示中", **other: Any) -> tuple[Any, ...]:
    return (
        entry.uscc,
        entry.values["CF_WSH"],
        status,
        entry.decided_on,
        other.get("until", entry.show_until),
    )


def _compare(content: bytes, **options: Any) -> sync.Compared:
    return sync.compare(
        place="credit-china", content=content, actor="test", at=options.pop("at", AT), **options
    )


def _end(statement: int, state: str, at: Any = AT) -> None:
    with evidence.event(evidence.Act(kind="records.annulled", actor="test", at=at)) as event:
        records.restand(event=event, statement_ids=[statement], state=state)


def _row(statement: int, place: str = "credit-china", on: Any = ON) -> sync.At:
    [row] = sync.rows_of([statement], on=on)
    return next(one for one in row.places if one.place == place)


def test_each_kind_of_difference_is_named(city: Any) -> None:
    same, ended, other = _penalties()
    gone = _penalties(4)[3]
    _end(gone.id, "annulled")
    told = _compare(
        _list(_cells(same), _cells(ended, "已修复"), _cells(other, until="2031-01-01"), _cells(gone))
    )
    assert dict(told.verdicts) == {"agrees": 1, "ended-there": 1, "differs": 1, "still-shown": 1}
    assert (told.rows, told.agrees, told.differs, told.unknown) == (4, 1, 3, 0)
    assert (_row(same.id).state, _row(same.id).compared_on) == ("ok", ON)
    assert (_row(other.id).verdict, _row(other.id).fields) == ("differs", ("until",))
    assert _row(ended.id).verdict == "ended-there" and _row(gone.id).verdict == "still-shown"
    assert evidence.verify().findings == []


def test_only_a_whole_list_makes_an_entry_missing(city: Any) -> None:
    first, second, _ = _penalties()
    assert _compare(_list(_cells(first))).differs == 0
    told = _compare(_list(_cells(first)), whole=True, item="admin-penalty")
    assert told.verdicts["missing"] > 10
    assert _row(second.id).verdict == "missing" and _row(first.id).verdict == "agrees"


def test_an_entry_not_yet_due_there_is_not_missing(city: Any) -> None:
    late = _penalties()[0]
    fresh = [
        one.id
        for one in publication.statements(audience="public", on=ON, item="admin-penalty", limit=500)
        if one.decided_on and (ON - one.decided_on).days < 5
    ]
    _compare(_list(_cells(late)), whole=True, item="admin-penalty")
    assert fresh and not [id_ for id_ in fresh if _row(id_).verdict]


def test_the_same_list_again_has_no_news_and_changes_nothing(city: Any) -> None:
    first, second, _ = _penalties()
    content = _list(_cells(first), _cells(second, "已终止"))
    _compare(content)
    size = evidence.size()
    assert _compare(content).repeated and evidence.size() == size


def test_rows_about_persons_are_counted_and_dropped_and_unknown_ones_too(city: Any) -> None:
    first = _penalties()[0]
    told = _compare(
        _list(_cells(first), ("11010519491231002X", "某罚〔2026〕1号", "公示中", "", ""),
              ("91340600MA2N0XXXX1", "某罚〔2026〕9号", "公示中", "", ""), (first.uscc, "", "公示中", "", ""),
              (first.uscc, "某罚〔2026〕2号", "说不清", "", ""))
    )  # fmt: skip
    assert (told.rows, told.personal, told.unusable, told.unknown) == (5, 1, 2, 1)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a,b\n1,2\n", b"PK\x03\x04broken", b""])
def test_a_list_that_cannot_be_read_says_what_is_missing(city: Any, content: bytes) -> None:
    with pytest.raises(sync.ListUnreadable):
        _compare(content)
    with pytest.raises(sync.UnknownPlace):
        sync.compare(place="elsewhere", content=_list(), at=AT, actor="test")


def _tickets() -> list[cases.CaseLine]:
    return cases.due(reader=OFFICE, kind="sync-ticket", on=ON, limit=200)[0]


def test_a_difference_opens_one_ticket_and_a_later_agreement_settles_it(city: Any) -> None:
    first, second, _ = _penalties()
    _compare(_list(_cells(first), _cells(second, "已终止")))
    assert sync.sweep(at=AT).opened == 1 and sync.sweep(at=AT).opened == 0
    [ticket] = _tickets()
    assert (ticket.statement, ticket.field, ticket.uscc) == (second.id, "credit-china", second.uscc)
    assert _row(second.id).ticket == ticket.number
    later = AT + timedelta(days=1)
    assert sync.sweep(at=later) == sync.Swept(0, 0, 0), "nothing was compared since"
    _compare(_list(_cells(second)), at=later)
    assert sync.sweep(at=later).settled == 1 and not _tickets()
    assert sync.sweep(at=later) == sync.Swept(0, 0, 0)
    assert _row(second.id, on=ON + timedelta(days=1)).state == "ok"
    assert evidence.verify().findings == []


def test_the_same_difference_coming_back_opens_another_ticket(city: Any) -> None:
    entry = _penalties()[0]
    for days, status in ((0, "已终止"), (1, "公示中"), (2, "已终止")):
        moment = AT + timedelta(days=days)
        _compare(_list(_cells(entry, status)), at=moment)
        sync.sweep(at=moment)
    assert len(cases.of_statements(ids=[entry.id], open_only=False)[entry.id]) == 2


def test_an_entry_that_ended_here_and_is_still_shown_there_is_settled_once_it_is_gone(city: Any) -> None:
    entry = _penalties()[0]
    _end(entry.id, "annulled")
    _compare(_list(_cells(entry)))
    assert sync.sweep(at=AT).opened == 1
    later = AT + timedelta(days=2)
    _compare(_list(_cells(_penalties(2)[1])), at=later, whole=True, item="admin-penalty")
    assert sync.sweep(at=later).settled == 1


def test_a_comparison_made_before_the_entry_ended_says_nothing_any_more(city: Any) -> None:
    shown, other, _ = _penalties()
    _compare(_list(_cells(shown), _cells(other)), whole=True, item="admin-penalty")
    assert _row(shown.id).state == "ok"
    _end(shown.id, "repaired")
    waiting = _row(shown.id)
    assert (waiting.state, waiting.verdict, waiting.follows) == ("due", "", True)
    assert waiting.due_on is not None and waiting.due_on > ON and waiting.compared_on == ON
    assert _row(shown.id, on=waiting.due_on + timedelta(days=1)).state == "late"
    assert _row(other.id).state == "ok", "another entry's comparison still holds"
    later = AT + timedelta(days=1)
    _compare(_list(_cells(shown), _cells(other)), at=later, whole=True, item="admin-penalty")
    assert _row(shown.id).verdict == "still-shown"
    last = AT + timedelta(days=2)
    _compare(_list(_cells(other)), at=last, whole=True, item="admin-penalty")
    assert (_row(shown.id).state, _row(shown.id).verdict) == ("ok", "agrees")


def test_a_difference_found_before_the_entry_ended_opens_no_ticket_and_counts_no_more(city: Any) -> None:
    entry = _penalties()[0]
    _compare(_list(_cells(entry, "已修复")))
    _end(entry.id, "repaired")
    assert sync.sweep(at=AT).opened == 0
    assert sync.board(reader=OFFICE, on=ON, only="differs")[0] == []
    assert sum(one.differs for one in sync.counters(reader=OFFICE, on=ON)) == 0
    assert _row(entry.id).state == "ok", "it was no longer shown there: nothing has to follow"


def test_the_same_list_is_news_again_once_the_entry_ended(city: Any) -> None:
    entry = _penalties()[0]
    content = _list(_cells(entry))
    _compare(content)
    _end(entry.id, "repaired")
    assert not _compare(content).repeated
    assert _row(entry.id).verdict == "still-shown"


def test_the_organisation_reports_once_and_only_its_own(city: Any) -> None:
    mine, other = _penalties(2)
    actor = cases.Actor(account="desk:o-test", role="organisation", body=mine.uscc)
    done = sync.report_unsynced(
        statement=mine.id, place="gsxt", reason="电话13800138000，还在显示", actor=actor, at=AT, token="a"
    )
    assert done.case.channel == "workspace" and "13800138000" not in done.case.reason
    again = sync.report_unsynced(statement=mine.id, place="gsxt", reason="x", actor=actor, at=AT, token="b")
    assert again.repeated and again.case.number == done.case.number
    for foreign in (other.id, 1 << 40):
        with pytest.raises(sync.NoSuchEntry):
            sync.report_unsynced(statement=foreign, place="gsxt", reason="", actor=actor, at=AT)
    staff = cases.Actor(account="desk:office", role="office", body=mine.uscc)
    with pytest.raises(sync.NoSuchEntry):
        sync.report_unsynced(statement=mine.id, place="province", reason="", actor=staff, at=AT)


def test_what_was_compared_before_the_report_does_not_settle_it(city: Any) -> None:
    mine = _penalties()[0]
    actor = cases.Actor(account="desk:o-test", role="organisation", body=mine.uscc)
    _compare(_list(_cells(mine)))
    sync.report_unsynced(statement=mine.id, place="credit-china", reason="", actor=actor, at=AT)
    assert sync.sweep(at=AT).settled == 0 and _tickets()
    _compare(_list(_cells(mine), _cells(_penalties(2)[1])))
    assert sync.sweep(at=AT).settled == 1 and not _tickets()


def test_each_reader_sees_its_own_rows_and_figures(city: Any) -> None:
    first, second, _ = _penalties()
    _compare(_list(_cells(first, "已终止"), _cells(second, "已终止")))
    for reader, wanted in (
        (OFFICE, {first.id, second.id}),
        (cases.Reader(role="organisation", body=first.uscc), {first.id}),
        (cases.Reader(role="organisation", body=""), set()),
        (cases.Reader(role="authority", body=second.authority), {one.id for one in (first, second) if one.authority == second.authority}),
    ):  # fmt: skip
        rows, _cursor = sync.board(reader=reader, on=ON, only="differs")
        assert {row.statement for row in rows} == wanted
        [count] = [one for one in sync.counters(reader=reader, on=ON) if one.place == "credit-china"]
        assert count.differs == len(wanted)


def test_the_board_pages_by_keyset_through_everything_once(city: Any) -> None:
    whole, after = [], None
    while True:
        rows, after = sync.board(reader=OFFICE, on=ON, after=after, limit=100)
        whole += [row.statement for row in rows]
        if after is None:
            break
    assert len(whole) == len(set(whole)) > 300 and whole == sorted(whole, reverse=True)


def test_what_was_never_sent_past_its_day_is_late(city: Any) -> None:
    from xinheng.exchange import service as exchange

    late = sync.late_ids(reader=OFFICE, place="province", on=ON, limit=2_000)
    assert late and all(_row(id_, "province").state == "late" for id_ in late[:10])
    exchange.sent(statement_ids=late[:5], at=AT, actor="test")
    assert not set(late[:5]) & set(sync.late_ids(reader=OFFICE, place="province", on=ON, limit=2_000))
    assert _row(late[0], "province").done_on == ON


def test_the_simulated_place_differs_in_a_few_and_then_not_at_all(city: Any) -> None:
    told = sync.simulate(place="credit-china", at=AT)
    assert 0 < told.differs < told.rows * 0.1 and told.agrees > 100 and told.unknown == 0
    opened = sync.sweep(at=AT).opened
    assert opened == min(told.differs, 500)
    later = AT + timedelta(days=1)
    assert sync.simulate(place="credit-china", at=later, faults=False).differs == 0
    assert sync.sweep(at=later).settled == opened
    assert evidence.verify().findings == []


def test_gsxt_is_asked_about_market_regulation_entries_only(city: Any) -> None:
    from xinheng.register import service as register

    rows, _ = sync.board(reader=OFFICE, on=ON, limit=200)
    names = register.get(sorted({row.authority for row in rows}))
    market = [row for row in rows if "市场监督" in names[row.authority].name]
    assert market and len(market) < len(rows)
    for row in rows:
        assert any(at.place == "gsxt" for at in row.places) == (row in market), names[row.authority].name


def test_without_a_sandbox_nothing_is_simulated(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.home import Home

    monkeypatch.setattr(Home, "sandbox", False)
    with pytest.raises(sync.OnlySimulated):
        sync.simulate(place="province", at=AT)


@pytest.mark.parametrize(
    ("table", "column", "new"),
    [("sync_seen", "verdict", "agrees"), ("sync_seen", "fields", "x"), ("sync_seen", "id", 7), ("sync_comparison", "id", 7), ("sync_seen", "place", "gsxt"),
     ("sync_seen", "statement_id", 7), ("sync_comparison", "rows", 99), ("sync_comparison", "place", "gsxt"),
     ("sync_comparison", "file", "x"), ("sync_comparison", "item", "x"), ("sync_comparison", "authority", "x"),
     ("sync_comparison", "whole", 1), ("sync_comparison", "compared_on", "2020-01-01"), ("sync_comparison", "personal", 9),
     ("sync_comparison", "unusable", 9), ("sync_comparison", "unknown", 9), ("sync_comparison", "agrees", 9),
     ("sync_comparison", "differs", 9)],
)  # fmt: skip
def test_a_changed_cell_is_found(city: Any, table: str, column: str, new: Any) -> None:
    _compare(_list(_cells(_penalties()[0], "已终止")))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [new])
    assert {one.code for one in evidence.verify().findings} == {"sync-row"}
