"""Lists of published statements for pages and the API: candidates from the index, each through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xinheng.publication import service as publication
from xinheng.search import service as search

ROUNDS = 10


@dataclass(frozen=True)
class Listing:
    """Entries in order, newest decision first; `next` goes into `after`, None at the end."""

    entries: tuple[publication.Entry, ...]
    next: str | None


def listed(
    *,
    items: Sequence[str],
    on: date,
    authority: str | None = None,
    kind: str | None = None,
    month: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Listing:
    """What the public may see of these items, narrowed by authority (code), kind and month (YYYY-MM of the decision).

    The index may be behind; what the gate no longer shows is left out and the page filled up from the next candidates.
    Raises `search.NoSuchPage` for an `after` that was not given.
    """
    found: list[publication.Entry] = []
    for _ in range(ROUNDS):
        page = search.entries(
            items=items,
            on=on,
            authority=authority,
            kind=kind,
            month=month,
            after=after,
            limit=limit - len(found),
        )
        shown = publication.by_ids(ids=page.ids, audience="public", on=on)
        found += [shown[id_] for id_ in page.ids if id_ in shown]
        after = page.next
        if after is None or len(found) >= limit:
            break
    return Listing(tuple(found), after)
