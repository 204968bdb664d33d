"""From what stands about an organisation to the answer about it: what counts for the matter, hints, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from xinheng.checks.facts import over
from xinheng.checks.lawful import Facts, Frame
from xinheng.checks.lawful import encode as encode
from xinheng.checks.shaping import (
    Parts,
    Shape,
    content_of,
    list_kind_of,
    parts_of,
    shape_of,
    subject_of,
    version_of,
)
from xinheng.kernel import uscc as codes
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

MOST = 500
"""Entries told of in one answer; all of them count for the hints."""
Row = publication.Row


@dataclass(slots=True)
class Found:
    """What an answer says about one organisation, before it is numbered and signed.

    `said` are the parts of the payload; `must` the hints of kind 应当 (measure, statement, ordinal).
    """

    position: int
    said: dict[str, Any]
    earliest_end: date | None
    must: list[tuple[int, str, int]] = field(default_factory=list)


def answer_all(*, asked: Sequence[str], frame: Frame) -> dict[str, Found]:
    """For each code (cleaned, valid or an old number) what is to be said about it for this matter."""
    rows = publication.look_up(codes=asked, items=frame.items, audience=frame.audience, on=frame.on)
    if len(asked) == 1:
        return {asked[0]: answer_one(asked[0], rows, frame)}
    rows.sort(key=itemgetter(1))
    return {code: answer_one(code, list(of), frame) for code, of in groupby(rows, key=itemgetter(1))}


def answer_one(code: str, rows: list[Row], frame: Frame) -> Found:
    """What is to be said about one organisation: rows as `publication.look_up` gives them."""
    first = rows[0]
    found = first[2] is not None
    entries, facts, earliest = _entries(rows, frame)
    name, kind = "", register.kind_of(code)
    if found:
        name = register.display_name(code=code, name=first[3] or "", region=first[5] or "")
        kind = first[4] or kind
    elif entries:
        name = register.display_name(code=code, name=_called(rows, frame), region=code[2:8])
    adverse, earned, must = _hints(register.kind_of(code) or kind, entries, facts, frame)
    notes = _notes(code, found, first[6] or "", bool(adverse or earned), frame)
    if len(entries) > MOST:
        notes.append(
            told(
                "entries-cut",
                f"共有 {len(entries)} 条，这里列出最近的 {MOST} 条。",
                f"{len(entries)} entries; the newest {MOST} are listed.",
            )
        )
    said = {
        "entries": entries[:MOST], "found": found, "hints": adverse, "incentives": earned, "kind": kind, "name": name,
        "notes": notes, "status": (first[6] or "") if found else "", "uscc": code,
    }  # fmt: skip
    return Found(first[0], said, earliest, must)


def told(code: str, says: str, says_en: str) -> dict[str, Any]:
    """A remark of ours, in both languages."""
    return {"citation": "", "code": code, "confidence": "", "says": says, "says_en": says_en}


def _entries(
    rows: list[Row], frame: Frame
) -> tuple[list[dict[str, Any]], dict[Facts, list[dict[str, Any]]], date | None]:
    """Entries that count, newest first; of every distinct set of facts the entries that have it (none for what only
    keeps an incentive away); the earliest day one of them ends."""
    marks: dict[int, list[tuple[str, str, date]]] = {}
    seen: dict[int, Row] = {}
    for row in rows:
        id = row[7]
        if id is None:
            continue
        seen[id] = row
        if row[18] is not None:
            since = records.as_date(row[20])
            assert since is not None
            marks.setdefault(id, []).append((row[18], row[19] or "", since))
    entries: list[dict[str, Any]] = []
    facts: dict[Facts, list[dict[str, Any]]] = {}
    earliest: date | None = None
    for id in sorted(seen, reverse=True):
        own = marks.get(id, ())
        looked = _looked_at(seen[id], own, frame)
        of = facts.setdefault(looked.about, [])
        if frame.counts(looked.about):
            entry = _entry(seen[id], own, looked, frame)
            entries.append(entry)
            of.append(entry)
            until = looked.until
            if until is not None and (earliest is None or until < earliest):
                earliest = until
    return entries, facts, earliest


class _Looked(NamedTuple):
    """What the law asks about an entry, and what was found on the way. Most entries are told no further."""

    shape: Shape
    parts: Parts
    about: Facts
    kinds: frozenset[str]
    until: date | None


def _looked_at(row: Row, marks: Sequence[tuple[str, str, date]], frame: Frame) -> _Looked:
    parts = parts_of(row[10], row[11])
    version = version_of(parts)
    shape = frame.shapes.get((row[8], version))
    if shape is None:
        shares = frame.audience != "public"
        shape = frame.shapes[(row[8], version)] = shape_of(row[8], version, shares=shares)
    until = records.as_date(row[14])
    kinds = frozenset(mark[0] for mark in marks) if marks else _NONE
    if row[17]:
        kinds |= {records.CORRECTED}
    state = row[16]
    if state == "held" and over(shape.adverse, row[12], bool(row[13]), until, frame.on):
        state = "ended"
    since = records.as_date(row[9]) if frame.dated and row[9] else None
    about = (row[8], list_kind_of(shape, parts), row[12], state, records.DISPUTED in kinds, since)
    return _Looked(shape, parts, about, kinds, until)


def _entry(row: Row, marks: Iterable[tuple[str, str, date]], looked: _Looked, frame: Frame) -> dict[str, Any]:
    shape, kinds = looked.shape, looked.kinds
    return {
        **content_of(shape, looked.parts),
        "decided_on": str(row[9]) if row[9] else None,
        "disputes": [
            {"field": field, "since": since.isoformat()}
            for kind, field, since in marks
            if kind == records.DISPUTED
        ],
        "earliest_repair": str(row[15]) if row[15] else None,
        "item": shape.item, "item_name": shape.item_name,
        "marks": publication.marks_told(state=row[16], kinds=kinds, audience=frame.audience) if kinds or row[16] != "held" else (),
        "severity": row[12], "side": "adverse" if shape.adverse else "positive", "statement": row[7],
        "until": str(row[14]) if row[14] else None,
    }  # fmt: skip


def _hints(
    kind: str, entries: list[dict[str, Any]], facts: dict[Facts, list[dict[str, Any]]], frame: Frame
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[int, str, int]]]:
    """Hints of the adverse side, incentives earned, and which of the former are of kind 应当.

    One for each measure and ground: the same provision, resting on several entries, is said once.
    """
    if not facts:
        return [], [], []
    spoilers = _NONE
    if frame.unless:
        spoilers = frozenset(one[0] for one in facts if one[0] in frame.unless and one[3] == "held")
    grouped: dict[tuple[str, str], tuple[law.Hint, list[int], list[str | None]]] = {}
    for about, of in facts.items():
        if not of:
            continue
        for hint in frame.hints(kind, about, spoilers):
            own = hint.until.isoformat() if hint.until is not None else None
            _, statements, ends = grouped.setdefault((hint.measure, hint.ground), (hint, [], []))
            for entry in of:
                statements.append(entry["statement"])
                ends.append(_sooner(own, entry["until"]))
    adverse: list[dict[str, Any]] = []
    earned: list[dict[str, Any]] = []
    must: list[tuple[int, str, int]] = []
    for ordinal, (_, (hint, statements, ends)) in enumerate(sorted(grouped.items()), start=1):
        statements.sort(reverse=True)
        # As long as any of its entries counts
        made = _hint(ordinal, hint, statements, None if None in ends else max(filter(None, ends)))
        if hint.side == "adverse":
            adverse.append(made)
            if hint.strength == "must":
                must.append((ordinal, hint.measure, statements[0]))
        else:
            earned.append(made)
    return adverse, earned, must


_NONE: frozenset[str] = frozenset()


def _sooner(one: str | None, other: str | None) -> str | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _hint(ordinal: int, hint: law.Hint, statements: list[int], until: str | None) -> dict[str, Any]:
    return {
        "citation": hint.citation, "confidence": hint.confidence, "entries": statements, "entry": statements[0],
        "measure": hint.measure, "name": hint.name, "name_en": hint.name_en, "ordinal": ordinal,
        "pending": hint.pending, "provision": hint.ground, "says": hint.says, "says_en": hint.says_en,
        "scope": hint.scope, "scope_en": hint.scope_en, "side": hint.side, "strength": hint.strength, "until": until,
    }  # fmt: skip


def _called(rows: list[Row], frame: Frame) -> str:
    newest = max((row for row in rows if row[7] is not None), key=itemgetter(7))
    parts = parts_of(newest[10], newest[11])
    return subject_of(frame.shapes[(newest[8], version_of(parts))], parts)


_HINTS = told(
    "hints-only", "措施只是提示，由该部门依法决定。", "Measures are hints: the department decides by law."
)
_NOT_REGISTERED = told(
    "not-registered", "登记库里没有这个代码的主体，答复只限本平台收到的信息。",
    "No organisation with this code is on the register; the answer is limited to what was received here.",
)  # fmt: skip
_INVALID = told(
    "code-invalid", "这个代码校验不通过，不是有效的统一社会信用代码。请对照营业执照核对后再查。",
    "The check digit is wrong: this is no valid unified social credit code.",
)  # fmt: skip
ABOUT_A_PERSON = told(
    "person", "输入的是个人证件号码，已遮盖。本平台不收集、不提供自然人信息。",
    "The input is a person's document number and was masked. Nothing about persons is held here.",
)  # fmt: skip


def _notes(code: str, found: bool, status: str, hinted: bool, frame: Frame) -> list[dict[str, Any]]:
    notes = []
    if not found:
        notes.append(_NOT_REGISTERED if codes.is_valid(code) or codes.old15_ok(code) else _INVALID)
    elif not register.is_active(status):
        notes.append(
            told("organisation-ended", f"登记状态为「{status}」。", f"The register says {status}: it has ended or left.")
        )  # fmt: skip
    if hinted:
        notes.append(_HINTS)
    return notes
