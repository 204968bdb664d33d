"""The sync board: each entry against the places that show it: due, done, last compared, how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.exchange import service as exchange
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.sync import entries, policy_places, tickets

MAX_PAGE = 200
CAP = 1_000


@dataclass(frozen=True)
class Seen:
    """What a comparison last said of an entry at a place, and on which day it was last looked at. `id` is the row of that
    look: rows written later have higher ones. `void`: the entry's standing changed here since, and it says nothing now."""

    verdict: str
    fields: str
    on: date
    id: int
    void: bool = False


@dataclass(frozen=True)
class At:
    """One entry at one place. `state`: ok | due | late | differs | unseen. `ticket` is the number of the open one.

    `follows`: how it stands here changed after it was last known to be shown there; `due_on` is the day for the change."""

    place: str
    due_on: date | None
    done_on: date | None
    compared_on: date | None
    verdict: str
    fields: tuple[str, ...]
    state: str
    ticket: str
    follows: bool = False


@dataclass(frozen=True)
class Row:
    """One entry of the board. `standing` is how it stands here; `shown` whether the public sees it today."""

    statement: int
    item: str
    uscc: str
    document: str
    authority: str
    decided_on: date | None
    until: date | None
    standing: str
    shown: bool
    places: tuple[At, ...]

    @property
    def worst(self) -> str:
        return next(
            (
                one
                for one in ("differs", "late", "due", "unseen")
                if any(at.state == one for at in self.places)
            ),
            "ok",
        )


@dataclass(frozen=True)
class PlaceCount:
    """A place in figures: entries that differ, by verdict, and when it was last compared."""

    place: str
    verdicts: dict[str, int]
    compared_on: date | None
    late: int | None

    @property
    def differs(self) -> int:
        return sum(self.verdicts.get(one, 0) for one in policy_places.DIFFERENCES)


def board(
    *,
    reader: cases.Reader,
    on: date,
    only: str = "",
    place: str = "",
    after: int | None = None,
    limit: int = 50,
) -> tuple[list[Row], int | None]:
    """Entries this reader may see, newest first after the keyset `after` (a statement), with every place.

    `only="differs"`: entries some place shows otherwise. The organisation sees its own, an authority what it decided,
    the office all: the reader is part of the query.
    """
    limit = min(limit, MAX_PAGE)
    narrowed, params = _reader(reader)
    if only == "differs":
        narrowed += (
            " AND EXISTS (SELECT 1 FROM sync_seen n WHERE n.statement_id = s.id"
            f" AND n.verdict IN ({_marks(policy_places.DIFFERENCES)}){' AND n.place = %s' if place else ''}"
            " AND NOT EXISTS (SELECT 1 FROM sync_seen m WHERE m.statement_id = n.statement_id"
            " AND m.place = n.place AND m.id > n.id) AND n.id > t.id)"
        )
        params += [*policy_places.DIFFERENCES, *([place] if place else [])]
    wanted = entries.items(law.active())
    if not wanted:
        return [], None
    keyset = "" if after is None else f" AND s.id < {int(after)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.id FROM records_statement s {evidence.then()} records_standing t ON t.statement_id = s.id"
            f" AND t.closed_by IS NULL WHERE s.item IN ({_marks(wanted)}) AND t.state NOT IN ('erased', 'superseded')"
            f"{narrowed}{keyset} ORDER BY s.id DESC LIMIT {limit + 1}",
            [*wanted, *params],
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = rows_of(ids[:limit], on=on)
    return rows, ids[limit - 1] if len(ids) > limit else None


