"""What feedback on hints refuses, and why. Each text says what to do."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NoSuchHint(WrongUse):
    """There is no hint of kind 应当 with this number."""

    code = "no-such-hint"


class NotYourCheck(Refused):
    """The hint was given to another unit."""

    code = "not-your-check"


class FeedbackIncomplete(WrongUse):
    """An answer without what makes it one."""

    code = "feedback-incomplete"


class NotPublishable(Refused):
    """A result that may not be told to the public: not answered, deferred, or its entry is not public."""

    code = "result-not-publishable"


class FeedbackFourEyes(Refused):
    """Who reported a result does not publish it."""

    code = "four-eyes"
