"""The rows behind a figure: decisions with the check they rest on, checks, hints with their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xinheng.checks import feedback as feeding
from xinheng.checks import figures
from xinheng.checks.numbers import number_of
from xinheng.evidence import service as evidence
from xinheng.law import service as law

BEHIND = (
    "decisions",
    "checked",
    "unchecked",
    "checks",
    "hints",
    "applied",
    "not_applied",
    "unanswered",
    "overdue",
)


@dataclass(frozen=True)
class Behind:
    """One row behind a figure: a decision (`statement`, with the check it rests on, "" for none), a check, or a hint.

    A decision's `document` is told by the gate, not here.
    """

    key: str
    uscc: str
    body: str
    on: date
    matter: str
    matter_name: str
    statement: int
    number: str
    hint: int
    measure: str
    measure_name: str
    outcome: str
    due_on: date | None
    reason: str
    document: str


def behind(
    *, figure: str, month: str, body: str | None, on: date, after: str = "", limit: int = 50
) -> list[Behind]:
    """The rows of one figure of one month, newest first, after the `key` of one already seen; `body` None: of all
    units. Empty for a figure or month that is none."""
    first, last = _span(month)
    if first is None or last is None or figure not in BEHIND:
        return []
    place = int(after) if after.isdigit() and len(after) < 19 else None
    if figure in ("decisions", "checked", "unchecked"):
        return _behind_decisions(figure, first, last, body, place, limit)
    if figure == "checks":
        return _behind_checks(first, last, body, place, limit)
    return _behind_hints(figure, first, last, body, on, place, limit)


def _behind_decisions(
    figure: str, first: date, last: date, body: str | None, place: int | None, limit: int
) -> list[Behind]:
    where, rests, values, case_values = figures.decided(body)
    if not where:
        return []
    more = [] if place is None else [place]
    only = {"checked": " WHERE d.rests IS NOT NULL", "unchecked": " WHERE d.rests IS NULL"}.get(figure, "")
    sql = (
        f"SELECT d.id, d.uscc, d.authority, d.decided_on, d.item, d.rests FROM (SELECT s.id, s.uscc, s.authority,"
        f" s.decided_on, s.item, {rests} AS rests {where}{' AND s.id < %s' if more else ''}) d{only}"
        " ORDER BY d.id DESC LIMIT %s"
    )
    known = evidence.first_row_since(first)
    items = law.active().items
    return [
        Behind(
            str(row[0]), row[1], row[2], feeding.as_date(row[3]), row[4],
            items[row[4]].name if row[4] in items else row[4], row[0], number_of(row[5]) if row[5] else "",
            0, "", "", "checked" if row[5] else "unchecked", None, "", "",
        )
        for row in figures.rows_of(sql, [*case_values, *values, first, last, known, *figures.one_of(body), *more, limit])
    ]  # fmt: skip


def _behind_checks(first: date, last: date, body: str | None, place: int | None, limit: int) -> list[Behind]:
    more = [] if place is None else [place]
    sql = (
        f"SELECT id, uscc, body, asked_on, matter, case_number FROM checks_check WHERE {figures.ASKED}{figures.and_of(body, 'body')}"
        f"{' AND id < %s' if more else ''} ORDER BY id DESC LIMIT %s"
    )
    return [
        Behind(
            str(row[0]), row[1], row[2], feeding.as_date(row[3]), row[4], _matter(row[4]), 0, number_of(row[0]), 0,
            "", "", "answered", None, "", row[5],
        )
        for row in figures.rows_of(sql, [first, last, *figures.one_of(body), *more, limit])
    ]  # fmt: skip


def _behind_hints(
    figure: str, first: date, last: date, body: str | None, on: date, place: int | None, limit: int
) -> list[Behind]:
    only = {
        "hints": "", "applied": " AND f.outcome = 'applied'", "not_applied": " AND f.outcome = 'not-applied'",
        "unanswered": " AND f.id IS NULL", "overdue": " AND f.id IS NULL AND h.due < %s",
    }[figure]  # fmt: skip
    rests, more = figures.resting(on=on, body=body)
    values: list[Any] = [first, last, *figures.one_of(body), *([on] if figure == "overdue" else []), *more]
    if place is not None:
        values.append(place)
    sql = (
        "SELECT h.id, c.uscc, c.body, c.asked_on, c.matter, h.statement_id, c.id, h.ordinal, h.measure, f.outcome, h.due,"
        f" f.reason, f.document FROM {figures.HINTED} WHERE h.strength = 'must' AND c.asked_on >= %s AND c.asked_on <= %s"
        f"{figures.and_of(body, 'c.body')}{only} AND (f.id IS NOT NULL OR {rests}){' AND h.id < %s' if place is not None else ''} ORDER BY h.id DESC LIMIT %s"
    )
    measures = law.measures(pack=law.active(), on=on)
    return [
        Behind(
            str(row[0]), row[1], row[2], feeding.as_date(row[3]), row[4], _matter(row[4]), row[5], number_of(row[6]),
            row[7], row[8], measures[row[8]].name if row[8] in measures else row[8], row[9] or "unanswered",
            feeding.as_date(row[10]) if row[10] else None, row[11] or "", row[12] or "",
        )
        for row in figures.rows_of(sql, [*values, limit])
    ]  # fmt: skip


def _matter(code: str) -> str:
    found = law.matter(pack=law.active(), code=code)
    return found.name if found else code


def _span(month: str) -> tuple[date | None, date | None]:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None, None
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
