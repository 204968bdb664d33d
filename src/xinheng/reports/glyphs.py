"""Which characters the document fonts can draw, and what is printed for the rest.

PDF/A and PDF/UA forbid a character without a glyph, and one rare name must not stop a report. What no font can draw
is printed as the geta mark 〓, the printer's sign for a missing type; `report.json` keeps the true character.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
GETA = "〓"
# A SHA-256 in base64 has 44 signs and stays whole; longer runs may break
_RUN = re.compile(r"[!-~]{45,}")
_BREAK_EVERY = 24
_ZERO_WIDTH_SPACE = "\u200b"


def printable(text: str) -> str:
    """`text` as it can be set: controls and formatting characters removed, missing glyphs as 〓.

    Newlines stay, tabs become spaces, and Latin runs longer than a column get invisible places to break. The result
    is data for the page; the stored value is never changed. There is no normalisation: it would turn a compatibility
    ideograph of a name into another character.
    """
    known = coverage()
    drawn = text
    if not known.issuperset(text):
        drawn = "".join(char if char in known else _replacement(char) for char in text)
    return _RUN.sub(lambda run: _with_breaks(run.group()), drawn)


def _replacement(char: str) -> str:
    if char in "\n":
        return char
    if char in "\t\r\v\f\u2028\u2029\u00a0":
        return " "
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs") or unicodedata.name(char, "").startswith("VARIATION SELECTOR"):
        return ""
    return GETA


def _with_breaks(run: str) -> str:
    return _ZERO_WIDTH_SPACE.join(run[at : at + _BREAK_EVERY] for at in range(0, len(run), _BREAK_EVERY))


@cache
def coverage() -> frozenset[str]:
    """Every character some document font draws; private-use, control and formatting characters excluded."""
    points: set[int] = set()
    for file in sorted(FONTS.glob("*.[ot]tf")):
        points |= _code_points(file.read_bytes())
    return frozenset(
        char
        for char in map(chr, points)
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )


def _code_points(font: bytes) -> set[int]:
    """The code points in a font's `cmap` (OpenType, subtable formats 4 and 12)."""
    tables = {
        font[12 + 16 * i : 16 + 16 * i]: 12 + 16 * i for i in range(struct.unpack_from(">H", font, 4)[0])
    }
    cmap = struct.unpack_from(">I", font, tables[b"cmap"] + 8)[0]
    points: set[int] = set()
    for i in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * i)[0]
        form = struct.unpack_from(">H", font, at)[0]
        if form == 12:
            for group in range(struct.unpack_from(">I", font, at + 12)[0]):
                first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
                points.update(range(first, last + 1))
        elif form == 4:
            count = struct.unpack_from(">H", font, at + 6)[0] // 2
            ends = struct.unpack_from(f">{count}H", font, at + 14)
            starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
            for first, last in zip(starts, ends, strict=True):
                points.update(range(first, min(last, 0xFFFE) + 1))
    return points
