"""A register file as a frame of text: CSV (UTF-8 or GB18030, also gzipped) and XLSX. Only known columns are
kept."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from xinheng.register.columns import ALIASES, is_header, recognise
from xinheng.register.errors import ColumnsMissing, FileUnreadable

HEADER_WITHIN = 30  # rows searched for the header, title rows included
MAX_BYTES = 2 << 30  # after decompression: above this a "register" is a bomb or belongs into several files
_OLD_OFFICE, _PDF, _GZIP, _ZIP = b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"PK\x03\x04"


@dataclass(frozen=True)
class Table:
    """What was read: `frame` has `row` (as a spreadsheet counts them), the known columns found, and
    `misshapen`."""

    frame: pl.DataFrame
    digest: str


def read(path: Path) -> Table:
    """Reads a file by what its bytes are, not by its name.

    Raises `FileUnreadable` for anything else than text or a plain workbook, `ColumnsMissing` when no row near
    the top names the code and the name column. Messages never quote the content.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise FileUnreadable(f"读不到文件 {path.name}：请检查路径和权限。") from None
    digest = hashlib.sha256(raw).hexdigest()
    if raw.startswith(_ZIP):
        return Table(_workbook(raw), digest)
    if raw.startswith((_OLD_OFFICE, _PDF)):
        raise FileUnreadable(
            "这不是 CSV 或 XLSX 文件（旧版 XLS、PDF 等不受理）：请另存为 XLSX 或 CSV 后重试。"
        )
    if raw.startswith(_GZIP):
        raw = _gunzip(raw)
    return Table(_csv(_decode(raw)), digest)


def _gunzip(raw: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            out = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError):
        raise FileUnreadable("压缩文件已损坏，无法解开。") from None
    if len(out) > MAX_BYTES:
        raise FileUnreadable("压缩文件解开后超过 2 GB：请分成几个文件。")
    return out


def _decode(raw: bytes) -> str:
    """UTF-8 if the whole file is, otherwise GB18030 if the whole file is: a few rows never decide."""
    if b"\x00" in raw[:4096]:
        raise FileUnreadable("这不是文本文件：请存为 UTF-8 或 GB18030 编码的 CSV。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable("文件既不是 UTF-8 也不是 GB18030 编码：请另存为 UTF-8 的 CSV 后重试。")


def _csv(text: str) -> pl.DataFrame:
    separator = "\t" if text[:2000].count("\t") > text[:2000].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number, lines = 1, 0
    for cells in _safely(reader):
        if is_header(cells):
            break
        if number == HEADER_WITHIN:
            raise _no_header()
        number, lines = number + 1, reader.line_num
    else:
        raise _no_header()
    found = recognise(cells)
    try:
        frame = pl.read_csv(
            text.encode(), has_header=False, skip_lines=lines, skip_rows=0, infer_schema=False, separator=separator,
            new_columns=[str(place) for place in range(len(cells))],
        )  # fmt: skip
        frame = frame.slice(1).select(pl.col(str(place)).alias(name) for name, place in found.items())
        frame = frame.with_columns(pl.lit(False).alias("misshapen"))
    except pl.exceptions.PolarsError:
        # Rows with too many cells or stray quotes: slower, but such rows are found one by one
        frame = _row_by_row(_safely(reader), found, width=len(cells))
    return _numbered(frame, first=number + 1)


def _safely(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        raise FileUnreadable("CSV 的引号或分隔符不成对，无法分列：请检查后重新导出。") from None


def _row_by_row(rows: Iterator[list[str]], found: dict[str, int], *, width: int) -> pl.DataFrame:
    schema = {**dict.fromkeys(found, pl.String), "misshapen": pl.Boolean}
    taken = [
        (
            *(cells[place] if place < len(cells) else "" for place in found.values()),
            any(cell.strip() for cell in cells[width:]),
        )
        for cells in rows
    ]
    return pl.DataFrame(taken, schema=schema, orient="row")


def _workbook(raw: bytes) -> pl.DataFrame:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise FileUnreadable("XLSX 文件已损坏，无法打开。") from None
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name for name in names):
        raise FileUnreadable("工作簿含有宏，不受理：请另存为不含宏的 XLSX。")
    if "xl/workbook.xml" not in names:
        raise FileUnreadable("这个压缩包不是 XLSX 工作簿：请另存为 XLSX 或 CSV 后重试。")
    if sum(part.file_size for part in parts) > MAX_BYTES:
        raise FileUnreadable("工作簿解开后超过 2 GB：请分成几个文件。")
    try:
        book = fastexcel.read_excel(raw)
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
            if (frame := _from_sheet(sheet)) is not None:
                return frame
    except fastexcel.FastExcelError:
        raise FileUnreadable("XLSX 文件已损坏，无法打开。") from None
    raise _no_header()


def _from_sheet(sheet: pl.DataFrame) -> pl.DataFrame | None:
    for index, cells in enumerate(sheet.head(HEADER_WITHIN).iter_rows()):
        header: Sequence[str] = [str(cell or "") for cell in cells]
        if is_header(header):
            chosen = [pl.nth(place).alias(name) for name, place in recognise(header).items()]
            body = sheet.slice(index + 1).select(*chosen).with_columns(pl.lit(False).alias("misshapen"))
            return _numbered(body, first=index + 2)
    return None


def _numbered(frame: pl.DataFrame, *, first: int) -> pl.DataFrame:
    """Adds row numbers, fills what is missing with the empty text, drops rows without any content."""
    frame = frame.with_row_index("row", offset=first).with_columns(pl.col("row").cast(pl.Int64))
    absent = [pl.lit("").alias(name) for name in ALIASES if name not in frame.columns]
    frame = frame.with_columns(pl.col(pl.String).fill_null(""), *absent)
    return frame.filter(pl.any_horizontal(pl.col(list(ALIASES)).str.strip_chars() != "", "misshapen"))


def _no_header() -> ColumnsMissing:
    return ColumnsMissing(
        "前 30 行里没有找到同时含「统一社会信用代码」和「主体名称」的表头：请检查列名后重试。"
    )
