"""An item's rules over a chunk: which rows break which rule, and what becomes of each row.

A rule is data (`law.Rule`); each kind of the law room's vocabulary has one function here that answers where it is
broken. No cell is null, so no rule meets three-valued logic; a date or amount that could not be read is null in its
typed column and breaks only the rule that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from xinheng.intake import personal
from xinheng.intake.cells import OTHER, Cells
from xinheng.intake.kept import NOTE, PROBLEM
from xinheng.kernel.money import FEN_PER_WAN

if TYPE_CHECKING:
    from xinheng.law import service as law

OK, REJECTED, QUARANTINED, PERSONAL = "", "rejected", "quarantined", "refused_personal"
_RANK = {OK: 0, "note": 0, QUARANTINED: 1, REJECTED: 2, PERSONAL: 3}
_STRUCTURE = {
    "too-many-cells": (
        "该行的单元格比表头多,各列可能错位,内容未读取",
        "请检查该行是否多了分隔符(文字里的英文逗号要用引号括起)。",
    ),
    "broken-quotes": ("该行的引号不配对,无法分列,内容未读取", "请检查该行的英文双引号,或改用 XLSX 报送。"),
}
_GARBLED = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]|锟斤拷|烫烫烫"
# Verdicts that tell and do not decide, unless the rule says otherwise
_ONLY_NOTES = ("note_over", "unknown")
# Cells of these types may be quoted back unless something in them was masked: names and free text never are
_QUOTABLE = ("date", "enum", "money")


@dataclass(frozen=True)
class Fault:
    """Where a rule is broken, by rows; `detail` adds the reason per row ("" for none); `verdict` is the rule's own word
    for it, where it has several."""

    where: pl.Series
    field: str
    code: str
    outcome: str
    message: str
    remedy: str
    detail: pl.Series | None = None
    verdict: str = ""

    def of(self, rows: pl.Series) -> Fault:
        """The same fault among some rows only."""
        detail = None if self.detail is None else self.detail.filter(rows)
        return replace(self, where=self.where.filter(rows), detail=detail)


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


def fault_of(
    rule: law.Rule,
    item: law.Item,
    field: str,
    where: pl.Series,
    *,
    other: str = "",
    verdict: str = "",
    limit: object = "",
    detail: pl.Series | None = None,
) -> Fault:
    """A fault in the words of its rule, narrowed by a verdict where the rule has several."""
    default = "note" if verdict in _ONLY_NOTES else rule.outcome
    outcome = rule.outcomes.get(verdict, default)
    message = rule.messages.get(verdict, rule.message)
    fields = item.by_code
    for mark, text in (
        ("{field}", fields[field].name),
        ("{other}", fields[other].name if other in fields else other),
        ("{limit}", str(limit)),
        ("{choices}", "、".join(fields[field].choices)),
    ):
        message = message.replace(mark, text)
    return Fault(where, field, rule.id, outcome, message, rule.remedy, detail, verdict)


def without_key(where: pl.Series, item: law.Item) -> Fault:
    """Rows that cannot be told from others: no valid code, or no decision day."""
    names = "、".join(item.by_code[code].name for code in item.key)
    return Fault(
        where, item.subject_code, "no-key", REJECTED, f"缺少识别该决定的内容({names})", "请补齐后重新报送。"
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


Check = Callable[["law.Rule", Cells, "law.Item", date], Iterator[Fault]]


def _required(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        where = cells.values[code] == ""
        if code in cells.bad:
            where = where & cells.bad[code].is_null()
        yield fault_of(rule, item, code, where)


def _max_length(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    limit = rule.params["limit"]
    for code in rule.fields:
        # Bytes are free to count and never fewer than characters
        long = cells.values[code].str.len_bytes() > limit
        if long.any():
            yield fault_of(rule, item, code, long & (cells.values[code].str.len_chars() > limit), limit=limit)


def _blank(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        yield fault_of(
            rule, item, code, cells.filled[code] if code in cells.filled else cells.values[code] != ""
        )


def _choice(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        field = item.by_code[code]
        yield fault_of(
            rule, item, code, _where(cells.values[code], lambda value, f=field: not _chosen(f, value))
        )


def _chosen(field: law.Field, value: str) -> bool:
    parts = value.split(field.separator) if field.multi else [value]
    other = (OTHER[1], field.other_prefix) if field.other_prefix else ()
    return all(
        part in field.choices
        or part in other
        or (bool(field.other_prefix) and part.startswith(field.other_prefix))
        for part in parts
    )


def _other_needs_text(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        field = item.by_code[code]
        bare = (OTHER[1], field.other_prefix)
        yield fault_of(
            rule, item, code,
            _where(cells.values[code], lambda value, f=field, b=bare: any(part in b for part in (value.split(f.separator) if f.multi else [value]))),
        )  # fmt: skip


def _forbidden_value(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    forbidden = set(rule.params["values"])
    for code in rule.fields:
        field = item.by_code[code]
        yield fault_of(
            rule, item, code,
            _where(cells.values[code], lambda value, f=field: not forbidden.isdisjoint(value.split(f.separator) if f.multi else [value])),
        )  # fmt: skip


def _where(values: pl.Series, broken: Callable[[str], bool]) -> pl.Series:
    """Where a predicate holds, asked once for each distinct value; an absent value never breaks a rule."""
    found = [value for value in values.unique().to_list() if value and broken(value)]
    return values.is_in(found)


def _date(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    earliest = date(int(rule.params["earliest_year"]), 1, 1)
    for code in rule.fields:
        bad = cells.bad[code]
        early = (cells.days[code] < earliest).fill_null(False)
        yield fault_of(rule, item, code, bad.is_not_null() | early)


def _date_not_after(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    than = rule.params["than"]
    for code in rule.fields:
        limit = today if than == "today" else cells.days[than]
        yield fault_of(rule, item, code, (cells.days[code] > limit).fill_null(False), other=than)


def _uscc(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        kinds = cells.kinds[code]
        for verdict in kinds.unique().to_list():
            # An empty cell is the required rule's to tell, unless this rule names it
            if verdict == "uscc" or (verdict == "empty" and verdict not in rule.outcomes):
                continue
            detail = cells.reasons[code] if verdict == "invalid" else None
            yield fault_of(rule, item, code, kinds == verdict, verdict=verdict, detail=detail)


def _uscc_prefix_matches(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    category = cells.values[rule.params["category"]]
    for code in rule.fields:
        prefix = cells.values[code].str.slice(0, 2)
        wrong = cells.never()
        listed = cells.never()
        for name, prefixes in rule.params["prefixes"].items():
            has = prefix.is_in(list(prefixes))
            listed = listed | has
            wrong = wrong | ((category == name) & ~has)
        wrong = wrong | ((category == rule.params["others"]) & listed)
        yield fault_of(rule, item, code, wrong & (cells.kinds[code] == "uscc"), other=rule.params["category"])


def _org_code_matches(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    code = rule.params["code"]
    inner = cells.values[code].str.slice(8, 9)
    for field in rule.fields:
        given = cells.values[field].str.replace_all("-", "", literal=True).str.to_uppercase()
        yield fault_of(
            rule, item, field, (given != "") & (given != inner) & (cells.kinds[code] == "uscc"), other=code
        )


def _money_wan(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    over = int(rule.params["note_over"] * FEN_PER_WAN)
    for code in rule.fields:
        yield fault_of(rule, item, code, cells.bad[code].is_not_null(), detail=cells.bad[code].fill_null(""))
        yield fault_of(rule, item, code, (cells.fen[code] > over).fill_null(False), verdict="note_over")


def _required_if_contains(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    other = rule.params["if_field"]
    words = rule.params["contains"]
    asked = _where(cells.values[other], lambda value: any(word in value for word in words))
    for code in rule.fields:
        absent = cells.values[code] == ""
        if code in cells.bad:
            absent = absent & cells.bad[code].is_null()
        yield fault_of(rule, item, code, asked & absent, other=other)


def _no_control_characters(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        yield fault_of(rule, item, code, cells.kept[code].str.contains(_GARBLED))


def _person_row(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    """A person's name without a valid code, or a licence that only persons hold, whatever the category says."""
    without_code = cells.kinds[rule.params["code"]] != "uscc"
    for code in rule.fields:
        yield fault_of(rule, item, code, personal.person_names(cells.values[code], without_code))
    words, unless = rule.params["words"], rule.params["unless"]
    for code in rule.params["text_fields"] if words else ():
        yield fault_of(
            rule, item, code,
            _where(cells.values[code], lambda text: any(w in text for w in words) and not any(u in text for u in unless)),
        )  # fmt: skip


