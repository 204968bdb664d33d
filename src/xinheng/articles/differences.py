"""What changed from one version of a text to the next, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Line:
    """A line that is the same (" "), was added ("+") or taken out ("-")."""

    sign: str
    text: str


def differences(old: str, new: str) -> list[Line]:
    """All lines of both texts in reading order, each with its sign.

    >>> [line.sign + line.text for line in differences("a\\nb", "a\\nc")]
    [' a', '-b', '+c']
    """
    before, after = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Line(" ", text) for text in before[i:j]]
            continue
        found += [Line("-", text) for text in before[i:j]]
        found += [Line("+", text) for text in after[k:m]]
    return found
