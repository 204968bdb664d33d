"""What a step of an objection or a repair does to the entry, in the very transaction of the step.

A handler that refuses undoes the whole step: no case says "corrected" beside an entry that is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.remedies import entries, objecting, policy_outcomes, repairing
from xinheng.remedies.errors import AlreadyOpen, EntryEnded, NoProvisionAdopted, TooEarly

DISPUTED, SUPPRESSED = "disputed", "suppressed"
TEMPORARY = "suppressed-temporarily"
PROMISE, OWN_COPY = "false-promise", "correct-own-copy"
SUSPENSION, ADOPTED = "objection_suspension", "adopted"
Told = Mapping[str, Any]


def register() -> None:
    """Hands the handlers to the case engine, under the names the packs use."""
    for name, handler in HANDLERS.items():
        cases.register_effect(name, handler)


def dispute(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """An objection came in: exactly that row, or that field of it, is disputed since today."""
    statement = _statement(case)
    _alone(case, statement)
    records.mark(
        event=event,
        statement_ids=[statement],
        kind=DISPUTED,
        field=case.field,
        since=step.on,
        case=case.number,
    )
    return {"marked": DISPUTED, "field": case.field}


def forward(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The source is asked. Nothing changes but whose turn it is."""
    return {"to": case.body}