def rows_of(ids: Sequence[int], *, on: date) -> list[Row]:
    """These entries as rows of the board, in the order given. For callers that narrowed the ids to their reader."""
    from xinheng.publication import service as publication

    pack = law.active()
    stored = records.statements(list(ids))
    standing = {row["statement_id"]: row for row in records.open_standing(list(ids)).iter_rows(named=True)}
    shown = {
        id_ for start in range(0, len(ids), publication.MAX_PAGE)
        for id_ in publication.by_ids(ids=ids[start : start + publication.MAX_PAGE], audience="public", on=on)
    }  # fmt: skip
    due = entries.owed(pack, ((parts.item, parts.decided_on) for parts in stored.values()))
    done = {one: exchange.times(statement_ids=list(ids), destination=one) for one in policy_places.SENT_TO}
    told, open_ = compared(ids), tickets.open_tickets(ids)
    void = {id_ for (id_, _), seen in told.items() if seen.void}
    follow = entries.follow(
        {id_: row["id"] for id_, row in standing.items() if id_ in void or row["state"] in entries.ENDED}
    )
    places_of = entries.places(pack, ((parts.item, parts.authority) for parts in stored.values()))
    made = []
    for id_ in ids:
        parts, stands = stored.get(id_), standing.get(id_)
        if parts is None or stands is None or not parts.public:
            continue
        asked = places_of[parts.item, parts.authority]
        # A place nobody expected it at, and yet it was found there: that is worth a line too
        found = [one for one in policy_places.PLACES if one in asked or (id_, one) in told]
        places = []
        for place in found:
            times, seen = done.get(place, {}).get(id_), told.get((id_, place))
            done_on = (times.accepted or times.sent) if times and times.answer != "rejected" else None
            due_on = due.get((parts.item, parts.decided_on)) if parts.decided_on else None
            known = None if seen is None or seen.void else seen
            was_there = policy_places.was_shown(seen.verdict) if seen else done_on is not None
            follows = id_ in follow and known is None and was_there
            facts = policy_places.There(
                id_ in shown, follow[id_] if follows else due_on, done_on, seen.on if seen else None,
                known.verdict if known else "", follows,
            )  # fmt: skip
            places.append(
                At(place, facts.due_on, done_on, facts.compared_on, facts.verdict,
                   tuple(known.fields.split(",")) if known and known.fields else (),
                   policy_places.state(facts, place=place, on=on), open_.get((id_, place), ""), follows)
            )  # fmt: skip
        made.append(
            Row(id_, parts.item, parts.uscc, entries.document_shown(parts.public), parts.authority, parts.decided_on,
                stands["show_until"], stands["state"], id_ in shown, tuple(places))
        )  # fmt: skip
    return made


