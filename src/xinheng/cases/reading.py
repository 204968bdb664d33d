"""One case, read: authorisation is part of the question, so a foreign case is as absent as one that never was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xinheng.cases import clocking, daycount, kinds, policy_act, scope, words
from xinheng.cases.binding import CASE, as_date, day_of, for_update, query
from xinheng.cases.errors import NoSuchCase, NoSuchDocument
from xinheng.cases.policy_act import NO_DAY
from xinheng.cases.policy_clock import CAUSES
from xinheng.cases.types import Case, Clock, Document, Reader, Step, WaitingStep
from xinheng.evidence import service as evidence

COLUMNS = CASE.columns
SELECTED = ", ".join(f"c.{column}" for column in COLUMNS)
_DAYS = ("opened_on", "closed_on", "due_on", "overdue_on")
STEP_COLUMNS = (
    "id", "seq", "act", "how", "state_from", "state_to", "actor", "role", "actor_body", "taken_on", "provision",
    "document", "reason", "detail",
)  # fmt: skip


def row(*, number: str, reader: Reader) -> dict[str, Any]:
    """The columns of a case. Raises `NoSuchCase`, also where the reader may not know of it."""
    where, params = scope.condition(reader)
    found = rows(f"c.number = %s AND {where}", [number, *params])
    if not found:
        raise NoSuchCase(f"没有编号为「{number[:60]}」的案件，或者不归您查看。请核对编号。")
    return found[0]


def locked(case_id: int) -> dict[str, Any]:
    """The columns of a case, held until the transaction ends."""
    return rows("c.id = %s", [case_id], tail=for_update())[0]


def rows(where: str, params: Sequence[Any], *, tail: str = "") -> list[dict[str, Any]]:
    """Columns of cases."""
    return [
        as_row(found) for found in query(f"SELECT {SELECTED} FROM cases_case c WHERE {where}{tail}", params)
    ]


def as_row(found: Sequence[Any]) -> dict[str, Any]:
    """Columns by name, days as days."""
    told = dict(zip(COLUMNS, found, strict=True))
    for column in _DAYS:
        told[column] = as_date(told[column])
    return told


def kind_of(found: dict[str, Any]) -> Any:
    """The kind a case was opened under."""
    return kinds.Shelf().kind(found)


def case(*, number: str, reader: Reader, on: date | None = None) -> Case:
    """A case as it stands, its days left counted from `on`. Raises `NoSuchCase`, also for a foreign one."""
    return shaped(row(number=number, reader=reader), on)


def shaped(found: dict[str, Any], on: date | None = None) -> Case:
    """A case from its columns."""
    kind = kind_of(found)
    state = kind.states[found["state"]]
    clock = _clock(found["clock_id"])
    taken = _steps(found["id"])
    stands_still = clock is not None and clock.paused_on is not None
    due = None if found["due_on"] == NO_DAY else found["due_on"]
    pack = kinds.pack_of(found["pack"])
    return Case(
        id=found["id"], number=found["number"], kind=found["kind"], kind_name=kind.name, state=found["state"],
        state_name=state.name, state_name_en=state.en, desk=state.desk, outcome=found["outcome"], final=state.final,
        uscc=found["uscc"], statement=found["statement_id"], item=found["item"], field=found["field"],
        authority=found["authority"], body=found["body"], sector=found["sector"], channel=found["channel"],
        outside=found["outside"], reason=found["reason"], detail=words.from_json(found["detail"]),
        opened_on=found["opened_on"], closed_on=found["closed_on"], pack=found["pack"], clock=found["clock"],
        started_on=clock.started_on if clock else None, due_on=due, provisional=bool(found["provisional"]),
        paused_on=clock.paused_on if clock and stands_still else None, days_left=daycount.left(due, on),
        overdue=found["overdue_on"], version=found["version"], waiting_step=_waiting(kind, found, taken), shape=kind,
        done=frozenset(step["act"] for step in taken if step["how"] == "done"),
        barred=kinds.barred(pack, kind, found["item"], found["sector"], found["opened_on"]),
    )  # fmt: skip


def _clock(clock_id: int | None) -> clocking.Row | None:
    if clock_id is None:
        return None
    found = query(f"SELECT {', '.join(clocking.COLUMNS)} FROM cases_clock WHERE id = %s", [clock_id])
    return clocking.row_of(found[0]) if found else None


def _steps(case_id: int) -> list[dict[str, Any]]:
    found = query(
        f"SELECT {', '.join(STEP_COLUMNS)} FROM cases_step WHERE case_id = %s ORDER BY seq", [case_id]
    )
    return [dict(zip(STEP_COLUMNS, one, strict=True)) for one in found]


def _waiting(kind: Any, found: dict[str, Any], taken: Sequence[dict[str, Any]]) -> WaitingStep | None:
    if not found["waiting"]:
        return None
    last = taken[-1]
    return WaitingStep(
        last["act"], name_of(kind, last["act"]), last["actor"], last["role"], last["actor_body"],
        day_of(last["taken_on"]), last["reason"], words.from_json(last["detail"]),
    )  # fmt: skip


def name_of(kind: Any, act: str) -> str:
    """What a step is called."""
    step = next((one for one in kind.steps if one.code == act), None)
    return step.name if step is not None else policy_act.OWN.get(act, (act, act))[0]


def steps(*, number: str, reader: Reader) -> list[Step]:
    """What was done in a case, oldest first. Raises `NoSuchCase`."""
    found = row(number=number, reader=reader)
    kind = kind_of(found)
    taken = _steps(found["id"])
    instants = evidence.spans([evidence.event_of(one["id"]) for one in taken])
    return [
        Step(
            seq=one["seq"], act=one["act"], name=name_of(kind, one["act"]), how=one["how"], actor=one["actor"],
            role=one["role"], body=one["actor_body"], on=day_of(one["taken_on"]),
            at=instants[evidence.event_of(one["id"])][2], reason=one["reason"], provision=one["provision"],
            detail=words.from_json(one["detail"]), document=one["document"], state_from=one["state_from"],
            state_to=one["state_to"], event=evidence.event_of(one["id"]),
        )
        for one in taken
    ]  # fmt: skip


def clocks(*, number: str, reader: Reader) -> list[Clock]:
    """Every stretch of every clock of a case with its working, oldest first; ended ones stay. Raises `NoSuchCase`."""
    found = row(number=number, reader=reader)
    kept = clocking.rows_of(found["id"])
    told = clocking.workings(one.working for one in kept)
    ended = evidence.spans([one.closed_by for one in kept if one.closed_by])
    late = dict(query("SELECT clock_id, since FROM cases_overdue WHERE case_id = %s", [found["id"]]))
    return [
        Clock(
            id=one.id, provision=one.provision, state=one.state, started_on=one.started_on,
            due_on=None if one.due_on == NO_DAY else one.due_on, provisional=one.provisional, pauses=one.pauses,
            paused_on=one.paused_on, extension=one.extension, working=told.get(one.working, ()), calendar=one.calendar,
            cause=one.cause, why=one.notice or CAUSES[one.cause],
            ended_on=evidence.legal_day(ended[one.closed_by][2]) if one.closed_by in ended else None,
            moved_from=one.moved_from, overdue=as_date(late.get(one.id)),
        )
        for one in kept
    ]  # fmt: skip


def document(*, number: str, reader: Reader) -> Document:
    """A document by its number, with the day and manner of service. Raises `NoSuchDocument`, also for a foreign one."""
    where, params = scope.condition(reader)
    found = _documents(f"d.number = %s AND {where}", [number, *params])
    if not found:
        raise NoSuchDocument(f"没有编号为「{number[:60]}」的文书，或者不归您查看。请核对文号。")
    return found[0]


def documents(*, number: str, reader: Reader) -> list[Document]:
    """The documents of a case, oldest first. Raises `NoSuchCase`."""
    return _documents("d.case_id = %s", [row(number=number, reader=reader)["id"]])


def _documents(where: str, params: Sequence[Any]) -> list[Document]:
    found = query(
        "SELECT d.number, d.kind, c.number, d.content, d.made_on, s.served_on, s.manner, c.pack FROM cases_document d"
        " JOIN cases_case c ON c.id = d.case_id LEFT JOIN cases_service s ON s.document_id = d.id"
        f" WHERE {where} ORDER BY d.id",
        params,
    )
    made = []
    for number, kind, of, content, made_on, served_on, manner, pack in found:
        served = as_date(served_on)
        told = _served(words.from_json(content), served, manner or "", pack)
        made.append(Document(number, kind, of, told, day_of(made_on), served, manner or ""))
    return made


def _served(content: dict[str, Any], on: date | None, manner: str, digest: str) -> dict[str, Any]:
    """The content with its service filled in: the next remedies against the result run from that day."""
    if not content:
        return content
    content["service"] = {"on": on.isoformat() if on else "", "manner": manner}
    for remedy in content.get("remedies", ()):
        if on is None or not remedy.get("provision") or remedy.get("counts_from", "result") != "result":
            continue
        counted = clocking.count(kinds.pack_of(digest), remedy["provision"], "", on)
        if counted is not None:
            remedy["last_on"] = counted.due_on.isoformat()
            remedy["provisional"] = counted.provisional
            remedy["note"] = f"{on.isoformat()} 收到，自次日起算"
    return content
