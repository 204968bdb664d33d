"""Lists of the demonstration: two proceedings under way and three organisations watched."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import date, datetime, timedelta

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.intake import service as intake
from xinheng.kernel.errors import Refused, XinhengError
from xinheng.kernel.periods import add_months
from xinheng.law import service as law
from xinheng.lists import proceedings, watching
from xinheng.publication import service as publication
from xinheng.register import service as register

ITEM = "admin-penalty"
WANTED, WATCHES, LOOK = 2, 3, 500
RECEIVED = (
    ("wage-arrears", 3 * 365 - 40), ("market-serious", 3 * 365 - 20), ("tax-serious", 365), ("procurement-serious", 100),
    ("work-safety-serious", 200),
)  # fmt: skip
"""Kinds of the received file, and how many days ago each was listed; the first two end soon."""


class OnlyInSandbox(Refused):
    """The demonstration is built in a sandbox only."""

    code = "list-only-sandbox"


def demo_lists(
    *, at: datetime, leave: frozenset[str] = frozenset(), desks: Collection[str] = ()
) -> dict[str, str]:
    """Takes in a received list of several kinds (two entries end soon), opens two listing proceedings (one awaits a
    statement, one has been heard) and watches three organisations; answers which case plays which part. Played again
    it makes nothing twice. Raises `OnlyInSandbox`."""
    if not home().sandbox:
        raise OnlyInSandbox("演示数据只能建在沙盒里。")
    _receive(at, leave)
    told: dict[str, str] = {}
    for entry, kind in _cast(at, leave, desks):
        name = ("listing-notified", "listing-heard")[len(told)]
        actor = cases.Actor("desk:listing-demo", "authority", entry.authority)
        try:
            done = proceedings.open_listing(
                authority=entry.authority, uscc=entry.uscc, kind=kind.code, actor=actor, at=at, token=f"demo:{name}",
                facts="因同类违法行为被处以较重行政处罚，情节严重，整改期限届满后仍未改正。",
                documents=[_document(entry)], trigger=kind.triggers[0].code if kind.triggers else "",
            )  # fmt: skip
            _play(done.case.number, actor, at, heard=bool(told))
        except XinhengError:
            continue
        told[name] = done.case.number
        if len(told) == WANTED:
            break
    _watch(at, leave, desks)
    return told


def _receive(at: datetime, leave: frozenset[str]) -> None:
    """One file of the data bureau with entries of several kinds, each with the day it was listed on."""
    on, pack = evidence.legal_day(at), law.active()
    page = publication.statements(audience="public", on=on, item=ITEM, limit=LOOK)
    bodies = _deciders(pack, {one.authority for one in page})
    codes = sorted({one.uscc for one in page if one.uscc.startswith("91")} - leave)
    names = register.get([*codes, *bodies.values()])
    firms = [names[code] for code in codes if code in names and names[code].active]
    kinds_ = [(pack.lists[code], days) for code, days in RECEIVED if code in pack.lists]
    if len(firms) < len(kinds_):
        return
    for place, ((kind, days), firm) in enumerate(zip(kinds_, firms, strict=False), 1):
        if (body := names.get(bodies.get(kind.authority, ""))) is None:
            continue
        content = _file(pack, kind, firm, body, on - timedelta(days=days), 800 + place)
        with intake.lent_path(content) as path:
            intake.run(path=path, item="serious-list", source=body.code, at=at, actor="demo", mapping={})


def _file(
    pack: law.Pack, kind: law.ListKind, firm: register.Organisation, body: register.Organisation, listed_on: date,
    serial: int,
) -> bytes:  # fmt: skip
    """One row of a kind, by a body that decides on it, for conduct of that kind."""
    item = pack.items["serious-list"]
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.code for field in item.fields if field.scope != "drop"])
    writer.writeheader()
    conduct = kind.triggers[0].zh if kind.triggers else kind.name
    writer.writerow({
        item.subject_name: firm.name, item.subject_code: firm.code, item.card.kind: kind.name,
        item.document_number[0]: f"（演示）列字〔{listed_on.year}〕{serial}号", item.decided_on: listed_on.isoformat(),
        item.card.what: conduct, item.card.law: "；".join(str(one) for one in kind.basis),
        item.authority_name: body.name, item.authority: body.code, item.source_name: body.name,
        item.source_code: body.code,
    })  # fmt: skip
    return out.getvalue().encode()


def _deciders(pack: law.Pack, codes: Collection[str]) -> dict[str, str]:
    """For each sector a body of it: of the place's own level before a county's, those of the pack before others."""
    known = register.get([*codes, *(one.uscc for one in pack.departments if one.uscc)])
    found: dict[str, str] = {}
    for code in sorted(known, key=lambda one: (one[2:8] != pack.region, one)):
        unit = law.department(pack=pack, uscc=code)
        sector = unit.sector if unit is not None else ""
        sector = sector or law.sector_of(pack=pack, authority=code, authority_name=known[code].name, basis="")
        if sector:
            found.setdefault(sector, code)
    return found


def _play(number: str, actor: cases.Actor, at: datetime, *, heard: bool) -> None:
    today = evidence.legal_day(at).isoformat()
    cases.act(
        number=number, act="notify", actor=actor, at=at, token=f"demo:notify:{number}",
        reason="事实清楚，证据充分，拟列入。", detail={"served": {"on": today, "manner": "直接送达"}},
    )  # fmt: skip
    if heard:
        cases.act(
            number=number, act="defend", actor=actor, at=at, token=f"demo:defend:{number}",
            reason="当事人到场陈述：已经整改，请求从轻处理（记入笔录）。",
        )  # fmt: skip


def _cast(
    at: datetime, leave: frozenset[str], desks: Collection[str]
) -> list[tuple[publication.Entry, law.ListKind]]:
    """Penalties of authorities that may list, the newest first, one for an organisation."""
    on, pack, found, seen = evidence.legal_day(at), law.active(), [], set(leave)
    may: dict[str, law.ListKind | None] = {}
    for entry in publication.statements(audience="public", on=on, item=ITEM, limit=LOOK):
        if entry.uscc in seen or not entry.uscc.startswith("91") or entry.severity != "serious":
            continue
        if entry.authority not in may:
            may[entry.authority] = next(
                (
                    kind for code, kind in sorted(pack.lists.items())
                    if not proceedings.may_open(authority=entry.authority, kind=code, on=on)
                ),
                None,
            )  # fmt: skip
        kind = may[entry.authority]
        if kind is not None:
            seen.add(entry.uscc)
            found.append((entry, kind))
    return sorted(found, key=lambda one: one[0].authority not in desks)


def _watch(at: datetime, leave: frozenset[str], desks: Collection[str]) -> None:
    on = evidence.legal_day(at)
    seen: set[str] = set(leave)
    found = publication.statements(audience="public", on=on, item=ITEM, limit=LOOK)
    for entry in sorted(found, key=lambda one: one.authority not in desks):
        if len(seen) - len(leave) == WATCHES:
            return
        if (
            entry.uscc in seen
            or not entry.uscc.startswith("91")
            or entry.uscc not in register.get([entry.uscc])
        ):
            continue
        seen.add(entry.uscc)
        watching.watch(
            body=entry.authority, uscc=entry.uscc, reason="一年内多次被处罚，列为重点关注，适当增加检查频次以外的提醒。",
            basis="本部门风险提示规则（内部）", until=add_months(on, 6), actor="desk:listing-demo", at=at,
        )  # fmt: skip


def _document(entry: publication.Entry) -> str:
    item = law.active().items[entry.item]
    return next((entry.values[code] for code in item.document_number if entry.values.get(code)), "")
