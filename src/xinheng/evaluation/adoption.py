"""Adopting a model: one account of the office proposes with a report, another confirms. Off until then.

A status belongs to a model's `digest`: a pack that changes the model brings a model nobody adopted. Everything here is kept
as acts, each one ledger event; the status is what the acts of a version leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xinheng.evaluation import adoption_keeping as keeping
from xinheng.evaluation import policy_adoption as policy
from xinheng.evaluation.adoption_errors import NoReason, NotAdoptable
from xinheng.evaluation.models_adoption import Adoption, Report
from xinheng.evaluation.policy_adoption import Done, Status
from xinheng.evidence import service as evidence
from xinheng.kernel import personal
from xinheng.law import service as law

LONGEST = 200


@dataclass(frozen=True)
class Decided:
    """One act on a version of a model, as its history shows it."""

    model: str
    version: str
    digest: str
    done: Done


def status_of(*, code: str, digest: str) -> Status:
    """What holds of this version of a model. One query."""
    return policy.folded(_acts(Adoption.objects.filter(model=code, digest=digest)))


def statuses(*, models: Iterable[law.EvaluationModel]) -> dict[str, Status]:
    """The status of each of these models, by code. One query for all."""
    wanted = {one.code: one.digest for one in models}
    kept: dict[str, list[Adoption]] = {code: [] for code in wanted}
    for row in Adoption.objects.filter(model__in=sorted(wanted)).order_by("id"):
        if row.digest == wanted[row.model]:
            kept[row.model].append(row)
    return {code: policy.folded(_done(row) for row in rows) for code, rows in kept.items()}


def statuses_before(asked: Iterable[tuple[int, str, str]]) -> dict[int, Status]:
    """What held of a model (code, digest) when a row of that id was written, by that id: ids follow the ledger. One query."""
    wanted = list(asked)
    rows = list(
        Adoption.objects.filter(digest__in=sorted({digest for _, _, digest in wanted})).order_by("id")
    )
    return {
        id_: policy.folded(
            _done(row) for row in rows if row.id < id_ and (row.model, row.digest) == (code, digest)
        )
        for id_, code, digest in wanted
    }


def history(*, code: str, limit: int = 50) -> list[Decided]:
    """The newest acts on any version of a model, newest first."""
    rows = Adoption.objects.filter(model=code).order_by("-id")[:limit]
    return [Decided(row.model, row.version, row.digest, _done(row)) for row in rows]


def obstacle(*, model: law.EvaluationModel, on: date) -> str:
    """Why this model may not be adopted on a day, in a sentence; "" where it may. The checker's problems come first."""
    pack = law.active()
    if model.simulation:
        return f"「{model.name}」只供模拟：它的依据{_ended(model)}，不再有效，可以试算、对比，不能采用。"
    if on not in model.in_force:
        return f"「{model.name}」{model.version} 版的有效期是 {model.in_force}，{on} 不在其中。"
    problems = [one for one in law.check_model(model, pack) if one.severity == "error"]
    if problems:
        return f"「{model.name}」没有通过检查（共 {len(problems)} 处）：{problems[0].message}。请先改规则包。"
    return ""


def propose(*, model: law.EvaluationModel, reason: str, actor: str, at: datetime) -> int:
    """Proposes adoption; binds the newest report on this version. Returns the id of the act.

    Raises `NotAdoptable` (a simulation, out of force, faulty, no report that carries it: `unfit`), `NotThisStep`, `NoReason`.
    """
    on = evidence.legal_day(at)
    report = _newest(model)
    _must_be_fit(model, on, report)
    return act(
        model, "propose", actor=actor, at=at, reason=_worded(reason), report=report.id if report else 0
    )


def confirm(*, model: law.EvaluationModel, actor: str, at: datetime) -> int:
    """Adopts what another account proposed, on the report it proposed it with, if that still carries it.

    Raises `OneAccountTwice`, `NotThisStep`, `NotAdoptable`.
    """
    held = status_of(code=model.code, digest=model.digest)
    policy.after(held, Done("adopt", actor, evidence.legal_day(at)))
    _must_be_fit(model, evidence.legal_day(at), Report.objects.filter(id=held.report).first())
    return act(model, "adopt", actor=actor, at=at)


