"""What was checked and what was fed back, by month and department, as sets; and the rows behind each figure.

"100 % checked": of the decisions of a kind that asks for a check (a licence, an award …), those whose organisation the
deciding department had checked for a matter of that kind, with an answer still valid on the day of the decision.
"100 % fed back": of the hints of kind 应当, those with an answer; what was not answered before everything it followed from
had ended is not counted. Shares of nothing are absent, never 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection

from xinheng.checks import feedback as feeding
from xinheng.checks import figures_kept
from xinheng.checks.hint_entries import resting
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.remedies import service as remedies

COLUMNS = {
    "month": pl.String, "body": pl.String, "name": pl.String, "decisions": pl.Int64, "checked": pl.Int64,
    "unchecked": pl.Int64, "share_checked": pl.Float64, "checks": pl.Int64, "matters": pl.Int64,
    "organisations": pl.Int64, "hints": pl.Int64, "applied": pl.Int64, "not_applied": pl.Int64,
    "unanswered": pl.Int64, "overdue": pl.Int64, "share_fed_back": pl.Float64,
}  # fmt: skip
COUNTED = (
    "decisions", "checked", "checks", "organisations", "matters", "hints", "applied", "not_applied", "unanswered",
    "overdue",
)  # fmt: skip
SUMMED = tuple(one for one in COUNTED if one not in ("organisations", "matters"))
_ON_FILE = "('held', 'repaired', 'suppressed')"


def monthly(*, first: date, last: date, on: date, body: str | None = None) -> pl.DataFrame:
    """One row for each month and department with anything in it, days first … last; overdue as of `on`.

    Decisions and checks count in the month they were made, hints in the month they were given.
    """
    parts = [_decisions(first, last, body), _checks(first, last, body), _hints(first, last, on, body)]
    keys = pl.concat([one.select("month", "body") for one in parts]).unique()
    frame = keys
    for part in parts:
        frame = frame.join(part, on=["month", "body"], how="left")
    return _named(frame).sort("month", "body")


def by_body(*, first: date, last: date, on: date, body: str | None = None) -> pl.DataFrame:
    """The same over all months, one row for each department of the place and each unit that checked, those with nothing
    included; the first column is the period."""
    told = monthly(first=first, last=last, on=on, body=body)
    sums = told.group_by("body").agg(pl.col(name).sum() for name in SUMMED)
    places = [body] if body is not None else sorted({*remedies.departments(), *told["body"].to_list()})
    frame = pl.DataFrame({"body": places}, schema={"body": pl.String}).join(sums, on="body", how="left")
    distinct = _distinct(first, last, body)
    frame = frame.join(distinct, on="body", how="left").with_columns(
        month=pl.lit(f"{first:%Y-%m}…{last:%Y-%m}")
    )
    return _named(frame).sort(["decisions", "hints", "checks", "body"], descending=[True, True, True, False])


def by_month(*, first: date, last: date, on: date, body: str | None = None) -> pl.DataFrame:
    """The same over all departments, one row for each month, empty months included (body is "")."""
    told = monthly(first=first, last=last, on=on, body=body)
    sums = told.group_by("month").agg(pl.col(name).sum() for name in (*SUMMED, "organisations", "matters"))
    months = pl.DataFrame({"month": _months(first, last)}, schema={"month": pl.String})
    frame = months.join(sums, on="month", how="left").with_columns(body=pl.lit(""))
    return _named(frame).sort("month")


def shares(*, first: date, last: date, on: date, items: Sequence[str] = ()) -> dict[str, tuple[int, int]]:
    """("checked", "fed_back") → (part, whole) over all departments: what a plan's indicator asks. `items` narrows the
    decisions."""
    told = _decisions(first, last, None, tuple(items))
    fed = _hints(first, last, on, None)
    whole = int(fed["hints"].sum() or 0)
    return {
        "checked": (int(told["checked"].sum() or 0), int(told["decisions"].sum() or 0)),
        "fed_back": (whole - int(fed["unanswered"].sum() or 0), whole),
    }


def first_check() -> date | None:
    """The day of the first recorded check: before it nothing can have been checked here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT MIN(asked_on) FROM checks_check")
        found = cursor.fetchone()[0]
    return feeding.as_date(found) if found else None


