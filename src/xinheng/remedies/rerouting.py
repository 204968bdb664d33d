"""Open cases of a body that is gone go on with the one that took its duties over."""

from __future__ import annotations

from datetime import date, datetime

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.remedies import entries

KINDS = ("objection", "repair")


def reroute(*, at: datetime, actor: str = "platform") -> list[tuple[str, str, str]]:
    """Hands every open objection and repair of a body that was succeeded to its successor; the clock runs on.

    Returns (case, from, to). Safe to repeat: a case that moved stands with its new body.
    """
    today = evidence.legal_day(at)
    moved: list[tuple[str, str, str]] = []
    for count in cases.counters_by_body(on=today):
        if count.body in ("", "office", "subject") or not count.open:
            continue
        to = entries.routed(count.body, "", today)
        if not to.moved:
            continue
        for number in _open_of(count.body, today):
            cases.reassign(
                number=number, to=to.body, reason=to.why, actor=cases.Actor(actor, "platform"), at=at
            )
            moved.append((number, count.body, to.body))
    return moved


def _open_of(body: str, today: date) -> list[str]:
    numbers: list[str] = []
    for kind in KINDS:
        after = None
        while True:
            lines, after = cases.due(
                reader=cases.Reader("office"), kind=kind, body=body, on=today, after=after, limit=500
            )
            numbers += [line.number for line in lines if line.body == body]
            if after is None:
                break
    return numbers
