"""What asking for an index refuses."""

from __future__ import annotations

from xinheng.kernel.errors import WrongUse


class UnknownIndex(WrongUse):
    """No such part, axis, area or month."""

    code = "no-such-index"
