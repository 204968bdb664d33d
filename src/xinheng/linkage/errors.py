"""What the linkage room refuses when people judge."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NoSuchPending(WrongUse):
    """No doubtful row of this number."""

    code = "no-such-pending"


class NoSuchVerdict(WrongUse):
    """No standing verdict of this number."""

    code = "no-such-verdict"


class NoSuchLink(WrongUse):
    """No standing link of this number."""

    code = "no-such-link"


class BadJudgement(WrongUse):
    """A word that is none of the three, an unknown organisation, or no reason where one is needed."""

    code = "bad-judgement"


class AlreadyJudged(WrongUse):
    """Somebody else judged in the meantime; what stands has to be reversed before anything else can be said."""

    code = "already-judged"


class JudgedBefore(Refused):
    """In a double review nobody speaks twice about one name."""

    code = "judged-before"
