"""Feedback on hints of kind 应当: given by the unit that asked, corrected by a later version, counted as it ages."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.checks import feedback_keeping as keeping
from xinheng.checks import hint_entries
from xinheng.checks import policy_feedback as policy
from xinheng.checks.errors import CheckUnknown
from xinheng.checks.feedback_errors import FeedbackIncomplete, NoSuchHint, NotYourCheck
from xinheng.checks.numbers import id_of, number_of
from xinheng.evidence import service as evidence
from xinheng.kernel import personal
from xinheng.law import service as law

MOST = 1_000
LONGEST_REASON, LONGEST_DOCUMENT = 500, 128


@dataclass(frozen=True)
class Given:
    """What a unit says about one hint: `applied` or not, why, and the number of its own document."""

    number: str
    hint: int
    applied: bool
    reason: str = ""
    document: str = ""


@dataclass(frozen=True)
class FeedbackLine:
    """An answer as kept. `version` 1 is the first; `id` asks for its publication."""

    id: int
    number: str
    hint: int
    version: int
    applied: bool
    reason: str
    document: str
    body: str
    answered_on: date
    actor: str


@dataclass(frozen=True)
class HintLine:
    """A hint of kind 应当 that a unit was given, with how it stands: `feedback` is the newest answer, None while open.

    `moot` (told by `of_check`): nothing it follows from counts any more, and it was not answered: it waits for nobody.
    """

    number: str
    hint: int
    uscc: str
    body: str
    matter: str
    matter_name: str
    measure: str
    measure_name: str
    measure_name_en: str
    statement: int
    asked_on: date
    due_on: date
    case_number: str
    purpose: str
    deferred_until: date | None
    age: policy.Age
    feedback: FeedbackLine | None
    moot: bool = False

    @property
    def key(self) -> str:
        """The keyset after which a list of open hints goes on."""
        return f"{self.due_on.isoformat()}.{id_of(self.number)}.{self.hint}"


@dataclass(frozen=True)
class Ageing:
    """How many hints of a unit wait, by heap."""

    in_time: int = 0
    soon: int = 0
    late: int = 0
    long: int = 0

    @property
    def open(self) -> int:
        return self.in_time + self.soon + self.late + self.long

    @property
    def overdue(self) -> int:
        return self.late + self.long


def answer(
    *,
    number: str,
    hint: int,
    applied: bool,
    reason: str = "",
    document: str = "",
    body: str,
    actor: str,
    at: datetime,
) -> FeedbackLine:
    """Keeps what a unit did about one hint. The same answer again is the first one; another answer is a correction.

    `body` must be the unit that asked. Personal data in the words is masked. Raises `NoSuchHint`, `NotYourCheck`,
    `FeedbackIncomplete`.
    """
    given = Given(number, hint, applied, reason, document)
    return answer_many(given=[given], body=body, actor=actor, at=at)[0]


def answer_many(*, given: Sequence[Given], body: str, actor: str, at: datetime) -> list[FeedbackLine]:
    """`answer` for up to 1,000 hints in one act, all or none, in the order given. Raises what `answer` raises."""
    if not given or len(given) > MOST:
        raise FeedbackIncomplete(f"一次反馈 1 至 {MOST} 条提示，这里有 {len(given)} 条。")
    clean = [_clean(one) for one in given]
    places = [(_known_id(one.number), one.hint) for one in clean]
    if len(set(places)) != len(places):
        raise FeedbackIncomplete("同一条提示在一次反馈里出现了两次，请只留一条。")
    _must_be_own(places, body)
    on = evidence.legal_day(at)
    if not _news(clean, places, _newest(places)):
        return _in_order(places)
    with evidence.event(evidence.Act(kind=keeping.ANSWERED, actor=actor, at=at)) as event:
        evidence.lock("checks-feedback")
        rows = []
        for one, place, version in _news(clean, places, _newest(places)):
            outcome = policy.APPLIED if one.applied else policy.NOT_APPLIED
            rows.append(
                (*place, version, outcome, one.reason, one.document, body, on, actor, secrets.token_hex(16))
            )
        keeping.write(event, "checks_feedback", rows)
    return _in_order(places)


def of_check(*, number: str, body: str | None, on: date) -> list[HintLine]:
    """Every hint of kind 应当 of a check with its feedback. `body` None reads all; another unit's is `NotYourCheck`.

    Raises `NoSuchHint` for a number that is none.
    """
    found = _hints("c.id = %s", [_known_id(number)], on=on, order="h.ordinal", limit=MOST)
    if found and body is not None and found[0].body != body:
        raise NotYourCheck(f"核查「{number}」不是本单位做的，不能查看或者反馈。")
    entries = hint_entries.statements_of(id_of(one.number) for one in found)
    left = hint_entries.counting(statements=(id for ids in entries.values() for id in ids), on=on)
    return [
        replace(one, moot=one.feedback is None and not entries[id_of(one.number), one.hint] & left)
        for one in found
    ]


def open_feedback(*, body: str | None, on: date, after: str = "", limit: int = 50) -> list[HintLine]:
    """Hints of kind 应当 without an answer, the longest overdue first, after the `key` of one already seen.

    `body` None: of every unit. What rests on nothing that still counts asks for no answer.
    """
    rests, values = hint_entries.resting(on=on, body=body)
    where = [_OPEN, rests, "c.asked_on <= %s"]
    values.append(on)
    if body is not None:
        where.append("c.body = %s")
        values.append(body)
    if place := _opened(after):
        where.append("(h.due > %s OR h.due = %s AND (h.check_id > %s OR h.check_id = %s AND h.ordinal > %s))")
        values += [place[0], *place[:2], *place[1:]]
    return _hints(
        " AND ".join(where), values, on=on, order="h.due, h.check_id, h.ordinal", limit=min(limit, MOST)
    )


def ageing(*, on: date, body: str | None = None) -> dict[str, Ageing]:
    """How many unanswered hints that still rest on something lie on each heap, by unit; units without any are left out."""
    heaps = policy.bounds(pack=law.active(), on=on)
    sums = ", ".join(["SUM(CASE WHEN h.due >= %s AND h.due <= %s THEN 1 ELSE 0 END)"] * len(policy.BUCKETS))
    values: list[Any] = [day for bucket in policy.BUCKETS for day in heaps[bucket]]
    rests, more = hint_entries.resting(on=on, body=body)
    where = f"h.strength = 'must' AND {_OPEN} AND {rests} AND c.asked_on <= %s"
    values += [*more, on]
    if body is not None:
        where += " AND c.body = %s"
        values.append(body)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.body, {sums} FROM {_hints_first()} WHERE {where} GROUP BY c.body", values)
        return {row[0]: Ageing(*map(int, row[1:])) for row in cursor.fetchall()}


def feedback(*, ids: Iterable[int]) -> dict[int, FeedbackLine]:
    """Answers by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    marks = ", ".join(["%s"] * len(wanted))
    return {one.id: one for one in _lines(f"f.id IN ({marks})", wanted)}


