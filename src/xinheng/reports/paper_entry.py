"""What a case paper says of the entry it is about: asked of the gate for the addressee, as known before the paper ended it.

A case keeps no copy of an entry. What was erased since is gone from its papers too; what was corrected, annulled or repaired is
shown as it was known until then, so that a paper reads the same later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.reports.paper_shape import CasePaper, PaperChange, PaperField

_MOST = 400


def completed(content: Mapping[str, Any], *, statement: int | None, on: date) -> CasePaper:
    """The content with the entry, the corrected fields and the addressee of a transfer, where it does not name them.

    `statement` is the entry the case is about. The organisation sees what is its own, an authority what is shared with
    authorities; never more. Nothing is added for an entry the addressee may not see.
    """
    paper: dict[str, Any] = dict(content)
    if statement is None:
        return cast(CasePaper, paper)
    effect = paper.get("effect") or {}
    audience = "authority" if paper["kind"] == "transfer" else "self"
    entry = _entry(int(effect.get("superseded") or statement), audience, on)
    if entry is None:
        return cast(CasePaper, paper)
    if not paper.get("entry"):
        paper["entry"] = fields_of(entry)
    item = law.active().items.get(entry.item)
    if paper.get("field") and item is not None and paper["field"] in item.by_code:
        paper["field"] = item.by_code[paper["field"]].name
    if not paper.get("changes") and effect.get("superseded") and effect.get("statement"):
        paper["changes"] = _changes(
            entry, _entry(int(effect["statement"]), audience, on), effect.get("fields", ())
        )
    if paper["kind"] == "transfer" and paper.get("to_code") == entry.uscc:
        paper |= {
            "applicant": paper.get("to", ""), "applicant_code": entry.uscc, "to": _name(entry.authority), "to_code": entry.authority,
        }  # fmt: skip
    return cast(CasePaper, paper)


def fields_of(entry: publication.Entry) -> list[PaperField]:
    """What tells an entry from others: its kind, title, number, who decided what and when. None of it ever changes."""
    item = law.active().items.get(entry.item)
    if item is None:
        return []
    card = item.card
    wanted = (card.title, card.kind, card.document, card.what, card.outcome, card.who, item.decided_on)
    found: list[PaperField] = [{"label": "信息类别", "value": item.name}]
    for code in dict.fromkeys(filter(None, wanted)):
        if entry.values.get(code):
            found.append({"label": item.by_code[code].name, "value": _short(entry.values[code])})
    return found


def _changes(old: publication.Entry, new: publication.Entry | None, codes: Any) -> list[PaperChange]:
    item = law.active().items.get(old.item)
    if item is None or new is None:
        return []
    named = [code for code in codes if code in item.by_code] or list(old.values)
    return [
        {
            "label": item.by_code[code].name, "before": _short(old.values.get(code, "")),
            "after": _short(new.values.get(code, "")),
        }
        for code in named
        if code in item.by_code and old.values.get(code) != new.values.get(code)
    ]  # fmt: skip


def _entry(statement: int, audience: str, on: date) -> publication.Entry | None:
    """The entry as it stands; where it left use, as known before that."""
    found = publication.by_ids(ids=[statement], audience=audience, on=on).get(statement)
    standing = records.open_standing([statement])
    if found is not None or standing.is_empty() or standing["state"][0] == "erased":
        return found
    parts = records.statements([statement]).get(statement)
    changed = evidence.event_of(int(standing["id"][0]))
    first_leaf, _position, at = evidence.spans([changed])[changed]
    if parts is None or not parts.uscc:
        return None
    then = evidence.legal_day(at)
    after = statement + 1
    page = publication.statements(
        audience=audience, on=then, valid_on=then, known_at=first_leaf, uscc=parts.uscc, after=after, limit=1
    )
    return page[0] if page and page[0].id == statement else None


def _name(body: str) -> str:
    found = register.get([body]).get(body)
    return found.shown_name if found is not None else body


def _short(value: str) -> str:
    return value if len(value) <= _MOST else value[: _MOST - 1] + "…"
