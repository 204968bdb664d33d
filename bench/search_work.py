"""The pieces of the search benchmark; each runs alone in its process and prints one line of JSON.

Queries are cut out of names that are in the register (fragments of 2, 3, 4 and 8 characters), and as many that are in
no name: a miss must cost no more than a hit.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LENGTHS = (2, 3, 4, 8)
EACH = 200
LAST = 20


def make(folder: str, orgs: str) -> dict[str, Any]:
    """A register of that many organisations, and a few records so that the city is one."""
    from xinheng.synth import service as synth

    started = time.perf_counter()
    synth.generate(out=Path(folder), orgs=int(orgs), records=1_000, seed=11, today=AT.date())
    return {"seconds": time.perf_counter() - started}


def build(folder: str) -> dict[str, Any]:
    """Loads the register, then lets the follower make the first index; both are told apart."""
    import django

    django.setup()
    from xinheng.evidence import service as evidence
    from xinheng.faces.initialise import initialise
    from xinheng.register import service as register
    from xinheng.synth import service as synth

    manifest = synth.read_manifest(Path(folder))
    initialise(pack="huaibei", sandbox=True, at=AT)
    started = time.perf_counter()
    loaded = register.load(path=Path(folder) / manifest.register, at=AT, actor="bench")
    loading = time.perf_counter() - started
    started = time.perf_counter()
    evidence.drain(at=AT)
    return {"seconds": time.perf_counter() - started, "loading": loading, "rows": loaded.rows}


def queries(names: Sequence[str], seed: int) -> dict[str, list[str]]:
    """For every length: fragments of names, and strings of name-like characters that no name holds."""
    chance = random.Random(seed)
    everything = "\n".join(names)
    letters = sorted(set("".join(chance.sample(list(names), min(2_000, len(names))))))
    found: dict[str, list[str]] = {}
    for length in LENGTHS:
        long = [
            name for name in chance.sample(list(names), min(len(names), 20 * EACH)) if len(name) >= length
        ]
        cut = [name[(at := chance.randrange(len(name) - length + 1)) : at + length] for name in long[:EACH]]
        found[f"{length}"] = cut
        misses: list[str] = []
        while len(misses) < EACH:
            # The head of a real fragment, so that common pairs come first, and then nothing
            text = chance.choice(cut)[:-1] + chance.choice(letters)
            if text not in everything:
                misses.append(text)
        found[f"{length} miss"] = misses
    return found


def _timed(asked: dict[str, list[str]], ask: Callable[[str], Any]) -> dict[str, list[float]]:
    """Median and 99th percentile in milliseconds for each kind of query; every query once before, to warm up."""
    answer = {}
    for kind, texts in asked.items():
        for text in texts[:LAST]:
            ask(text)
        spent = []
        for text in texts:
            started = time.perf_counter()
            ask(text)
            spent.append(1_000 * (time.perf_counter() - started))
        spent.sort()
        answer[kind] = [spent[len(spent) // 2], spent[int(len(spent) * 0.99) - 1], spent[-1]]
    return answer


def _names(folder: str) -> list[str]:
    import polars as pl

    file = Path(folder) / "register.csv"
    sample = pl.scan_csv(file, infer_schema=False).select("主体名称").collect().to_series()
    return sample.drop_nulls().to_list()


def ours(folder: str) -> dict[str, Any]:
    """`search.find` with ranking, former names and particulars of twenty organisations; then narrowed by county."""
    import django

    django.setup()
    from xinheng.search import service as search

    asked = queries(_names(folder), 1)
    plain = _timed(asked, lambda q: search.find(q=q))
    narrowed = _timed(asked, lambda q: search.find(q=q, region="340621", kind="企业", active=True))
    return {"seconds": 0.0, "plain": plain, "narrowed": narrowed}


def page(folder: str) -> dict[str, Any]:
    """The result page itself: request to response inside the server, template and gate included."""
    import django

    django.setup()
    from django.test import Client

    from xinheng.faces.site import limits

    asked = queries(_names(folder), 2)
    client = Client()

    def ask(q: str) -> None:
        limits.buckets.clear()
        assert client.get("/search/", {"q": q}).status_code == 200

    return {"seconds": 0.0, "plain": _timed(asked, ask)}


def peer(folder: str) -> dict[str, Any]:
    """The plain index: FTS5 over bigrams of bare names, the first twenty that match, no ranking and no particulars;
    and the scan that many deployments run."""
    from xinheng.search.ranking import key_of, tokens, words

    names = _names(folder)
    place = Path(folder) / "peer.sqlite3"
    place.unlink(missing_ok=True)
    database = sqlite3.connect(place)
    database.execute("CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT)")
    database.execute("CREATE VIRTUAL TABLE gram USING fts5(grams, content='', tokenize='ascii')")
    started = time.perf_counter()
    with database:
        database.executemany("INSERT INTO name VALUES (?, ?)", enumerate(names))
        database.executemany(
            "INSERT INTO gram (rowid, grams) VALUES (?, ?)",
            ((number, words(key_of(name))) for number, name in enumerate(names)),
        )
    seconds = time.perf_counter() - started
    asked = queries(names, 1)

    def index(q: str) -> Any:
        return database.execute(
            "SELECT n.name FROM gram g JOIN name n ON n.id = g.rowid WHERE gram MATCH ? LIMIT 20",
            [f'"{tokens(key_of(q))}"'],
        ).fetchall()

    def scan(q: str) -> Any:
        return database.execute("SELECT name FROM name WHERE name LIKE ? LIMIT 20", [f"%{q}%"]).fetchall()

    few = {kind: texts[:20] for kind, texts in asked.items()}
    answer = {"seconds": seconds, "plain": _timed(asked, index), "scan": _timed(few, scan)}
    place.unlink()
    return answer


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
