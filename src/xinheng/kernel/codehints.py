"""What a code says that is damaged, masked, old or only part of one: evidence for finding its organisation.

:mod:`xinheng.kernel.uscc` says whether a code is right. Here a wrong one is read for what it still tells: which codes
it may have been (:func:`candidates`) and how well it goes with a code of the register (:func:`agreement`). Nothing
guessed ever becomes a value: a letter O stays one in ``value``, and only the candidates hold a zero.

A number with the shape of a citizen's that is no organisation's code is never kept, compared or shown: its kind is
``personal`` and it has neither value nor pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import ne
from typing import Literal

from . import idnumber, uscc
from .text import half_width, strip_invisible

__all__ = ["Agreement", "CodeHint", "Kind", "agreement", "candidates", "read_code"]

Kind = Literal[
    "", "uscc", "organisation", "old-number", "damaged", "masked", "placeholder", "personal", "junk"
]
Agreement = Literal[
    "exact",
    "organisation-part",
    "one-wrong",
    "swapped",
    "two-wrong",
    "masked-fits",
    "masked-contradicts",
    "old-number",
    "none",
    "different",
]


@dataclass(frozen=True, slots=True)
class CodeHint:
    """What a cell meant for a code holds.

    ``kind``: "" nothing, ``uscc`` a valid code, ``organisation`` the nine characters of the organisation code,
    ``old-number`` a business registration number from before, ``damaged`` nearly a code, ``masked`` a code with hidden
    characters, ``placeholder``, ``personal`` (see above), ``junk``. ``value`` is what was written, cleaned, for the
    kinds that can be compared. ``pattern`` is for ``masked`` alone: ``?`` one hidden character, ``*`` any number of.
    """

    kind: Kind
    value: str = ""
    pattern: str = ""


_EMPTY, _PLACEHOLDER = CodeHint(""), CodeHint("placeholder")
_PERSONAL, _JUNK = CodeHint("personal"), CodeHint("junk")
_LONGEST = 200
_MOST = 64
_CODE = re.compile("[0-9A-Z]{18}")
_TOKEN = re.compile("(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_NEARLY = re.compile("[0-9A-Z]{17,19}")
_ORGANISATION = re.compile("([0-9A-Z]{8})-?([0-9X]?)")
_TAX_NUMBER = re.compile(r"\d{6}([0-9A-Z]{8}[0-9X])")
_BEHIND = re.compile(r"\([^()]{0,12}\)?$")
# Signs that hide a character wherever they stand, and those that do so only several in a row (X is a character of
# the code itself, dots and hyphens stand between groups)
_HIDING = "*﹡∗⁎※×✕✖●○◯◎⚫■□▇█▊?#＿☆★某"
_MASK = re.compile(f"[{re.escape(_HIDING)}…]|XXX|[_.·•‧]{{2}}|-{{3}}|[—―]{{2}}")
_HIDDEN_RUN = re.compile(f"[{re.escape(_HIDING)}]+|X{{3,}}|[_.·•‧]{{2,}}|-{{3,}}|[—―]{{2,}}|…+")
_DAY = re.compile(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_BIRTH = re.compile(rf"(?:19|20)\d\d{_DAY.pattern}")
# Eighteen characters, one of which was read as no character of a code at all
_UNREAD = re.compile(r"(?=.{18}$)[0-9A-Z]*[^0-9A-Z\-/()][0-9A-Z]*")
_PUNCTUATION = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_REPAIR = str.maketrans("OIZSV", "0125U")
_ASCENDING = "0123456789" * 4

# Characters of the code that are taken for one another on paper and on keyboards
_PAIRS = "0D 0C 0Q 0U 17 1L 1T 27 2Q 35 38 3B 49 4A 56 58 5E 68 6B 6G 89 8B BD BR CE CG EF EL FP HM HN KX MN PR TY UJ UW XY"
_CONFUSED = frozenset(frozenset(pair) for pair in _PAIRS.split())


def read_code(text: str) -> CodeHint:
    """What ``text``, a cell meant for a code, holds. Never raises; never keeps a citizen's number.

    >>> read_code("91340600ma2n 00000f(1-1)").kind, read_code("9134****MA2N00000F").pattern
    ('uscc', '9134????MA2N00000F')
    >>> read_code("340621199002281234")
    CodeHint(kind='personal', value='', pattern='')
    """
    if _CODE.fullmatch(text) and uscc.check(text).kind == "uscc" and not _is_placeholder(text):
        return CodeHint("uscc", text)
    text = _plain(text)
    if not text:
        return _EMPTY
    if _is_placeholder(text):
        return _PLACEHOLDER
    whole = {token for token in _TOKEN.findall(text) if uscc.check(token).kind == "uscc"}
    if len(whole) == 1 and not _is_placeholder(token := whole.pop()):
        return CodeHint("uscc", token)
    if _MASK.search(text) and (hint := _read_masked(text)):
        return hint
    code = uscc.clean(text).code
    kind = uscc.check(code).kind
    if kind == "empty":
        return _EMPTY
    if kind == "placeholder" or _is_placeholder(code):
        return _PLACEHOLDER
    if kind == "uscc":
        return CodeHint("uscc", code)
    if kind in ("old15", "old13"):
        return CodeHint("old-number", code)
    return _read_wrong(code, citizen=kind == "citizen_id")


def _plain(text: str) -> str:
    """Half width, upper case, without blanks and without a bracket behind; cut where no code can be so long."""
    text = half_width(strip_invisible(text[:_LONGEST])).translate(_PUNCTUATION)
    text = re.sub(r"[\s'`‘’\"“”]+", "", text).upper()
    return _BEHIND.sub("", text) or text


def _is_placeholder(code: str) -> bool:
    """Whether somebody filled the cell because it had to be filled: one character throughout, counting up or down."""
    if code == uscc.PLACEHOLDER or (len(code) == 18 and code[8:17] == "0" * 9):
        return True
    if len(code) < 5 or not code.isascii():
        return False
    return len(set(code)) == 1 or code in _ASCENDING or code[::-1] in _ASCENDING


def _read_wrong(code: str, *, citizen: bool) -> CodeHint:
    """A cleaned text that is no valid code and no old number."""
    if citizen or _holds_citizen(code) or _holds_citizen(code.translate(_REPAIR)):
        return _PERSONAL
    if (found := _ORGANISATION.fullmatch(code)) is not None:
        value = found[1] + found[2]
        if uscc.org_code_ok(value):
            return CodeHint("organisation", value)
        return _JUNK if _BIRTH.search(value) else CodeHint("damaged", value)
    # A taxpayer's number from before 2015: the region and the organisation code
    if (tax := _TAX_NUMBER.fullmatch(code)) is not None and uscc.org_code_ok(tax[1]):
        return CodeHint("organisation", tax[1])
    if _NEARLY.fullmatch(code):
        if _may_be_citizen(code.translate(_REPAIR)):
            return _PERSONAL
        hint = CodeHint("damaged", code)
        return hint if next(_proposals(hint), None) else _JUNK
    if _UNREAD.fullmatch(code):
        return _masked(re.sub("[^0-9A-Z]", "?", code))
    return _JUNK


def _holds_citizen(code: str) -> bool:
    """Whether a citizen's number is in ``code``, whole or with one character lost, or a taxpayer's made from one."""
    if idnumber.looks_like_15(code):
        return True
    if any(idnumber.looks_like_18(code[at : at + 18]) for at in range(len(code) - 17)):
        return True
    runs = re.findall(r"\d{17}", code)
    return any(idnumber.looks_like_18(run + "0") for run in runs)


def _read_masked(text: str) -> CodeHint | None:
    """The hint for a text with hidden characters; nothing for a sentence that happens to hold such a sign."""
    label = re.match(r"^[^0-9A-Z:]{2,14}:", text)
    text = text[label.end() :] if label else text
    pattern = _HIDDEN_RUN.sub(lambda run: "*" if "…" in run[0] else "?" * len(run[0]), text)
    bare = re.sub("[^0-9A-Z?*]", "", pattern)
    return _masked(bare) if len(bare) + 2 >= len(pattern) else None


def _masked(pattern: str) -> CodeHint:
    if len(pattern) not in (9, 18) or "*" in pattern:  # how many stars stand for the rest says nothing
        pattern = re.sub("[?*]+", "*", pattern)
    shown = sum(c not in "?*" for c in pattern)
    if shown == 0:
        return _PLACEHOLDER
    if shown < 4 or shown > 18 or len(pattern) > 20:
        return _JUNK
    if _may_be_citizen(pattern):
        return _PERSONAL
    return CodeHint("masked", pattern=pattern)


def _may_be_citizen(text: str) -> bool:
    """Whether a damaged or masked text may be a citizen's number and does not speak for an organisation's code.

    In doubt it is one: what an organisation loses by it is a weak hint.
    """
    if uscc.prefix_known(text) and text[:2] not in idnumber.PROVINCES and not _BIRTH.fullmatch(text[6:14]):
        return False
    if sum(c.isalpha() for c in text[:-1]) > 2:
        return False
    hidden = "?" in text or "*" in text
    text = re.sub("[A-Z](?!$)", "?", text)  # one or two digits misread for letters
    if _BIRTH.search(text):
        return True
    start = re.split("[?*]", text, maxsplit=1)[0]
    if len(start) < 2:
        return hidden and len(text) != 9
    if start[:2] not in idnumber.PROVINCES or (len(start) >= 4 and not idnumber.region_exists(start[:4])):
        return False
    if len(start) < 8 or start[6:8] in ("18", "19", "20"):
        return True
    return any(_DAY.fullmatch(text[at : at + 4]) for at in (9, 10, 11))  # the year may be what is damaged


def candidates(hint: CodeHint) -> tuple[str, ...]:
    """The valid codes that ``hint`` may have been before one thing went wrong, the likeliest first; at most 64.

    One character wrong, two neighbours exchanged, one lost, one too many, letters that no code has (O, I, Z, S, V),
    one or two characters hidden. A valid code is its own only candidate; other hints have none.
    """
    if hint.kind == "uscc":
        return (hint.value,)
    found: dict[str, int] = {}
    for code, cost in _proposals(hint):
        cost += _strangeness(code)
        if cost < found.get(code, 1000) and uscc.check(code).kind == "uscc":
            found[code] = cost
    return tuple(sorted(found, key=lambda code: (found[code], code))[:_MOST])


def _proposals(hint: CodeHint) -> Iterator[tuple[str, int]]:
    """Codes with a right check character and what each supposes: 0 a letter no code has … 4 any other change."""
    if hint.kind == "masked":
        if len(hint.pattern) == 18 and hint.pattern.count("?") <= 2:
            yield from ((code, 2) for code in _filled(hint.pattern))
        return
    written = hint.value
    if hint.kind != "damaged" or not 17 <= len(written) <= 19:
        return
    repaired = written.translate(_REPAIR) if any(c not in uscc.ALPHABET for c in written) else written
    if uscc.is_valid(repaired):
        yield repaired, 0
    for text in dict.fromkeys((repaired, written)):
        if len(text) == 18:
            yield from _one_wrong(text)
            yield from ((code, 2) for code in _exchanged(text) if uscc.is_valid(code))
        elif len(text) == 17:
            for at in range(18):
                for code in _filled(text[:at] + "?" + text[at:]):
                    yield code, 3 if code[at] in text[max(at - 1, 0) : at + 1] else 4
        else:
            for at in range(19):
                code = text[:at] + text[at + 1 :]
                if uscc.is_valid(code):
                    yield code, 3 if text[at] in text[max(at - 1, 0) : at] else 4


def _one_wrong(text: str) -> Iterator[tuple[str, int]]:
    for at, was in enumerate(text):
        for code in _filled(text[:at] + "?" + text[at + 1 :]):
            if was not in uscc.ALPHABET:
                yield code, 1
            elif code[at] != was:
                yield code, 2 if frozenset((was, code[at])) in _CONFUSED else 4


def _exchanged(text: str) -> Iterator[str]:
    for at in range(len(text) - 1):
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _filled(pattern: str) -> Iterator[str]:
    """The valid codes of a pattern of eighteen with up to two hidden characters; none where others are no code's."""
    at = pattern.find("?")
    if pattern.count("?") == 2:
        for char in uscc.ALPHABET:
            yield from _filled(pattern[:at] + char + pattern[at + 1 :])
        return
    if any(c not in _VALUE and c != "?" for c in pattern):
        return
    total = sum(_VALUE[c] * w for c, w in zip(pattern, _WEIGHTS, strict=True) if c != "?")
    yield pattern[:at] + uscc.ALPHABET[-total * _INVERSES[at] % 31] + pattern[at + 1 :]


