"""Feedback of a city that does not exist: most hints answered in time, some late, some not, a few not applied."""

from __future__ import annotations

from datetime import datetime

from xinheng.checks import feedback, results
from xinheng.checks.feedback_errors import FeedbackFourEyes, NotPublishable
from xinheng.evidence import service as evidence

REASONS = (
    "该事项的许可条件与所列行为无关，依法不适用",
    "申请人在核查之后撤回申请，没有作出决定",
    "经复核，所列记录已进入修复程序，待决定后再行处理",
)


def demo_feedback(*, at: datetime, most: int = 400) -> int:
    """Answers about seven in ten of the hints that wait and publishes a few results; returns how many were answered.

    The same hints are chosen each time: what is left open stays open.
    """
    on = evidence.legal_day(at)
    given: dict[str, list[feedback.Given]] = {}
    for one in feedback.open_feedback(body=None, on=on, limit=most):
        turn = _turn(one)
        if turn >= 7:
            continue
        applied = turn < 5
        given.setdefault(one.body, []).append(
            feedback.Given(
                one.number,
                one.hint,
                applied,
                "已作为审查依据，不予列入" if applied else REASONS[turn % len(REASONS)],
            )
        )
    done = 0
    for body, answers in sorted(given.items()):
        lines = feedback.answer_many(given=answers, body=body, actor="demo:department", at=at)
        done += len(lines)
        for line in lines[:2]:
            try:
                results.publish(feedback=line.id, actor="demo:office", at=at)
            except (NotPublishable, FeedbackFourEyes):
                continue
    return done


def _turn(hint: feedback.HintLine) -> int:
    """A digit that depends on the hint alone."""
    return (sum(map(ord, hint.uscc)) * 7 + hint.hint * 3) % 10
