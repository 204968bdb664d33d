"""Runs: one ledger event each, with model, pack, ledger position of the facts, engine and digest of the results."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

from xinheng.evaluation import adoption, engines, runs_keeping, store
from xinheng.evaluation.compile import compile_model
from xinheng.evaluation.errors import ModelFaulty, NotYet, UnknownRun
from xinheng.evaluation.models import RunRow
from xinheng.evaluation.types import Run
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.law.service import EvaluationModel


def run(*, model: str, on: date, at: datetime, actor: str, engine: str = "duckdb", scope: str = "") -> Run:
    """Evaluates every active organisation of the model's kinds (`scope`: of one county) and keeps the results.

    A model that is not adopted, or not in force on the day, gives a `trial`. Raises `NotYet` for a day to come,
    `ModelFaulty`, `TooLarge`, `UnknownEngine`, `EngineMissing`, law's `UnknownCode`.
    """
    engines.known(engine)
    pack = law.active()
    plan = model_on(pack, model, on)
    _refuse(plan, pack, on, at)
    began = perf_counter()
    held = facts.open_facts(at=at)
    compiled = compile_model(plan, held.whats, on)
    runs_keeping.folder().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=runs_keeping.WORK, dir=runs_keeping.folder()))
    try:
        engines.write(engine, compiled, held, work / "parts", scope)
        found = store.gather(work / "parts", work / "results.parquet", compiled)
        # From here to the end of the transaction nothing takes long
        took = int((perf_counter() - began) * 1000)
        usable = on in plan.in_force and adoption.status_of(code=plan.code, digest=plan.digest).usable
        row = (
            plan.code, plan.version, plan.digest, pack.code, pack.digest, held.position, engine, on, scope,
            int(not usable), found.organisations, held.statements, took, found.digest,
            runs_keeping.file_digest(work / "results.parquet"), _canonical(found.distribution), actor,
        )  # fmt: skip
        made = _keep(row, work / "results.parquet", actor=actor, at=at, pack=pack)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return run_of(run=made)


def runs(*, model: str = "", before: int = 0, limit: int = 50) -> Sequence[Run]:
    """Runs, newest first, with ids below `before` (0: from the newest). Two queries."""
    rows = RunRow.objects.order_by("-id")
    if model:
        rows = rows.filter(model=model)
    if before:
        rows = rows.filter(id__lt=before)
    return _told(rows[:limit])


def run_of(*, run: int) -> Run:
    """One run by its id. Raises `UnknownRun`."""
    found = _told(RunRow.objects.filter(id=run)[:1])
    if not found:
        raise UnknownRun(f"没有编号为 {run} 的评价。请在评价记录里查对（xinheng evaluate runs）。")
    return found[0]


def run_numbered(*, number: str) -> Run:
    """One run by its number (or its id). Raises `UnknownRun`."""
    given = number.rpartition("-")[2]
    if not given.isdigit():
        raise UnknownRun(
            f"「{number}」不是评价的编号，编号像 PJ-12。请在评价记录里查对（xinheng evaluate runs）。"
        )
    first, last = evidence.row_range(int(given))
    row = RunRow.objects.filter(id__gte=first, id__lt=last).first() if first < 2**62 else None
    return run_of(run=row.id if row else int(given))


def latest(*, model: str, trials: bool = False, scope: str = "") -> Run | None:
    """The newest run of a model with that scope; without `trials` only runs made while it was adopted and in force."""
    rows = RunRow.objects.filter(model=model, scope=scope).order_by("-id")
    found = _told((rows if trials else rows.filter(trial=0))[:1])
    return found[0] if found else None


def model_on(pack: law.Pack, code: str, on: date) -> EvaluationModel:
    """The version of a model in force on a day; its newest where none is. Raises law's `UnknownCode`."""
    return law.models(pack=pack, on=on).get(code) or law.model(pack=pack, code=code)


def _refuse(plan: EvaluationModel, pack: law.Pack, on: date, at: datetime) -> None:
    if on > evidence.legal_day(at):
        raise NotYet(
            f"{on} 还没有到，不能对将来的日子作出评价。请写今天或者以前的日子；想知道到期以后会怎样，看解释页的「什么会改变它」。"
        )
    against = [one for one in law.check_model(plan, pack) if one.severity == "error"]
    if against:
        raise ModelFaulty(
            f"模型「{plan.name}」通不过检查：{against[0].message}。请改正规则包后再评价（xinheng law check）。"
        )


def _keep(row: tuple[object, ...], file: Path, *, actor: str, at: datetime, pack: law.Pack) -> int:
    act = evidence.Act(kind=runs_keeping.RAN, actor=actor, at=at, pack=pack.digest)
    place = None
    try:
        with evidence.event(act) as event:
            made = runs_keeping.write(event, row)
            place = runs_keeping.file_of(made)
            file.rename(place)
    except BaseException:
        if place is not None:
            place.unlink(missing_ok=True)
        raise
    return made


def _told(rows: Iterable[RunRow]) -> list[Run]:
    rows = list(rows)
    spans = evidence.spans([evidence.event_of(row.id) for row in rows])
    return [_run(row, spans[evidence.event_of(row.id)][2]) for row in rows]


def _run(row: RunRow, at: datetime) -> Run:
    return Run(
        row.id, f"PJ-{evidence.event_of(row.id)}", row.model, row.version, row.model_digest, row.pack, row.pack_digest,
        row.position, row.engine, row.run_on, at, row.by, row.scope, bool(row.trial), row.organisations,
        row.statements, row.milliseconds, row.results, json.loads(row.distribution),
    )  # fmt: skip


def _canonical(distribution: dict[str, int]) -> str:
    return json.dumps(distribution, ensure_ascii=False, separators=(",", ":"))
