"""Facts as they were known at a ledger position: all of them in a folder of their own, or those of one organisation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinheng.evidence import service as evidence
from xinheng.facts import building, schema, store, subjects
from xinheng.facts.numbering import Numbers
from xinheng.facts.shaping import settled, shaped, shared_items
from xinheng.facts.types import Facts, OneFacts
from xinheng.law import service as law
from xinheng.records import service as records
from xinheng.register import service as register

PREFIX = "then-"


@contextmanager
def as_known(*, position: int, pack: law.Pack | None = None) -> Iterator[Facts]:
    """All facts as known at a ledger position, under a pack (default: the one in force), for as long as the block runs.

    What was lawfully erased since is missing: that is the one thing no replay brings back.
    """
    place = store.folder()
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    try:
        state = building.build(
            folder, pack=pack or law.active(), position=position, known_at=min(position, evidence.size())
        )
        yield store.snapshot(folder, state)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def of_one(*, uscc: str, position: int | None = None, pack: law.Pack | None = None) -> OneFacts:
    """The facts of one organisation straight from the database, as they stand now or were known at a position.

    The same columns and the same shaping as those of a snapshot. An individual business has none, and is none of the
    organisations.
    """
    law_then = pack or law.active()
    known = register.subjects(codes=[uscc], known_at=position)
    numbers = Numbers(pack=law_then, nobody=subjects.nobody(known))
    numbers.add_orgs(subjects.registered(known, law_then))
    names = subjects.aliases(known)
    rows = records.fact_rows(
        usccs=sorted({uscc, *names["uscc"], *names["code"]}), known_at=position, shared=shared_items(law_then),
        without=(subjects.INDIVIDUAL,),
    )  # fmt: skip
    disputed = records.disputed(ids=rows["id"].to_list(), known_at=position) if rows.height else []
    facts = numbers.number(subjects.renamed(shaped(rows, law_then), names), disputed)
    return OneFacts(
        orgs=numbers.orgs, facts=building.in_order(settled(facts)) if facts.height else schema.empty_facts(),
        whats=tuple(numbers.whats), authorities=tuple(numbers.authorities),
        position=evidence.size() if position is None else position,
    )  # fmt: skip


def forget(place: Path) -> None:
    """Removes facts of earlier positions that somebody still has open, and what a killed build left: erasure reaches them
    too. Only for who is alone at the facts."""
    for folder in (*place.glob(f"{PREFIX}*"), *place.glob(f"{building.WORK}*")):
        shutil.rmtree(folder, ignore_errors=True)
