"""The same answer once more, for a request that was sent twice: from its evidence, never newly asked.

What its entries say is filled in through today's gate. While all of it still stands the answer is the first one, byte for
byte, with its signature; once an entry ended it is told without it and unsigned (`whole` false).
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from xinheng.checks import seeing
from xinheng.checks.answering import encode
from xinheng.checks.types import Asker, Evidence
from xinheng.checks.verification import BATCH_TYPE, TYPE
from xinheng.evidence import service as evidence


def repeated(*, number: str, reader: Asker, on: date) -> dict[str, Any]:
    """The answer of a recorded check as first sent, with `repeated` and `whole` beside it. Raises `CheckUnknown`."""
    return _answer(seeing.evidence(number=number, reader=reader, on=on), signed=True)


def repeated_batch(*, number: str, reader: Asker, on: date) -> dict[str, Any]:
    """The answers of a recorded batch as first sent. Raises `CheckUnknown`."""
    first = seeing.evidence(number=number, reader=reader, on=on)
    found = seeing.of_batch(batch=number, reader=reader, on=on)
    common = first.payload
    signed = encode(
        {
            "v": 1, "number": number, "asked_at": common["asked_at"], "matter": common["matter"],
            "scope": common["scope"], "unit": common["unit"],
            "answers": [[one.payload["uscc"], one.number, one.digest] for one in found],
        }
    ).encode()  # fmt: skip
    whole = all(one.whole for one in found)
    return {
        "number": number, "answers": [_answer(one, signed=False) for one in found],
        "digest": hashlib.sha256(signed).hexdigest(),
        "signature": evidence.quick_jws(signed, type=BATCH_TYPE) if whole else "", "seconds": 0.0,
        "repeated": True, "whole": whole,
    }  # fmt: skip


def _answer(found: Evidence, *, signed: bool) -> dict[str, Any]:
    signature = ""
    if signed and found.whole:
        signature = evidence.quick_jws(encode(found.payload).encode(), type=TYPE)
    return {
        **found.payload, "digest": found.digest, "signature": signature, "repeated": True, "whole": found.whole
    }  # fmt: skip