def compared(ids: Sequence[int]) -> dict[tuple[int, str], Seen]:
    """For each of these statements and each place the newest word about it.

    A comparison with a whole list that had no news about an entry found it as it was: its day counts too.
    """
    if not ids:
        return {}
    marks = ", ".join(str(int(one)) for one in set(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_id, place, verdict, fields, id FROM sync_seen WHERE id IN (SELECT MAX(id) FROM sync_seen"
            f" WHERE statement_id IN ({marks}) GROUP BY statement_id, place)"
        )
        seen = cursor.fetchall()
        cursor.execute(
            "SELECT place, item, authority, MAX(compared_on), MAX(id) FROM sync_comparison WHERE whole = 1"
            " GROUP BY place, item, authority"
        )
        wholes = [(*row[:3], records.as_date(row[3]), row[4]) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT s.id, s.item, s.authority, s.decided_on, t.show_from, t.state, t.id FROM records_statement s"
            f" JOIN records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL WHERE s.id IN ({marks})"
        )
        statements = cursor.fetchall()
    spans = evidence.spans(sorted({evidence.event_of(row[4]) for row in seen}))
    told = {
        (statement, place): Seen(verdict, fields, evidence.legal_day(spans[evidence.event_of(id_)][2]), id_)
        for statement, place, verdict, fields, id_ in seen
    }
    pack = law.active()
    days = {row[0]: records.as_date(row[3]) for row in statements}
    due = entries.owed(pack, ((row[1], days[row[0]]) for row in statements)) if wholes else {}
    places_of = entries.places(pack, ((row[1], row[2]) for row in statements)) if wholes else {}
    stands = {row[0]: row[6] for row in statements}
    for statement, item, authority, _decided, show_from, state, _since in statements:
        asked = places_of.get((item, authority), ())
        last = due.get((item, days[statement] or date.min))
        for place, of_item, of_authority, on, id_ in wholes:
            # Only what was on file when that list came can have been looked for in it
            if (
                of_item not in ("", item)
                or of_authority not in ("", authority)
                or place not in asked
                or id_ < statement
            ):
                continue
            known = told.get((statement, place))
            if known is None and state == "held" and show_from is not None and (last is None or last >= on):
                continue  # nothing was owed there yet, and its absence says nothing
            if known is None or known.id < id_:
                told[statement, place] = Seen(
                    known.verdict if known else policy_places.AGREES, known.fields if known else "", on, id_
                )
    return {
        key: replace(seen, void=True) if seen.id < stands.get(key[0], 0) else seen
        for key, seen in told.items()
    }


def counters(*, reader: cases.Reader, on: date) -> list[PlaceCount]:
    """Each place in figures for this reader."""
    narrowed, params = _reader(reader)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.place, n.verdict, COUNT(*) FROM sync_seen n JOIN records_statement s ON s.id = n.statement_id"
            " JOIN records_standing t ON t.statement_id = s.id AND t.closed_by IS NULL AND t.id < n.id"
            f" WHERE n.verdict IN ({_marks(policy_places.DIFFERENCES)}){narrowed} AND NOT EXISTS"
            " (SELECT 1 FROM sync_seen m WHERE m.place = n.place AND m.statement_id = n.statement_id AND m.id > n.id)"
            " GROUP BY n.place, n.verdict",
            [*policy_places.DIFFERENCES, *params],
        )
        found: dict[str, dict[str, int]] = {}
        for place, verdict, count in cursor.fetchall():
            found.setdefault(place, {})[verdict] = count
        cursor.execute("SELECT place, MAX(compared_on) FROM sync_comparison GROUP BY place")
        days = {row[0]: records.as_date(row[1]) for row in cursor.fetchall()}
    return [
        PlaceCount(place, found.get(place, {}), days.get(place),
                   late(reader=reader, place=place, on=on) if place in policy_places.SENT_TO else None)
        for place in policy_places.PLACES
    ]  # fmt: skip


def late(*, reader: cases.Reader, place: str, on: date) -> int:
    """How many shown entries had to be sent to a place by now and were not; counted up to 1,000."""
    return len(late_ids(reader=reader, place=place, on=on, limit=CAP))


def late_ids(
    *, reader: cases.Reader, place: str, on: date, after: int | None = None, limit: int = 50
) -> list[int]:
    """Those entries, oldest first after a keyset: shown, past their day, never sent there and never found there."""
    pack = law.active()
    narrowed, params = _reader(reader)
    asked = [
        code
        for (code, _), at in entries.places(pack, ((one, "") for one in entries.items(pack))).items()
        if place in at
    ]
    by: dict[str, list[str]] = {}
    for code in asked:
        if pack.items[code].timeliness:
            by.setdefault(pack.items[code].timeliness, []).append(code)
    found: list[int] = []
    for codes in by.values():
        last = _last_due(pack, codes[0], on)
        if last is None:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT s.id FROM records_statement s {evidence.then()} records_standing t ON t.statement_id = s.id"
                f" AND t.closed_by IS NULL WHERE s.item IN ({_marks(codes)}) AND s.id > %s AND s.decided_on <= %s"
                " AND t.state = 'held' AND t.show_from <= %s AND (t.show_until IS NULL OR t.show_until >= %s)"
                f"{narrowed} AND NOT EXISTS (SELECT 1 FROM exchange_passage p WHERE p.destination = %s"
                " AND p.statement_id = s.id) AND NOT EXISTS (SELECT 1 FROM sync_seen n WHERE n.place = %s"
                f" AND n.statement_id = s.id) ORDER BY s.id LIMIT {int(limit)}",
                [*codes, after or 0, last, on, on, *params, place, place],
            )
            found += [row[0] for row in cursor.fetchall()]
    return sorted(found)[:limit]


def _last_due(pack: law.Pack, item: str, on: date) -> date | None:
    """The newest day of decision whose period is over on a day."""
    from datetime import timedelta

    days = [on - timedelta(days=back) for back in range(1, 60)]
    due = entries.owed(pack, [(item, day) for day in days])
    return max((day for (_, day), last in due.items() if last is not None and last < on), default=None)


def _reader(reader: cases.Reader) -> tuple[str, list[str]]:
    if reader.role in ("office", "auditor", "platform"):
        return "", []
    if reader.role == "organisation":
        return " AND s.uscc = %s", [reader.body or "-"]
    return " AND s.authority = %s", [reader.body or "-"]


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
