"""What a file's columns are, before anything is taken in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from xinheng.intake import mapping
from xinheng.intake.csvfile import CsvRows
from xinheng.intake.header import OWN_COLUMNS, mask_header, plain
from xinheng.intake.reading import BROKEN, Table, open_table
from xinheng.intake.sending import item_of, source_of
from xinheng.intake.xlsxfile import XlsxRows
from xinheng.kernel import personal
from xinheng.law import service as law

SAMPLES = 5
SHOWN = 60
# The category of a subject who is no organisation
PERSON = "自然人"


@dataclass(frozen=True)
class Look:
    """The columns of a file. `headers` and `sample_rows` are masked and in the file's order; `matched` is header →
    field code; `unmatched` are those nobody has said anything about; `missing_required` are field codes; `remembered` says that a kept mapping was used."""

    headers: list[str]
    sample_rows: list[list[str]]
    matched: dict[str, str]
    unmatched: list[str]
    missing_required: list[str]
    remembered: bool
    rows_estimate: int
    encoding: str


def look(*, path: Path, item: str, source: str) -> Look:
    """Reads the header and the first rows. Rows that speak of persons are not shown, names of persons are masked.

    Raises `ItemUnknown`, `SourceRefused`, `FileRefused`.
    """
    pack = law.active()
    chosen = item_of(pack, item)
    kept = mapping.remembered(source=source_of(pack, source), item=chosen)
    table = open_table(Path(path), item=chosen, mapping=kept, lenient=True, remembered=True)
    header = table.header
    # Columns our own sheets add say something about the rows: nobody is asked what they mean
    headers = ["" if plain(cell) in OWN_COLUMNS else mask_header(cell) for cell in header.cells]
    ignored = {plain(name) for name, code in kept.items() if not code}
    pairs = list(zip(headers, header.columns, strict=False))
    return Look(
        headers=headers,
        sample_rows=_samples(table, chosen),
        matched={name: code for name, code in pairs if code},
        unmatched=[name for name, code in pairs if name and not code and plain(name) not in ignored],
        missing_required=list(header.absent),
        remembered=header.mapped,
        rows_estimate=_estimate(table),
        encoding=table.encoding,
    )


def _samples(table: Table, item: law.Item) -> list[list[str]]:
    first = next(table._rows.frames(), None)
    if first is None:
        return []
    header = table.header
    names = [str(at) for at in range(len(header.cells)) if str(at) in first.columns]
    place = {code: at for at, code in enumerate(header.columns) if code and at < len(names)}
    identity = [place[code] for code in (item.subject_name, item.subject_code) if code in place]
    rows: list[list[str]] = []
    for row in islice(first.filter(pl.col(BROKEN) == "").select(names).iter_rows(), 50):
        cells = ["" if cell is None else str(cell).strip() for cell in row]
        if any(cells) and not _about_a_person(cells, identity):
            rows.append([_masked(cell, head) for cell, head in zip(cells, header.cells, strict=False)])
        if len(rows) == SAMPLES:
            break
    return rows


def _about_a_person(cells: list[str], identity: list[int]) -> bool:
    """The row says so itself, or what identifies its subject is a person's name or number."""
    return PERSON in cells or any(
        personal.is_person_name(cells[at]) or personal.redact(cells[at])[0] != cells[at]
        for at in identity
        if cells[at]
    )


def _masked(cell: str, head: str) -> str:
    """A cell as it may be shown: the words of its header tell a number or an address that says nothing of itself."""
    if not cell or personal.is_person_name(cell):
        return personal.MASK if cell else ""
    lead = " ".join(head.split())[:SHOWN] + ":"
    told = personal.redact(lead + cell)[0]
    if told.startswith(lead):
        cell = told.removeprefix(lead)
    return personal.mask_names(personal.redact(cell)[0])[:SHOWN]


def _estimate(table: Table) -> int:
    """Rows below the header: exact for workbooks and small files, else by the length of the first lines."""
    rows = table._rows
    if isinstance(rows, XlsxRows):
        return rows.height
    assert isinstance(rows, CsvRows)
    size = table.path.stat().st_size
    with table.path.open("rb") as file:
        head = file.read(4 << 20)
    lines = head.count(b"\n") + (not head.endswith(b"\n"))
    whole = lines if size <= len(head) else size * lines // max(1, len(head))
    return max(0, whole - table.header.row - table.header.rows + 1)
