"""The words of trade, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources

GENERIC, STRONG, SPHERE, WEAK = 1, 2, 3, 4
_SECTIONS = {"[generic]": GENERIC, "[strong]": STRONG, "[sphere]": SPHERE, "[weak]": WEAK}


def _read() -> dict[str, int]:
    text = resources.files("xinheng.kernel").joinpath("data/orgname_trade.txt").read_text(encoding="utf-8")
    words: dict[str, int] = {}
    kind = STRONG
    for line in text.splitlines():
        if line.startswith("["):
            kind = _SECTIONS[line]
        elif not line.startswith("#"):
            # A word of two lists is of the later one: weak last
            words |= dict.fromkeys(line.split(), kind)
    return words | {
        f"({word})": GENERIC for word in ("集团", "控股", "实业", "总", "连锁", "股份", "责任", "有限")
    }


TRADES = _read()

LENGTHS: dict[str, tuple[int, ...]] = {}
"""First character -> lengths of the words that begin so, longest first."""
for _word in sorted(TRADES, key=len, reverse=True):
    if len(_word) not in LENGTHS.get(_word[0], ()):
        LENGTHS[_word[0]] = (*LENGTHS.get(_word[0], ()), len(_word))

#: Characters that in the last two before the form tell the word of trade although the other is misread: 机嫪, 哋贸
_FIRST, _SECOND = (
    frozenset("机电贸食服装投咨汽塑养餐酒纺印旅药材制房设运"),
    frozenset("技贸械材饰装筑询媒告殖植饮器织刷游输程备络"),
)


@cache
def _masked() -> frozenset[str]:
    words = {word for word in TRADES if len(word) in (3, 4)}
    return frozenset(f"{word[:at]}?{word[at + 1 :]}" for word in words for at in range(len(word)))


def misread(word: str) -> bool:
    """Whether a word of three or four characters differs from a word of trade in one."""
    return any(f"{word[:at]}?{word[at + 1 :]}" in _masked() for at in range(len(word)))


def misread_end(word: str) -> bool:
    """Whether two characters that end a name's middle are rather a word of trade misread than the end of a brand."""
    return word[0] in _FIRST or word[1] in _SECOND
