"""What a file really is, told from its bytes and never from its name; what is dangerous is refused before it is opened."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xinheng.intake import xlsfile
from xinheng.intake.errors import FileRefused

MAX_MEMBERS = 2_000
MAX_EXPANDED = 768 << 20
MAX_RATIO = 200
# A member this small may compress as well as it likes
RATIO_FREE = 8 << 20
MAX_COLUMNS = 702
# calamine holds a sheet as one dense grid, about 32 bytes a cell
MAX_CELLS = 20_000_000
_BLOCK = 1 << 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_PROGRAMS = (b"MZ", b"\x7fELF", b"SQLite format 3")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Sniffed:
    """`kind` is "csv", "xlsx" or "xls"."""

    kind: str


def sniff(path: Path) -> Sniffed:
    """Tells what the file is. Raises `FileRefused` for everything that is not a plain table.

    A workbook is looked through completely (sizes by really inflating, macros, grid size) before any reader sees it.
    """
    try:
        with path.open("rb") as handle:
            head = handle.read(8192)
            if not head:
                raise FileRefused("文件是空的(0 字节)。请确认导出成功后重新报送。", code="empty-file")
            if head.startswith(_OLE):
                handle.seek(0)
                xlsfile.check(handle.read(xlsfile.MAX_XLS + 1), cells=MAX_CELLS)
                return Sniffed("xls")
            if head.startswith(_ZIP):
                _check_workbook(handle)
                return Sniffed("xlsx")
    except IsADirectoryError:
        raise FileRefused("给出的是目录,不是文件。", code="file-missing") from None
    except FileNotFoundError:
        raise FileRefused("找不到文件。请检查路径。", code="file-missing") from None
    except PermissionError:
        raise FileRefused("没有读取该文件的权限。", code="file-missing") from None
    _refuse_other_formats(head)
    return Sniffed("csv")


def _refuse_other_formats(head: bytes) -> None:
    advice = "请报送 CSV(UTF-8 或 GB18030)或 XLSX 文件。"
    if b"%PDF-" in head[:1024]:
        raise FileRefused("这是 PDF 文件,不是数据表(扩展名不算数)。" + advice, code="renamed-pdf")
    if head.startswith(_IMAGES):
        raise FileRefused("这是图片文件,不是数据表。" + advice, code="image-file")
    if head.startswith(_ARCHIVES):
        raise FileRefused("这是压缩包。请解压后报送其中的数据表。" + advice, code="zip-file")
    if head.startswith(_PROGRAMS):
        raise FileRefused("这是程序或数据库文件,不是数据表。" + advice, code="binary-file")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<html", b"<!doctype", b"<?xml", b"{", b"[{")):
        # Many systems export an HTML page under the name .xls
        raise FileRefused(
            "这是网页、XML 或 JSON 文本,不是数据表(有的系统把网页存成 .xls)。" + advice, code="not-a-table"
        )
    if not head.startswith(_UTF16) and b"\x00" in head:
        raise FileRefused("文件含有空字节,不是文本数据表。" + advice, code="binary-file")


def _check_workbook(handle: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(handle) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check_directory(members, handle)
            _check_names({info.filename.lower().lstrip("/") for info in members})
            sheets = [info for info in members if _is_sheet(info.filename)]
            total = 0
            for info in members:
                scan = _GridScan() if info in sheets else None
                for block in _inflate(handle, info):
                    total += len(block)
                    if total > MAX_EXPANDED:
                        raise _bomb()
                    if scan is not None:
                        scan.feed(block)
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError, OSError, EOFError):
        raise FileRefused("压缩结构损坏,无法作为 XLSX 打开。请重新导出后报送。", code="broken-zip") from None


def _check_directory(members: list[zipfile.ZipInfo], handle: BinaryIO) -> None:
    """Counts, ratios and overlaps as the central directory states them; what it states is checked again by inflating."""
    if len(members) > MAX_MEMBERS:
        raise _bomb()
    if any(info.flag_bits & 0x1 for info in members):
        raise FileRefused("压缩包设了密码,无法读取。请去掉密码后重新报送。", code="encrypted-file")
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members):
        raise FileRefused("压缩方式不是 XLSX 所用的,无法读取。请重新导出后报送。", code="broken-zip")
    if sum(info.file_size for info in members) > MAX_EXPANDED:
        raise _bomb()
    for info in members:
        if info.file_size > RATIO_FREE and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise _bomb()
    # Entries that share bytes multiply a small file into a large one
    ends = 0
    for info in sorted(members, key=lambda one: one.header_offset):
        if info.header_offset < ends:
            raise _bomb()
        ends = info.header_offset + 30 + info.compress_size


def _bomb() -> FileRefused:
    return FileRefused(
        "压缩内容异常:展开后过大、条目过多或相互重叠,已拒绝打开。数据量大请改用 CSV 报送。", code="zip-bomb"
    )


def _check_names(names: set[str]) -> None:
    if any(name.endswith("vbaproject.bin") for name in names) or any(
        "macrosheets/" in name for name in names
    ):
        raise FileRefused("工作簿含有宏,不接收。请另存为不带宏的 XLSX 后重新报送。", code="macro-file")
    if "xl/workbook.bin" in names:
        raise FileRefused(
            "这是 XLSB(二进制工作簿),本版本不接收。请另存为 XLSX 后重新报送。", code="xlsb-file"
        )
    if "mimetype" in names and "content.xml" in names:
        raise FileRefused("这是 ODS 表格,本版本不接收。请另存为 XLSX 后重新报送。", code="ods-file")
    if "xl/workbook.xml" not in names:
        raise FileRefused("这是压缩包,里面不是 XLSX 工作簿。请解压后报送其中的数据表。", code="zip-file")


def _is_sheet(name: str) -> bool:
    return name.lower().lstrip("/").startswith("xl/worksheets/") and name.lower().endswith(".xml")


def _inflate(handle: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's real content, block by block, however long the directory says it is."""
    handle.seek(info.header_offset)
    local = handle.read(30)
    name_length, extra_length = struct.unpack("<HH", local[26:30])
    handle.seek(name_length + extra_length, 1)
    left = info.compress_size
    if info.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (block := handle.read(min(_BLOCK, left))):
            left -= len(block)
            yield block
        return
    inflater = zlib.decompressobj(-15)
    produced = 0
    while left > 0 and not inflater.eof:
        packed = handle.read(min(_BLOCK, left))
        if not packed:
            break
        left -= len(packed)
        while packed:
            block = inflater.decompress(packed, _BLOCK)
            produced += len(block)
            if produced > info.file_size:
                raise _bomb()
            yield block
            packed = inflater.unconsumed_tail


