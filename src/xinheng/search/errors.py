"""What the search refuses."""

from __future__ import annotations

from xinheng.kernel.errors import XinhengError


class NoSuchPage(XinhengError):
    """The mark of the next page is not one this search gave."""

    code = "search.no-such-page"
    exit = 2
