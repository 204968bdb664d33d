"""What the page of one case shows: the entry, the claim and its papers, the clock day by day, the steps, the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinheng.cases import service as cases
from xinheng.faces.clock import now, today
from xinheng.faces.desk.sources import names as unit_names
from xinheng.faces.desk.views import cases_effects, cases_listing
from xinheng.faces.desk.views.cases_access import possible, reader, token, worker
from xinheng.faces.desk.views.cases_papers import manners
from xinheng.faces.desk.views.cases_shown import left, strip
from xinheng.faces.site.views.common import shown_cards
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.remedies import service as remedies
from xinheng.withdrawals import service as withdrawals

WHO = {
    "organisation": gettext_lazy("申请人"),
    "department": gettext_lazy("经办"),
    "reviewer": gettext_lazy("复核"),
    "authority": gettext_lazy("决定单位"),
    "office": gettext_lazy("信用办"),
    "exchange": gettext_lazy("信用中国（模拟交换）"),
    "platform": gettext_lazy("平台"),
}
OWN_ACTS = {"take-back": gettext_lazy("撤回待复核的一步"), "reassign": gettext_lazy("移交")}
CHANNELS = {
    "site": gettext_lazy("公示网站提出"),
    "workspace": gettext_lazy("主体工作台提出"),
    "counter": gettext_lazy("窗口代办"),
    "exchange": gettext_lazy("信用中国转来（模拟交换）"),
    "platform": gettext_lazy("平台发起"),
}


def whole(request: Any, found: cases.Case) -> dict[str, Any]:
    """Everything the page of a case says."""
    on, who = today(), reader(request)
    kind = found.shape
    state = kind.states.get(found.state) if kind else None
    taken = list(cases.steps(number=found.number, reader=who))
    papers = list(cases.documents(number=found.number, reader=who))
    actor = worker(request)
    subject = register.get([found.uscc]).get(found.uscc)
    units = unit_names({one for one in (found.body, found.authority, *(step.body for step in taken)) if one})
    entry = entry_of(found, on, taken=taken, own=request.account.only_body)
    shown_clocks = clocks_of(found, who, on)
    against = compared(found, entry)
    reassigns = request.account.may("cases.reassign") and not found.final
    return {
        "case": found,
        "kind": kind,
        "state": state,
        "subject": subject.shown_name if subject else found.uscc,
        "holder": units.get(found.body, found.body),
        "authority": units.get(found.authority, found.authority),
        "left": left(
            days=found.days_left,
            overdue=found.overdue,
            final=found.final,
            provisional=found.provisional,
            paused=found.paused_on is not None,
        ),
        "entry": entry,
        "card": shown_cards([entry], on=on)[0] if entry else None,
        "asked_field": _field(found),
        "compared": against,
        "clocks": shown_clocks,
        "past_clocks": [one for one in shown_clocks if not one["running"]],
        "steps": timeline(found, taken, units, papers),
        "papers": papers,
        "papers_named": [(paper, kind.papers.get(paper.kind) if kind else None) for paper in papers],
        "may_serve": request.account.may("cases.decide") or request.account.may("cases.counter"),
        "manners": manners(),
        "channel": CHANNELS.get(found.channel, found.channel),
        "attachments": list(cases.attachments(number=found.number, reader=who)),
        "possible": [(step, cases_effects.of(step)) for step in possible(request, found)],
        "role_says": role_says(request, found),
        "waiting": waiting_of(found, actor),
        "corrected": entry is not None and entry.id != _first(found, taken),
        "arrived": arrivals(found),
        "may_trace": request.account.only_body in (None, against["told"].sender) if against else False,
        "remedies": next_steps(found, papers, on) if found.final else [],
        "token": token(),
        "may_reassign": reassigns,
        **(_heirs(found, on) if reassigns else {}),
        "today_iso": on.isoformat(),
        "listing": cases_listing.of(found, on),
    }


def entry_of(
    found: cases.Case, on: date, *, taken: Sequence[cases.Step] = (), own: str | None = None
) -> publication.Entry | None:
    """The entry a case is about, as the bodies that share it see it; its corrected version where one took its place.

    An entry whose use ended is left to the body that decided it, which keeps its history. None where there is none.
    """
    newest = next(reversed(_made(taken)), found.statement)
    if newest is None:
        return None
    entry = publication.statement(id=newest, audience="authority", on=on)
    if entry is None and own and own == found.authority:
        entry = publication.statement(id=newest, audience="self", on=on)
    return entry


def _made(taken: Sequence[cases.Step]) -> list[int]:
    """The entries steps of a case made, in order."""
    told = (dict(step.detail.get("effect") or {}).get("statement") for step in taken)
    return [int(one) for one in told if one]


def _first(found: cases.Case, taken: Sequence[cases.Step]) -> int | None:
    """The entry a case began with: the one it is about, or, where it puts an organisation on a list, the one it made."""
    return found.statement or next(iter(_made(taken)), None)


def _field(found: cases.Case) -> Any:
    item = law.active().items.get(found.item)
    return item.by_code.get(found.field) if item and found.field else None


def compared(found: cases.Case, entry: publication.Entry | None) -> dict[str, Any] | None:
    """Our copy beside the row as its source sent it, field by field; None where there is no entry any more."""
    if entry is None:
        return None
    try:
        told = remedies.own_copy(statement=entry.id)
    except XinhengError:
        return None
    item = law.active().items[entry.item]
    differs = {field: (sent, shown) for field, _name, sent, shown in told.differs}
    lines = [
        {
            "field": field,
            "shown": differs[field.code][1] if field.code in differs else entry.values.get(field.code, ""),
            "sent": differs[field.code][0] if field.code in differs else entry.values.get(field.code, ""),
            "differs": field.code in differs,
            "asked": field.code == found.field,
        }
        for field in item.fields
        if field.type != "person" and (entry.values.get(field.code) or field.code in differs)
    ]
    lines.sort(key=lambda line: (not line["asked"], not line["differs"]))
    return {"told": told, "lines": lines, "sender": unit_names([told.sender]).get(told.sender, told.sender)}


def clocks_of(found: cases.Case, who: cases.Reader, on: date) -> list[dict[str, Any]]:
    """The clocks of a case, the running one first: each with its days, and the result a notice replaced."""
    shown, rows = [], list(cases.clocks(number=found.number, reader=who))
    by_id = {clock.id: clock for clock in rows}
    for clock in rows:
        running = clock.ended_on is None and not found.final
        shown.append(
            {
                "clock": clock,
                "running": running,
                "before": by_id.get(clock.moved_from)
                if clock.cause == "moved" and clock.moved_from
                else None,
                "rule": cited(clock.provision),
                "strip": strip(clock.working, due=clock.due_on, on=on),
                "left": left(days=found.days_left, overdue=found.overdue) if running else None,
            }
        )
    return sorted(shown, key=lambda one: not one["running"])


def timeline(
    found: cases.Case, taken: Sequence[cases.Step], units: dict[str, str], papers: Sequence[cases.Document]
) -> list[dict[str, Any]]:
    """Steps, newest first, each with what it is, whose it was, its provision, and the paper it made."""
    by_number = {paper.number: paper for paper in papers}
    known = found.shape.by_step if found.shape else {}
    item = law.active().items.get(found.item)
    shown = []
    for step in reversed(taken):
        act = known.get(step.act)
        changes = dict(step.detail.get("changes") or {})
        ground = str(step.detail.get("ground", ""))
        shown.append(
            {
                "step": step,
                "act": act,
                "own": OWN_ACTS.get(step.act, ""),
                "unit": units.get(step.body, step.body),
                "who": WHO.get(step.role, step.role),
                "basis": basis(step.provision, act),
                "ground": next((one for one in act.reasons if one.code == ground), None) if act else None,
                "supplements": list(step.detail.get("supplements") or []),
                "changes": [
                    (item.by_code[code], value)
                    for code, value in changes.items()
                    if item and code in item.by_code
                ],
                "paper": by_number.get(step.document) if step.document else None,
            }
        )
    return shown


def arrivals(found: cases.Case) -> Any:
    """How many who took the entry were told that it ended, and how many confirmed; None while it goes on."""
    if not found.final or found.statement is None:
        return None
    return withdrawals.arrivals(statements=[found.statement], at=now()).get(found.statement)


def basis(citation: str, step: Any) -> dict[str, Any] | None:
    """What a step rests on, in the words kept with it, and whether somebody verified them; None for nothing."""
    if not citation:
        return None
    source = getattr(step, "source", None)
    confidence = getattr(getattr(source, "instrument", source), "confidence", "")
    return {"text": citation, "unverified": confidence != "verified"}


def waiting_of(found: cases.Case, actor: cases.Actor) -> dict[str, Any] | None:
    """The step that waits for its second account: what it is, and whether this account proposed it."""
    waiting = found.waiting_step
    if waiting is None:
        return None
    step = found.shape.by_step.get(waiting.act) if found.shape else None
    return {"said": waiting, "step": step, "own": waiting.by == actor.account, "act": waiting.act}


def role_says(request: Any, found: cases.Case) -> str:
    """To somebody of the body whose turn it is who may not take its steps: who may; "" to everybody else."""
    account = request.account
    if found.final or found.desk != "authority" or not account.body or account.body != found.body:
        return ""
    if account.role == "reviewer":
        return _("由本单位承办岗提出；提出以后，您在这里复核或者退回。") if found.waiting_step is None else ""
    return _("由本单位承办岗办理，复核岗复核；您可以查看。") if account.role == "department" else ""


def next_steps(found: cases.Case, papers: Sequence[cases.Document], on: date) -> Sequence[Any]:
    """What is open to who does not agree with the outcome, from the day its paper was served where that is known."""
    served = remedies.served_on(papers, found.closed_on)
    try:
        return remedies.next_steps(
            kind=found.kind, state=found.state, on=on, served=served, statement=found.statement
        )
    except XinhengError:
        return []


def cited(provision: str) -> Any:
    """The provision a step or a clock rests on; None for none, or for one the pack in use no longer knows."""
    if not provision:
        return None
    try:
        return law.provision(provision)
    except XinhengError:
        return None


def _heirs(found: cases.Case, on: date) -> dict[str, Any]:
    """Whom a case could be given to: the body that took over the duty first, where a reform named one."""
    bodies = sorted(
        (one.uscc, one.name) for one in law.active().departments if one.uscc and one.uscc != found.body
    )
    heir = register.successors([found.authority or found.body], on).get(found.authority or found.body, "")
    named = unit_names([heir]).get(heir, heir) if heir and heir != found.body else ""
    return {"bodies": bodies, "successor": {"code": heir, "name": named} if named else None}
