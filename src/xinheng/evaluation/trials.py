"""Why a run is a trial: its model was not adopted when it ran, or was not in force on the day it judges, or both.

Nothing of it is kept beside the run's one mark: the acts before the run and the model's own days tell it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from xinheng.evaluation import adoption, store
from xinheng.evaluation.runs import model_on
from xinheng.evaluation.types import Run
from xinheng.law import service as law
from xinheng.law.service import EvaluationModel

NOT_ADOPTED, NOT_IN_FORCE = "not-adopted", "not-in-force"


def reasons(runs: Iterable[Run]) -> Mapping[int, tuple[str, ...]]:
    """Why each of these runs is a trial, by its id; one that is none is absent. One query for their acts, and one for each
    pack that is no longer the active one."""
    trials = [run for run in runs if run.trial]
    if not trials:
        return {}
    held = adoption.statuses_before([(run.id, run.model, run.model_digest) for run in trials])
    return {run.id: _reasons(run, held[run.id].usable) for run in trials}


def reasons_on(model: EvaluationModel, on: date) -> tuple[str, ...]:
    """Why a result of this model for a day is a trial, as things stand now; () where it is none. One query."""
    return _told(model, on, adoption.status_of(code=model.code, digest=model.digest).usable)


def _reasons(run: Run, adopted: bool) -> tuple[str, ...]:
    model = _model(run)
    if model is None:
        return () if adopted else (NOT_ADOPTED,)
    # A run that was at work while its model was adopted rests on no adoption
    return _told(model, run.on, adopted) or (NOT_ADOPTED,)


def _told(model: EvaluationModel, on: date, adopted: bool) -> tuple[str, ...]:
    return (*(() if adopted else (NOT_ADOPTED,)), *(() if on in model.in_force else (NOT_IN_FORCE,)))


def _model(run: Run) -> EvaluationModel | None:
    """The model of a run, of the active pack where it is still the same; None where its pack was not kept."""
    try:
        now = model_on(law.active(), run.model, run.on)
    except law.UnknownCode:
        now = None
    if now is not None and now.digest == run.model_digest:
        return now
    try:
        return store.model_of(run)
    except (law.UnknownCode, law.UnknownDigest):
        return None
