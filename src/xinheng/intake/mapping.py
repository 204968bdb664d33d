"""What the columns of a source's files mean, where the names alone do not say it; remembered per source and item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from xinheng.evidence import service as evidence
from xinheng.intake.errors import FileRefused
from xinheng.intake.header import mask_header, plain
from xinheng.intake.models import ColumnMapping
from xinheng.intake.sending import item_of, source_of
from xinheng.kernel import uscc
from xinheng.law import service as law

MAPPED = "intake.mapped"
MOST, LONGEST = 200, 20_000


def mapping_of(*, source: str, item: str) -> dict[str, str]:
    """Header (masked) → field code, "" to ignore, as last remembered; empty where nothing was."""
    sender = uscc.clean(source).code
    row = ColumnMapping.objects.filter(source=sender, item=item, closed_by=None).first()
    return dict(json.loads(row.mapping)) if row is not None else {}


def remembered(*, source: str, item: law.Item) -> dict[str, str]:
    """`mapping_of` without fields the item has no longer: their columns are matched by name, or asked about, again."""
    kept = mapping_of(source=source, item=item.code)
    return {header: code for header, code in kept.items() if not code or code in item.by_code}


def remember_mapping(*, source: str, item: str, mapping: Mapping[str, str], at: datetime, actor: str) -> None:
    """Keeps what the columns of this source's files mean. Equal to what is kept: nothing happens; empty: forgotten.

    Raises `ItemUnknown`, `SourceRefused`, and `FileRefused` as `checked` does.
    """
    pack = law.active()
    said = checked(mapping, item_of(pack, item))
    source = source_of(pack, source)
    if said == mapping_of(source=source, item=item):
        return
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    if len(text) > LONGEST:
        raise FileRefused("列太多,记不下这个对应关系。请使用模板报送。", code="mapping-too-large")
    act = evidence.Act(kind=MAPPED, actor=actor, at=at, purpose="列对应")
    with evidence.event(act) as event:
        evidence.lock("intake.mapping")
        open_ = ColumnMapping.objects.filter(source=source, item=item, closed_by=None)
        event.detail["closed"] = list(open_.values_list("id", flat=True))
        open_.update(closed_by=event.id)
        event.count(2)
        row = (event.row_id(0), source, item, text)
        ColumnMapping.objects.create(id=row[0], source=source, item=item, mapping=text)
        event.detail["mapping_digest"] = evidence.rows_digest([row])


def checked(mapping: Mapping[str, str], item: law.Item) -> dict[str, str]:
    """The mapping with masked headers. Raises `FileRefused`: mapping-unknown-field, mapping-twice, mapping-too-large."""
    if len(mapping) > MOST:
        raise FileRefused(f"一次最多对应 {MOST} 列。", code="mapping-too-large")
    said: dict[str, str] = {}
    owner: dict[str, str] = {}
    for header, code in mapping.items():
        shown = mask_header(header)
        if not shown:
            continue
        if code and code not in item.by_code:
            raise FileRefused(
                f"列「{shown}」对应的字段「{code[:32]}」不在「{item.name}」里。请从所列字段中选择。",
                code="mapping-unknown-field",
            )
        dropped = code and item.by_code[code].scope == "drop"
        if code and not dropped and plain(owner.setdefault(code, shown)) != plain(shown):
            raise FileRefused(
                f"列「{owner[code]}」和「{shown}」都对应「{item.by_code[code].name}」。请只留一列。",
                code="mapping-twice",
            )
        said[shown] = code
    return said


def findings() -> Iterator[evidence.Finding]:
    """Remembered mappings that are not what the ledger bound."""
    seen: set[int] = set()
    closed: dict[int, int] = {}
    rows = {row.id: row for row in ColumnMapping.objects.all()}
    told: dict[int, str] = {}
    for entry in evidence.events(kinds=(MAPPED,)):
        told[entry.id] = entry.body["detail"]["mapping_digest"]
        closed.update(dict.fromkeys(entry.body["detail"]["closed"], entry.id))
    for row in rows.values():
        event = evidence.event_of(row.id)
        seen.add(event)
        same = evidence.rows_digest([(row.id, row.source, row.item, row.mapping)]) == told.get(event)
        if not same or row.closed_by != closed.get(row.id):
            yield evidence.Finding("mapping-changed", f"记住的列对应 {row.id} 与账本所记不符")
    for event in sorted(set(told) - seen):
        yield evidence.Finding("mapping-missing", f"账本第 {event} 笔的列对应不见了")
