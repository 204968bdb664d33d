"""What the reports room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class NothingOnFile(XinhengError):
    """Neither the register nor any visible statement knows this organisation."""

    code = "unknown-organisation"
    exit = 2


class NotKnownYet(XinhengError):
    """A known-on day in the future: nobody can say today what will be known then."""

    code = "known-on-future"
    exit = 2
