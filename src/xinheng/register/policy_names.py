"""Names of a row in the register, and two names under one code. Pure decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from xinheng.kernel.orgname.cells import NAME_HINT, NameCell, distinct, split_list
from xinheng.kernel.orgname.cells import split_cell as split_names
from xinheng.kernel.text import norm_name

__all__ = ["NAME_HINT", "NameCell", "Order", "Row", "distinct", "order_of", "split_list", "split_names"]


@dataclass(frozen=True)
class Row:
    """What a decision on two rows with one code looks at."""

    row: int
    name: str
    formers: tuple[str, ...] = ()
    established_on: str = ""
    changed_on: str = ""


@dataclass(frozen=True)
class Order:
    """Rows of one code from oldest to newest, or a contradiction (`order` empty)."""

    order: tuple[int, ...] = ()
    reason: str = field(default="")


def order_of(rows: Sequence[Row]) -> Order:
    """Whether rows of one file that give one code several names tell of renamings, and in which order.

    They do where (1) each change of name is told by the newer row's 曾用名, or (2) every row has a different
    day of change, or (3) all rows have the same founding day: then the file's own order counts. Otherwise one
    of the rows has somebody else's code, and nobody can say which: a contradiction.
    """
    told = sorted(rows, key=lambda row: (len(row.formers), row.row))
    if all(_names_former(newer, older) for older, newer in pairwise(told)):
        return Order(tuple(row.row for row in told), "曾用名")
    days = {row.changed_on for row in rows}
    if "" not in days and len(days) == len(rows):
        return Order(tuple(row.row for row in sorted(rows, key=lambda row: row.changed_on)), "名称变更日期")
    founded = {row.established_on for row in rows}
    if len(founded) == 1 and "" not in founded:
        return Order(
            tuple(row.row for row in sorted(rows, key=lambda row: row.row)), "成立日期相同，按先后次序"
        )
    return Order()


def _names_former(newer: Row, older: Row) -> bool:
    return norm_name(older.name) in {norm_name(name) for name in newer.formers}
