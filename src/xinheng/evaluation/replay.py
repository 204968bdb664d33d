"""A run computed again from the ledger as it stood, with the model's text as it stood."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from xinheng.evaluation import engines, one, runs_keeping, store
from xinheng.evaluation.compile import compile_model
from xinheng.evaluation.errors import NotEvaluated, NotInRun, ResultsMissing, UnknownOrganisation
from xinheng.evaluation.runs import run_of
from xinheng.evaluation.types import Difference, Replay, Run, Verdict
from xinheng.evidence import service as evidence
from xinheng.facts import service as facts
from xinheng.law import service as law

if TYPE_CHECKING:
    import polars as pl

    from xinheng.evaluation.types import One, Result

SHOWN = 100


def replay(*, run: int, uscc: str = "", engine: str = "") -> Replay:
    """Computes a run (or one organisation of it) again, from the facts as known at its ledger position and the model it
    named, and compares with what was kept; `engine` may be another one than the run's.

    Equal is only what the ledger bound: lines may be missing as many as erasures of the ledger took, and no more. Raises
    `UnknownRun`, `NotInRun` for an organisation that is not in the run and has no result now either, `ResultsMissing`
    where one organisation is asked for and the file is gone, `UnknownEngine`, `EngineMissing`.
    """
    then = run_of(run=run)
    engine = engine or then.engine
    engines.known(engine)
    return _one(then, uscc, engine) if uscc else _all(then, engine)


def _all(then: Run, engine: str) -> Replay:
    runs_keeping.folder().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=runs_keeping.WORK, dir=runs_keeping.folder()))
    try:
        with facts.as_known(position=then.position, pack=law.by_digest(then.pack_digest)) as held:
            compiled = compile_model(store.model_of(then), held.whats, then.on)
            engines.write(engine, compiled, held, work / "parts", then.scope)
            found = store.gather(work / "parts", work / "now.parquet", compiled)
        kept, cleared = _kept(then), runs_keeping.cleared(then.id)
        lost = max(0, then.organisations - cleared.lines - (0 if kept is None else kept.height))
        differing = (
            () if kept is None else _differences(then, kept, work / "now.parquet", every=not cleared.lines)
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
    # Where nothing was taken the digests have the last word: they also see what a comparison might not
    whole = bool(cleared.lines) or (kept is not None and found.digest == then.digest == store.digest_of(kept))
    verdict: Verdict = "different" if differing or not whole else "equal"
    if lost or not runs_keeping.intact(then.id):
        verdict = "lost"
    return Replay(
        then.id, engine, verdict, found.organisations, then.digest, found.digest, differing,
        erased_since(then), cleared.lines, lost,
    )  # fmt: skip


def _kept(then: Run) -> pl.DataFrame | None:
    """The lines that are there; None where the file is gone or cannot be read."""
    import polars as pl

    try:
        return store.frame_of(run=then.id).collect()
    except (ResultsMissing, OSError, pl.exceptions.PolarsError):
        return None


def _one(then: Run, uscc: str, engine: str) -> Replay:
    """The digest of one is of its score and grade alone."""
    kept = store.results(run=then.id, usccs=[uscc]).get(uscc)
    again, cleared, whole = (
        _again(then, uscc, engine),
        runs_keeping.cleared(then.id),
        runs_keeping.intact(then.id),
    )
    if kept is None and (again is None or (whole and not cleared.lines)):
        raise NotInRun(
            f"{then.number} 里没有 {uscc}{'' if again else '，按当时的账本重算也没有它的结果'}。请核对统一社会信用代码。"
        )
    before, now = _pair_of(kept), _pair_of(again)
    same = kept is not None and again is not None and kept == again.result
    lost = kept is None and not whole
    verdict: Verdict = "lost" if not whole else "erased" if kept is None else "equal" if same else "different"
    return Replay(
        then.id, engine, verdict, int(again is not None), _said(before), _said(now),
        () if same or kept is None else (Difference(uscc, before, now),), erased_since(then), cleared.lines, int(lost),
    )  # fmt: skip


def _again(then: Run, uscc: str, engine: str) -> One | None:
    """One organisation as the run would evaluate it; None where it is none of the run's."""
    pack = law.by_digest(then.pack_digest)
    held = facts.of_one(uscc=uscc, position=then.position, pack=pack)
    if then.scope and held.orgs["county"].to_list() != [then.scope]:
        return None
    try:
        return one.score_model(
            uscc=uscc, model=store.model_of(then), on=then.on, position=then.position, pack=pack, held=held, engine=engine
        )  # fmt: skip
    except (NotEvaluated, UnknownOrganisation):
        return None


def _differences(then: Run, kept: pl.DataFrame, file: Path, *, every: bool) -> tuple[Difference, ...]:
    """Kept lines that came out otherwise; with `every` also those that are new."""
    import polars as pl

    now = pl.read_parquet(file)
    fields = [name for name in now.columns if name not in ("uscc", "org")]
    both = kept.join(now, on="uscc", how="full" if every else "left", suffix="_now", coalesce=True)
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


def _pair_of(found: Result | One | None) -> tuple[int, str] | None:
    return (found.score, found.grade_code) if found else None


def erased_since(then: Run) -> int:
    """How many statements were lawfully erased since the run."""
    told = evidence.events(after=then.position, kinds=("records.erased",))
    return sum(len(entry.body["detail"].get("erased", {})) for entry in told)


def _said(pair: tuple[int, str] | None) -> str:
    return "" if pair is None else f"{pair[0]}|{pair[1]}"
