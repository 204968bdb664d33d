"""Two bits for each report."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.reports import statuslist

AT = datetime(2026, 11, 20, tzinfo=UTC)


def listed(states: dict[int, int]) -> str:
    return statuslist.build(states, as_of=AT, origin="o", sign=lambda text: text + "\n— k AAAA\n")["list"]


@given(st.lists(st.integers(0, 2)))
def test_what_is_written_is_read(states: list[int]) -> None:
    body = listed(dict(enumerate(states)))
    assert [statuslist.look_up(body, i) for i in range(len(states))] == [
        statuslist.STATUSES[one] for one in states
    ]
    assert statuslist.look_up(body, len(states) + 3) == "unknown"


def test_an_index_that_was_never_used_reads_as_current_and_a_negative_one_as_unknown() -> None:
    body = listed({5: 2})
    assert (statuslist.look_up(body, 0), statuslist.look_up(body, 5)) == ("current", "withdrawn")
    assert statuslist.look_up(body, -1) == "unknown"


def test_a_status_that_does_not_exist_is_not_written() -> None:
    with pytest.raises(ValueError, match="0, 1 or 2"):
        listed({0: 3})


def test_the_signature_is_kept_apart_from_the_text_it_signs() -> None:
    made = statuslist.build({0: 1}, as_of=AT, origin="o", sign=lambda text: text + "\n— k AAAA\n")
    assert made["signature"] == "— k AAAA\n"


@pytest.mark.parametrize(
    "body",
    ["", "!", "AAAA", base64.b64encode(zlib.compress(b"x" * 100)[:-5]).decode(),
     base64.b64encode(zlib.compress(bytes(40 * 1024 * 1024))).decode()],
)  # fmt: skip
def test_a_list_that_is_damaged_or_far_too_large_says_unknown(body: str) -> None:
    assert statuslist.look_up(body, 0) == "unknown"


def test_a_hundred_thousand_reports_fit_in_little() -> None:
    assert len(listed(dict.fromkeys(range(100000), 0) | {77: 1, 9_999: 2})) < 500
