"""What tests of objection and repair share: who acts, on which day, on which entry of the small city."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.publication import service as publication

OFFICE = cases.Actor("desk:office", "office")
EXCHANGE = cases.Actor("simulated-credit-china", "exchange")
ALL = cases.Reader("office")


def at(day: date | str, hour: int = 10) -> datetime:
    """An hour of a Shanghai day."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time(hour), tzinfo=evidence.SHANGHAI).astimezone(UTC)


def desk(body: str, who: str = "one") -> cases.Actor:
    """Somebody of the deciding authority; two of them for what two must do."""
    return cases.Actor(f"desk:{who}", "authority", body)


def subject(code: str) -> cases.Actor:
    """The organisation itself."""
    return cases.Actor(f"desk:o-{code[-4:].lower()}", "organisation", code)


def shown(on: date | str, **more: Any) -> list[publication.Entry]:
    """Penalties the public sees on a day, newest first."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    found = publication.statements(audience="public", on=day, item="admin-penalty", limit=500, **more)
    return [one for one in found if one.earliest_repair is not None]


def ripe(on: date | str, *, market: bool = False) -> list[publication.Entry]:
    """Penalties whose minimum period is over on a day; of market regulators, or of others."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return [
        one for one in shown(day) if one.earliest_repair <= day and (_sector(one) == "market-regulation") == market
    ]  # fmt: skip


def _sector(one: publication.Entry) -> str:
    from xinheng.remedies import entries

    return entries.entry(one.id).sector


def grant(number: str, body: str, day: date | str, act: str = "grant", **more: Any) -> cases.Done:
    """A step two people of a body must take."""
    cases.act(number=number, act=act, actor=desk(body, "one"), at=at(day, 14), **more)
    return cases.act(number=number, act=act, actor=desk(body, "two"), at=at(day, 15), **more)


def sees(audience: str, statement: int, on: date | str) -> publication.Entry | None:
    """The entry as an audience sees it on a day."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return publication.statement(id=statement, audience=audience, on=day)


def open_objection(statement: int, day: date | str, **more: Any) -> cases.Done:
    """An objection at the counter."""
    from xinheng.remedies import service as remedies

    given = {"reason": "决定书上的金额不是这个数", "actor": OFFICE, "channel": "counter", **more}
    return remedies.object(statement=statement, at=at(day), **given)


def open_repair(statement: int, day: date | str, **more: Any) -> cases.Done:
    """An application pushed by 信用中国."""
    from xinheng.remedies import service as remedies

    given = {
        "actor": EXCHANGE,
        "channel": "exchange",
        "outside": f"XYZG-{statement}",
        "commitment": True,
        **more,
    }
    return remedies.apply_repair(statement=statement, at=at(day), **given)


def end_of_journey(day: date | str) -> None:
    """What every journey ends on: the ledger bears out every row, also after the followers caught up."""
    evidence.drain(at=at(day, 20))
    found = evidence.verify().findings
    assert found == [], found