def unfit(*, model: law.EvaluationModel, on: date, report: int = 0) -> str:
    """Why a report (0: the newest on this version) does not carry adoption on a day, in a sentence; "" where it does."""
    return _unfit(model, on, Report.objects.filter(id=report).first() if report else _newest(model))


def refuse(*, model: law.EvaluationModel, reason: str, actor: str, at: datetime) -> int:
    """Takes a waiting proposal (of adoption or of publication) off the table. Raises `NotThisStep`, `NoReason`."""
    return act(model, "refuse", actor=actor, at=at, reason=_worded(reason))


def withdraw(*, model: law.EvaluationModel, reason: str, actor: str, at: datetime) -> int:
    """Switches a model off at once; one account suffices. Raises `NotThisStep`, `NoReason`."""
    return act(model, "withdraw", actor=actor, at=at, reason=_worded(reason))


def act(
    model: law.EvaluationModel, name: str, *, actor: str, at: datetime, reason: str = "", basis: str = "",
    report: int = 0,
) -> int:  # fmt: skip
    """One act, checked against the acts before it under a lock, kept with the pack it was decided under."""
    pack = law.active()
    on = evidence.legal_day(at)
    detail: dict[str, Any] = {
        "model": model.code, "version": model.version, "digest": model.digest, "act": name,
    }  # fmt: skip
    told = evidence.Act(kind=keeping.DECIDED, actor=actor, at=at, pack=pack.digest, detail=detail)
    with evidence.event(told) as event:
        evidence.lock("evaluation-adoption")
        law.remember(pack)
        before = status_of(code=model.code, digest=model.digest)
        policy.after(before, Done(name, actor, on, reason, basis, report))
        return keeping.write(
            event,
            "evaluation_adoption",
            (model.code, model.version, model.digest, name, reason, basis, report, actor, on),
        )


def _newest(model: law.EvaluationModel) -> Report | None:
    return Report.objects.filter(model=model.code, digest=model.digest).order_by("-id").first()


def _must_be_fit(model: law.EvaluationModel, on: date, report: Report | None) -> None:
    why = obstacle(model=model, on=on) or _unfit(model, on, report)
    if why:
        raise NotAdoptable(why)


def _unfit(model: law.EvaluationModel, on: date, report: Report | None) -> str:
    why = policy.unfit(_rests(report), model=model.digest, pack=law.active().digest, on=on)
    return f"「{model.name}」{model.version} 版：{why}" if why else ""


def _rests(report: Report | None) -> policy.Rests | None:
    """What a report was made of; when, and under which pack, the ledger says."""
    if report is None:
        return None
    made, body = evidence.entry_of(evidence.event_of(report.id)), json.loads(report.body)
    tried = body.get("monotone", {})
    return policy.Rests(
        report.digest, made.body["pack"], report.made_on, evidence.legal_day(made.at), body.get("organisations", 0),
        tried.get("tried", 0), len(tried.get("improved", ())),
    )  # fmt: skip


def _worded(reason: str) -> str:
    words = " ".join(reason.split())
    if not words or len(words) > LONGEST:
        raise NoReason(f"请写明理由，最多 {LONGEST} 字（现在 {len(words)} 字）。")
    return personal.redact(words)[0]


worded = _worded


def _ended(model: law.EvaluationModel) -> str:
    last = model.in_force.last
    return f"已于 {last} 终止" if last else "已经终止"


def _acts(rows: Any) -> Iterable[Done]:
    return (_done(row) for row in rows.order_by("id"))


def _done(row: Adoption) -> Done:
    return Done(row.act, row.by, row.done_on, row.reason, row.basis, row.report_id, row.id)


__all__ = [
    "Decided", "Done", "Status", "act", "confirm", "history", "obstacle", "propose", "refuse", "status_of",
    "statuses", "statuses_before", "unfit", "withdraw", "worded",
]  # fmt: skip
