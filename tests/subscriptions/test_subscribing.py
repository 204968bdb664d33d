"""Subscribing: an address proves that it listens, and is told what changed, once, signed, with ids only."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from hookkit import MATTER, UNIT, Receiver, end, machine, penalised, subscribe, turn

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.subscriptions import service as subscriptions
from xinheng.subscriptions.errors import BadAddress, BadSubscription, ChallengeWrong, NoSuchSubscription


def verified(got: Any, url: str, jwks: dict[str, Any]) -> Any:
    """The signature checked with the library, against the keys of the trust bundle."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms

    keys = {
        one["kid"]: Ed25519PublicKey.from_public_bytes(
            base64.urlsafe_b64decode(one["x"] + "=" * (-len(one["x"]) % 4))
        )
        for one in jwks["keys"]
    }

    class Request:
        method, headers = "POST", got.headers

    Request.url = url  # type: ignore[attr-defined]
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}),
    )
    return verifier.verify(
        Request(), max_age=None, expect_tag="xinheng-webhook", body=got.body,
        require_components=("@method", "@target-uri", "content-type", "content-digest"),
    )  # fmt: skip


def test_nothing_is_sent_before_the_address_answered_its_challenge(city: Any, receiver: Receiver) -> None:
    [entry], client = penalised(), machine()
    receiver.echo = False
    made = subscribe(None, client, [entry.uscc], url=receiver.url)
    subscriptions.deliver(at=AT)
    assert [one.kind for one in receiver.got] == ["subscription.confirm"]
    end([entry.id])
    turn()
    assert receiver.told == [] and subscriptions.subscription(client=client.id, id=made.id).state == "pending"
    with pytest.raises(ChallengeWrong):
        subscriptions.confirm(client=client.id, id=made.id, challenge="x", actor="t", at=AT)
    challenge = receiver.got[0].json["data"]["challenge"]
    for _ in range(2):
        assert (
            subscriptions.confirm(client=client.id, id=made.id, challenge=challenge, actor="t", at=AT).state
            == "active"
        )
    turn()
    # What happened while it was pending is told now
    assert receiver.told == [("answer.changed", entry.uscc)]
    assert evidence.verify().findings == []


def test_an_address_that_echoes_its_challenge_is_active_at_once(city: Any, receiver: Receiver) -> None:
    [entry], client = penalised(), machine()
    found = subscribe(receiver, client, [entry.uscc])
    assert (found.state, found.reason, found.codes, found.waiting) == ("active", "address", 1, 0)
    turn()
    assert receiver.told == []


def test_a_message_is_a_signed_cloudevent_with_ids_only(city: Any, receiver: Receiver) -> None:
    [entry], client = penalised(), machine()
    found = subscribe(receiver, client, [entry.uscc])
    end([entry.id])
    turn()
    [got] = receiver.got
    assert got.headers["Content-Type"] == "application/cloudevents+json"
    assert got.json | {"time": "", "id": "", "sequence": ""} == {
        "specversion": "1.0", "source": f"urn:xinheng:{evidence.origin()}", "type": "xinheng.answer.changed.v1",
        "subject": entry.uscc, "datacontenttype": "application/json", "time": "", "id": "", "sequence": "",
        "data": {"subscription": found.id, "matter": MATTER, "position": got.json["data"]["position"]},
    }  # fmt: skip
    digest = base64.b64encode(hashlib.sha256(got.body).digest()).decode()
    assert got.headers["Content-Digest"] == f"sha-256=:{digest}:"
    jwks = evidence.trust_bundle(at=AT)["webhook_keys"]
    [result] = verified(got, receiver.url, jwks)
    assert result.parameters["keyid"] == jwks["keys"][-1]["kid"]
    assert result.parameters["created"] == int(AT.timestamp())
    from http_message_signatures import InvalidSignature

    # Another address, another body: neither passes
    with pytest.raises(InvalidSignature):
        verified(got, receiver.url + "1", jwks)
    got.body = got.body.replace(entry.uscc.encode(), UNIT.encode())
    with pytest.raises(InvalidSignature):
        verified(got, receiver.url, jwks)