_JOIN = "checks_hint h JOIN checks_check c ON c.id = h.check_id"
_TOLD = 'COALESCE(r."on", c.deferred_until)'
_OPEN = "NOT EXISTS (SELECT 1 FROM checks_feedback x WHERE x.check_id = h.check_id AND x.ordinal = h.ordinal)"
_NEWEST = (
    "NOT EXISTS (SELECT 1 FROM checks_feedback y WHERE y.check_id = f.check_id AND y.ordinal = f.ordinal"
    " AND y.version > f.version)"
)
_FED = (
    "f.id, f.check_id, f.ordinal, f.version, f.outcome, f.reason, f.document, f.body, f.answered_on, f.actor"
)


def _hints_first() -> str:
    """Hints are few and checks are many: the join in the order that begins with the few."""
    return f"checks_hint h {evidence.then()} checks_check c ON c.id = h.check_id"


def _clean(one: Given) -> Given:
    reason = personal.redact(" ".join(one.reason.split())[:LONGEST_REASON])[0]
    document = personal.redact(" ".join(one.document.split())[:LONGEST_DOCUMENT], label="文号")[0]
    if lacks := policy.problem(applied=one.applied, reason=reason, document=document):
        raise FeedbackIncomplete(f"核查「{one.number}」第 {one.hint} 条提示：{lacks}")
    return Given(one.number, one.hint, one.applied, reason, document)


def _known_id(number: str) -> int:
    try:
        return id_of(number)
    except CheckUnknown as error:
        raise NoSuchHint(f"没有编号为「{number[:20]}」的核查，请核对核查单上的编号。") from error


