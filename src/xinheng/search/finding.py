"""Answering a query: a page of organisations and where the next page starts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from xinheng.register import service as register
from xinheng.search import store
from xinheng.search.errors import NoSuchPage
from xinheng.search.ranking import (
    ACTIVE_CURRENT,
    ACTIVE_FORMER,
    BEGINNING,
    CODE,
    ENDED_CURRENT,
    ENDED_FORMER,
    EXACT,
    FORMER,
    FRAGMENT,
    Query,
    best,
    is_active,
    is_former,
    is_registered,
    label_of_region,
    span,
    tier_of,
    understand,
)

MAX_LIMIT = 100
FEW = 60  # documents that are read at once instead of tier by tier
TOO_SHORT = "请至少输入两个字（或代码的前四位）：一个字的结果太多，排不出先后。"
NOTHING_ASKED = "请输入主体名称、曾用名、名称中连续的两个字以上，或统一社会信用代码。"


@dataclass(frozen=True)
class Hit:
    """One organisation that answers the query. `matched_name` is the name that did, which may be a former
    one."""

    code: str
    name: str
    matched_name: str
    is_former: bool
    kind: str
    region: str
    region_name: str
    active: bool
    registered: bool

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class Page:
    """Hits in order; `next` goes into `after` of the next call, None at the end; `note` explains an empty
    answer."""

    hits: tuple[Hit, ...] = ()
    next: str | None = None
    note: str = field(default="")


def find(
    *,
    q: str,
    after: str | None = None,
    limit: int = 20,
    kind: str | None = None,
    region: str | None = None,
    active: bool | None = None,
) -> Page:
    """Organisations found by code (or its first four characters up), name, former name, or fragments of
    names.

    Order: code, exact name, beginning of a name, former name (exact or beginning), fragment; within each,
    active before ended and short before long names. Each organisation appears once, under the best of its
    names. Two characters are enough; one is answered with an explanation. `kind` (a word of `register.KINDS`),
    `region` (six digits; a city or province holds those below it) and `active` narrow the answer; an unknown kind or
    division leaves nothing. The answer holds candidates:
    whether an unregistered one may be shown is for the face to ask the gate. Raises `NoSuchPage` for an
    `after` this function did not give.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    query = understand(q)
    if not query.key:
        return Page(note=NOTHING_ASKED)
    if not query.code and not query.terms:
        return Page(note=TOO_SHORT)
    narrowed = _narrowed(_by_old_number(query), kind, region, active)
    if narrowed is None:
        return Page()
    query = narrowed
    tier, place = _opened(after)
    found = _all_at_once(query, tier, place)
    if found is None:
        found = _tier_by_tier(query, tier, place, limit + 1)
    hits = _hits([row for _, row in found[:limit]])
    return Page(hits, _mark(*found[limit - 1]) if len(found) > limit else None)


Found = list[tuple[int, store.Row]]


def _all_at_once(query: Query, tier: int, place: str) -> Found | None:
    """The whole list after a place, where so few documents match that all of them can be put in order; else None.

    Whatever is exact, a beginning or a former name also holds every term: one question to the index is enough.
    """
    if query.code:
        return None
    rows = store.holding(query, limit=FEW + 1)
    if len(rows) > FEW:
        return None
    documents: dict[str, list[store.Row]] = {}
    for row in rows:
        if not query.admits(id_=row[0], code=row[1], region=row[4]):
            continue
        documents.setdefault(row[1], []).append(row)
    ranked: list[tuple[tuple[int, int], store.Row]] = []
    for own in documents.values():
        if first := best(query, [(row[0], row[1], row[3]) for row in own]):
            ranked.append((first, next(row for row in own if row[0] == first[1])))
    start = (tier, int(place) if place and tier != CODE else -1)
    return [(position[0], row) for position, row in sorted(ranked) if position > start]


def _tier_by_tier(query: Query, tier: int, place: str, limit: int) -> Found:
    """The first `limit` of a long list after a place."""
    found: Found = []
    for number, search in enumerate(_TIERS):
        if number >= tier and len(found) < limit:
            rows = search(query, place if number == tier else "", limit - len(found))
            found.extend((number, row) for row in rows)
    return found


def _narrowed(query: Query, kind: str | None, region: str | None, active: bool | None) -> Query | None:
    """The query with what narrows it; None where nothing can be left."""
    kinds = tuple(f"k{prefix.lower()}" for prefix in register.prefixes_of(kind)) if kind else ()
    if (kind and not kinds) or (region and not re.fullmatch("[0-9]{6}", region)):
        return None
    return replace(query, kinds=kinds, region=label_of_region(region) if region else "", active=active)


