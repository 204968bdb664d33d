"""Taking back: a verdict, or links. Statements that came through a link are annulled by new facts, never erased, and
the rows wait in the queue again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.linkage import binding, judging
from xinheng.linkage.binding import LINK, OPINION, PENDING, VERDICT, chunks
from xinheng.linkage.errors import NoSuchLink, NoSuchVerdict
from xinheng.linkage.links import BY_PEOPLE, LinkRow, judged_links, link_rows, places_of, statements_of
from xinheng.linkage.policy_review import DIFFERENT, NOBODY, SAME
from xinheng.linkage.queue import alike, different_codes, fresh, proposed
from xinheng.records import service as records

REVERSED, UNDONE = "linkage.reversed", "linkage.undone"
AT_ONCE = (
    1_500  # links in one event: their statements, standing and rows stay below what a transaction may write
)
MISATTRIBUTED = "annulled"


@dataclass(frozen=True)
class Undone:
    """What was taken back: links that ended, statements that no longer stand, rows that wait again."""

    links: int
    statements: int
    pending: tuple[int, ...]


def reverse(*, verdict: int, why: str, actor: str, at: datetime) -> Undone:
    """Takes back a standing verdict; who and why stay in the ledger. Its rows wait again, and links that held by it are
    undone with it. Raises `NoSuchVerdict`, `BadJudgement` without a reason.
    """
    why = judging.reason(why, required=True)
    found = judging.verdict_row(verdict)
    if found is None:
        raise NoSuchVerdict("这次判定不存在，或者已经撤回。")
    key, code, word = found
    rows = judged_links(key, code) if word == SAME else []
    return _take_back(REVERSED, rows, {(key, code)} if key else set(), why, actor, at, verdict=verdict)


def undo(*, links: Sequence[int], why: str, actor: str, at: datetime, different: bool = False) -> Undone:
    """Ends links: the statements that came through them are annulled as misattributed, the rows wait again.

    A link somebody judged ends together with that judgement and all links that hold by it. With `different` the
    organisation is remembered as not meant and never proposed again for that name. Links undone before are left alone.
    Raises `NoSuchLink` for a number that never was one, `BadJudgement` without a reason.
    """
    why = judging.reason(why, required=True)
    rows = link_rows(links)
    if len(rows) != len(set(links)) or not rows:
        raise NoSuchLink("没有这条归属。请从归属列表里打开。")
    rows = [row for row in rows if not row.undone]
    judged = {(row.key, row.uscc) for row in rows if row.key and (row.how == BY_PEOPLE or different)}
    # Whoever says "not meant" also takes back that it was meant
    judged = {pair for pair in judged if judging.standing(pair[0]).get(pair[1], (0, ""))[1] == SAME}
    whole = {row.id: row for row in rows}
    for key, code in sorted(judged):
        whole |= {row.id: row for row in judged_links(key, code)}
    if not whole:
        return Undone(0, 0, ())
    never = {(row.key, row.uscc) for row in whole.values() if row.key} if different else set()
    return _take_back(UNDONE, list(whole.values()), judged, why, actor, at, never=never)


def _take_back(
    kind: str, rows: list[LinkRow], pairs: set[tuple[str, str]], why: str, actor: str, at: datetime, *,
    verdict: int = 0, never: set[tuple[str, str]] = frozenset(),  # type: ignore[assignment]
) -> Undone:  # fmt: skip
    """Links in parts, the verdicts with the last of them: whoever is interrupted can go on."""
    asked = {key: _candidates_now(row) for key, row in {row.key: row for row in rows}.items() if key}
    parts = chunks(sorted(rows, key=lambda row: row.id), AT_ONCE) or [[]]
    ended, statements = 0, 0
    waiting: list[int] = []
    for number, part in enumerate(parts, start=1):
        detail = {"why": why, **({"verdict": verdict} if verdict else {})}
        with evidence.event(evidence.Act(kind=kind, actor=actor, at=at, detail=detail)) as event:
            # In the order of the intake, so that neither waits for the other
            evidence.lock("records.keys")
            evidence.lock(judging.LOCK)
            part = [row for row in link_rows([row.id for row in part]) if not row.undone]
            last = number == len(parts)
            if last and verdict and judging.verdict_row(verdict) is None:
                raise NoSuchVerdict("这次判定不存在，或者已经撤回。")
            gone = _annul(event, part)
            back = _requeue(event, part, asked, never, last)
            if last:
                back += _forget(event, pairs)
                _remember(event, never, back, why, actor)
            event.detail["links"] = len(part)
            event.detail["statements"] = gone
        ended, statements, waiting = ended + len(part), statements + len(gone), waiting + back
    return Undone(ended, statements, tuple(dict.fromkeys(waiting)))


def _annul(event: evidence.OpenEvent, rows: Sequence[LinkRow]) -> list[int]:
    """Ends links and the standing of what came through them; returns the statements that no longer stand."""
    ids = _with_corrections({id_ for found in statements_of(rows).values() for id_ in found})
    left = records.open_standing(ids).filter(~pl.col("state").is_in([MISATTRIBUTED, "erased"]))
    gone: list[int] = left["statement_id"].to_list()
    records.restand(event=event, statement_ids=gone, state=MISATTRIBUTED)
    binding.close(event, LINK, [row.id for row in rows])
    return gone


def _with_corrections(ids: set[int]) -> list[int]:
    """These statements, and what a correction made of the same rows since: it rests on the same link."""
    now = records.standing_versions(sorted(ids))
    stored = records.statements(sorted({*ids, *now.values()}))

    def row(id_: int) -> tuple[str, int] | None:
        return stored[id_].source[:2] if id_ in stored and stored[id_].shared else None

    return sorted(ids | {later for id_, later in now.items() if row(later) and row(later) == row(id_)})


def _requeue(
    event: evidence.OpenEvent, rows: Sequence[LinkRow], asked: dict[str, list[dict[str, Any]]],
    never: set[tuple[str, str]], last: bool,
) -> list[int]:  # fmt: skip
    """Rows of undone links wait again: the doubtful row they came from, or a new one."""
    here = {(one.batch, one.row): one for key in {row.key for row in rows} for one in alike(key)}
    back, new = [], []
    for row in rows:
        if row.erased:
            continue
        was = next((here[place] for place in places_of(row.batch, row.row) if place in here), None)
        if was is not None:
            back.append(was.id)
            continue
        different = {(row.key, code) for code in different_codes(row.key)} | never
        told = {"batch": row.batch, "row": row.row, "item": row.item, "source": row.source, "key": row.key}
        told |= {"name": row.name, "code": row.asked_code, "reason": "原来的归属已撤销，需要重新判定。"}
        new.append(fresh(told, proposed(asked.get(row.key, []), row.key, different)))
    moved = dict.fromkeys(back, "waiting")
    binding.move(event, moved)
    event.count(len(moved) + len(new))
    return back + binding.insert(event, PENDING, new)


def _forget(event: evidence.OpenEvent, pairs: set[tuple[str, str]]) -> list[int]:
    """Closes what stands for these keys and organisations, with the words it rested on; their rows wait again."""
    moved: dict[int, str] = {}
    for key, code in sorted(pairs):
        number, word = judging.standing(key).get(code, (0, ""))
        if not number:
            continue
        judging.take_back_words(event, key, {number})
        binding.close(event, VERDICT, [number])
        for row in alike(key):
            meant = code == NOBODY or code in {one.code for one in row.candidates}
            if (word == SAME and row.state == "same") or (
                word == DIFFERENT and row.state == "none" and meant
            ):
                moved[row.id] = "waiting"
    event.count(len(moved))
    binding.move(event, moved)
    return list(moved)


def _remember(
    event: evidence.OpenEvent, never: set[tuple[str, str]], back: Sequence[int], why: str, actor: str
) -> None:
    """Whoever undoes a link may say that this organisation is not meant: it is never proposed again."""
    for key, code in sorted(never):
        number, word = judging.standing(key).get(code, (0, ""))
        if word == DIFFERENT:
            continue
        binding.close(event, VERDICT, [number] if number else [])
        row = next((one.id for one in alike(key) if one.id in back), 0)
        said = {"pending": row, "verdict": DIFFERENT, "code": code}
        binding.insert(event, OPINION, [said | {"actor": actor, "why": why}])
        binding.insert(event, VERDICT, [said | {"key": key}])
        event.count(3)


def _candidates_now(row: LinkRow) -> list[dict[str, Any]]:
    """Whom the row may mean by the register of today, and the organisation it was linked to, so that a person sees it."""
    from xinheng.linkage import service
    from xinheng.register import service as register

    answer = service.link_one(name=row.name, code=row.asked_code)
    found = [
        {"code": one.code, "name": one.name, "current": one.current, "confidence": one.confidence}
        for one in answer.candidates
    ]
    known = register.get([row.uscc]).get(row.uscc)
    if row.uscc not in {one["code"] for one in found} and known is not None:
        found.append({"code": row.uscc, "name": known.name, "current": True, "confidence": row.confidence})
    return found


def vacuum() -> None:
    """Leaves no cleared byte behind in this room's own tables (SQLite: the records room sees to the whole file)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for shape in binding.SHAPES:
                cursor.execute(f"VACUUM FULL {shape.table}")
