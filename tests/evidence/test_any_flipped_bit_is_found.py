"""`ledger verify` finds a flipped bit in any stored value, column by column, in every table that holds facts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.apps import apps
from django.db import connection

from flipped import ledger_finds
from moments import AT
from xinheng.evidence import service as evidence
from xinheng.records import service as records

ROOMS = (
    "law", "evidence", "register", "accounts", "records", "intake", "exchange", "search", "reports", "oversight",
    "articles", "statistics", "linkage", "cases", "withdrawals", "remedies", "lists",
    "notices", "sync", "subscriptions", "checks", "publication", "evaluation", "facts",
)  # fmt: skip
# Notes that state nothing: gone when the work they tell of is done
PASSING = {"intake_progress", "accounts_request", "subscriptions_candidate", "publication_carddue"}
# Sums that follow from kept rows, and orders: tests/oversight/test_oversight_ledger.py flips them on a city made for it;
# judgements and links: tests/linkage/test_links_undo.py does, in a room made for it;
# cases: tests/cases/test_case_ledger.py does, every column of every table;
# notices and what other places show: tests/notices/test_notices_ledger.py and tests/sync/test_sync_board.py do;
# lists, rounds and watches: tests/lists/test_list_ledger.py does, every column of every table;
# remedies and orders for silence: tests/remedies/test_remedy_figures.py does;
# subscriptions and their messages: tests/subscriptions/test_subscriptions_ledger.py does
ELSEWHERE = {
    "publication_card",  # tests/publication/test_organisation_cards.py
    # tests/faces/desk/test_checks_many.py flips every column of both
    "checks_request", "checks_requeststep",
    # tests/checks/test_check_evidence.py flips every column of these
    "checks_check", "checks_hint", "checks_block", "checks_counter", "checks_seal", "checks_release",
    "checks_feedback", "checks_result",  # tests/checks/test_feedback.py
    "subscriptions_subscription", "subscriptions_interest", "subscriptions_turn", "subscriptions_message",
    "subscriptions_attempt",
    "oversight_cell", "oversight_cause", "oversight_returned", "oversight_run", "oversight_delivery", "oversight_order",
    "linkage_pending", "linkage_opinion", "linkage_verdict", "linkage_link", "linkage_review",
    "notices_notice", "notices_delivery", "notices_attempt", "notices_opened", "sync_comparison", "sync_seen",
    "cases_case", "cases_step", "cases_clock", "cases_working", "cases_overdue", "cases_document", "cases_service",
    "cases_attachment", "remedies_repairnotice", "remedies_service", "remedies_message", "oversight_silent",
    "lists_entry", "lists_round", "lists_watch", "lists_watchend",
    "evaluation_mutual", "evaluation_mutualend",  # tests/evaluation/test_received_results.py
    "evaluation_indexfigure", "evaluation_indexrunning", "evaluation_indexrefresh",  # tests/evaluation/test_indices.py
    "evaluation_run",  # tests/evaluation/test_engine_runs.py
    "evaluation_adoption", "evaluation_report",  # tests/evaluation/test_fairness_report.py
}  # fmt: skip
TABLES = {
    model._meta.db_table: model
    for room in ROOMS
    for model in apps.get_app_config(room).get_models()
    if model._meta.db_table not in PASSING | ELSEWHERE
}


def test_no_room_with_tables_is_left_out_and_no_table_is_named_that_is_none() -> None:
    ours = [one for one in apps.get_app_configs() if one.name.startswith("xinheng.")]
    tables = {model._meta.db_table for one in ours for model in one.get_models()}
    assert tables == set(TABLES) | PASSING | ELSEWHERE
    assert {one.label for one in ours if list(one.get_models())} <= set(ROOMS)


@pytest.fixture
def whole_house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The small city, and something in every table of every room; made once in a run, copied for each test."""
    homes = request.config.pluginmanager.get_plugin(str(Path(__file__).parents[1] / "conftest.py"))
    assert homes is not None

    def fill() -> None:
        from xinheng.faces.city import build_city

        build_city(orgs=300, records=1_200, seed=7, at=AT, folder=homes.workspace() / "house-files")
        _fill_what_the_city_leaves_empty()
        assert evidence.verify().findings == []

    yield from homes.copied(homes.build("house", fill), tmp_path, monkeypatch)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_flipped_bit_is_found_in_every_column_of(table: str, whole_house: Any) -> None:
    model = TABLES[table]
    chance = random.Random(table)
    columns = [field.column for field in model._meta.concrete_fields]
    key = model._meta.pk.column
    rows = _query(f'SELECT {_names(columns)} FROM "{table}" ORDER BY 1')
    assert rows, f"{table} is empty: the test would prove nothing"
    missed = []
    for position, column in enumerate(columns):
        row = chance.choice(rows)
        old = row[position]
        for new in _flips(old, chance, TABLES[table]._meta.get_field(_field(model, column))):
            if not _set(table, column, new, key, row[columns.index(key)]):
                continue  # the database itself refused the value
            if not ledger_finds(model._meta.app_label):
                missed.append((column, old, new))
            _set(table, column, old, key, new if column == key else row[columns.index(key)])
    assert missed == []
    assert evidence.verify().findings == []