_VALUE = {c: i for i, c in enumerate(uscc.ALPHABET)}
# The check character closes the sum to nothing modulo 31, so it is a character of weight one like any other
_WEIGHTS = (*uscc.WEIGHTS, 1)
_INVERSES = tuple(pow(weight, -1, 31) for weight in _WEIGHTS)


def _strangeness(code: str) -> int:
    """How little ``code`` looks like one that was issued: department and kind, region, organisation code within."""
    known = uscc.prefix_known(code), idnumber.region_exists(code[2:6]), uscc.org_code_ok(code[8:17])
    return sum(weight for fits, weight in zip(known, (6, 4, 5), strict=True) if not fits)


def agreement(hint: CodeHint, code: str) -> Agreement:
    """How well ``hint`` goes with ``code``, a code of the register (cleaned; it may be an old number itself).

    ``different`` only where both say what they are: a valid or damaged code against another code. ``two-wrong`` is
    also an organisation code with one wrong character. ``old-number`` (numbers that cannot be compared) and ``none``
    are no evidence either way.

    >>> agreement(read_code("91340600MA2N0000OF"), "91340600MA2N00000F")
    'one-wrong'
    """
    if code in ("", uscc.PLACEHOLDER) or hint.kind in ("", "placeholder", "personal", "junk"):
        return "none"
    value = hint.value
    if value == code:
        return "exact"
    if hint.kind == "masked":
        return _masked_agreement(hint.pattern, code)
    if hint.kind == "old-number" or len(code) < 17:
        return "different" if len(value) == len(code) else "old-number"
    if len(value) <= 9:
        return _organisation_agreement(hint, code[8:17])
    return _whole_agreement(value, code)


