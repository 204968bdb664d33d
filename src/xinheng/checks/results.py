"""Results of hints told to the public: released by the office, shown through the gate.

The organisation is named only while every entry the hint follows from is public and the check is not deferred;
afterwards the line says what was done by whom, and no more. Results of supervision and enforcement are not told at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.checks import feedback as feeding
from xinheng.checks import feedback_keeping as keeping
from xinheng.checks.feedback_errors import FeedbackFourEyes, FeedbackIncomplete, NotPublishable
from xinheng.checks.hint_entries import Place, statements_of
from xinheng.checks.numbers import id_of
from xinheng.evidence import service as evidence
from xinheng.kernel import personal
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

SHOWN, HIDDEN = "published", "withdrawn"
LONGEST_REASON = 200


@dataclass(frozen=True)
class ResultLine:
    """A result as the public may read it. `uscc`, `name`, `statement` and `document` are empty once the entry it rests on
    is no longer public."""

    feedback: int
    measure: str
    measure_name: str
    measure_name_en: str
    matter: str
    matter_name: str
    body: str
    applied: bool
    answered_on: date
    uscc: str
    name: str
    statement: int
    document: str


@dataclass(frozen=True)
class Answered:
    """An answered hint as the office sees it, with what stands in the way of publishing it ("" for nothing)."""

    hint: feeding.HintLine
    state: str
    obstacle: str


def publish(*, feedback: int, actor: str, at: datetime) -> None:
    """Tells a result to the public. Raises `NotPublishable`, `FeedbackFourEyes`. Repeating it changes nothing."""
    _act(feedback, SHOWN, "", actor, at)


def withdraw(*, feedback: int, reason: str, actor: str, at: datetime) -> None:
    """Takes a result back from every face. Raises `FeedbackIncomplete` without a reason, `NotPublishable`."""
    reason = personal.redact(" ".join(reason.split())[:LONGEST_REASON])[0]
    if not reason:
        raise FeedbackIncomplete("撤下一条结果要写明原因。")
    _act(feedback, HIDDEN, reason, actor, at)


def published(*, on: date, after: int | None = None, limit: int = 50) -> list[ResultLine]:
    """What the public may read on a day, newest first, after the `feedback` of one already seen."""
    where = _SHOWN
    values: list[Any] = [on, on]
    if after is not None:
        where += " AND f.id < %s"
        values.append(after)
    sql = f"{_SELECT} WHERE {where} ORDER BY f.id DESC LIMIT %s"
    return _lines(_rows(sql, [*values, limit]), on)


def result(*, feedback: int, on: date) -> ResultLine | None:
    """One answered hint as the public might read it, released or not: what a typical case stands on. None where there is
    no such answer, where it was corrected since, or where its check is still deferred."""
    rows = _rows(
        f"{_SELECT} WHERE f.id = %s AND {_NEWEST} AND {_NOT_DEFERRED} AND {_TELLABLE}", [feedback, on, on]
    )
    return _lines(rows, on)[0] if rows else None


def answered(
    *, on: date, body: str | None = None, after: int | None = None, limit: int = 50
) -> list[Answered]:
    """Answered hints, newest answer first, after the id of an answer already seen."""
    where = [_NEWEST]
    values: list[Any] = []
    if body is not None:
        where.append("c.body = %s")
        values.append(body)
    if after is not None:
        where.append("f.id < %s")
        values.append(after)
    sql = (
        "SELECT h.check_id, h.ordinal, c.uscc, c.body, c.matter, h.measure, h.statement_id, c.asked_on, h.due,"
        f' c.case_number, c.purpose, COALESCE(r."on", c.deferred_until), {_STATE} FROM {_FROM} WHERE {" AND ".join(where)}'
        " ORDER BY f.id DESC LIMIT %s"
    )
    rows = _rows(sql, [*values, limit])
    hints = feeding.lines_of([row[:12] for row in rows], on=on)
    entries, public = _open(rows, on)
    return [
        Answered(one, row[12] or "", _obstacle(one, entries[row[0], row[1]] <= public.keys(), on))
        for one, row in zip(hints, rows, strict=True)
    ]


_FROM = (
    "checks_feedback f JOIN checks_hint h ON h.check_id = f.check_id AND h.ordinal = f.ordinal"
    " JOIN checks_check c ON c.id = h.check_id LEFT JOIN checks_release r ON r.check_id = c.id"
)
_STATE = "(SELECT x.state FROM checks_result x WHERE x.feedback_id = f.id ORDER BY x.id DESC LIMIT 1)"
_NEWEST = (
    "NOT EXISTS (SELECT 1 FROM checks_feedback y WHERE y.check_id = f.check_id AND y.ordinal = f.ordinal"
    " AND y.version > f.version)"
)
_NOT_DEFERRED = '(c.deferred_until IS NULL OR c.deferred_until <= %s OR r."on" <= %s)'
INTERNAL = ("supervision", "enforcement")
"""Uses whose results stay inside: whom a department inspects or proceeds against, and how closely, is not told by name."""
_TELLABLE = f"c.use NOT IN {INTERNAL}"
_SHOWN = f"{_STATE} = '{SHOWN}' AND {_NEWEST} AND {_NOT_DEFERRED} AND {_TELLABLE}"
_SELECT = (
    "SELECT h.check_id, h.ordinal, h.measure, c.matter, c.body, f.outcome, f.answered_on, h.statement_id, f.document, f.id"
    f" FROM {_FROM}"
)


def _lines(rows: Sequence[Sequence[Any]], on: date) -> list[ResultLine]:
    pack = law.active()
    measures = law.measures(pack=pack, on=on)
    entries, public = _open(rows, on)
    known = register.get(sorted({entry.uscc for entry in public.values()}))
    lines = []
    for row in rows:
        matter, measure = law.matter(pack=pack, code=row[3]), measures.get(row[2])
        entry = public.get(row[7]) if entries[row[0], row[1]] <= public.keys() else None
        lines.append(
            ResultLine(
                row[9], row[2], measure.name if measure else row[2], measure.name_en if measure else row[2], row[3],
                matter.name if matter else row[3], row[4], row[5] == "applied", feeding.as_date(row[6]),
                entry.uscc if entry else "", _name(entry, known.get(entry.uscc)) if entry else "", entry.id if entry else 0,
                row[8] if entry else "",
            )
        )  # fmt: skip
    return lines


def _name(entry: publication.Entry, known: register.Organisation | None) -> str:
    """As its own page is headed: an individual business named after a person is not shown by that name."""
    item = law.active().items[entry.item]
    if known is None:
        known = register.unregistered(code=entry.uscc, name=entry.values.get(item.subject_name, ""))
    return known.shown_name


def _public(statements: Sequence[int], on: date) -> dict[int, publication.Entry]:
    found: dict[int, publication.Entry] = {}
    wanted = sorted(set(statements))
    for start in range(0, len(wanted), 500):
        found |= publication.by_ids(ids=wanted[start : start + 500], audience="public", on=on)
    return found


def _open(
    rows: Sequence[Sequence[Any]], on: date
) -> tuple[dict[Place, frozenset[int]], dict[int, publication.Entry]]:
    """Of rows that begin with check and ordinal: the statements of each hint, and those of them that are public."""
    told = statements_of(row[0] for row in rows)
    # A hint whose statements nobody knows is about none that is public
    entries = {(row[0], row[1]): told.get((row[0], row[1]), frozenset({0})) for row in rows}
    return entries, _public(sorted({id for ids in entries.values() for id in ids}), on)


def _obstacle(hint: feeding.HintLine, public: bool, on: date) -> str:
    use = (
        law.use_of(pack=law.active(), matter=hint.matter)
        if law.matter(pack=law.active(), code=hint.matter)
        else None
    )
    if use is not None and use.code in INTERNAL:
        return "监督检查、执法的对象只供内部掌握，结果不公布。"
    if hint.deferred_until is not None and hint.deferred_until > on:
        return f"这次核查到 {hint.deferred_until} 才告知企业，此前不能公布。"
    if not public:
        return "所依据的记录现在有的不公示（已到期、已修复、已更正或者本来就不公开），不能公布。"
    return ""


def _act(feedback: int, state: str, reason: str, actor: str, at: datetime) -> None:
    on = evidence.legal_day(at)
    line = feeding.feedback(ids=[feedback]).get(feedback)
    if line is None:
        raise NotPublishable("没有这条反馈，请从反馈结果列表里选。")
    if state == SHOWN:
        _must_be_publishable(line, actor, on)
        if _state_of(feedback) == SHOWN:
            return
    with evidence.event(evidence.Act(kind=_KINDS[state], actor=actor, at=at)) as event:
        evidence.lock("checks-feedback")
        now = _state_of(feedback)
        if state == HIDDEN and now != SHOWN:
            raise NotPublishable("这条结果现在没有公布，不需要撤下。")
        if now != state:
            keeping.write(event, "checks_result", [(feedback, state, reason, on, actor)])


_KINDS = {SHOWN: keeping.PUBLISHED, HIDDEN: keeping.WITHDRAWN}


def _must_be_publishable(line: feeding.FeedbackLine, actor: str, on: date) -> None:
    if line.actor == actor:
        raise FeedbackFourEyes("自己反馈的结果不能自己公布：请另一位同事办理。")
    hint = next(
        (one for one in feeding.of_check(number=line.number, body=None, on=on) if one.hint == line.hint), None
    )
    if hint is None or hint.feedback is None or hint.feedback.id != line.id:
        raise NotPublishable("这条反馈后来更正过，请公布更正后的一条。")
    place = (id_of(line.number), line.hint)
    entries, public = _open([place], on)
    if said := _obstacle(hint, entries[place] <= public.keys(), on):
        raise NotPublishable(said)


def _state_of(feedback: int) -> str:
    rows = _rows(
        "SELECT state FROM checks_result WHERE feedback_id = %s ORDER BY id DESC LIMIT 1", [feedback]
    )
    return rows[0][0] if rows else ""


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


__all__ = ["Answered", "ResultLine", "answered", "publish", "published", "result", "withdraw"]
