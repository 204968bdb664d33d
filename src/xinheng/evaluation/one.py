"""One organisation: the same expressions as a run, over the facts of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from xinheng.evaluation import engines, store, subjects
from xinheng.evaluation.compile import Compiled, compile_model, sum_column
from xinheng.evaluation.errors import NotEvaluated, UnknownOrganisation
from xinheng.evaluation.runs import model_on, must_be_judged
from xinheng.evaluation.types import Contribution, IndicatorSum, One
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.law.service import EvaluationModel

if TYPE_CHECKING:
    from xinheng.facts.types import OneFacts

_Row = tuple[int, int, int, int, int, int]


def score_one(
    *, uscc: str, model: str, on: date, position: int | None = None, held: OneFacts | None = None,
    engine: str = "duckdb",
) -> One:  # fmt: skip
    """Score, grade and every contribution of one organisation (`position`: as the ledger stood then; `held`: its facts,
    where the caller has them already; `engine`: where the score is computed, never a different one).

    Raises `UnknownOrganisation`, `NotEvaluated` (not a subject of the model), `TooEarly`, `UnknownEngine`, `EngineMissing`,
    law's `UnknownCode`. Whether the day has come is the caller's to ask (`must_have_come`).
    """
    engines.known(engine)
    plan = model_on(law.active(), model, on)
    return score_model(uscc=uscc, model=plan, on=on, position=position, held=held, engine=engine)


def score_model(
    *, uscc: str, model: EvaluationModel, on: date, position: int | None = None, pack: law.Pack | None = None,
    held: OneFacts | None = None, engine: str = "duckdb",
) -> One:  # fmt: skip
    """`score_one` for a given text of a model and, for the numbers of its facts, a given pack."""
    must_be_judged(on=on)
    held = held or facts.of_one(uscc=uscc, position=position, pack=pack)
    if held.orgs.is_empty():
        raise UnknownOrganisation(
            f"没有可以评价的组织 {uscc}：代码没有登记，或者是个体工商户（不评价）。请核对统一社会信用代码。"
        )
    compiled = compile_model(model, held.whats, on)
    _subject(compiled, held)
    scored = engines.evaluate_facts(
        model=model, facts=held.facts, orgs=held.orgs, whats=held.whats, on=on, engine=engine
    ).row(0, named=True)
    told = engines.asked(compiled, "contributions", held.facts, held.orgs)
    rows: list[_Row] = told.select("statement", "slot", "months", "decay", "amount", "micro").rows()
    parts = _parts(model, rows, scored)
    return One(
        uscc, model.code, model.version, on, held.position, model.base, scored["score"], scored["grade"],
        store.grade_code(model, scored["grade"]), scored["by_score"], scored["ceiling"],
        store.vetoes_of(model, scored["vetoed"]), parts, _contributions(model, rows),
    )  # fmt: skip


def _subject(compiled: Compiled, held: OneFacts) -> None:
    """Raises `NotEvaluated` for whom a run of the model would leave out."""
    from xinheng.evaluation.compile import subjects_of

    model, row = compiled.model, held.orgs.row(0, named=True)
    fits = subjects.is_of_kind(model, kind=row["kind"], industry=row["industry"], active=row["active"])
    if fits and model.holding is not None:
        fits = not subjects_of(
            model=model, facts=held.facts, orgs=held.orgs, whats=held.whats, on=compiled.on
        ).is_empty()
    if not fits:
        raise NotEvaluated(
            f"{row['uscc']} 不是模型「{model.name}」的评价对象（主体种类、行业、登记状态或者所需信息不符）。请换用适合它的模型。"
        )


def _parts(model: EvaluationModel, rows: Sequence[_Row], scored: dict[str, Any]) -> tuple[IndicatorSum, ...]:
    counted: dict[int, tuple[int, int]] = {}
    for _statement, slot, _months, _decay, _amount, micro in rows:
        n, told = counted.get(slot, (0, 0))
        counted[slot] = n + 1, told + micro
    return tuple(
        IndicatorSum(one.code, *counted.get(at, (0, 0)), scored[sum_column(one)])
        for at, one in enumerate(model.indicators)
    )


def _contributions(model: EvaluationModel, rows: Sequence[_Row]) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(statement, model.indicators[slot].code, months, decay, amount, micro)
        for statement, slot, months, decay, amount, micro in sorted(
            rows, key=lambda row: (row[1], row[2], row[0])
        )
    )