def _must_be_own(places: Sequence[tuple[int, int]], body: str) -> None:
    """Raises unless each place is a hint of kind 应当 of a check of this unit."""
    ids = sorted({check for check, _ in places})
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT h.check_id, h.ordinal, c.body FROM {_JOIN} WHERE h.check_id IN ({marks})"
            " AND h.strength = 'must'",
            ids,
        )
        bodies = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
    for place in places:
        if place not in bodies:
            raise NoSuchHint(f"核查「{number_of(place[0])}」没有第 {place[1]} 条应当采取的措施提示。")
        if not body or bodies[place] != body:
            raise NotYourCheck(f"核查「{number_of(place[0])}」不是本单位做的，不能反馈。请由核查的单位反馈。")


def _news(
    given: Sequence[Given], places: Sequence[tuple[int, int]], newest: dict[tuple[int, int], FeedbackLine]
) -> list[tuple[Given, tuple[int, int], int]]:
    """What is not kept yet, with the version it becomes."""
    news = []
    for one, place in zip(given, places, strict=True):
        old = newest.get(place)
        if old and (old.applied, old.reason, old.document) == (one.applied, one.reason, one.document):
            continue
        if old and not one.reason:
            raise FeedbackIncomplete(f"核查「{one.number}」第 {one.hint} 条提示已经反馈过，更正请写明原因。")
        news.append((one, place, old.version + 1 if old else 1))
    return news


def _in_order(places: Sequence[tuple[int, int]]) -> list[FeedbackLine]:
    found = _newest(places)
    return [found[place] for place in places]


def _newest(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], FeedbackLine]:
    """The newest answer to each of these hints that has one."""
    wanted = set(places)
    ids = sorted({check for check, _ in wanted})
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    lines = _lines(f"f.check_id IN ({marks}) AND {_NEWEST}", ids)
    found = {(id_of(one.number), one.hint): one for one in lines}
    return {place: one for place, one in found.items() if place in wanted}


def _lines(where: str, values: Sequence[Any]) -> list[FeedbackLine]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_FED} FROM checks_feedback f WHERE {where}", list(values))
        return [_line(row) for row in cursor.fetchall()]


def _line(row: Sequence[Any]) -> FeedbackLine:
    return FeedbackLine(
        row[0], number_of(row[1]), row[2], row[3], row[4] == policy.APPLIED, row[5], row[6], row[7],
        as_date(row[8]), row[9],
    )  # fmt: skip


def _hints(where: str, values: Sequence[Any], *, on: date, order: str, limit: int) -> list[HintLine]:
    sql = (
        "SELECT h.check_id, h.ordinal, c.uscc, c.body, c.matter, h.measure, h.statement_id, c.asked_on, h.due, c.case_number,"
        f" c.purpose, {_TOLD} FROM {_hints_first() if order != 'h.ordinal' else _JOIN} LEFT JOIN checks_release r ON r.check_id = c.id WHERE h.strength = 'must' AND {where} ORDER BY {order} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, limit])
        rows = cursor.fetchall()
    return lines_of(rows, on=on)


def lines_of(rows: Sequence[Sequence[Any]], *, on: date) -> list[HintLine]:
    """Hints from rows of `checks_hint` and `checks_check`, with the words of the law and the newest answers."""
    pack = law.active()
    measures = law.measures(pack=pack, on=on)
    fed = _newest((row[0], row[1]) for row in rows)
    found = []
    for row in rows:
        matter, measure = law.matter(pack=pack, code=row[4]), measures.get(row[5])
        asked, due = as_date(row[7]), as_date(row[8])
        found.append(
            HintLine(
                number_of(row[0]), row[1], row[2], row[3], row[4], matter.name if matter else row[4], row[5],
                measure.name if measure else row[5], measure.name_en if measure else row[5], row[6], asked, due,
                row[9], row[10], as_date(row[11]) if row[11] else None,
                policy.age(pack=pack, asked_on=asked, due=due, on=on), fed.get((row[0], row[1])),
            )
        )  # fmt: skip
    return found


def _opened(after: str) -> tuple[date, int, int] | None:
    try:
        day, check, hint = after.split(".")
        return date.fromisoformat(day), int(check), int(hint)
    except ValueError:
        return None


def as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
