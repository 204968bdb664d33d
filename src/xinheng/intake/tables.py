"""Any table a person brings, with all its columns as they stand: read like a file of an item, for a face to work on.

Nothing is taken in, and nothing is kept. The same readers, encodings and refusals as for files of an item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from xinheng.intake.csvfile import CsvRows
from xinheng.intake.errors import FileRefused
from xinheng.intake.header import Header, mask_header
from xinheng.intake.reading import BLOCK, BROKEN, ROW, Rows
from xinheng.intake.sniff import sniff
from xinheng.intake.survey import NAMES, stamp_of, survey
from xinheng.intake.xlsxfile import XlsxRows

if TYPE_CHECKING:
    from xinheng.law import service as law

_SHOWN = 40  # columns named in a refusal


@dataclass(frozen=True)
class _Column:
    """A column asked for, as the header knows the fields of an item."""

    code: str
    required: bool = True
    scope: str = "public"

    @property
    def name(self) -> str:
        return self.code

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.code,)


@dataclass(frozen=True)
class _Asked:
    """The columns asked for, where the readers look for an item."""

    fields: tuple[_Column, ...]
    name: str = "文件"
    ignored_headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlainTable:
    """An opened table. `columns` are the header cells as written, `place` where each column asked for stands.

    `marked` says that the text began with a byte order mark; `encoding` is what a person is shown.
    """

    columns: tuple[str, ...]
    place: Mapping[str, int]
    kind: str
    encoding: str
    marked: bool
    _path: Path
    _stamp: tuple[int, int]
    _rows: Rows

    def chunks(self) -> Iterator[tuple[pl.DataFrame, float]]:
        """Every row below the header, blank ones too, and how much of the file has been read with it (0 to 1).

        Frames have `_row` (as a spreadsheet counts), `_broken` (why a row could not be divided into cells, or "") and a
        text column per position, "0", "1", …; no cell is null. Blank rows at the end of a sheet are no rows: they only
        have a format. Raises `FileRefused` (file-changed).
        """
        places = [str(place) for place in range(len(self.columns))]
        frames = (
            raw.select(pl.col(ROW).cast(pl.Int64), BROKEN, pl.col(places).fill_null(""))
            for raw in self._rows.frames()
        )
        for frame in frames if self.kind == "csv" else _without_blank_end(frames, places):
            yield frame, min(1.0, self._rows.share)
        if stamp_of(self._path) != self._stamp:
            raise FileRefused("读取期间文件被改动,请等文件写完后再试。", code="file-changed")


def plain_table(*, path: Path, columns: tuple[str, ...], block: int = BLOCK) -> PlainTable:
    """Opens a CSV (UTF-8, GB18030, UTF-16), XLSX or XLS file that has these columns, wherever they stand.

    Case, width, spaces and stars in a header do not matter. Raises `FileRefused`: column-missing names the columns
    there are; everything else as for a file of an item. `block` is how many bytes of a CSV make a chunk.
    """
    if len(set(columns)) < len(columns):
        raise FileRefused("同一列不能既是名称又是代码。", code="same-column")
    sniffed = sniff(path)
    seen = survey(path, text=sniffed.kind == "csv")

    def opened(*, lenient: bool) -> Rows:
        item = cast("law.Item", _Asked(tuple(_Column(column) for column in columns)))
        if sniffed.kind == "csv":
            return CsvRows(path, seen.encoding, item, block, lenient=lenient)
        misnamed = path.suffix.lower() not in (".xlsx", ".xlsm", ".xls", ".xla")
        return XlsxRows(path, item, lenient=lenient, misnamed=misnamed)

    try:
        rows = opened(lenient=False)
    except FileRefused as error:
        if error.code != "header-not-found":
            raise
        raise _missing(columns, _header_of(opened), path, seen.encoding) from None
    header = rows.header
    if header.absent:
        raise _missing(columns, header, path, seen.encoding)
    return PlainTable(
        columns=tuple(header.cells), place={column: header.columns.index(column) for column in columns},
        kind=sniffed.kind, encoding=NAMES.get(seen.encoding, sniffed.kind.upper()),
        marked=seen.encoding == "utf-8-sig", _path=path, _stamp=seen.stamp, _rows=rows,
    )  # fmt: skip


def _without_blank_end(frames: Iterable[pl.DataFrame], places: list[str]) -> Iterator[pl.DataFrame]:
    filled = pl.any_horizontal(pl.col(places).str.strip_chars() != "") | (pl.col(BROKEN) != "")
    held: list[pl.DataFrame] = []
    for frame in frames:
        whole = pl.concat([*held, frame])
        at = whole.select(filled).to_series().arg_true()
        end = int(at[-1]) + 1 if len(at) else 0
        held = [whole.slice(end)]
        if end:
            yield whole.head(end)


def _header_of(opened: Any) -> Header | None:
    """What the first row that looks like a header says, None where no row has two cells."""
    try:
        return cast(Header, opened(lenient=True).header)
    except FileRefused:
        return None


def _missing(columns: tuple[str, ...], header: Header | None, path: Path, encoding: str) -> FileRefused:
    cells = [cell for cell in header.cells if cell.strip()] if header else _first_line(path, encoding)
    held = set(header.columns) if header else set()
    absent = "、".join(f"「{mask_header(column)}」" for column in columns if column not in held)
    there = "、".join(f"「{mask_header(cell)}」" for cell in cells[:_SHOWN])
    more = f"等 {len(cells)} 列" if len(cells) > _SHOWN else ""
    told = f"有这些列:{there}{more}。" if there else "也没有看到表头。"
    return FileRefused(f"文件里没有{absent}这一列。{told}请照表头的写法再试。", code="column-missing")


def _first_line(path: Path, encoding: str) -> list[str]:
    """The first line of a text that has one column."""
    if not encoding:
        return []
    with path.open(encoding=encoding, errors="ignore") as handle:
        first = (line.strip().strip('"') for line in (handle.readline(4096) for _ in range(30)))
        return [line for line in first if line][:1]
