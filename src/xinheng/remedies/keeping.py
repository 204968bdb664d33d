"""What the room keeps is written once; the ledger entry it came with binds every column of every row."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.db import models

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
    bound = columns(table)
    also = [str(field.column) for field in table._meta.concrete_fields if field.column not in bound]
    return evidence.write_bound(
        event, table._meta.db_table, bound, [[row[name] for name in (*bound[1:], *also)] for row in rows],
        also=also, under="remedies",
    )  # fmt: skip


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


def findings() -> Iterator[evidence.Finding]:
    """Every row that is not as its event bound it, and every notice whose content is not what it commits to."""
    tables = {table._meta.db_table: columns(table) for table in BOUND}
    yield from evidence.unbound_tables(
        tables, kinds=list(KINDS.values()), code="remedies-row", under="remedies"
    )
    entries = evidence.events(kinds=(KINDS["forgotten"],))
    forgotten = {id_ for entry in entries for id_ in entry.body["detail"]["notices"]}
    yield from _contents(forgotten)


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
