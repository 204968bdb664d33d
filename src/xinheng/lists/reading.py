"""Entries as the public may see them: candidates from the table, each asked of the gate; what left, for its own desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from xinheng.cases import service as cases
from xinheng.law import service as law
from xinheng.lists import kinds
from xinheng.lists.errors import Unreadable
from xinheng.lists.following import COLUMNS, ONE_DAY
from xinheng.lists.types import Exit, ListEntry
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

AUDIENCE = "public"
MAX_PAGE = 200
_LISTED = (
    "state = 'held' AND (left_on IS NULL OR left_on > %s) AND (shown_until IS NULL OR shown_until >= %s)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    id: int
    item: str
    kind: str
    uscc: str
    authority: str
    listed_on: date
    shown_until: date | None
    ends_on: date | None
    early_on: date | None
    state: str
    exit: Exit
    left_on: date | None
    own_case: str

    def listed(self, on: date) -> bool:
        """Whether it is on its list on a day, by what the table knows; the gate has the last word."""
        held = self.state == "held" and (self.left_on is None or self.left_on > on)
        return held and (self.shown_until is None or self.shown_until >= on)

    def left(self, on: date) -> tuple[Exit, date | None]:
        """How and when it left by a day; ("", None) while it has not."""
        if self.listed(on) or self.state in ("resting", "hidden"):
            return "", None
        if self.state == "held" and not self.exit:
            return "expiry", self.shown_until + ONE_DAY if self.shown_until else None
        return self.exit or "expiry", self.left_on


def entries(
    *, kind: str | None = None, authority: str | None = None, uscc: str | None = None, state: str = "listed", on: date,
    after: int | None = None, limit: int = 50,
) -> tuple[list[ListEntry], int | None]:  # fmt: skip
    """Entries on a day, newest first, and the id the list goes on after (None: at its end).

    `state="left"` tells of entries that left: for the desk of `authority` or the organisation `uscc` alone, never for a
    public face; it names the entry, how it left and the paper. Raises `Unreadable`, `UnknownList`.
    """
    if state not in ("listed", "left"):
        raise Unreadable(f"没有「{state[:20]}」这种状态。可用的有：listed（在名单上）、left（已移出）。")
    if state == "left" and not (authority or uscc):
        raise Unreadable("已移出的条目只按认定机关或者主体本身查看。请写明 authority 或者 uscc。")
    where, params = _narrowed(kind, authority, uscc)
    limit = max(1, min(limit, MAX_PAGE))
    if state == "left":
        where.append(f"state NOT IN ('resting', 'hidden') AND NOT ({_LISTED})")
        params += [on.isoformat(), on.isoformat()]
        rows = _rows([*where, *(["id < %s"] if after is not None else [])],
                     [*params, *([after] if after is not None else [])], "id DESC", limit + 1)  # fmt: skip
        return _gone(rows[:limit], on), rows[limit - 1].id if len(rows) > limit else None
    where.append(_LISTED)
    params += [on.isoformat(), on.isoformat()]
    found: list[ListEntry] = []
    while True:
        rows = _rows([*where, *(["id < %s"] if after is not None else [])],
                     [*params, *([after] if after is not None else [])], "id DESC", limit + 1)  # fmt: skip
        seen = shown(rows[: limit - len(found)], on)
        taken = rows[: limit - len(found)]
        found += [seen[row.id] for row in taken if row.id in seen]
        more = len(rows) > len(taken)
        if not more or len(found) == limit:
            return found, taken[-1].id if more and taken else None
        after = taken[-1].id


def of_usccs(*, usccs: Sequence[str], on: date) -> dict[str, list[ListEntry]]:
    """What is publicly listed of each of these organisations, newest first; absent without any. As sets."""
    found: dict[str, list[ListEntry]] = {}
    wanted = sorted(set(usccs))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ", ".join(["%s"] * len(part))
        rows = _rows(
            [f"uscc IN ({marks})", _LISTED], [*part, on.isoformat(), on.isoformat()], "id DESC", None
        )
        seen = shown(rows, on)
        for row in rows:
            if row.id in seen:
                found.setdefault(row.uscc, []).append(seen[row.id])
    return found


def leaving_soon(
    *,
    on: date,
    within_days: int = 60,
    authority: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[list[ListEntry], str | None]:
    """Entries whose stay ends within so many days, the first to end first, and the cursor the list goes on after.

    An entry that left for another reason is on it no more, at once: the notice takes itself back. Raises `Unreadable`.
    """
    limit = max(1, min(limit, MAX_PAGE))
    base = ["state = 'held'", "ends_on >= %s", "ends_on <= %s", "(left_on IS NULL OR left_on > %s)"]
    params: list[Any] = [on.isoformat(), (on + timedelta(days=within_days)).isoformat(), on.isoformat()]
    if authority is not None:
        base.append("authority = %s")
        params.append(authority)
    place = _opened(after)
    found: list[ListEntry] = []
    while True:
        where, values = [*base], [*params]
        if place is not None:
            where.append("(ends_on, id) > (%s, %s)")
            values += [place[0], place[1]]
        rows = _rows(where, values, "ends_on, id", limit + 1)
        taken = rows[: limit - len(found)]
        seen = shown(taken, on)
        found += [seen[row.id] for row in taken if row.id in seen]
        more = len(rows) > len(taken)
        if taken:
            last = taken[-1]
            place = ((last.ends_on or on).isoformat(), last.id)
        if not more or len(found) == limit:
            return found, f"{place[0]}.{place[1]}" if more and place else None


def _opened(after: str | None) -> tuple[str, int] | None:
    if not after:
        return None
    day, _, id_ = after.partition(".")
    try:
        if id_.isascii() and id_.isdigit() and int(id_) < 1 << 63:
            return date.fromisoformat(day).isoformat(), int(id_)
    except ValueError:
        pass
    raise Unreadable("页码标记不对：请从第一页重新查看。")


def rows(*, ids: Sequence[int]) -> dict[int, Row]:
    """Rows of the table by statement."""
    found: dict[int, Row] = {}
    for start in range(0, len(ids), 500):
        part = ", ".join(str(int(one)) for one in ids[start : start + 500])
        found |= {row.id: row for row in _rows([f"id IN ({part})"], [], "id", None)}
    return found


def of_subject(*, uscc: str, on: date) -> list[Row]:
    """What is on a list of one organisation on a day, by the table: for refusing a second listing."""
    return _rows(["uscc = %s", _LISTED], [uscc, on.isoformat(), on.isoformat()], "id", None)


def every_listed(on: date) -> Iterator[Row]:
    """Every row on its list on a day."""
    yield from _rows([_LISTED], [on.isoformat(), on.isoformat()], "id", None)


def _narrowed(kind: str | None, authority: str | None, uscc: str | None) -> tuple[list[str], list[Any]]:
    where, params = [], []
    if kind is not None:
        kinds.kind(law.active(), kind)
    for column, value in (("kind", kind), ("authority", authority), ("uscc", uscc)):
        if value is not None:
            where.append(f"{column} = %s")
            params.append(value)
    return where, params


def _rows(where: Sequence[str], params: Sequence[Any], order: str, limit: int | None) -> list[Row]:
    tail = "" if limit is None else f" LIMIT {int(limit)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM lists_entry WHERE {' AND '.join(where)} ORDER BY {order}{tail}",
            list(params),
        )
        return [row_of(found) for found in cursor.fetchall()]


def row_of(found: Sequence[Any]) -> Row:
    """A row of the table from its cells."""
    (
        id_,
        item,
        kind,
        uscc,
        authority,
        listed_on,
        shown_until,
        ends_on,
        early_on,
        state,
        exit_,
        left_on,
        own,
    ) = found
    day = records.as_date(listed_on)
    assert day is not None
    return Row(
        id_, item, kind, uscc, authority, day, records.as_date(shown_until), records.as_date(ends_on),
        records.as_date(early_on), state, exit_, records.as_date(left_on), own,
    )  # fmt: skip


def shown(rows: Sequence[Row], on: date) -> dict[int, ListEntry]:
    """Of these rows, the ones the public may see on a day, as entries."""
    seen: dict[int, publication.Entry] = {}
    for start in range(0, len(rows), publication.MAX_PAGE):
        ids = [row.id for row in rows[start : start + publication.MAX_PAGE]]
        seen |= publication.by_ids(ids=ids, audience=AUDIENCE, on=on)
    names = register.get({row.uscc for row in rows if row.id in seen})
    pack = law.active()
    return {row.id: _entry(pack, row, seen[row.id], names) for row in rows if row.id in seen}


def _entry(
    pack: law.Pack, row: Row, told: publication.Entry, names: Mapping[str, register.Organisation]
) -> ListEntry:
    item = pack.items[row.item]
    kind = pack.lists.get(row.kind)
    name = names[row.uscc].shown_name if row.uscc in names else register.display_name(
        code=row.uscc, name=told.values.get(item.subject_name, ""), region=row.uscc[2:8]
    )  # fmt: skip
    return ListEntry(
        row.id, row.uscc, name, row.item, row.kind, kind.name if kind else item.name, row.authority,
        told.values.get(item.authority_name, ""),
        next((told.values[code] for code in item.document_number if told.values.get(code)), ""), row.listed_on,
        row.ends_on, kinds.warning_on(kind, row.ends_on), row.early_on, "listed", "", None, "", told.marks,
        row.own_case,
    )  # fmt: skip


def _gone(rows: Sequence[Row], on: date) -> list[ListEntry]:
    """Entries that left: which, how and when. Their content is not told again."""
    pack = law.active()
    names = register.get({row.uscc for row in rows})
    told = []
    for row in rows:
        exit_, left_on = row.left(on)
        kind = pack.lists.get(row.kind)
        told.append(
            ListEntry(
                row.id, row.uscc, names[row.uscc].shown_name if row.uscc in names else row.uscc, row.item, row.kind,
                kind.name if kind else pack.items[row.item].name, row.authority, "", "", row.listed_on, row.ends_on,
                kinds.warning_on(kind, row.ends_on), row.early_on, "left", exit_, left_on,
                _paper(row.own_case) if row.own_case and exit_ != "expiry" else "", (), row.own_case,
            )
        )  # fmt: skip
    return told


def _paper(number: str) -> str:
    """The number of the paper by which an entry of our own proceeding left."""
    papers = cases.documents(number=number, reader=cases.Reader("platform"))
    return next((one.number for one in reversed(papers) if one.kind == "removal"), "")
