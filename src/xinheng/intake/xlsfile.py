"""Workbooks of before 2007 (an OLE2 container with BIFF records), looked through before any reader opens them.

The reader builds every sheet as one dense grid as soon as it opens the file, so what a sheet claims is counted here first.
Source of the layout: [MS-CFB] (the container) and [MS-XLS] (the records).
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator

from xinheng.intake.errors import FileRefused

MAX_XLS = 64 << 20
# What the format itself allows
ROWS, COLUMNS = 65_536, 256
MAX_SHEETS = 200

_END = 0xFFFF_FFFE
_BOF, _EOF, _FILEPASS, _SHEET, _DIMENSIONS = 0x0809, 0x000A, 0x002F, 0x0085, 0x0200
_MACRO_SHEETS = (1, 6)
# Number, label (two ways), truth or error, RK, many RKs, shared text, formula
_CELLS = frozenset((0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00BD, 0x00FD, 0x0006, 0x0206, 0x0406))
_MANY = 0x00BD


def check(content: bytes, *, cells: int) -> None:
    """Passes a plain XLS workbook whose sheets together have a grid of at most `cells` cells.

    Raises `FileRefused`: old-xls, encrypted-file, macro-file, sheet-too-large, broken-zip.
    """
    if len(content) > MAX_XLS:
        raise FileRefused("XLS 文件超过 64 MB。请另存为 XLSX 或 CSV 后重新报送。", code="sheet-too-large")
    if _names(content, "_VBA_PROJECT") or _names(content, "_VBA_PROJECT_CUR"):
        raise _macros()
    if not (_names(content, "Workbook") or _names(content, "Book")):
        # An XLSX with a password is wrapped in a container of the old kind
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _encrypted()
        raise FileRefused(
            "这是旧版 Office 文件(例如 Word 文档),里面不是工作簿(扩展名不算数)。请把数据表另存为 XLSX 后重新报送。",
            code="old-xls",
        )
    try:
        for book in _books(content):
            _check_book(book, cells)
    except (struct.error, IndexError, ValueError):
        raise FileRefused(
            "XLS 工作簿的结构损坏,无法读取。请在 Excel 或 WPS 中打开、另存为 XLSX 后重新报送。",
            code="broken-zip",
        ) from None


def _encrypted() -> FileRefused:
    return FileRefused(
        "工作簿设了打开密码,无法读取。请去掉密码后另存为 XLSX 重新报送。", code="encrypted-file"
    )


def _macros() -> FileRefused:
    return FileRefused("工作簿含有宏,不接收。请另存为不带宏的 XLSX 后重新报送。", code="macro-file")


def _names(content: bytes, stream: str) -> bool:
    """Whether a directory entry of the container is called so (entries are 128 bytes, the name first, ended by zeros)."""
    name = stream.encode("utf-16-le") + b"\x00\x00"
    at = content.find(name)
    while at >= 0:
        if at % 128 == 0:
            return True
        at = content.find(name, at + 2)
    return False


class _Container:
    """The sectors of an OLE2 file and the chains they form."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        power, mini_power = struct.unpack_from("<HH", content, 30)
        if power not in (9, 12) or mini_power != 6:
            raise ValueError("sector size")
        self._sector = 1 << power
        self._directory, self.cutoff = struct.unpack_from("<I4xI", content, 48)
        self._mini_table, self._extra = struct.unpack_from("<I4xI", content, 60)
        self._table = self._sector_table()

    def _sector_table(self) -> array[int]:
        wanted = [at for at in struct.unpack_from("<109I", self._content, 76) if at < _END]
        following, seen = self._extra, 0
        while following < _END:
            entries = _numbers(self._read(following))
            wanted += [at for at in entries[:-1] if at < _END]
            following, seen = entries[-1], seen + 1
            if seen * self._sector > len(self._content):
                raise ValueError("endless table")
        if len(wanted) * self._sector > len(self._content):
            raise ValueError("table larger than the file")
        return _numbers(b"".join(self._read(at) for at in wanted))

    def _read(self, at: int) -> bytes:
        start = (at + 1) * self._sector
        if start >= len(self._content):
            raise ValueError("sector outside the file")
        return self._content[start : start + self._sector]

    def stream(self, start: int) -> bytes:
        """All sectors of a chain."""
        return b"".join(self._read(at) for at in _chain(self._table, start))

    def entries(self) -> Iterator[tuple[str, int, int, int]]:
        """Name, kind, first sector and size of every directory entry."""
        directory = self.stream(self._directory)
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            first, size = struct.unpack_from("<II", directory, at + 116)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
            yield name, kind, first, size

    def small(self, start: int, root: int) -> bytes:
        """A stream below the cutoff: it lies in pieces of 64 bytes inside the root's own stream."""
        table, whole = _numbers(self.stream(self._mini_table)), self.stream(root)
        return b"".join(whole[at * 64 : at * 64 + 64] for at in _chain(table, start))


def _numbers(data: bytes) -> array[int]:
    return array("I", data[: len(data) // 4 * 4])


def _chain(table: array[int], start: int) -> Iterator[int]:
    steps = 0
    while start < _END:
        yield start
        start, steps = table[start], steps + 1
        if steps > len(table):
            raise ValueError("chain without an end")


def _books(content: bytes) -> Iterator[bytes]:
    """Every stream a reader might take for the workbook."""
    container = _Container(content)
    entries = list(container.entries())
    root = next((first for _, kind, first, _ in entries if kind == 5), _END)
    for name, kind, first, size in entries:
        if kind == 2 and name.lower() in ("workbook", "book"):
            yield (container.small(first, root) if size < container.cutoff else container.stream(first))[
                :size
            ]


def _check_book(book: bytes, cells: int) -> None:
    starts = []
    for kind, at, size in _records(book, 0):
        if kind == _FILEPASS:
            raise _encrypted()
        if kind == _SHEET and size >= 6:
            starts.append(struct.unpack_from("<I", book, at)[0])
            if book[at + 5] in _MACRO_SHEETS:
                raise _macros()
    if len(starts) > MAX_SHEETS:
        raise _too_large()
    for start in starts:
        cells -= _grid(book, start, cells)


def _records(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place of the content, and its size, until the part that begins at `start` ends."""
    at, depth, last = start, 0, len(book) - 4
    read = struct.Struct("<HH").unpack_from
    while at <= last:
        kind, size = read(book, at)
        yield kind, at + 4, size
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        at += 4 + size


def _grid(book: bytes, start: int, most: int) -> int:
    """Cells of the dense grid around every cell of one sheet that holds something."""
    bottom = right_most = -1
    for kind, at, size in _records(book, start):
        if kind == _DIMENSIONS and size >= 12:
            first, last, left, right = struct.unpack_from("<IIHH", book, at)
            if last > ROWS or right > COLUMNS or first > last or left > right:
                raise _too_large()
        if kind not in _CELLS:
            continue
        row, column = struct.unpack_from("<HH", book, at)
        far = struct.unpack_from("<H", book, at + size - 2)[0] if kind == _MANY else column
        if max(column, far) >= COLUMNS:
            raise _too_large()
        bottom, right_most = max(bottom, row), max(right_most, column, far)
    # From the first row and column on, as the reader keeps blank ones above the table
    grid = (bottom + 1) * (right_most + 1)
    if grid > most:
        raise _too_large()
    return grid


def _too_large() -> FileRefused:
    return FileRefused(
        "工作表太大(列数过多或行数过多),不能按 XLS 读取。请删去表格以外的内容,或另存为 CSV 后报送。",
        code="sheet-too-large",
    )