def _by_old_number(query: Query) -> Query:
    """An old registration number asks for the organisation that carries its unified code today."""
    if not query.code or len(query.code) == 18:
        return query
    held = register.get([query.code]).get(query.code)
    return replace(query, code=held.code) if held else query


def _mark(tier: int, row: store.Row) -> str:
    return f"{tier}-{row[1] if tier == CODE else row[0]}"


def _opened(after: str | None) -> tuple[int, str]:
    if not after:
        return CODE, ""
    tier, _, place = after.partition("-")
    digits = place.isascii() and place.isdigit() and len(place) <= 19
    if tier == str(CODE) and place.isascii() and place.isalnum() and len(place) <= 18:
        return CODE, place
    if tier in {str(EXACT), str(BEGINNING), str(FORMER), str(FRAGMENT)} and digits and int(place) < 1 << 63:
        return int(tier), place
    raise NoSuchPage("页码标记不对：请从第一页重新查询。")


def _codes(query: Query, place: str, limit: int) -> list[store.Row]:
    """One document for each code that starts with what was asked."""
    if not query.code:
        return []
    found: list[store.Row] = []
    while len(found) < limit:
        codes = store.codes_from(query.code, after=place, limit=limit)
        first: dict[str, store.Row] = {}
        for row in store.by_code(codes):
            first.setdefault(row[1], row)
        found += [
            row
            for row in map(first.__getitem__, codes)
            if query.admits(id_=row[0], code=row[1], region=row[4])
        ]
        if len(codes) < limit:
            break
        place = codes[-1]
    return found[:limit]


Source = Callable[..., list[store.Row]]


def _names(
    tier: int, groups: tuple[int, ...], *sources: Source
) -> Callable[[Query, str, int], list[store.Row]]:
    """Searches one tier group by group, keeping each organisation only where its best name stands."""

    def search(query: Query, place: str, limit: int) -> list[store.Row]:
        if not query.terms:
            return []
        after = int(place) if place else -1
        found: list[store.Row] = []
        for group in (group for group in groups if group in query.groups):
            start, end = span(group)
            position = max(start - 1, after)
            while position < end and len(found) < limit:
                wanted = limit - len(found) + 8
                rows = sorted(
                    {
                        row
                        for source in sources
                        for row in source(query, start=position, end=end, limit=wanted)
                    }
                )
                rows = rows[:wanted]
                found.extend(_best_only(query, tier, rows))
                if len(rows) < wanted:
                    break
                position = rows[-1][0]
        return found[:limit]

    return search


def _best_only(query: Query, tier: int, rows: list[store.Row]) -> list[store.Row]:
    """Documents of this tier, without those whose organisation appears elsewhere in the whole list."""
    mine = [row for row in rows if tier_of(query, id_=row[0], code=row[1], key=row[3]) == tier]
    siblings: dict[str, list[tuple[int, str, str]]] = {}
    for id_, code, _, key, _ in store.by_code(row[1] for row in mine):
        siblings.setdefault(code, []).append((id_, code, key))
    return [row for row in mine if best(query, siblings[row[1]]) == (tier, row[0])]


_TIERS: tuple[Callable[[Query, str, int], list[store.Row]], ...] = (
    _codes,
    _names(EXACT, (ACTIVE_CURRENT, ENDED_CURRENT), store.exact),
    _names(BEGINNING, (ACTIVE_CURRENT, ENDED_CURRENT), store.beginning),
    _names(FORMER, (ACTIVE_FORMER, ENDED_FORMER), store.beginning),
    _names(FRAGMENT, (ACTIVE_CURRENT, ACTIVE_FORMER, ENDED_CURRENT, ENDED_FORMER), store.fragment),
)


def _hits(rows: list[store.Row]) -> tuple[Hit, ...]:
    """Particulars as the index has them: a page that shows more asks the register for these few codes."""
    names = _names_of([row[1] for row in rows])
    return tuple(
        Hit(
            code=code, name=names.get(code, matched), matched_name=matched, is_former=is_former(id_),
            kind=register.kind_of(code), region=region, region_name=register.region_name(region),
            active=is_active(id_), registered=is_registered(id_),
        )
        for id_, code, matched, _, region in rows
    )  # fmt: skip


def _names_of(codes: list[str]) -> dict[str, str]:
    """The name each registered organisation goes by; of several in force the register knows which comes first."""
    current: dict[str, list[str]] = {}
    for id_, code, name, _, _ in store.by_code(codes):
        if is_registered(id_) and not is_former(id_):
            current.setdefault(code, []).append(name)
    several = register.get([code for code, names in current.items() if len(names) > 1])
    first = {code: names[0] for code, names in current.items()}
    return first | {code: one.shown_name for code, one in several.items()}