def correct(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Upheld: the corrected content is a new fact; what was said before is superseded, the mark ends.

    The platform itself only makes its copy say what the source sent. Raises `NotOwnCopy`.
    """
    statement = _held(case)
    changes = {str(code): str(value) for code, value in step.detail["changes"].items()}
    if step.act == OWN_COPY:
        changes = objecting.checked_changes(statement=statement, given=changes)
    correction = intake.correction(statement=statement, changes=changes, at=step.at)
    # First the mark ends, then comes the new version: it inherits only what other cases still dispute
    _undispute(event, case, step.on)
    _unsuppress(event, case, statement, step.on)
    new = intake.write_correction(event=event, correction=correction)
    return {"superseded": statement, "statement": new, "fields": sorted(changes)}


def annul(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Upheld: the entry should not be there. It is annulled, not deleted; the mark ends."""
    statement = _held(case)
    _undispute(event, case, step.on)
    records.restand(event=event, statement_ids=[statement], state="annulled")
    return {"annulled": statement}


def refuse(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Refused or withdrawn: the mark ends, and nothing else changes; a copy suspended meanwhile is shown again."""
    statement = _statement(case)
    _undispute(event, case, step.on)
    lifted = _unsuppress(event, case, statement, step.on)
    return {"unmarked": DISPUTED, **({"shown_again": statement} if lifted else {})}


def suspend(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The source is silent and an adopted local provision says so: our copy rests. Raises `NoProvisionAdopted`."""
    statement = _held(case)
    entry = entries.entry(statement)
    windows = {window.code for window in entry.path(step.on).windows}
    ruling = policy_outcomes.may_suspend(
        owners=entry.item.owners, windows=windows, adopted=law.active().setting(SUSPENSION) == ADOPTED
    )
    if not ruling.ok:
        raise NoProvisionAdopted(f"不能暂停公示：{ruling.why}。")
    _suppress(event, case, statement, step.on)
    return {"suppressed": statement}


def begin(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """A repair was asked for: nothing changes yet. One open application for an entry at a time."""
    _alone(case, _statement(case))
    return {}


def end(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Repaired: publication, sharing and use end at once, in every face. Raises `TooEarly`, `EntryEnded`."""
    statement = _statement(case)
    entry = entries.entry(statement)
    if entry.standing.state not in ("held", "suppressed"):
        raise EntryEnded("这条记录已经不在公示，不能再作修复决定。请刷新页面，核对此间的更正或撤销。")
    first = entry.standing.repair_from
    if first is not None and step.on < first:
        raise TooEarly(f"最短公示期未满：{first} 起才可以修复，今天不能作出修复决定。{_meanwhile(case)}")
    if entry.standing.state == "suppressed":
        records.unmark(
            event=event, statement_ids=[statement], kind=SUPPRESSED, case=case.number, until=step.on
        )
    records.restand(event=event, statement_ids=[statement], state="repaired")
    return {"repaired": statement}


def _meanwhile(case: cases.CaseFacts) -> str:
    """What holds until the minimum period is over: reorganisation lifts for a time, it ends nothing for good."""
    if case.state == TEMPORARY:
        return "在此之前继续暂停公示，到期后再办准予修复。"
    if case.detail.get("reorganisation"):
        return "重整（和解）执行期间，请办“重整期间暂停公示”。"
    return ""


def suppress(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Reorganisation: our copy rests while the plan the court approved is carried out. Raises `RulingUnreadable`."""
    statement = _held(case)
    repairing.ruling_of(str(step.detail.get("ruling", "")), step.on)
    _suppress(event, case, statement, step.on)
    return {"suppressed": statement}


def lift(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The plan failed: the entry is shown again, with the days it had."""
    statement = _statement(case)
    _unsuppress(event, case, statement, step.on)
    return {"shown_again": statement}


def revoke(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """False material or a broken promise: the repair is void, the entry comes back, recorded as adopted provisions
    say. Raises `EntryEnded` where it was not repaired."""
    statement = _statement(case)
    now = entries.entry(statement).standing
    if now.state != "repaired":
        raise EntryEnded("这条记录不处于已修复状态，没有可以撤销的修复。请刷新页面核对。")
    after = policy_outcomes.after_false_promise(barred_until=entries.barred_until(step.on))
    records.restand(event=event, statement_ids=[statement], state="held")
    if after.marked:
        records.mark(
            event=event,
            statement_ids=[statement],
            kind=entries.FALSE_MATERIAL,
            field="",
            since=step.on,
            case=case.number,
        )
    return {"restored": statement, "marked": after.marked, "says": after.says}


HANDLERS = {
    "objection.opened": dispute, "objection.route": forward, "objection.correct": correct,
    "objection.annul": annul, "objection.refuse": refuse, "objection.withdraw": refuse,
    "objection.suspend": suspend, "repair.opened": begin, "repair.end": end, "repair.suppress": suppress,
    "repair.lift": lift, "repair.revoke": revoke,
}  # fmt: skip


def _statement(case: cases.CaseFacts) -> int:
    """The entry of a case: the version that stands now, where its source sent a newer one meanwhile."""
    if case.statement is None:
        raise EntryEnded(f"案件 {case.number} 没有指向任何记录，这一步无从生效。请联系信用办核对。")
    return records.standing_versions([case.statement]).get(case.statement, case.statement)


def _held(case: cases.CaseFacts) -> int:
    statement = _statement(case)
    if entries.entry(statement).standing.state not in ("held", "suppressed"):
        raise EntryEnded("这条记录此间已被更正、撤销或修复，这一步不再适用。请刷新页面，按现状办理。")
    return statement


def _alone(case: cases.CaseFacts, statement: int) -> None:
    """Refuses a second open case about the same: asked inside the transaction, so that a race has one winner."""
    evidence.lock(f"remedies.{statement}")
    lines = cases.of_statements(ids=[statement], open_only=True).get(statement, [])
    for line in lines:
        if line.kind == case.kind and line.field == case.field and line.number != case.number:
            what = "异议" if case.kind == "objection" else "修复申请"
            raise AlreadyOpen(
                f"同一内容的{what}正在办理（{line.number}）：请在该案件中补充材料，不需要重复提出。"
            )


def _undispute(event: evidence.OpenEvent, case: cases.CaseFacts, on: date) -> None:
    records.unmark(event=event, statement_ids=[_statement(case)], kind=DISPUTED, case=case.number, until=on)


def _suppress(event: evidence.OpenEvent, case: cases.CaseFacts, statement: int, on: date) -> None:
    records.restand(event=event, statement_ids=[statement], state="suppressed")
    records.mark(
        event=event, statement_ids=[statement], kind=SUPPRESSED, field="", since=on, case=case.number
    )


def _unsuppress(event: evidence.OpenEvent, case: cases.CaseFacts, statement: int, on: date) -> bool:
    """Shows a copy again that this case suspended; one suspended for another reason stays as it is."""
    if entries.entry(statement).standing.state != "suppressed":
        return False
    mine = records.marks([statement], on=on).get(statement, ())
    if not any(mark.kind == SUPPRESSED and mark.case == case.number for mark in mine):
        return False
    records.unmark(event=event, statement_ids=[statement], kind=SUPPRESSED, case=case.number, until=on)
    records.restand(event=event, statement_ids=[statement], state="held")
    return True
