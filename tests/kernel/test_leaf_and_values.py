"""Parts, commitments and leaves: recomputed here from the written rule."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel import leaf, values
from xinheng.kernel.errors import WrongUse, XinhengError

plain = st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"]))
salt = st.binary(min_size=32, max_size=32)


@given(st.lists(plain, min_size=1))
def test_values_come_back_as_they_were(items: list[str]) -> None:
    assert values.unpack_values(values.pack_values(items)) == items


@given(st.lists(plain, min_size=1), st.lists(plain, min_size=1))
def test_two_different_lists_never_have_the_same_bytes(one: list[str], other: list[str]) -> None:
    assert (values.pack_values(one) == values.pack_values(other)) is (one == other)


@pytest.mark.parametrize(
    ("items", "code"),
    [([], "values.empty"), (["a\x1fb"], "values.separator"), (["\ud800"], "values.encoding")],
)
def test_values_that_could_not_come_back_are_refused(items: list[str], code: str) -> None:
    with pytest.raises(WrongUse) as caught:
        values.pack_values(items)
    assert caught.value.code == code


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(XinhengError):
        values.unpack_values(b"\xff")


@given(st.lists(st.binary(max_size=40), min_size=3, max_size=3), st.lists(salt, min_size=3, max_size=3))
def test_a_statement_leaf_is_what_the_rule_says(parts: list[bytes], salts: list[bytes]) -> None:
    commitments = [sha256(b"xinheng-part-v1" + bytes([i]) + salts[i] + parts[i]).digest() for i in range(3)]
    expected = sha256(b"\x01" + b"".join(commitments)).digest()
    assert leaf.statement_leaf(parts, salts) == expected
    assert leaf.leaf_from_commitments(commitments) == expected
    assert leaf.statement_leaves([b"".join(salts)], *([p] for p in parts)) == [expected]
    assert leaf.leaf_hash_of(expected) == sha256(b"\x00\x01" + expected).digest()


@given(salt, st.binary(max_size=40))
def test_an_event_leaf_is_what_the_rule_says(salt_: bytes, body: bytes) -> None:
    assert leaf.event_leaf(salt_, body) == sha256(b"\x02" + sha256(salt_ + body).digest()).digest()


def test_the_same_bytes_in_another_part_have_another_commitment() -> None:
    assert len({leaf.commit_part(i, bytes(32), b"same") for i in range(3)}) == 3


def test_wrong_sizes_are_refused() -> None:
    for call in (
        lambda: leaf.commit_part(3, bytes(32), b""),
        lambda: leaf.commit_part(0, bytes(31), b""),
        lambda: leaf.leaf_from_commitments([bytes(32)] * 2),
        lambda: leaf.statement_leaf([b""] * 3, [bytes(32)] * 2),
        lambda: leaf.event_leaf(b"", b""),
        lambda: leaf.entry_data(bytes(31)),
        lambda: leaf.statement_leaves([bytes(96)], [b""], [b""], []),
        lambda: leaf.statement_leaves([bytes(95)], [b""], [b""], [b""]),
    ):
        with pytest.raises(WrongUse):
            call()
