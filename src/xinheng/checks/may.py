"""May a department take a measure against an organisation today? The law's answer on what the asker may see of it.

Public facts need no purpose; what bodies share besides needs one that fits, as in a check. What was repaired is used no
more and seen by nobody but the body that decided it: to every other body it gives no ground, and nothing is said of it.
Reads only; who asked is written down by the face that asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.checks.asking import NO_CODE
from xinheng.checks.asking import _clean as clean
from xinheng.checks.errors import MatterUnknown, PurposeRefused
from xinheng.checks.types import Asker
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register

PAGE = 500
MOST = 4_000


@dataclass(frozen=True, slots=True)
class Ground:
    """The entry a hint or a refusal follows from. Of an entry that ended another body hears the number alone."""

    statement: int
    item: str
    title: str
    authority: str
    document: str
    severity: str
    until: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class May:
    """The law's answer, and about whom: `answer` is a hint, the department decides. `found`: the code is registered."""

    uscc: str
    name: str
    kind: str
    found: bool
    matter: str
    answer: law.MeasureAnswer
    entries: dict[int, Ground]


def may(*, uscc: str, measure: str, matter: str, asker: Asker, at: datetime, purpose: str = "") -> May:
    """Whether the asker's unit may take `measure` against the organisation in `matter` on the day of `at`: on public
    facts and on its own decisions, with a `purpose` also on what bodies share.

    A code that is not registered, or an unknown measure, is answered (`no-basis`); what cannot be a code is not
    repeated. Raises `MatterUnknown`, and `PurposeRefused` for a purpose that does not fit role, unit or matter.
    """
    pack, on = law.active(), evidence.legal_day(at)
    try:
        use = law.use_of(pack=pack, matter=matter)
    except law.UnknownCode as error:
        raise MatterUnknown(error.message) from None
    if purpose and (why := _refusal(pack, use, purpose, asker, matter)):
        raise PurposeRefused(why)
    code, looked = clean(uscc)
    known = register.get([looked]).get(looked)
    entries = list(_entries(looked, asker.body, shared=bool(purpose), on=on)) if looked != NO_CODE else []
    facts = tuple(_facts(entry, pack) for entry in entries)
    answer = law.may_apply(
        pack=pack, measure=measure, sector=asker.sector, use=use, matter=matter,
        subject_kind=known.kind if known else "", entries=facts, on=on, department=asker.body,
    )  # fmt: skip
    named = {hint.entry for hint in (*answer.hints, *answer.refused)}
    return May(
        code, known.shown_name if known else "", known.kind if known else "", known is not None, matter, answer,
        {entry.id: _ground(entry, asker, answer) for entry in entries if entry.id in named},
    )  # fmt: skip


def _refusal(pack: law.Pack, use: law.Use, purpose: str, asker: Asker, matter: str) -> str:
    """Why this purpose opens nothing more to this asker; "" where it does."""
    if asker.kind == "public" or not asker.body:
        return "非公开信息只向写明单位和用途的查询提供。公开信息不需要写明用途。"
    return law.purpose_refusal(
        pack=pack, use=use, purpose=purpose, role=asker.role, sector=asker.sector, matter=matter
    )


def _entries(code: str, body: str, *, shared: bool, on: date) -> Iterator[publication.Entry]:
    """What the asker may see: public facts or what bodies share, and what its own unit decided, however it ended."""
    seen = set()
    for entry in _all(code, "authority" if shared else "public", None, on):
        seen.add(entry.id)
        yield entry
    if body:
        yield from (one for one in _all(code, "self", body, on) if one.id not in seen)


def _all(code: str, audience: str, authority: str | None, on: date) -> Iterable[publication.Entry]:
    after, read = None, 0
    while read < MOST:
        rows = publication.statements(
            audience=audience, on=on, uscc=code, authority=authority, after=after, limit=PAGE
        )
        yield from rows
        if len(rows) < PAGE:
            return
        after, read = rows[-1].id, read + PAGE


def _facts(entry: publication.Entry, pack: law.Pack) -> law.EntryFacts:
    state = "held"
    if "repaired" in entry.marks:
        state = "repaired"
    elif "suppressed" in entry.marks:
        state = "suppressed"
    return law.EntryFacts(
        entry.id, entry.item, list_kind(entry, pack), entry.severity, state,  # type: ignore[arg-type]
        bool(entry.disputes), entry.show_until, entry.decided_on,
    )  # fmt: skip


def list_kind(entry: publication.Entry, pack: law.Pack) -> str:
    """The kind of list an entry is on, by code; "" where it is on none."""
    item = pack.items.get(entry.item)
    mine = [kind for kind in pack.lists.values() if (kind.item or "serious-list") == entry.item]
    if item is None or not mine:
        return ""
    written = entry.values.get(item.card.kind, "") if item.card.kind else ""
    named = next((kind.code for kind in mine if written in (kind.code, kind.name)), "")
    return named or (mine[0].code if len(mine) == 1 else "")


def _ground(entry: publication.Entry, asker: Asker, answer: law.MeasureAnswer) -> Ground:
    item = law.active().items[entry.item]
    over = {one.entry for one in answer.refused if one.refused in ("entry-ended", "entry-repaired")}
    if entry.id in over and entry.authority != asker.body:
        return Ground(entry.id, entry.item, "", "", "", "", "", ())
    return Ground(
        entry.id, entry.item, entry.values.get(item.card.title or item.card.what, ""), entry.values.get(item.card.who, ""),
        entry.values.get(item.card.document, ""), entry.severity,
        entry.show_until.isoformat() if entry.show_until else "", entry.marks,
    )  # fmt: skip
