"""One part of the index: arrays in files, shared by all processes that map them. Written once, never changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl

from xinheng.linkage import features
from xinheng.linkage.parsing import Parsed, parse_many

CODE = "S18"
NUMBER = "S32"
OWN_PART = slice(8, 17)  # the organisation code within a unified code
# A feature that this many documents share says little and costs much
COMMON, COMMON_SHARE = 2_000, 0.01
MOST_COMMON = 30_000


@dataclass(frozen=True)
class Segment:
    """Names of the register, one document each, ordered by code; and the places of their features.

    `org` is the first document of the same code. `docs[indptr[f]:indptr[f + 1]]` are the documents with feature `feats[f]`. `brands` and
    `trades` are sorted, with the number of documents that have them; `owns` and `numbers` with their documents.
    """

    code: np.ndarray
    org: np.ndarray
    current: np.ndarray
    chars: np.ndarray
    labels: np.ndarray
    starts: np.ndarray
    division: np.ndarray
    form: np.ndarray
    whole: np.ndarray
    core: np.ndarray
    brand: np.ndarray
    trade: np.ndarray
    branch: np.ndarray
    brands: np.ndarray
    brand_counts: np.ndarray
    trades: np.ndarray
    trade_counts: np.ndarray
    feats: np.ndarray
    indptr: np.ndarray
    docs: np.ndarray
    weight: np.ndarray
    norm: np.ndarray
    owns: np.ndarray
    own_docs: np.ndarray
    numbers: np.ndarray
    number_docs: np.ndarray
    names: pl.Series

    @property
    def size(self) -> int:
        """How many documents there are."""
        return len(self.code)

    @property
    def parsed(self) -> Parsed:
        """The documents as parsed names."""
        return Parsed(**{one.name: getattr(self, one.name) for one in fields(Parsed)})


def made(rows: pl.DataFrame, *, processes: int | None = None) -> Segment:
    """A segment of `rows` (code, name, current, old_number), in memory."""
    # What is no code at all identifies nobody
    rows = rows.filter(pl.col("code").str.contains("^[0-9A-Za-z]{1,18}$"))
    rows = rows.sort("code", "current", "name", descending=[False, True, False])
    parsed = parse_many(rows["name"].to_list(), processes=processes)
    code = rows["code"].to_numpy().astype(CODE) if rows.height else np.empty(0, dtype=CODE)
    return Segment(
        **{one.name: getattr(parsed, one.name) for one in fields(Parsed)}, code=code, org=_orgs(code),
        current=rows["current"].to_numpy(), names=rows["name"], **_counted("brand", parsed.brand),
        **_counted("trade", parsed.trade), **_postings(parsed), **_owns(code), **_numbers(rows),
    )  # fmt: skip


def write(folder: Path, rows: pl.DataFrame, *, processes: int | None = None) -> None:
    """Makes a segment of `rows` (code, name, current, old_number) in a folder that is not there yet."""
    segment = made(rows, processes=processes)
    folder.mkdir(parents=True)
    for one in fields(Segment):
        if one.name != "names":
            np.save(folder / f"{one.name}.npy", getattr(segment, one.name))
    segment.names.to_frame("name").write_ipc(folder / "names.arrow", compression="uncompressed")


def load(folder: Path) -> Segment:
    """A segment as written; its arrays stay on disk and are read as they are needed."""
    arrays = {
        one.name: np.load(folder / f"{one.name}.npy", mmap_mode="r")
        for one in fields(Segment)
        if one.name != "names"
    }
    # A plain view answers faster than numpy's own kind of mapped array
    plain = {name: array.view(np.ndarray) for name, array in arrays.items()}
    return Segment(**plain, names=pl.read_ipc(folder / "names.arrow")["name"])


def _counted(name: str, keys: np.ndarray) -> dict[str, np.ndarray]:
    """The distinct keys, sorted, and how many have each."""
    found, counts = np.unique(keys[keys != 0], return_counts=True)
    return {f"{name}s": found, f"{name}_counts": counts.astype(np.int32)}


def _orgs(code: np.ndarray) -> np.ndarray:
    """For each document the first one with its code."""
    if not len(code):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
    return np.repeat(starts, np.diff(np.append(starts, len(code)))).astype(np.int64)


def _postings(parsed: Parsed) -> dict[str, np.ndarray]:
    size = len(parsed)
    most = max(COMMON, min(MOST_COMMON, int(size * COMMON_SHARE)))
    of, features_ = features.features_of(parsed)
    kinds = features.kinds_of(features_)
    feats, counts, docs = [], [], []
    for kind in np.unique(kinds):
        chosen = kinds == kind
        # One kind at a time: sorting all of them at once needs several times the memory
        part = pl.DataFrame({"feature": features_[chosen], "doc": of[chosen]}).unique().sort("feature", "doc")
        grouped = part.group_by("feature", maintain_order=True).agg(pl.len(), pl.col("doc"))
        grouped = grouped.filter(pl.col("len") <= most)
        feats.append(grouped["feature"].to_numpy())
        counts.append(grouped["len"].to_numpy())
        docs.append(grouped["doc"].explode(empty_as_null=False).to_numpy())
    feature = np.concatenate([*feats, np.empty(0, dtype=np.uint64)]).astype(np.uint64)
    count = np.concatenate([*counts, np.empty(0, dtype=np.int64)]).astype(np.int64)
    weight = weight_of(feature, count, size)
    doc = np.concatenate([*docs, np.empty(0, dtype=np.int32)]).astype(np.int32)
    norm = np.bincount(doc, weights=np.repeat(weight, count), minlength=size)
    return {
        "feats": feature, "indptr": np.concatenate([[0], np.cumsum(count)]).astype(np.int64), "docs": doc,
        "weight": weight, "norm": np.maximum(norm, 1.0).astype(np.float32),
    }  # fmt: skip


def weight_of(feature: np.ndarray, count: np.ndarray, size: int) -> np.ndarray:
    """What sharing a feature says: its rarity in nats, by the weight of its kind."""
    return (features.WEIGHT[features.kinds_of(feature)] * np.log((size + 2) / (count + 1))).astype(np.float32)


def _owns(code: np.ndarray) -> dict[str, np.ndarray]:
    """The organisation codes within the unified ones, sorted, one a code."""
    first = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]])) if len(code) else np.empty(0, int)
    letters = code[first].view("S1").reshape(-1, 18) if len(first) else np.empty((0, 18), dtype="S1")
    full = first[letters[:, 17] != b""] if len(first) else first
    own = np.array([bytes(one)[OWN_PART] for one in code[full]], dtype="S9")
    order = np.argsort(own, kind="stable")
    return {"owns": own[order], "own_docs": full[order].astype(np.int32)}


def _numbers(rows: pl.DataFrame) -> dict[str, np.ndarray]:
    has = rows.with_row_index("doc").filter((pl.col("old_number") != "") & pl.col("code").is_first_distinct())
    has = has.sort("old_number")
    return {
        "numbers": has["old_number"].to_numpy().astype(NUMBER) if has.height else np.empty(0, dtype=NUMBER),
        "number_docs": has["doc"].to_numpy().astype(np.int32),
    }
