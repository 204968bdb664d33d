"""Every adverse entry is told about once for each occasion, however often and however late the round runs."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from wholecity import whole_city
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.notices import service as notices
from xinheng.records import service as records

pytest_plugins = ("mailkit",)
every_item = pytest.fixture(whole_city)


def _query(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def _adverse_held(on: date) -> set[int]:
    adverse = [code for code, item in law.active().items.items() if item.adverse]
    marks = ", ".join(["%s"] * len(adverse))
    rows = _query(
        "SELECT s.id FROM records_statement s JOIN records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL"
        f" WHERE t.state = 'held' AND s.item IN ({marks}) AND (t.show_until IS NULL OR t.show_until >= %s)",
        *adverse, on,
    )  # fmt: skip
    return {row[0] for row in rows}


def test_every_held_adverse_entry_and_no_other_is_told_as_recorded(city: Any) -> None:
    told = notices.collect(at=AT)
    rows = _query("SELECT statement_id FROM notices_notice WHERE kind IN ('recorded', 'corrected')")
    assert {row[0] for row in rows} == _adverse_held(evidence.legal_day(AT))
    assert told.total > 20 and told.made["recorded"] > 10


def test_entries_of_lists_are_told_about_too(every_item: Any) -> None:
    notices.collect(at=AT)
    items = Counter(
        row[0]
        for row in _query(
            "SELECT s.item FROM notices_notice n JOIN records_statement s ON s.id = n.statement_id WHERE n.kind = 'recorded'"
        )
    )
    assert items["admin-penalty"] and items["abnormal-operation"] and items["serious-list"]


def test_a_second_round_on_the_same_day_tells_nothing(city: Any) -> None:
    first = notices.collect(at=AT)
    assert notices.collect(at=AT + timedelta(hours=3)).total == 0
    assert _query("SELECT COUNT(*) FROM notices_notice")[0][0] == first.total


def _days(kind: str) -> set[tuple[int, date]]:
    return {
        (row[0], records.as_date(row[1]))
        for row in _query("SELECT statement_id, about_on FROM notices_notice WHERE kind = %s", kind)
    }


@pytest.mark.parametrize("step", [1, 9])
def test_nightly_or_every_ninth_day_the_same_entries_are_told_before_they_end(city: Any, step: int) -> None:
    last = AT + timedelta(days=63)
    moment = AT
    while moment < last:
        notices.collect(at=moment)
        moment += timedelta(days=step)
    notices.collect(at=last)
    start, end = evidence.legal_day(AT), evidence.legal_day(last)
    adverse = _adverse_held(start)
    wanted = {
        row["statement_id"]: row["show_until"]
        for row in records.open_standing(sorted(adverse)).iter_rows(named=True)
        if row["show_until"] and start <= row["show_until"] <= end + timedelta(days=30)
    }
    assert _days("ending-soon") == set(wanted.items()) and wanted


def test_before_the_first_day_of_repair_the_subject_is_told_thirty_days_ahead(city: Any) -> None:
    notices.collect(at=AT)
    on = evidence.legal_day(AT)
    soon = _days("repairable-soon")
    assert all(on < day <= on + timedelta(days=30) for _, day in soon)
    assert all(day <= on for _, day in _days("repairable")) and _days("repairable")
    assert not {id_ for id_, _ in soon} & {id_ for id_, _ in _days("repairable")}


def test_an_entry_that_was_annulled_is_not_told_about(city: Any) -> None:
    [gone] = sorted(_adverse_held(evidence.legal_day(AT)))[:1]
    with evidence.event(evidence.Act(kind="records.annulled", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[gone], state="annulled")
    notices.collect(at=AT)
    assert not _query("SELECT 1 FROM notices_notice WHERE statement_id = %s", gone)


def test_the_inbox_holds_only_ones_own_and_reads_in_words(city: Any) -> None:
    notices.collect(at=AT)
    [(mine,), *_] = _query(
        "SELECT s.uscc FROM notices_notice n JOIN records_statement s ON s.id = n.statement_id GROUP BY s.uscc"
        " ORDER BY COUNT(*) DESC, s.uscc LIMIT 1"
    )
    found = notices.inbox(uscc=mine, limit=200)
    ids = {
        row[0]
        for row in _query(
            "SELECT n.id FROM notices_notice n JOIN records_statement s ON s.id = n.statement_id WHERE s.uscc = %s",
            mine,
        )
    }
    assert {one.id for one in found} == ids and all(one.uscc == mine for one in found)
    for one in found:
        zh, en = notices.words(one, language="zh"), notices.words(one, language="en")
        assert "不是法律文书的送达" in zh.text and "not service" in en.text
        assert str(one.statement) in zh.body and f"/desk/own/entries/{one.statement}/" in en.body
        assert "{" not in zh.text + en.text
    pages = []
    after = None
    while part := notices.inbox(uscc=mine, after=after, limit=2):
        pages += part
        after = part[-1].id
    assert [one.id for one in pages] == [one.id for one in found]


def test_opening_a_notice_is_written_once_and_nobody_elses_can_be_opened(city: Any) -> None:
    notices.collect(at=AT)
    [(id_, mine)] = _query(
        "SELECT n.id, s.uscc FROM notices_notice n JOIN records_statement s ON s.id = n.statement_id ORDER BY n.id LIMIT 1"
    )
    notices.read(id=id_, uscc=mine, account="o-test", at=AT)
    notices.read(id=id_, uscc=mine, account="o-test", at=AT)
    assert _query("SELECT COUNT(*) FROM notices_opened")[0][0] == 1
    assert next(one for one in notices.inbox(uscc=mine, limit=200) if one.id == id_).opened
    for other in ("", "91340600MA2N000000"):
        with pytest.raises(notices.NoSuchNotice):
            notices.read(id=id_, uscc=other, account="o-x", at=AT)


def test_an_erased_entry_leaves_no_link_to_the_organisation(city: Any) -> None:
    notices.collect(at=AT)
    [(statement, mine)] = _query(
        "SELECT n.statement_id, s.uscc FROM notices_notice n JOIN records_statement s ON s.id = n.statement_id"
        " ORDER BY n.id LIMIT 1"
    )
    records.erase(
        statement_ids=[statement],
        act=evidence.Act(kind="records.erased", actor="test", at=AT, provision="测试"),
    )
    assert all(one.statement != statement for one in notices.inbox(uscc=mine, limit=200))
    rows = _query("SELECT uscc, facts FROM notices_notice WHERE statement_id = %s", statement)
    assert set(rows) == {("", "{}")}
    assert evidence.verify().findings == []


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.notices import collecting

    whole = len(_adverse_held(evidence.legal_day(AT)))
    monkeypatch.setattr(collecting, "PART", 7)
    real, calls = evidence.event, []

    def break_at_third(act: Any) -> Any:
        calls.append(act)
        if len(calls) == 3:
            raise RuntimeError("power")
        return real(act)

    monkeypatch.setattr(evidence, "event", break_at_third)
    with pytest.raises(RuntimeError):
        notices.collect(at=AT)
    assert _query("SELECT COUNT(*) FROM notices_notice")[0][0] == 14
    notices.collect(at=AT)
    assert (
        _query("SELECT COUNT(*) FROM notices_notice WHERE kind IN ('recorded', 'corrected')")[0][0] == whole
    )


@pytest.mark.parametrize(
    ("table", "column", "new"),
    [
        ("notices_notice", "kind", "x"),
        ("notices_notice", "about_on", date(2031, 1, 1)),
        ("notices_notice", "facts", "{} "),
        ("notices_notice", "template", "3"),
        ("notices_notice", "statement_id", 7),
        ("notices_notice", "uscc", "x"),
        ("notices_notice", "step", 9),
        ("notices_notice", "case", "x"),
    ],
)
def test_a_changed_cell_of_a_notice_is_found(city: Any, table: str, column: str, new: Any) -> None:
    notices.collect(at=AT)
    assert evidence.verify().findings == []
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = (SELECT MIN(id) FROM {table})', [new])
    assert [one.code for one in evidence.verify().findings] == ["notices-row"]