def _required_with(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    other = rule.params["with"]
    asked = cells.values[other] != ""
    for code in rule.fields:
        absent = cells.values[code] == ""
        if code in cells.bad:
            absent = absent & cells.bad[code].is_null()
        yield fault_of(rule, item, code, asked & absent, other=other)


def _pattern(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    whole = re.compile(rule.params["pattern"])
    for code in rule.fields:
        yield fault_of(rule, item, code, _where(cells.values[code], lambda value: not whole.fullmatch(value)))


def _code_starts(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    prefixes = rule.params["prefixes"]
    for code in rule.fields:
        good = pl.Series([False]).new_from_index(0, cells.height)
        for prefix in prefixes:
            good = good | cells.values[code].str.starts_with(prefix)
        yield fault_of(rule, item, code, ~good & (cells.kinds[code] == "uscc"))


def _code_starts_not(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        bad = pl.Series([False]).new_from_index(0, cells.height)
        for prefix in rule.params["prefixes"]:
            bad = bad | cells.values[code].str.starts_with(prefix)
        yield fault_of(rule, item, code, bad & (cells.kinds[code] == "uscc"))


def _words_forbidden(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    words = rule.params["words"]
    for code in rule.fields:
        yield fault_of(
            rule, item, code, _where(cells.values[code], lambda value: any(word in value for word in words))
        )


CHECKS: dict[str, Check] = {
    "required": _required,
    "max_length": _max_length,
    "blank": _blank,
    "choice": _choice,
    "choices_multi": _choice,
    "other_needs_text": _other_needs_text,
    "forbidden_value": _forbidden_value,
    "date": _date,
    "date_not_after": _date_not_after,
    "uscc": _uscc,
    "uscc_prefix_matches": _uscc_prefix_matches,
    "org_code_matches": _org_code_matches,
    "money_wan": _money_wan,
    "required_if_contains": _required_if_contains,
    "required_with": _required_with,
    "pattern": _pattern,
    "code_starts": _code_starts,
    "code_starts_not": _code_starts_not,
    "words_forbidden": _words_forbidden,
    "no_control_characters": _no_control_characters,
    "person_row": _person_row,
}
ELSEWHERE = {
    "registered_unit": "matching.py: asks the register",
    "subject_matches_register": "matching.py: asks the register",
    "former_name_registered": "matching.py: asks the register",
    "same_key": "writing.py: asks the records",
    "severity_is": "standing.py: asks the law",
}
