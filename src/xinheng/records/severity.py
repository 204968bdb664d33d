"""Penalties whose class cannot be derived: kept, not published, and waiting for the authority that decided them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.records import reading, writing
from xinheng.records.derivation import decode, item_of
from xinheng.records.errors import NoSuchStatement, NotStanding, NotTheAuthority
from xinheng.register import service as register


@dataclass(frozen=True)
class Waiting:
    """A penalty on an authority's desk: which one, and since when it waits."""

    id: int
    authority: str
    authority_name: str
    document: str
    decided_on: date | None
    waiting_since: date


def undetermined(
    *, authority: str | None = None, after: int | None = None, limit: int = 200
) -> list[Waiting]:
    """The queue, oldest first; keyset by statement id (`after`)."""
    where = ["t.closed_by IS NULL", "t.state = 'held'", "t.severity = 'undetermined'"]
    params: list[object] = []
    if authority is not None:
        where.append("s.authority = %s")
        params.append(authority)
    if after is not None:
        where.append("s.id > %s")
        params.append(after)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
            f" WHERE {' AND '.join(where)} ORDER BY s.id LIMIT %s",
            [*params, limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    stored = reading.statements(ids)
    waiting = []
    for statement_id in ids:
        parts = stored[statement_id]
        item = item_of(parts.item, parts.item_version)
        values = decode(item, parts.public)
        waiting.append(
            Waiting(
                statement_id,
                parts.authority,
                values.get(item.authority_name, ""),
                next((values[code] for code in item.document_number if values.get(code)), ""),
                parts.decided_on,
                date.fromisoformat(parts.source[2]),
            )
        )
    return waiting


def classify(*, statement: int, severity: str, authority: str, at: datetime, actor: str) -> law.Window:
    """The deciding authority puts its penalty into a class; publication follows from the law. One ledger entry.

    Only the authority that decided, or the body that took over its duties, may say so: `NotTheAuthority`.
    Saying the same again changes nothing. Raises `NoSuchStatement`, `NotStanding`.
    """
    parts = reading.statements([statement]).get(statement)
    if parts is None:
        raise NoSuchStatement(f"没有编号为 {statement} 的记录。请核对编号(xinheng queue 列出待认定的)。")
    heirs = register.successors([parts.authority], evidence.legal_day(at))
    if authority not in (parts.authority, heirs.get(parts.authority)):
        raise NotTheAuthority("谁认定、谁定级:只有作出这份处罚的认定单位才能确认失信程度。")
    current = writing.open_standing([statement])
    if current.is_empty() or current["state"][0] != "held" or parts.decided_on is None:
        raise NotStanding(f"记录 {statement} 已不在册(被更正、撤销或删除),不能定级。")
    pack = law.active()
    window = law.window(
        pack=pack,
        item=item_of(parts.item, parts.item_version),
        severity=severity,
        decided_on=parts.decided_on,
        received_on=evidence.legal_day(at),
    )
    if current["severity"][0] == severity:
        return window
    act = evidence.Act(
        kind="records.classified",
        actor=actor,
        at=at,
        provision=window.provision,
        pack=pack.digest,
        detail={"statement": statement, "severity": severity, "authority": authority},
    )
    with evidence.event(act) as event:
        writing.restand(
            event=event,
            statement_ids=[statement],
            severity=severity,
            window=(window.show_from, window.show_until, window.earliest_repair),
            rule=window.provision,
        )
    return window


def class_confirmed(statement: int) -> bool:
    """Whether the authority put this entry into its class itself: it was born with another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT severity, closed_by FROM records_standing WHERE statement_id = %s ORDER BY id",
            [statement],
        )
        rows = cursor.fetchall()
    now = [severity for severity, closed_by in rows if closed_by is None]
    return bool(now) and rows[0][0] != now[0]
