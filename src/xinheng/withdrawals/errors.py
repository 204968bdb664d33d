"""Failures of the withdrawals room."""

from __future__ import annotations

from xinheng.kernel.errors import Refused


class NotToldYet(Refused):
    """A client acknowledges what it was not told."""

    code = "not-told-yet"
