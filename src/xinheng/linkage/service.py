"""The door of the linkage room: which organisation a name means, what people decided, and what was linked."""

from __future__ import annotations

from xinheng.linkage.errors import (
    AlreadyJudged,
    BadJudgement,
    JudgedBefore,
    NoSuchLink,
    NoSuchPending,
    NoSuchVerdict,
)
from xinheng.linkage.following import catch_up
from xinheng.linkage.history import Decision, Step, decisions, history
from xinheng.linkage.index import drop as drop_index
from xinheng.linkage.index import rebuild as rebuild_index
from xinheng.linkage.index import refresh as refresh_index
from xinheng.linkage.judging import (
    Judged,
    Word,
    double_review,
    has_answered,
    judge,
    judge_none,
    set_double_review,
    standing,
    words,
)
from xinheng.linkage.keys import asked_key
from xinheng.linkage.linking import (
    ANSWER,
    CANDIDATE,
    HUMAN,
    LINKED,
    NONE,
    Answer,
    Candidate,
    link_frame,
    link_one,
    parts_of,
    suggestions,
)
from xinheng.linkage.links import (
    LinkRow,
    judged_links,
    link,
    link_rows,
    linked_counts,
    links,
    record,
    register_origins,
    statements_of,
)
from xinheng.linkage.policy_review import Verdict
from xinheng.linkage.queue import (
    PendingRow,
    Proposed,
    Waiting,
    alike,
    pending,
    pending_row,
    pending_rows,
    propose,
    verdicts,
    waiting,
)
from xinheng.linkage.undoing import Undone, reverse, undo
from xinheng.linkage.wording import Part

__all__ = [
    "ANSWER",
    "CANDIDATE",
    "HUMAN",
    "LINKED",
    "NONE",
    "AlreadyJudged",
    "Answer",
    "BadJudgement",
    "Candidate",
    "Decision",
    "Judged",
    "JudgedBefore",
    "LinkRow",
    "NoSuchLink",
    "NoSuchPending",
    "NoSuchVerdict",
    "Part",
    "PendingRow",
    "Proposed",
    "Step",
    "Undone",
    "Verdict",
    "Waiting",
    "Word",
    "alike",
    "asked_key",
    "catch_up",
    "decisions",
    "double_review",
    "drop_index",
    "has_answered",
    "history",
    "judge",
    "judge_none",
    "judged_links",
    "link",
    "link_frame",
    "link_one",
    "link_rows",
    "linked_counts",
    "links",
    "parts_of",
    "pending",
    "pending_row",
    "pending_rows",
    "propose",
    "rebuild_index",
    "record",
    "refresh_index",
    "register_origins",
    "reverse",
    "set_double_review",
    "standing",
    "statements_of",
    "suggestions",
    "undo",
    "verdicts",
    "waiting",
    "words",
]
