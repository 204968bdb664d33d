"""One row corrected without a file: the item's own rules, the same writer. What was sent stays what was sent.

A correction is the decision's next version with the same source row behind it; the old one is superseded. The platform
corrects its own copy this way, or a department after an objection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from xinheng.evidence import service as evidence
from xinheng.intake import judging
from xinheng.intake.errors import CorrectionRefused
from xinheng.intake.faults import OK, Fault, without_key
from xinheng.intake.matching import Registered, against_register
from xinheng.intake.preparing import Prepared, Preparer
from xinheng.intake.reading import BROKEN, ROW, Chunk
from xinheng.intake.shaping import with_headers
from xinheng.intake.writing import WRITTEN
from xinheng.law import service as law
from xinheng.records import service as records

_STANDS = ("held", "suppressed")


@dataclass(frozen=True)
class Correction:
    """A statement's next version, found valid: what changes (old and new value by field), and the row to be stored."""

    statement: int
    item: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    on: date
    row: pl.DataFrame
    pack: law.Pack


def correction(*, statement: int, changes: Mapping[str, str], at: datetime) -> Correction:
    """What a correction would write: the stored values with `changes` (field code → value) laid over them, cleaned and
    judged by the rules of the item as a row of a file would be.

    What was wrong with the row before and is not touched does not stand in the way. Raises `CorrectionRefused` with
    every problem in `problems`: nothing changes, an unknown field, the subject's code, a rule broken, a decision that
    is on file already, a statement that no longer stands.
    """
    parts = records.statements([statement]).get(statement)
    if parts is None or not parts.public:
        raise CorrectionRefused(
            f"没有编号为 {statement} 的记录，或者它已依法删除，不能更正。请核对记录编号。"
        )
    _standing_of(statement)
    pack = law.active()
    item = pack.items.get(parts.item)
    if item is None:
        raise CorrectionRefused(f"目录项「{parts.item}」已不在现行目录中，不能更正。请按撤销办理。")
    stored = records.decode(
        law.item(code=parts.item, version=parts.item_version), parts.public, parts.shared, parts.restricted
    )
    before = {one.code: stored.get(one.code, "") for one in item.fields if one.scope != "drop"}
    _askable(item, changes, before)
    on = evidence.legal_day(at)
    row = int(parts.source[1])
    old, new = (as_prepared(item, pack, on, row, values) for values in (before, {**before, **changes}))
    after = as_stored(item, new)
    changed = {code: value for code, value in after.items() if value != before[code]}
    if not changed:
        raise CorrectionRefused("更正后的内容与现有内容相同，没有需要更正的地方。")
    found = faults_told(item, new, _known_faults(old))
    if found:
        raise CorrectionRefused(
            "更正内容不符合该事项的规则："
            + "；".join(one["message"] for one in found)
            + "。请改正后再提交。",
            problems=found,
        )
    shaped = with_headers(new.rows, item=item, batch=parts.source[0], received_on=on).with_columns(
        pl.lit(item.code).alias("item")
    )
    _not_on_file(statement, shaped)
    return Correction(
        statement, item.code, {code: before[code] for code in changed}, changed, on, shaped, pack
    )


def write_correction(*, event: evidence.OpenEvent, correction: Correction) -> int:
    """Writes a correction inside `event` and returns the id of the new statement.

    The old version is superseded; the days it is shown are computed anew from what is now said; a class the authority
    confirmed is kept, and so are a suspension and the disputes. Raises `CorrectionRefused` if the old version no longer stands.
    """
    evidence.lock("records.keys")
    old = correction.statement
    current = _standing_of(old)
    law.remember(correction.pack)
    new = event.row_id(event.leaves)
    records.restand(event=event, statement_ids=[old], state="superseded")
    records.write(event=event, frame=correction.row.select(WRITTEN), pack=correction.pack.digest)
    _keep_standing(event, correction, old, new, current)
    for one in records.marks([old], on=correction.on).get(old, ()):
        records.mark(
            event=event, statement_ids=[new], kind=one.kind, field=one.field, since=one.since, case=one.case
        )
    records.mark(event=event, statement_ids=[new], kind=records.CORRECTED, since=correction.on, case="")
    event.detail.setdefault("corrected", []).append([old, new, sorted(correction.after)])
    return new


def _standing_of(statement: int) -> dict[str, object]:
    rows = records.open_standing([statement])
    if rows.is_empty() or rows["state"][0] not in _STANDS:
        raise CorrectionRefused(
            f"记录 {statement} 已不在册（被更正、撤销、修复或者删除），不能更正。请刷新后核对现行的记录。"
        )
    return rows.row(0, named=True)