def _fill_what_the_city_leaves_empty() -> None:
    """One erasure and one report, so that no table is empty."""
    from xinheng.accounts import service as accounts
    from xinheng.publication import service as publication
    from xinheng.register import service as register
    from xinheng.reports import service as reports

    bodies = [
        entry.authority
        for entry in publication.statements(audience="public", on=evidence.legal_day(AT), limit=99)
    ]
    old, new = sorted(set(bodies))[:2]
    register.succeed(pairs=[(old, new, date(2026, 1, 1))], at=AT, actor="test", provision="测试", pack="")

    entry = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=1
    )[0]
    reports.issue(uscc=entry.uscc, audience="public", at=AT, actor="test")
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    follower = accounts.add_client(
        body=entry.authority, title="test", scopes=("follow",), at=AT, actor="test"
    )
    records.erase(statement_ids=[entry.id], act=act)
    _fill_the_marks()
    _fill_the_withdrawals(follower.id)
    _fill_the_rooms_of_people(entry)
    evidence.drain(at=AT)


def _fill_the_withdrawals(client: str) -> None:
    """A data user was told of the erased entry and acknowledged it."""
    from xinheng.withdrawals import service as withdrawals

    evidence.drain(at=AT)
    last = withdrawals.feed(client=client, after=None, limit=9, at=AT).last
    withdrawals.acknowledge(client=client, through=last, at=AT)


def _fill_the_marks() -> None:
    """Two marks, one of which has ended."""
    on = evidence.legal_day(AT)
    from xinheng.publication import service as publication

    ids = [one.id for one in publication.statements(audience="public", on=on, item="admin-penalty", limit=2)]
    with evidence.event(evidence.Act(kind="test.marked", actor="test", at=AT)) as event:
        records.mark(event=event, statement_ids=ids, kind="disputed", field="cf", since=on, case="异-1")
    with evidence.event(evidence.Act(kind="test.unmarked", actor="test", at=AT)) as event:
        records.unmark(event=event, statement_ids=ids[:1], kind="disputed", case="异-1", until=on)


def _fill_the_rooms_of_people(entry: Any) -> None:
    """Accounts, what clerks leave, passages and answers, articles, a bulletin, an order, the numbers."""
    from xinheng.accounts import service as accounts
    from xinheng.articles import service as articles
    from xinheng.exchange import service as exchange
    from xinheng.intake import service as intake
    from xinheng.law import service as law
    from xinheng.oversight import service as oversight
    from xinheng.statistics import service as statistics

    accounts.demo_accounts(pack=law.active(), at=AT, bodies={"scjg": entry.authority})
    accounts.add_client(body=entry.authority, title="test", scopes=("intake",), at=AT, actor="test")
    made = accounts.begin_factor(name="office", site="test")
    code = pyotp.TOTP(made.secret).at(AT)
    accounts.set_factor(name="office", sealed=made.sealed, code=code, instant=AT, at=AT, actor="test")
    asked, code = accounts.ask_contact(name="office", email="a@example.cn", language="en", instant=AT)
    accounts.set_contact(name="office", asked=asked, code=code, instant=AT, at=AT, actor="test")
    accounts.read(actor="desk:office", at=AT, what="case", purpose="test", subject={"uscc": entry.uscc})
    batch = next(one for one in intake.batches(limit=500) if intake.problem_rows(batch=one.number, limit=1))
    intake.remember_mapping(source=batch.source, item=batch.item, mapping={"甲": ""}, at=AT, actor="test")
    [row] = intake.problem_rows(batch=batch.number, limit=1)
    field = law.active().items[batch.item].document_number[0]
    intake.mend(batch=batch.number, cells={row.row: {field: "测〔2026〕1号"}}, at=AT, actor="test")
    intake.nil_return(source=batch.source, item="government-contract", period="2026-01", at=AT, actor="test")
    exchange.simulate(item="admin-penalty", at=AT)
    evidence.drain(at=AT)
    exchange.simulate(item="admin-penalty", at=AT + timedelta(days=2))
    articles.demo_articles(at=AT + timedelta(days=2))
    later = AT + timedelta(days=2)
    evidence.drain(at=later)
    oversight.look(at=later, actor="test")
    oversight.issue(period="2026-10", at=later, actor="test")
    evidence.drain(at=later)
    statistics.refresh(at=later, force=True)


def _flips(old: Any, chance: random.Random, field: Any) -> list[Any]:
    if old is None:
        return [date(2020, 1, 1) if "Date" in type(field).__name__ else 1]
    if isinstance(old, bytes | memoryview):
        data = bytearray(bytes(old))
        if not data:
            return [b"\x01"]
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        return [bytes(data)]
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int):
        return (
            [old ^ 1, old ^ (1 << chance.randrange(40))] if "Small" not in type(field).__name__ else [old ^ 1]
        )
    if isinstance(old, date):
        return [old + timedelta(days=1 << chance.randrange(5))]
    if not old:
        return ["x"]
    place = chance.randrange(len(old))
    return [old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]]


def _set(table: str, column: str, value: Any, key: str, row: Any) -> bool:
    from django.db import DatabaseError, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [value, row])
            return cursor.rowcount == 1
    except DatabaseError:
        return False


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _field(model: Any, column: str) -> str:
    return next(field.name for field in model._meta.concrete_fields if field.column == column)
