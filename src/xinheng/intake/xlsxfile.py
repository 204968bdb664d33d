"""XLSX and XLS by calamine: values as text, the way a person reads them, with the sheet's own row numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from xinheng.intake.errors import FileRefused
from xinheng.intake.header import SEARCH_ROWS, find_header

if TYPE_CHECKING:
    from xinheng.law import service as law

ROW, BROKEN = "_row", "_broken"
CHUNK_ROWS = 50_000
MAX_SHEETS = 20
# Excel writes control characters in text as _x000D_
_ESCAPED = r"_x[0-9A-Fa-f]{4}_"


class XlsxRows:
    """Reads the first visible sheet that has the item's header. See `reading.Rows`."""

    share = 0.0

    def __init__(
        self,
        path: Path,
        item: law.Item,
        mapping: Mapping[str, str] | None = None,
        *,
        lenient: bool = False,
        misnamed: bool = False,
    ) -> None:
        # calamine believes a file's extension, but tells bytes by what they are
        try:
            self._book = fastexcel.read_excel(path.read_bytes() if misnamed else path)
            names = self._book.sheet_names[:MAX_SHEETS]
        except Exception as error:
            raise _unreadable(error) from None
        refusal: FileRefused | None = None
        for name in names:
            whole = _load(self._book, name)
            if whole is None:
                continue
            head = [
                ["" if cell is None else cell for cell in row] for row in whole.head(SEARCH_ROWS + 1).rows()
            ]
            try:
                self.header = find_header(head, item, mapping, lenient=lenient)
            except FileRefused as error:
                refusal = error if refusal is None or error.code != "header-not-found" else refusal
                continue
            self.sheet, self._whole = name, whole
            # Sheets before the one read have no header of this item: nothing in them was meant as data
            self.others = tuple(names[names.index(name) + 1 :])
            return
        raise refusal or FileRefused("工作簿里没有工作表。", code="header-not-found")

    @property
    def height(self) -> int:
        """Rows below the header, blank ones included."""
        return max(0, self._whole.height - self.header.row - self.header.rows + 1)

    def frames(self) -> Iterator[pl.DataFrame]:
        """See `reading.Rows`."""
        whole = self._whole
        start = self.header.row + self.header.rows - 1
        width = len(self.header.columns)
        names = {name: str(index) for index, name in enumerate(whole.columns)}
        whole = whole.rename(names).with_row_index(ROW, offset=1).slice(start)
        missing = [pl.lit(None, dtype=pl.String).alias(str(i)) for i in range(whole.width - 1, width)]
        spare = [
            pl.col(str(i)).is_not_null() & (pl.col(str(i)).str.strip_chars() != "")
            for i in range(width, len(names))
        ]
        broken = pl.any_horizontal(spare) if spare else pl.lit(False)
        for at in range(0, whole.height, CHUNK_ROWS):
            part = whole.slice(at, CHUNK_ROWS)
            self.share = min(1.0, (at + CHUNK_ROWS) / whole.height)
            yield part.with_columns(
                pl.when(broken).then(pl.lit("too-many-cells")).otherwise(pl.lit("")).alias(BROKEN), *missing
            ).select(ROW, BROKEN, *(str(i) for i in range(width)))


def _load(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame | None:
    """A sheet as text; None for a hidden one, whose content nobody meant to send."""
    try:
        # skip_rows=0 keeps the blank rows above the table, which calamine would otherwise leave uncounted
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if sheet.visible != "visible":
            return None
        frame = sheet.to_polars()
    except Exception as error:
        raise _unreadable(error) from None
    text = frame.with_columns(pl.all().cast(pl.String))
    return text.with_columns(_as_shown(column) for column in text.columns)


def _as_shown(column: str) -> pl.Expr:
    """Undoes Excel's escapes, and shows a float with the 15 digits Excel itself shows (14.1, not 14.100000000000001)."""
    cell = pl.col(column)
    return (
        pl.when(cell.str.contains("_x", literal=True))
        .then(cell.str.replace_all(_ESCAPED, " "))
        .when(cell.str.contains(r"^-?\d+\.\d{10,}$"))
        .then(cell.map_batches(_fifteen_digits, return_dtype=pl.String))
        .otherwise(cell)
    )


def _fifteen_digits(cells: pl.Series) -> pl.Series:
    long = cells.str.contains(r"^-?\d+\.\d{10,}$").fill_null(False)
    shown = [format(Decimal(f"{float(cell):.15g}"), "f") for cell in cells.filter(long)]
    return cells.scatter(long.arg_true(), pl.Series(shown, dtype=pl.String)) if shown else cells


def _unreadable(error: Exception) -> FileRefused:
    kind = re.sub(r"[^A-Za-z]", "", type(error).__name__)
    return FileRefused(
        f"工作簿内容损坏,无法读取({kind})。请在 Excel 或 WPS 中打开、另存后重新报送。", code="broken-zip"
    )
