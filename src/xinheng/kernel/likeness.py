"""Which Chinese characters look alike on a bad scan, and which sound alike to somebody who types pinyin.

The facts are the table data/likeness.csv, made by tools/likeness_data.py. Everything here expects characters as a
comparison key holds them: half width, upper case, simplified. A character that is not in the table is like itself
only.

Two keys serve to find what a scan or a typist has changed. :func:`shape_key` puts one representative in the place
of every character that is easily taken for it, :func:`sound_key` one private character per syllable; both leave the
length alone, so that a distance between two texts stays a distance between characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = [
    "LOOKS",
    "OTHER",
    "SAME",
    "SOUNDS",
    "alike",
    "look_grade",
    "looks_like",
    "shape_class",
    "shape_key",
    "sound_key",
    "sounds_like",
    "syllables",
]

SAME, LOOKS, SOUNDS, OTHER = 0, 1, 2, 3

_FIRST_SOUND = 0xE000  # private use: no name holds such a character, so a syllable is never taken for one

# What typists and dialects between the Huai and the Yangtze do not tell apart; longer spellings first
_FUZZY_START = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FUZZY_END = (("ing", "in"), ("eng", "en"))


@dataclass(frozen=True, slots=True)
class _Tables:
    looks: Mapping[str, tuple[str, str, str]]
    syllables: Mapping[str, tuple[str, ...]]
    shape: dict[int, str]
    sound: dict[int, str]


@cache
def _tables() -> _Tables:
    text = resources.files("xinheng.kernel").joinpath("data/likeness.csv").read_text(encoding="utf-8")
    looks: dict[str, tuple[str, str, str]] = {}
    spoken: dict[str, tuple[str, ...]] = {}
    shape: dict[int, str] = {}
    sound: dict[int, str] = {}
    codes: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith(("#", "char,")):
            continue
        char, readings, representative, near, like, faint = line.split(",")
        looks[char] = near, like, faint
        if representative:
            shape[ord(char)] = representative
        if readings:
            spoken[char] = tuple(readings.split(" "))
            code = codes.setdefault(_fuzzy(spoken[char][0]), chr(_FIRST_SOUND + len(codes)))
            sound[ord(char)] = code
    return _Tables(looks, spoken, shape, sound)


@cache
def _fuzzy(syllable: str) -> str:
    """The syllable without the differences that are often not heard: zh/z, ch/c, sh/s, n/l, -ing/-in, -eng/-en.

    >>> _fuzzy("zheng"), _fuzzy("ning")
    ('zen', 'lin')
    """
    for long, short in _FUZZY_START:
        if syllable.startswith(long) and len(syllable) > len(long):
            syllable = short + syllable[len(long) :]
            break
    for long, short in _FUZZY_END:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


def alike(a: str, b: str) -> int:
    """0 the same character, 1 they look alike, 2 they sound alike, 3 neither. Symmetric.

    >>> alike("淮", "淮"), alike("淮", "准"), alike("淮", "怀"), alike("淮", "江")
    (0, 1, 2, 3)
    """
    if a == b:
        return SAME
    if look_grade(a, b) < 4:
        return LOOKS
    tables = _tables()
    heard = tables.syllables.get(a, ())
    if heard:
        said = {_fuzzy(one) for one in tables.syllables.get(b, ())}
        if any(_fuzzy(one) in said for one in heard):
            return SOUNDS
    return OTHER


def look_grade(a: str, b: str) -> int:
    """How easily ``a`` is taken for ``b``: 0 the same, 1 a stroke apart, 2 much alike, 3 somewhat, 4 not alike."""
    if a == b:
        return 0
    for grade, others in enumerate(_tables().looks.get(a, ()), 1):
        if others and b in others:
            return grade if len(b) == 1 else 4
    return 4


def looks_like(char: str) -> tuple[str, ...]:
    """The characters ``char`` may be taken for on a bad scan, most alike first; empty when none is near."""
    return tuple("".join(_tables().looks.get(char, ())))


def syllables(char: str) -> tuple[str, ...]:
    """The usual toneless readings in pinyin, the most usual first, ü written v; empty for what is no Chinese character.

    >>> syllables("行")
    ('xing', 'hang')
    """
    return _tables().syllables.get(char, ())


@cache
def _by_syllable() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for char, readings in _tables().syllables.items():
        for reading in readings:
            found.setdefault(reading, []).append(char)
    return {reading: tuple(chars) for reading, chars in found.items()}


def sounds_like(char: str) -> tuple[str, ...]:
    """The other characters with a reading of ``char``, tones aside: what a typist may have picked in its place."""
    table = _by_syllable()
    found = dict.fromkeys(other for reading in syllables(char) for other in table[reading])
    found.pop(char, None)
    return tuple(found)


def shape_class(char: str) -> str:
    """The representative of the few characters that are easily taken for one another; ``char`` itself when alone.

    Two characters with one representative look alike, every pair of them: nothing is chained.
    """
    return _tables().shape.get(ord(char), char) if len(char) == 1 else char


def shape_key(text: str) -> str:
    """``text`` with every character replaced by its representative. As long as ``text``; idempotent.

    >>> shape_key("淮北未来") == shape_key("准北末来")
    True
    """
    return text.translate(_tables().shape)


def sound_key(text: str) -> str:
    """``text`` with every Chinese character replaced by a private one for its usual syllable. As long as ``text``.

    Tones and the differences of :func:`alike` are not kept; letters, digits and brackets stay.

    >>> sound_key("鑫源") == sound_key("新园"), sound_key("A1(中)")[:3]
    (True, 'A1(')
    """
    return text.translate(_tables().sound)
