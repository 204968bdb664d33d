"""Acting in a case: one place for every step of every kind, so that no two desks can answer one case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from xinheng.cases import attachments as files
from xinheng.cases import (
    clocking,
    handlers,
    kinds,
    overdue,
    policy_act,
    reading,
    scope,
    types,
    words,
    writing,
)
from xinheng.cases.binding import query
from xinheng.cases.errors import CaseMovedOn, Needed, NotPossible, NotYours
from xinheng.cases.policy_act import Actor
from xinheng.cases.types import Case, Done, Upload
from xinheng.cases.writing import Doing
from xinheng.evidence import service as evidence
from xinheng.law import service as law


class _Known(Exception):
    """Done before: leaves the transaction without a trace."""


def act(
    *, number: str, act: str, actor: Actor, at: datetime, version: int | None = None, token: str = "",
    reason: str = "", detail: Mapping[str, Any] = {}, attachments: Sequence[Upload] = (),
) -> Done:  # fmt: skip
    """Takes a step. Give the `version` the page was made from and the `token` of its form.

    A step that needs four eyes is proposed by the first account (`Done.waiting`) and done by the same call of another
    account of the same body, as it was proposed. The same token again gives the first answer, marked repeated.
    Raises `NoSuchCase`, `CaseMovedOn`, `NotPossible`, `NotYours`, `Needed`, `AttachmentRefused`; then nothing was done.
    """
    on = evidence.legal_day(at)
    found = reading.row(number=number, reader=scope.of_actor(actor))
    key = words.token_of(actor.account, act, token)
    if again := _repeated(found, key, on):
        return again
    case = reading.shaped(found)
    _check_version(case, version)
    step = policy_act.check(case.shape, types.standing(case), actor, act)
    confirming = bool(found["waiting"]) and found["waiting"] == act
    judged = files.judge(attachments)
    if not confirming:
        policy_act.check_needs(step, reason=reason, detail=detail, attachments=judged)
    doing = Doing(actor, at, on, words.clean(reason), words.clean_detail(detail), key)
    files.store(attachments, judged)
    pack = kinds.pack_of(found["pack"])

    def inside(event: evidence.OpenEvent, now: Case, row: dict[str, Any]) -> tuple[bool, str | None]:
        again = policy_act.check(now.shape, types.standing(now), actor, act)
        files.write(event, case_id=row["id"], seq=row["version"] + 1, judged=judged)
        if policy_act.needs_second(again, actor) and row["waiting"] != act:
            told = writing.step_facts(
                doing, kind=now.shape, act=act, seq=row["version"] + 1, to=again.to or row["state"]
            )
            handlers.proposed(again.effect or "", writing.facts(row), told)
            _propose(event, doing, row, again)
            return True, None
        return False, _perform(event, doing, row, now, again, pack, judged)

    told = evidence.Act(
        kind=writing.ACTED, actor=actor.account, at=at, provision=step.provision, pack=found["pack"],
        purpose=case.kind_name,
    )  # fmt: skip
    return _within(told, found, key, version, on, inside)


def take_back(
    *, number: str, actor: Actor, at: datetime, version: int | None = None, reason: str = "", token: str = ""
) -> Done:
    """Takes back a step that waits for a second account: by the one who proposed it, or, with a reason, by another
    account of the same body. Raises `NoSuchCase`, `CaseMovedOn`, `NotPossible`, `NotYours`, `Needed`."""
    on = evidence.legal_day(at)
    found = reading.row(number=number, reader=scope.of_actor(actor))
    key = words.token_of(actor.account, policy_act.TAKE_BACK, token)
    if again := _repeated(found, key, on):
        return again
    _check_version(reading.shaped(found), version)
    doing = Doing(actor, at, on, words.clean(reason), {}, key)

    def inside(event: evidence.OpenEvent, now: Case, row: dict[str, Any]) -> tuple[bool, str | None]:
        waiting = now.waiting_step
        if waiting is None:
            raise NotPossible("本案没有等待复核的步骤：可能已经复核或撤回。请刷新页面。")
        own = actor.role != "auditor" and (actor.account == waiting.by or actor.body == waiting.body)
        if not own or not policy_act.parts_of(actor, types.standing(now)):
            raise NotYours("只有提出人或者同一单位的复核人可以撤回这一步。")
        if actor.account != waiting.by and not doing.reason:
            raise Needed("不同意提出的步骤，请写明理由。")
        writing.write_step(
            event, doing, case_id=row["id"], seq=row["version"] + 1, act=policy_act.TAKE_BACK, how="done",
            state_from=row["state"], state_to=row["state"], body=row["body"], provision="",
            detail={"act": waiting.act},
        )  # fmt: skip
        writing.move(row, {"waiting": ""})
        writing.note(event, row, policy_act.TAKE_BACK)
        return False, None

    told = evidence.Act(
        kind=writing.ACTED,
        actor=actor.account,
        at=at,
        pack=found["pack"],
        purpose=reading.kind_of(found).name,
        provision=reading.kind_of(found).source.cited,
    )
    return _within(told, found, key, version, on, inside)


Inside = Callable[[evidence.OpenEvent, Case, dict[str, Any]], tuple[bool, str | None]]


def _within(
    told: evidence.Act, found: Mapping[str, Any], key: str, version: int | None, on: Any, inside: Inside
) -> Done:
    """Runs an act on the case as it stands once nobody else can move it; leaves nothing behind where it fails."""
    try:
        with evidence.event(told) as event:
            row = reading.locked(found["id"])
            if key and query("SELECT 1 FROM cases_step WHERE case_id = %s AND token = %s", [row["id"], key]):
                raise _Known
            now = reading.shaped(row)
            _check_version(now, version)
            law.remember(kinds.pack_of(row["pack"]))
            if overdue.settle(event, row, on):
                now = reading.shaped(row)
            waiting, document = inside(event, now, row)
    except _Known:
        again = _repeated(found, key, on)
        assert again is not None
        return again
    return Done(reading.shaped(reading.rows("c.id = %s", [found["id"]])[0], on), False, waiting, document)


def _check_version(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise CaseMovedOn(
            "您打开页面以后，本案有人办理过，这一步没有办。请看看此间办了什么，再决定下一步。", case=case
        )


def _repeated(found: Mapping[str, Any], key: str, on: Any) -> Done | None:
    if not key:
        return None
    known = query(
        "SELECT how, document FROM cases_step WHERE case_id = %s AND token = %s", [found["id"], key]
    )
    if not known:
        return None
    how, document = known[0]
    now = reading.rows("c.id = %s", [found["id"]])[0]
    return Done(reading.shaped(now, on), True, how == "proposed", document or None)


def _propose(event: evidence.OpenEvent, doing: Doing, row: dict[str, Any], step: Any) -> None:
    writing.write_step(
        event, doing, case_id=row["id"], seq=row["version"] + 1, act=step.code, how="proposed",
        state_from=row["state"], state_to=row["state"], body=row["body"], provision=step.provision,
    )  # fmt: skip
    writing.move(row, {"waiting": step.code})
    writing.note(event, row, step.code, waiting=True)


def _perform(
    event: evidence.OpenEvent, doing: Doing, row: dict[str, Any], case: Case, step: Any, pack: law.Pack,
    judged: Sequence[dict[str, Any]],
) -> str | None:  # fmt: skip
    """Does a step: clocks, effect, paper, the row of the step, and what moves in the case."""
    kind, seq, to = case.shape, row["version"] + 1, step.to or row["state"]
    if case.waiting_step is not None and case.waiting_step.act == step.code:
        doing = _as_proposed(doing, case)
    if step.extends and row["due_on"] < doing.on:
        raise NotPossible("期限已经届满，不能再延长：延长要在期限届满以前决定。")
    clock = clocking.apply(
        event, case_id=row["id"], kind=kind, step=step, now=row["state"], visited=writing.visited(row["id"]),
        pack=pack, sector=row["sector"], on=doing.on, opened_on=row["opened_on"],
    )  # fmt: skip
    facts, due_on = writing.facts(row), clock.due_on if clock else None
    told = writing.step_facts(doing, kind=kind, act=step.code, seq=seq, to=to, due_on=due_on)
    effect = handlers.effect(step.effect, event, facts, told) if step.effect else {}
    detail = {**doing.detail, **({"effect": effect} if effect else {})}
    paper = writing.write_document(
        event, doing, row=row, kind=kind, step=step, seq=seq, pack=pack, clock=clock, effect=effect
    )
    document = writing.paper_number(paper) or ""
    writing.write_step(
        event, doing, case_id=row["id"], seq=seq, act=step.code, how="done", state_from=row["state"], state_to=to,
        body=row["body"], provision=step.provision, document=document, detail=detail,
    )  # fmt: skip
    state = kind.states[to]
    closed_on = row["closed_on"] if state.final and row["closed_on"] else doing.on if state.final else None
    changes = {
        "state": to, "holder": writing.holder(kind, to, row["body"]), "outcome": state.outcome, "waiting": "",
        "closed_on": closed_on, **writing.clock_columns(row["id"], clock),
    }  # fmt: skip
    writing.move(row, changes)
    writing.note(event, row, step.code)
    handlers.stepped(
        event, facts,
        writing.step_facts(
            doing, kind=kind, act=step.code, seq=seq, to=to, document=document, due_on=due_on, detail=detail
        ),
    )  # fmt: skip
    return document or None


def _as_proposed(doing: Doing, case: Case) -> Doing:
    """A confirmed step is the one that was proposed; what the second account wrote stands beside it."""
    waiting = case.waiting_step
    assert waiting is not None
    detail = {**waiting.detail, "proposed_by": waiting.by, "proposed_on": waiting.on.isoformat()}
    if doing.reason:
        detail["second"] = doing.reason
    return Doing(doing.actor, doing.at, doing.on, waiting.reason, detail, doing.token)
