"""The shape of a citizen's identity number: only enough to recognise one and to keep it out.

GB 11643-1999: 18 characters are region (6), birth date (8), sequence (3), check (ISO 7064 MOD 11-2). The old
form of 15 digits has a two-digit year, no check and ended in 2013. Nothing here reads a person out of a
number: the functions answer yes or no.
"""

from __future__ import annotations

from calendar import monthrange
from functools import lru_cache

__all__ = ["PROVINCES", "check_ok", "looks_like_15", "looks_like_18", "region_exists"]

# Province -> (last number of a city, last number of a former or present prefecture counted from 21), in all
# division lists of the Ministry of Civil Affairs (GB/T 2260) from 1980 to 2023. Numbers, not names: it is
# enough to say that nobody was ever registered in, say, 3131.
_SECOND_LEVEL: dict[str, tuple[int, int]] = {
    "11": (2, 0), "12": (2, 0), "13": (11, 30), "14": (11, 27), "15": (9, 29), "21": (14, 22),
    "22": (8, 26), "23": (12, 27), "31": (2, 0), "32": (13, 27), "33": (11, 28), "34": (18, 29),
    "35": (9, 28), "36": (11, 26), "37": (17, 29), "41": (17, 30), "42": (13, 29), "43": (13, 31),
    "44": (20, 29), "45": (14, 28), "46": (4, 0), "50": (3, 0), "51": (20, 39), "52": (6, 27),
    "53": (9, 35), "54": (6, 27), "61": (10, 27), "62": (12, 30), "63": (2, 28), "64": (5, 22),
    "65": (5, 32), "71": (99, 99), "81": (99, 99), "82": (99, 99), "83": (99, 99),
}  # fmt: skip
_ALSO = {"44": (51, 52, 53), "51": (70,), "65": (40, 41, 42, 43)}

PROVINCES = frozenset(_SECOND_LEVEL)
"""First two digits of every division code in use or formerly in use, Taiwan, Hong Kong and Macao included."""

# The first citizens with a number were born before 1900 only in a handful of cases; the upper bound is open
# enough for the life of this software and closed enough that most other numbers fail it. The kernel has no
# clock.
_FIRST_YEAR, _LAST_YEAR = 1890, 2035

_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_CHECKS = "10X98765432"


def check_ok(number: str) -> bool:
    """Whether the 18th character fits the first 17 (ISO 7064 MOD 11-2); half width, upper case."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    return _CHECKS[sum(int(c) * w for c, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


@lru_cache(maxsize=4096)
def region_exists(four: str) -> bool:
    """Whether the first four digits are, or once were, a province and a city or prefecture of it.

    >>> region_exists("3406"), region_exists("3131")
    (True, False)
    """
    bounds = _SECOND_LEVEL.get(four[:2])
    if bounds is None or len(four) != 4 or not four.isdigit():
        return False
    second = int(four[2:])
    return 1 <= second <= bounds[0] or 21 <= second <= bounds[1] or second in (90, *_ALSO.get(four[:2], ()))


def _real_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def looks_like_18(number: str) -> bool:
    """Whether 18 characters (half width, upper case) have the form of a citizen's number, right check or not.

    A region from 11 to 83, a birth date that exists, a sequence and a check character. Where the first two
    digits are no province, the check must be right.

    >>> looks_like_18("340621199002301234"), looks_like_18("340621199002281234")
    (False, True)
    """
    if len(number) != 18 or not number.isascii() or not number[:17].isdigit():
        return False
    if number[17] not in _CHECKS:
        return False
    year = int(number[6:10])
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and _real_date(year, int(number[10:12]), int(number[12:14]))):
        return False
    return number[:2] in PROVINCES or ("11" <= number[:2] <= "83" and check_ok(number))


def looks_like_15(number: str) -> bool:
    """Whether 15 digits have the form of an old citizen's number: a province and a birth date from 1900 to
    1999.

    One in seven old business registration numbers has it too; callers decide by the check digit and the
    context.

    >>> looks_like_15("340621900228123"), looks_like_15("340600000012345")
    (True, False)
    """
    if len(number) != 15 or not (number.isascii() and number.isdigit()) or number[:2] not in PROVINCES:
        return False
    return number[6] != "0" and _real_date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
