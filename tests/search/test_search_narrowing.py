"""Narrowing an answer by kind, division and status is the same as filtering the whole answer."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from xinheng.register import service as register
from xinheng.search import service as search

PREFIXES = ["91340602", "91340621", "92340602", "11340600", "N1340621", "N2340621", "91320803"]


@pytest.fixture
def mixed_town(load: Callable[..., Any], make_code: Callable[..., str]) -> None:
    chance = random.Random(3)
    rows = []
    for number in range(240):
        name = f"淮北市{chance.choice('甲乙丙丁')}{chance.choice('子丑寅卯')}{chance.choice(['建筑', '建材', '粮油'])}{number}号店"
        former = "建筑老店" if number % 7 == 0 else ""
        status = chance.choice(["存续", "存续", "注销"])
        rows.append([make_code(number, chance.choice(PREFIXES)), name, former, status])
    load(rows)


def whole(q: str, **narrow: Any) -> list[search.Hit]:
    hits: list[search.Hit] = []
    after = None
    while True:
        page = search.find(q=q, limit=7, after=after, **narrow)
        hits += page.hits
        if not page.next:
            return hits
        after = page.next


@pytest.mark.parametrize("q", ["建筑", "建筑老店", "9134", "淮北市甲", "甲子建材", "号店"])
def test_a_narrowed_answer_is_the_whole_answer_filtered(q: str, mixed_town: None) -> None:
    everything = whole(q)
    assert everything
    kinds = [None, "企业", "农村集体经济组织", "机关"]
    regions = [None, "340602", "340600", "340000", "320000"]
    for kind, region, active in itertools.product(kinds, regions, [None, True, False]):
        expected = [
            hit.code
            for hit in everything
            if (kind is None or hit.kind == kind)
            and (region is None or hit.region.startswith(region.removesuffix("0000").removesuffix("00")))
            and (active is None or hit.active == active)
        ]
        assert [hit.code for hit in whole(q, kind=kind, region=region, active=active)] == expected


def test_an_unknown_kind_or_division_leaves_nothing(mixed_town: None) -> None:
    assert search.find(q="建筑", kind="自然人").hits == ()
    assert search.find(q="建筑", region="34' OR 1").hits == ()


def test_every_kind_the_register_names_has_its_prefixes() -> None:
    assert all(register.prefixes_of(kind) for kind in register.KINDS)
