"""What the sync room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class UnknownPlace(WrongUse):
    """No place of that name is compared with."""

    code = "sync.unknown-place"


class ListUnreadable(WrongUse):
    """A list of what a place shows that cannot be read."""

    code = "sync.list-unreadable"


class NoSuchEntry(WrongUse):
    """No entry of that number for this organisation."""

    code = "no-such-entry"


class OnlySimulated(Refused):
    """The simulated places exist in sandboxes only."""

    code = "sync.sandbox-only"
