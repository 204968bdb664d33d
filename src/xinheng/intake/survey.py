"""One pass over the whole file: its SHA-256, and for text the encoding, decided strictly on every byte."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from xinheng.intake.errors import FileRefused

_BLOCK = 8 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "gb18030": "GB18030", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
}  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """What one pass over the file showed. `encoding` is a codec name, "" for a workbook."""

    digest: str
    size: int
    encoding: str
    stamp: tuple[int, int]


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and modification time: tells whether the file changed while it was being read."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def survey(path: Path, *, text: bool) -> Survey:
    """Reads the file once. `text` says whether to decide an encoding. Raises `FileRefused` (bad-encoding, binary-file).

    UTF-8 is tried first; GB18030 (which nearly any bytes satisfy by chance) only when the bytes are plainly not UTF-8
    with a fault in it. Both strictly, over the whole file.
    """
    stamp = stamp_of(path)
    digest = hashlib.sha256()
    encoding = "utf-8" if text else ""
    fault: _Fault | None = None
    line = 0
    with path.open("rb") as handle:
        if text:
            encoding = _by_mark(handle.read(4)) or "utf-8"
            handle.seek(0)
        wide = encoding.startswith("utf-16")
        for block in _blocks(handle, whole_lines=text and not wide):
            digest.update(block)
            if not text or wide or fault is not None:
                continue
            if b"\x00" in block:
                raise FileRefused(
                    "文件含有空字节,不是文本数据表。请重新导出为 CSV 或 XLSX。", code="binary-file"
                )
            if not _valid_utf8(block):
                fault = _utf8_fault(block, line)
            line += block.count(b"\n")
    if wide:
        _strict(path, encoding, "UTF-16")
    elif fault is not None:
        if encoding == "utf-8-sig" or fault.mostly_utf8:
            raise _refusal("UTF-8", fault.line)
        _strict(path, "gb18030", "GB18030", other=fault.line)
        encoding = "gb18030"
    return Survey(digest.hexdigest(), stamp[0], encoding, stamp)


@dataclass(frozen=True)
class _Fault:
    line: int
    mostly_utf8: bool


def _by_mark(head: bytes) -> str:
    return next((name for mark, name in _BOMS if head.startswith(mark)), "")


def _blocks(handle: BinaryIO, *, whole_lines: bool) -> Iterator[bytes]:
    """The file's bytes, all of them, block by block; with `whole_lines` cut at line ends (so never inside a character)."""
    carry = b""
    while block := handle.read(_BLOCK):
        if not whole_lines:
            yield block
            continue
        end = block.rfind(b"\n") + 1
        if not end:
            carry += block
            if len(carry) > 4 * _BLOCK:
                raise FileRefused("有一行超过 32 MB,不像数据表。请检查导出方式。", code="line-too-long")
            continue
        yield carry + block[:end]
        carry = block[end:]
    if carry:
        yield carry


def _valid_utf8(block: bytes) -> bool:
    # simdutf8 inside Polars: ten times faster than decoding in Python
    try:
        pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def _utf8_fault(block: bytes, lines_before: int) -> _Fault:
    """Where the first bad byte is, and whether the text around it is otherwise UTF-8 (then it is a damaged UTF-8 file)."""
    try:
        block.decode("utf-8")
        position = len(block)
    except UnicodeDecodeError as error:
        position = error.start
    around = block[max(0, position - 500_000) : position + 500_000].decode("utf-8", errors="replace")
    bad = around.count("\ufffd")
    good = sum(1 for letter in around if letter > "\x7f") - bad
    return _Fault(lines_before + block.count(b"\n", 0, position) + 1, good > 4 * bad)


def _strict(path: Path, encoding: str, name: str, other: int = 0) -> None:
    """Decodes the whole file strictly and throws the text away; the first bad byte refuses the file."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with path.open("rb") as handle:
        while True:
            block = handle.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                good = block[: max(error.start, 0)]
                newline = "\n".encode(encoding)
                raise _refusal(name, line + good.count(newline), other) from None
            line += text.count("\n")
            if not block:
                return


def _refusal(name: str, line: int, other: int = 0) -> FileRefused:
    also = f"(按 UTF-8 读到第 {other} 行就已不通)" if other else ""
    return FileRefused(
        f"按 {name} 读到第 {line} 行遇到无法识别的字节{also},整个文件未接收。"
        "请用同一种编码(UTF-8 或 GB18030)重新导出;多半是该行被截断,或由两种编码的文件拼接而成。",
        code="bad-encoding",
    )
