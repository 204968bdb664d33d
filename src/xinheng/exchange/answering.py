"""What the upper platform answered, and what it turned back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.exchange.errors import AnswersUnreadable
from xinheng.exchange.passing import ANSWERED, check, parts
from xinheng.kernel import personal

OUTCOMES = {
    "accepted": "accepted",
    "入库": "accepted",
    "成功": "accepted",
    "rejected": "rejected",
    "退回": "rejected",
    "失败": "rejected",
}
HEADERS = {
    "statement": ("statement", "statement_id", "编号", "记录编号"),
    "outcome": ("outcome", "结果"),
    "reason": ("reason", "原因"),
}
REASON = 200


@dataclass(frozen=True)
class Answers:
    """What a file of answers held: `new` were recorded, `known` were recorded before, `unknown` were never sent."""

    rows: int
    accepted: int
    rejected: int
    new: int
    known: int
    unknown: int


@dataclass(frozen=True)
class Rejected:
    """A statement the upper platform turned back, for the desk of the unit that sent it."""

    statement_id: int
    item: str
    uscc: str
    authority: str
    answered_on: date
    reason: str


def answered(
    *,
    path: Path | None = None,
    frame: pl.DataFrame | None = None,
    destination: str = "province",
    at: datetime,
    actor: str,
) -> Answers:
    """Records answers: columns statement (编号), outcome (结果: 入库 or 退回), reason (原因).

    An answer that says what is on record already changes nothing. Reasons are masked before they are kept. Raises
    `AnswersUnreadable`.
    """
    check(destination)
    told = _read(path) if frame is None else _shaped(frame)
    whole = new = unknown = accepted = 0
    for part in parts(told["statement"].to_list()):
        rows = told.filter(pl.col("statement").is_in(list(part)))
        whole += rows.height
        with connection.cursor() as cursor:
            marks = ", ".join(str(int(value)) for value in part) or "NULL"
            cursor.execute(
                f"SELECT statement_id FROM exchange_passage WHERE destination = %s AND statement_id IN ({marks})",
                [destination],
            )
            sent = {row[0] for row in cursor.fetchall()}
            cursor.execute(
                "SELECT statement_id, outcome, reason FROM exchange_answer WHERE destination = %s"
                f" AND statement_id IN ({marks}) ORDER BY id",
                [destination],
            )
            last = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
        unknown += sum(1 for value in rows["statement"] if value not in sent)
        fresh = [
            row
            for row in rows.select("statement", "outcome", "reason").iter_rows()
            if row[0] in sent and last.get(row[0]) != row[1:]
        ]
        accepted += sum(1 for row in rows["outcome"] if row == "accepted")
        if fresh:
            new += _write(fresh, destination, at, actor)
    return Answers(whole, accepted, whole - accepted, new, whole - new - unknown, unknown)


def _write(fresh: list[tuple[int, str, str]], destination: str, at: datetime, actor: str) -> int:
    act = evidence.Act(
        kind=ANSWERED, actor=actor, at=at, purpose="上级反馈", detail={"destination": destination}
    )
    with evidence.event(act) as event:
        event.count(len(fresh))
        rows = [
            (event.row_id(number), statement, destination, outcome, reason)
            for number, (statement, outcome, reason) in enumerate(fresh)
        ]
        evidence.insert_rows(
            "exchange_answer", ["id", "statement_id", "destination", "outcome", "reason"], rows
        )
        event.detail.update(answers=len(rows), answer_digest=evidence.rows_digest([row[:4] for row in rows]))
        event.detail["reasons_digest"] = evidence.rows_digest([(row[4],) for row in rows])
    return len(rows)


def rejected(
    *,
    authority: str | None = None,
    item: str | None = None,
    destination: str = "province",
    after: int | None = None,
    limit: int = 50,
) -> list[Rejected]:
    """Statements whose newest answer turned them back, newest first after the statement id `after`."""
    where = [
        "a.destination = %s", "a.outcome = 'rejected'", "n.state = 'held'",
        "NOT EXISTS (SELECT 1 FROM exchange_answer b WHERE b.destination = a.destination"
        " AND b.statement_id = a.statement_id AND b.id > a.id)",
    ]  # fmt: skip
    values: list[str | int] = [destination]
    for column, value in (("s.authority = %s", authority), ("s.item = %s", item), ("s.id < %s", after)):
        if value is not None:
            where.append(column)
            values.append(value)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.item, s.uscc, s.authority, a.id, a.reason FROM exchange_answer a"
            " JOIN records_statement s ON s.id = a.statement_id"
            " JOIN records_standing n ON n.statement_id = s.id AND n.closed_by IS NULL"
            f" WHERE {' AND '.join(where)} ORDER BY s.id DESC LIMIT %s",
            [*values, limit],
        )
        rows = cursor.fetchall()
    spans = evidence.spans([evidence.event_of(row[4]) for row in rows])
    return [
        Rejected(
            row[0], row[1], row[2], row[3], evidence.legal_day(spans[evidence.event_of(row[4])][2]), row[5]
        )
        for row in rows
    ]


def _read(path: Path | None) -> pl.DataFrame:
    if path is None:
        raise AnswersUnreadable("没有给出反馈文件。")
    try:
        return _shaped(pl.read_csv(path, infer_schema=False))
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise AnswersUnreadable("反馈文件读不出来:应是 UTF-8 的 CSV,有表头:编号、结果、原因。") from error


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    chosen = {}
    for name, headers in HEADERS.items():
        found = [header for header in frame.columns if header.strip() in headers]
        if not found and name != "reason":
            raise AnswersUnreadable(f"反馈文件缺少「{headers[-1]}」列。需要的列:编号、结果、原因。")
        chosen[name] = pl.col(found[0]).cast(pl.String).fill_null("") if found else pl.lit("")
    shaped = frame.select(**chosen).with_columns(
        pl.col("statement").str.strip_chars().cast(pl.Int64, strict=False),
        pl.col("outcome").str.strip_chars().replace_strict(OUTCOMES, default=None),
        pl.col("reason").map_elements(lambda text: personal.redact(text)[0][:REASON], return_dtype=pl.String),
    )
    if shaped.select(pl.any_horizontal(pl.col("statement", "outcome").is_null().any())).item():
        line = shaped.with_row_index("line", 2).filter(
            pl.any_horizontal(pl.col("statement", "outcome").is_null())
        )
        raise AnswersUnreadable(
            f"反馈文件第 {line['line'][0]} 行的编号不是数字,或结果不是「入库」「退回」。一行都没有记录,请改正后再读。"
        )
    return shaped.unique("statement", keep="last", maintain_order=True)
