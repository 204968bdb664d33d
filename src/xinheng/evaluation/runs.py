"""Runs: one ledger event each, with model, pack, ledger position of the facts, engine and digest of the results."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

from xinheng.evaluation import adoption, engines, runs_keeping, store
from xinheng.evaluation.compile import compile_model
from xinheng.evaluation.errors import (
    ModelFaulty,
    NobodyToEvaluate,
    NotYet,
    TooEarly,
    UnknownCounty,
    UnknownRun,
)
from xinheng.evaluation.models import RunRow
from xinheng.evaluation.types import Run
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.law.service import EvaluationModel

LIMIT = 1 << 63
EARLIEST = date(1980, 1, 1)
"""No day before it is evaluated: nothing here was decided then, and a date so old is a slip of the pen."""


def run(
    *, model: str, on: date, at: datetime, actor: str, engine: str = "duckdb", scope: str = "", as_known: bool = False
) -> Run:  # fmt: skip
    """Evaluates every active organisation of the model's kinds (`scope`: of one county) and keeps the results.

    An earlier day is judged by what is known at `at`: what was repaired since does not count. With `as_known` by what was
    known at the end of that day. A model that is not adopted, or not in force on the day, gives a `trial`. Raises `NotYet`
    for a day to come, `TooEarly`, `UnknownCounty`, `NobodyToEvaluate`, `ModelFaulty`, `TooLarge`, `UnknownEngine`,
    `EngineMissing`, law's `UnknownCode`.
    """
    engines.known(engine)
    pack = law.active()
    plan = model_on(pack, model, on)
    _refuse(plan, pack, on, at, scope)
    as_known = as_known and on < evidence.legal_day(at)
    began = perf_counter()
    runs_keeping.folder().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=runs_keeping.WORK, dir=runs_keeping.folder()))
    try:
        with _facts(on, at, as_known) as held:
            compiled = compile_model(plan, held.whats, on)
            engines.write(engine, compiled, held, work / "parts", scope)
        found = store.gather(work / "parts", work / "results.parquet", compiled)
        if not found.organisations:
            raise NobodyToEvaluate(
                f"{'这个县区' if scope else '这里'}没有模型「{plan.name}」的评价对象，没有可以保存的结果。{_counties_said(pack)}"
            )
        # From here to the end of the transaction nothing takes long
        took = int((perf_counter() - began) * 1000)
        usable = on in plan.in_force and adoption.status_of(code=plan.code, digest=plan.digest).usable
        row = (
            plan.code, plan.version, plan.digest, pack.code, pack.digest, held.position, engine, on,
            on if as_known else evidence.legal_day(at), scope, int(not usable), found.organisations, held.statements, took,
            found.digest, runs_keeping.file_digest(work / "results.parquet"), _canonical(found.distribution), actor,
        )  # fmt: skip
        made = _keep(row, work / "results.parquet", actor=actor, at=at, pack=pack)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return run_of(run=made)


@contextmanager
def _facts(on: date, at: datetime, as_known: bool) -> Iterator[facts.Facts]:
    """What is known now, or was at the end of the day. Raises `TooEarly` where nothing had been decided, or known, by then."""
    position = evidence.position_on(on) if as_known else 0
    if as_known and not position:
        raise TooEarly(
            f"{on} 那天平台还没有任何数据，不能按当天所知评价。请写以后的日子，或者按今天所知评价。"
        )
    with facts.as_known(position=position) if as_known else nullcontext(facts.open_facts(at=at)) as held:
        first = facts.first_day(held) if on < evidence.legal_day(at) else None
        if first is not None and on < first:
            raise TooEarly(f"{on} 以前没有任何信息：最早的一条是 {first} 的。请写那天以后的日子。")
        yield held


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
        raise _unknown(f"{run}")
    return found[0]


def run_numbered(*, number: str) -> Run:
    """One run by its number (or its id). Raises `UnknownRun`."""
    given = number.strip().rpartition("-")[2]
    if not (given.isascii() and given.isdigit()):
        raise UnknownRun(
            f"「{number}」不是评价的编号，编号像 PJ-12。请在评价记录里查对（xinheng evaluate runs）。"
        )
    wanted = int(given)
    first, last = evidence.row_range(wanted)
    fits = [(first, last)] if last < LIMIT else []
    rows = [
        RunRow.objects.filter(id__gte=a, id__lt=b).first()
        for a, b in [*fits, (wanted, wanted + 1)]
        if b < LIMIT
    ]
    found = _told([row for row in rows if row is not None][:1])
    if not found:
        raise _unknown(number.strip())
    return found[0]


def _unknown(said: str) -> UnknownRun:
    return UnknownRun(f"没有编号为 {said} 的评价。请在评价记录里查对（xinheng evaluate runs）。")


def latest(*, model: str, trials: bool = False, scope: str = "", digest: str = "") -> Run | None:
    """The run of a model with that scope for the newest day; of several for one day the last.

    Only runs made while the model was adopted and in force; with `trials` a trial where there is no other. `digest`: only
    of this text of the model.
    """
    rows = RunRow.objects.filter(model=model, scope=scope)
    if digest:
        rows = rows.filter(model_digest=digest)
    if not trials:
        rows = rows.filter(trial=0)
    found = _told(rows.order_by("trial", "-run_on", "-id")[:1])
    return found[0] if found else None


def model_on(pack: law.Pack, code: str, on: date) -> EvaluationModel:
    """The version of a model in force on a day; its newest where none is. Raises law's `UnknownCode`."""
    return law.models(pack=pack, on=on).get(code) or law.model(pack=pack, code=code)


