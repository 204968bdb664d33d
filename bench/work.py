"""The pieces of work that are measured; each runs alone in its process and prints one line of JSON."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def make(folder: str, rows: str, orgs: str) -> dict[str, Any]:
    """The file: penalties as a department would send them, one to three in a hundred wrong."""
    from xinheng.synth import service as synth

    started = time.perf_counter()
    synth.generate(
        out=Path(folder),
        orgs=int(orgs),
        records=int(rows),
        seed=11,
        today=AT.date(),
        clean=True,
        single_file=True,
    )
    return {"seconds": time.perf_counter() - started}


def ours(folder: str) -> dict[str, Any]:
    """The whole way: home, register, then the file through the real intake. Only the intake is counted."""
    import django

    django.setup()
    from xinheng.faces.initialise import initialise
    from xinheng.intake import service as intake
    from xinheng.register import service as register
    from xinheng.synth import service as synth

    manifest = synth.read_manifest(Path(folder))
    initialise(pack="huaibei", sandbox=True, at=AT)
    loading = time.perf_counter()
    loaded = register.load(path=Path(folder) / manifest.register, at=AT, actor="bench")
    loading = time.perf_counter() - loading
    file = manifest.files[0]
    started = time.perf_counter()
    receipt = intake.run(
        path=Path(folder) / file.path, item=file.item, source=file.source, at=AT, actor="bench"
    )
    return {
        "seconds": time.perf_counter() - started,
        "register_seconds": loading,
        "register_rows": loaded.rows,
        **{outcome: getattr(receipt, outcome) for outcome in intake.OUTCOMES},
    }


def floor(folder: str) -> dict[str, Any]:
    """Read and write only: the same file, all columns as text, into one bare table."""
    import polars as pl

    from xinheng.synth import service as synth

    manifest = synth.read_manifest(Path(folder))
    place = Path(folder) / manifest.files[0].path
    started = time.perf_counter()
    frame = pl.read_csv(place, infer_schema=False)
    if url := os.environ.get("XINHENG_DATABASE_URL"):
        _floor_postgres(url, frame)
    else:
        target = Path(folder) / "floor.sqlite3"
        target.unlink(missing_ok=True)
        database = sqlite3.connect(target)
        database.execute("PRAGMA journal_mode=WAL")
        names = ", ".join(f'"{name}"' for name in frame.columns)
        database.execute(f"CREATE TABLE floor ({names})")
        marks = ", ".join("?" * len(frame.columns))
        for part in frame.iter_slices(10_000):
            with database:
                database.executemany(f"INSERT INTO floor VALUES ({marks})", part.rows())
        database.close()
        target.unlink()
    return {"seconds": time.perf_counter() - started, "rows": frame.height}


def _floor_postgres(url: str, frame: Any) -> None:
    import psycopg

    with psycopg.connect(url) as database, database.cursor() as cursor:
        names = ", ".join(f'"{name}" text' for name in frame.columns)
        cursor.execute("DROP TABLE IF EXISTS floor")
        cursor.execute(f"CREATE TABLE floor ({names})")
        with cursor.copy("COPY floor FROM STDIN (FORMAT csv)") as copy:
            for part in frame.iter_slices(10_000):
                copy.write(part.write_csv(include_header=False).encode())
        database.commit()
        cursor.execute("DROP TABLE floor")


def bulk_create(folder: str, rows: str) -> dict[str, Any]:
    """The peer on the inserting side: the same rows through the ORM's bulk_create into a table like ours."""
    import django
    import polars as pl

    django.setup()
    from django.db import connection, models, transaction

    from xinheng.synth import service as synth

    manifest = synth.read_manifest(Path(folder))
    frame = pl.read_csv(Path(folder) / manifest.files[0].path, infer_schema=False, n_rows=int(rows))
    fields = {f"c{number}": models.TextField(null=True) for number in range(frame.width)}
    meta = type("Meta", (), {"app_label": "bench"})
    model = type("Peer", (models.Model,), {"__module__": "bench.work", "Meta": meta, **fields})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    started = time.perf_counter()
    for part in frame.iter_slices(10_000):
        made = [model(**dict(zip(fields, row, strict=True))) for row in part.iter_rows()]
        with transaction.atomic():
            model.objects.bulk_create(made, batch_size=1_000)
    seconds = time.perf_counter() - started
    with connection.schema_editor() as editor:
        editor.delete_model(model)
    return {"seconds": seconds, "rows": frame.height}


def report(folder: str, count: str) -> dict[str, Any]:
    """Warm reports on the home that `ours` filled: every second of `issue`, signature and ledger entry included."""
    import django

    django.setup()
    from xinheng.evidence import service as evidence
    from xinheng.publication import service as publication
    from xinheng.reports import service as reports

    now = datetime.now(UTC) if datetime.now(UTC) > AT else AT
    evidence.drain(at=now)
    page = publication.statements(audience="public", on=evidence.legal_day(now), limit=int(count) + 3)
    codes = [entry.uscc for entry in page]
    for code in codes[:3]:
        reports.issue(uscc=code, audience="public", at=now, actor="bench")
    spent, sizes = [], []
    for code in codes[3:]:
        started = time.perf_counter()
        issued = reports.issue(uscc=code, audience="public", at=now, actor="bench")
        spent.append(time.perf_counter() - started)
        sizes.append(len(issued.pdf))
    return {
        "seconds": statistics.median(spent),
        "worst": max(spent),
        "kilobytes": statistics.median(sizes) / 1024,
    }


def verify_ledger(folder: str) -> dict[str, Any]:
    """Recomputing every stored value of the home that `ours` filled."""
    import django

    django.setup()
    from xinheng.evidence import service as evidence

    evidence.drain(at=datetime.now(UTC))
    started = time.perf_counter()
    result = evidence.verify()
    return {"seconds": time.perf_counter() - started, "ok": result.ok, "size": result.size}


def register_only(file: str) -> dict[str, Any]:
    """A register file into an empty home."""
    import django

    django.setup()
    from xinheng.faces.initialise import initialise
    from xinheng.register import service as register

    initialise(pack="huaibei", sandbox=True, at=AT)
    started = time.perf_counter()
    loaded = register.load(path=Path(file), at=AT, actor="bench")
    return {"seconds": time.perf_counter() - started, "rows": loaded.rows}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.settings")
    answer = globals()[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(answer))
