"""Numbers that look like people's and are nobody's: for testing that they never get through.

Half of the identity numbers carry a birth date before 1910 and a right check character (nobody alive has one); the
others a later date and a wrong check character (nobody ever had one). Mobile numbers are in ranges never assigned.
"""

from __future__ import annotations

from random import Random

import polars as pl

from xinheng.kernel.idnumber import check_ok

__all__ = ["identity_numbers", "mobile_numbers"]

_CHECKS = "10X98765432"
_UNASSIGNED = ("160", "161", "163", "164", "142")


def identity_numbers(region: str, seed: int, count: int = 997) -> pl.Series:
    """``count`` numbers of the shape of an identity number, in a region."""
    rng = Random(f"{seed}/identity")
    return pl.Series([_identity(rng, region, i % 2 == 0) for i in range(count)])


def _identity(rng: Random, region: str, right: bool) -> str:
    year = rng.randint(1900, 1909) if right else rng.randint(1955, 2004)
    body = f"{region}{year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}"
    chars = [c for c in _CHECKS if check_ok(body + c) == right]
    return body + rng.choice(chars)


def mobile_numbers(seed: int, count: int = 997) -> pl.Series:
    """``count`` eleven-digit numbers in ranges without subscribers."""
    rng = Random(f"{seed}/mobile")
    return pl.Series([rng.choice(_UNASSIGNED) + f"{rng.randrange(10**8):08d}" for _ in range(count)])
