"""CSV in blocks: memory stays flat, row numbers stay exact, and one damaged quote costs one row, not the file.

A block is cut at a line end. Lines without quotes, and lines whose quotes are well-formed, go to Polars together; the
few others are put together by Python's csv module, which may join several lines into one record.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from xinheng.intake.errors import FileRefused
from xinheng.intake.header import SEARCH_ROWS, Header, find_header

if TYPE_CHECKING:
    from xinheng.law import service as law

ROW, BROKEN = "_row", "_broken"
# How far an open quote may reach before it is taken for a stray one
MAX_LINES = 500
SPARE = 4
_HEAD = 256 << 10
_DELIMITERS = (",", "\t", ";", "|")


class CsvRows:
    """Reads one CSV file whose encoding is known. See `reading.Rows`."""

    sheet = ""
    others: tuple[str, ...] = ()
    share = 0.0

    def __init__(
        self,
        path: Path,
        encoding: str,
        item: law.Item,
        block: int,
        mapping: Mapping[str, str] | None = None,
        *,
        lenient: bool = False,
    ) -> None:
        self._path, self._encoding, self._block = path, encoding, max(block, _HEAD)
        with path.open("rb") as handle:
            head = next(_Text(handle, encoding, _HEAD), b"").decode("utf-8")
        self._delimiter, self.header, self._skip = _header(head, item, mapping, lenient)

    def frames(self) -> Iterator[pl.DataFrame]:
        """See `reading.Rows`."""
        width = len(self.header.columns)
        next_row = self.header.row + self.header.rows
        skip = self._skip
        size = self._path.stat().st_size
        with self._path.open("rb") as handle:
            text = _Text(handle, self._encoding, self._block)
            for block in text:
                if skip:
                    block, skip = _after_lines(block, skip)
                    if not block:
                        continue
                split = _split(block, width, self._delimiter, last=text.ended)
                text.give_back(split.rest)
                self.share = handle.tell() / max(size, 1)
                if split.frame.height:
                    yield split.frame.with_columns(pl.col(ROW) + next_row)
                next_row += split.records


@dataclass
class _Text:
    """The file as UTF-8 bytes in blocks that end at a line end. `give_back` returns the unread end of a block."""

    handle: BinaryIO
    encoding: str
    size: int
    ended: bool = False
    _carry: bytes = b""
    _returns: bool | None = None
    _decoder: codecs.IncrementalDecoder | None = field(default=None)

    def __post_init__(self) -> None:
        if self.encoding not in ("utf-8", "utf-8-sig"):
            self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        mark = {"utf-8-sig": 3, "utf-16-le": 2, "utf-16-be": 2}.get(self.encoding, 0)
        self.handle.seek(mark)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.ended:
            raise StopIteration
        while True:
            block = self._more()
            if not block:
                self.ended = True
                if self._carry:
                    return self._carry
                raise StopIteration
            cut = block.rfind(b"\n") + 1
            if not cut:
                self._carry += block
                if len(self._carry) > 2 * max(self.size, 16 << 20):
                    raise FileRefused("有一行过长,不像数据表。请检查导出方式。", code="line-too-long")
                continue
            whole, self._carry = self._carry + block[:cut], block[cut:]
            return whole

    def _more(self) -> bytes:
        while raw := self.handle.read(self.size):
            # A decoder may hold everything back until it sees the rest of a character
            if block := self._plain(raw):
                return block
        return self._plain(b"", final=True) if self._decoder else b""

    def _plain(self, raw: bytes, final: bool = False) -> bytes:
        block = self._decoder.decode(raw, final).encode() if self._decoder else raw
        if self._returns is None and block:
            # Files of old Macintosh programs end lines with a carriage return alone
            start = block[: 1 << 20]
            self._returns = b"\r" in start and b"\n" not in start
        return block.replace(b"\r", b"\n") if self._returns else block

    def give_back(self, rest: bytes) -> None:
        if rest:
            self._carry = rest + self._carry


@dataclass(frozen=True)
class _Split:
    """`frame` counts `_row` from 0; `records` says how many rows the block has, blank ones included."""

    frame: pl.DataFrame
    records: int
    rest: bytes = b""


def _split(block: bytes, width: int, delimiter: str, *, last: bool) -> _Split:
    if b'"' not in block:
        frame = _parse(block, width, delimiter).with_row_index(ROW)
        return _Split(frame, frame.height)
    lines = _lines(block)
    quoted = lines.str.contains('"', literal=True)
    right = lines.filter(quoted).str.contains(_well_formed(delimiter))
    if right.all():
        frame = _parse(block, width, delimiter).with_row_index(ROW)
        return _Split(frame, frame.height)
    doubtful = quoted.arg_true().filter(~right)
    joined = _join(lines, doubtful, width, delimiter, last=last)
    used = lines.slice(0, joined.end)
    alone = pl.Series("alone", [True], dtype=pl.Boolean).new_from_index(0, joined.end)
    inside = [at for start, stop in joined.spans for at in range(start, stop)]
    continued = [at for start, stop in joined.spans for at in range(start + 1, stop)]
    if inside:
        alone = alone.scatter(inside, False)
    # A record's row is the number of lines before it that began a record
    begins = pl.Series("begins", [1], dtype=pl.Int64).new_from_index(0, joined.end)
    if continued:
        begins = begins.scatter(continued, 0)
    number = begins.cum_sum() - 1
    plain = "\n".join(used.filter(alone).to_list()).encode()
    parts = []
    if plain or alone.any():
        parts.append(
            _parse(plain + b"\n", width, delimiter).with_columns(
                number.filter(alone).cast(pl.UInt32).alias(ROW)
            )
        )
    if joined.spans:
        parts.append(_frame(joined.rows, width, number.gather([start for start, _ in joined.spans])))
    frame = pl.concat([part.select(ROW, BROKEN, *_columns(width)) for part in parts]).sort(ROW)
    rest = "".join(line + "\n" for line in lines.slice(joined.end).to_list()).encode()
    return _Split(frame, int(begins.sum()), rest)


def _lines(block: bytes) -> pl.Series:
    if b"\x1f" in block:
        text = block.decode("utf-8")
        return pl.Series("line", text.removesuffix("\n").split("\n"), dtype=pl.String)
    return pl.read_csv(
        io.BytesIO(block), has_header=False, separator="\x1f", quote_char=None, schema={"line": pl.String},
        infer_schema=False, empty_string_is_null=False,
    ).to_series()  # fmt: skip


def _well_formed(delimiter: str) -> str:
    """One whole record on one line, every quote in its place (RFC 4180)."""
    mark = {"\t": r"\t", "|": r"\|"}.get(delimiter, delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return rf"^{cell}(?:{mark}{cell})*\r?$"


def _columns(width: int) -> list[str]:
    return [str(index) for index in range(width)]


def _parse(block: bytes, width: int, delimiter: str) -> pl.DataFrame:
    """Polars reads well-formed records; cells beyond the header that hold something make a row broken."""
    names = _columns(width + SPARE)
    frame = pl.read_csv(
        io.BytesIO(block), has_header=False, separator=delimiter, schema=dict.fromkeys(names, pl.String),
        infer_schema=False, missing_columns="insert", extra_columns="ignore", empty_string_is_null=False,
        quote_char='"' if b'"' in block else None,
    )  # fmt: skip
    spare = [pl.col(name).is_not_null() & (pl.col(name).str.strip_chars() != "") for name in names[width:]]
    return frame.select(
        *names[:width],
        pl.when(pl.any_horizontal(spare)).then(pl.lit("too-many-cells")).otherwise(pl.lit("")).alias(BROKEN),
    )


@dataclass
class _Joined:
    """Records put together by hand: `spans` of lines, their cells (None: broken quotes), and where reading stops."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    rows: list[list[str] | None] = field(default_factory=list)
    end: int = 0


