"""What happened to a doubtful name or a link: who said what, what was taken back, and why. Reading changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.linkage.binding import chunks, marks
from xinheng.linkage.links import LinkRow, link
from xinheng.linkage.queue import alike, pending_row

TAKEN_BACK = ("linkage.reversed", "linkage.undone")


@dataclass(frozen=True)
class Step:
    """One act. `what`: word (somebody's word), hidden (a word of a blind review that is not over), taken-back, linked,
    undone. `verdict` is the number of what stands by it and can be reversed, 0 for none."""

    at: datetime
    actor: str
    what: str
    word: str = ""
    code: str = ""
    why: str = ""
    verdict: int = 0
    position: int = 0


@dataclass(frozen=True)
class Decision:
    """A verdict in the list of all of them: what stands (or stood) for a name and an organisation, and who settled it."""

    id: int
    pending: int
    name: str
    key: str
    code: str
    verdict: str
    at: datetime
    actor: str
    why: str
    reversed_at: datetime | None
    reversed_by: str
    reversed_why: str


def history(*, pending: int = 0, link_id: int = 0, viewer: str = "") -> list[Step]:
    """Everything said about a doubtful row and those that ask the same, or about a link; the newest first.

    Words of a blind review that is not over are told without their content, but to the one who said them.
    """
    if link_id:
        return _of_link(link(link_id))
    row = pending_row(pending)
    group = alike(row.key) or [row]
    steps = [*_words([one.id for one in group], row.open, viewer), *_taken_back([one.id for one in group])]
    return sorted(steps, key=lambda step: step.position, reverse=True)


def decisions(
    *, after: int | None = None, limit: int = 50, standing: bool | None = None, verdict: str = ""
) -> list[Decision]:
    """All verdicts, the newest first; the next page begins after the id of the last one."""
    where, params = ["1 = 1"], []
    for condition, value in (("v.id < %s", after), ("v.verdict = %s", verdict or None)):
        if value is not None:
            where.append(condition)
            params.append(value)
    if standing is not None:
        where.append(f"v.closed_by IS {'NULL' if standing else 'NOT NULL'}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.id, v.pending, COALESCE(p.name, ''), v.key, v.code, v.verdict, v.closed_by,"
            " (SELECT MIN(o.actor) FROM linkage_opinion o WHERE o.pending = v.pending AND o.id >> 15 = v.id >> 15),"
            " (SELECT MIN(o.why) FROM linkage_opinion o WHERE o.pending = v.pending AND o.id >> 15 = v.id >> 15)"
            " FROM linkage_verdict v LEFT JOIN linkage_pending p ON p.id = v.pending"
            f" WHERE {' AND '.join(where)} ORDER BY v.id DESC LIMIT %s",
            [*params, limit],
        )
        rows = cursor.fetchall()
    told = evidence.spans([evidence.event_of(row[0]) for row in rows])
    ends = _acts([row[6] for row in rows if row[6]])
    return [
        Decision(
            id_, pending, name or key.partition("|")[0], key, code, word, told[evidence.event_of(id_)][2], actor or "",
            why or "", ends[closed].at if closed else None, ends[closed].actor if closed else "",
            ends[closed].why if closed else "",
        )
        for id_, pending, name, key, code, word, closed, actor, why in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class _Act:
    at: datetime
    kind: str
    actor: str
    why: str
    position: int


def _acts(events: Sequence[int]) -> dict[int, _Act]:
    found = {}
    for event in sorted(set(events)):
        entry = evidence.entry_of(event)
        why = str(entry.body["detail"].get("why", ""))
        found[event] = _Act(entry.at, entry.kind, str(entry.body["actor"]), why, entry.position)
    return found


def _words(group: Sequence[int], open_: bool, viewer: str) -> list[Step]:
    rows = _rows(
        "SELECT o.id, o.actor, o.verdict, o.code, o.why, o.closed_by, v.id, v.verdict FROM linkage_opinion o"
        " JOIN linkage_pending p ON p.id = o.pending LEFT JOIN linkage_verdict v ON v.key = p.key AND v.key <> ''"
        " AND v.code = o.code AND v.closed_by IS NULL WHERE o.pending IN ({}) ORDER BY o.id",
        group,
    )
    acts = _acts([evidence.event_of(row[0]) for row in rows])
    steps = []
    for id_, actor, word, code, why, closed, verdict, stands in rows:
        act = acts[evidence.event_of(id_)]
        if open_ and closed is None and verdict is None and actor != viewer:
            steps.append(Step(act.at, "", "hidden", position=act.position))
            continue
        number = int(verdict) if verdict and closed is None and stands == word else 0
        steps.append(Step(act.at, actor, "word", word, code, why, number, act.position))
    return steps


def _taken_back(group: Sequence[int]) -> list[Step]:
    rows = _rows(
        "SELECT v.code, v.verdict, v.closed_by FROM linkage_verdict v"
        " WHERE v.closed_by IS NOT NULL AND v.pending IN ({})",
        group,
    )
    acts = _acts([row[2] for row in rows])
    return [
        Step(
            acts[closed].at,
            acts[closed].actor,
            "taken-back",
            word,
            code,
            acts[closed].why,
            0,
            acts[closed].position,
        )
        for code, word, closed in rows
        if acts[closed].kind in TAKEN_BACK
    ]


def _of_link(row: LinkRow) -> list[Step]:
    events = [evidence.event_of(row.id), *([row.closed_by] if row.closed_by else [])]
    acts = _acts(events)
    made = [
        Step(act.at, act.actor, what, row.how if what == "linked" else "", row.uscc, act.why, 0, act.position)
        for what, act in zip(("linked", "undone"), (acts[event] for event in events), strict=False)
    ]
    asked = [one.id for one in alike(row.key)]
    said = [*_words(asked, False, ""), *_taken_back(asked)] if asked and not row.erased else []
    mine = [step for step in said if step.code == row.uscc]
    return sorted([*made, *mine], key=lambda step: step.position, reverse=True)


def _rows(statement: str, values: Sequence[int]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for part in chunks(list(values)):
            cursor.execute(statement.format(marks(part)), list(part))
            found += cursor.fetchall()
    return found