def duties(*, pack: law.Pack, items: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Item → the matters whose decisions are to be preceded by a check and are reported in that item."""
    wanted: dict[str, list[str]] = {}
    uses = law.uses(pack=pack)
    for one in law.matters_for(pack=pack):
        if one.item and one.use in uses and uses[one.use].duty and (not items or one.item in items):
            wanted.setdefault(one.item, []).append(one.code)
    return {item: tuple(sorted(set(codes))) for item, codes in wanted.items()}


def decided(body: str | None, items: Sequence[str] = ()) -> tuple[str, str, list[Any], list[Any]]:
    """FROM/WHERE of decisions to be checked, the expression of the check they rest on, and the values of both."""
    wanted = duties(pack=law.active(), items=items)
    if not wanted:
        return "", "", [], []
    cases, case_values = [], []
    for item, matters in wanted.items():
        cases.append(f"s.item = %s AND c.matter IN ({marks(matters)})")
        case_values += [item, *matters]
    rests = (
        "(SELECT MAX(c.id) FROM checks_check c WHERE c.uscc = s.uscc AND c.body = s.authority AND c.outcome = 'answered'"
        f" AND c.asked_on <= s.decided_on AND c.valid_until >= s.decided_on AND ({' OR '.join(cases)}))"
    )
    where = (
        f"FROM records_statement s {evidence.then()} records_standing n ON n.statement_id = s.id"
        f" AND n.closed_by IS NULL WHERE n.state IN {_ON_FILE} AND s.item IN ({marks(wanted)})"
        " AND s.decided_on >= %s AND s.decided_on <= %s AND s.id >= %s"
    )
    values: list[Any] = list(wanted)
    if body is not None:
        where += " AND s.authority = %s"
    return where, rests, values, case_values


def keep_decisions(*, at: datetime) -> dict[str, int]:
    """Counts the decisions of the months since checks began, and of the year before, once for all readers: what a large
    home does each night. A small one needs nothing."""
    if not figures_kept.needed():
        return {}
    until = evidence.legal_day(at) - timedelta(days=1)
    first = min(figures_kept.year_before(until), (first_check() or until).replace(day=1))
    frame = _counted(first, until, None, ())
    figures_kept.write(frame, first=first, until=until)
    return {"decisions": int(frame["decisions"].sum() or 0)}


def counted_until(*, on: date) -> date | None:
    """The last day whose decisions are in the figures: `on` itself in a small home; None where none were counted yet."""
    if not figures_kept.needed():
        return on
    kept = figures_kept.read()
    return kept[2] if kept else None


def _decisions(first: date, last: date, body: str | None, items: Sequence[str] = ()) -> pl.DataFrame:
    """Decisions to be checked and those that were, by month and department; in whole months where they are kept."""
    if not figures_kept.needed():
        frame = _counted(first, last, body, items)
    else:
        kept = figures_kept.read()
        frame = kept[0] if kept else pl.DataFrame(schema=figures_kept.SCHEMA)
        frame = frame.filter(pl.col("month").is_between(pl.lit(f"{first:%Y-%m}"), pl.lit(f"{last:%Y-%m}")))
        if body is not None:
            frame = frame.filter(pl.col("body") == body)
        if items:
            frame = frame.filter(pl.col("item").is_in(list(items)))
    return frame.group_by("month", "body").agg(pl.col("decisions").sum(), pl.col("checked").sum())


def _counted(first: date, last: date, body: str | None, items: Sequence[str]) -> pl.DataFrame:
    where, rests, values, case_values = decided(body, items)
    if not where:
        return pl.DataFrame(schema=figures_kept.SCHEMA)
    sql = (
        f"SELECT {_month('d.decided_on')}, d.item, d.authority, COUNT(*), COUNT(d.rests)"
        f" FROM (SELECT s.item, s.decided_on, s.authority, {rests} AS rests {where}) d GROUP BY 1, 2, 3"
    )
    known = evidence.first_row_since(first)
    return _frame(sql, [*case_values, *values, first, last, known, *one_of(body)], figures_kept.SCHEMA)


def _checks(first: date, last: date, body: str | None) -> pl.DataFrame:
    sql = (
        f"SELECT {_month('asked_on')}, body, COUNT(*), COUNT(DISTINCT uscc), COUNT(DISTINCT matter) FROM checks_check"
        f" WHERE {ASKED}{and_of(body, 'body')} GROUP BY 1, 2"
    )
    return _frame(sql, [first, last, *one_of(body)], _schema("checks", "organisations", "matters"))


def _distinct(first: date, last: date, body: str | None) -> pl.DataFrame:
    """Organisations and matters of the whole period: months cannot be added up."""
    sql = (
        "SELECT body, COUNT(DISTINCT uscc), COUNT(DISTINCT matter) FROM checks_check"
        f" WHERE {ASKED}{and_of(body, 'body')} GROUP BY 1"
    )
    names = {"body": pl.String, "organisations": pl.Int64, "matters": pl.Int64}
    return _frame(sql, [first, last, *one_of(body)], names)


def _hints(first: date, last: date, on: date, body: str | None) -> pl.DataFrame:
    rests, more = resting(on=on, body=body)
    sql = (
        f"SELECT {_month('c.asked_on')}, c.body, COUNT(*), COUNT(CASE WHEN f.outcome = 'applied' THEN 1 END),"
        " COUNT(CASE WHEN f.outcome = 'not-applied' THEN 1 END), COUNT(CASE WHEN f.id IS NULL THEN 1 END),"
        " COUNT(CASE WHEN f.id IS NULL AND h.due < %s THEN 1 END)"
        f" FROM {HINTED} WHERE h.strength = 'must' AND c.asked_on >= %s AND c.asked_on <= %s{and_of(body, 'c.body')}"
        f" AND (f.id IS NOT NULL OR {rests}) GROUP BY 1, 2"
    )
    names = ("hints", "applied", "not_applied", "unanswered", "overdue")
    return _frame(sql, [on, first, last, *one_of(body), *more], _schema(*names))


ASKED = "outcome = 'answered' AND body <> '' AND asked_on >= %s AND asked_on <= %s"
HINTED = (
    "checks_hint h JOIN checks_check c ON c.id = h.check_id LEFT JOIN checks_feedback f ON f.check_id = h.check_id"
    " AND f.ordinal = h.ordinal AND NOT EXISTS (SELECT 1 FROM checks_feedback y WHERE y.check_id = f.check_id"
    " AND y.ordinal = f.ordinal AND y.version > f.version)"
)


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Zeros where nothing was counted, shares, and the name of the unit."""
    codes = sorted(set(frame["body"].to_list()) - {""})
    known, ours = register.get(codes), remedies.departments()
    names = {code: ours.get(code) or (known[code].shown_name if code in known else code) for code in codes}
    return (
        frame.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in COUNTED)
        .with_columns(
            name=pl.col("body").replace_strict(names, default="", return_dtype=pl.String),
            unchecked=pl.col("decisions") - pl.col("checked"),
            share_checked=_share(pl.col("checked"), pl.col("decisions")),
            share_fed_back=_share(pl.col("hints") - pl.col("unanswered"), pl.col("hints")),
        )
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Per cent with one digit, never rounded up to 100 while anything is missing."""
    tenths = (1_000 * part) // pl.when(whole > 0).then(whole)
    return (tenths / 10).cast(pl.Float64)


def _frame(sql: str, values: Sequence[Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows_of(sql, values), schema=schema, orient="row")


def rows_of(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def _schema(*names: str) -> dict[str, Any]:
    return {"month": pl.String, "body": pl.String, **dict.fromkeys(names, pl.Int64)}


def _month(column: str) -> str:
    sqlite = connection.vendor == "sqlite"
    return f"substr({column}, 1, 7)" if sqlite else f"to_char({column}, 'YYYY-MM')"


def and_of(body: str | None, column: str) -> str:
    return "" if body is None else f" AND {column} = %s"


def one_of(body: str | None) -> list[str]:
    return [] if body is None else [body]


def marks(values: Iterable[Any]) -> str:
    return ", ".join("%s" for _ in values)


def _months(first: date, last: date) -> list[str]:
    """The months two days touch."""
    months, start = [], first.replace(day=1)
    while start <= last:
        months.append(f"{start:%Y-%m}")
        start = (start + timedelta(days=32)).replace(day=1)
    return months
