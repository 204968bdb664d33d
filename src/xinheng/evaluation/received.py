"""Results received: of the national comprehensive evaluation and of sectors, as the gate lets an audience see them.

Nothing is made or corrected here: a result is shown with its authority, its period and its end. Supervisory risk classes
come the same way and are opened to supervising bodies alone. Individual businesses have neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register

MAX_CODES = 1_000


@dataclass(frozen=True)
class Received:
    """One received result. `kind` is its code in the pack, "" for an evaluation no pack names; `grade` is shown as sent.

    `step` is its place among `steps` of the scale, 0 for the best; None where the scale does not have the word. `until` is its last day, None
    where the source gave none; `over` says it has passed. `newest`: no later one of the same evaluation and authority. `names` hold
    (Chinese, English) of the evaluation.
    """

    statement: int
    uscc: str
    kind: str
    names: tuple[str, str]
    grade: str
    step: int | None
    steps: int
    national: bool
    internal: bool
    authority: str
    authority_name: str
    sector: str
    period: str
    decided_on: date
    until: date | None
    over: bool
    newest: bool
    disputed: bool
    corrected: bool

    @property
    def evaluation(self) -> str:
        """The name of the evaluation."""
        return self.names[0]

    @property
    def result(self) -> str:
        """The grade as it was sent."""
        return self.grade


def items(pack: law.Pack, *, internal: bool) -> tuple[str, ...]:
    """The catalogue items received results come in as; those for supervision only where `internal`."""
    found = (one.item for one in pack.results.values() if internal or not one.internal)
    return tuple(dict.fromkeys(found))


def received(
    *, usccs: Sequence[str], on: date, audience: str = "public", classes: Collection[str] = ()
) -> dict[str, tuple[Received, ...]]:
    """Results about these organisations (at most 1,000) that `audience` may see on a day, the national one first, then
    by evaluation, newest first; a code without any is absent. Individual businesses are left out whatever is held.

    `classes` are those of the codes whose supervisory risk class may be told too, to an authority alone
    (`seeing.classes_of`); of the others none is read. One question to the gate, two with classes. Raises `UnknownAudience`.
    """
    pack = law.active()
    codes = [code for code in dict.fromkeys(usccs) if not register.is_individual(code)][:MAX_CODES]
    shared, wanted = items(pack, internal=False), items(pack, internal=True)
    inside = [item for item in wanted if item not in shared] if audience == "authority" else []
    rows: list[publication.Row] = []
    for of_codes, of_items in ((codes, shared), ([one for one in codes if one in classes], inside)):
        if of_codes and of_items:
            rows += publication.look_up(codes=of_codes, items=of_items, audience=audience, on=on)
    seen: dict[int, Received] = {}
    for row in rows:
        if row.id is None:
            continue
        known = seen.get(row.id)
        if known is None or (row.mark == records.DISPUTED and not known.disputed):
            seen[row.id] = _received(pack, row, on)
    found: dict[str, list[Received]] = {}
    for one in _newest(seen.values()):
        found.setdefault(one.uscc, []).append(one)
    return {code: tuple(rows) for code, rows in sorted(found.items())}


def _received(pack: law.Pack, row: publication.Row, on: date) -> Received:
    item = records.item_of(row.item, row.public.split("\x1f")[2])
    values = records.decode(item, row.public.encode(), (row.shared or "").encode())
    written, grade = values.get(item.card.kind, ""), values.get(item.card.outcome, "")
    kind = kind_of(pack, item.code, written)
    decided = records.as_date(row.decided_on)
    assert decided is not None
    until = _day(values.get(item.valid_to, "") or values.get(item.card.ends, ""))
    authority = values.get(item.authority, "")
    return Received(
        statement=row.id or 0,
        uscc=row.code,
        kind=kind.code if kind else "",
        names=(kind.name, kind.name_en) if kind else (written or item.name, written or item.name_en),
        grade=grade,
        step=kind.step(grade) if kind else None,
        steps=len(kind.scale) if kind else 0,
        national=kind is not None and kind.national,
        internal=item.internal,
        authority=authority,
        authority_name=values.get(item.authority_name, ""),
        sector=kind.sector if kind else "",
        period=values.get(item.card.what, ""),
        decided_on=decided,
        until=until,
        over=until is not None and until < on,
        newest=False,
        disputed=row.mark == records.DISPUTED,
        corrected=row.corrected,
    )


def kind_of(pack: law.Pack, item: str, written: str) -> law.ResultKind | None:
    """The evaluation an entry of an item belongs to; None for one that no pack names."""
    of_item = [one for one in pack.results.values() if one.item == item]
    return next((one for one in of_item if one.written == written), None) or next(
        (one for one in of_item if not one.written), None
    )


def _newest(found: Iterable[Received]) -> list[Received]:
    """All of them in the order they are shown, each evaluation's newest by an authority marked."""
    ordered = sorted(found, key=lambda one: (one.decided_on, one.statement), reverse=True)
    first: set[tuple[str, str, str]] = set()
    marked = []
    for one in ordered:
        series = (one.uscc, one.kind or one.names[0], one.authority or one.authority_name)
        marked.append(one if series in first else replace(one, newest=True))
        first.add(series)
    rank = {code: place for place, code in enumerate(law.active().results)}
    return sorted(marked, key=lambda one: (not one.national, rank.get(one.kind, len(rank)), one.names[0]))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # The standard writes "no end" as the last day of 2099
    return None if day.year >= 2099 else day
