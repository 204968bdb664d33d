"""One row that was decided here and came in no file: the item's own rules, the same writer.

The row's source is the proceeding it was decided in (`source`), its place there 0: no file has a row 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import correcting
from xinheng.intake.errors import EntryRefused
from xinheng.intake.shaping import with_headers
from xinheng.intake.writing import WRITTEN
from xinheng.law import service as law
from xinheng.records import service as records

PLACE = 0


@dataclass(frozen=True)
class NewEntry:
    """A row found valid: what will be stored, by field code, and the row itself."""

    item: str
    values: Mapping[str, str]
    row: pl.DataFrame
    pack: law.Pack


def entry(
    *, item: str, values: Mapping[str, str], source: str, at: datetime, ahead: Collection[str] = ()
) -> NewEntry:
    """What `write_entry` would write: values (field code → value) cleaned and judged as a row of a file would be.

    Fields of `ahead` may name a day to come, which no file may: a decision made here that writes its own end.
    Raises `EntryRefused` with every problem in `problems`: a rule broken, a field there is not, a row the law shows
    nobody any more, a decision that is on file or was erased.
    """
    pack = law.active()
    if item not in pack.items:
        raise EntryRefused(f"目录项「{item[:40]}」不在现行目录中，没有入库。请核对代码。")
    found = pack.items[item]
    unknown = sorted(set(values) - {one.code for one in found.fields if one.scope != "drop"})
    if unknown:
        raise EntryRefused(f"「{found.name}」没有字段「{unknown[0][:32]}」，没有入库。请更新程序或规则包。")
    on = evidence.legal_day(at)
    prepared = correcting.as_prepared(found, pack, on, PLACE, values)
    problems = correcting.faults_told(found, prepared, _ahead(found, pack, ahead))
    if problems:
        raise EntryRefused(
            "内容不符合该事项的规则：" + "；".join(one["message"] for one in problems) + "。请改正后再办。",
            problems=problems,
        )
    shaped = with_headers(prepared.rows, item=found, batch=source, received_on=on).with_columns(
        pl.lit(found.code).alias("item")
    )
    if shaped["show_from"][0] is None:
        raise EntryRefused(
            "这一条依规则已经不公示（期限已经届满，或者没有公示的依据），没有入库。请核对日期和依据。"
        )
    _not_on_file(shaped)
    return NewEntry(item, correcting.as_stored(found, prepared), shaped, pack)


def _ahead(item: law.Item, pack: law.Pack, fields: Collection[str]) -> set[tuple[str, str, str]]:
    """The one fault of these fields that does not count: a day after today."""
    rules = [
        one for one in pack.rules(item) if one.kind == "date_not_after" and one.params["than"] == "today"
    ]
    return {(rule.id, field, "") for rule in rules for field in fields}


def write_entry(*, event: evidence.OpenEvent, entry: NewEntry) -> int:
    """Writes an entry inside `event` and returns its id. Raises `EntryRefused` if the decision came on file meanwhile."""
    evidence.lock("records.keys")
    _not_on_file(entry.row)
    law.remember(entry.pack)
    new = event.row_id(event.leaves)
    records.write(event=event, frame=entry.row.select(WRITTEN), pack=entry.pack.digest)
    return new


def _not_on_file(shaped: pl.DataFrame) -> None:
    keys = shaped.select("uscc", "key")
    found = records.find(keys)
    if found.height:
        raise EntryRefused(
            f"同一决定已经在册（记录 {found['statement_id'][0]}），没有再次入库。请核对文书号和日期。"
        )
    if records.is_erased(keys).any():
        raise EntryRefused("这条记录已依法删除，不再接收。有疑问的请联系信用主管部门。")
