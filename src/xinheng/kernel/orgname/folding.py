"""The key under which the writings of one organisation's name are equal."""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

# Dropped: spaces, invisible characters, quotation marks, the punctuation that ends a sentence or a list
_DROPPED = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\xad\u061c\u1680\u180e\u2028\u2029\u202f\u205f\u3000\ufeff "
    "\"'`´“”‘’„‟‚‛「」『』〝〞〟＂＇《》〈〉⟨⟩⟪⟫。，、；,;!！?？:：*_|\\"
)
_OPENING, _CLOSING = "（〔［【〖｛{[﹝<＜", "）〕］】〗｝}]﹞>＞"
_DOTS, _DASHES = "•‧・･∙⋅●．˙.｡", "‐‑‒–—―－−﹣~～"


def _read_pairs() -> dict[str, str]:
    text = resources.files("xinheng.kernel").joinpath("data/orgname_folding.txt").read_text(encoding="utf-8")
    line = "".join(line for line in text.splitlines() if not line.startswith("#"))
    return dict(zip(line[::2], line[1::2], strict=True))


def _table() -> dict[int, str]:
    table: dict[int, str] = {ord(before): after for before, after in _read_pairs().items()}
    table |= dict.fromkeys(map(ord, _OPENING), "(") | dict.fromkeys(map(ord, _CLOSING), ")")
    table |= dict.fromkeys(map(ord, _DOTS), "·") | dict.fromkeys(map(ord, _DASHES), "-")
    invisible = (*range(0x20), *range(0x7F, 0xA0), *range(0x2000, 0x2010), *range(0x202A, 0x202F))
    hidden = (*invisible, *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xD800, 0xE000))
    return table | dict.fromkeys((*hidden, *map(ord, _DROPPED)), "")


_TABLE = _table()
_HAN = "".join(chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)) if code not in _TABLE)

# 乾 is a word of its own in names (乾坤), but means 干 in these; 家俱 is 家具, as 俱乐部 is not
_DRY = re.compile("(?<=饼)乾|乾(?=[燥洗果货净粉鲜])")
_FURNITURE = "家俱", "家具"

# What is its own key, character by character: nothing in it combines or folds
_SETTLED = re.compile(f"[{_HAN.translate({ord(c): None for c in '乾俱'})}A-Z0-9()·-]*").fullmatch

_EDGES = "·-"
_MOST_ROUNDS = 6


def fold(text: str) -> str:
    """Key under which writings of one name are equal; never shown. Applying it twice changes nothing more.

    Widths, every kind of bracket, middle dots and dashes become one; spaces, invisible characters, quotation
    marks and punctuation vanish; letters become capitals; traditional and variant characters become the
    standard ones. Characters that stand for themselves in simplified names (乾坤, 昇, 堃) stay.

    >>> fold("濉谿縣　某某（集團）有限公司 ")
    '濉溪县某某(集团)有限公司'
    >>> fold("乾坤干洗店") == fold("乾坤乾洗店")
    True
    """
    if _SETTLED(text):
        return text.strip(_EDGES)
    for _ in range(_MOST_ROUNDS):
        before = text
        text = unicodedata.normalize("NFKC", text).translate(_TABLE).upper().strip(_EDGES)
        if "乾" in text:
            text = _DRY.sub("干", text)
        if "俱" in text:
            text = text.replace(*_FURNITURE)
        if text == before or _SETTLED(text):
            return text.strip(_EDGES)
    return text
