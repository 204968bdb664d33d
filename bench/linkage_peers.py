"""What else could link names, on the same files: rapidfuzz over everything, rapidfuzz behind pairs of characters, and
the Fellegi–Sunter model of Splink on the candidates that our retrieval found. Each runs alone and prints a line of JSON.

Every peer first looks the folded name and the code up exactly, as anyone would, and its time counts that.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl

from bench.linkage_work import counted, singles, timed

CHUNK = 50
PAIRED = 3_000  # register names that one pair of characters may bring


def _register(folder: str, which: str) -> tuple[list[str], list[str]]:
    """Folded names and their codes."""
    from xinheng.kernel.orgname import fold

    held = pl.read_parquet(Path(folder) / f"{which}.parquet")
    return [fold(name) for name in held["name"]], held["code"].to_list()


def one_rapidfuzz(folder: str, count: str) -> dict[str, Any]:
    """The best `ratio` over the whole register, one name at a time."""
    from rapidfuzz import fuzz, process

    from xinheng.kernel.orgname import fold

    names, _ = _register(folder, "large")
    return timed(
        singles(folder, count), lambda one: process.extractOne(fold(one[0]), names, scorer=fuzz.ratio), warm=2
    )


def _open(
    asked: pl.DataFrame, names: list[str], codes: list[str]
) -> tuple[list[str], list[str], list[float]]:
    """What exact looking-up leaves open: folded texts asked, and the answers so far ("" where there is none)."""
    from xinheng.kernel.orgname import fold

    by_name, known = dict(zip(names, codes, strict=True)), set(codes)
    texts = [fold(name) for name in asked["name"]]
    found = [
        code if code in known else by_name.get(text, "")
        for text, code in zip(texts, asked["code"], strict=True)
    ]
    return texts, found, [1.0 if code else 0.0 for code in found]


def _all(texts: list[str], names: list[str], codes: list[str], found: list[str], score: list[float]) -> None:
    """The best `ratio` over the whole register, in place, for those still open."""
    import numpy as np
    from rapidfuzz import fuzz, process

    left = [at for at, code in enumerate(found) if not code and texts[at]]
    workers = len(os.sched_getaffinity(0))
    for start in range(0, len(left), CHUNK):
        part = left[start : start + CHUNK]
        table = process.cdist(
            [texts[at] for at in part], names, scorer=fuzz.ratio, workers=workers, dtype=np.uint8
        )
        for at, best, row in zip(part, table.argmax(axis=1), table, strict=True):
            found[at], score[at] = codes[best], row[best] / 100


def quality_rapidfuzz(folder: str) -> dict[str, Any]:
    """The evaluation's sets: the best `ratio` over the whole small register."""
    names, codes = _register(folder, "small")
    asked = pl.read_parquet(Path(folder) / "questions.parquet")
    started = time.perf_counter()
    texts, found, score = _open(asked, names, codes)
    _all(texts, names, codes, found, score)
    seconds = time.perf_counter() - started
    _leave(folder, "rapidfuzz", found, score)
    return {"seconds": seconds, "rows": asked.height}


def _leave(folder: str, peer: str, found: list[str], score: list[float]) -> None:
    rows = pl.DataFrame({"code": found, "score": score}).with_row_index("row")
    rows.filter(pl.col("code") != "").write_parquet(Path(folder) / f"quality-{peer}.parquet")


def file_rapidfuzz(folder: str, rows: str) -> dict[str, Any]:
    """The file's first rows by `ratio` over names that share a pair of characters, a common way to make it bearable."""
    import numpy as np
    from rapidfuzz import fuzz, process

    names, codes = _register(folder, "small")
    asked = pl.read_parquet(Path(folder) / "truth.parquet").head(int(rows))
    started = time.perf_counter()
    texts, found, score = _open(asked, names, codes)
    exact = time.perf_counter() - started
    pairs: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        for pair in {name[i : i + 2] for i in range(len(name) - 1)}:
            pairs[pair].append(at)
    once = time.perf_counter() - started - exact
    for at, text in enumerate(texts):
        if found[at] or not text:
            continue
        near = sorted(
            {text[i : i + 2] for i in range(len(text) - 1)} & pairs.keys(), key=lambda p: len(pairs[p])
        )
        rare = [pair for pair in near[:4] if len(pairs[pair]) <= PAIRED]
        chosen = sorted({doc for pair in rare for doc in pairs[pair]})
        if chosen:
            row = process.cdist([text], [names[doc] for doc in chosen], scorer=fuzz.ratio, dtype=np.uint8)[0]
            best = int(row.argmax())
            found[at], score[at] = codes[chosen[best]], row[best] / 100
    seconds = time.perf_counter() - started
    sure = [code if value >= 0.85 else "" for code, value in zip(found, score, strict=True)]
    return {"seconds": seconds, "once": once, "rows": asked.height,
            **counted(asked, pl.Series(sure), pl.Series(found))}  # fmt: skip


