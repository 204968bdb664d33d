"""The least XLS workbook a reader opens: one OLE2 container, one stream of BIFF8 records."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, TABLE = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
Cell = str | float


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def begin(what: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0x0DBB, 0x07CC, 0, 0x0006))


def text(value: str, *, wide: str = "<H") -> bytes:
    return struct.pack(wide, len(value)) + b"\x01" + value.encode("utf-16-le")


def cell(row: int, column: int, value: Cell, style: int = 0) -> bytes:
    place = struct.pack("<HHH", row, column, style)
    if isinstance(value, str):
        return record(0x0204, place + text(value))
    return record(0x0203, place + struct.pack("<d", value))


def stream(
    rows: Sequence[Sequence[Cell]], *, extra: bytes = b"", early: bytes = b"", hidden: int = 0, kind: int = 0
) -> bytes:
    """The records: `extra` ones stand in the sheet, `early` ones straight after the beginning. Floats are shown as days."""
    cells = b"".join(
        cell(at, column, value, 0 if isinstance(value, str) else 1)
        for at, row in enumerate(rows)
        for column, value in enumerate(row)
    )
    sheet = begin(0x0010) + cells + extra + record(0x000A)
    styles = b"".join(
        record(0x00E0, struct.pack("<HHHBBBBIIH", 0, shown, 0, 0, 0, 0, 0, 0, 0, 0)) for shown in (0, 14)
    )
    name = text("Sheet1", wide="<B")

    def lead(start: int) -> bytes:
        bound = record(0x0085, struct.pack("<IBB", start, hidden, kind) + name)
        return (
            begin(0x0005) + early + record(0x0042, struct.pack("<H", 1200)) + styles + bound + record(0x000A)
        )

    return lead(len(lead(0))) + sheet


def container(content: bytes, name: str = "Workbook") -> bytes:
    """An OLE2 file with this one stream (padded, so that it lies in sectors of its own)."""
    content = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\x00")
    count = len(content) // SECTOR
    tables = next(n for n in range(1, 2_000) if n * 128 >= n + 1 + count + -(-max(0, n - 109) // 127))
    more = -(-max(0, tables - 109) // 127)
    # Sectors in their order: tables, directory, content, and where the tables past the 109th are
    chain = [TABLE] * tables + [END] + [tables + 2 + at for at in range(count - 1)] + [END] + [END - 2] * more
    table = struct.pack(f"<{tables * 128}I", *chain, *([FREE] * (tables * 128 - len(chain))))
    first = tables + 1 + count
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 10
    head += struct.pack("<8I", tables, tables, 0, 4096, END, 0, first if more else END, more)
    head += struct.pack("<109I", *range(min(tables, 109)), *([FREE] * (109 - tables)))
    directory = _entry("Root Entry", 5, END, 0, 1) + _entry(name, 2, tables + 1, len(content)) + b"\x00" * 256
    rest = b""
    for at in range(more):
        part = list(range(109 + 127 * at, min(tables, 109 + 127 * (at + 1))))
        following = first + at + 1 if at + 1 < more else END
        rest += struct.pack("<128I", *part, *([FREE] * (127 - len(part))), following)
    return head + table + directory + content + rest


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    spelled = name.encode("utf-16-le") + b"\x00\x00"
    head = spelled.ljust(64, b"\x00") + struct.pack("<HBB", len(spelled), kind, 1)
    return head + struct.pack("<III", FREE, FREE, child) + b"\x00" * 36 + struct.pack("<IQ", start, size)


def xls(rows: Sequence[Sequence[Cell]], **how: object) -> bytes:
    """A workbook with one sheet."""
    return container(stream(rows, **how))  # type: ignore[arg-type]
