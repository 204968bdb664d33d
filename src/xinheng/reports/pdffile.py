"""The outside of a report's PDF: one revision, plain objects, one cross-reference table.

Reads only the shape our renderer writes (PDF 1.7, classic `xref`, no object streams) and refuses everything else; it is
not a PDF parser. That is what lets a file be signed without a second revision, and read back without trusting it.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_TAIL = re.compile(
    rb"trailer\n<<(/Size (\d+)/Root (\d+) 0 R/Info \d+ 0 R/ID\[.{1,200}?\])>>\nstartxref\n(\d+)\n%%EOF\n?\Z",
    re.S,
)
_TABLE = re.compile(rb"xref\n0 (\d+)\n0000000000 65535 f[ \r]\n")
_ROW = re.compile(rb"(\d{10}) 00000 n[ \r]\n")
_KIDS = re.compile(rb"/Kids\[(\d+) 0 R")
_ROOT_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_FILES = re.compile(rb"/Names<</EmbeddedFiles<</Names\[([^\]]*)\]>>>>")
_FILE = re.compile(rb"\(([a-z.]{1,40})\)(\d+) 0 R")
_EMBEDDED = re.compile(rb"/EF<</F (\d+) 0 R/UF (\d+) 0 R>>")
_STREAM = re.compile(rb"<</Length (\d+)/Type/EmbeddedFile(/Filter/FlateDecode)?/[^\r\n]*>>\nstream\r?\n")


class UnknownShape(ValueError):
    """The file is not a PDF of the shape our renderer writes."""


@dataclass(frozen=True)
class PdfFile:
    """Objects of a PDF by number, in place; `end` is where the last object ends."""

    data: bytes
    offsets: dict[int, int]
    ends: dict[int, int]
    end: int
    root: int
    trailer: bytes

    def object(self, number: int) -> bytes:
        """The body of object `number`, between `obj` and `endobj`."""
        if number not in self.offsets:
            raise UnknownShape("missing object")
        whole = self.data[self.offsets[number] : self.ends[number]]
        head, tail = b"%d 0 obj\n" % number, b"\nendobj\n"
        stripped = whole.rstrip(b"\n") + b"\n"
        if not whole.startswith(head) or not stripped.endswith(tail):
            raise UnknownShape("object out of shape")
        return stripped[len(head) : -len(tail)]

    def first_page(self) -> int:
        """The number of the first page's object."""
        found = _ROOT_PAGES.search(self.object(self.root))
        for _ in range(16):
            if not found:
                break
            number = int(found.group(1))
            body = self.object(number)
            if body.startswith(b"<</Type/Page/"):
                return number
            found = _KIDS.search(body)
        raise UnknownShape("no first page")

    def attachment(self, name: str, *, limit: int) -> bytes:
        """The attached file `name`, decompressed to at most `limit` bytes. Raises `UnknownShape`."""
        names = _FILES.search(self.object(self.root))
        files = dict(_FILE.findall(names.group(1))) if names else {}
        if name.encode() not in files:
            raise UnknownShape("no such attachment")
        embedded = _EMBEDDED.search(self.object(int(files[name.encode()])))
        if not embedded:
            raise UnknownShape("attachment without file")
        body = self.object(int(embedded.group(1)))
        head = _STREAM.match(body)
        if not head:
            raise UnknownShape("attachment out of shape")
        packed = body[head.end() : head.end() + int(head.group(1))]
        if head.group(2):
            return inflate(packed, limit=limit)
        # The renderer leaves an attachment as it is where compression would not make it smaller
        if len(packed) > limit:
            raise UnknownShape("attachment too large")
        return packed


def inflate(packed: bytes, *, limit: int) -> bytes:
    """Decompresses to at most `limit` bytes; more, less than a whole stream, or garbage raises `UnknownShape`."""
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(packed, limit)
    except zlib.error:
        raise UnknownShape("damaged compression") from None
    if not engine.eof:
        raise UnknownShape("too large or truncated")
    return data


def read(data: bytes) -> PdfFile:
    """Reads the cross-reference table of a file. Raises `UnknownShape` for any other shape."""
    tail = _TAIL.search(data, max(0, len(data) - 600))
    if not data.startswith(b"%PDF-1.7\n") or not tail:
        raise UnknownShape("no plain trailer")
    start = int(tail.group(4))
    table = _TABLE.match(data, start)
    if not table or int(table.group(1)) != int(tail.group(2)):
        raise UnknownShape("no plain cross-reference table")
    count = int(table.group(1))
    rows = data[table.end() : tail.start()]
    if len(rows) != 20 * (count - 1):
        raise UnknownShape("cross-reference table out of shape")
    offsets = {}
    for number in range(1, count):
        row = _ROW.fullmatch(rows, 20 * (number - 1), 20 * number)
        if not row:
            raise UnknownShape("cross-reference table out of shape")
        offsets[number] = int(row.group(1))
    order = sorted(offsets, key=offsets.__getitem__)
    if not order or offsets[order[-1]] >= start:
        raise UnknownShape("object beyond the table")
    bounds = [offsets[number] for number in order[1:]] + [start]
    ends = dict(zip(order, bounds, strict=True))
    return PdfFile(data, offsets, ends, start, int(tail.group(3)), tail.group(1))


def rebuild(file: PdfFile, *, replaced: dict[int, bytes], added: list[bytes]) -> bytes:
    """The file with some objects replaced and others added after the last, again in one revision."""
    order = sorted(file.offsets, key=file.offsets.__getitem__)
    parts = [file.data[: file.offsets[order[0]]]]
    at = len(parts[0])
    offsets: dict[int, int] = {}
    for number in order:
        whole = file.data[file.offsets[number] : file.ends[number]]
        if number in replaced:
            whole = b"%d 0 obj\n%s\nendobj\n" % (number, replaced[number])
        offsets[number] = at
        parts.append(whole)
        at += len(whole)
    for number, body in enumerate(added, start=len(order) + 1):
        whole = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        offsets[number] = at
        parts.append(whole)
        at += len(whole)
    size = len(offsets) + 1
    rows = b"".join(b"%010d 00000 n \n" % offsets[number] for number in range(1, size))
    trailer = re.sub(rb"/Size \d+", b"/Size %d" % size, file.trailer, count=1)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows))
    parts.append(b"trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, at))
    return b"".join(parts)
