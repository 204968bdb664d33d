"""The door of the case engine: open, act, read, count, sweep. What a kind of case is stands in the packs."""

from __future__ import annotations

from xinheng.cases.acting import act, take_back
from xinheng.cases.attachments import attachment, attachments
from xinheng.cases.errors import (
    AttachmentRefused,
    CaseMovedOn,
    EffectMissing,
    Needed,
    NoSuchCase,
    NoSuchDocument,
    NotPossible,
    NotYours,
    OpenedWrong,
)
from xinheng.cases.figuring import figures
from xinheng.cases.handlers import (
    register_check,
    register_effect,
    register_moved,
    register_overdue,
    register_step,
)
from xinheng.cases.listing import (
    by_outside,
    counters,
    counters_by_body,
    due,
    of_statements,
    of_subject,
    with_open,
)
from xinheng.cases.opening import open
from xinheng.cases.reading import case, clocks, document, documents, steps
from xinheng.cases.recomputing import recompute
from xinheng.cases.serving import reassign, serve, serve_in
from xinheng.cases.sweeping import sweep
from xinheng.cases.types import (
    Actor,
    Attachment,
    BodyCounters,
    Case,
    CaseFacts,
    CaseLine,
    Clock,
    Counters,
    Document,
    Done,
    MovedCase,
    OverdueCase,
    Reader,
    Recomputed,
    Step,
    StepFacts,
    Swept,
    Upload,
    WaitingStep,
)

__all__ = [
    "Actor",
    "Attachment",
    "AttachmentRefused",
    "BodyCounters",
    "Case",
    "CaseFacts",
    "CaseLine",
    "CaseMovedOn",
    "Clock",
    "Counters",
    "Document",
    "Done",
    "EffectMissing",
    "MovedCase",
    "Needed",
    "NoSuchCase",
    "NoSuchDocument",
    "NotPossible",
    "NotYours",
    "OpenedWrong",
    "OverdueCase",
    "Reader",
    "Recomputed",
    "Step",
    "StepFacts",
    "Swept",
    "Upload",
    "WaitingStep",
    "act",
    "attachment",
    "attachments",
    "by_outside",
    "case",
    "clocks",
    "counters",
    "counters_by_body",
    "document",
    "documents",
    "due",
    "figures",
    "of_statements",
    "of_subject",
    "open",
    "reassign",
    "recompute",
    "register_check",
    "register_effect",
    "register_moved",
    "register_overdue",
    "register_step",
    "serve",
    "serve_in",
    "steps",
    "sweep",
    "take_back",
    "with_open",
]
