"""疑似未报: gaps in document numbers looked for, findings kept with what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Count, Max, Sum

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.oversight import docnumbers, keeping, policy_gaps, policy_steps, store
from xinheng.oversight.errors import NoSuchFinding, StepRefused
from xinheng.oversight.models import Delivery, Finding, Returned, Step
from xinheng.records import service as records

GAP, ELSEWHERE, DIFFERS, HERE_ONLY = "gap", "elsewhere", "differs", "here_only"
KINDS = (GAP, ELSEWHERE, DIFFERS, HERE_ONLY)
# Only these may turn out to be a decision not reported
UNREPORTED = (GAP, ELSEWHERE)
AT_ONCE = 5_000
PLATFORM = "platform"
_NEWEST = 'SELECT MAX(t.id) FROM oversight_step t WHERE t."of" = f.number'
_COLUMNS = (
    "f.id, f.number, f.kind, f.body, f.item, f.face, f.doc, f.prefix, f.year, f.first, f.last, f.lower_on, f.upper_on,"
    " f.detail, f.found_on, s.state, s.reason, s.taken_on"
)


@dataclass(frozen=True)
class Suspicion:
    """A finding as a page shows it, with where it stands and since when."""

    id: int
    number: str
    kind: str
    body: str
    item: str
    face: str
    doc: str
    prefix: str
    year: int
    first: int
    last: int
    lower_on: date | None
    upper_on: date | None
    detail: dict[str, Any]
    found_on: date
    state: str
    reason: str
    since: date

    @property
    def size(self) -> int:
        """How many numbers it is about."""
        return self.last - self.first + 1

    @property
    def text(self) -> str:
        """The number, or the range of numbers, as written."""
        if self.kind != GAP:
            return self.doc
        return docnumbers.written(self.prefix, self.year, self.first, self.last)

    @property
    def state_name(self) -> str:
        return policy_steps.NAMES[self.state]

    @property
    def next_states(self) -> tuple[str, ...]:
        """What a person may decide next; 已补报 is told by the arrival of the number alone."""
        return tuple(to for to in policy_steps.FINDING[self.state] if to != policy_steps.REPORTED)


@dataclass(frozen=True)
class Page:
    """A part of a list and where it goes on."""

    findings: list[Suspicion]
    next: int | None = None


@dataclass(frozen=True)
class Looked:
    """What a look for gaps found: new findings, findings closed because the numbers came in, sequences left out."""

    opened: int
    closed: int
    sequences: int
    left_out: int = 0
    numbers: list[str] = field(default_factory=list)


def look(*, at: datetime, actor: str) -> Looked:
    """Looks through all sequences: closes what has arrived since, opens a finding for each new gap worth asking
    about. Repeating it changes nothing. Each opening and closing is in the ledger."""
    on = evidence.legal_day(at)
    runs = store.runs()
    closed = _close_arrived(runs, at=at, actor=actor)
    every = policy_gaps.gaps(runs)
    asks = _sequences(runs)
    yesterday = on - timedelta(days=1)
    told = policy_gaps.telling(every, asks=asks, due=_due_days(every), cutoff=yesterday)
    rows = [_gap_row(row) for row in _without_known(told).iter_rows(named=True)]
    numbers = open_findings(rows, at=at, actor=actor, purpose="文书号缺号提示")
    return Looked(len(rows), closed, asks.height, every.height - told.height, numbers)


def sequences(*, body: str | None = None) -> list[dict[str, Any]]:
    """The sequences of document numbers of one unit or of all, those worth asking about first (`policy_gaps`)."""
    found = _sequences(store.runs(authority=body))
    asks = (pl.col("verdict") == policy_gaps.ASKS).alias("asks")
    return (
        found.with_columns(asks)
        .sort("asks", "missing", "authority", descending=[True, True, False])
        .to_dicts()
    )


def _sequences(runs: pl.DataFrame) -> pl.DataFrame:
    persons, unnumbered = _allowances()
    return policy_gaps.sequences(runs, persons=persons, unnumbered=unnumbered)


def open_findings(rows: Sequence[dict[str, Any]], *, at: datetime, actor: str, purpose: str) -> list[str]:
    """Writes findings with their first step, at most 5,000 in one ledger entry. Gives their numbers."""
    on = evidence.legal_day(at)
    numbers: list[str] = []
    for start in range(0, len(rows), AT_ONCE):
        act = evidence.Act(kind=keeping.KINDS["found"], actor=actor, at=at, purpose=purpose)
        with evidence.event(act) as event:
            evidence.lock("oversight.finding")
            last = Finding.objects.filter(number__startswith=f"S{on.year}-").aggregate(last=Max("number"))[
                "last"
            ]
            serial = int(last.split("-")[1]) if last else 0
            part = [
                {**row, "number": f"S{on.year}-{serial + place:06d}", "found_on": on}
                for place, row in enumerate(rows[start : start + AT_ONCE], start=1)
            ]
            keeping.write(event, Finding, part)
            made = [str(row["number"]) for row in part]
            keeping.take_steps(event, made, state=policy_steps.OPEN, reason="", on=on, actor=actor)
            event.detail["findings"] = len(part)
            numbers += made
    return numbers


def _close_arrived(runs: pl.DataFrame, *, at: datetime, actor: str) -> int:
    numbers = _arrived(runs)
    on = evidence.legal_day(at)
    for start in range(0, len(numbers), AT_ONCE):
        part = numbers[start : start + AT_ONCE]
        act = evidence.Act(kind=keeping.KINDS["stepped"], actor=PLATFORM, at=at, purpose="文书号已经报来")
        with evidence.event(act) as event:
            keeping.take_steps(
                event, part, state=policy_steps.REPORTED, reason="文书号已经报来", on=on, actor=actor
            )
            event.detail["findings"] = part if len(part) <= 50 else len(part)
    return len(numbers)


def _arrived(runs: pl.DataFrame) -> list[str]:
    """Findings not closed yet whose numbers have all been seen by now."""
    open_ = _rows(
        f"f.kind IN ('{GAP}', '{ELSEWHERE}') AND f.year > 0 AND s.state <> '{policy_steps.REPORTED}'", []
    )
    if not open_ or runs.is_empty():
        return []
    wanted = pl.DataFrame(
        [(one.number, one.body, one.prefix, one.year, one.first, one.last) for one in open_],
        schema={"number": pl.String, "authority": pl.String, "prefix": pl.String, "year": pl.Int32,
                "first": pl.Int32, "until": pl.Int32},
        orient="row",
    )  # fmt: skip
    pooled = policy_gaps.merge_runs(runs.with_columns(pl.lit("").alias("item")))
    found = wanted.sort("first").join_asof(
        pooled.select(*policy_gaps.SERIES, "first", "last").sort("first"), on="first", by=list(policy_gaps.SERIES),
        check_sortedness=False,
    )  # fmt: skip
    return found.filter(pl.col("last") >= pl.col("until")).sort("number")["number"].to_list()


def _due_days(found: pl.DataFrame) -> dict[tuple[str, date], date | None]:
    """For each item and neighbour's day, the last day on which the decision between would have been in time."""
    pack = law.active()
    answer: dict[tuple[str, date], date | None] = {}
    for item, days in (
        found.drop_nulls("upper_on").group_by("item").agg(pl.col("upper_on").unique()).iter_rows()
    ):
        known = pack.items.get(item)
        if known is None or not known.timeliness:
            continue
        try:
            table = law.due_table(pack=pack, provision=known.timeliness, starts=days)
        except (law.NotAdopted, law.UnknownProvision):
            continue
        answer.update({(item, day): last for day, last in table.items()})
    return answer


