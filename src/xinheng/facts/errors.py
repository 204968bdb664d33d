"""What can go wrong with facts."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class FactsUnsettled(XinhengError):
    """The ledger is written so fast that no pass over the news found it at rest."""

    code = "facts-unsettled"
    exit = 4


class FactsDamaged(XinhengError):
    """A file of facts is missing or cannot be read."""

    code = "facts-damaged"
    exit = 4
