"""What a receipt says of rows linked by name, and how the link is read back from a kept row.

The words stay in the kept copy, where erasure finds them; nothing of them is stored beside.
"""

from __future__ import annotations

import re

import polars as pl

from xinheng.register import service as register

AUTOMATIC, JUDGED = "automatic", "judged"
_LEADS = {AUTOMATIC: "按名称关联到", JUDGED: "按人工核定关联到"}
_GENERAL = "登记库中的组织"
_LINKED = re.compile(f"^({'|'.join(_LEADS.values())})(?: [0-9A-Z]{{18}} |{_GENERAL})")
# The same for Rust, over all notes of a row
_CODE = f"(?:^|;)(?:{'|'.join(_LEADS.values())}) ([0-9A-Z]{{18}}) "
DOUBTFUL, UNKNOWN = "name-doubtful", "name-unknown"
WORDS = {
    DOUBTFUL: (
        "没有可用的统一社会信用代码,按名称找到的组织还不能确定,已提交人工核定",
        "请补报统一社会信用代码后重新报送;也可以等待信用主管部门核定,核定后自动入库,不必重报。",
    ),
    UNKNOWN: (
        "按名称在登记库中也没有找到这家组织",
        "请核对是否为登记的全称;确有这家组织的,请填写它的统一社会信用代码。",
    ),
}


def shown(code: str, name: str) -> str:
    """A register name as anyone may see it: an individual business is not called by a person's name."""
    return register.display_name(code=code, name=name, region=code[2:8])


def _registered(code: str) -> str:
    found = register.get([code]).get(code)
    return found.shown_name if found else ""


def percent(confidence: int) -> str:
    """Basis points of probability for a reader; a comparison of names is never certain."""
    return f"{min(confidence, 9_999) / 100:.2f}%"


def linked_note(*, code: str, name: str, how: str, confidence: int, reason: str) -> str:
    """The note of a linked row. Without a semicolon: notes of one cell are joined by it."""
    called = shown(code, name) if name else _registered(code)
    # The reason may quote the name that matched
    because = reason.replace(name, called) if name and called != name else reason
    sure = "" if how == JUDGED else f",可信度 {percent(confidence)}"
    note = f"{_LEADS[how]} {code} {called}{sure},依据:{because}"
    return " ".join(note.replace(";", "；").split())


def is_link(note: str) -> bool:
    """Whether a note tells of a link, of one row or counted."""
    return _LINKED.match(note) is not None


def in_general(note: str) -> str:
    """A note as it may be counted and stored: a link without the organisation."""
    found = _LINKED.match(note)
    return found[1] + _GENERAL if found else note


def linked_code(notes: str = "_notes") -> pl.Expr:
    """The code a kept row was linked to, null for all others."""
    told = pl.col(notes).list.eval(pl.element().struct.field("note")).list.join(";")
    return told.str.extract(_CODE, 1)
