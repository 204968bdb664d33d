"""What can be asked wrongly of the statistics."""

from __future__ import annotations

from xinheng.kernel.errors import WrongUse


class NoSuchCube(WrongUse):
    """A question along an axis that is not kept."""

    code = "no-such-cube"
