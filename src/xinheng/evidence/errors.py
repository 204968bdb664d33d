"""What the ledger refuses, and what to do about it."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class EarlierThanLedger(XinhengError):
    """A write on a day before the last entry: history is not written backwards."""

    code = "earlier-than-ledger"
    exit = 3


class TooManyRows(XinhengError):
    """One transaction would exceed the 20,000 rows that keep writers from waiting on each other."""

    code = "too-many-rows"
    exit = 4


class LogShrank(XinhengError):
    """The tree is shorter than a checkpoint already published: this database is not the one that was shown."""

    code = "log-shrank"
    exit = 4


class NotInLedger(XinhengError):
    """The position or leaf asked for is not in the tree yet."""

    code = "not-in-ledger"
    exit = 2
