"""What stands between an organisation and the end of an entry: the day, the conditions, the letter, the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from xinheng.cases import service as cases
from xinheng.home import home
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.remedies import entries, policy_repair
from xinheng.remedies.entries import Entry
from xinheng.remedies.errors import NoSuchEntry
from xinheng.remedies.policy_repair import Proof
from xinheng.remedies.types import BY_AUTHORITY, TO_DO, Checklist, Item
from xinheng.reports import paper_words

KIND, CLOCKED = "repair", ("received", "accepted")
# The letter somebody prints and the one a case holds say the same
_PLEDGES = paper_words.PROMISES
_PLEDGES_EN = (
    "The materials submitted are true, lawful, accurate and complete.",
    "The conduct has been corrected and the duties of the decision are fully done.",
    "We will keep the law, act in good faith and accept supervision.",
    "We agree that this letter is shown on Credit China and the local site.",
    "Should material be false or a promise broken, we answer by law, the repair is revoked and the entry shown again.",
)


def checklist(*, statement: int, on: date, audience: str = "self") -> Checklist:
    """Everything an organisation needs to know about ending an entry, on a day.

    `audience` "public" answers for entries the public sees, and names no case. Raises `NoSuchEntry`.
    """
    if audience == "public" and publication.statement(id=statement, audience="public", on=on) is None:
        raise NoSuchEntry(f"没有编号为 {statement} 的公示记录。请从记录页面重新进入。")
    entry = entries.entry(statement)
    path = entry.path(on)
    window = _window(entry)
    facts = entry.facts(path, on=on)
    if facts.repair_from is None and window is not None:
        facts = replace(facts, repair_from=window.earliest_repair)
    may = policy_repair.may_apply(facts, on)
    governs = _governing(entry)
    first = may.first
    possible = may.code in ("", "repair-too-early") or (may.code == "repair-barred" and first is not None)
    return Checklist(
        statement=statement,
        possible=possible,
        why_not="" if possible else may.reasons[0],
        earliest=first,
        now=may.ok,
        days_left=max((first - on).days, 0) if first else 0,
        governs=governs.says,
        provision=entry.standing.rule or path.provision,
        working=_working(entry, window, governs.says, may.reasons),
        working_en=_working_en(entry, governs.says_en, first),
        path=path,
        items=_items(entry, facts, path, on) if possible else (),
        letter=_letter(entry, audience, path, on) if possible else {},
        case="" if audience == "public" else _open_case(statement),
        ends_on=entry.standing.show_until,
        decided_by=_decided_by(entry, max(first or on, on)) if possible else None,
    )


def _decided_by(entry: Entry, asked: date) -> date | None:
    """The last day for a decision on what is asked for on a day: both clocks run out, nothing is supplemented."""
    pack, day = law.active(), asked
    try:
        kind = law.case_kind(pack=pack, code=KIND, on=asked)
        for state in CLOCKED:
            clock = law.case_clock(pack=pack, kind=kind, state=state, sector=entry.sector, on=day)
            if not clock:
                return None
            day = law.due_shown(pack=pack, provision=clock, start=day).due
    except XinhengError:
        return None
    return day


def _items(entry: Entry, facts: policy_repair.Facts, path: law.RepairPath, on: date) -> tuple[Item, ...]:
    held = _held(entry, on)
    found = []
    for one in path.conditions:
        state, how, how_en = policy_repair.condition_state(
            one.proof, facts, on, held if one.proof == "fields" else Proof()
        )
        found.append(Item(one.code, one.zh, state, how, one.en, how_en))
    for said in path.materials:
        if said.code not in {item.code for item in found}:
            brought = "随申请提交；认定单位能自行核查的不要求提交"
            found.append(Item(said.code, said.zh, TO_DO, brought, said.en, "Handed in with the application"))
    to = entries.routed(entry.parts.authority, entry.authority_name, on)
    if to.moved:
        who = register.get([to.body])
        name = who[to.body].name if to.body in who else to.body
        found.append(
            Item(
                "authority",
                f"办理单位：{name}",
                BY_AUTHORITY,
                to.why,
                f"Handled by: {name}",
                "Duties taken over",
            )
        )
    return tuple(found)


def _held(entry: Entry, on: date) -> Proof:
    """What the entry itself proves: the day it left its list."""
    left = entry.values.get(entry.item.card.exit_on, "") if entry.item.card.exit_on else ""
    if left and left <= on.isoformat():
        return Proof(f"平台记载 {left} 已移出", f"On record: removed on {left}")
    return Proof()


def _governing(entry: Entry) -> policy_repair.Governing:
    versions = law.active().publication.get(entry.item.publication, ())
    told = []
    for version in sorted(versions, key=lambda one: one.source.in_force.first):
        every = (*version.triggers, *([version.otherwise] if version.otherwise else ()))
        ids = frozenset({version.source.id, version.version, *(one.id for one in every)})
        told.append((version.version, version.name, version.name_en, ids))
    return policy_repair.governing(entry.standing.rule, told)


def _window(entry: Entry) -> law.Window | None:
    """The window of an entry as it was reckoned. A listing taken in before its list said when an early exit may be asked
    for is reckoned anew: its standing stays, the organisation is told."""
    if entry.parts.decided_on is None:
        return None
    pack, version = law.active(), _version(entry)
    anew = entry.standing.repair_from is None and version is not None and not version.classed
    return law.window(
        pack=pack, item=entry.item, severity=entry.standing.severity, decided_on=entry.parts.decided_on,
        received_on=date.fromisoformat(entry.parts.source[2]), rule="" if anew else entry.standing.rule,
        ends=law.ends_of(pack=pack, item=entry.item, values=entry.values),
    )  # fmt: skip


def _version(entry: Entry) -> law.RuleVersion | None:
    decided = entry.parts.decided_on
    return law.active().rule_version(entry.item.publication, decided) if decided else None


def _working(
    entry: Entry, window: law.Window | None, governs: str, reasons: tuple[str, ...]
) -> tuple[str, ...]:
    if window is None:
        return reasons
    said = (_counted(entry)[0], *([governs] if entry.standing.severity else []), *window.reasons, *reasons)
    return tuple(dict.fromkeys(said))


def _counted(entry: Entry) -> tuple[str, str]:
    """From which day the periods of an entry run, as its rule says, in both languages."""
    decided, received, version = entry.parts.decided_on, entry.parts.source[2], _version(entry)
    if version is None:
        return (
            f"决定日期 {decided}，当日没有适用的公示规则",
            f"Decided on {decided}; no rule was in force that day",
        )
    if version.counted_from == "received_on":
        zh = f"决定（列入）日期 {decided}，平台 {received} 收到：自收到之日起公示，名单上的期限自列入之日起算"
        en = f"Listed on {decided}, received on {received}: shown from receipt, periods on a list run from the listing"
        return zh, en
    zh = f"决定日期 {decided}，公示期自文书作出之日起算"
    return zh, f"Decided on {decided}; periods run from the day the document was made"


def _working_en(entry: Entry, governs: str, first: date | None) -> tuple[str, ...]:
    lines = [_counted(entry)[1], *([governs] if entry.standing.severity else [])]
    if entry.standing.show_until:
        lines.append(f"Publication ends by itself after {entry.standing.show_until}")
    lines.append(f"Repair may be asked for from {first}" if first else policy_repair.NO_MINIMUM_EN)
    return tuple(lines)


def _letter(entry: Entry, audience: str, path: law.RepairPath, on: date) -> dict[str, Any]:
    name, code = entry.values.get(entry.item.subject_name, ""), entry.parts.uscc
    if audience == "public":
        name = register.display_name(code=code, name=name, region=code[2:8])
    opening = f"本单位就「{entry.document or entry.item.name}」申请信用修复，郑重承诺："
    decided = entry.parts.decided_on.isoformat() if entry.parts.decided_on else ""
    told = (("信息名称", entry.item.name), ("文书号", entry.document), ("作出日期", decided))
    return {
        # As the paper is set from (`reports.case_paper`)
        "kind": "commitment", "case_kind": "repair", "office": entry.authority_name, "made_on": on.isoformat(),
        "sandbox": home().sandbox, "applicant": name, "applicant_code": code, "to": entry.authority_name,
        "entry": [{"label": label, "value": value} for label, value in told if value], "lead": opening,
        "items": [{"text": text} for text in _PLEDGES],
        "law": [{"citation": path.provision, "confidence": path.confidence}],
        # As a page shows it
        "title": "信用修复承诺书", "title_en": "Commitment letter for credit repair", "subject": name, "uscc": code,
        "entry_name": entry.item.name, "document": entry.document, "decided_on": decided, "opening": opening,
        "pledges": list(_PLEDGES), "pledges_en": list(_PLEDGES_EN), "provision": path.provision,
        "confidence": path.confidence, "sign": "承诺单位（盖章）：            年   月   日",
    }  # fmt: skip


def _open_case(statement: int) -> str:
    lines = cases.of_statements(ids=[statement], open_only=True).get(statement, [])
    return next((line.number for line in lines if line.kind == "repair"), "")
