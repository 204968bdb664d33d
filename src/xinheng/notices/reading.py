"""Reading notices: an organisation's inbox, what became of the letters, and the words of a notice as they read now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.notices import keeping, templates
from xinheng.notices.errors import NoSuchNotice
from xinheng.records import service as records

MAX_PAGE = 200
STATES = ("queued", "sending", "sent", "failed", "given-up")


@dataclass(frozen=True)
class Notice:
    """One notice. `still` is False where what it reminds of is no longer so: the entry ended, or its day moved."""

    id: int
    kind: str
    uscc: str
    statement: int | None
    case: str
    about_on: date | None
    made_on: date
    template: str
    opened: bool
    still: bool
    facts: Mapping[str, Any]
    places: Mapping[str, Mapping[str, str]] = field(repr=False)


@dataclass(frozen=True)
class Said:
    """A notice in words: the letter's text ends with the foot."""

    subject: str
    body: str
    text: str


@dataclass(frozen=True)
class Failure:
    """A letter that did not arrive: which notice, when, and the server's code. No address: it is kept nowhere here."""

    id: int
    notice: int
    uscc: str
    kind: str
    reason: str
    attempts: int
    on: date


def inbox(*, uscc: str, after: int | None = None, limit: int = 50) -> list[Notice]:
    """The notices of one organisation, newest first, after the keyset `after` (a notice's id)."""
    limit = min(limit, MAX_PAGE)
    older = "" if after is None else f" AND n.id < {int(after)}"
    columns = ", ".join(f"n.{_quoted(name)}" for name in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (SELECT {columns}, %s FROM records_statement s JOIN notices_notice n ON n.statement_id = s.id"
            f" WHERE s.uscc = %s{older}"
            f" UNION ALL SELECT {columns}, n.uscc FROM notices_notice n WHERE n.uscc = %s{older}) found"
            f" ORDER BY 1 DESC LIMIT {limit}",
            [uscc, uscc, uscc],
        )
        return _notices(cursor.fetchall())


def of_ids(ids: Sequence[int]) -> dict[int, Notice]:
    """These notices by id, each with the organisation it is for."""
    if not ids:
        return {}
    columns = ", ".join(f"n.{_quoted(name)}" for name in _COLUMNS)
    marks = ", ".join(str(int(one)) for one in set(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, CASE WHEN n.uscc <> '' THEN n.uscc ELSE COALESCE(s.uscc, '') END FROM notices_notice n"
            f" LEFT JOIN records_statement s ON s.id = n.statement_id WHERE n.id IN ({marks})"
        )
        return {notice.id: notice for notice in _notices(cursor.fetchall())}


def notice(*, id: int, uscc: str) -> Notice:
    """One notice of this organisation. Raises `NoSuchNotice`, also for another organisation's."""
    found = of_ids([id]).get(id)
    if found is None or not uscc or found.uscc != uscc:
        raise NoSuchNotice("没有这份通知。")
    return found


def unread(*, uscc: str, most: int = 100) -> int:
    """How many of the newest notices were not opened yet, counted up to `most`."""
    return sum(not one.opened for one in inbox(uscc=uscc, limit=most))


def open_(*, id: int, uscc: str, account: str, at: datetime) -> Notice:
    """Opens a notice of this organisation: written down the first time. Raises `NoSuchNotice`."""
    found = notice(id=id, uscc=uscc)
    if not found.opened:
        act = evidence.Act(kind=keeping.OPENED, actor=f"desk:{account}", at=at, purpose="查看通知")
        with evidence.event(act) as event:
            evidence.lock("notices")
            if not of_ids([id])[id].opened:
                keeping.write(event, "notices_opened", [(id, account)])
    return found


def words(one: Notice, *, language: str) -> Said:
    """A notice in Chinese (`zh`) or English (`en`), by the version of the words it was made with."""
    filled = templates.fill(
        version=one.template, kind=one.kind, language=language, places=one.places[language]
    )
    foot = templates.foot(version=one.template, language=language)
    return Said(filled.subject, filled.body, f"{filled.body}\n\n-- \n{foot}\n")


def counts() -> dict[str, int]:
    """Letters by state, for the office."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, COUNT(*) FROM notices_delivery GROUP BY state")
        found = dict(cursor.fetchall())
    return {state: found.get(state, 0) for state in STATES}


def made(*, since: date) -> dict[str, int]:
    """Notices made since a day, by kind, for the office."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, COUNT(*) FROM notices_notice WHERE id >= %s GROUP BY kind",
            [evidence.first_row_since(since)],
        )
        return dict(cursor.fetchall())


def failures(*, after: int | None = None, limit: int = 50) -> list[Failure]:
    """Letters given up, newest first, after the keyset `after`."""
    older = "" if after is None else f" AND d.id < {int(after)}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.id, d.notice_id, CASE WHEN n.uscc <> '' THEN n.uscc ELSE COALESCE(s.uscc, '') END, n.kind,"
            " d.attempts FROM notices_delivery d JOIN notices_notice n ON n.id = d.notice_id"
            " LEFT JOIN records_statement s ON s.id = n.statement_id"
            f" WHERE d.state = 'given-up'{older} ORDER BY d.id DESC LIMIT {min(limit, MAX_PAGE)}"
        )
        rows = cursor.fetchall()
        ids = ", ".join(str(row[0]) for row in rows) or "NULL"
        cursor.execute(
            f"SELECT delivery_id, reason, id FROM notices_attempt WHERE delivery_id IN ({ids}) ORDER BY id"
        )
        last = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    spans = evidence.spans([evidence.event_of(id_) for _, id_ in last.values()])
    return [
        Failure(id_, notice, code, kind, last[id_][0], attempts,
                evidence.legal_day(spans[evidence.event_of(last[id_][1])][2]))
        for id_, notice, code, kind, attempts in rows
    ]  # fmt: skip