class Splink:
    """The probabilistic model on our candidates. It is taught by the codes asked with and by `taught` (row, truth),
    as people's verdicts would teach it. `once` counts what does not grow with the file."""

    def __init__(self, folder: str, source: str, asked: pl.DataFrame, taught: pl.DataFrame) -> None:
        from xinheng.linkage import probabilistic

        held = pl.read_parquet(Path(folder) / "small.parquet")
        pairs = pl.read_parquet(Path(folder) / f"pairs-{source}.parquet")
        places = held.select("code", "name").with_row_index("row").unique(["code", "name"])
        self.pairs = pairs.join(places, on=["code", "name"]).select("asked", "row")
        started = time.perf_counter()
        self.register = probabilistic.prepare(held, key="code", code="code")
        left = probabilistic.prepare(asked.head(50_000).with_row_index("row"), key="row", code="code")
        labels = taught.filter(pl.col("truth") != "").select(asked="row", code="truth")
        self.model = probabilistic.train(left, self.register, labels=labels, pairs=1e7)
        self.once = time.perf_counter() - started

    def best(self, asked: pl.DataFrame) -> tuple[pl.DataFrame, float]:
        """The most probable organisation for each row (row, code, score), and the seconds that took."""
        from xinheng.linkage import probabilistic

        started = time.perf_counter()
        left = probabilistic.prepare(asked.with_row_index("row"), key="row", code="code")
        told = probabilistic.score(
            left, self.register, self.model, least=0.0, pairs=self.pairs.filter(pl.col("asked") < asked.height),
            threads=len(os.sched_getaffinity(0)),
        )  # fmt: skip
        best = told.group_by("asked", maintain_order=True).first()
        seconds = time.perf_counter() - started
        return best.select(pl.col("asked").cast(pl.UInt32).alias("row"), "code", score="probability"), seconds


def quality_splink(folder: str) -> dict[str, Any]:
    """The evaluation's sets by the probabilistic model."""
    asked = pl.read_parquet(Path(folder) / "questions.parquet")
    peer = Splink(folder, "questions", asked, asked.with_row_index("row").filter(~pl.col("held_out")))
    best, seconds = peer.best(asked)
    best.write_parquet(Path(folder) / "quality-splink.parquet")
    return {"seconds": seconds, "once": peer.once, "rows": asked.height}


def file_splink(folder: str, rows: str) -> dict[str, Any]:
    """The file's first rows by the probabilistic model; what retrieval took is not in it. A fifth of them alone tells
    what loading the register costs whatever the rows."""
    asked = pl.read_parquet(Path(folder) / "truth.parquet").head(int(rows))
    peer = Splink(folder, "truth", asked, asked.with_row_index("row").head(5_000))
    few = asked.head(max(asked.height // 5, 1))
    _, some = peer.best(few)
    best, seconds = peer.best(asked)
    each = max(seconds - some, 0.0) / max(asked.height - few.height, 1)
    once = peer.once + max(seconds - each * asked.height, 0.0)
    told = asked.with_row_index("row").join(best, on="row", how="left", maintain_order="left")
    sure = told.select(pl.when(pl.col("score") >= 0.9).then("code_right").otherwise(pl.lit("")).fill_null(""))
    return {"seconds": peer.once + seconds, "once": once, "rows": asked.height,
            **counted(asked, sure.to_series(), told["code_right"].fill_null(""))}  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
