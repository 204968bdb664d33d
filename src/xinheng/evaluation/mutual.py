"""Mutual rules: results that may not stand beside each other are found, told to the sector, and never corrected here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
from django.db import connection

from xinheng.evaluation import received_keeping as keeping
from xinheng.evaluation import received_sets as sets
from xinheng.evaluation.received import kind_of
from xinheng.evaluation.received_errors import FindingOver, NoSuchFinding, NotTheSector, UnknownOutcome
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

PART = 4_000
MAX_PAGE = 200
PARTS = 8
"""So many pages of findings are looked through for one at most."""
GONE = "gone"
ANSWERS = ("kept", "changed")
AUDIENCE = "authority"


@dataclass(frozen=True)
class Side:
    """One of the two results: what was said, by whom, of which period."""

    statement: int
    names: tuple[str, str]
    grade: str
    authority: str
    authority_name: str
    period: str
    decided_on: date | None


@dataclass(frozen=True)
class MutualFinding:
    """Two results that may not stand beside each other. `outcome` is "" while it is open, else `kept`, `changed`, `gone`."""

    id: int
    rule: str
    names: tuple[str, str]
    says: tuple[str, str]
    citation: str
    uscc: str
    name: str
    first: Side
    second: Side
    authority: str
    found_on: date
    outcome: str
    ended_on: date | None


@dataclass(frozen=True)
class MutualChecked:
    """A round: how many findings came, how many ended because the two results stand together no more."""

    found: int
    ended: int


Pair = tuple[str, int, int, str]


def check_mutual(*, at: datetime, actor: str = "platform") -> MutualChecked:
    """Looks at all organisations, records what is newly found and what is over. Late or twice gives the same.

    What an authority answered is not found again while the same two results stand. Parts of 4,000 findings an event.
    """
    on = evidence.legal_day(at)
    now = _pairs(on, at)
    open_now, answered = _kept()
    known = {(rule, first, second) for rule, first, second in open_now.values()} | answered
    new = [pair for pair in now if pair[:3] not in known]
    standing = {pair[:3] for pair in now}
    over = [id_ for id_, pair in open_now.items() if pair not in standing]
    done = _record(
        "evaluation_mutual",
        keeping.FOUND,
        "评价结果互斥检查",
        [(*pair, on) for pair in _shown(new, on)],
        at,
        actor,
    )
    ended = _record(
        "evaluation_mutualend",
        keeping.ENDED,
        "评价结果互斥已消除",
        [(id_, GONE, on, actor) for id_ in over],
        at,
        actor,
    )
    return MutualChecked(done, ended)


def _pairs(on: date, at: datetime) -> list[Pair]:
    snapshot, pack = facts.open_facts(at=at), law.active()
    con = ibis.duckdb.connect()
    found = sets.conflicts(
        facts=facts.relation(con, snapshot), orgs=facts.orgs_relation(con, snapshot), whats=snapshot.whats,
        pack=pack, on=on,
    )  # fmt: skip
    con.disconnect()
    bodies = snapshot.authorities
    return [
        (pack.mutual[rule].code, first, second, bodies[body] if 0 <= body < len(bodies) else "")
        for _, rule, first, second, body in found.iter_rows()
    ]


def _shown(pairs: Sequence[Pair], on: date) -> list[Pair]:
    """Pairs of which both results still are open to the bodies that share them: facts only find candidates."""
    seen = _entries([id_ for pair in pairs for id_ in pair[1:3]], on)
    return [pair for pair in pairs if pair[1] in seen and pair[2] in seen]


def _record(
    table: str, kind: str, purpose: str, rows: Sequence[tuple[Any, ...]], at: datetime, actor: str
) -> int:
    for start in range(0, len(rows), PART):
        with evidence.event(evidence.Act(kind=kind, actor=actor, at=at, purpose=purpose)) as event:
            evidence.lock("evaluation.mutual")
            keeping.write(event, table, rows[start : start + PART])
    return len(rows)


def _kept() -> tuple[dict[int, tuple[str, int, int]], set[tuple[str, int, int]]]:
    """Open findings by id, and pairs an authority answered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.rule, m.first_id, m.second_id, e.outcome FROM evaluation_mutual m"
            " LEFT JOIN evaluation_mutualend e ON e.mutual_id = m.id WHERE e.id IS NULL OR e.outcome <> %s",
            [GONE],
        )
        rows = cursor.fetchall()
    return (
        {id_: (rule, first, second) for id_, rule, first, second, outcome in rows if outcome is None},
        {(rule, first, second) for _, rule, first, second, outcome in rows if outcome is not None},
    )