# ---- how a notice is put together

_COLUMNS = ("id", "statement_id", "kind", "case", "about_on", "template", "facts")


def _notices(rows: Sequence[tuple[Any, ...]]) -> list[Notice]:
    if not rows:
        return []
    days = evidence.spans([evidence.event_of(row[0]) for row in rows])
    opened = _opened([row[0] for row in rows])
    about = {row[1] for row in rows if row[1] is not None}
    stored = records.statements(sorted(about))
    standing = {
        row["statement_id"]: row for row in records.open_standing(sorted(about)).iter_rows(named=True)
    }
    made = []
    for id_, statement, kind, case, about_on, template, facts, uscc in rows:
        told, day = json.loads(facts), records.as_date(about_on)
        made.append(
            Notice(
                id=id_, kind=kind, uscc=uscc, statement=statement, case=case, about_on=day,
                made_on=evidence.legal_day(days[evidence.event_of(id_)][2]), template=template,
                opened=id_ in opened, still=_still(kind, day, standing.get(statement)) if statement else True,
                facts=told, places=_places(kind, statement, case, day, told, stored, standing),
            )
        )  # fmt: skip
    return made


def _still(kind: str, about: date | None, standing: Mapping[str, Any] | None) -> bool:
    """Whether what was told still stands: the entry held, and the day the same."""
    if standing is None or standing["state"] != "held":
        return False
    if kind in ("repairable-soon", "repairable"):
        return bool(standing["repair_from"] == about)
    # A list without a last day of its own (the stay is told by its kind) stands until it is left
    ends = kind == "ending-soon" or (kind == "list-ending" and standing["show_until"] is not None)
    return not ends or bool(standing["show_until"] == about)


def _places(
    kind: str, statement: int | None, case: str, about: date | None, facts: Mapping[str, Any],
    stored: Mapping[int, records.Parts], standing: Mapping[int, Mapping[str, Any]],
) -> dict[str, dict[str, str]]:  # fmt: skip
    """What stands in the places of the words: public facts of the entry, codes and days of the case, a link."""
    if statement is not None:
        return _entry_places(kind, stored.get(statement), standing.get(statement), about)
    found = {}
    for language in templates.LANGUAGES:
        names = facts.get("names", {})
        found[language] = {
            "case": case, "case_kind": names.get(f"kind_{language}", facts.get("case_kind", "")),
            "state": names.get(f"state_{language}", facts.get("state", "")), "on": _day(about, language),
            "due": _day(_iso(facts.get("due")), language), "before": _day(_iso(facts.get("before")), language),
            "link": _link(f"/desk/own/cases/{quote(case)}/", language),
        }  # fmt: skip
    return found


def _entry_places(
    kind: str, parts: records.Parts | None, standing: Mapping[str, Any] | None, about: date | None
) -> dict[str, dict[str, str]]:
    if parts is None or not parts.public or standing is None:
        return {language: {} for language in templates.LANGUAGES}
    item = records.item_of(parts.item, parts.item_version)
    values = records.decode(item, parts.public)
    document = next((values[code] for code in item.document_number if values.get(code)), "")
    found = {}
    for language in templates.LANGUAGES:
        until = standing["show_until"]
        found[language] = {
            "item": item.name_en if language == "en" else item.name, "document": document,
            "authority": values.get(item.authority_name, ""), "on": _day(about, language),
            "until": _day(until, language), "statement": str(parts.id),
            "link": _link(f"/desk/own/entries/{parts.id}/", language),
        }  # fmt: skip
    return found


def _day(day: date | None, language: str) -> str:
    if day is None:
        return ""
    return day.isoformat() if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def _iso(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _link(path: str, language: str) -> str:
    return f"{settings.PUBLIC_URL}{'/en' if language == 'en' else ''}{path}"


def _opened(ids: Sequence[int]) -> set[int]:
    marks = ", ".join(str(int(one)) for one in ids)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT notice_id FROM notices_opened WHERE notice_id IN ({marks})")
        return {row[0] for row in cursor.fetchall()}


def _quoted(name: str) -> str:
    return f'"{name}"'
