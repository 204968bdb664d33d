"""What leaves use is told by number, in order, once; who was told and who acknowledged is counted and proven."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.kernel.note import open_note
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.withdrawals import keeping
from xinheng.withdrawals import service as withdrawals

UNIT = "11340600000000000" + uscc.check_char("11340600000000000")
LATER = AT + timedelta(hours=1)


def act(kind: str = "test.ended") -> evidence.Act:
    return evidence.Act(kind=kind, actor="test", at=AT, provision="测试")


def shown(count: int = 6) -> list[int]:
    found = publication.statements(
        audience="public", on=evidence.legal_day(AT), item="admin-penalty", limit=count
    )
    assert len(found) == count
    return [entry.id for entry in found]


def end(ids: Sequence[int], state: str) -> None:
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=list(ids), state=state)
    evidence.drain(at=AT)


def data_user(scopes: tuple[str, ...] = ("follow",)) -> str:
    return accounts.add_client(body=UNIT, scopes=scopes, title="某银行风控系统", at=AT, actor="test").id


def test_every_kind_of_end_is_told_once_in_the_order_of_the_ledger(city: Any) -> None:
    ids, client = shown(6), data_user()
    for statement, state in zip(ids[:4], ("annulled", "superseded", "repaired", "suppressed"), strict=True):
        end([statement], state)
    records.erase(
        statement_ids=[ids[4]],
        act=evidence.Act(kind="records.erased", actor="t", at=AT, provision="测", purpose="测"),
    )
    evidence.drain(at=AT)
    evidence.drain(at=AT)
    page = withdrawals.feed(client=client, after=None, limit=100, at=AT)
    assert [(one.seq - page.notices[0].seq, one.statement, one.kind) for one in page.notices] == [
        (place, statement, kind)
        for place, (statement, kind) in enumerate(
            zip(ids[:5], ("annulled", "superseded", "repaired", "suppressed", "erased"), strict=True)
        )
    ]
    assert evidence.verify().findings == []


def test_a_notice_is_signed_by_the_log_and_holds_numbers_only(city: Any) -> None:
    [one], client = shown(1), data_user()
    parts = records.statements([one])[one]
    end([one], "annulled")
    [notice] = withdrawals.feed(client=client, after=None, limit=10, at=AT).notices
    from xinheng.evidence.keys import log_verifiers

    text, _names = open_note(notice.note, log_verifiers())
    assert text == withdrawals.notice_text(
        origin=evidence.origin(), seq=notice.seq, at=notice.at, kind="annulled", statement=one
    )
    assert text.split("\n")[4:6] == ["annulled", str(one)]
    assert parts.uscc not in notice.note
    for value in parts.public.decode().split("\x1f"):
        assert len(value) < 4 or value not in notice.note


def test_what_the_public_never_saw_is_not_told_of(city: Any) -> None:
    seen = set(shown(1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_id FROM records_standing WHERE closed_by IS NULL AND state = 'held' AND show_from IS NULL LIMIT 2"
        )
        hidden = [row[0] for row in cursor.fetchall()]
    if not hidden:
        pytest.skip("everything in this city is shown")
    assert not publication.by_ids(ids=hidden, audience="public", on=evidence.legal_day(AT))
    before = withdrawals.last()
    end([*hidden, *seen], "annulled")
    assert withdrawals.last() == before + 1


def test_a_suppression_that_is_lifted_and_an_entry_classified_anew_are_no_withdrawals(city: Any) -> None:
    one, other = shown(2)
    end([one], "suppressed")
    before = withdrawals.last()
    end([one], "held")
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[other], severity="serious")
    evidence.drain(at=AT)
    assert withdrawals.last() == before
    end([one], "suppressed")
    end([one], "repaired")
    assert withdrawals.last() == before + 2


def test_pages_run_on_without_gap_or_repetition(city: Any) -> None:
    client = data_user()
    end(shown(6), "annulled")
    told: list[int] = []
    after: int | None = None
    while True:
        page = withdrawals.feed(client=client, after=after, limit=4, at=AT)
        told += [one.seq for one in page.notices]
        if page.next is None:
            break
        after = page.next
    assert told == list(range(told[0], page.last + 1)) and len(told) == 6
    assert page.told == page.last


def test_acknowledging_twice_is_once_and_less_changes_nothing(city: Any) -> None:
    client = data_user()
    end(shown(5), "annulled")
    last = withdrawals.feed(client=client, after=None, limit=100, at=AT).last
    first = withdrawals.acknowledge(client=client, through=last - 1, at=AT)
    assert (first.through, first.new, first.behind) == (last - 1, 4, 1)
    size = evidence.size()
    assert withdrawals.acknowledge(client=client, through=last - 1, at=AT).new == 0
    assert withdrawals.acknowledge(client=client, through=last - 3, at=AT).through == last - 1
    assert evidence.size() == size
    assert withdrawals.acknowledge(client=client, through=last, at=AT).behind == 0
    assert evidence.verify().findings == []


def test_nobody_acknowledges_the_future_or_what_it_was_not_given(city: Any) -> None:
    client = data_user()
    end(shown(5), "annulled")
    last = withdrawals.feed(client=client, after=None, limit=2, at=AT).last
    for through in (last + 1, last, 2**62):
        with pytest.raises(withdrawals.NotToldYet):
            withdrawals.acknowledge(client=client, through=through, at=AT)
    assert withdrawals.follower(client=client, at=AT).acknowledged == last - 5


def test_who_starts_in_the_middle_was_not_told_the_rest(city: Any) -> None:
    client = data_user()
    end(shown(5), "annulled")
    page = withdrawals.feed(client=client, after=withdrawals.last() - 1, limit=10, at=AT)
    assert len(page.notices) == 1 and page.told == page.last - 5


def test_withdrawals_older_than_a_client_are_none_of_its_business(city: Any) -> None:
    early = data_user()
    first, second = shown(2)
    end([first], "annulled")
    late = data_user()
    end([second], "repaired")
    assert [one.statement for one in withdrawals.feed(client=late, after=None, limit=9, at=AT).notices] == [
        second
    ]
    counted = withdrawals.arrivals(statements=[first, second], at=AT)
    assert (counted[first].followers, counted[second].followers) == (1, 2)
    assert (counted[second].told, counted[second].acknowledged) == (1, 0)
    last = withdrawals.feed(client=early, after=None, limit=9, at=AT).last
    withdrawals.acknowledge(client=early, through=last, at=AT)
    counted = withdrawals.arrivals(statements=[first, second], at=AT)
    assert [(one.told, one.acknowledged) for one in counted.values()] == [(1, 1), (2, 1)]


def test_who_has_not_acknowledged_for_a_day_is_late_and_stands_first(city: Any) -> None:
    slow, quick = data_user(), data_user()
    data_user(("intake",))
    end(shown(3), "annulled")
    withdrawals.feed(client=slow, after=None, limit=9, at=AT)
    last = withdrawals.feed(client=quick, after=None, limit=9, at=AT).last
    withdrawals.acknowledge(client=quick, through=last, at=AT)
    assert not any(one.late for one in withdrawals.followers(at=LATER))
    first, second = withdrawals.followers(at=AT + timedelta(days=2))
    assert (first.client, first.late, first.behind, first.told) == (slow, True, 3, last)
    assert (second.client, second.late, second.behind) == (quick, False, 0)


def test_a_client_that_was_disabled_no_longer_counts_among_those_to_be_told(city: Any) -> None:
    client, other = data_user(), data_user()
    [one] = shown(1)
    end([one], "annulled")
    accounts.disable_client(id=other, at=AT, actor="test")
    assert withdrawals.arrivals(statements=[one], at=AT)[one].followers == 1
    assert [known.client for known in withdrawals.followers(at=AT)] == [client]


def test_the_list_made_anew_from_the_ledger_is_the_list_as_kept(city: Any) -> None:
    ids = shown(6)
    for state, part in (
        ("superseded", ids[:2]),
        ("suppressed", ids[2:4]),
        ("repaired", ids[2:4]),
        ("annulled", ids[4:]),
    ):
        end(part, state)
    kept = list(keeping.Withdrawal.objects.order_by("seq").values_list(*keeping.COLUMNS))
    assert withdrawals.rebuild() == len(kept) == kept[-1][0]
    assert list(keeping.Withdrawal.objects.order_by("seq").values_list(*keeping.COLUMNS)) == kept
    # A follower that sees the same entries again adds nothing
    keeping.follow(evidence.events(), AT)
    assert withdrawals.last() == len(kept)


@pytest.mark.parametrize("table", ["withdrawals_withdrawal", "withdrawals_receipt"])
def test_a_changed_value_in_any_column_is_found(table: str, city: Any) -> None:
    client = data_user()
    end(shown(3), "annulled")
    last = withdrawals.feed(client=client, after=None, limit=9, at=AT).last
    withdrawals.acknowledge(client=client, through=last, at=AT)
    assert evidence.verify().findings == []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1 DESC LIMIT 1")
        row = cursor.fetchone()
        columns = [column[0] for column in cursor.description]
        for column, old in zip(columns, row, strict=True):
            new = old + 1 if isinstance(old, int) else old[:-1] + chr(ord(old[-1]) ^ 1)
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {columns[0]} = %s", [new, row[0]])
            key = new if column == columns[0] else row[0]
            assert not evidence.verify().ok, column
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {columns[0]} = %s", [old, key])
    assert evidence.verify().findings == []
