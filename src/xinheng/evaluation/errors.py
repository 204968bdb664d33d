"""What the evaluation room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import InternalFailure, Refused, WrongUse


class UnknownEngine(WrongUse):
    """No engine of that name."""

    code = "evaluation.unknown-engine"


class EngineMissing(WrongUse):
    """The engine is known and is not installed here."""

    code = "evaluation.engine-missing"


class ModelFaulty(Refused):
    """The checker objects to the model."""

    code = "evaluation.model-faulty"


class NotYet(Refused):
    """A day that has not come."""

    code = "evaluation.not-yet"


class TooEarly(Refused):
    """A day before anything was decided, or known."""

    code = "evaluation.too-early"


class NobodyToEvaluate(Refused):
    """No organisation is a subject of the model there: a run of nobody is not kept."""

    code = "evaluation.nobody"


class UnknownCounty(WrongUse):
    """No county of that code here."""

    code = "evaluation.unknown-county"


class NotEvaluated(Refused):
    """The organisation is not a subject of the model; an individual business never is."""

    code = "evaluation.not-a-subject"


class UnknownOrganisation(WrongUse):
    """No organisation of that code is registered."""

    code = "evaluation.unknown-organisation"


class UnknownRun(WrongUse):
    """No run of that number."""

    code = "evaluation.unknown-run"


class NotInRun(WrongUse):
    """The organisation is not in the run, and computing it again finds no result either."""

    code = "evaluation.not-in-run"


class AnotherModel(WrongUse):
    """The run was made with another model than the one asked about."""

    code = "evaluation.another-model"


class ResultsMissing(InternalFailure):
    """The results of a run are gone or are not what the ledger bound."""

    code = "evaluation.results-missing"


class DoesNotAddUp(InternalFailure):
    """The parts of a score do not sum to it: nothing is shown rather than something wrong."""

    code = "evaluation.does-not-add-up"


class TooLarge(Refused):
    """More facts than this engine may be given."""

    code = "evaluation.too-large"
