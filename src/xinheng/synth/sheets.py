"""Writing a file as a department would: CSV in three encodings, workbooks, titles, odd column orders."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import BinaryIO

import polars as pl
import xlsxwriter

from .dates import CELL
from .plan import Batch, Habits
from .schema import OLD_ID, Item
from .spec import ItemSpec

__all__ = ["CsvWriter", "Layout", "columns_of", "header_row", "write_workbook"]

Layout = Item | ItemSpec
"""What writing a file needs of an item: its columns, which of them hold days and amounts, its name."""

_EXTRA = "（此格多出）"
_SPECIAL = '[",\r\n]'
_OLD_ID_NAME = "法定代表人身份证号"
_MOMENT = datetime(2020, 1, 1)  # noqa: DTZ001 -- a fixed stamp in the workbook's properties


def columns_of(item: Layout, batch: Batch) -> list[tuple[str, str, str]]:
    """(field, code in the header, Chinese name) of a file's columns in their order."""
    columns = (
        _of_double_publicity(item, batch) if isinstance(item, Item) else [(c, c, n) for c, n in item.fields]
    )
    if batch.habits.shuffled:
        Random(batch.order).shuffle(columns)
    return columns


def _of_double_publicity(item: Item, batch: Batch) -> list[tuple[str, str, str]]:
    """The columns a department's system has: some leave out the further numbers, some have the older document column."""
    columns = []
    for code, name in item.fields:
        if batch.narrow and code in item.optional_numbers:
            continue
        if batch.old_ids and code == item.field("FR_ZJLX"):
            continue
        if batch.old_ids and code == item.field("FR_ZJHM"):
            columns.append((code, item.field(OLD_ID), _OLD_ID_NAME))
        else:
            columns.append((code, code, name))
    return columns


def header_row(habits: Habits) -> int:
    """The spreadsheet row of the header; data begin in the next."""
    return 2 if habits.title else 1


def _title(item: Layout, batch: Batch) -> str:
    return f"{batch.department.name}{item.word}信息公示表（第{batch.order}批）"


class CsvWriter:
    """A CSV file written piece by piece. Rows may have more cells than the header, which no library would write."""

    def __init__(self, path: Path, *, item: Layout, batch: Batch) -> None:
        self._item, self._batch, self._habits = item, batch, batch.habits
        self._columns = columns_of(item, batch)
        self._encoding = "gb18030" if self._habits.encoding == "gb18030" else "utf-8"
        self._handle: BinaryIO = path.open("wb")
        if self._habits.encoding == "utf-8-bom":
            self._handle.write(codecs.BOM_UTF8)
        width = len(self._columns)
        lines = [_title(item, batch) + "," * (width - 1)] if self._habits.title else []
        named = self._habits.header == "name"
        lines.append(",".join(_quoted(c[2] if named else c[1]) for c in self._columns))
        self._write_lines(lines)

    def write(self, frame: pl.DataFrame) -> None:
        """Appends rows: text columns by field code, and ``_extra``."""
        cells = []
        for field, _, _ in self._columns:
            column = frame[field]
            if column.str.contains(_SPECIAL).any():
                safe = pl.lit('"') + pl.col(field).str.replace_all('"', '""', literal=True) + pl.lit('"')
                cells.append(
                    pl.when(pl.col(field).str.contains(_SPECIAL)).then(safe).otherwise(pl.col(field))
                )
            else:
                cells.append(pl.col(field))
        behind = (
            pl.when(pl.col("_extra") == 1).then(pl.lit(",,")).when(pl.col("_extra") == 2)
            .then(pl.lit(f",{_EXTRA}")).otherwise(pl.lit(""))
        )  # fmt: skip
        line = pl.concat_str(pl.concat_str(*cells, separator=","), behind).alias("line")
        self._write_lines(frame.select(line)["line"].to_list())

    def _write_lines(self, lines: Sequence[str]) -> None:
        end = self._habits.newline
        self._handle.write((end.join(lines) + end).encode(self._encoding))

    def close(self) -> None:
        """Ends the file, with the blank rows some exports leave behind."""
        if self._habits.blank_rows_behind:
            self._write_lines(["," * (len(self._columns) - 1)] * self._habits.blank_rows_behind)
        self._handle.close()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",\r\n') else text


def write_workbook(path: Path, frame: pl.DataFrame, *, item: Layout, batch: Batch) -> None:
    """An XLSX file with one sheet: numbers and dates as real cells, the same bytes every time."""
    columns, habits = columns_of(item, batch), batch.habits
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"title": _title(item, batch), "created": _MOMENT})
    sheet = book.add_worksheet(item.word)
    day = book.add_format({"num_format": "yyyy/m/d"})
    head = header_row(habits) - 1
    if habits.title:
        sheet.write_string(0, 0, _title(item, batch))
    for at, (_, code, name) in enumerate(columns):
        sheet.write_string(head, at, name if habits.header == "name" else code)
    dates = {at for at, (field, _, _) in enumerate(columns) if field in item.dates}
    amounts = {at for at, (field, _, _) in enumerate(columns) if field in item.amounts}
    extra = frame["_extra"].to_list()
    # constant_memory wants rows in order; workbooks are small, so the loop costs little.
    for number, values in enumerate(frame.select([c[0] for c in columns]).iter_rows(), head + 1):
        for at, value in enumerate(values):
            if not value:
                continue
            if at in dates and habits.date_style == CELL and value.isdecimal() and len(value) == 5:
                sheet.write_number(number, at, int(value), day)
            elif at in amounts and value.isascii():
                sheet.write_number(number, at, float(value))
            else:
                sheet.write_string(number, at, value)
        if extra[number - head - 1] == 2:
            sheet.write_string(number, len(columns), _EXTRA)
    book.close()
