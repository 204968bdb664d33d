"""Files held between two requests: sealed, whole, and nobody else's."""

from __future__ import annotations

import os
import secrets
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.faces import holding

MARK = "身份证 11010519491231002X"


def test_what_is_held_is_given_back_whole_and_lies_on_the_disk_only_sealed(empty_home: Any) -> None:
    handle = holding.open_({"owner": "clerk", "name": MARK})
    data = MARK.encode() * 200_000
    offset = holding.append(handle, offset=0, data=data[:1_500_001], owner="clerk")
    assert offset == 1_500_001
    holding.append(handle, offset=offset, data=data[offset:], owner="clerk")
    assert holding.size(handle, owner="clerk") == len(data)
    assert holding.read(handle, owner="clerk") == data
    on_disk = b"".join(
        file.read_bytes() + file.name.encode() for file in (empty_home.root / "held").iterdir()
    )
    assert MARK.encode()[:12] not in on_disk
    assert handle.encode() not in on_disk
    holding.drop(handle)
    assert list((empty_home.root / "held").iterdir()) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(max_size=3_000), max_size=6))
def test_any_pieces_come_back_joined(empty_home: Any, pieces: list[bytes]) -> None:
    handle = holding.open_({"owner": "a"})
    offset = 0
    for piece in pieces:
        offset = holding.append(handle, offset=offset, data=piece, owner="a")
    assert holding.read(handle, owner="a") == b"".join(pieces)
    assert holding.size(handle, owner="a") == offset


def test_a_piece_in_the_wrong_place_is_refused_and_says_where_to_go_on(empty_home: Any) -> None:
    handle = holding.open_({"owner": "a"})
    holding.append(handle, offset=0, data=b"12345", owner="a")
    for wrong in (0, 4, 6):
        with pytest.raises(holding.OffsetWrong) as caught:
            holding.append(handle, offset=wrong, data=b"x", owner="a")
        assert caught.value.offset == 5


def test_a_piece_cut_short_by_a_crash_is_forgotten(empty_home: Any) -> None:
    handle = holding.open_({"owner": "a"})
    holding.append(handle, offset=0, data=b"12345", owner="a")
    file = next((empty_home.root / "held").iterdir())
    with file.open("ab") as torn:
        torn.write((500).to_bytes(4, "big") + b"only a part")
    assert holding.size(handle, owner="a") == 5
    with pytest.raises(holding.OffsetWrong) as caught:
        holding.append(handle, offset=9, data=b"x", owner="a")
    assert caught.value.offset == 5
    holding.append(handle, offset=5, data=b"678", owner="a")
    assert holding.read(handle, owner="a") == b"12345678"


def test_another_owner_a_wrong_handle_and_a_changed_byte_find_nothing(empty_home: Any) -> None:
    handle = holding.open_({"owner": "a"})
    holding.append(handle, offset=0, data=b"12345", owner="a")
    for wrong, owner in ((handle, "b"), (handle[:-2] + "AA", "a"), ("x", "a"), ("", "a"), ("中文", "a")):
        with pytest.raises(holding.NothingHeld):
            holding.read(wrong, owner=owner)
    file = next((empty_home.root / "held").iterdir())
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(holding.NothingHeld):
        holding.read(handle, owner="a")


def test_what_nobody_fetched_is_swept_away(empty_home: Any) -> None:
    handle = holding.open_({"owner": "a"})
    file = next((empty_home.root / "held").iterdir())
    os.utime(file, (1, 1))
    holding.open_({"owner": "a", "salt": secrets.token_hex(4)})
    with pytest.raises(holding.NothingHeld):
        holding.meta(handle, owner="a")
