"""What the room keeps is written once; the ledger entry it came with binds every column of every row."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection, models

from xinheng.evidence import service as evidence
from xinheng.kernel.text import norm_docno
from xinheng.records import service as records
from xinheng.remedies.models import Message, RepairNotice, Service

KINDS = {
    "noticed": "remedies.noticed", "served": "remedies.served", "exchanged": "remedies.exchanged",
    "forgotten": "remedies.forgotten",
}  # fmt: skip
BOUND: tuple[type[models.Model], ...] = (RepairNotice, Service, Message)
ERASABLE = {"content", "salt", "matching"}
"""Columns of a notice that an erasure empties: the commitment speaks for the first two, the content for the third."""


def columns(table: type[models.Model]) -> list[str]:
    """The columns of a table that its event binds, in order."""
    return [
        str(field.column)
        for field in table._meta.concrete_fields
        if table is not RepairNotice or field.column not in ERASABLE
    ]


def write(event: evidence.OpenEvent, table: type[models.Model], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Writes rows of a table inside `event`, in one piece; returns their ids."""
    if not rows:
        return []
    name = table._meta.db_table
    bound = event.detail.setdefault("remedies", {})
    if name in bound:
        raise ValueError("one event binds the rows of a table in one piece")
    event.count(len(rows))
    made = [{**row, "id": event.row_id(place)} for place, row in enumerate(rows)]
    every = [str(field.column) for field in table._meta.concrete_fields]
    evidence.insert_rows(name, every, [tuple(_plain(row[column]) for column in every) for row in made])
    told = [tuple(_plain(row[column]) for column in columns(table)) for row in made]
    bound[name] = [len(told), evidence.rows_digest(told)]
    return [row["id"] for row in made]


def matching(*, authority: str, document: str, uscc: str) -> int:
    """What recognises a notice's entry: authority, comparable document number and code, as one number."""
    key = "\x1f".join(["repair-notice", authority, norm_docno(document), uscc])
    return int.from_bytes(sha256(key.encode()).digest()[:8], "big", signed=True)


def sealed(content: dict[str, Any]) -> dict[str, str]:
    """The three columns a content is kept in."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    salt = secrets.token_hex(32)
    return {"content": text, "salt": salt, "commitment": commitment(text, salt)}


def commitment(text: str, salt: str) -> str:
    """What binds a content without telling it."""
    return sha256(f"{salt}\n{text}".encode()).hexdigest()


def forget(erased: Sequence[records.Parts], act: evidence.Act) -> None:
    """Empties the repair notices of erased entries; the commitment and the number stay."""
    wanted: list[int] = []
    for parts in erased:
        item = records.item_of(parts.item, parts.item_version)
        values = records.decode(item, parts.public, parts.shared)
        document = next((values[code] for code in item.document_number if values.get(code)), "")
        wanted.append(matching(authority=parts.authority, document=document, uscc=parts.uscc))
    found = list(
        RepairNotice.objects.filter(matching__in=wanted).exclude(content="").values_list("id", flat=True)
    )
    if not found:
        return
    told = evidence.Act(
        kind=KINDS["forgotten"], actor=act.actor, at=act.at, provision=act.provision, purpose=act.purpose,
        detail={"notices": sorted(found)},
    )  # fmt: skip
    with evidence.event(told) as event:
        event.count(RepairNotice.objects.filter(id__in=found).update(content="", salt="", matching=0))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def findings() -> Iterator[evidence.Finding]:
    """Every row that is not as its event bound it, and every notice whose content is not what it commits to."""
    told: dict[str, dict[int, list[Any]]] = {table._meta.db_table: {} for table in BOUND}
    forgotten: set[int] = set()
    for entry in evidence.events(kinds=list(KINDS.values())):
        detail = entry.body["detail"]
        forgotten.update(detail.get("notices", ()))
        for name, bound in detail.get("remedies", {}).items():
            told.get(name, {})[entry.id] = bound
    for table in BOUND:
        yield from _table(table, told[table._meta.db_table])
    yield from _contents(forgotten)


def _table(table: type[models.Model], told: dict[int, list[Any]]) -> Iterator[evidence.Finding]:
    name, names = table._meta.db_table, columns(table)
    stored: dict[int, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM {name} ORDER BY id")
        for row in cursor.fetchall():
            stored.setdefault(evidence.event_of(row[0]), []).append(tuple(_plain(cell) for cell in row))
    for event, (count, digest) in told.items():
        rows = stored.pop(event, [])
        if len(rows) != count or evidence.rows_digest(rows) != digest:
            yield evidence.Finding("remedies-row", f"{name} 中随第 {event} 笔写入的行与账本不符")
    for event in stored:
        yield evidence.Finding("remedies-row", f"{name} 中有账本第 {event} 笔没有记过的行")


def _contents(forgotten: set[int]) -> Iterator[evidence.Finding]:
    rows = RepairNotice.objects.order_by("id").values_list(
        "id", "number", "content", "salt", "commitment", "matching"
    )
    for id_, number, content, salt, kept, key in rows.iterator(chunk_size=2_000):
        if id_ in forgotten:
            fine = (content, salt, key) == ("", "", 0)
        else:
            fine = commitment(content, salt) == kept and _key_of(content) == key
        if not fine:
            yield evidence.Finding("remedies-notice", f"修复告知书 {number} 的内容与账本所记的承诺不符")


def _key_of(content: str) -> int:
    told = json.loads(content)
    return matching(authority=told["authority"], document=told["document"], uscc=told["uscc"])
