"""When people have said enough about a doubtful row. Facts in, answer out.

One person decides alone. In a double review two judge without seeing each other: where they agree it is settled, where
they do not, or one is unsure, the next person who is sure settles it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
WORDS = (SAME, DIFFERENT, UNSURE)
NOBODY = ""


@dataclass(frozen=True)
class Answer:
    """What one person says about the whole row: `kind` same (then `code`), different (none of these) or unsure."""

    kind: str
    code: str = ""


def answer_of(words: Mapping[str, str], candidates: Sequence[str]) -> Answer | None:
    """One person's words on single organisations as an answer to the row; None while some are still missing."""
    same = [code for code, word in words.items() if word == SAME]
    if same:
        return Answer(SAME, same[0])
    if UNSURE in words.values():
        return Answer(UNSURE)
    if NOBODY in words or (candidates and all(words.get(code) == DIFFERENT for code in candidates)):
        return Answer(DIFFERENT)
    return None


def settled(answers: Sequence[Answer]) -> Answer | None:
    """The answer that stands after these, one a person and in their order; None while another person is needed."""
    if len(answers) < 2:
        return None
    if answers[0] == answers[1] and answers[0].kind != UNSURE:
        return answers[0]
    return next((answer for answer in answers[2:] if answer.kind != UNSURE), None)


def step(answers: int) -> str:
    """Where an unsettled row waits: for anybody, for a second person, for a third."""
    return ("waiting", "second", "third")[min(answers, 2)]


class Verdict:
    """The words of a verdict, for other rooms."""

    SAME = SAME
    DIFFERENT = DIFFERENT
    UNSURE = UNSURE
