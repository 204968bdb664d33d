"""A list that is only compared and not taken in, as rows of cells: a CSV or the first sheet of an XLSX, in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import fastexcel

from xinheng.kernel.errors import XinhengError
from xinheng.kernel.text import normalise_cell


def columns(cells: Sequence[str], headers: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Which column each wanted name stands in, by the spellings its header may have; the first that fits."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        plain = normalise_cell(cell)[0].replace("（", "(").replace("）", ")")
        for name, spellings in headers.items():
            if name not in found and plain in spellings:
                found[name] = place
    return found


def csv_rows(raw: bytes, *, refuse: type[XinhengError], tabs: bool = False) -> list[list[str]]:
    """Rows of a CSV in UTF-8, else GB18030; with `tabs` also one that is separated by them. Raises `refuse`."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        separator = "\t" if tabs and text[:2000].count("\t") > text[:2000].count(",") else ","
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error:
            break
    raise refuse("名单既不是 UTF-8 也不是 GB18030 编码的表格。请另存为 UTF-8 的 CSV 或 XLSX。")


def workbook_rows(raw: bytes, *, refuse: type[XinhengError]) -> list[list[str]]:
    """Rows of the first sheet of an XLSX, every cell as text. Raises `refuse`."""
    try:
        sheet = fastexcel.read_excel(raw).load_sheet(0, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError:
        raise refuse("XLSX 文件打不开。请另存后重试。") from None
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows()]