def test_a_rotated_key_signs_and_what_the_old_one_signed_still_verifies(
    city: Any, receiver: Receiver
) -> None:
    entries, client = penalised(2), machine()
    subscribe(receiver, client, [one.uscc for one in entries])
    end([entries[0].id])
    turn()
    kid = subscriptions.rotate_key(actor="t", at=AT)
    end([entries[1].id])
    turn()
    jwks = evidence.trust_bundle(at=AT)["webhook_keys"]
    assert len(jwks["keys"]) == 2 and jwks["keys"][0]["retired_at"] and jwks["keys"][1]["kid"] == kid
    used = [verified(got, receiver.url, jwks)[0].parameters["keyid"] for got in receiver.got]
    assert used == [one["kid"] for one in jwks["keys"]]
    assert evidence.verify().findings == []


def test_a_change_is_told_once_and_what_does_not_change_the_answer_not_at_all(
    city: Any, receiver: Receiver
) -> None:
    first, second = penalised(2)
    client = machine()
    subscribe(receiver, client, [first.uscc, second.uscc])
    end([first.id])
    for _ in range(3):
        turn()
        evidence.reset("subscriptions")  # the follower reads all of it again
    assert receiver.told == [("answer.changed", first.uscc)]


def test_entries_are_told_of_as_recorded_and_ended_where_the_public_saw_them(
    city: Any, receiver: Receiver
) -> None:
    [entry], client = penalised(), machine()
    subscribe(receiver, client, [entry.uscc], kinds=("entry.recorded", "entry.ended"), matter="")
    end([entry.id])
    turn()
    assert receiver.told == [("entry.ended", entry.uscc)]
    assert "matter" not in receiver.got[0].json["data"]


def test_what_time_alone_changes_is_found_by_the_daily_look(city: Any, receiver: Receiver) -> None:
    found = [one for one in penalised(60) if one.show_until is not None]
    entry = min(found, key=lambda one: one.show_until or evidence.legal_day(AT))
    assert entry.show_until is not None
    after = AT + timedelta(days=(entry.show_until - evidence.legal_day(AT)).days + 1)
    client = machine()
    subscribe(receiver, client, [entry.uscc])
    assert subscriptions.sweep(at=AT).recorded == 0
    assert subscriptions.sweep(at=after).recorded == 1
    assert subscriptions.sweep(at=after).recorded == 0
    turn(after)
    assert receiver.told == [("answer.changed", entry.uscc)]


def test_an_erased_entry_changes_the_answer_although_nothing_names_its_organisation_any_more(
    city: Any, receiver: Receiver
) -> None:
    from xinheng.records import service as records

    [entry], client = penalised(), machine()
    subscribe(receiver, client, [entry.uscc])
    records.erase(
        statement_ids=[entry.id],
        act=evidence.Act(kind="records.erased", actor="t", at=AT, provision="测", purpose="测"),
    )
    turn()
    assert receiver.told == [("answer.changed", entry.uscc)]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"url": "http://user:pw@127.0.0.1/"}, BadAddress),
        ({"url": "ftp://example.com/"}, BadAddress),
        ({"url": "https://example.com:22/"}, BadAddress),
        ({"kinds": ()}, BadSubscription),
        ({"kinds": ("everything",)}, BadSubscription),
        ({"usccs": ()}, BadSubscription),
        ({"usccs": ("91340600MA0000000X",)}, BadSubscription),
        ({"usccs": ("91340600MA0000000X",) * 2 + tuple(map(str, range(10_001)))}, BadSubscription),
        ({"matter": ""}, BadSubscription),
        ({"scope": "shared"}, BadSubscription),
        ({"scope": "all"}, BadSubscription),
        ({"purpose": "x\x00"}, BadSubscription),
    ],
)
def test_what_cannot_be_watched_is_refused(city: Any, change: dict[str, Any], error: type[Exception]) -> None:
    [entry], client = penalised(), machine()
    asked = {
        "client": client, "url": "https://example.com/x", "kinds": ("answer.changed",), "usccs": (entry.uscc,),
        "matter": MATTER, "actor": "t", "at": AT,
    }  # fmt: skip
    with pytest.raises(error):
        subscriptions.subscribe(**(asked | change))  # type: ignore[arg-type]
    assert subscriptions.subscriptions() == []


def test_a_client_of_some_matters_subscribes_to_those_only(city: Any) -> None:
    [entry], client = penalised(), machine(matters=("procurement-award",))
    with pytest.raises(BadSubscription):
        subscribe(None, client, [entry.uscc])
    assert subscribe(None, client, [entry.uscc], matter="procurement-award").state == "pending"


