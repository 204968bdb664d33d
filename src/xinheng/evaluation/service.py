"""The door of the evaluation room: models run, their results, replay; results received; explanation; adoption."""

from __future__ import annotations

from xinheng.evaluation.changing import changes
from xinheng.evaluation.checkup import checkup
from xinheng.evaluation.checkup_types import CheckUp
from xinheng.evaluation.compile import Compiled, compile_model
from xinheng.evaluation.engines import evaluate_facts, evaluate_variants
from xinheng.evaluation.errors import (
    AnotherModel,
    EngineMissing,
    ModelFaulty,
    NobodyToEvaluate,
    NotEvaluated,
    NotInRun,
    NotYet,
    ResultsMissing,
    TooEarly,
    TooLarge,
    UnknownCounty,
    UnknownEngine,
    UnknownOrganisation,
    UnknownRun,
)
from xinheng.evaluation.explained_types import WHY_NAMES, Change, Explanation
from xinheng.evaluation.explaining import explain
from xinheng.evaluation.one import score_one
from xinheng.evaluation.replay import replay
from xinheng.evaluation.runs import (
    EARLIEST,
    latest,
    model_on,
    must_have_come,
    run,
    run_numbered,
    run_of,
    runs,
)
from xinheng.evaluation.store import frame_of, page, results
from xinheng.evaluation.types import (
    ENGINES,
    Contribution,
    Difference,
    IndicatorSum,
    One,
    Page,
    Replay,
    Result,
    Run,
)

__all__ = [
    "EARLIEST",
    "ENGINES",
    "WHY_NAMES",
    "AnotherModel",
    "Change",
    "CheckUp",
    "Compiled",
    "Contribution",
    "Difference",
    "EngineMissing",
    "Explanation",
    "IndicatorSum",
    "ModelFaulty",
    "NobodyToEvaluate",
    "NotEvaluated",
    "NotInRun",
    "NotYet",
    "One",
    "Page",
    "Replay",
    "Result",
    "ResultsMissing",
    "Run",
    "TooEarly",
    "TooLarge",
    "UnknownCounty",
    "UnknownEngine",
    "UnknownOrganisation",
    "UnknownRun",
    "changes",
    "checkup",
    "compile_model",
    "evaluate_facts",
    "evaluate_variants",
    "explain",
    "frame_of",
    "latest",
    "model_on",
    "must_have_come",
    "page",
    "replay",
    "results",
    "run",
    "run_numbered",
    "run_of",
    "runs",
    "score_one",
]
