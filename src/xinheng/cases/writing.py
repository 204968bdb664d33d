"""What every act writes: a step, what moves in the case, a document. Always inside the act's own event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from xinheng.cases import clocking, naming, papers, words
from xinheng.cases.binding import DOCUMENT, OVERDUE, SERVICE, STEP, insert, query
from xinheng.cases.errors import CaseMovedOn, Needed
from xinheng.cases.policy_act import NO_DAY, Actor
from xinheng.cases.types import CaseFacts, StepFacts
from xinheng.evidence import service as evidence
from xinheng.law import service as law

OPENED, ACTED, LATE, MOVED = "cases.opened", "cases.acted", "cases.overdue", "cases.moved"
REASSIGNED, SERVED, CLEARED = "cases.reassigned", "cases.served", "cases.cleared"
MANNERS = 40


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does what now: the parts of an act that are the same for everything it writes."""

    actor: Actor
    at: datetime
    on: date
    reason: str
    detail: Mapping[str, Any]
    token: str


def facts(row: Mapping[str, Any]) -> CaseFacts:
    """A case as handlers see it."""
    return CaseFacts(
        row["id"], row["number"], row["kind"], row["state"], row["uscc"], row["statement_id"], row["field"],
        row["item"], row["authority"], row["body"], row["channel"], row["outside"], row["sector"],
        words.from_json(row["detail"]), row["opened_on"], row["pack"],
    )  # fmt: skip


def holder(kind: Any, state: str, body: str) -> str:
    """Whose turn it is in a state: a body, "office", "subject" or "none"."""
    desk = str(kind.states[state].desk)
    return (body or naming.OFFICE) if desk == "authority" else desk


def elsewhere(authority: str, body: str) -> str:
    """The authority of a case that another body handles: it still sees it, by an index of its own."""
    return "" if authority == body else authority


