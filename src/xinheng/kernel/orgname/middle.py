"""What stands between region and form: the brand, then the trade."""

from __future__ import annotations

import re

from xinheng.kernel.orgname.lexicon import (
    GENERIC,
    LENGTHS,
    SPHERE,
    STRONG,
    TRADES,
    WEAK,
    misread,
    misread_end,
)

_ORDINAL = re.compile("第[一二三四五六七八九十0-9]+")

#: Goods and kinds of goods that one character names; too short to be words of trade but between two of them
_GOODS = frozenset(
    "布泥油粉木纸皮石砂土水钢铁铜铝煤气酒茶果菜肉鱼虾蛋奶米面粮棉麻丝线绳管板材料品件机具船灯药盐糖烟苗器膜胶漆革毛绒"
)

#: A brand is seldom longer
LONG = 4

#: Instead of a cut: read as trade from the second character on, the brand has one character only
NOT_BEHIND_A_GUESS = -1


def split_middle(text: str, located: bool, form_class: str) -> tuple[str, str, int]:
    """Brand and trade, and how many characters at the brand's head are rather a place (a small one, not listed).

    The trade is a chain of words of trade that reaches the end; the brand is what stands before it, two
    characters at least. Weak words count as trade only beside a stronger word.
    """
    size = len(text)
    if size < 2:
        return text, "", 0
    follow = [0] * (size + 1)
    follow[size] = size
    for at in range(size - 1, -1, -1):
        for length in LENGTHS.get(text[at], ()):
            after = at + length
            if after <= size and follow[after] and text[at:after] in TRADES:
                follow[at] = after
                break
    if follow[0]:
        return (*_all_trade(text, follow, located), 0)
    start = 2
    while not follow[start]:
        start += 1
    if text[0] == "第" and (number := _ORDINAL.match(text)) and number.end() < size and follow[number.end()]:
        return "", text, 0
    if start == 3 and len(text) > 3 and _one_gap(text, follow):
        return "", text, 0
    if start > LONG:
        return _long(text, start, follow, located, form_class)
    if start > 2 and follow[1]:
        return text[:start], text[start:], NOT_BEHIND_A_GUESS
    if start == size == LONG and located and misread_end(text[2:]):
        return text[:2], text[2:], 0
    start = _with_weak(text, start, follow)
    return text[:start], text[start:], 0


def _one_gap(text: str, follow: list[int]) -> bool:
    """环保泥回收: words of trade with goods between them that one character names."""
    return text[2] in _GOODS and TRADES.get(text[:2]) == STRONG and follow[3] > 4


def _misread(text: str, start: int) -> int:
    """Where a word of trade begins in text[:start] of which one character was misread, 0 if none does."""
    for begin in range(2, start - 2):
        for length in (4, 3):
            if begin + length <= start and misread(text[begin : begin + length]):
                return begin
    return start - 2 if misread_end(text[start - 2 : start]) else 0


def first_word(trade: str) -> int:
    """Length of the first word of a trade, 0 where it begins with none."""
    return next((length for length in LENGTHS.get(trade[0], ()) if trade[:length] in TRADES), 0)


def _with_weak(text: str, start: int, follow: list[int]) -> int:
    """Where the trade starts once a weak word that has no strong one behind it has gone to the brand."""
    size = len(text)
    if start == size:
        return start
    if TRADES[text[start : follow[start]]] == WEAK:
        behind = _words(text, follow[start], follow)
        if all(TRADES[word] == GENERIC for word in behind[:1]) and all(
            TRADES[word] != STRONG for word in behind
        ):
            return follow[start]
    return start


def _words(text: str, start: int, follow: list[int]) -> list[str]:
    words = []
    while start < len(text):
        words.append(text[start : follow[start]])
        start = follow[start]
    return words


def _all_trade(text: str, follow: list[int], located: bool) -> tuple[str, str]:
    """A name of trade words only has no brand, unless a weak one or a sphere with another behind it takes its place."""
    words = _words(text, 0, follow)
    for index, word in enumerate(words[:-1]):
        if located and TRADES[word] in (SPHERE, WEAK):
            return word, "".join(words[:index] + words[index + 1 :])
    return "", text


def _long(text: str, start: int, follow: list[int], located: bool, form_class: str) -> tuple[str, str, int]:
    """A brand of five characters and more is rather a brand and trade words the lexicon misses, or trade words
    first and the brand behind them."""
    at = 0
    while at < start:
        for length in LENGTHS.get(text[at], ()):
            if at + length <= start and text[at : at + length] in TRADES:
                at += length
                break
        else:
            break
    if at >= LONG and 2 <= start - at <= LONG:
        if _ORDINAL.match(text, at):
            return "", text, 0
        return text[at:start], text[:at] + text[start:], NOT_BEHIND_A_GUESS
    for begin in range(2, start - 1):
        for length in LENGTHS.get(text[begin], ()):
            if (
                begin + length <= start
                and length > 1
                and TRADES.get(text[begin : begin + length], WEAK) == STRONG
            ):
                return text[:begin], text[begin:], 0
    if begin := _misread(text, start):
        return text[:begin], text[begin:], 0
    if located and form_class == "individual" and 6 <= start <= 8:
        return text[:start], text[start:], 2
    return text[:start], text[start:], 0