def must_have_come(*, on: date, at: datetime) -> None:
    """Nobody is judged for a day to come. Raises `NotYet`."""
    if on > evidence.legal_day(at):
        raise NotYet(
            f"{on} 还没有到，不能对将来的日子作出评价。请写今天或者以前的日子；想知道到期以后会怎样，看一个组织的评价依据里的「怎样会变」。"
        )


def must_be_judged(*, on: date) -> None:
    """No day before `EARLIEST` is. Raises `TooEarly`."""
    if on < EARLIEST:
        raise TooEarly(f"不评价 {EARLIEST} 以前的日子，写的是 {on}。请核对日期。")


def _refuse(plan: EvaluationModel, pack: law.Pack, on: date, at: datetime, scope: str) -> None:
    must_have_come(on=on, at=at)
    must_be_judged(on=on)
    if scope and scope not in pack.counties:
        raise UnknownCounty(f"没有代码为「{scope}」的县区。{_counties_said(pack)}")
    against = [one for one in law.check_model(plan, pack) if one.severity == "error"]
    if against:
        raise ModelFaulty(
            f"模型「{plan.name}」通不过检查：{against[0].message}。请改正规则包后再评价（xinheng law check）。"
        )


def _counties_said(pack: law.Pack) -> str:
    """The counties there are to choose from, in a sentence."""
    known = "、".join(f"{names[0]} {code}" for code, names in sorted(pack.counties.items()))
    return f"可以选的县区：{known}；不写就是全部。" if known else "本地不分县区，请不写县区。"


def _keep(row: tuple[object, ...], file: Path, *, actor: str, at: datetime, pack: law.Pack) -> int:
    act = evidence.Act(kind=runs_keeping.RAN, actor=actor, at=at, pack=pack.digest)
    place = None
    try:
        with evidence.event(act) as event:
            law.remember(pack)
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
        row.position, row.engine, row.run_on, row.known_on, at, row.by, row.scope, bool(row.trial), row.organisations,
        row.statements, row.milliseconds, row.results, json.loads(row.distribution),
    )  # fmt: skip


def _canonical(distribution: dict[str, int]) -> str:
    return json.dumps(distribution, ensure_ascii=False, separators=(",", ":"))
