"""What departments punish and permit in the fictional city, as two tables anyone can edit.

The laws exist; the conduct, the amounts and the parties are invented. Articles are cited so that the texts read like
decisions: training material, not legal advice, and nothing in the system relies on them.

``offences.csv``: kind of department, weight within it, sectors, conduct, fact with one ``{n}`` and its range, rule
broken, basis, range of fines in yuan, how it ends with shares, certificate concerned. Ends: w 警告 · n 通报批评 ·
wf 警告并罚款 · f 罚款 · fc 罚款并没收违法所得 · c 没收违法所得 · g 没收非法财物并罚款 · s 暂扣许可证件 · r 吊销许可证件 · b 吊销执照 ·
h 责令停产停业 · x 责令关闭 · l 限制开展生产经营活动 · d 降低资质等级 · o 其他.

``permits.csv``: kind of department, weight, sectors, title of the decision, category, certificate and the mark in its
number, content with one ``{n}`` and its range, years of validity (0 = without end).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Offence", "Permit", "offences", "permits"]


@dataclass(frozen=True, slots=True)
class Offence:
    """One kind of conduct and what the law does about it. ``fine`` in yuan; ``ends`` as (end, share)."""

    kind: str
    weight: float
    sectors: tuple[str, ...]
    name: str
    fact: str
    n: tuple[int, int]
    rule: str
    basis: str
    fine: tuple[int, int]
    ends: tuple[tuple[str, int], ...]
    permit: str


@dataclass(frozen=True, slots=True)
class Permit:
    """One kind of licence. ``certificate`` may be empty: a decision without a certificate."""

    kind: str
    weight: float
    sectors: tuple[str, ...]
    title: str
    category: str
    certificate: str
    mark: str
    content: str
    n: tuple[int, int]
    years: int


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _end(word: str) -> tuple[str, int]:
    return word.rstrip("0123456789"), int(word.lstrip("abcdefghijklmnopqrstuvwxyz"))


@cache
def offences() -> tuple[Offence, ...]:
    """Every kind of conduct."""
    return tuple(
        Offence(
            r["kind"], float(r["weight"]), tuple(r["sectors"].split()), r["name"], r["fact"],
            (int(r["n_from"]), int(r["n_to"])), r["rule"], r["basis"], (int(r["fine_from"]), int(r["fine_to"])),
            tuple(_end(w) for w in r["ends"].split()), r["permit"],
        )
        for r in _rows("offences.csv")
    )  # fmt: skip


@cache
def permits() -> tuple[Permit, ...]:
    """Every kind of licence."""
    return tuple(
        Permit(
            r["kind"], float(r["weight"]), tuple(r["sectors"].split()), r["title"], r["category"], r["certificate"],
            r["mark"], r["content"], (int(r["n_from"]), int(r["n_to"])), int(r["years"]),
        )
        for r in _rows("permits.csv")
    )  # fmt: skip
