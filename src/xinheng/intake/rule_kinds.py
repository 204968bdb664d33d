"""The kinds of rules the law room knows, over a chunk of rows: each has one function here that answers where it is broken.

No cell is null, so no rule meets three-valued logic; a date or amount that could not be read is null in its typed column and
breaks only the rule that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from xinheng.intake import personal
from xinheng.intake.cells import OTHER, Cells
from xinheng.intake.faults import Fault, fault_of
from xinheng.kernel.money import FEN_PER_WAN

if TYPE_CHECKING:
    from xinheng.law import service as law

_GARBLED = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]|锟斤拷|烫烫烫"
Check = Callable[["law.Rule", Cells, "law.Item", date], Iterator[Fault]]


def _required(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        yield fault_of(rule, item, code, _absent(cells, code))


def _absent(cells: Cells, code: str) -> pl.Series:
    """Where nothing is written; what is written and cannot be read is another rule's to tell."""
    empty = cells.values[code] == ""
    return empty & cells.bad[code].is_null() if code in cells.bad else empty


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
        yield fault_of(rule, item, code, _where(cells.values[code], partial(_not_chosen, item.by_code[code])))


def _not_chosen(field: law.Field, value: str) -> bool:
    other = (OTHER[1], field.other_prefix) if field.other_prefix else ()
    return not all(
        part in field.choices
        or part in other
        or (bool(field.other_prefix) and part.startswith(field.other_prefix))
        for part in _parts(field, value)
    )


def _other_needs_text(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    for code in rule.fields:
        yield fault_of(rule, item, code, _where(cells.values[code], partial(_bare, item.by_code[code])))


def _bare(field: law.Field, value: str) -> bool:
    return not {OTHER[1], field.other_prefix}.isdisjoint(_parts(field, value))


def _forbidden_value(rule: law.Rule, cells: Cells, item: law.Item, today: date) -> Iterator[Fault]:
    forbidden = frozenset(rule.params["values"])
    for code in rule.fields:
        yield fault_of(
            rule, item, code, _where(cells.values[code], partial(_one_of, forbidden, item.by_code[code]))
        )


def _one_of(forbidden: frozenset[str], field: law.Field, value: str) -> bool:
    return not forbidden.isdisjoint(_parts(field, value))


def _parts(field: law.Field, value: str) -> list[str]:
    return value.split(field.separator) if field.multi else [value]


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
        yield fault_of(rule, item, code, asked & _absent(cells, code), other=other)


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
        yield fault_of(rule, item, code, asked & _absent(cells, code), other=other)


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
