"""Letters over a real mail server: sent once, refused, tried again, given up; never twice after a crash."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.notices import service as notices
from xinheng.records import service as records

pytest_plugins = ("mailkit",)


def _query(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def _states() -> dict[str, int]:
    return {name: count for name, count in notices.counts().items() if count}


def _reasons() -> set[str]:
    return {
        row[0] for row in _query("SELECT reason FROM notices_attempt WHERE outcome IN ('failed', 'given-up')")
    }


@pytest.fixture
def firm(city: Any) -> str:
    """An organisation with few entries that can all be told about."""
    rows = _query(
        "SELECT s.uscc, COUNT(*) FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
        " WHERE t.closed_by IS NULL AND t.state = 'held' AND s.item = 'admin-penalty' AND t.show_until > '2026-12-31'"
        " GROUP BY s.uscc ORDER BY 2, 1"
    )
    return str(rows[0][0])


def test_each_letter_goes_out_once_and_says_what_the_inbox_says(
    firm: str, agent: Callable[..., None], post_office: Any
) -> None:
    agent(firm)
    told = notices.collect(at=AT)
    assert told.letters == len(notices.inbox(uscc=firm)) > 0
    done = notices.deliver(at=AT)
    assert (done.sent, done.failed, done.given_up, done.waiting) == (told.letters, 0, 0, 0)
    assert notices.deliver(at=AT + timedelta(days=1)).sent == 0
    assert len(post_office.letters) == told.letters
    words = [notices.words(one, language="zh") for one in notices.inbox(uscc=firm)]
    assert sorted(post_office.subjects) == sorted(one.subject for one in words)
    letter = post_office.letters[0]
    text = letter.get_content()
    assert "不是法律文书的送达" in text and "https://credit.example.gov.cn/desk/own/entries/" in text
    assert letter["To"] == "o-test@firm.example" and letter["Auto-Submitted"] == "auto-generated"
    assert len({one["Message-ID"] for one in post_office.letters}) == told.letters
    assert evidence.verify().findings == []


def test_an_account_that_reads_english_gets_english(firm: str, agent: Any, post_office: Any) -> None:
    agent(firm, language="en")
    notices.collect(at=AT)
    notices.deliver(at=AT)
    assert "not service of a legal document" in post_office.letters[0].get_content()


def test_a_letter_carries_nothing_of_the_entry_that_is_not_public(
    firm: str, agent: Any, post_office: Any
) -> None:
    agent(firm)
    notices.collect(at=AT)
    notices.deliver(at=AT)
    ids = [row[0] for row in _query("SELECT statement_id FROM notices_notice WHERE statement_id IS NOT NULL")]
    for parts in records.statements(ids).values():
        if parts.uscc != firm:
            continue
        item = records.item_of(parts.item, parts.item_version)
        closed = records.decode(item, b"", parts.shared, parts.restricted)
        for letter in post_office.letters:
            text = letter.get_content()
            assert not [value for value in closed.values() if len(value) > 6 and value in text]


def test_without_a_mail_server_nothing_is_queued_and_the_inbox_has_it(
    firm: str, agent: Any, monkeypatch: Any
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "SMTP_URL", "")
    agent(firm)
    assert notices.collect(at=AT).letters == 0
    assert notices.inbox(uscc=firm) and notices.deliver(at=AT).sent == 0


def test_a_refused_address_is_given_up_at_once(firm: str, agent: Any, post_office: Any) -> None:
    agent(firm)
    letters = notices.collect(at=AT).letters
    post_office.answer = "550 no such user"
    assert notices.deliver(at=AT).given_up == letters
    assert _reasons() == {"refused-550"} and notices.deliver(at=AT + timedelta(days=9)).given_up == 0
    told = notices.failures()
    assert len(told) == letters and {one.reason for one in told} == {"refused-550"}
    assert {one.uscc for one in told} == {firm}
    assert evidence.verify().findings == []


def test_a_busy_server_is_asked_again_later_and_finally_given_up(
    firm: str, agent: Any, post_office: Any
) -> None:
    from xinheng.notices.delivering import WAITS

    agent(firm)
    letters = notices.collect(at=AT).letters
    post_office.answer = "451 try later"
    moment = AT
    for wait in WAITS:
        assert notices.deliver(at=moment).failed == letters
        assert notices.deliver(at=moment + wait - timedelta(seconds=1)).failed == 0, "too early"
        moment += wait
    assert notices.deliver(at=moment).given_up == letters
    assert _states() == {"given-up": letters} and post_office.letters == []
    assert evidence.verify().findings == []


def test_a_letter_that_failed_goes_out_once_the_server_is_well(
    firm: str, agent: Any, post_office: Any
) -> None:
    agent(firm)
    letters = notices.collect(at=AT).letters
    post_office.answer = "421 closing"
    notices.deliver(at=AT)
    post_office.answer = ""
    assert notices.deliver(at=AT + timedelta(minutes=15)).sent == letters
    assert _states() == {"sent": letters}


def test_a_server_that_falls_silent_before_the_text_is_tried_again(
    firm: str, agent: Any, post_office: Any
) -> None:
    agent(firm)
    notices.collect(at=AT)
    post_office.silent_for, post_office.silent_at = 1.6, "rcpt"
    assert notices.deliver(at=AT, most=1).failed >= 1
    assert "timeout" in _reasons() and post_office.letters == []


def test_a_server_that_took_the_text_and_fell_silent_never_gets_it_again(
    firm: str, agent: Any, post_office: Any
) -> None:
    agent(firm)
    letters = notices.collect(at=AT).letters
    post_office.silent_for = 1.6
    done = notices.deliver(at=AT)
    assert done.given_up == letters and _reasons() == {"unclear"}
    post_office.silent_for = 0
    notices.deliver(at=AT + timedelta(days=3))
    assert len(post_office.letters) == letters, "each reached the server once"


def test_a_server_that_is_away_costs_no_attempt(firm: str, agent: Any, settings_of_mail: Any) -> None:
    settings_of_mail("smtp://127.0.0.1:1?from=a@b.example&timeout=1")
    agent(firm)
    letters = notices.collect(at=AT).letters
    done = notices.deliver(at=AT)
    assert not done.reached and done.waiting == letters and _states() == {"queued": letters}


def test_after_a_crash_between_claim_and_outcome_no_letter_goes_out_twice(
    firm: str, agent: Any, post_office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.notices import mail

    agent(firm)
    letters = notices.collect(at=AT).letters
    real = mail.Post.send

    def crash(self: Any, letter: Any) -> Any:
        real(self, letter)
        raise KeyboardInterrupt

    monkeypatch.setattr(mail.Post, "send", crash)
    with pytest.raises(KeyboardInterrupt):
        notices.deliver(at=AT)
    monkeypatch.setattr(mail.Post, "send", real)
    assert _states() == {"sending": letters} and len(post_office.letters) == 1
    assert notices.deliver(at=AT + timedelta(days=1)).given_up == letters
    assert len(post_office.letters) == 1 and _reasons() == {"unclear"}
    assert evidence.verify().findings == []


def test_a_reminder_of_an_entry_that_ended_meanwhile_is_not_sent(
    firm: str, agent: Any, post_office: Any
) -> None:
    agent(firm)
    letters = notices.collect(at=AT).letters
    ids = [one.statement for one in notices.inbox(uscc=firm)]
    with evidence.event(evidence.Act(kind="records.annulled", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=sorted(set(ids)), state="annulled")
    assert notices.deliver(at=AT).given_up == letters
    assert post_office.letters == [] and _reasons() == {"over"}
    assert all(not one.still for one in notices.inbox(uscc=firm))


def test_a_letter_for_an_account_whose_address_was_removed_is_given_up(
    firm: str, agent: Any, post_office: Any
) -> None:
    agent(firm)
    letters = notices.collect(at=AT).letters
    agent.known.clear()
    assert notices.deliver(at=AT).given_up == letters and _reasons() == {"no-address"}


def test_two_processes_at_once_send_each_letter_once(firm: str, agent: Any, post_office: Any) -> None:
    from xinheng.home import alone, home

    agent(firm)
    letters = notices.collect(at=AT).letters
    with alone(home().root / "notices.lock", wait=False) as mine:
        assert mine and notices.deliver(at=AT).sent == 0, "somebody else is at it"
    assert notices.deliver(at=AT).sent == letters


@pytest.mark.parametrize(
    ("table", "column", "new", "code"),
    [
        ("notices_delivery", "state", "queued", "notices-state"),
        ("notices_delivery", "attempts", 7, "notices-state"),
        ("notices_delivery", "next_at", 7, "notices-state"),
        ("notices_delivery", "account", "x", "notices-row"),
        ("notices_delivery", "language", "x", "notices-row"),
        ("notices_delivery", "notice_id", 7, "notices-row"),
        ("notices_attempt", "reason", "x", "notices-row"),
        ("notices_attempt", "outcome", "sent", "notices-row"),
        ("notices_attempt", "next_at", 7, "notices-row"),
        ("notices_attempt", "delivery_id", 7, "notices-row"),
    ],
)
def test_a_changed_cell_of_a_letter_is_found(
    firm: str, agent: Any, post_office: Any, table: str, column: str, new: Any, code: str
) -> None:
    agent(firm)
    notices.collect(at=AT)
    notices.deliver(at=AT)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = (SELECT MIN(id) FROM {table})', [new])
    assert code in {one.code for one in evidence.verify().findings}


@pytest.mark.parametrize(
    "url", ["", "http://x?from=a@b.c", "smtp://host", "smtp://host:x?from=a@b.c", "smtp://?from=a@b.c"]
)
def test_an_address_of_a_server_that_cannot_be_is_refused_without_quoting_it(url: str) -> None:
    from xinheng.notices import mail

    with pytest.raises(notices.BadMailAddress) as refused:
        mail.server(
            url.replace("smtp://", "smtp://user:geheim@") if "smtp" in url and "//host" in url else url
        )
    assert "geheim" not in str(refused.value)


def test_the_parts_of_a_server_address_are_read() -> None:
    from xinheng.notices import mail

    told = mail.server("smtps://u%40x:p%3Aw@mail.example:1465?from=a@b.example&timeout=3")
    assert (told.user, told.password, told.port, told.ssl, told.sender, told.timeout) == (
        "u@x", "p:w", 1465, True, "a@b.example", 3.0,
    )  # fmt: skip
    assert mail.server("smtp://h:587?from=a@b.c&starttls=1").starttls
    assert mail.server("smtp://h?from=a@b.c").port == 25
