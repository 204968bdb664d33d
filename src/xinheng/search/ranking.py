"""Keys, bigrams and the order of display. Pure.

A name is indexed as the pairs of neighbouring letters and digits of its key, with a mark before the first:
「甲乙丙」 gives ^甲, 甲乙, 乙丙. A fragment of two or more characters is a run of neighbouring pairs, a
beginning is a run that starts with the mark: no ranking by frequency and no scan, whatever the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import add

from xinheng.kernel import uscc
from xinheng.kernel.text import norm_name

MARK = "\x00"
KEY_LENGTH = 400
MAX_QUERY = 60  # characters of a query that are looked at
_CLASS, _LENGTH, _SOURCE_BITS = 60, 52, 52
ACTIVE_CURRENT, ACTIVE_FORMER, ENDED_CURRENT, ENDED_FORMER = range(4)
_DIVISION = re.compile(r"[0-9]{6}")
_NOT_KEY = re.compile(r"[\W_]+")
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{4,18}")

CODE, EXACT, BEGINNING, FORMER, FRAGMENT = range(5)


def key_of(name: str) -> str:
    """What two writings of a name have in common when only letters and digits count.

    >>> key_of("濉溪县 “ＡＢＣ”（集团） 有限公司")
    '濉溪县abc集团有限公司'
    """
    return _NOT_KEY.sub("", norm_name(name))[:KEY_LENGTH]


def words(key: str) -> str:
    """The bigrams of a whole name as FTS5 words."""
    return tokens(MARK + key)


def tokens(run: str) -> str:
    """The pairs of neighbours in `run` as FTS5 words: twelve hexadecimal digits each, so that no tokenizer's idea of
    a letter matters and no query can hold an operator."""
    digits = [_hex(char) for char in run]
    return " ".join(map(add, digits, digits[1:]))


@lru_cache(maxsize=1 << 16)
def _hex(char: str) -> str:
    return f"{ord(char):06x}"


def numbers(run: str) -> list[int]:
    """The pairs of neighbours in `run` as integers, for an array."""
    return [ord(one) << 21 | ord(other) for one, other in pairwise(run)]


def document_id(*, current: bool, active: bool, length: int, source: int, registered: bool) -> int:
    """The place of a name in every list: active before ended, names in force before former ones, short before
    long.

    `source` is the id of the row that tells the name (unique among registered, and among unregistered ones).
    """
    group = (0 if active else 2) + (0 if current else 1)
    return group << _CLASS | min(length, 255) << _LENGTH | source << 1 | (0 if registered else 1)


def bucket(id_: int) -> int:
    """A number for the group and the length of a document; negative, so that no pair of characters has it."""
    return -(id_ >> _LENGTH) - 1


def buckets(start: int, end: int) -> Iterator[int]:
    """The buckets of all ids with start < id < end, in the order of display."""
    return (-place - 1 for place in range((start + 1) >> _LENGTH, ((end - 1) >> _LENGTH) + 1) if place & 255)


def first_place(id_: int, length: int) -> int:
    """The least id that a key of this length can have in the group of `id_`."""
    return id_ >> _CLASS << _CLASS | min(length, 255) << _LENGTH


def is_former(id_: int) -> bool:
    """Whether a document is a former name."""
    return bool(id_ >> _CLASS & 1)


def is_active(id_: int) -> bool:
    """Whether the organisation of a document has not ended."""
    return id_ >> _CLASS in (ACTIVE_CURRENT, ACTIVE_FORMER)


def is_registered(id_: int) -> bool:
    """Whether the name of a document comes from the register, not only from what was said about somebody."""
    return id_ & 1 == 0


def span(group: int) -> tuple[int, int]:
    """Ids of one group: from, and up to but not including."""
    return group << _CLASS, (group + 1) << _CLASS


def labels(code: str, region: str) -> list[str]:
    """What a document can be narrowed by, as words of the index: the kind (first two characters of a unified code)
    and the division on three levels. Unlike pairs they start with a letter beyond F."""
    kind = [f"k{code[:2].lower()}"] if len(code) == 18 else []
    return [*kind, *(f"r{region[:length]}" for length in (2, 4, 6))] if _DIVISION.fullmatch(region) else kind


def label_of_region(region: str) -> str:
    """The label that a division and all below it share: 340621 a county, 340600 its city, 340000 the province."""
    return "r" + region.removesuffix("0000").removesuffix("00")


def label_number(label: str) -> int:
    """A label as an element of an array: far below every bucket, and no pair is negative."""
    return -int.from_bytes(label.encode())


@dataclass(frozen=True)
class Query:
    """What was asked: `code` (start of a code, or ""), `key` of all words together, `terms` of two characters
    up. `kinds` (any of them) and `region` are labels that narrow the answer, `active` narrows it by status."""

    code: str
    key: str
    terms: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    region: str = ""
    active: bool | None = None

    @property
    def groups(self) -> frozenset[int]:
        """The groups of documents that are looked at."""
        if self.active is None:
            return frozenset((ACTIVE_CURRENT, ACTIVE_FORMER, ENDED_CURRENT, ENDED_FORMER))
        return frozenset((ACTIVE_CURRENT, ACTIVE_FORMER) if self.active else (ENDED_CURRENT, ENDED_FORMER))

    def admits(self, *, id_: int, code: str, region: str) -> bool:
        """Whether a document is left after narrowing."""
        held = labels(code, region)
        return (
            (not self.kinds or any(kind in held for kind in self.kinds))
            and (not self.region or self.region in held)
            and id_ >> _CLASS in self.groups
        )


def understand(text: str) -> Query:
    """Reads a query: case, width, brackets and punctuation do not matter; words must all occur, in any order."""
    text = text[: 4 * MAX_QUERY]
    cleaned = uscc.clean(text).code
    key = key_of(text)[:MAX_QUERY]
    words = tuple(dict.fromkeys(word for word in (key_of(part)[:MAX_QUERY] for part in text.split()) if word))
    terms = words if 1 < len(words) <= 8 and all(len(word) > 1 for word in words) else (key,)
    return Query(cleaned if _CODE.fullmatch(cleaned) else "", key, terms if len(key) > 1 else ())


def tier_of(query: Query, *, id_: int, code: str, key: str) -> int | None:
    """How a document answers a query (smaller is better), or None."""
    if query.code and code.startswith(query.code):
        return CODE
    if not query.terms:
        return None
    former = is_former(id_)
    if key == query.key:
        return FORMER if former else EXACT
    if key.startswith(query.key):
        return FORMER if former else BEGINNING
    return FRAGMENT if all(term in key for term in query.terms) else None


def best(query: Query, documents: Sequence[tuple[int, str, str]]) -> tuple[int, int] | None:
    """Of the documents (id, code, key) of one organisation, the (tier, id) under which it appears in a list."""
    found = [
        (tier, id_)
        for id_, code, key in documents
        if (tier := tier_of(query, id_=id_, code=code, key=key)) is not None
    ]
    return min(found, default=None)