def _join(lines: pl.Series, doubtful: pl.Series, width: int, delimiter: str, *, last: bool) -> _Joined:
    joined = _Joined(end=len(lines))
    reach = 0
    for at in doubtful.to_list():
        if at < reach:
            continue
        window = lines.slice(at, MAX_LINES).to_list()
        cells, count = _record(window, delimiter)
        if cells is None and not last and at + MAX_LINES > len(lines) and at > 0:
            # The quote may close in the next block
            joined.end = at
            break
        if count > 1 and len([cell for cell in (cells or [])[width:] if cell.strip()]):
            cells, count = None, 1
        joined.spans.append((at, at + count))
        joined.rows.append(cells)
        reach = at + count
    return joined


def _record(lines: Sequence[str], delimiter: str) -> tuple[list[str] | None, int]:
    """The first record and the lines it takes; (None, 1) where its quotes do not come out."""
    reader = csv.reader((line + "\n" for line in lines), strict=True, delimiter=delimiter)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return None, 1


def _frame(rows: Sequence[list[str] | None], width: int, numbers: pl.Series) -> pl.DataFrame:
    broken = [
        "broken-quotes"
        if row is None
        else "too-many-cells"
        if any(cell.strip() for cell in row[width:])
        else ""
        for row in rows
    ]
    padded = [([] if row is None else row[:width]) for row in rows]
    cells = [[row[index] if index < len(row) else None for row in padded] for index in range(width)]
    return pl.DataFrame(
        {ROW: numbers.cast(pl.UInt32), BROKEN: broken, **{str(i): column for i, column in enumerate(cells)}},
        schema_overrides=dict.fromkeys([BROKEN, *_columns(width)], pl.String),
    )


def _header(
    head: str, item: law.Item, mapping: Mapping[str, str] | None, lenient: bool
) -> tuple[str, Header, int]:
    """Delimiter, header, and how many physical lines to leave out before the first data row."""
    lines = head.split("\n")
    best: tuple[tuple[int, int], str, Header, int] | None = None
    refusal: FileRefused | None = None
    for delimiter in _DELIMITERS:
        rows, ends = _first_records(lines, delimiter)
        try:
            header = find_header(rows, item, mapping, lenient=lenient)
        except FileRefused as error:
            refusal = error if refusal is None or error.code != "header-not-found" else refusal
            continue
        # Of headers nobody recognises, the one with more cells: the other delimiter left them in one piece
        named = (sum(1 for code in header.columns if code), len(header.cells) if lenient else 0)
        if best is None or named > best[0]:
            best = (named, delimiter, header, ends[header.row + header.rows - 2])
    if best is None:
        raise refusal or FileRefused("没有找到表头。", code="header-not-found")
    return best[1:]


def _first_records(lines: list[str], delimiter: str) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    ends: list[int] = []
    at = 0
    while at < len(lines) and len(rows) <= SEARCH_ROWS:
        cells, count = _record(list(islice(lines, at, at + 20)), delimiter)
        at += count
        rows.append(cells or [])
        ends.append(at)
    return rows, ends


def _after_lines(block: bytes, skip: int) -> tuple[bytes, int]:
    at = 0
    while skip and at < len(block):
        found = block.find(b"\n", at)
        at = len(block) if found < 0 else found + 1
        skip -= 1
    return block[at:], skip