def _organisation_agreement(hint: CodeHint, part: str) -> Agreement:
    value = hint.value
    # Eight characters: the check is missing, or a spreadsheet took a zero away in front
    if value == part or (len(value) == 8 and part in (value + part[8:], "0" + value)):
        return "organisation-part"
    near = hint.kind == "damaged" and len(value) == len(part) and _distance(value, part) == 1
    return "two-wrong" if near else "different"


def _whole_agreement(value: str, code: str) -> Agreement:
    if len(value) != len(code):
        return "one-wrong" if _one_more(value, code) or _one_more(code, value) else "different"
    apart = _distance(value, code)
    same_part = value[8:17] == code[8:17]
    if apart > 2 and not same_part and value.isdigit() and value[:15] == code[:15] and value.endswith("000"):
        return "masked-fits"  # a spreadsheet keeps fifteen digits of a number
    if apart > 2 and not (same_part or value.translate(_REPAIR) == code.translate(_REPAIR)):
        return "different"
    if uscc.is_valid(value) and uscc.is_valid(code):
        return "organisation-part" if same_part else "different"
    if apart == 1 or value.translate(_REPAIR) == code.translate(_REPAIR):
        return "one-wrong"
    if apart == 2 and code in _exchanged(value):
        return "swapped"
    return "organisation-part" if same_part else "two-wrong"


def _distance(one: str, other: str) -> int:
    return sum(map(ne, one, other))


def _one_more(short: str, long: str) -> bool:
    """Whether ``long`` is ``short`` with one character more."""
    if len(long) != len(short) + 1:
        return False
    at = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    return short[at:] == long[at + 1 :]


def _masked_agreement(pattern: str, code: str) -> Agreement:
    if "*" not in pattern and len(pattern) == 9:
        # Nine characters may be those of the organisation code, or those shown of a whole code
        if _matcher(pattern).fullmatch(code[8:17]):
            return "masked-fits"
        pattern = re.sub("[?]+", "*", pattern)
    return "masked-fits" if _matcher(pattern).fullmatch(code) else "masked-contradicts"


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"?": ".", "*": ".*"}.get(c, re.escape(c)) for c in pattern))