def _askable(item: law.Item, changes: Mapping[str, str], before: Mapping[str, str]) -> None:
    unknown = sorted(set(changes) - set(before))
    if unknown:
        raise CorrectionRefused(f"「{item.name}」没有字段「{unknown[0][:32]}」，不能更正。请刷新页面后再试。")
    code = item.subject_code
    if code in changes and changes[code].strip() != before[code]:
        raise CorrectionRefused(
            f"不能更正「{item.by_code[code].name}」：记到了别的主体名下的，请按撤销办理，再由认定单位重新报送。"
        )


def as_prepared(item: law.Item, pack: law.Pack, on: date, row: int, values: Mapping[str, str]) -> Prepared:
    """One row of values, cleaned and judged, the register asked too."""
    cells = {one.code: values.get(one.code, "") for one in item.fields}
    frame = pl.DataFrame({ROW: [row], BROKEN: [""], **{code: [cell] for code, cell in cells.items()}})
    prepared = Preparer(item=item, pack=pack, received_on=on).prepare(Chunk(0, frame))
    codes = [one.code for one in item.fields if one.type == "code"]
    asked = against_register(
        pl.DataFrame({code: prepared.cells.values[code] for code in codes}).with_columns(
            prepared.rows["_name_key"]
        ),
        {code: prepared.cells.kinds[code] == "uscc" for code in codes},
        item=item,
        rules=pack.rules(item),
        registered=Registered(),
        texts=prepared.cells.values,
    )
    return Prepared(0, prepared.cells, [*prepared.faults, *asked], prepared.rows)


def as_stored(item: law.Item, prepared: Prepared) -> dict[str, str]:
    """The values of the one row as they would be stored, read back from its bodies."""
    shaped = with_headers(prepared.rows, item=item, batch="", received_on=date.min)
    return records.decode(item, *(shaped[part][0] for part in records.PARTS))


def _known_faults(prepared: Prepared) -> set[tuple[str, str, str]]:
    return {_name(fault) for fault in prepared.faults if fault.where[0]}


def _name(fault: Fault) -> tuple[str, str, str]:
    return fault.code, fault.field, fault.verdict


def faults_told(
    item: law.Item, prepared: Prepared, known: set[tuple[str, str, str]]
) -> tuple[dict[str, str], ...]:
    """What stands against the row, told; faults of `known` were there before and are not asked about."""
    faults = [fault for fault in prepared.faults if _name(fault) not in known]
    judgement = judging.conclude(prepared.cells, faults, item)
    if judgement.outcome[0] != OK:
        return tuple(dict(one) for one in judgement.problems[0])
    if prepared.cells.kinds[item.subject_code][0] != "uscc" or prepared.rows["decided_on"][0] is None:
        stuck = without_key(~prepared.cells.never(), item)
        return tuple(
            dict(one) for one in judging.conclude(prepared.cells, [*faults, stuck], item).problems[0]
        )
    return ()


def _not_on_file(statement: int, shaped: pl.DataFrame) -> None:
    """A correction of what tells decisions apart must not make two entries of one."""
    found = records.find(shaped.select("uscc", "key"))
    others = found.filter(
        (pl.col("statement_id") != statement) & pl.col("state").is_in([*_STANDS, "repaired"])
    )
    if others.height:
        raise CorrectionRefused(
            f"更正后与另一条在册记录（{others['statement_id'][0]}）是同一决定。请先核对两条记录，必要时撤销其中一条。"
        )


def _keep_standing(
    event: evidence.OpenEvent, correction: Correction, old: int, new: int, current: dict[str, object]
) -> None:
    """What people decided about the old version holds for the new one: its class and a suspension."""
    row = correction.row.row(0, named=True)
    said: dict[str, object] = {}
    if records.class_confirmed(old):
        window = law.window(
            pack=correction.pack,
            item=correction.pack.items[correction.item],
            severity=str(current["severity"]),
            decided_on=row["decided_on"],
            received_on=correction.on,
        )
        said |= {
            "severity": str(current["severity"]),
            "window": (window.show_from, window.show_until, window.earliest_repair),
            "rule": window.provision,
        }
    if current["state"] != "held":
        said["state"] = str(current["state"])
    if said:
        records.restand(event=event, statement_ids=[new], **said)  # type: ignore[arg-type]
