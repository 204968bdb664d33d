"""The door of the notices room: what organisations are told about their entries and cases, in their inbox and by e-mail.

Notices are reminders, never service of a document.
"""

from __future__ import annotations

from xinheng.notices.collecting import Collected, collect, tell_entries
from xinheng.notices.delivering import Delivered, deliver, due_now, waiting
from xinheng.notices.errors import BadMailAddress, BadTemplates, NoSuchNotice
from xinheng.notices.mail import configured, post
from xinheng.notices.reading import (
    Failure,
    Notice,
    Said,
    counts,
    failures,
    inbox,
    made,
    notice,
    unread,
    words,
)
from xinheng.notices.reading import open_ as read
from xinheng.notices.telling import on_moved, on_step
from xinheng.notices.templates import KINDS

__all__ = [
    "KINDS",
    "BadMailAddress",
    "BadTemplates",
    "Collected",
    "Delivered",
    "Failure",
    "NoSuchNotice",
    "Notice",
    "Said",
    "collect",
    "configured",
    "counts",
    "deliver",
    "due_now",
    "failures",
    "inbox",
    "made",
    "notice",
    "on_moved",
    "on_step",
    "post",
    "read",
    "tell_entries",
    "unread",
    "waiting",
    "words",
]