def test_twenty_subscriptions_are_enough_for_a_client(city: Any) -> None:
    [entry], client = penalised(), machine()
    made = [subscribe(None, client, [entry.uscc]) for _ in range(20)]
    with pytest.raises(BadSubscription):
        subscribe(None, client, [entry.uscc])
    subscriptions.end(client=client.id, id=made[0].id, actor="t", at=AT)
    assert subscribe(None, client, [entry.uscc])


def test_another_clients_subscription_does_not_exist(city: Any) -> None:
    [entry], client, other = penalised(), machine(), machine()
    made = subscribe(None, client, [entry.uscc])
    for ask in (
        lambda: subscriptions.subscription(client=other.id, id=made.id),
        lambda: subscriptions.codes(client=other.id, id=made.id),
        lambda: subscriptions.end(client=other.id, id=made.id, actor="t", at=AT),
        lambda: subscriptions.replay(client=other.id, id=made.id, after=0, actor="t", at=AT),
        lambda: subscriptions.confirm(client=other.id, id=made.id, challenge="x", actor="t", at=AT),
    ):
        with pytest.raises(NoSuchSubscription):
            ask()


def test_what_is_not_public_is_watched_for_a_fitting_purpose_and_the_organisation_sees_it(
    city: Any, receiver: Receiver
) -> None:
    [entry] = penalised()
    client = machine(("subscribe", "check", "check-shared"), sector="development-reform")
    with pytest.raises(BadSubscription):
        subscribe(receiver, client, [entry.uscc], scope="shared", purpose="看看")
    with pytest.raises(BadSubscription):
        # Inspections are not announced, so they are not watched either
        subscribe(
            receiver,
            client,
            [entry.uscc],
            scope="shared",
            purpose="inspection-plan",
            matter="inspection-plan",
        )
    assert accounts.readings(uscc=entry.uscc) == []
    subscribe(receiver, client, [entry.uscc], scope="shared", purpose="honour-review")
    evidence.drain(at=AT)
    [reading] = accounts.readings(uscc=entry.uscc)
    assert reading.what == "subscription" and reading.unit == UNIT


def test_nobody_is_told_after_the_client_was_disabled_or_the_subscription_ended(
    city: Any, receiver: Receiver
) -> None:
    one, two = penalised(2)
    client, other = machine(), machine()
    subscribe(receiver, client, [one.uscc, two.uscc])
    kept = subscribe(receiver, other, [one.uscc, two.uscc])
    end([one.id])
    subscriptions.decide(at=AT)
    accounts.disable_client(id=client.id, at=AT, actor="t")
    subscriptions.end(client=other.id, id=kept.id, actor="t", at=AT)
    end([two.id])
    turn()
    assert receiver.told == [] and not subscriptions.due_now(at=AT)


def test_messages_say_nothing_a_reader_could_not_ask_for(city: Any, receiver: Receiver) -> None:
    """Only codes, kinds, matters, numbers: no word of an entry is in what was sent or kept for sending."""
    [entry], client = penalised(), machine()
    subscribe(receiver, client, [entry.uscc], kinds=("answer.changed", "entry.ended"))
    end([entry.id])
    turn()
    sent = " ".join(got.body.decode() + json.dumps(got.headers) for got in receiver.got)
    for value in (*entry.values.values(), str(entry.id), entry.authority, entry.item):
        assert value == entry.uscc or len(value) < 6 or value not in sent


def test_a_new_public_entry_is_told_of_as_recorded_and_changes_the_answer(
    city: Any, receiver: Receiver
) -> None:
    import csv
    import io

    from xinheng.intake import service as intake
    from xinheng.records import service as records

    [entry], client = penalised(), machine()
    subscribe(receiver, client, [entry.uscc], kinds=("answer.changed", "entry.recorded"))
    batch, number, _ = records.statements([entry.id])[entry.id].source
    row = (intake.kept_row(batch=batch, row=number) or {}) | {"CF_WSH": "虚构罚字〔2026〕第990077号"}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    with intake.lent_path(out.getvalue().encode()) as path:
        receipt = intake.run(
            path=path, item="admin-penalty", source=intake.batches(number=batch)[0].source, at=AT, actor="test", mapping={}
        )  # fmt: skip
    assert receipt.accepted == 1
    turn()
    assert sorted(receiver.told) == [("answer.changed", entry.uscc), ("entry.recorded", entry.uscc)]
    assert "990077" not in " ".join(one.body.decode() for one in receiver.got)
