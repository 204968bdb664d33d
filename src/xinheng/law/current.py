"""The pack of this home: what its office adopted, and the holiday notices it loaded.

Both are ledger entries; whoever keeps the ledger registers here how to read them, because the law room is below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from xinheng.home import home
from xinheng.law import notices as _notices
from xinheng.law import packs
from xinheng.law.errors import NoticeRefused
from xinheng.law.notices import Kept, Notice
from xinheng.law.sources import sources
from xinheng.law.types import AdoptionSource, Pack


def _nothing_adopted() -> frozenset[str] | None:
    return frozenset()


_adoption_source: AdoptionSource = _nothing_adopted


def set_adoption_source(source: AdoptionSource) -> None:
    """Registers who knows what the office adopted: a callable giving ids, or None in a sandbox (everything).

    Called at start-up by the room that keeps adoptions; the law room is below it and cannot ask by itself.
    """
    global _adoption_source
    _adoption_source = source


_notice_reader: _notices.Reader = _notices.none_loaded
_notice_writer: _notices.Writer | None = None


def set_notice_store(reader: _notices.Reader, writer: _notices.Writer) -> None:
    """Registers who keeps loaded holiday notices: `reader` gives those of this home in order, `writer` makes the ledger
    entry of a new one and keeps the pack with it, in one transaction. Called at start-up, as for adoptions."""
    global _notice_reader, _notice_writer
    _notice_reader, _notice_writer = reader, writer


def load_notice(*, path: Path | None = None, content: bytes | str = b"", actor: str, at: datetime) -> Notice:
    """Loads a year's holiday notice (a file as in packs/national/calendar) into this home, as one ledger entry.

    From then on `active()` counts with it, under another digest. Loading the same notice again changes nothing and says
    so. Raises `NoticeRefused`: incomplete, out of turn, or against a loaded year without `replaces:`.
    Clocks that are running are the cases' to recompute.
    """
    data = _notices.parse(path.read_bytes() if path is not None else content)
    known = _notice_reader()
    same = [one for one in known if _notices.canonical(one.data) == _notices.canonical(data)]
    if same and _notices.overlay((*known, same[-1])) == _notices.overlay(known):
        return _notices.of(same[-1], repeated=True)
    _notices.check(data, active())
    if _notice_writer is None:
        raise NoticeRefused("没有账本，不能载入放假通知。")
    entry = Kept(data, actor, at, "")
    overlay = _notices.overlay((*known, entry))
    pack = packs.with_notices(home().config["pack"], packs.default_packs_dir(), overlay)
    _notice_writer(data, pack, actor, at)
    return _notices.of(Kept(data, actor, at, pack.digest))


def notices() -> list[Notice]:
    """The holiday notices loaded in this home, in the order they were loaded."""
    return [_notices.of(kept) for kept in _notice_reader()]


_overlaid: tuple[tuple[Kept, ...], str] = ((), "")


def _with_notices(code: str, kept: tuple[Kept, ...]) -> Pack:
    """The pack with these notices; their text is made once for the same tuple, because every question asks."""
    global _overlaid
    folder = packs.default_packs_dir()
    if not kept:
        return packs.load(code, folder)
    if _overlaid[0] is not kept:
        _overlaid = kept, _notices.overlay(kept)
    return packs.with_notices(code, folder, _overlaid[1])


def active() -> Pack:
    """The pack of this home with what its office adopted and the holiday notices it loaded. Raises `HomeMissing`,
    `PackMissing`, `PackRefused`."""
    pack = _with_notices(home().config["pack"], _notice_reader())
    found = _adoption_source()
    return packs.adopted_variant(pack, _adoptable_ids(pack) if found is None else frozenset(found))


@dataclass(frozen=True, slots=True)
class Adoptable:
    """An unverified value the office may adopt."""

    id: str
    title: str
    citation: str
    where: str
    adopted: bool
    protective: bool


def adoptable(*, pack: Pack) -> list[Adoptable]:
    """Every unverified value, adopted or not, once each, in the order of the pack."""
    found: dict[str, Adoptable] = {}
    for title, source in sources(pack):
        if source.confidence == "unverified" and source.id not in found:
            done = source.id in pack.adopted
            found[source.id] = Adoptable(
                source.id, title, source.cited, source.where, done, source.protective
            )
    return list(found.values())


@lru_cache(maxsize=32)
def _adoptable_ids(pack: Pack) -> frozenset[str]:
    return frozenset(source.id for _, source in sources(pack) if source.confidence == "unverified")


def adopted() -> frozenset[str]:
    """The ids adopted in this home (in a sandbox: all that can be)."""
    return active().adopted
