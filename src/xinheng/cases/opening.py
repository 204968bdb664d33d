"""Opening a case: numbered, its first clock started, what its kind does at once done, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from xinheng.cases import attachments as files
from xinheng.cases import clocking, handlers, kinds, naming, policy_act, reading, words, writing
from xinheng.cases.binding import CASE, CLOCK, insert
from xinheng.cases.errors import OpenedWrong
from xinheng.cases.policy_act import NO_DAY, Actor
from xinheng.cases.types import Done, Upload
from xinheng.cases.writing import Doing
from xinheng.evidence import service as evidence
from xinheng.law import service as law

CHANNELS = ("site", "workspace", "counter", "exchange", "platform")


class _Known(Exception):
    """Opened before: leaves the transaction without a trace."""


def open(
    *, kind: str, actor: Actor, at: datetime, uscc: str, body: str, channel: str, statement: int | None = None,
    field: str = "", item: str = "", authority: str = "", outside: str = "", reason: str = "",
    detail: Mapping[str, Any] = {}, attachments: Sequence[Upload] = (), token: str = "",
    received_on: date | None = None, sector: str = "",
) -> Done:  # fmt: skip
    """Opens a case of a kind of the active pack, on the desk of `body` ("": the platform's own office).

    `received_on` is the day it arrived where that was earlier: its first clock starts then. The same account and token,
    or the same kind, outside number, subject and statement, give the case that is there, marked repeated. Raises
    `OpenedWrong` (also for an outside number that another case has), `NotYours`, `Needed`, `AttachmentRefused`,
    `UnknownCode`, `NoBasis`.
    """
    on = evidence.legal_day(at)
    pack = law.active()
    shape = kinds.kind_of(digest=pack.digest, code=kind, on=received_on or on)
    step = shape.opening
    key = words.token_of(actor.account, f"open.{kind}", token)
    outside = words.clean(outside, label="case number")
    about = (uscc, statement)
    if known := _known(key, kind, outside, about):
        return Done(reading.shaped(known, on), repeated=True)
    _check(step, actor, uscc, body, channel, received_on, on)
    judged = files.judge(attachments)
    policy_act.check_needs(step, reason=reason, detail=detail, attachments=judged)
    doing = Doing(actor, at, on, words.clean(reason), words.clean_detail(detail), key)
    files.store(attachments, judged)
    row = {
        "kind": kind, "statement_id": statement, "item": item, "authority": authority,
        "sector": sector or _sector(pack, authority), "channel": channel, "pack": pack.digest, "token": key,
        "opened_on": received_on or on, "uscc": uscc, "outside": outside, "field": field,
        "reason": doing.reason, "detail": words.to_json(doing.detail), "body": body,
        "elsewhere": writing.elsewhere(authority, body),
    }  # fmt: skip
    act = evidence.Act(
        kind=writing.OPENED, actor=actor.account, at=at, provision=step.provision, pack=pack.digest,
        purpose=shape.name,
    )  # fmt: skip
    try:
        with evidence.event(act) as event:
            number = _write(event, doing, row, shape, pack, judged)
    except _Known:
        return Done(reading.shaped(_known(key, kind, outside, about), on), repeated=True)  # type: ignore[arg-type]
    case = reading.shaped(reading.rows("c.number = %s", [number])[0], on)
    document = next((one.number for one in reading._documents("d.case_id = %s", [case.id])), None)
    return Done(case, document=document)


def _check(
    step: Any, actor: Actor, uscc: str, body: str, channel: str, received_on: date | None, on: date
) -> None:
    if channel not in CHANNELS:
        raise OpenedWrong(f"没有「{channel}」这个渠道。可用的有：{'、'.join(CHANNELS)}。")
    if not uscc:
        raise OpenedWrong("案件要写明主体的统一社会信用代码。")
    if received_on is not None and received_on > on:
        raise OpenedWrong(f"收到日期 {received_on.isoformat()} 还没有到：请填写实际收到的日期。")
    policy_act.check_opening(step, actor, uscc=uscc, body=body)


def _sector(pack: law.Pack, authority: str) -> str:
    known = law.department(pack=pack, uscc=authority) if authority else None
    return known.sector if known is not None else ""


def _known(key: str, kind: str, outside: str, about: tuple[str, int | None]) -> dict[str, Any] | None:
    """The case opened before by the same form or under the same outside number. Raises `OpenedWrong` where that number
    is another matter's: nobody is led to a stranger's case, and nobody's application is lost in it."""
    found = reading.rows("c.token = %s", [key]) if key else []
    if not found and outside:
        found = reading.rows("c.kind = %s AND c.outside = %s", [kind, outside])
    if not found:
        return None
    if outside and found[0]["outside"] == outside and (found[0]["uscc"], found[0]["statement_id"]) != about:
        raise OpenedWrong(
            f"外部编号 {outside} 已用于另一案件，没有立案。请核对编号；编号无误的，请与推送方核实后换用新的编号。"
        )
    return found[0]


def _write(
    event: evidence.OpenEvent, doing: Doing, row: dict[str, Any], kind: Any, pack: law.Pack,
    judged: Sequence[dict[str, Any]],
) -> str:  # fmt: skip
    step, calendar = kind.opening, pack.digest
    law.remember(pack)
    year = doing.on.year
    serial, number = naming.case_number(pack=pack, kind=kind, body=row["body"], year=year)
    # Behind the lock of the series: whoever clicked twice waits here and finds the first
    if _known(row["token"], row["kind"], row["outside"], (row["uscc"], row["statement_id"])):
        raise _Known
    row |= {"number": number, "year": year, "serial": serial, "numbered_by": row["body"]}
    case_id = event.row_id(0)
    provision = kinds.clock_of(
        pack=pack, kind=kind, state=kind.initial, sector=row["sector"], on=row["opened_on"]
    )
    started = clocking.fresh(
        pack=pack, case_id=case_id, state=kind.initial, provision=provision, start=row["opened_on"], calendar=calendar
    )  # fmt: skip
    clock = None
    if started is not None:
        clocking.keep_workings([started[1]])
        [clock_id] = insert(event, CLOCK, [started[0]])
        clock = clocking.rows_of(case_id)[0]
        assert clock.id == clock_id
    row |= {
        "state": kind.initial, "holder": writing.holder(kind, kind.initial, row["body"]),
        "outcome": kind.states[kind.initial].outcome, "version": 1, "waiting": "", "closed_on": None,
        "clock_id": clock.id if clock else None, "clock": clock.provision if clock else "",
        "due_on": clock.due_on if clock else NO_DAY, "provisional": int(clock.provisional) if clock else 0,
        "overdue_on": None,
    }  # fmt: skip
    insert(event, CASE, [row])
    row["id"] = case_id
    _finish(event, doing, row, kind, step, pack, clock, judged)
    return number


def _finish(
    event: evidence.OpenEvent, doing: Doing, row: dict[str, Any], kind: Any, step: Any, pack: law.Pack,
    clock: clocking.Row | None, judged: Sequence[dict[str, Any]],
) -> None:  # fmt: skip
    """What an opening does besides the case itself: its effect, its paper, its files, the first step."""
    case = writing.facts(row)
    due_on = clock.due_on if clock else None
    told = writing.step_facts(doing, kind=kind, act=policy_act.OPEN, seq=1, to=kind.initial, due_on=due_on)
    effect = handlers.opened(event, case, told, step.effect)
    detail = {**doing.detail, **({"effect": effect} if effect else {})}
    paper = writing.write_document(
        event, doing, row=row, kind=kind, step=step, seq=1, pack=pack, clock=clock, effect=effect
    )
    document = writing.paper_number(paper) or ""
    writing.write_step(
        event, doing, case_id=row["id"], seq=1, act=step.code, how="done", state_from="", state_to=kind.initial,
        body=row["body"], provision=step.provision, document=document, detail=detail,
    )  # fmt: skip
    files.write(event, case_id=row["id"], seq=1, judged=judged)
    writing.note(event, row, step.code)
    handlers.stepped(
        event, case,
        writing.step_facts(
            doing, kind=kind, act=policy_act.OPEN, seq=1, to=kind.initial, document=document, due_on=due_on, detail=detail
        ),
    )  # fmt: skip
