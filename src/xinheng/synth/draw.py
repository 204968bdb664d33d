"""Randomness as a pure function of (seed, purpose, number), in column expressions.

Every property of organisation *i* or record *j* is computed from its number alone. So nothing has to be remembered
between chunks (memory stays flat), any row can be written again later exactly as before (repeats, resends), and the
same seed gives the same bytes whatever the chunk size. The mixer is the finaliser of splitmix64; unsigned 64-bit
multiplication wraps in Polars, which is what it needs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b

import polars as pl

__all__ = ["Affine", "affine", "below", "mix", "pick", "salt"]

_STEP = 0x9E3779B97F4A7C15
_M1, _M2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MASK = (1 << 64) - 1


def salt(seed: int, purpose: str) -> int:
    """A 64-bit number for one purpose under one seed."""
    return int.from_bytes(blake2b(f"{seed}/{purpose}".encode(), digest_size=8).digest(), "big")


def _u64(value: int) -> pl.Expr:
    return pl.lit(value & _MASK, dtype=pl.UInt64)


def mix(number: pl.Expr, key: int) -> pl.Expr:
    """64 well-mixed bits for each number (unsigned) under a key from :func:`salt`."""
    x = number.cast(pl.UInt64) * _u64(_STEP) + _u64(key)
    x = (x ^ (x // _u64(1 << 30))) * _u64(_M1)
    x = (x ^ (x // _u64(1 << 27))) * _u64(_M2)
    return x ^ (x // _u64(1 << 31))


def below(number: pl.Expr, key: int, limit: int | pl.Expr) -> pl.Expr:
    """A draw from 0 … limit−1 for each number. ``limit`` must be at least 1."""
    bound = _u64(limit) if isinstance(limit, int) else limit.cast(pl.UInt64)
    return (mix(number, key) // _u64(1 << 20)) % bound


def pick(table: pl.Series, index: pl.Expr) -> pl.Expr:
    """The entries of ``table`` at ``index``."""
    return pl.lit(table).gather(index)


class Affine:
    """x → (a·x + c) mod size: a permutation of 0 … size−1, so distinct numbers stay distinct."""

    def __init__(self, a: int, c: int, size: int) -> None:
        self.a, self.c, self.size = a, c, size

    def __call__(self, number: pl.Expr) -> pl.Expr:
        """The image of each number; numbers must be below 2^63 / size."""
        return (number.cast(pl.UInt64) * _u64(self.a) + _u64(self.c)) % _u64(self.size)

    def of(self, number: int) -> int:
        """The same for one number."""
        return (number * self.a + self.c) % self.size


def affine(
    seed: int, purpose: str, size: int, spread: Sequence[float] = (0.6180339887, 0.7548776662)
) -> Affine:
    """A permutation of 0 … size−1 that scatters neighbours widely (step near the golden section of the range)."""
    key = salt(seed, purpose)
    a = max(1, int(size * spread[key & 1]) + key // 7 % max(1, size // 64))
    while math.gcd(a, size) != 1:
        a += 1
    return Affine(a % size or 1, key % size, size)
