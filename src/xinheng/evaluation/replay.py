"""A run computed again from the ledger as it stood, with the model's text as it stood."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from xinheng.evaluation import engines, one, runs_keeping, store
from xinheng.evaluation.compile import compile_model
from xinheng.evaluation.errors import NotEvaluated, UnknownOrganisation
from xinheng.evaluation.runs import run_of
from xinheng.evaluation.types import Difference, Replay, Run
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law

if TYPE_CHECKING:
    import polars as pl

SHOWN = 100


def replay(*, run: int, uscc: str = "", engine: str = "") -> Replay:
    """Computes a run (or one organisation of it) again, from the facts as known at its ledger position and the model it
    named; `engine` may be another one. Raises `UnknownRun`, `ResultsMissing`, `UnknownEngine`, `EngineMissing`."""
    then = run_of(run=run)
    engine = engine or then.engine
    engines.known(engine)
    return _one(then, uscc, engine) if uscc else _all(then, engine)


def _all(then: Run, engine: str) -> Replay:
    work = Path(tempfile.mkdtemp(prefix=runs_keeping.WORK, dir=runs_keeping.folder()))
    try:
        with facts.as_known(position=then.position, pack=law.by_digest(then.pack_digest)) as held:
            compiled = compile_model(store.model_of(then), held.whats, then.on)
            engines.write(engine, compiled, held, work / "parts", then.scope)
            found = store.gather(work / "parts", work / "now.parquet", compiled)
        kept = store.frame_of(run=then.id).collect()
        same = found.digest == then.digest == store.digest_of(kept)
        differing = () if same else _differences(then, kept, work / "now.parquet")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Replay(
        then.id,
        engine,
        not differing,
        found.organisations,
        then.digest,
        found.digest,
        differing,
        _erased(then),
    )


def _one(then: Run, uscc: str, engine: str) -> Replay:
    """The digest of one is of its score and grade alone."""
    kept = store.results(run=then.id, usccs=[uscc]).get(uscc)
    model = store.model_of(then)
    try:
        again = one.score_model(
            uscc=uscc, model=model, on=then.on, position=then.position, pack=law.by_digest(then.pack_digest),
            engine=engine,
        )  # fmt: skip
    except (NotEvaluated, UnknownOrganisation):
        again = None
    before = (kept.score, kept.grade_code) if kept else None
    now = (again.score, again.grade_code) if again else None
    sums = {part.code: part.micro for part in again.indicators} if again else {}
    equal = before == now and (kept is None or (dict(kept.sums) == sums and kept.vetoes == again.vetoes))  # type: ignore[union-attr]
    return Replay(
        then.id, engine, equal, int(again is not None), _said(before), _said(now),
        () if equal else (Difference(uscc, before, now),), _erased(then),
    )  # fmt: skip


def _differences(then: Run, kept: pl.DataFrame, file: Path) -> tuple[Difference, ...]:
    """Lines that came out otherwise. Lines that a lawful erasure took from the run are in neither."""
    import polars as pl

    now = pl.read_parquet(file)
    fields = [name for name in now.columns if name not in ("uscc", "org")]
    cleared = kept.height < then.organisations
    both = kept.join(now, on="uscc", how="left" if cleared else "full", suffix="_now", coalesce=True)
    unlike = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in fields)
    rows = both.filter(unlike).sort("uscc").head(SHOWN)
    return tuple(
        Difference(row["uscc"], _pair(then, row, ""), _pair(then, row, "_now")) for row in rows.to_dicts()
    )


def _pair(then: Run, row: dict[str, int | None], suffix: str) -> tuple[int, str] | None:
    score, grade = row[f"score{suffix}"], row[f"grade{suffix}"]
    if score is None or grade is None:
        return None
    return score, store.grade_code(store.model_of(then), grade)


def _erased(then: Run) -> int:
    """How many statements were lawfully erased since the run."""
    told = evidence.events(after=then.position, kinds=("records.erased",))
    return sum(len(entry.body["detail"].get("erased", {})) for entry in told)


def _said(pair: tuple[int, str] | None) -> str:
    return "" if pair is None else f"{pair[0]}|{pair[1]}"
