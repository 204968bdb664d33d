"""The files of facts: never changed once written, named in one small file that is replaced as a whole.

Whoever holds a snapshot keeps reading the files it names; they are removed some generations later, and at once when
something in them was erased.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from xinheng.facts import schema
from xinheng.facts.errors import FactsDamaged
from xinheng.facts.types import Facts
from xinheng.home import home
from xinheng.law import service as law

STATE = "state.json"
GROUP = 122_880
"""Rows of a row group: what an engine reads together."""
GENERATIONS = 8
"""How many generations of files stay for those who still read them."""


@dataclass(frozen=True)
class Kept:
    """One file: its rows, the organisations in it (base only), its SHA-256."""

    name: str
    rows: int
    sha256: str
    first: int = 0
    last: int = -1


@dataclass(frozen=True)
class State:
    """What a folder of facts holds and what it stands for."""

    position: int
    pack: str
    generation: int = 0
    version: int = schema.VERSION
    made_by: str = ""
    base: tuple[Kept, ...] = ()
    orgs: Kept | None = None
    delta: Kept | None = None
    gone: Kept | None = None
    whats: tuple[law.What, ...] = field(default=())
    authorities: tuple[str, ...] = ()

    @property
    def statements(self) -> int:
        """Facts that stand in base and delta together."""
        rows = sum(one.rows for one in self.base) + (self.delta.rows if self.delta else 0)
        return rows - (self.gone.rows if self.gone else 0)

    @property
    def files(self) -> tuple[Kept, ...]:
        """Every file there is."""
        return (*self.base, *(one for one in (self.orgs, self.delta, self.gone) if one is not None))


def folder() -> Path:
    """Where the facts of this home are."""
    return home().root / "facts"


def made_by() -> str:
    """What numbers depend on besides the data: another version of it makes all facts anew."""
    return f"polars {pl.__version__}"


def read(place: Path) -> State | None:
    """The state of a folder; None where there is none or it is not of this version."""
    try:
        told = json.loads((place / STATE).read_text(encoding="utf-8"))
        for name in ("orgs", "delta", "gone"):
            told[name] = Kept(**told[name]) if told[name] else None
        told["base"] = tuple(Kept(**one) for one in told["base"])
        told["whats"] = tuple(law.What(*one) for one in told["whats"])
        told["authorities"] = tuple(told["authorities"])
        state = State(**told)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    usable = state.version == schema.VERSION and state.made_by == made_by()
    return state if usable and state.orgs is not None else None


def publish(place: Path, state: State) -> None:
    """Makes a state the one to read. Old generations of files go away."""
    told = asdict(state)
    told["whats"] = [
        [one.id, one.item, one.sub, one.grade, one.severity, one.side, one.sector] for one in state.whats
    ]
    fresh = place / f"{STATE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place / STATE)
    sweep(place, state, keep=GENERATIONS)


def sweep(place: Path, state: State, *, keep: int) -> None:
    """Removes files that no state names and that are older than `keep` generations (0: all of them)."""
    named = {one.name for one in state.files}
    for file in place.glob("*.parquet"):
        if file.name not in named and (keep == 0 or state.generation - _generation(file) > keep):
            file.unlink(missing_ok=True)


def _generation(file: Path) -> int:
    number = file.stem.split("-")[1] if file.stem.count("-") else "0"
    return int(number) if number.isdigit() else 0


def write(place: Path, frame: pl.DataFrame, kind: str, generation: int, part: int = 0) -> Kept:
    """Writes one file and says what it holds."""
    file = place / f"{kind}-{generation:06d}-{part:04d}.parquet"
    frame.write_parquet(file, compression="zstd", compression_level=3, row_group_size=GROUP, statistics=True)
    first, last = (0, -1)
    if kind == "facts" and frame.height:
        first, last = int(frame["org"][0]), int(frame["org"][-1])
    return Kept(file.name, frame.height, digest(file), first, last)


def digest(file: Path) -> str:
    """SHA-256 of a file, hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def load(place: Path, kept: Kept | None, columns: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """A file as a frame; empty where there is none. Raises `FactsDamaged`."""
    if kept is None:
        return pl.DataFrame(schema=columns)
    try:
        return pl.read_parquet(place / kept.name).select(list(columns))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FactsDamaged(
            f"分析数据文件 {kept.name} 缺失或者读不出。请运行 xinheng facts rebuild 重新生成；账本和记录不受影响。"
        ) from error


def snapshot(place: Path, state: State) -> Facts:
    """A state as handed to others."""
    assert state.orgs is not None
    some = lambda kept: (place / kept.name,) if kept is not None and kept.rows else ()  # noqa: E731
    return Facts(
        folder=place, orgs=(place / state.orgs.name,), facts=tuple(place / one.name for one in state.base),
        deltas=some(state.delta), gone=some(state.gone), whats=state.whats, authorities=state.authorities,
        position=state.position, organisations=state.orgs.rows, statements=state.statements,
    )  # fmt: skip