def answer_mutual(*, id: int, outcome: str, body: str | None, actor: str, at: datetime) -> MutualFinding:
    """The sector's answer: `kept` (verified, its result stays) or `changed` (it sends another result). No text: what was
    decided comes as a result of its own. `body` is the unit that answers; None the office, only where the source named no authority.

    Raises `UnknownOutcome`, `NoSuchFinding`, `NotTheSector`, `FindingOver`.
    """
    if outcome not in ANSWERS:
        raise UnknownOutcome(
            f"没有「{outcome[:20]}」这种答复。可选：kept（结果不变）、changed（另行报送结果）。"
        )
    on = evidence.legal_day(at)
    act = evidence.Act(kind=keeping.ENDED, actor=actor, at=at, purpose="答复评价结果互斥")
    with evidence.event(act) as event:
        evidence.lock("evaluation.mutual")
        found = _one(id, on)
        if found is None:
            raise NoSuchFinding(f"没有编号为 {id} 的互斥提示，或者其中的结果已经不能查看。请刷新页面核对。")
        if (body or "") != found.authority:
            raise NotTheSector("只有作出这项行业评价的单位可以答复；信用办只转达，不代为处理。")
        if found.outcome:
            raise FindingOver(f"这条提示已于 {found.ended_on} 了结，不能重复答复。")
        keeping.write(event, "evaluation_mutualend", [(id, outcome, on, actor[:80])])
    answered = _one(id, on)
    assert answered is not None
    return answered


def mutual_findings(
    *, on: date, authority: str | None = None, over: bool = False, after: int | None = None, limit: int = 50
) -> tuple[list[MutualFinding], int | None]:
    """Findings, newest first, and the id the list goes on after (None: at its end): open ones, or those `over`.

    `authority` narrows to the unit whose results they speak against. A finding of which either result may not be seen any more is left
    out: it is not told who once was in it. So a page may hold few, or none, and still lead on.
    """
    limit = max(1, min(limit, MAX_PAGE))
    where = ["e.id IS NOT NULL" if over else "e.id IS NULL"]
    params: list[Any] = []
    if authority is not None:
        where.append("m.authority = %s")
        params.append(authority)
    found: list[MutualFinding] = []
    for _ in range(PARTS):
        narrowed = [*where, *(["m.id < %s"] if after is not None else [])]
        rows = _rows(narrowed, [*params, *([after] if after is not None else [])], limit + 1)
        taken, more = rows[:limit], len(rows) > limit
        found += _told(taken, on)
        if len(found) >= limit or not more:
            break
        after = taken[-1][0]
    # What is found beyond the page is read again with the next one
    if len(found) > limit:
        return found[:limit], found[limit - 1].id
    return found, taken[-1][0] if more else None


def _one(id_: int, on: date) -> MutualFinding | None:
    told = _told(_rows(["m.id = %s"], [id_], 1), on)
    return told[0] if told else None


def _rows(where: Sequence[str], params: Sequence[Any], limit: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.rule, m.first_id, m.second_id, m.authority, m.found_on, e.outcome, e.ended_on"
            " FROM evaluation_mutual m LEFT JOIN evaluation_mutualend e ON e.mutual_id = m.id"
            f" WHERE {' AND '.join(where)} ORDER BY m.id DESC LIMIT {int(limit)}",
            list(params),
        )
        return list(cursor.fetchall())


def _told(rows: Sequence[tuple[Any, ...]], on: date) -> list[MutualFinding]:
    pack = law.active()
    rules = {rule.code: rule for rule in pack.mutual}
    seen = _entries([id_ for row in rows for id_ in row[2:4]], on)
    names = register.get({entry.uscc for entry in seen.values()})
    found = []
    for id_, code, first, second, authority, found_on, outcome, ended_on in rows:
        if first not in seen or second not in seen:
            continue
        rule, one = rules.get(code), seen[first]
        day = records.as_date(found_on)
        assert day is not None
        found.append(
            MutualFinding(
                id=id_, rule=code, names=(rule.name, rule.name_en) if rule else (code, code),
                says=(rule.says, rule.says_en) if rule else ("", ""), citation=rule.source.cited if rule else "",
                uscc=one.uscc, name=names[one.uscc].shown_name if one.uscc in names else one.uscc,
                first=_side(pack, one), second=_side(pack, seen[second]), authority=authority, found_on=day,
                outcome=outcome or "", ended_on=records.as_date(ended_on),
            )
        )  # fmt: skip
    return found


def _side(pack: law.Pack, entry: publication.Entry) -> Side:
    item = pack.items[entry.item]
    card, values = item.card, {"": "", **entry.values}
    written = values.get(card.kind, "")
    kind = kind_of(pack, entry.item, written)
    named = (kind.name, kind.name_en) if kind else (written or item.name, item.name_en)
    return Side(
        entry.id, named, values.get(card.outcome, ""), entry.authority, values.get(item.authority_name, ""),
        values.get(card.what, ""), entry.decided_on,
    )  # fmt: skip


def _entries(ids: Sequence[int], on: date) -> dict[int, publication.Entry]:
    found: dict[int, publication.Entry] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), publication.MAX_PAGE):
        part = wanted[start : start + publication.MAX_PAGE]
        found |= publication.by_ids(ids=part, audience=AUDIENCE, on=on)
    return found
