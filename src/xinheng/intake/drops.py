"""The drop folder: files that other systems leave are taken in, answered beside, and removed.

`<home>/drop/<code of the sender>/<code of the item>/file`. Receipts go to `done/`, reasons to `refused/` beside it. The
file itself is removed in both cases: it may hold what must not be kept.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.intake import lineage, receipt, workbook
from xinheng.intake.errors import RowsWithheld
from xinheng.intake.run import run
from xinheng.kernel.errors import XinhengError

SEEN = ".seen.json"


@dataclass(frozen=True)
class Dropped:
    """What became of one file: taken (with its batch) or refused (with the reason's code)."""

    path: str
    outcome: str
    batch: str = ""
    reason: str = ""


def drop_folder() -> Path:
    """Where files are left."""
    return home().root / "drop"


def collect_drops(*, at: datetime, actor: str) -> list[Dropped]:
    """Takes in every file that has not changed since the look before; a file seen for the first time waits for the next.

    Failures of ours (`RowsWithheld`) leave the file where it is: the next look goes on with it.
    """
    root = drop_folder()
    if not root.is_dir():
        return []
    before, now = _read_seen(root), {}
    answers = []
    for path, source, item in _files(root):
        state = path.lstat()
        mark, place = [state.st_size, state.st_mtime_ns], str(path.relative_to(root))
        if before.get(place) != mark:
            now[place] = mark
            continue
        answers.append(_take(path, source, item, at=at, actor=actor))
    if before or now:
        (root / SEEN).write_text(json.dumps(now))
    return answers


def _take(path: Path, source: str, item: str, *, at: datetime, actor: str) -> Dropped:
    beside = path.parent.parent
    stem = f"{evidence.legal_day(at):%Y%m%d}-{path.name}"
    try:
        answer = run(path=path, item=item, source=source, at=at, actor=actor)
    except RowsWithheld:
        raise
    except XinhengError as error:
        refused = beside / "refused"
        refused.mkdir(exist_ok=True)
        (refused / f"{stem}.txt").write_text(f"{error} [{error.code}]\n", encoding="utf-8")
        path.unlink()
        return Dropped(path.name, "refused", reason=error.code)
    done = beside / "done"
    done.mkdir(exist_ok=True)
    (done / f"{stem}.json").write_text(json.dumps(answer.as_dict(), ensure_ascii=False), encoding="utf-8")
    workbook.write_receipt(
        receipt.restore(lineage.finished(answer.batch), repeated=False), done / f"{stem}.xlsx"
    )
    path.unlink()
    return Dropped(path.name, "taken", batch=answer.batch)


def _files(root: Path) -> Iterator[tuple[Path, str, str]]:
    """Plain files two folders down. Links, hidden files and our own answers are no deliveries."""
    for source in sorted(_folders(root)):
        for item in sorted(_folders(source)):
            if item.name in ("done", "refused"):
                continue
            for entry in sorted(os.scandir(item), key=lambda one: one.name):
                if entry.name.startswith(".") or not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                    continue
                yield Path(entry.path), source.name, item.name


def _folders(place: Path) -> list[Path]:
    return [Path(entry.path) for entry in os.scandir(place) if entry.is_dir(follow_symlinks=False)]


def _read_seen(root: Path) -> dict[str, list[int]]:
    try:
        found = json.loads((root / SEEN).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
