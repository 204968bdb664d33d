"""What the gate refuses."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class UnknownAudience(XinhengError):
    """An audience the gate does not know."""

    code = "unknown-audience"
    exit = 2
