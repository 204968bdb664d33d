"""A place that shows what it was told, with a few faults, always the same ones: for training and demonstration."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from hashlib import sha256

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.sync import comparing, entries, policy_places
from xinheng.sync.errors import OnlySimulated

FAULTS = 12
"""As many entries a simulated place shows wrongly: enough to see every kind, few enough to look through."""


def shown_by(*, place: str, on: date, item: str = "", faults: bool = True, seed: int = 1) -> bytes:
    """The list a simulated place would give out: CSV. Raises `OnlySimulated` outside a sandbox, `UnknownPlace`."""
    if not home().sandbox:
        raise OnlySimulated("模拟的公示平台只能在沙盒里用；正式环境请上传该平台实际显示的名单。")
    comparing.check(place)
    pack = law.active()
    found = entries.scope(on=on, wanted=[item] if item else entries.items(pack))
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("统一社会信用代码", "文书号", "状态", "决定日期", "公示截止日期"))
    pairs = [(str(code), str(body)) for code, body in found.select("item", "authority").unique().iter_rows()]
    asked = entries.places(pack, pairs)
    rows = [
        row for row in found.filter(found["doc"] != "").iter_rows(named=True)
        if place in asked[row["item"], row["authority"]]
    ]  # fmt: skip
    draws = {row["id"]: sha256(f"{seed}/{place}/{row['id']}".encode()).digest() for row in rows}
    kinds = {
        id_: n % 3 for n, id_ in enumerate(sorted(draws, key=draws.__getitem__)[: FAULTS if faults else 0])
    }
    for row in rows:
        faulty, kind = row["id"] in kinds, kinds.get(row["id"])
        if row["shown_here"] and faulty and kind == 0:
            continue
        if not row["shown_here"] and not faulty:
            continue
        until = row["until"]
        if row["shown_here"] and faulty and kind == 1 and until is not None:
            until += timedelta(days=90)
        status = "已终止" if row["shown_here"] and faulty and kind == 2 else "公示中"
        writer.writerow((row["uscc"], row["doc"], status, row["decided_on"], until or ""))
    return file.getvalue().encode()


def simulate(
    *, place: str, at: datetime, item: str = "", faults: bool = True, actor: str = "simulated-place"
) -> comparing.Compared:
    """Compares with what the simulated place shows today, as a whole list. Sandboxes only."""
    content = shown_by(place=place, on=evidence.legal_day(at), item=item, faults=faults)
    return comparing.compare(place=place, content=content, item=item, whole=True, at=at, actor=actor)


PLACES = tuple(policy_places.PLACES)
