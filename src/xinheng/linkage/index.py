"""The index of names: a large part made seldom and a small one with what changed since, both derived from the register
and safe to delete."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from xinheng.evidence import service as evidence
from xinheng.home import alone, home
from xinheng.linkage import segment
from xinheng.linkage.segment import Segment
from xinheng.register import service as register

# Changes that are kept beside the large part before all of it is made anew
FEW, SHARE = 50_000, 0.1
FORMAT = "1:" + ",".join(one.name for one in fields(Segment))
"""An index of another make is made anew."""


@dataclass(frozen=True)
class Index:
    """What one process has mapped: the parts, and per part which documents are outdated (`dead`)."""

    stamp: tuple[int, int]
    parts: tuple[tuple[Segment, np.ndarray], ...]

    @property
    def size(self) -> int:
        """How many names can be found, outdated ones included."""
        return sum(part.size for part, _ in self.parts)


_mapped: dict[Path, Index] = {}


def folder() -> Path:
    """Where the index lies. It can be deleted at any time and is then made again."""
    return home().root / "linkage"


def tell(codes: Iterable[str]) -> None:
    """Notes codes whose names may have changed; cheap, and safe to repeat."""
    lines = "".join(f"{code}\n" for code in codes)
    if lines and (folder() / "manifest.json").exists():
        with (folder() / "changed.txt").open("a", encoding="utf-8") as file:
            file.write(lines)


def made_at() -> int:
    """The ledger's position when the large part was made: what stands before it in the ledger is in it."""
    manifest = _manifest(folder())
    return int(str(manifest.get("position", 0))) if manifest is not None else 0


def current() -> Index:
    """The index, brought up to date first; made from the whole register where there is none.

    While another process is bringing it up to date, the one before answers.
    """
    place = folder()
    stamp = _stamp(place)
    known = _mapped.get(place)
    if known is not None and known.stamp == stamp:
        return known
    with alone(place / "lock", wait=not (place / "manifest.json").exists()) as mine:
        if mine:
            _bring_up_to_date(place)
        elif known is not None and known.stamp[0] == stamp[0]:
            return known
    return _map(place)


def at_hand() -> Index | None:
    """The index as it lies there, perhaps a little behind the register; none where it was never made."""
    place = folder()
    stamp = _stamp(place)
    known = _mapped.get(place)
    if known is not None and known.stamp[0] == stamp[0]:
        return known
    return _map(place) if _manifest(place) is not None else None


def refresh() -> None:
    """Brings the index up to date, if there are organisations at all. For the runner, so that no reader waits for it."""
    current()


def rebuild() -> int:
    """Makes the whole index anew; returns how many names it holds."""
    with alone(folder() / "lock"):
        _make(folder())
    return _map(folder()).size


def drop() -> None:
    """Forgets the index; the next question makes it again."""
    shutil.rmtree(folder(), ignore_errors=True)
    _mapped.pop(folder(), None)


def of_rows(place: Path, rows: object, *, processes: int | None = None) -> Index:
    """An index of rows (code, name, current, old_number) that stand in no register, for evaluation and bench."""
    segment.write(place, rows, processes=processes)  # type: ignore[arg-type]
    part = segment.load(place)
    return Index((0, 0), ((part, np.zeros(part.size, dtype=np.bool_)),))


def _stamp(place: Path) -> tuple[int, int]:
    """What changes when the index or the register does: when the manifest was written, how long the notes are."""
    try:
        made = os.stat(place / "manifest.json").st_mtime_ns
    except FileNotFoundError:
        return (0, 0)
    try:
        return made, os.stat(place / "changed.txt").st_size
    except FileNotFoundError:
        return made, 0


def _bring_up_to_date(place: Path) -> None:
    manifest = _manifest(place)
    if manifest is None:
        _make(place)
        return
    noted = _stamp(place)[1]
    if noted == manifest["noted"]:
        return
    codes = sorted(set((place / "changed.txt").read_text(encoding="utf-8").split()))
    if len(codes) > max(FEW, SHARE * int(str(manifest["codes"]))):
        _make(place)
        return
    name = _fresh(place)
    segment.write(place / name, register.names_for_matching(codes))
    (place / name / "codes.txt").write_text("\n".join(codes), encoding="utf-8")
    _publish(place, {**manifest, "small": name, "noted": noted})


def _make(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    # Notes first: what is noted while the register is read is read again, never lost
    (place / "changed.txt").write_text("", encoding="utf-8")
    position = evidence.size()
    rows = register.names_for_matching()
    name = _fresh(place)
    segment.write(place / name, rows)
    _publish(
        place,
        {
            "format": FORMAT,
            "large": name,
            "small": "",
            "noted": 0,
            "codes": rows["code"].n_unique(),
            "position": position,
        },
    )


def _publish(place: Path, manifest: dict[str, object]) -> None:
    draft = place / "manifest.draft"
    draft.write_text(json.dumps(manifest), encoding="utf-8")
    os.replace(draft, place / "manifest.json")
    for old in place.iterdir():
        # Who still has an old part mapped keeps its pages until it lets go
        if old.is_dir() and old.name not in (manifest["large"], manifest["small"]):
            shutil.rmtree(old, ignore_errors=True)


def _manifest(place: Path) -> dict[str, object] | None:
    try:
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return manifest if manifest.get("format") == FORMAT else None


def _fresh(place: Path) -> str:
    taken = [int(one.name[1:]) for one in place.iterdir() if one.is_dir() and one.name[1:].isdigit()]
    return f"p{max(taken, default=0) + 1:06d}"


def _map(place: Path) -> Index:
    for _ in range(5):
        manifest = _manifest(place)
        stamp = _stamp(place)
        try:
            if manifest is not None:
                index = Index((stamp[0], int(str(manifest["noted"]))), tuple(_parts(place, manifest)))
                _mapped[place] = index
                return index
        except FileNotFoundError:
            continue  # made anew between reading the manifest and mapping what it names
    raise FileNotFoundError(place / "manifest.json")


def _parts(place: Path, manifest: dict[str, object]) -> Iterator[tuple[Segment, np.ndarray]]:
    large = segment.load(place / str(manifest["large"]))
    dead = np.zeros(large.size, dtype=np.bool_)
    if manifest["small"]:
        where = place / str(manifest["small"])
        codes = np.array((where / "codes.txt").read_text(encoding="utf-8").split(), dtype=segment.CODE)
        dead = np.isin(large.code, codes)
        small = segment.load(where)
        yield small, np.zeros(small.size, dtype=np.bool_)
    yield large, dead
