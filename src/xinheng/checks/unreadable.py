"""What cannot be checked, and where it stood: rows of a batch that are no code, codes that no register knows.

A batch answers every row in the order asked. Its layout tells where each row's answer is: a number is the place among the
answers, a word is why the row has none. It is kept with the first answer of the batch, so that it is told the same again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from xinheng.checks.answering import encode, told
from xinheng.checks.types import Answer
from xinheng.kernel import personal

UNREADABLE, PERSON = "code-unreadable", "personal-number"
NOT_REGISTERED, INVALID = "not-registered", "code-invalid"
ROWS = "rows"
Layout = tuple[int | str, ...]
_SAYS = {
    UNREADABLE: (
        "不是主体代码，没有核查。请写 18 位统一社会信用代码。",
        "This is no code of an organisation and was not checked. Give the 18 characters of the unified social credit code.",
    ),
    PERSON: (
        "像是个人的证件号码，没有核查，也没有保存。本平台只核查机关、企业等组织。",
        "This looks like a person's document number. It was neither checked nor kept: only organisations are checked here.",
    ),
}
_NOT_VALID = {
    NOT_REGISTERED: (
        "未登记：登记库里没有这个代码的主体，无从核查，不能据此认为没有失信信息。请核对代码。",
        "Not registered: there is nothing to check, and nothing follows from this answer. Compare the code.",
    ),
    INVALID: (
        "无法核查：代码校验不通过，不能据此认为没有失信信息。请对照营业执照核对后重新核查。",
        "Cannot be checked: the check digit of the code is wrong, and nothing follows from this answer. Compare it with the licence.",
    ),
}


def refusal(code: str, *, rows: int = 0) -> dict[str, str]:
    """Code and sentence of the refusal of a question about what is no code; `rows`: of a list in which nothing is."""
    why = PERSON if code == personal.MASK else UNREADABLE
    if rows > 1:
        return {
            "message": f"这 {rows} 行里没有一个主体代码，没有核查。请一行写一个 18 位统一社会信用代码。",
            "code": UNREADABLE,
        }
    return {"message": f"输入的{_SAYS[why][0]}", "code": why}


def unchecked(said: Mapping[str, Any]) -> str:
    """Why there was nothing to check: "" where the register or an entry knows the code."""
    if said["found"] or said["entries"]:
        return ""
    return INVALID if any(one["code"] == INVALID for one in said["notes"]) else NOT_REGISTERED


def not_valid(why: str) -> dict[str, Any]:
    """How long an answer holds that nobody may rely on."""
    says, says_en = _NOT_VALID.get(why) or _SAYS[why]
    return {"unchecked": why, "valid_until": None, "why_valid": says, "why_valid_en": says_en}


def layout(asked: Sequence[tuple[str, str]], wanted: Sequence[str]) -> Layout:
    """Where the answer of each row is; () where each row is another code, in order."""
    places = {code: place for place, code in enumerate(wanted)}
    if len(places) == len(asked):
        return ()
    return tuple(places.get(code, PERSON if code == personal.MASK else UNREADABLE) for code, _looked in asked)


def with_layout(kept: bytes, rows: Layout) -> bytes:
    """What is kept of the first answer of a batch, with the layout beside it."""
    return kept[:-1] + f',"{ROWS}":{json.dumps(rows)}}}'.encode() if rows else kept


def take_layout(kept: dict[str, Any]) -> Layout:
    """Takes the layout out of what is kept of an answer; () where there is none."""
    return tuple(kept.pop(ROWS, ()))


def laid_out(made: Sequence[Answer], rows: Layout) -> list[Answer]:
    """An answer for each row."""
    if not rows:
        return list(made)
    return [
        made[where] if isinstance(where, int) else _row(made[0].data, where, place)
        for place, where in enumerate(rows, start=1)
    ]


def payload_of(first: Mapping[str, Any], why: str, row: int) -> dict[str, Any]:
    """What is said of row `row` of a batch, which is no code; `first` is the payload of any answer of the batch."""
    says, says_en = _SAYS[why]
    return {
        **first, **not_valid(why), "entries": [], "found": False, "hints": [], "incentives": [], "kind": "", "name": "",
        "notes": [told(why, f"第 {row} 行{says}", f"Row {row}: {says_en}")], "number": "", "status": "", "uscc": "",
    }  # fmt: skip


def _row(first: Mapping[str, Any], why: str, row: int) -> Answer:
    payload = payload_of(first, why, row)
    text = encode(payload).encode()
    return Answer(payload, text, hashlib.sha256(text).hexdigest(), "")