def _without_known(told: pl.DataFrame) -> pl.DataFrame:
    """Gaps that no finding speaks of yet. A finding keeps its range, whatever of it arrives later."""
    known = pl.DataFrame(
        list(Finding.objects.filter(kind=GAP).values_list("body", "prefix", "year", "first", "last")),
        schema={"authority": pl.String, "prefix": pl.String, "year": pl.Int32, "a": pl.Int32, "b": pl.Int32},
        orient="row",
    )
    joined = told.join(known, on=list(policy_gaps.SERIES), how="inner")
    hit = joined.filter((pl.col("a") <= pl.col("last")) & (pl.col("b") >= pl.col("first")))
    return told.join(hit, on=[*policy_gaps.SERIES, "first"], how="anti")


def _allowances() -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
    """Per source and year: rows about persons that were refused, returned rows without a document number."""
    persons: dict[tuple[str, int], int] = {}
    for source, year, rows in Delivery.objects.values_list("source", "received_on__year").annotate(
        n=Sum("personal")
    ):
        persons[source, year] = int(rows)
    unnumbered: dict[tuple[str, int], int] = {}
    blank = Returned.objects.filter(doc="").values_list("source", "received_on__year").annotate(n=Count("id"))
    for source, year, rows in blank:
        unnumbered[source, year] = int(rows)
    return persons, unnumbered


def _gap_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": GAP, "body": row["authority"], "item": row["item"], "face": "",
        "doc": docnumbers.written(row["prefix"], row["year"], row["first"]), "prefix": row["prefix"],
        "year": row["year"], "first": row["first"], "last": row["last"], "lower_on": row["lower_on"],
        "upper_on": row["upper_on"], "detail": json.dumps({"missing": row["missing"], "seen": row["seen"]}),
    }  # fmt: skip


# ---- reading


def suspected(
    *, body: str | None = None, item: str | None = None, state: str | None = None, kind: str | None = None,
    after: int | None = None, limit: int = 50,
) -> Page:  # fmt: skip
    """Findings, newest first. `body` confines to one unit, in the query itself. `after` is the `next` of a page."""
    where: list[str] = ["1 = 1"]
    values: list[Any] = []
    for column, value in (("f.body", body), ("f.item", item), ("s.state", state), ("f.kind", kind)):
        if value is not None:
            where.append(f"{column} = %s")
            values.append(value)
    if after is not None:
        where.append("f.id < %s")
        values.append(after)
    found = _rows(" AND ".join(where), values, limit=limit + 1)
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None)


