"""The status list: for every report ever issued, two bits that say whether it still stands.

Report `i` has bits `2·(i mod 4)` and the next higher of byte `i // 4`: 0 current, 1 superseded, 2 withdrawn. The list is
compressed with zlib and written in base64; a signed note of a log key (C2SP) covers

    xinheng-status-v1 ⏎ origin ⏎ as_of ⏎ SHA-256 of the list's text, hex ⏎

so it can be fetched, cached and mirrored by anyone, and asking about one report tells nobody which.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Literal

from xinheng.reports.pdffile import UnknownShape, inflate
from xinheng.reports.shape import StatusList

Status = Literal["current", "superseded", "withdrawn", "unknown"]
STATUSES: tuple[Status, ...] = ("current", "superseded", "withdrawn", "unknown")
# 64 million reports
_LIMIT = 16 * 1024 * 1024


def build(
    states: Mapping[int, int], *, as_of: datetime, origin: str, sign: Callable[[str], str]
) -> StatusList:
    """The signed list. `states` gives 0, 1 or 2 by status index (an index left out counts as 0); `sign` makes a note."""
    packed = bytearray(max(states, default=-1) // 4 + 1)
    for index, state in states.items():
        if state not in (0, 1, 2):
            raise ValueError("a status is 0, 1 or 2")
        packed[index // 4] |= state << (index % 4 * 2)
    moment = as_of.isoformat(timespec="seconds")
    body = base64.b64encode(zlib.compress(bytes(packed), 9)).decode()
    text = message(origin, moment, body)
    return {
        "as_of": moment,
        "origin": origin,
        "list": body,
        "signature": sign(text).removeprefix(text + "\n"),
    }


def message(origin: str, as_of: str, body: str) -> str:
    """The text of the note that is signed."""
    return f"xinheng-status-v1\n{origin}\n{as_of}\n{sha256(body.encode()).hexdigest()}\n"


def look_up(body: str, index: int) -> Status:
    """The status at `index`; `unknown` beyond the list and for a list that cannot be read."""
    try:
        packed = inflate(base64.b64decode(body, validate=True), limit=_LIMIT)
    except (binascii.Error, UnknownShape, ValueError):
        return "unknown"
    if not 0 <= index < 4 * len(packed):
        return "unknown"
    return STATUSES[packed[index // 4] >> (index % 4 * 2) & 3]
