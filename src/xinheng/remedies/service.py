"""The door of objection and repair (异议, 信用修复).

Both are cases: the engine keeps steps, clocks and papers; here is what they mean. Every effect on an entry (marks,
standing, corrections) is written in the transaction of the step that decided it.
"""

from __future__ import annotations

from xinheng.remedies.checklists import checklist
from xinheng.remedies.demo import DemoPlay, demo_cases
from xinheng.remedies.errors import (
    AlreadyOpen,
    EntryEnded,
    FieldUnknown,
    MaterialMissing,
    NoProvisionAdopted,
    NoSuchEntry,
    NoticeIncomplete,
    NotOwnCopy,
    NotRepairable,
    NotYours,
    OnlySimulated,
    PushUnreadable,
    ReasonMissing,
    ReceivedWrong,
    RulingUnreadable,
    ServiceRefused,
    TooEarly,
    WrongWindow,
)
from xinheng.remedies.figures import departments, figures, monthly
from xinheng.remedies.notices import MANNERS, notice, notices, repair_notice, served, unserved
from xinheng.remedies.objecting import object_to as object
from xinheng.remedies.objecting import objectionable, own_changes, own_copy
from xinheng.remedies.outcomes import next_steps, served_on
from xinheng.remedies.repairing import apply_repair
from xinheng.remedies.rerouting import reroute
from xinheng.remedies.silence import on_silence
from xinheng.remedies.simulating import acknowledged, push, results
from xinheng.remedies.types import Checklist, Item, NextStep, Notice, OwnCopy, Pushed, Silent, Unserved

__all__ = [
    "MANNERS",
    "AlreadyOpen",
    "Checklist",
    "DemoPlay",
    "EntryEnded",
    "FieldUnknown",
    "Item",
    "MaterialMissing",
    "NextStep",
    "NoProvisionAdopted",
    "NoSuchEntry",
    "NotOwnCopy",
    "NotRepairable",
    "NotYours",
    "Notice",
    "NoticeIncomplete",
    "OnlySimulated",
    "OwnCopy",
    "PushUnreadable",
    "Pushed",
    "ReasonMissing",
    "ReceivedWrong",
    "RulingUnreadable",
    "ServiceRefused",
    "Silent",
    "TooEarly",
    "Unserved",
    "WrongWindow",
    "acknowledged",
    "apply_repair",
    "checklist",
    "demo_cases",
    "departments",
    "figures",
    "monthly",
    "next_steps",
    "notice",
    "notices",
    "object",
    "objectionable",
    "on_silence",
    "own_changes",
    "own_copy",
    "push",
    "repair_notice",
    "reroute",
    "results",
    "served",
    "served_on",
    "unserved",
]
