from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.search.ranking import (
    BEGINNING,
    CODE,
    EXACT,
    FORMER,
    FRAGMENT,
    MARK,
    best,
    document_id,
    is_former,
    key_of,
    numbers,
    span,
    tier_of,
    understand,
    words,
)


def place(
    *, current: bool = True, active: bool = True, length: int = 5, source: int = 1, registered: bool = True
) -> int:
    return document_id(current=current, active=active, length=length, source=source, registered=registered)


def test_writings_of_a_name_share_one_key() -> None:
    for name in ("濉溪县（ABC）集团 有限公司", "濉溪县(ａｂｃ)·集团有限公司", "“濉溪县”ABC集团有限公司"):
        assert key_of(name) == "濉溪县abc集团有限公司"


@given(st.text(max_size=30))
def test_keys_hold_letters_and_digits_only_and_are_their_own_key(name: str) -> None:
    key = key_of(name)
    assert all(char.isalnum() or not char.isascii() for char in key)
    assert not set(key) & set("%_\\\"'*^()- ")


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_different_pairs_have_different_words_and_numbers(a: str, b: str) -> None:
    for one, other, x, y, n, m in zip(
        zip(MARK + a, a, strict=False), zip(MARK + b, b, strict=False), words(a).split(), words(b).split(),
        numbers(MARK + a), numbers(MARK + b), strict=False,
    ):  # fmt: skip
        assert (one == other) == (x == y) == (n == m)
        assert x.isalnum() and len(x) == 12
        assert 0 <= n < 1 << 63
    assert len(words(a).split()) == len(numbers(MARK + a)) == len(a)


def test_the_order_of_ids_is_the_order_of_display() -> None:
    ids = [
        place(length=4, source=9), place(length=5, source=1), place(length=5, source=2), place(current=False, length=2),
        place(active=False, length=2), place(active=False, current=False, length=2),
    ]  # fmt: skip
    assert ids == sorted(ids)
    assert all(id_ < 1 << 63 for id_ in ids)
    assert [is_former(id_) for id_ in ids] == [False, False, False, True, False, True]
    assert [next(group for group in range(4) if span(group)[0] <= id_ < span(group)[1]) for id_ in ids] == [
        0,
        0,
        0,
        1,
        2,
        3,
    ]
    assert place(registered=True) != place(registered=False)


@pytest.mark.parametrize(
    ("text", "code", "key", "terms"),
    [
        ("淮北", "", "淮北", ("淮北",)),
        (" 淮北 ", "", "淮北", ("淮北",)),
        ("淮", "", "淮", ()),
        ("淮 北", "", "淮北", ("淮北",)),
        ("淮北 建筑", "", "淮北建筑", ("淮北", "建筑")),
        ("9134", "9134", "9134", ("9134",)),
        ("91340600ma2n", "91340600MA2N", "91340600ma2n", ("91340600ma2n",)),
        ("913", "", "913", ("913",)),
        ("ABCDE", "", "abcde", ("abcde",)),
        ("", "", "", ()),
        ("()《》%%__**", "", "", ()),
    ],
)
def test_queries_are_understood(text: str, code: str, key: str, terms: tuple[str, ...]) -> None:
    query = understand(text)
    assert (query.code, query.key, query.terms) == (code, key, terms)


def test_documents_answer_in_tiers() -> None:
    def tier(text: str, name: str, *, current: bool = True, code: str = "91340600MA2N00000F") -> int | None:
        return tier_of(understand(text), id_=place(current=current), code=code, key=key_of(name))

    assert tier("9134", "甲厂") == CODE
    assert tier("甲乙厂", "甲乙厂") == EXACT
    assert tier("甲乙", "甲乙厂") == BEGINNING
    assert tier("甲乙", "甲乙厂", current=False) == tier("甲乙厂", "甲乙厂", current=False) == FORMER
    assert tier("乙厂", "甲乙厂") == tier("乙厂", "甲乙厂", current=False) == FRAGMENT
    assert tier("乙丙", "甲乙厂") is None
    assert tier("厂房 甲乙", "甲乙的厂房") == FRAGMENT


def test_an_organisation_stands_where_its_best_name_does() -> None:
    query = understand("甲乙")
    former, current = place(current=False), place(length=9)
    assert best(query, [(former, "c", "甲乙厂"), (current, "c", "丙甲乙公司")]) == (FORMER, former)
    assert best(query, [(current, "c", "丙丁公司")]) is None
