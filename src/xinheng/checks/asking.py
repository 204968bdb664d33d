"""Asking: who may ask what, the answer, its signature, its evidence. The order matters: nothing leaves before its row."""

from __future__ import annotations

import gc
import hashlib
import re
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from xinheng.checks import keeping, lawful, numbers, unreadable
from xinheng.checks.answering import Found, answer_all, encode
from xinheng.checks.errors import CodeUnreadable, MatterNotYours, PurposeRefused, TooManyCodes
from xinheng.checks.lawful import Frame
from xinheng.checks.policy_feedback import due_on
from xinheng.checks.types import Answer, Asker, Batch, Scope
from xinheng.checks.verification import BATCH_TYPE, TYPE
from xinheng.evidence import service as evidence
from xinheng.kernel import personal
from xinheng.kernel import uscc as codes
from xinheng.law import service as law
from xinheng.register import service as register

MAX_BATCH = 10_000
NO_CODE = "-"
LENGTH = 18
_SHOWN = re.compile("[0-9A-Z]{1,18}")
_MOST_HINTS = 1_000


def check(
    *, uscc: str, matter: str, asker: Asker, at: datetime, scope: Scope = "public", purpose: str = "",
    case_number: str = "", record: bool = True,
) -> Answer:  # fmt: skip
    """See the door."""
    code, looked = _clean(uscc)
    if looked == NO_CODE:
        raise CodeUnreadable(**unreadable.refusal(code))
    request = _Request(asker, at, scope, matter, purpose, case_number, record)
    request.refuse_unless_fit(code)
    found = answer_all(asked=[looked], frame=request.frame)[looked]
    id = numbers.take() if request.records else 0
    payload = request.payload(id, found)
    text, kept = keeping.spell(payload, request.frame.forbids_text, keep=bool(id))
    digest = hashlib.sha256(text)
    signature = evidence.quick_jws(text, type=TYPE)
    if id:
        row, hints = request.row(id, payload, kept, found, digest.digest(), 0)
        keeping.write_one(row, hints)
    return Answer(payload, text, digest.hexdigest(), signature)


