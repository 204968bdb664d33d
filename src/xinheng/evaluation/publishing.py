"""Publishing a model: only with a basis the pack names, proposed by one account and confirmed by another.

What is published is the model itself and its totals by grade. An organisation's own number or grade under a local model is
shown to nobody outside the office and the authorities that decide about it, published or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from xinheng.evaluation import adoption, policy_totals, runs
from xinheng.evaluation.adoption_errors import NoBasisToPublish
from xinheng.evaluation.policy_totals import FLOOR
from xinheng.evidence import service as evidence
from xinheng.law import service as law


@dataclass(frozen=True)
class Totals:
    """Totals of a run on a day as they may be published, in the order of the model's grades: `organisations` all together, in
    tens. `withheld` says why there are no cells."""

    on: date
    organisations: int | None
    cells: tuple[policy_totals.Cell, ...]
    withheld: str


def basis_problem(*, model: law.EvaluationModel, on: date) -> str:
    """Why a model may not be published on a day, in a sentence; "" where its basis carries it."""
    pack, basis = law.active(), model.publication
    if model.simulation:
        return f"「{model.name}」只供模拟，不能公布。"
    if pack.level == "county":
        return f"{pack.name}是县级：县级不公布本地评价。"
    if basis is None:
        return (
            f"「{model.name}」没有写公布依据，只能内部使用。有法律、法规或者规章作依据时，写进规则包再提出。"
        )
    if basis.our_choice or basis.citation is None:
        return f"公布依据「{basis.id}」没有引用条文：系统自己的选择不能作为公布的依据。"
    instrument = basis.citation.instrument
    if instrument.rank not in law.PUBLISHING_RANKS:
        return f"{basis.citation}不是法律、法规或者规章，不能作为公布的依据。"
    if on not in basis.in_force or on not in instrument.in_force:
        return f"{basis.citation}在 {on} 不是现行有效的规定。"
    if basis.confidence != "verified" and basis.id not in pack.adopted:
        return f"{basis.citation}待核实，本办公室尚未采用，不能据以公布。核实后运行 xinheng law adopt {basis.id}。"
    return ""


def propose_publication(*, model: law.EvaluationModel, reason: str, actor: str, at: datetime) -> int:
    """Proposes to publish an adopted model on the basis it names. Raises `NoBasisToPublish`, `NotThisStep`, `NoReason`."""
    _must_rest(model, at)
    basis = model.publication.id if model.publication else ""
    return adoption.act(
        model, "propose-publication", actor=actor, at=at, reason=adoption.worded(reason), basis=basis
    )


def publish(*, model: law.EvaluationModel, actor: str, at: datetime) -> int:
    """Publishes what another account proposed. Raises `NoBasisToPublish`, `OneAccountTwice`, `NotThisStep`."""
    _must_rest(model, at)
    return adoption.act(model, "publish", actor=actor, at=at)


def unpublish(*, model: law.EvaluationModel, reason: str, actor: str, at: datetime) -> int:
    """Takes a published model back at once; it stays adopted. Raises `NotThisStep`, `NoReason`."""
    return adoption.act(model, "unpublish", actor=actor, at=at, reason=adoption.worded(reason))


def shown(*, on: date) -> tuple[law.EvaluationModel, ...]:
    """The models whose definition and totals the public may see on a day: published, in force, still with their basis."""
    models = law.models(pack=law.active(), on=on)
    held = adoption.statuses(models=models.values())
    return tuple(
        one for code, one in models.items() if held[code].published and not basis_problem(model=one, on=on)
    )


def totals(model: law.EvaluationModel) -> Totals | None:
    """The totals of a published model's newest run of the whole place, without what would tell of single organisations; None
    where it was not run in force, or has no grades."""
    run = runs.latest(model=model.code, digest=model.digest)
    if run is None or not model.grades:
        return None
    told = policy_totals.told([run.distribution.get(grade.code, 0) for grade in model.grades])
    return Totals(run.on, told.whole, told.cells, told.withheld)


def _must_rest(model: law.EvaluationModel, at: datetime) -> None:
    why = basis_problem(model=model, on=evidence.legal_day(at))
    if why:
        raise NoBasisToPublish(why)


__all__ = [
    "FLOOR",
    "Totals",
    "basis_problem",
    "propose_publication",
    "publish",
    "shown",
    "totals",
    "unpublish",
]
