"""What can go wrong. Every refusal of the platform is a `Problem` with the stable code it gave."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """The platform's own answer that it will not do it: `code` is for programs and never changes its meaning.

    `where` is the place in the request, `what_to_do` the next step (Chinese), `number` the evidence number where a
    refused check was written down.
    """

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        self.status = status
        self.code = str(told.get("code", "unknown"))
        self.message = str(told.get("message", ""))
        self.where = str(told.get("where", ""))
        self.what_to_do = str(told.get("what_to_do", ""))
        self.number = str(told.get("number") or "")
        super().__init__(f"{status} {self.code}: {self.message} {self.what_to_do}".strip())


class Busy(Problem):
    """The allowance is used up: come back after `retry_after` seconds."""

    def __init__(self, status: int, told: dict[str, Any], retry_after: int) -> None:
        super().__init__(status, told)
        self.retry_after = retry_after


class Unreachable(Exception):
    """No answer from the platform, or none that is its own. What was asked may or may not have been done."""
