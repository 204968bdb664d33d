"""What the page of a listing case says besides: the kind of list, the conduct and papers, the end, the ways off it."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinheng.cases import service as cases
from xinheng.faces.site import measure_rows as rows
from xinheng.law import service as law
from xinheng.lists import service as lists


def of(found: cases.Case, on: date) -> dict[str, Any] | None:
    """The list a case is about; None for a case of another kind."""
    if found.kind != lists.KIND:
        return None
    detail, pack = found.detail, law.active()
    kind = pack.lists.get(str(detail.get("list", "")))
    trigger = (
        next((one for one in kind.triggers if one.code == detail.get("trigger")), None) if kind else None
    )
    return {
        "row": rows.kind(pack, on, kind.code) if kind else None,
        "trigger": rows.said(trigger) if trigger else "",
        "documents": [str(one) for one in detail.get("documents") or ()],
        "basis": str(detail.get("basis", "")),
    }
