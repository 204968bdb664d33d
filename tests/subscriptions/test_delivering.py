"""Deliveries against receivers that fail, redirect, dribble or fall silent; and from several processes at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hookkit import Got, Receiver, end, machine, penalised, subscribe, turn

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication
from xinheng.subscriptions import policy_retries
from xinheng.subscriptions import service as subscriptions
from xinheng.subscriptions.errors import NotActive


def changed(receiver: Receiver, count: int = 1) -> tuple[Any, Any, list[Any]]:
    """An active subscription with as many changes waiting for it."""
    entries, client = penalised(count), machine()
    found = subscribe(receiver, client, [one.uscc for one in entries])
    end([one.id for one in entries])
    subscriptions.decide(at=AT)
    return client, found, entries


def test_a_failing_receiver_is_tried_with_growing_pauses_then_stopped_and_resumes_where_it_was(
    city: Any, receiver: Receiver
) -> None:
    client, found, entries = changed(receiver, 3)
    receiver.status = 500
    at = AT
    for wait in policy_retries.WAITS:
        assert subscriptions.deliver(at=at).failed == 1
        assert not subscriptions.due_now(at=at + wait - timedelta(seconds=1))
        assert subscriptions.deliver(at=at + wait - timedelta(seconds=1)).failed == 0
        at += wait
    # One at a time: while the first does not pass, the others wait behind it
    assert len(receiver.seen) == 6 and len({one.json["id"] for one in receiver.seen}) == 1
    assert subscriptions.deliver(at=at).given_up == 1
    shown = subscriptions.subscription(client=client.id, id=found.id)
    assert (shown.state, shown.reason, shown.given_up, shown.waiting) == ("stopped", "status-500", 1, 2)
    newest = subscriptions.troubles()[0]
    assert (newest.outcome, newest.reason) == ("given-up", "status-500")
    assert not subscriptions.due_now(at=at + timedelta(days=9))
    with pytest.raises(NotActive):
        subscriptions.replay(client=client.id, id=found.id, after=0, actor="t", at=at)
    receiver.status = 200
    assert subscriptions.challenge_again(client=client.id, id=found.id, actor="t", at=at).state == "pending"
    subscriptions.deliver(at=at)
    turn(at)
    assert subscriptions.replay(client=client.id, id=found.id, after=0, actor="t", at=at) == 3
    turn(at)
    assert {one for _, one in receiver.told} == {one.uscc for one in entries}
    assert evidence.verify().findings == []


def test_a_retry_after_is_kept_within_a_day(city: Any, receiver: Receiver) -> None:
    changed(receiver)
    receiver.status, receiver.headers = 503, {"Retry-After": "3600"}
    subscriptions.deliver(at=AT)
    assert not subscriptions.due_now(at=AT + timedelta(minutes=59))
    receiver.headers = {"Retry-After": "99999999"}
    subscriptions.deliver(at=AT + timedelta(hours=1))
    assert subscriptions.due_now(at=AT + timedelta(hours=25))


def test_a_receiver_that_is_gone_is_not_asked_again(city: Any, receiver: Receiver) -> None:
    client, found, _ = changed(receiver)
    receiver.status = 410
    assert subscriptions.deliver(at=AT).given_up == 1
    shown = subscriptions.subscription(client=client.id, id=found.id)
    assert (shown.state, shown.reason) == ("stopped", "gone")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(
    city: Any, receiver: Receiver, receiver_maker: Callable[[], Receiver], status: int
) -> None:
    changed(receiver)
    trap = receiver_maker()
    receiver.status, receiver.headers = status, {"Location": trap.url}
    assert subscriptions.deliver(at=AT).failed == 1
    assert trap.seen == [] and len(receiver.seen) == 1
    assert subscriptions.troubles()[0].reason == "redirect"


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"hang_up": True}, "no-http"), ({"silent": 7.0}, "timeout")],
)
def test_a_receiver_that_does_not_answer_properly_costs_seconds_and_no_more(
    city: Any, receiver: Receiver, change: dict[str, Any], reason: str
) -> None:
    changed(receiver)
    for name, value in change.items():
        setattr(receiver, name, value)
    began = time.perf_counter()
    assert subscriptions.deliver(at=AT).failed == 1
    assert time.perf_counter() - began < 7
    assert subscriptions.troubles()[0].reason in (reason, "unreachable")


def test_an_answer_that_dribbles_is_cut_off_after_its_status(city: Any, receiver: Receiver) -> None:
    changed(receiver)
    receiver.dribble = 0.1
    began = time.perf_counter()
    assert subscriptions.deliver(at=AT).delivered == 1
    assert time.perf_counter() - began < 7


def test_nobody_listening_is_a_failure_like_any_other(city: Any, receiver: Receiver) -> None:
    entries, client = penalised(1), machine()
    made = subscribe(None, client, [entries[0].uscc], url="http://127.0.0.1:9999/x")
    assert subscriptions.deliver(at=AT).failed == 1
    assert subscriptions.troubles()[0].reason == "unreachable"
    assert subscriptions.subscription(client=client.id, id=made.id).state == "pending"


def test_outside_a_sandbox_neither_http_nor_this_machine_is_called(
    city: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.home import Home
    from xinheng.subscriptions.errors import BadAddress

    changed(receiver)
    monkeypatch.setattr(Home, "sandbox", property(lambda self: False))
    subscriptions.deliver(at=AT)
    assert receiver.seen == [] and subscriptions.troubles()[0].reason == "address-refused"
    with pytest.raises(BadAddress):
        subscribe(None, machine(), [penalised()[0].uscc], url=receiver.url)
    made = subscribe(None, machine(), [penalised()[0].uscc], url=f"https://localhost:{receiver.port}/x")
    subscriptions.deliver(at=AT)
    assert receiver.seen == [] and subscriptions.troubles()[0].subscription == made.id
    assert subscriptions.troubles()[0].reason == "address-refused"


def test_one_slow_receiver_does_not_hold_up_the_others(
    city: Any, receiver: Receiver, receiver_maker: Callable[[], Receiver]
) -> None:
    slow = receiver_maker()
    [entry] = penalised()
    for one in (slow, receiver):
        subscribe(one, machine(), [entry.uscc])
    end([entry.id])
    slow.silent = 6.0
    began = time.perf_counter()
    told = turn()
    assert (told.delivered, told.failed) == (1, 1) and time.perf_counter() - began < 8
    assert receiver.told == [("answer.changed", entry.uscc)]


def test_several_runners_deliver_each_message_once(city: Any, receiver: Receiver) -> None:
    _, _, entries = changed(receiver, 30)
    ready = threading.Barrier(3)
    failures: list[BaseException] = []

    def runner() -> None:
        try:
            ready.wait()
            for _ in range(4):
                subscriptions.decide(at=AT)
                subscriptions.deliver(at=AT)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=runner) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert sorted(one for _, one in receiver.told) == sorted(one.uscc for one in entries)
    sequence = [one.json["sequence"] for one in receiver.got]
    assert sequence == sorted(sequence) and len(set(sequence)) == len(sequence)
    assert evidence.verify().findings == []


def test_what_a_crash_left_claimed_is_sent_again_under_its_id(
    city: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(receiver)
    from xinheng.subscriptions import delivering

    def crash(*_: Any) -> Any:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_settle", crash)
        with pytest.raises(SystemExit):
            subscriptions.deliver(at=AT)
    assert len(receiver.got) == 1
    subscriptions.deliver(at=AT + timedelta(minutes=1))
    assert len(receiver.got) == 1
    subscriptions.deliver(at=AT + timedelta(minutes=11))
    assert len(receiver.got) == 2 and receiver.got[0].json == receiver.got[1].json
    assert evidence.verify().findings == []


def test_a_replay_sends_the_same_messages_again_and_asking_twice_is_asking_once(
    city: Any, receiver: Receiver
) -> None:
    client, found, _ = changed(receiver, 4)
    subscriptions.deliver(at=AT)
    first = [one.json for one in receiver.got]
    page = subscriptions.feed(client=client.id, after=0, limit=100)
    receiver.forget()
    after = page.messages[-3].seq
    assert subscriptions.replay(client=client.id, id=found.id, after=after, actor="t", at=AT) == 2
    assert subscriptions.replay(client=client.id, id=found.id, after=after, actor="t", at=AT) == 0
    subscriptions.deliver(at=AT)
    assert [one.json for one in receiver.got] == first[-2:]
    # The cursor reads the same before, between and after
    again = subscriptions.feed(client=client.id, after=0, limit=100)
    assert [(one.seq, one.id, one.kind, one.uscc) for one in again.messages] == [
        (one.seq, one.id, one.kind, one.uscc) for one in page.messages
    ]
    assert [one.seq for one in page.messages] == list(range(1, page.last + 1))
    assert evidence.verify().findings == []


def test_a_cursor_pages_through_everything_once(city: Any, receiver: Receiver) -> None:
    client, _, _ = changed(receiver, 7)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = subscriptions.feed(client=client.id, after=after, limit=3)
        seen += [one.seq for one in page.messages]
        after = page.next
    assert seen == list(range(1, 9)) and page.last == 8


def test_an_entry_withdrawn_between_recording_and_replay_does_not_come_back(
    city: Any, receiver: Receiver
) -> None:
    """A new entry is told of, then annulled; the replay says "look again", and looking shows nothing."""
    from xinheng.checks import service as checks
    from xinheng.records import service as records

    [entry], client = penalised(), machine()
    found = subscribe(
        receiver, client, [entry.uscc], kinds=("answer.changed", "entry.ended", "entry.recorded")
    )
    end([entry.id], "suppressed")
    turn()
    end([entry.id], "annulled")
    turn()
    records.erase(
        statement_ids=[entry.id],
        act=evidence.Act(kind="records.erased", actor="t", at=AT, provision="测", purpose="测"),
    )
    turn()
    receiver.forget()
    assert subscriptions.replay(client=client.id, id=found.id, after=0, actor="t", at=AT) >= 2
    subscriptions.deliver(at=AT)
    sent = " ".join(one.body.decode() for one in receiver.got)
    assert entry.uscc in sent
    for value in (*entry.values.values(), str(entry.id), entry.authority, entry.item):
        assert value == entry.uscc or len(value) < 6 or value not in sent
    assert publication.by_ids(ids=[entry.id], audience="public", on=evidence.legal_day(AT)) == {}
    answer = checks.check(uscc=entry.uscc, matter=found.matter, asker=checks.PUBLIC, at=AT)
    assert entry.id not in [one.statement for one in answer.entries]


def test_a_receiver_that_changes_its_mind_midway_gets_the_rest_later_in_order(
    city: Any, receiver: Receiver
) -> None:
    changed(receiver, 5)

    def second_fails(got: Got) -> int:
        return 200 if len(receiver.seen) != 2 else 503

    receiver.after = second_fails
    assert subscriptions.deliver(at=AT).delivered == 1
    assert subscriptions.deliver(at=AT + timedelta(minutes=2)).delivered == 4
    order = [int(one.json["sequence"]) for one in receiver.got]
    assert order == sorted(order) and len(order) == 5
