"""The kept copy of a batch: what came in, already redacted, with the answer to each row. Person rows were never here.

One Parquet file a write slice, in the order of the slices: written beside its name, flushed, renamed, and only then the
database commits. A slice done twice writes the same file twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from xinheng.home import home

PROBLEM = pl.Struct({"field": pl.String, "code": pl.String, "message": pl.String, "remedy": pl.String})
NOTE = pl.Struct({"field": pl.String, "note": pl.String})
LINKS = {"_row": pl.Int64, "code": pl.String}
HEAD = {"_row": pl.Int64, "_outcome": pl.String, "_problems": pl.List(PROBLEM), "_notes": pl.List(NOTE)}


def folder(batch: str) -> Path:
    """Where the parts of a batch lie."""
    return home().kept / batch


def write_part(batch: str, number: int, frame: pl.DataFrame) -> None:
    """Puts one part in place whole: a reader sees the old file or the new one, never half of one."""
    place = folder(batch)
    if not place.is_dir():
        place.mkdir(parents=True)
        _flush(place.parent)
    target = place / f"part-{number:05d}.parquet"
    draft = target.with_suffix(".draft")
    with draft.open("wb") as handle:
        frame.write_parquet(handle, compression="zstd", compression_level=1, statistics=True)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(target)
    _flush(place)


def keep_links(batch: str, chunk: int, links: pl.DataFrame) -> None:
    """Remembers to which codes the rows of a chunk were linked, before anything of it is written; nothing for none.

    Of a chunk of which nothing was written yet the newest answer counts.
    """
    target = _links(batch, chunk)
    if links.is_empty():
        target.unlink(missing_ok=True)
        return
    folder(batch).mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    with draft.open("wb") as handle:
        links.write_parquet(handle)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(target)
    _flush(target.parent)


def has_links(batch: str, chunk: int) -> bool:
    """Whether links of a chunk are remembered."""
    return _links(batch, chunk).is_file()


def links(batch: str, chunk: int) -> pl.DataFrame:
    """The links remembered for a chunk: _row, code."""
    path = _links(batch, chunk)
    return pl.read_parquet(path, memory_map=False) if path.is_file() else no_links()


def _links(batch: str, chunk: int) -> Path:
    return folder(batch) / f"links-{chunk:05d}.parquet"


def no_links() -> pl.DataFrame:
    """What is remembered of a chunk without links."""
    return pl.DataFrame(schema=LINKS)


def drop_links(batch: str) -> None:
    """Forgets the links of a batch that is done: its kept parts and its statements tell them."""
    for path in folder(batch).glob("links-*"):
        path.unlink()


def drop_after(batch: str, number: int) -> None:
    """Removes parts from `number` on, and drafts: leftovers of a run that was killed before it committed them."""
    for path in sorted(folder(batch).glob("part-*")):
        if path.suffix == ".draft" or int(path.stem.removeprefix("part-")) >= number:
            path.unlink()


def parts(batch: str) -> list[Path]:
    """The parts of a batch in order."""
    return sorted(folder(batch).glob("part-*.parquet"))


def read(batch: str, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """The parts one after the other, so that a batch of any size is never in memory whole."""
    for path in parts(batch):
        yield pl.read_parquet(path, columns=columns, memory_map=False)


def _flush(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
