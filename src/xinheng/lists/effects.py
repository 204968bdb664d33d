"""What a step of a listing does, in the very transaction of the step. Every one asks again what its opening asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.lists import kinds, listing_papers, policy_listing, proceedings
from xinheng.lists.errors import EndBeyond, EntryGone, FactsMissing, TooEarly
from xinheng.records import service as records
from xinheng.register import service as register

Told = Mapping[str, Any]
DEFENCE = "listing-defence"
DECISION, REPAIR_NOTICE = "decision", "repair-notice"
STANDS = ("held", "suppressed")
OWN_END = "列入决定写明的停留期限届满"


def register_all() -> None:
    """Hands the handlers to the case engine, under the names the pack uses."""
    for name, handler in HANDLERS.items():
        cases.register_effect(name, handler)
    cases.register_check("listing.decide", may_decide)
    cases.register_check("listing.remove", may_remove)


def opened(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """A proceeding begins, by whichever door: authority, kind, facts and papers are asked about here."""
    evidence.lock(f"lists.{case.uscc}")
    kind = proceedings.judge(
        pack=law.active(), detail=case.detail, facts=step.reason, body=case.body, role=step.actor.role,
        uscc=case.uscc, on=step.on,
    )  # fmt: skip
    proceedings.twice(case=case.number, uscc=case.uscc, kind=kind, detail=case.detail, on=step.on)
    return {"list": kind.code}


def notify(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Prior notice: what is intended and why; the time for statement and defence runs from its service."""
    kind, facts = _judged(case, step)
    _served(step, since=case.opened_on)
    return {"paper": listing_papers.prior_notice(case, kind, facts, step.on)}


