"""The synthetic city: departments' files are written, then taken in through the real intake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.faces.packcity import items_of, place_of
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.register import service as register
from xinheng.synth import service as synth

Told = Callable[[str, int, int], None]


def _silent(_text: str, _done: int, _all: int) -> None:
    return None


def build_city(
    *, orgs: int, records: int, seed: int, at: datetime, folder: Path, told: Told = _silent
) -> dict[str, Any]:
    """Writes a city's files into `folder` and takes them all in at `at`, into the home there is."""
    manifest = write_city(orgs=orgs, records=records, seed=seed, at=at, folder=folder, told=told)
    return fill_home(manifest, folder, days=dict.fromkeys(range(len(manifest.files)), at), at=at, told=told)


def write_city(
    *,
    orgs: int,
    records: int,
    seed: int,
    at: datetime,
    folder: Path,
    pack: law.Pack | None = None,
    clerk_rows: int = 0,
    told: Told = _silent,
) -> synth.Manifest:
    """The files of a city as its departments would have sent them up to `at`; of a pack's place where one is given."""
    told("写出各部门的文件", 0, 1)
    today = evidence.legal_day(at)
    place, items = (place_of(pack), items_of(pack)) if pack else (None, ())
    return synth.generate(
        out=folder,
        orgs=orgs,
        records=records,
        seed=seed,
        today=today,
        place=place,
        items=items,
        clerk_rows=clerk_rows,
    )


def days_sent(manifest: synth.Manifest) -> dict[int, datetime]:
    """For each file (by its place in the manifest) ten o'clock in Shanghai on the day it was sent."""
    return {
        number: datetime.combine(
            date.fromisoformat(file.sent_on), time(10), tzinfo=evidence.SHANGHAI
        ).astimezone(UTC)
        for number, file in enumerate(manifest.files)
    }


def fill_home(
    manifest: synth.Manifest,
    folder: Path,
    *,
    days: Mapping[int, datetime],
    at: datetime,
    told: Told = _silent,
    before: Callable[[datetime], None] | None = None,
) -> dict[str, Any]:
    """Loads the register and takes every file in, each at its instant in `days`; followers are drained at `at`.

    `before` is called with the instant of each file before it is taken in: what people did up to then goes there.
    """
    told("载入主体登记", 0, 1)
    first = min(days.values(), default=at)
    loaded = register.load(path=folder / manifest.register, at=first, actor="operator")
    totals: dict[str, int] = dict.fromkeys(intake.OUTCOMES, 0)
    for number, (file, receipt) in enumerate(take_in(manifest, folder, days=days, before=before), start=1):
        told(f"{file.department} → {file.item}({receipt.rows} 行)", number, len(manifest.files))
        for outcome in intake.OUTCOMES:
            totals[outcome] += getattr(receipt, outcome)
    told("建立检索与检查点", 1, 1)
    evidence.drain(at=at)
    evidence.write_trust_bundle(at=at)
    return {"organisations": loaded.rows, "files": len(manifest.files), **totals}


def take_in(
    manifest: synth.Manifest,
    folder: Path,
    *,
    days: Mapping[int, datetime],
    before: Callable[[datetime], None] | None = None,
) -> Iterator[tuple[synth.FileEntry, intake.Receipt]]:
    """Takes a city's files in, one after the other in the order they were sent; each with its receipt."""
    for number, file in enumerate(manifest.files):
        path = folder / file.path
        if before is not None:
            before(days[number])
        yield (
            file,
            intake.run(path=path, item=file.item, source=file.source, at=days[number], actor="operator"),
        )