def write_step(
    event: evidence.OpenEvent, doing: Doing, *, case_id: int, seq: int, act: str, how: str, state_from: str,
    state_to: str, body: str, provision: str, document: str = "", detail: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """The row of a step."""
    row = {
        "case_id": case_id, "seq": seq, "act": act, "how": how, "state_from": state_from, "state_to": state_to,
        "actor": doing.actor.account, "role": doing.actor.role, "actor_body": doing.actor.body, "body": body,
        "taken_on": doing.on, "provision": provision, "document": document, "token": doing.token,
        "reason": doing.reason, "detail": words.to_json(doing.detail if detail is None else detail),
    }  # fmt: skip
    insert(event, STEP, [row])


def move(row: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Moves a case on by one version. Raises `CaseMovedOn` if it is not the version that was read."""
    told = {**changes, "version": row["version"] + 1}
    names = ", ".join(f"{column} = %s" for column in told)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_case SET {names} WHERE id = %s AND version = %s",
            [*map(evidence.plain, told.values()), row["id"], row["version"]],
        )
        if cursor.rowcount != 1:
            raise CaseMovedOn("本案刚刚有人办理过。请刷新页面，看看此间办了什么。")


def clock_columns(case_id: int, clock: clocking.Row | None) -> dict[str, Any]:
    """What a case shows of its clock. It is overdue only where that very due day was declared to have passed."""
    if clock is None:
        return {"clock_id": None, "clock": "", "due_on": NO_DAY, "provisional": 0, "overdue_on": None}
    declared = None
    if clock.due_on != NO_DAY:
        since = overdue_since(clock.due_on)
        if query("SELECT 1 FROM cases_overdue WHERE case_id = %s AND since = %s", [case_id, since]):
            declared = since
    return {
        "clock_id": clock.id, "clock": clock.provision, "due_on": clock.due_on,
        "provisional": int(clock.provisional), "overdue_on": declared,
    }  # fmt: skip


def overdue_since(due_on: date) -> date:
    """The day a clock is overdue since: the one after its due day, whenever that is noticed."""
    return date.fromordinal(due_on.toordinal() + 1)


def settle_overdue(event: evidence.OpenEvent, row: Mapping[str, Any], on: date) -> bool:
    """Whether a day passed that no sweep has noticed yet; if so it is declared here, before anything is done, so that
    it makes no difference when the sweep ran. A provisional day never passes."""
    if row["clock_id"] is None or row["provisional"] or row["overdue_on"] or row["due_on"] >= on:
        return False
    since = overdue_since(row["due_on"])
    told = {"case_id": row["id"], "clock_id": row["clock_id"], "since": since, "late": row["holder"]}
    insert(event, OVERDUE, [told])
    return True


def write_document(
    event: evidence.OpenEvent, doing: Doing, *, row: Mapping[str, Any], kind: Any, step: Any, seq: int,
    pack: law.Pack, clock: clocking.Row | None, effect: Mapping[str, Any],
) -> tuple[str, int] | None:  # fmt: skip
    """The numbered document of a step that makes one, by the body that acts: number and row."""
    if not step.document:
        return None
    body = _signs(doing.actor, kind.states[step.to or row["state"]].desk, row["body"])
    paper = kind.papers[step.document]
    serial, number = naming.document_number(pack=pack, paper=paper, body=body, year=doing.on.year)
    content = papers.content(
        number=number, row=row, kind=kind, step=step, paper=paper, body=body, pack=pack, clock=clock,
        on=doing.on, reason=doing.reason, detail=doing.detail, effect=effect,
    )  # fmt: skip
    told = {
        "case_id": row["id"], "seq": seq, "number": number, "kind": paper.code, "body": body,
        "year": doing.on.year, "serial": serial, "made_on": doing.on, "content": words.to_json(content),
    }  # fmt: skip
    [document_id] = insert(event, DOCUMENT, [told])
    if served := doing.detail.get("served"):
        write_service(event, document_id, served, doing)
    return number, document_id


def _signs(actor: Actor, desk: str, body: str) -> str:
    """Who signs a paper: the side that acts; where the subject or the exchange does, the desk it comes to."""
    if actor.role in ("office", "platform"):
        return ""
    return "" if actor.role in ("organisation", "exchange") and desk == "office" else body


def write_service(
    event: evidence.OpenEvent, document_id: int, served: Mapping[str, Any], doing: Doing
) -> None:
    """The day and manner a document was served. Raises `Needed` for a day that cannot be."""
    try:
        on = date.fromisoformat(str(served["on"]))
    except ValueError:
        raise Needed("送达日期要写成 2026-11-20 的样子。") from None
    if on > doing.on:
        raise Needed(f"送达日期 {on.isoformat()} 还没有到：请填写实际送达的日期。")
    manner = words.clean(str(served.get("manner", "")))[:MANNERS]
    if not manner:
        raise Needed("请填写送达方式，例如：直接送达、邮寄送达、电子送达。")
    insert(
        event, SERVICE,
        [{"document_id": document_id, "served_on": on, "manner": manner, "actor": doing.actor.account}],
    )  # fmt: skip


def step_facts(
    doing: Doing, *, kind: Any, act: str, seq: int, to: str, document: str = "", due_on: date | None = None,
    detail: Mapping[str, Any] | None = None,
) -> StepFacts:  # fmt: skip
    """A step as handlers see it."""
    state = kind.states[to]
    return StepFacts(
        seq, act, doing.actor, doing.on, doing.at, doing.reason, doing.detail if detail is None else detail, to,
        state.outcome, state.final, document, due_on,
    )  # fmt: skip


def note(event: evidence.OpenEvent, row: Mapping[str, Any], act: str, *, waiting: bool = False) -> None:
    """What the ledger says in plain words: which case, which step. No words of people, no subject."""
    event.detail.update(case=row["number"], kind=row["kind"], act=act)
    if waiting:
        event.detail["waiting"] = True


def visited(case_id: int) -> frozenset[str]:
    """The states a case was in."""
    found = query(
        "SELECT state_from FROM cases_step WHERE case_id = %s UNION SELECT state_to FROM cases_step WHERE case_id = %s",
        [case_id, case_id],
    )
    return frozenset(row[0] for row in found)


def paper_number(found: Sequence[Any] | None) -> str | None:
    """The number of a document that was made."""
    return str(found[0]) if found else None
