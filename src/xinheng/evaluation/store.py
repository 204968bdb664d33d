"""Results of runs as Parquet under `evaluation/` of the home, sorted by code, bound by digest in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.evaluation import runs_keeping
from xinheng.evaluation.compile import FIXED, Compiled, sum_column
from xinheng.evaluation.errors import ResultsMissing
from xinheng.evaluation.types import Page, Result, Run
from xinheng.law import service as law
from xinheng.law.service import EvaluationModel

if TYPE_CHECKING:
    import polars as pl

MOST = 1_000


@dataclass(frozen=True)
class Gathered:
    """What came of a run."""

    organisations: int
    digest: str
    distribution: dict[str, int]


def gather(parts: Path, file: Path, compiled: Compiled) -> Gathered:
    """Puts what an engine wrote in order of code into one file, and says what it comes to."""
    import polars as pl

    from xinheng.evaluation.engines import kinds_of

    kinds = {"uscc": pl.String, **kinds_of(compiled)}
    written = sorted(parts.glob("*.parquet"))
    frame = (
        pl.concat(
            [pl.read_parquet(one).select(pl.col(n).cast(k) for n, k in kinds.items()) for one in written]
        )
        if written
        else pl.DataFrame(schema=kinds)
    ).sort("uscc")
    frame.write_parquet(file, compression="zstd", compression_level=1, row_group_size=runs_keeping.GROUP)
    return Gathered(frame.height, digest_of(frame), _distribution(frame, compiled.model))


def digest_of(frame: pl.DataFrame) -> str:
    """SHA-256 (hex) of results in order of code. The numbers of organisations inside facts take no part: another engine,
    or facts built anew, give the same."""
    import polars as pl

    told = hashlib.sha256()
    for name in frame.columns:
        if name == "org":
            continue
        told.update(f"{name}|{frame.height}\n".encode())
        column = frame[name]
        if column.dtype == pl.String:
            told.update(column.str.join("\n").item().encode() if frame.height else b"")
        else:
            told.update(column.cast(pl.Int64).to_numpy().astype("<i8", copy=False).tobytes())
    return told.hexdigest()


def results(*, run: int, usccs: Sequence[str]) -> Mapping[str, Result]:
    """Lines of these organisations (at most 1,000) in a run; one that was not evaluated is absent.
    Raises `UnknownRun`, `ResultsMissing`."""
    import polars as pl

    wanted = list(dict.fromkeys(usccs))[:MOST]
    told = _run(run)
    rows = frame_of(run=run).filter(pl.col("uscc").is_in(wanted)).collect()
    return {one.uscc: one for one in _lines(rows, told)}


def page(*, run: int, after: str = "", limit: int = 50, grade: str = "") -> Page:
    """Lines in order of code after `after`, of one grade (by code) or of all. Raises `UnknownRun`, `ResultsMissing`."""
    import polars as pl

    told = _run(run)
    rows = frame_of(run=run).filter(pl.col("uscc") > after)
    if grade:
        codes = [one.code for one in model_of(told).grades]
        rows = rows.filter(pl.col("grade") == (codes.index(grade) if grade in codes else -2))
    found = rows.head(limit + 1).collect()
    lines = _lines(found.head(limit), told)
    return Page(tuple(lines), lines[-1].uscc if found.height > limit else "")


def frame_of(*, run: int, columns: Sequence[str] = ()) -> pl.LazyFrame:
    """All lines of a run, lazily: `uscc, org, score, grade, by_score, ceiling, vetoed, i_<code>…`, sorted by uscc.
    `org` is the number in the facts of that day. Raises `ResultsMissing`."""
    import polars as pl

    file = runs_keeping.file_of(run)
    if not file.is_file():
        raise ResultsMissing(
            f"这次评价的结果文件 {file.name} 不在了。请从备份恢复；xinheng evaluate replay 可以重新计算，核对摘要。"
        )
    found = pl.scan_parquet(file)
    return found.select(*columns) if columns else found


def model_of(run: Run) -> EvaluationModel:
    """The model of a run as it stood then."""
    return _model(run.pack_digest, run.model, run.version)


@lru_cache(maxsize=64)
def _model(pack: str, code: str, version: str) -> EvaluationModel:
    return law.model_at(digest=pack, code=code, version=version)


def _lines(rows: pl.DataFrame, run: Run) -> list[Result]:
    return [_result(row, model_of(run)) for row in rows.iter_rows(named=True)]


def _result(row: Mapping[str, Any], model: EvaluationModel) -> Result:
    _org, score, grade, by_score, ceiling, vetoed = (row[name] for name in FIXED)
    return Result(
        row["uscc"], score, grade, grade_code(model, grade), by_score, ceiling, vetoes_of(model, vetoed),
        {one.code: row[sum_column(one)] for one in model.indicators},
    )  # fmt: skip


def grade_code(model: EvaluationModel, index: int) -> str:
    """The code of a grade by its index; "" for a model without grades."""
    return model.grades[index].code if 0 <= index < len(model.grades) else ""


def vetoes_of(model: EvaluationModel, bits: int) -> tuple[str, ...]:
    """The codes of the vetoes whose bits are set."""
    return tuple(veto.code for at, veto in enumerate(model.vetoes) if bits >> at & 1)


def _distribution(frame: pl.DataFrame, model: EvaluationModel) -> dict[str, int]:
    counted = dict(frame["grade"].value_counts().iter_rows())
    return {grade.code: counted.get(at, 0) for at, grade in enumerate(model.grades)}


def _run(run: int) -> Run:
    from xinheng.evaluation.runs import run_of

    return run_of(run=run)
