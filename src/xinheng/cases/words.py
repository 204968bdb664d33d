"""Words people wrote, before they are kept: no personal data, no tokens as they came, one spelling of JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinheng.cases.errors import Needed
from xinheng.kernel import personal
from xinheng.kernel.text import strip_invisible

MOST_DETAIL = 200_000


def clean(text: str, *, label: str = "") -> str:
    """Text without personal data and without characters nobody sees (a database need not even take them)."""
    return personal.redact(strip_invisible(text).strip(), label=label)[0]


def clean_detail(value: Any, *, label: str = "") -> Any:
    """A structure of plain values with every text in it cleaned; days become ISO text."""
    if isinstance(value, str):
        return clean(value, label=label)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): clean_detail(cell, label=str(key)) for key, cell in value.items()}
    if isinstance(value, Sequence):
        return [clean_detail(cell, label=label) for cell in value]
    return value


def to_json(value: Mapping[str, Any]) -> str:
    """JSON with one spelling. Raises `Needed` where it is larger than a form can be."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if len(text) > MOST_DETAIL:
        raise Needed(f"填写的内容有 {len(text)} 字，超过 {MOST_DETAIL} 字：较长的说明请作为附件提交。")
    return text


def from_json(text: str) -> dict[str, Any]:
    """What was kept; nothing where it was erased."""
    told: dict[str, Any] = json.loads(text) if text else {}
    return told


def token_of(account: str, act: str, token: str) -> str:
    """Under what a repeated click is known again; "" where the form had no token."""
    return hashlib.sha256(f"{account}\x1f{act}\x1f{token}".encode()).hexdigest() if token else ""