def finding(*, number: str, body: str | None = None) -> Suspicion:
    """One finding. Raises `NoSuchFinding`, also for one of another unit than `body`."""
    where, values = "f.number = %s", [number]
    if body is not None:
        where, values = where + " AND f.body = %s", [number, body]
    found = _rows(where, values)
    if not found:
        raise NoSuchFinding(f"没有编号为「{number[:20]}」的疑似未报。请核对编号。")
    return found[0]


def _rows(where: str, values: list[Any], *, limit: int | None = None) -> list[Suspicion]:
    tail = f" ORDER BY f.id DESC LIMIT {int(limit)}" if limit else " ORDER BY f.id DESC"
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {_COLUMNS} FROM oversight_finding f JOIN oversight_step s ON s."of" = f.number'
            f" AND s.id = ({_NEWEST}) WHERE {where}{tail}",
            values,
        )
        return [_told(row) for row in cursor.fetchall()]


def _told(row: tuple[Any, ...]) -> Suspicion:
    names = [one.name for one in fields(Suspicion)]
    told = dict(zip(names, row, strict=True))
    for name in ("lower_on", "upper_on", "found_on", "since"):
        told[name] = records.as_date(told[name])
    return Suspicion(**{**told, "detail": json.loads(told["detail"])})


def counts(
    *, first: date, last: date, body: str | None = None, item: str | None = None
) -> Iterator[tuple[str, str, int, int]]:
    """Per unit and item: decisions confirmed as omitted in the period and not reported by its end; numbers still
    suspected at its end."""
    where, values = f"f.kind IN ('{GAP}', '{ELSEWHERE}')", [last.isoformat()]
    for column, value in (("f.body", body), ("f.item", item)):
        if value is not None:
            where += f" AND {column} = %s"
            values.append(value)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.body, f.item, s.state, s.taken_on, SUM(f.last - f.first + 1) FROM oversight_finding f"
            f' JOIN oversight_step s ON s."of" = f.number AND s.id = ({_NEWEST} AND t.taken_on <= %s)'
            f" WHERE {where} GROUP BY f.body, f.item, s.state, s.taken_on",
            values,
        )
        for unit, code, state, taken_on, size in cursor.fetchall():
            if state == policy_steps.CONFIRMED and str(taken_on) >= first.isoformat():
                yield unit, code, int(size), 0
            elif state == policy_steps.OPEN:
                yield unit, code, 0, int(size)


def any_confirmed(*, body: str | None = None) -> bool:
    """Whether an omission was ever confirmed, of one unit or of any."""
    numbers = Step.objects.filter(state=policy_steps.CONFIRMED).values("of")
    found = Finding.objects.filter(number__in=numbers)
    return (found if body is None else found.filter(body=body)).exists()


def confirmed(*, first: date, last: date) -> list[Suspicion]:
    """Findings behind 漏报 of a period: confirmed in it, and by its end not reported."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT f.number FROM oversight_finding f JOIN oversight_step s ON s."of" = f.number'
            f" AND s.id = ({_NEWEST} AND t.taken_on <= %s) WHERE s.state = %s AND s.taken_on >= %s ORDER BY f.number",
            [last.isoformat(), policy_steps.CONFIRMED, first.isoformat()],
        )
        return [finding(number=number) for (number,) in cursor.fetchall()]


def resolve(
    *, numbers: Sequence[str], to: str, reason: str, at: datetime, actor: str, body: str | None = None
) -> list[Suspicion]:
    """Takes the same step for findings: explained (with the reason), confirmed as an omission, or open again.

    All of them or none. Raises `NoSuchFinding`, `StepRefused`. That a number arrived is not for anyone to say: `look` sees it.
    """
    if to == policy_steps.REPORTED:
        raise StepRefused("「已补报」由系统在文书号报来后自动记入，不能手工填写。")
    found = [finding(number=number, body=body) for number in dict.fromkeys(numbers)]
    said = [
        policy_steps.step(policy_steps.FINDING, of=one.number, now=one.state, to=to, reason=reason)
        for one in found
    ]
    if not found:
        raise StepRefused("没有选中任何一条。请先勾选再提交。")
    if to == policy_steps.CONFIRMED and any(one.kind not in UNREPORTED for one in found):
        raise StepRefused("内容不一致或者只在本平台的记录，不是未报，不能确认为漏报。")
    on = evidence.legal_day(at)
    act = evidence.Act(kind=keeping.KINDS["stepped"], actor=actor, at=at, purpose="疑似未报核查")
    with evidence.event(act) as event:
        keeping.take_steps(event, [one.number for one in found], state=to, reason=said[0], on=on, actor=actor)
        event.detail["findings"] = [one.number for one in found][:50]
    return [finding(number=one.number) for one in found]


def history(*, number: str) -> list[Step]:
    """What became of a finding, oldest first."""
    return keeping.steps(number)
