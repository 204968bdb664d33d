"""An item's rules over a chunk: which rows break which rule, and what becomes of each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from xinheng.intake.cells import Cells
from xinheng.intake.faults import OK, PERSONAL, QUARANTINED, REJECTED, Fault
from xinheng.intake.kept import NOTE, PROBLEM
from xinheng.intake.rule_kinds import CHECKS

if TYPE_CHECKING:
    from xinheng.law import service as law

_RANK = {OK: 0, "note": 0, QUARANTINED: 1, REJECTED: 2, PERSONAL: 3}
_STRUCTURE = {
    "too-many-cells": (
        "该行的单元格比表头多,各列可能错位,内容未读取",
        "请检查该行是否多了分隔符(文字里的英文逗号要用引号括起)。",
    ),
    "broken-quotes": ("该行的引号不配对,无法分列,内容未读取", "请检查该行的英文双引号,或改用 XLSX 报送。"),
}
# Cells of these types may be quoted back unless something in them was masked: names and free text never are
_QUOTABLE = ("date", "enum", "money")


@dataclass(frozen=True)
class Judgement:
    """One answer a row: `outcome` ("" where nothing stands against it), `problems` and `notes` as lists of structs."""

    outcome: pl.Series
    problems: pl.Series
    notes: pl.Series


def judge(cells: Cells, *, item: law.Item, rules: Iterable[law.Rule], today: date) -> list[Fault]:
    """Every fault of a chunk that can be told without the register. Rules about the register are left out here."""
    faults = list(_structure(cells))
    sound = cells.broken == ""
    whole = bool(sound.all())
    for rule in rules:
        check = CHECKS.get(rule.kind)
        for fault in check(rule, cells, item, today) if check else ():
            where = fault.where if whole else fault.where & sound
            if where.any():
                faults.append(fault if whole else replace(fault, where=where))
    faults.extend(_masked(cells, item))
    return faults


def conclude(cells: Cells, faults: list[Fault], item: law.Item) -> Judgement:
    """The gravest outcome wins; every fault is told; a note decides nothing."""
    rank = pl.Series("rank", [0], dtype=pl.Int8).new_from_index(0, cells.height)
    for fault in faults:
        level = _RANK[fault.outcome]
        if level:
            higher = fault.where & (rank < level)
            rank = (
                pl.Series("rank", [level], dtype=pl.Int8)
                .new_from_index(0, cells.height)
                .zip_with(higher, rank)
            )
    names = [OK, QUARANTINED, REJECTED, PERSONAL]
    outcome = rank.replace_strict(list(range(4)), names, return_dtype=pl.String).alias("_outcome")
    problems = _gather(
        cells, [_problem(cells, fault, item) for fault in faults if fault.outcome != "note"], PROBLEM
    )
    told = [_note(fault) for fault in faults if fault.outcome == "note"]
    notes = _gather(cells, [*told, *(_cell_note(code, notes) for code, notes in cells.notes)], NOTE)
    return Judgement(outcome, problems.alias("_problems"), notes.alias("_notes"))


def _gather(cells: Cells, found: list[pl.DataFrame], dtype: pl.Struct) -> pl.Series:
    """Frames of (at, what) as one list per row, in the order given."""
    empty = pl.Series("what", [[]], dtype=pl.List(dtype))
    if not found:
        return empty.new_from_index(0, cells.height)
    stacked = pl.concat(frame.with_columns(pl.lit(order).alias("order")) for order, frame in enumerate(found))
    lists = stacked.sort("at", "order").group_by("at", maintain_order=True).agg("what")
    every = pl.DataFrame({"at": pl.int_range(0, cells.height, dtype=pl.UInt32, eager=True)})
    return every.join(lists, on="at", how="left", maintain_order="left")["what"].fill_null(empty)


def _problem(cells: Cells, fault: Fault, item: law.Item) -> pl.DataFrame:
    rows = pl.DataFrame({"at": fault.where.arg_true()})
    message = pl.lit(fault.message)
    if fault.detail is not None:
        rows = rows.with_columns(fault.detail.filter(fault.where).alias("detail"))
        message = pl.when(pl.col("detail") == "").then(message).otherwise(message + "：" + pl.col("detail"))
    known = item.by_code.get(fault.field)
    if known is not None and known.type in _QUOTABLE:
        value = cells.kept[fault.field].filter(fault.where)
        quotable = (
            ~cells.masked[fault.field].filter(fault.where) & (value != "") & (value.str.len_chars() <= 30)
        )
        rows = rows.with_columns(value.alias("value"), quotable.alias("quotable"))
        message = pl.when("quotable").then(message + "(填的是「" + pl.col("value") + "」)").otherwise(message)
    rows = rows.with_columns(
        pl.lit(fault.field).alias("field"), pl.lit(fault.code).alias("code"), message.alias("message"),
        pl.lit(fault.remedy).alias("remedy"),
    )  # fmt: skip
    return rows.select("at", pl.struct("field", "code", "message", "remedy").alias("what"))


def _note(fault: Fault) -> pl.DataFrame:
    rows = pl.DataFrame({"at": fault.where.arg_true()})
    rows = rows.with_columns(pl.lit(fault.field).alias("field"), pl.lit(fault.message).alias("note"))
    return rows.select("at", pl.struct("field", "note").alias("what"))


def _cell_note(code: str, notes: pl.Series) -> pl.DataFrame:
    where = notes.is_not_null()
    rows = pl.DataFrame({"at": where.arg_true(), "note": notes.filter(where)})
    return rows.with_columns(pl.lit(code).alias("field")).select(
        "at", pl.struct("field", "note").alias("what")
    )


def _structure(cells: Cells) -> Iterator[Fault]:
    for code, (message, remedy) in _STRUCTURE.items():
        where = cells.broken == code
        if where.any():
            yield Fault(where, "", code, REJECTED, message, remedy)


def _masked(cells: Cells, item: law.Item) -> Iterator[Fault]:
    """A name or number that identifies the row cannot do so once something personal was taken out of it."""
    for code in dict.fromkeys((*item.key, item.subject_name, item.authority_name)):
        where = cells.masked.get(code)
        # For codes the rule about codes has the better words
        if where is not None and where.any() and item.by_code[code].type != "code":
            yield Fault(
                where, code, "personal-number", REJECTED,
                f"「{item.by_code[code].name}」含有个人号码或住址,已遮盖,该行不能据此识别",
                "请删去单元格中的个人号码后重新报送。",
            )  # fmt: skip
