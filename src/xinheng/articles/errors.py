"""What the articles room refuses."""

from __future__ import annotations

from xinheng.kernel.errors import Refused, WrongUse


class NoSuchArticle(WrongUse):
    """No article of this number."""

    code = "no-such-article"


class BadArticle(WrongUse):
    """A text that may not be kept: too long, without a title, or with something other than Markdown in it."""

    code = "bad-article"


class WrongStep(WrongUse):
    """The act does not fit the step the article is at."""

    code = "wrong-step"


class FourEyes(Refused):
    """Whoever wrote or submitted a version may not approve it."""

    code = "four-eyes"


class PersonalDataInside(Refused):
    """The text holds numbers of persons."""

    code = "personal-data-inside"
