"""An upper platform for training and demonstration: takes most, turns some back, always the same ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.exchange.answering import Answers, answered
from xinheng.exchange.errors import OnlySimulated
from xinheng.exchange.passing import Sending, outgoing, sent
from xinheng.home import home

REASONS = (
    "1001 主体信息不匹配",
    "1002 行政相对人代码_1 不正确",
    "2003 决定日期晚于上报日期",
    "3001 重复上报",
)
PER_MILLE = 30  # turned back
WAITS = timedelta(days=1)


def simulate(
    *, item: str, at: datetime, seed: int = 1, actor: str = "simulated-upstream"
) -> tuple[Sending, Answers]:
    """Sends what is outgoing of an item and answers what was sent a day ago or earlier. Sandboxes only."""
    if not home().sandbox:
        raise OnlySimulated("模拟的上级平台只能在沙盒里用;正式环境请接入真实的交换接口。")
    answers = answered(frame=_answers(item, at, seed), at=at, actor=actor)
    going = outgoing(item=item)["statement_id"].to_list()
    return sent(statement_ids=going, at=at, actor=actor), answers


def _answers(item: str, at: datetime, seed: int) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.statement_id, p.id FROM exchange_passage p JOIN records_statement s ON s.id = p.statement_id"
            " WHERE p.destination = 'province' AND s.item = %s AND NOT EXISTS (SELECT 1 FROM exchange_answer a"
            " WHERE a.destination = p.destination AND a.statement_id = p.statement_id) ORDER BY p.statement_id",
            [item],
        )
        waiting = cursor.fetchall()
    spans = evidence.spans(sorted({evidence.event_of(row[1]) for row in waiting}))
    rows = []
    for statement, passage in waiting:
        if spans[evidence.event_of(passage)][2] + WAITS > at:
            continue
        draw = int.from_bytes(sha256(f"{seed}/{statement}".encode()).digest()[:4])
        back = draw % 1000 < PER_MILLE
        rows.append(
            (statement, "退回" if back else "入库", REASONS[draw // 1000 % len(REASONS)] if back else "")
        )
    return pl.DataFrame(rows, schema={"编号": pl.Int64, "结果": pl.String, "原因": pl.String}, orient="row")