def defend(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """A statement came in: kept with the step; it never makes things worse."""
    return {}


def defence_over(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Nobody spoke in time. Raises `TooEarly` before the last day is over."""
    _heard(case, step.on)
    return {}


def refrain(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Not listed: nothing was written, nothing is undone."""
    return {}


def decide(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The decision: never before the defence is over, with the end it writes itself (`until` of the step) or the longest
    of its kind. Raises `TooEarly`, `EndBeyond`, and what the opening raises."""
    evidence.lock(f"lists.{case.uscc}")
    kind, facts = _judged(case, step)
    _heard(case, step.on)
    proceedings.twice(case=case.number, uscc=case.uscc, kind=kind, detail=case.detail, on=step.on)
    until = _end(kind, step)
    return {
        "list": kind.code, "until": _iso(until), "warning_on": _iso(kinds.warning_on(kind, until)),
        "exits": [one.kind for one in kind.exits],
        "paper": listing_papers.decision(case, kind, facts, step.on, until),
    }  # fmt: skip


def may_decide(case: cases.CaseFacts, step: cases.StepFacts) -> None:
    """What stands against a decision already when it is proposed: its end. Raises `EndBeyond`."""
    kind, _ = _judged(case, step)
    _end(kind, step)


def may_remove(case: cases.CaseFacts, step: cases.StepFacts) -> None:
    """What stands against a removal already when it is proposed. Raises `TooEarly`, `EntryGone`."""
    statement = _standing(case)
    if statement is None:
        return
    early = records.open_standing([statement])["repair_from"][0]
    if why := policy_listing.removal_refusal(early_on=early, on=step.on):
        raise TooEarly(why)


def deliver(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Decision and repair notice reach the organisation together."""
    kind, facts = _judged(case, step)
    decided = _decided(case)
    served = _served(step, since=decided.made_on)
    until = _decided_end(case, kind, decided)
    cases.serve_in(
        event, case=case.number, kinds_of_paper=(DECISION,), served=served, actor=step.actor, at=step.at
    )
    return {"paper": listing_papers.repair_notice(case, kind, facts, decided, step.on, until)}


def publish(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The entry is written, by the intake's own writer: from now on the gate shows it. Raises `FactsMissing` where a
    paper was not served, `NoEnd`, `EntryRefused`."""
    evidence.lock(f"lists.{case.uscc}")
    kind, facts = _judged(case, step)
    proceedings.twice(case=case.number, uscc=case.uscc, kind=kind, detail=case.detail, on=step.on)
    papers = cases.documents(number=case.number, reader=proceedings.READER)
    served = {one.kind: one.served_on for one in papers}
    if not served.get(DECISION) or not served.get(REPAIR_NOTICE):
        raise FactsMissing("决定书和信用修复告知书还没有都登记送达，不能公示。请先登记送达。")
    item = law.active().items[kind.item or kinds.SERIOUS]
    values = _values(item, case, kind, facts, _decided(case), served)
    ready = intake.entry(
        item=item.code, values=values, source=case.number, at=step.at, ahead=(item.card.exit_on,)
    )  # fmt: skip
    shown_until = ready.row["show_until"][0]
    until = shown_until or kinds.stay_end(kind, ready.row["decided_on"][0])
    new = intake.write_entry(event=event, entry=ready)
    return {"statement": new, "until": _iso(until), "warning_on": _iso(kinds.warning_on(kind, until))}


def remove(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Removed after repair: off the list, and out of publication, sharing and use at once. Raises `TooEarly`."""
    statement = _standing(case)
    if statement is None:
        return {"exit": "removal", **_exit_paper(case, step, "removal")}
    may_remove(case, step)
    records.restand(event=event, statement_ids=[statement], state="repaired")
    return {"exit": "removal", "statement": statement, **_exit_paper(case, step, "removal")}


def correct(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """Listed by mistake: as if it had never been."""
    return _annul(event, case, step, "correction")


def revoke(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The decision was revoked: it never had effect."""
    return _annul(event, case, step, "revocation")


def expire(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts) -> Told:
    """The stay has ended; the gate closed by itself the day before. Raises `TooEarly`."""
    statement = _statement(case)
    until = None
    if statement is not None:
        standing = records.open_standing([statement])
        until = standing["show_until"][0] if standing.height else None
    if until is None:
        kind = law.active().lists.get(str(case.detail.get("list", "")))
        until = _decided_end(case, kind, _decided(case)) if kind is not None else None
    if why := policy_listing.expiry_refusal(until=until, on=step.on):
        raise TooEarly(why)
    return {"exit": "expiry", "until": _iso(until)}


HANDLERS = {
    "listing.opened": opened, "listing.notify": notify, "listing.defend": defend, "listing.defence-over": defence_over,
    "listing.refrain": refrain, "listing.decide": decide, "listing.deliver": deliver, "listing.publish": publish,
    "listing.remove": remove, "listing.correct": correct, "listing.revoke": revoke, "listing.expire": expire,
}  # fmt: skip


def _judged(case: cases.CaseFacts, step: cases.StepFacts) -> tuple[law.ListKind, str]:
    """The kind and the facts, judged anew under today's pack: a kind that lost its basis is decided no further."""
    facts = cases.case(number=case.number, reader=proceedings.READER).reason
    kind = proceedings.judge(
        pack=law.active(), detail=case.detail, facts=facts, body=case.body, role=step.actor.role, uscc=case.uscc,
        on=step.on,
    )  # fmt: skip
    return kind, facts


def _heard(case: cases.CaseFacts, on: date) -> None:
    """Raises `TooEarly` while the organisation may still speak."""
    clocks = [
        one for one in cases.clocks(number=case.number, reader=proceedings.READER) if one.provision == DEFENCE
    ]
    if why := policy_listing.defence_refusal(due_on=clocks[-1].due_on if clocks else None, on=on):
        raise TooEarly(why)


def _served(step: cases.StepFacts, *, since: date) -> Mapping[str, Any]:
    served: Mapping[str, Any] = step.detail.get("served") or {}
    if str(served.get("on", "")) < since.isoformat():
        raise FactsMissing(f"送达日期不能早于 {since.isoformat()}。请填写实际送达的日期。")
    return served


def _decided(case: cases.CaseFacts) -> cases.Document:
    papers = cases.documents(number=case.number, reader=proceedings.READER)
    found = next((one for one in papers if one.kind == DECISION), None)
    if found is None:
        raise FactsMissing("本案还没有列入决定书，不能往下办。请先作出决定。")
    return found


def _end(kind: law.ListKind, step: cases.StepFacts) -> date | None:
    """The last day on the list as the decision writes it; the longest of the kind where it writes none."""
    longest = kinds.stay_end(kind, step.on)
    said = str(step.detail.get("until", "")).strip()
    if not said:
        return longest
    until = kinds.day(said)
    if why := policy_listing.end_refusal(name=kind.name, until=until, longest=longest, on=step.on):
        raise EndBeyond(why)
    return until


def _decided_end(case: cases.CaseFacts, kind: law.ListKind, decided: cases.Document) -> date | None:
    """The end the decision wrote; never later than the kind's own under today's pack."""
    taken = cases.steps(number=case.number, reader=proceedings.READER)
    told = [
        one.detail.get("effect", {}).get("until", "")
        for one in taken
        if one.act == "decide" and one.how == "done"
    ]
    ends = [
        one
        for one in (kinds.day(str(told[-1])) if told else None, kinds.stay_end(kind, decided.made_on))
        if one
    ]
    return min(ends, default=None)


def _statement(case: cases.CaseFacts) -> int | None:
    """The entry this proceeding published, in the version that stands now; None before it was published."""
    taken = cases.steps(number=case.number, reader=proceedings.READER)
    ids = [
        int(one.detail["effect"]["statement"]) for one in taken
        if one.act == "publish" and one.how == "done" and one.detail.get("effect", {}).get("statement")
    ]  # fmt: skip
    return records.standing_versions(ids[-1:]).get(ids[-1], ids[-1]) if ids else None


def _standing(case: cases.CaseFacts) -> int | None:
    """The entry, where it still stands; None before it was published. Raises `EntryGone`."""
    statement = _statement(case)
    if statement is None:
        return None
    found = records.open_standing([statement])
    if found.is_empty() or found["state"][0] not in STANDS:
        raise EntryGone("这一条此间已经移出、更正、撤销或者删除，不能再办一次。请刷新页面核对。")
    return statement


def _annul(event: evidence.OpenEvent, case: cases.CaseFacts, step: cases.StepFacts, exit_: str) -> Told:
    statement = _standing(case)
    if statement is not None:
        records.restand(event=event, statement_ids=[statement], state="annulled")
    return {
        "exit": exit_,
        **({"statement": statement} if statement else {}),
        **_exit_paper(case, step, exit_),
    }


def _exit_paper(case: cases.CaseFacts, step: cases.StepFacts, exit_: str) -> dict[str, Any]:
    kind = law.active().lists.get(str(case.detail.get("list", "")))
    return {"paper": listing_papers.leaving(case, kind, exit_, step)} if kind is not None else {}


def _values(
    item: law.Item, case: cases.CaseFacts, kind: law.ListKind, facts: str, decided: cases.Document,
    served: Mapping[str, date | None],
) -> dict[str, str]:  # fmt: skip
    """The row as the authority would report it."""
    names = register.get([case.uscc, case.body])
    own = names[case.body].name if case.body in names else listing_papers.body_name(case.body)
    basis = str(case.detail.get("basis", "")) or "；".join(str(one) for one in kind.basis)
    by_name = {field.name: field.code for field in item.fields}
    until, longest = _decided_end(case, kind, decided), kinds.stay_end(kind, decided.made_on)
    # An end of its own stands in the entry as the day it leaves: the stay alone would show it longer
    own_end = until + timedelta(days=1) if until and longest and until < longest else None
    told = {
        item.subject_name: names[case.uscc].name, item.subject_code: case.uscc, item.card.kind: kind.name,
        item.document_number[0]: decided.number, item.decided_on: decided.made_on.isoformat(),
        item.card.what: facts, item.card.law: basis, item.authority_name: own, item.authority: case.body,
        item.source_name: own, item.source_code: case.body,
        item.card.exit_on: _iso(own_end), item.card.exit_why: OWN_END if own_end else "",
        by_name.get("列入决定送达日期", ""): _iso(served.get(DECISION)),
        by_name.get("信用修复告知书送达日期", ""): _iso(served.get(REPAIR_NOTICE)),
    }  # fmt: skip
    return {code: value for code, value in told.items() if code}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