class _GridScan:
    """Watches a sheet's XML go by for the far corner of its grid: one cell far out would cost gigabytes as a dense grid.

    References are looked for in every spelling a reader accepts (either quote, either case, on rows or on cells);
    cells without a reference are counted by row.
    """

    _wide = re.compile(rb"""r=["'][A-Za-z]{3,}\d""")
    _two = re.compile(rb"""r=["']([A-Za-z]{2})\d""")
    _far = re.compile(rb"""r=["'][A-Za-z]{0,3}(\d{6,})["']""")

    def __init__(self) -> None:
        self._tail = b""
        self._columns = 26
        self._rows = 100_000

    def feed(self, block: bytes) -> None:
        """Takes the next piece of the sheet; raises `FileRefused` as soon as the grid is too large."""
        data = self._tail + block
        self._tail = data[-160:]
        if self._wide.search(data) or max(part.count(b"<c") for part in data.split(b"<row")) > MAX_COLUMNS:
            raise self._refusal()
        for letters in set(self._two.findall(data)):
            self._columns = max(self._columns, _column_number(letters.upper()))
        for row in set(self._far.findall(data)):
            self._rows = max(self._rows, int(row[:9]))
        if self._columns * self._rows > MAX_CELLS:
            raise self._refusal()

    @staticmethod
    def _refusal() -> FileRefused:
        return FileRefused(
            "工作表太大(列数过多或行数过多),不能按 XLSX 读取。请删去表格以外的内容,或另存为 CSV 后报送。",
            code="sheet-too-large",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
