"""Amounts in the words of decisions: capital numerals, 万元, two fines in one sentence."""

from __future__ import annotations

from decimal import Decimal
from random import Random

__all__ = ["capitals", "draw_yuan", "in_wan"]

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def capitals(yuan: int) -> str:
    """Whole yuan (below 10^12) in capital numerals as decisions write them: 48000 → 肆万捌仟元整."""
    if yuan == 0:
        return "零元整"
    out, zero = "", False
    for unit, group in (("亿", yuan // 10**8), ("万", yuan // 10**4 % 10**4), ("", yuan % 10**4)):
        if not group:
            zero = bool(out)
            continue
        if out and (zero or group < 1000):
            out += "零"
        out += _group(group) + unit
        zero = False
    return out + "元整"


def _group(value: int) -> str:
    out, zero = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + _PLACES[place]
            zero = False
        else:
            zero = True
    return out


def in_wan(yuan: Decimal | int) -> str:
    """An amount in 万元 without trailing zeros: 2000 → 0.2."""
    text = format(Decimal(yuan) / 10000, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def draw_yuan(rng: Random, low: int, high: int) -> int:
    """A fine between two bounds, many small and few large, rounded as officials round."""
    value = low * (high / low) ** (rng.random() ** 1.4)
    step = 50 if value < 1000 else 500 if value < 10_000 else 1000 if value < 100_000 else 5000
    return max(low, int(value // step) * step)
