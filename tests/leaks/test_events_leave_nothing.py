"""What machines are told of changes: codes and kinds only, nothing of an entry that ended, nothing of what was never public.

Looked through: what goes over the wire to a webhook, what the cursor reads, what a replay sends, also long after the entry is gone.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from moments import AT
from xinheng.accounts import service as accounts
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.lists import service as lists
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.subscriptions import cloudevents, keys, reading, signing, subscribing
from xinheng.subscriptions import service as subscriptions

UNIT = "11340600000000000" + uscc.check_char("11340600000000000")
TODAY = evidence.legal_day(AT)
MATTER = "honour-award"
KINDS = ("answer.changed", "entry.recorded", "entry.ended")
ENDS = ("annulled", "superseded", "repaired", "suppressed", "erased")


def listening(codes: list[str], *, scopes: tuple[str, ...] = ("subscribe",)) -> Any:
    """A client whose subscription is active."""
    made = accounts.add_client(body=UNIT, scopes=scopes, title="审批系统", at=AT, actor="t")
    client = next(one for one in accounts.clients() if one.id == made.id)
    found = subscriptions.subscribe(
        client=client,
        url="https://hooks.example.com/x",
        kinds=KINDS,
        usccs=codes,
        matter=MATTER,
        actor="t",
        at=AT,
    )
    [line] = reading.lines("id = %s", [found.id])
    subscriptions.confirm(
        client=client.id, id=found.id, challenge=subscribing.challenge_of(line), actor="t", at=AT
    )
    subscriptions.decide(at=AT)
    return client


def told(client: Any) -> list[tuple[str, str]]:
    page = subscriptions.feed(client=client.id, after=0, limit=500)
    return [(one.kind, one.uscc) for one in page.messages if one.kind != "subscription.confirm"]


def wire(client: Any) -> str:
    """Every message of a client as a webhook would get it, headers and all, and as the cursor reads it."""
    kid, key = keys.signer(at=AT)
    parts = []
    for message in subscriptions.feed(client=client.id, after=0, limit=500).messages:
        body = cloudevents.payload(message)
        headers = signing.signed(
            url="https://hooks.example.com/x",
            body=body,
            media_type=cloudevents.MEDIA_TYPE,
            kid=kid,
            key=key,
            at=AT,
        )
        parts += [body.decode(), json.dumps(headers)]
    return " ".join(parts)


def leave(entry: publication.Entry, end: str) -> None:
    if end == "erased":
        act = evidence.Act(kind="records.erased", actor="t", at=AT, provision="测", purpose="测")
        records.erase(statement_ids=[entry.id], act=act)
        return
    with evidence.event(evidence.Act(kind="test.ended", actor="t", at=AT, provision="测")) as event:
        records.restand(event=event, statement_ids=[entry.id], state=end)


def counting() -> publication.Entry:
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    # An enterprise: individual businesses cannot be watched
    return next(one for one in page if one.severity in ("ordinary", "serious") and one.uscc.startswith("91"))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("followers", ["running", "stopped"])
def test_nothing_of_an_entry_is_in_what_machines_are_told(city: Any, end: str, followers: str) -> None:
    entry = counting()
    client = listening([entry.uscc])
    leave(entry, end)
    if followers == "running":
        evidence.drain(at=AT)
        subscriptions.decide(at=AT)
        assert ("answer.changed", entry.uscc) in told(client), "the change itself is told"
    else:
        assert told(client) == []
    text = wire(client)
    for value in {
        *entry.values.values(),
        str(entry.id),
        entry.authority,
        entry.item,
        entry.severity,
        entry.rule,
    }:
        assert value == entry.uscc or len(value) < 5 or value not in text, value
    # The stored rows hold no more than what is sent
    with_statement = [
        name for model in _models() for name in (field.column for field in model._meta.concrete_fields)
        if "statement" in name or "item" in name or "values" in name
    ]  # fmt: skip
    assert with_statement == []


def test_what_is_not_public_makes_no_message_for_those_who_may_see_only_the_public(city: Any) -> None:
    public = {one.id for one in publication.statements(audience="public", on=TODAY, limit=500)}
    hidden = [
        one
        for one in publication.statements(audience="authority", on=TODAY, limit=500)
        if one.id not in public
    ]
    hidden = [one for one in hidden if publication.statement(id=one.id, audience="public", on=TODAY) is None]
    if not hidden:
        pytest.skip("every entry of this city is public")
    entry = hidden[0]
    client = listening([entry.uscc])
    leave(entry, "annulled")
    evidence.drain(at=AT)
    subscriptions.decide(at=AT)
    assert told(client) == []


def test_what_a_unit_watches_is_told_to_nobody(city: Any) -> None:
    entry = counting()
    client = listening([entry.uscc])
    lists.watch(
        body=UNIT, uscc=entry.uscc, reason="重点关注", basis="测试", until=TODAY.replace(year=TODAY.year + 1),
        actor="t", at=AT,
    )  # fmt: skip
    evidence.drain(at=AT)
    subscriptions.decide(at=AT)
    subscriptions.sweep(at=AT)
    assert told(client) == []


def test_a_client_hears_of_the_organisations_it_named_and_of_no_others(city: Any) -> None:
    page = publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=500)
    counted = {one.uscc: one for one in page if one.severity in ("ordinary", "serious")}
    mine, other = list(counted.values())[:2]
    client, stranger = listening([mine.uscc]), listening([other.uscc])
    leave(mine, "annulled")
    evidence.drain(at=AT)
    subscriptions.decide(at=AT)
    assert {code for _, code in told(client)} == {mine.uscc} and told(stranger) == []
    assert mine.uscc not in wire(stranger)


def _models() -> list[Any]:
    from django.apps import apps

    return list(apps.get_app_config("subscriptions").get_models())