def check_many(
    *, usccs: Sequence[str], matter: str, asker: Asker, at: datetime, scope: Scope = "public", purpose: str = "",
    case_number: str = "", record: bool = True,
) -> Batch:  # fmt: skip
    """See the door."""
    started = time.perf_counter()
    asked = _asked(usccs)
    wanted = list(dict.fromkeys(code for code, looked in asked if looked != NO_CODE))
    if not wanted:
        raise CodeUnreadable(**unreadable.refusal(asked[0][0], rows=len(asked)))
    request = _Request(asker, at, scope, matter, purpose, case_number, record)
    request.refuse_unless_fit("")
    with _uncollected():
        all_found = answer_all(asked=wanted, frame=request.frame)
    first = numbers.take_block(len(wanted)) if request.records else 0
    layout = unreadable.layout(asked, wanted)
    made: list[Answer] = []
    rows: list[keeping.Row] = []
    hints: list[keeping.HintRow] = []
    for place, code in enumerate(wanted):
        found = all_found[code]
        id = first + place if first else 0
        payload = request.payload(id, found)
        text, kept = keeping.spell(payload, request.frame.forbids_text, keep=bool(id))
        digest = hashlib.sha256(text)
        made.append(Answer(payload, text, digest.hexdigest(), ""))
        if id:
            kept = unreadable.with_layout(kept, layout) if id == first else kept
            row, due = request.row(id, payload, kept, found, digest.digest(), first)
            rows.append(row)
            hints += due
    answers = unreadable.laid_out(made, layout)
    signed = encode(
        {
            "v": 1, "number": numbers.number_of(first), "asked_at": request.asked_at, "matter": matter, "scope": scope,
            "unit": asker.body,
            "answers": [[one.data["uscc"], one.data["number"], one.digest] for one in answers],
        }
    ).encode()  # fmt: skip
    signature = evidence.quick_jws(signed, type=BATCH_TYPE)
    if rows:
        keeping.write_many(rows, hints)
    seconds = time.perf_counter() - started
    return Batch(
        numbers.number_of(first), answers, hashlib.sha256(signed).hexdigest(), signature, round(seconds, 3)
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Ten thousand answers are a million objects without a cycle: looking for one among them again and again costs a
    sixth of the batch."""
    watched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if watched:
            gc.enable()


def answer_digest(*, usccs: Sequence[str], matter: str, asker: Asker, on: date) -> dict[str, str]:
    """See the door."""
    scope = "shared" if asker.body and "check-shared" in asker.scopes else "public"
    frame = lawful.frame(matter=matter, sector=asker.sector, scope=scope, on=on)
    cleaned = {raw: _clean(raw) for raw in dict.fromkeys(usccs)}
    if not cleaned:
        return {}
    found = answer_all(asked=list(dict.fromkeys(looked for _, looked in cleaned.values())), frame=frame)
    told = {
        looked: hashlib.sha256(encode([one.said, frame.forbids]).encode()).hexdigest() for looked, one in found.items()
    }  # fmt: skip
    return {raw: told[looked] for raw, (_, looked) in cleaned.items()}


class _Request:
    """One question, of one code or of many: what is the same for all of them."""

    def __init__(
        self, asker: Asker, at: datetime, scope: Scope, matter: str, purpose: str, case_number: str, record: bool
    ) -> None:  # fmt: skip
        self.asker, self.at, self.scope = asker, at, scope
        self.on = evidence.legal_day(at)
        self.purpose, self.case_number = _text(purpose, 200), _text(case_number, 100, names=True)
        self.frame: Frame = lawful.frame(matter=matter, sector=asker.sector, scope=scope, on=self.on)
        # What is not public is always evidence; a visitor leaves none
        self.records = scope == "shared" or (record and asker.kind != "public")
        self.asked_at = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def refuse_unless_fit(self, code: str) -> None:
        """Records and raises the refusal of a question that this asker may not put."""
        asker, frame = self.asker, self.frame
        if asker.matters and frame.matter not in asker.matters:
            self._refuse(
                MatterNotYours, f"「{frame.matter_name}」不在这个账户可以核查的事项里。请由有权的账户核查，或与信用办联系。", code
            )  # fmt: skip
        if self.scope == "public":
            return
        if says := self._refusal():
            self._refuse(PurposeRefused, says, code)

    def _refusal(self) -> str:
        asker, frame = self.asker, self.frame
        if asker.kind == "public" or not asker.body:
            return "非公开信息只向写明单位和用途的核查提供。公开信息不需要写明用途。"
        if asker.kind == "api" and "check-shared" not in asker.scopes:
            return "这个接口账户没有 check-shared 权限，不能核查非公开信息。"
        if not self.purpose:
            return "核查非公开信息要写明用途。请从该事项的用途里选择一项。"
        return law.purpose_refusal(
            pack=frame.pack, use=frame.use, purpose=self.purpose, role=asker.role, sector=asker.sector, matter=frame.matter
        )  # fmt: skip

    def _refuse(self, kind: type[PurposeRefused] | type[MatterNotYours], says: str, code: str) -> None:
        error = kind(says)
        if self.asker.kind != "public":
            id = numbers.take()
            payload = {**self._common(id), "uscc": code, "refused": says, "code": kind.code, "position": 0}
            text = encode(payload).encode()
            row, _ = self.row(
                id, payload, text, Found(0, {"uscc": code}, None), hashlib.sha256(text).digest(), 0, outcome=keeping.REFUSED
            )  # fmt: skip
            keeping.write_one(row, ())
            error.number = numbers.number_of(id)
        raise error

    def _common(self, id: int) -> dict[str, Any]:
        frame = self.frame
        deferred = frame.deferred_until if self.scope == "shared" else None
        return {
            "asked_at": self.asked_at, "asked_on": self.on.isoformat(), "case_number": self.case_number,
            "deferred_until": deferred.isoformat() if deferred is not None else None, "forbids": frame.forbids,
            "matter": frame.matter, "matter_name": frame.matter_name, "number": numbers.number_of(id),
            "pack": frame.pack.digest, "purpose": self.purpose, "scope": self.scope, "unit": self.asker.body,
            "use": frame.use.code, "v": 1,
        }  # fmt: skip

    def payload(self, id: int, found: Found) -> dict[str, Any]:
        """Exactly what is signed."""
        if unchecked := unreadable.unchecked(found.said):
            ends = unreadable.not_valid(unchecked)
        else:
            until, why, why_en = lawful.valid_until(self.frame, found.earliest_end)
            ends = {
                "unchecked": "",
                "valid_until": until.isoformat(),
                "why_valid": why,
                "why_valid_en": why_en,
            }
        return {**found.said, **self._common(id), **ends, "position": found.position}

    def row(
        self, id: int, payload: dict[str, Any], kept: bytes, found: Found, digest: bytes, batch: int, *, outcome: str = keeping.ANSWERED
    ) -> tuple[keeping.Row, list[keeping.HintRow]]:  # fmt: skip
        """What is kept of an answer, and the hints that wait for feedback."""
        asker, frame = self.asker, self.frame
        hints: list[keeping.HintRow] = []
        if self.scope == "shared" and found.must:
            due = due_on(pack=frame.pack, asked_on=self.on)
            hints = [
                (id * _MOST_HINTS + ordinal, id, ordinal, measure, statement, "must", due)
                for ordinal, measure, statement in found.must
            ]
        until = payload.get("valid_until")
        row = keeping.Row(
            id, evidence.microseconds(self.at), self.on, outcome, payload["uscc"], frame.matter, frame.use.code, self.scope,
            self.purpose, self.case_number, asker.kind, asker.id[:64], asker.role[:16], asker.body[:18], asker.sector[:48],
            batch, frame.pack.digest, payload["position"], date.fromisoformat(until) if until else None,
            frame.deferred_until if self.scope == "shared" else None, len(hints), digest, zlib.compress(kept, 1),
            keeping.salt(),
        )  # fmt: skip
        return row, hints


def _asked(usccs: Sequence[str]) -> list[tuple[str, str]]:
    """Each row asked, in the order given: the code as answered, and as looked up."""
    if not 0 < len(usccs) <= MAX_BATCH:
        raise TooManyCodes(f"一批可以核查 1 至 {MAX_BATCH} 个代码，这里有 {len(usccs)} 个。请分批。")
    return [_clean(raw) for raw in usccs]


def _clean(raw: str) -> tuple[str, str]:
    """A code as answered, and as looked up: the unified code of the holder of an old number, `NO_CODE` for no code at all.

    What cannot be a code is not repeated: it may be anything somebody typed, a person's number among it.
    """
    if codes.is_valid(raw):
        return raw, raw
    if raw == personal.MASK:  # somebody masked it before
        return raw, NO_CODE
    code = codes.clean(str(raw)[:200]).code
    if codes.is_valid(code):
        return code, code
    verdict = codes.check(code)
    if verdict.kind == "citizen_id":
        return personal.MASK, NO_CODE
    if not _SHOWN.fullmatch(code) or personal.redact(code)[0] != code:
        return "", NO_CODE
    if verdict.kind not in ("old15", "old13"):
        return (code, code) if len(code) == LENGTH else ("", NO_CODE)
    holder = register.get([code]).get(code)
    return (holder.code, holder.code) if holder is not None else (code, code)


@lru_cache(maxsize=1_024)
def _text(value: str, most: int, names: bool = False) -> str:
    """A text of the asker's, without personal data and control characters; `names`: third persons' names masked too."""
    if not value:
        return ""
    kept = "".join(char for char in value.strip()[: 4 * most] if char.isprintable())
    kept = personal.redact(kept)[0]
    return (personal.mask_names(kept) if names else kept)[:most]
