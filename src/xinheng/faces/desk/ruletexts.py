"""The text of a rules document somebody brings: plain text, Markdown, CSV or Word. Read in memory, kept nowhere."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.etree import ElementTree

from xinheng.kernel import personal
from xinheng.kernel.errors import WrongUse

LARGEST = 2 * 1024 * 1024
# What a Word file may unfold to: a document of a thousand pages has less
UNFOLDED = 24 * 1024 * 1024
MOST_LINES = 5_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class RulesUnreadable(WrongUse):
    """A file that cannot be read as a rules document."""

    code = "rules-unreadable"


def lines(name: str, content: bytes) -> list[str]:
    """The paragraphs (of a table: its rows, cells apart by a bar) in their own order, personal numbers masked.

    Raises `RulesUnreadable` for what is too large, no text, or a damaged Word file.
    """
    if len(content) > LARGEST:
        raise RulesUnreadable(f"「{name}」有 {len(content):,} 字节，超过 2 MB。请只上传正文，或者分成几份。")
    if content[:4] == b"PK\x03\x04":
        found = _word(name, content)
    else:
        text = _decoded(name, content)
        found = _rows(text) if name.lower().endswith(".csv") else text.splitlines()
    return masked(found)


def masked(found: list[str]) -> list[str]:
    """At most so many lines, without numbers of persons; empty ones stay, so that line numbers are those of the file."""
    return [personal.redact(line.strip()[:2_000])[0] for line in found[:MOST_LINES]]


def _decoded(name: str, content: bytes) -> str:
    if b"\x00" in content[:4_096]:
        raise RulesUnreadable(f"「{name}」不是文本：请上传 TXT、MD、CSV 或者 DOCX，或者把正文粘贴进来。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RulesUnreadable(f"「{name}」既不是 UTF-8 也不是 GB18030 编码：请另存为 UTF-8 后重试。")


def _rows(text: str) -> list[str]:
    try:
        return [
            " | ".join(cell.strip() for cell in row if cell.strip()) for row in csv.reader(io.StringIO(text))
        ]
    except csv.Error:
        return text.splitlines()


def _word(name: str, content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            part = folder.getinfo("word/document.xml")
            if part.file_size > UNFOLDED:
                raise RulesUnreadable(f"「{name}」展开后太大：请只留正文，或者分成几份。")
            xml = folder.read(part)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        raise RulesUnreadable(
            f"「{name}」不是 Word 文档（DOCX），或者已损坏：请另存为 DOCX 或 TXT 后重试。"
        ) from None
    if b"<!DOCTYPE" in xml[:1_000]:
        raise RulesUnreadable(f"「{name}」不是普通的 Word 文档：请另存为 TXT 后重试。")
    try:
        body = ElementTree.fromstring(xml).find(f"{WORD}body")
    except ElementTree.ParseError:
        raise RulesUnreadable(f"「{name}」的正文已损坏：请另存为 TXT 后重试。") from None
    found: list[str] = []
    for block in body if body is not None else ():
        if block.tag == f"{WORD}tbl":
            found += [
                " | ".join(filter(None, (_said(cell) for cell in row.iter(f"{WORD}tc"))))
                for row in block.iter(f"{WORD}tr")
            ]
        elif block.tag == f"{WORD}p":
            found.append(_said(block))
    return found


def _said(block: ElementTree.Element) -> str:
    return "".join(piece.text or "" for piece in block.iter(f"{WORD}t")).strip()
