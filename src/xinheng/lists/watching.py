"""The watch list (重点关注): internal to one unit, with a reason and an end. It carries no measure and stands on no page
of the public, in no check, on no list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.kernel import uscc as codes
from xinheng.kernel.periods import add_months
from xinheng.kernel.personal import redact
from xinheng.lists import keeping
from xinheng.lists.errors import NoSuchWatch, NotWatchable, WatchWrong
from xinheng.lists.types import Watched
from xinheng.records import service as records
from xinheng.register import service as register

LONGEST = 12
"""Months a watch may last: our choice, so that none outlives its reason; it can be begun anew with a new one."""
LONGEST_TEXT = 500
MAX_PAGE = 200


def watch(
    *, body: str, uscc: str, reason: str, basis: str, until: date, actor: str, at: datetime, sector: str = ""
) -> Watched:
    """Begins to watch an organisation, until a day at most a year away; one that stands already is answered as it is.

    Raises `NotWatchable` for an individual business, a person or what is not registered; `WatchWrong` without a reason
    or a basis, or with an end that is past or too far.
    """
    on = evidence.legal_day(at)
    code = uscc.strip().upper()
    found = register.get([code]).get(code) if codes.is_valid(code) else None
    if found is None:
        raise NotWatchable(f"「{code[:18]}」不是登记在册的统一社会信用代码，不能列为重点关注。请核对代码。")
    if found.is_individual:
        raise NotWatchable("个体工商户不列为重点关注：不对个体工商户作风险分类。")
    if not codes.is_valid(body):
        raise WatchWrong("请写明由哪个单位关注：重点关注只在一个单位内部使用。")
    said, ground = _plain(reason), _plain(basis)
    if not said or not ground:
        raise WatchWrong("请写明关注的理由和依据（规定或者风险模型的名称）。")
    if not on < until <= add_months(on, LONGEST):
        raise WatchWrong(
            f"关注的截止日要在今天以后、一年以内（{add_months(on, LONGEST)} 以前）。请改写日期。"
        )
    act = evidence.Act(kind=keeping.WATCHED, actor=actor, at=at, purpose="重点关注")
    with evidence.event(act) as event:
        evidence.lock(f"lists.watch.{body}")
        standing = watch_of(uscc=code, body=body, on=on)
        if standing is None:
            row = (body, code, said, ground, sector[:64], actor[:80], on, until)
            [id_] = keeping.write(event, "lists_watch", [row])
        else:
            id_ = standing.id
    return _of("w.id = %s", [id_])[0]


def unwatch(*, id: int, body: str, reason: str, actor: str, at: datetime) -> Watched:
    """Ends a watch of this unit now. Raises `NoSuchWatch`, also for another unit's, and `WatchWrong` without a reason."""
    on = evidence.legal_day(at)
    said = _plain(reason)
    if not said:
        raise WatchWrong("请写明解除关注的理由。")
    _mine(id, body)
    act = evidence.Act(kind=keeping.UNWATCHED, actor=actor, at=at, purpose="重点关注")
    with evidence.event(act) as event:
        evidence.lock(f"lists.watch.{body}")
        if _mine(id, body).ended_on is None:
            keeping.write(event, "lists_watchend", [(id, on, said, actor[:80])])
    return _mine(id, body)


def watched(
    *, body: str, on: date, after: int | None = None, limit: int = 50
) -> tuple[list[Watched], int | None]:
    """What one unit watches on a day, newest first, and the id the list goes on after. Nobody else's is told."""
    limit = max(1, min(limit, MAX_PAGE))
    where, params = ["w.body = %s", "w.since <= %s", "w.until >= %s", "(e.ended_on IS NULL OR e.ended_on > %s)"], [
        body, on.isoformat(), on.isoformat(), on.isoformat(),
    ]  # fmt: skip
    if after is not None:
        where.append("w.id < %s")
        params.append(after)  # type: ignore[arg-type]
    found = _of(" AND ".join(where), params, limit + 1) if body else []
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def watch_of(*, uscc: str, body: str, on: date) -> Watched | None:
    """The watch of this unit over one organisation that stands on a day; None without one."""
    found = _of(
        "w.body = %s AND w.uscc = %s AND w.since <= %s AND w.until >= %s AND (e.ended_on IS NULL OR e.ended_on > %s)",
        [body, uscc, on.isoformat(), on.isoformat(), on.isoformat()], 1,
    )  # fmt: skip
    return found[0] if found else None


def _mine(id_: int, body: str) -> Watched:
    found = _of("w.id = %s AND w.body = %s", [id_, body])
    if not found:
        raise NoSuchWatch("本单位没有这一条重点关注。请刷新页面核对。")
    return found[0]


def _plain(text: str) -> str:
    """Free text as kept: one line, personal data masked."""
    return redact(" ".join(text.split())[:LONGEST_TEXT])[0]


def _of(where: str, params: Sequence[Any], limit: int = MAX_PAGE) -> list[Watched]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT w.id, w.body, w.uscc, w.reason, w.basis, w.sector, w."by", w.since, w.until, e.ended_on, e.reason'
            " FROM lists_watch w LEFT JOIN lists_watchend e ON e.watch_id = w.id"
            f" WHERE {where} ORDER BY w.id DESC LIMIT {int(limit)}",
            list(params),
        )
        found = cursor.fetchall()
    names = register.get({row[2] for row in found})
    return [_watched(row, names) for row in found]


def _watched(row: Sequence[Any], names: Any) -> Watched:
    id_, body, uscc, reason, basis, sector, by, since, until, ended_on, why = row
    first, last = records.as_date(since), records.as_date(until)
    assert first is not None and last is not None
    name = names[uscc].shown_name if uscc in names else uscc
    return Watched(
        id_, body, uscc, name, reason, basis, sector, by, first, last, records.as_date(ended_on), why or ""
    )
