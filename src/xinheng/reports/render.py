"""A report as a PDF/A-3a and PDF/UA-1 file, set by Typst.

One compiler is kept for the process: fonts are read once and a warm render takes milliseconds. The template is fixed;
everything that varies reaches it as JSON texts, so no text of a record is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst

from xinheng.reports import view
from xinheng.reports.glyphs import FONTS
from xinheng.reports.shape import Proof, Report

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
_HERE = Path(__file__).parent
_lock = Lock()


def render(report: Report, proof: Proof) -> bytes:
    """The unsigned PDF of a report, with `report.json` and `proof.json` attached.

    The same arguments give the same bytes: the document's date is `issued_at`. Raises `KeyError` or `ValueError` for
    a report that does not have its shape.
    """
    issued = int(datetime.fromisoformat(report["issued_at"]).timestamp())
    inputs = {
        "view": dump(view.build(report, proof)),
        "report": dump(report),
        "proof": dump(proof),
    }
    with _lock:
        made = _compiler().compile(sys_inputs=inputs, pdf_standards=[*STANDARDS], timestamp=issued)
    assert isinstance(made, bytes)
    return made


def dump(value: Mapping[str, Any]) -> str:
    """JSON as attached: UTF-8, compact, keys in the order of the shape."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        str(_HERE / "report.typ"), root=str(_HERE), font_paths=[str(FONTS)], ignore_system_fonts=True
    )
