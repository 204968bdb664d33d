"""A file as chunks of rows in the item's own columns, all text, with the row numbers a spreadsheet would show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import polars as pl

from xinheng.intake.errors import FileRefused
from xinheng.intake.header import Header
from xinheng.intake.sniff import sniff
from xinheng.intake.survey import NAMES, Survey, stamp_of, survey

if TYPE_CHECKING:
    from xinheng.law import service as law

ROW = "_row"
BROKEN = "_broken"
BLOCK = 24 << 20
# What a name may promise, and what the file then is
_PROMISED = {
    ".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".xla": "xls",
    ".xlsb": "xlsb", ".ods": "ods",
}  # fmt: skip
_KINDS = {"csv": "CSV 文本", "xlsx": "XLSX 工作簿", "xls": "XLS 工作簿"}


@dataclass(frozen=True)
class Chunk:
    """`frame` has `_row` (Int64), `_broken` ("" or the code of a structural fault) and every field of the item as text.

    No cell is null: absent is "". A broken row has no content at all: its cells may stand in the wrong columns, where
    no rule about personal data would recognise them. Rows that are blank throughout are not in it. `share` says how
    much of the file has been read with this chunk, from 0 to 1.
    """

    index: int
    frame: pl.DataFrame
    share: float = 0.0


class Rows(Protocol):
    """A reader of one kind of file, after its header was found."""

    header: Header
    sheet: str
    others: tuple[str, ...]
    share: float

    def frames(self) -> Iterator[pl.DataFrame]:
        """Frames with `_row`, `_broken` and one text column per position, named "0", "1", …"""


@dataclass(frozen=True)
class Table:
    """An opened file. `encoding` is what a receipt shows; `digest` is the SHA-256 of the file's bytes."""

    path: Path
    kind: str
    encoding: str
    digest: str
    header: Header
    notes: tuple[str, ...]
    _rows: Rows
    _survey: Survey
    _item: law.Item

    def chunks(self) -> Iterator[Chunk]:
        """All rows below the header, chunk by chunk. Raises `FileRefused` (file-changed) if the file moved meanwhile."""
        for index, frame in enumerate(self._rows.frames()):
            yield Chunk(index, _by_field(frame, self.header, self._item), self._rows.share)
        if stamp_of(self.path) != self._survey.stamp:
            raise FileRefused("读取期间文件被改动,请等文件写完后重新报送。", code="file-changed")


def open_table(
    path: Path,
    *,
    item: law.Item,
    block: int = BLOCK,
    mapping: Mapping[str, str] | None = None,
    lenient: bool = False,
    remembered: bool = False,
) -> Table:
    """Sniffs, surveys and finds the header. `block` is how many bytes of a CSV make a chunk; `mapping` and `lenient`
    as in `find_header`, `remembered` says where the mapping came from. Raises `FileRefused`."""
    from xinheng.intake.csvfile import CsvRows
    from xinheng.intake.xlsxfile import XlsxRows

    sniffed = sniff(path)
    promised = _PROMISED.get(path.suffix.lower(), sniffed.kind)
    seen = survey(path, text=sniffed.kind == "csv")
    rows: Rows = (
        CsvRows(path, seen.encoding, item, block, mapping, lenient=lenient)
        if sniffed.kind == "csv"
        else XlsxRows(path, item, mapping, lenient=lenient, misnamed=promised != sniffed.kind)
    )
    return Table(
        path=path,
        kind=sniffed.kind,
        encoding=NAMES.get(seen.encoding, sniffed.kind.upper()),
        digest=seen.digest,
        header=rows.header,
        notes=(*_misnamed(path, promised, sniffed.kind), *_notes(rows, item, remembered)),
        _rows=rows,
        _survey=seen,
        _item=item,
    )


def _misnamed(path: Path, promised: str, kind: str) -> Iterator[str]:
    if promised != kind:
        yield f"文件名以 {path.suffix.lower()} 结尾,内容是 {_KINDS[kind]};已按内容读取"


def _notes(rows: Rows, item: law.Item, remembered: bool) -> Iterator[str]:
    header = rows.header
    if header.row > 1:
        yield f"表头在第 {header.row} 行"
    if header.rows > 1:
        yield f"第 {header.row + 1} 行也是表头,未作为数据"
    if header.mapped:
        yield "按记住的列对应读取" if remembered else "按给定的列对应读取"
    if header.unknown:
        yield f"不属于「{item.name}」的列未读取、未保存:" + "、".join(header.unknown)
    if header.absent:
        names = {field.code: field.name for field in item.fields}
        yield "文件里没有这些必填列:" + "、".join(f"{names[code]}({code})" for code in header.absent)
    if rows.others:
        yield f"只读取了工作表「{rows.sheet}」;其余工作表未读取:" + "、".join(
            f"「{name}」" for name in rows.others
        )


def _by_field(frame: pl.DataFrame, header: Header, item: law.Item) -> pl.DataFrame:
    """Positions become field codes; unknown columns end here; missing columns are empty; blank rows are left out."""
    blank = _blank(frame, [name for name in frame.columns if name not in (ROW, BROKEN)])
    if blank.any():
        frame = frame.filter(~blank)
    place = {code: str(index) for index, code in enumerate(header.columns) if code}
    broken = (frame[BROKEN] != "").any()
    cells = []
    for field in item.fields:
        cell = pl.col(place[field.code]).fill_null("") if field.code in place else pl.lit("")
        if broken:
            cell = pl.when(pl.col(BROKEN) == "").then(cell).otherwise(pl.lit(""))
        cells.append(cell.alias(field.code))
    return frame.select(pl.col(ROW).cast(pl.Int64), pl.col(BROKEN), *cells)


def _blank(frame: pl.DataFrame, width: list[str]) -> pl.Series:
    """Rows without anything to read. The first column excuses nearly all of them; only the rest is looked through."""
    blank = (frame[BROKEN] == "") & _empty(frame[width[0]])
    at = blank.arg_true()
    for name in width[1:]:
        if at.is_empty():
            break
        at = at.filter(_empty(frame[name].gather(at)))
    never = pl.Series("blank", [False]).new_from_index(0, frame.height)
    return never.scatter(at, True) if len(at) else never


def _empty(cells: pl.Series) -> pl.Series:
    return cells.is_null() | (cells.str.strip_chars() == "")
