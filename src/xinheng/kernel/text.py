"""Cleaning of cells and keys for comparison.

``normalise_cell`` gives the text that is stored: it takes away what nobody typed on purpose (invisible
characters, full-width letters and digits, stray spaces) and says so, but leaves Chinese punctuation alone.
The ``norm_*`` functions give keys: two writings of the same name or document number have the same key; a key
is never shown.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["CELL_SUSPECT", "half_width", "norm_docno", "norm_name", "normalise_cell", "strip_invisible"]

NOTE_WIDTH = "全角转半角"
NOTE_INVISIBLE = "去除不可见字符"
NOTE_BREAK = "去除换行"
NOTE_SPACE = "去除多余空格"

# Inside of character classes, written with real characters so that one text serves Python's re and Rust's
# regex. Soft hyphen, zero-width and direction marks, BOM; control characters except tab, line feed, carriage
# return.
_INVISIBLE_CLASS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
)
_SPACE_CLASS = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_WIDE_CLASS = "０-９Ａ-Ｚａ-ｚ"
_BREAK_CLASS = "\r\n\x85\u2028\u2029"
# Ideographs, kana and Chinese punctuation: a space beside one of them in a short field is stray.
_HAN_CLASS = "·\u2e80-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffe6\U00020000-\U0003fffd"

# Lone surrogates come only from a damaged file; no database stores them, and Rust's regex never meets one.
_INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}\ud800-\udfff]")
_ODD_SPACE = re.compile(f"[{_SPACE_CLASS}]")
_WIDE = re.compile(f"[{_WIDE_CLASS}]")
_BREAK = re.compile(f"[{_BREAK_CLASS}]+")
_NEWLINE = re.compile("\r\n?|[\x85\u2028\u2029]")
_STRAY_SPACE = re.compile(f"(?<=[{_HAN_CLASS}]) +| +(?=[{_HAN_CLASS}])")
_HALF = {c: c - 0xFEE0 for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}

CELL_SUSPECT = (
    f"^ | $|  |[{_HAN_CLASS}] | [{_HAN_CLASS}]|[{_INVISIBLE_CLASS}{_SPACE_CLASS}{_WIDE_CLASS}{_BREAK_CLASS}]"
)
"""Matches every cell that :func:`normalise_cell` would change (lone surrogates aside: Rust never meets one).

The same regular expression for Python and Rust, so that a million cells can be passed over cheaply.
"""


def half_width(text: str) -> str:
    """Full-width letters and digits as ordinary ones; Chinese punctuation and all else unchanged.

    >>> half_width("ＡＢ１２，（三）")
    'AB12，（三）'
    """
    return text.translate(_HALF)


def strip_invisible(text: str) -> str:
    """``text`` without zero-width, direction, control and byte-order characters; line breaks stay."""
    return _INVISIBLE.sub("", text)


def normalise_cell(text: str, *, short: bool = True) -> tuple[str, tuple[str, ...]]:
    """The text to store for one cell, and notes (short Chinese phrases) on what was changed.

    ``short`` (names, numbers, codes, dates): line breaks vanish, spaces beside Chinese characters vanish,
    other runs of spaces become one. With ``short=False`` (facts, contents, remarks) line breaks become
    ``\\n`` and inner spaces stay. Chinese punctuation is never changed. Applying it twice changes nothing
    more.

    >>> normalise_cell(" 濉溪县　某某\\n有限公司Ａ１ ")
    ('濉溪县某某有限公司A1', ('全角转半角', '去除换行', '去除多余空格'))
    >>> normalise_cell("第一条：罚款，\\r\\n第二条", short=False)
    ('第一条：罚款，\\n第二条', ())
    """
    notes: list[str] = []
    out = _step(text, _INVISIBLE.sub("", text), NOTE_INVISIBLE, notes)
    if _WIDE.search(out):
        out = _step(out, out.translate(_HALF), NOTE_WIDTH, notes)
    if short:
        out = _step(out, _BREAK.sub("", out), NOTE_BREAK, notes)
        spaced = re.sub(" {2,}", " ", _ODD_SPACE.sub(" ", out))
        out = _step(out, _STRAY_SPACE.sub("", spaced).strip(" "), NOTE_SPACE, notes)
    else:
        # One newline for another is no change a clerk would want to read about, so it makes no note.
        out = _NEWLINE.sub("\n", out)
        out = _step(out, _ODD_SPACE.sub(" ", out).strip(" \n"), NOTE_SPACE, notes)
    return out, tuple(notes)


def _step(before: str, after: str, note: str, notes: list[str]) -> str:
    if before != after:
        notes.append(note)
    return after


_BRACKETS = str.maketrans(
    dict.fromkeys("（〔［【〖｛{[﹝<〈《", "(") | dict.fromkeys("）〕］】〗｝}]﹞>〉》", ")")
)
_NAME_MARKS = _BRACKETS | str.maketrans(dict.fromkeys("•‧・･∙⋅●．˙", "·"))
_NUMBER_MARKS = _BRACKETS | str.maketrans(dict.fromkeys("‐‑‒–—―－−﹣", "-"))
_NOISE = re.compile("[\\s\"'“”‘’「」『』`´＂＇]+")


def norm_name(text: str) -> str:
    """Key under which two writings of an organisation's name are equal.

    Folds width, letter case, every kind of bracket, the middle dot, and drops spaces, quotation marks and
    invisible characters. It does not fold traditional characters, abbreviations or similar ones.

    >>> norm_name("濉溪县（ＡＢＣ） 有限公司") == norm_name("濉溪县(abc)有限公司")
    True
    """
    return _key(text, _NAME_MARKS).casefold()


def norm_docno(text: str) -> str:
    """Key under which two writings of a document number are equal: brackets, width, case, dashes and spaces
    folded.

    >>> norm_docno("濉市监罚字〔2023〕12 号") == norm_docno("濉市监罚字[2023]１２号")
    True
    """
    return _key(text, _NUMBER_MARKS).upper()


def _key(text: str, marks: dict[int, str]) -> str:
    """Fold until nothing changes: taking a space away may let two characters combine into one."""
    before = None
    while text != before:
        before = text
        folded = unicodedata.normalize("NFKC", strip_invisible(text).translate(marks))
        text = _NOISE.sub("", folded.translate(marks))
    return text
