"""Bulletins (通报): composed from the figures, frozen at issue, printed again from what was frozen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.oversight import exact, figures, keeping, policy_period, policy_rates, policy_steps, suspected
from xinheng.oversight.errors import NoSuchBulletin, PeriodNotOver
from xinheng.oversight.figures import UnitLine
from xinheng.oversight.models import Bulletin
from xinheng.oversight.policy_rates import Figures

FORMAT = 1
LETTERS = {policy_period.WEEKLY: "W", policy_period.MONTHLY: "M", policy_period.QUARTERLY: "Q"}
KIND_NAMES = {policy_period.WEEKLY: "周报", policy_period.MONTHLY: "月报", policy_period.QUARTERLY: "季报"}
GAP_POLICY = "编号按通报种类和签发年度连续，号在签发的同一事务中取得，不预留、不跳号、不重用；同一期间只签发一次，再次打印与首次一致。"
MEASURED = {
    "received": "及时与否以本平台收到之日计算。",
    "accepted_upstream": "规则包选择以上级平台入库之日计算；尚未取得上级回执的，按本平台收到之日计算。",
}
# The annex is for a clerk's screen; what is behind larger figures is opened on the desk
MOST_ANNEX = 20_000
COLUMNS = (
    "due",
    "reported",
    "timeliness",
    "conformity",
    "late",
    "omitted",
    "returned",
    "nil",
    "change",
    "rank",
)


@dataclass(frozen=True)
class Issued:
    """A bulletin as issued. `content` is what was frozen; `state` whether the public may see it."""

    number: str
    kind: str
    period: str
    first: date
    last: date
    cutoff: date
    issued_on: date
    content: dict[str, Any]
    state: str
    digest: str = ""

    @property
    def title(self) -> str:
        return str(self.content["title"])


@dataclass(frozen=True)
class Listed:
    """A bulletin in a list."""

    number: str
    kind: str
    period: str
    period_name: str
    cutoff: date
    issued_on: date
    state: str


def draft(*, period: str, at: datetime, body: str | None = None) -> dict[str, Any]:
    """What a bulletin of this period would say if issued now. `body` confines it to one unit's line."""
    span = policy_period.parse(period)
    today = evidence.legal_day(at)
    cutoff = span.until(today)
    now = figures.by_unit(first=span.first, last=cutoff, body=body)
    before = figures.by_unit(first=span.previous.first, last=span.previous.last, body=body)
    return _content(span, cutoff, today, now, before)


def _content(
    span: policy_period.Span, cutoff: date, today: date, now: list[UnitLine], before: list[UnitLine]
) -> dict[str, Any]:
    pack = law.active()
    earlier = {line.unit.key: line.figures for line in before}
    placed = policy_rates.ranks({line.unit.key: line.figures for line in now})
    order = {line.unit.key: at for at, line in enumerate(now)}
    now = sorted(now, key=lambda one: (placed.get(one.unit.key, len(now) + 1), order[one.unit.key]))
    setting = pack.setting("timeliness_measured_at", "received")
    return {
        "format": FORMAT,
        "title": f"{pack.name}公共信用信息报送质量通报",
        "place": pack.name,
        "office": office_name(pack),
        "kind": span.kind,
        "kind_name": KIND_NAMES[span.kind],
        "period": span.code,
        "period_name": span.name,
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "cutoff": cutoff.isoformat(),
        "composed_on": today.isoformat(),
        "sandbox": home().sandbox,
        "pack": pack.digest,
        "measured_at": setting,
        "rows": [_line(line, earlier.get(line.unit.key), placed.get(line.unit.key)) for line in now],
        "total": _total(now, before),
        "items": _items(now, pack),
        "notes": [
            *policy_rates.FORMULAS,
            MEASURED.get(setting, MEASURED["received"]),
            policy_rates.OUR_CHOICE,
        ],
    }


def _line(line: UnitLine, before: Figures | None, rank: int | None) -> dict[str, Any]:
    unit = line.unit
    return {
        "body": unit.body, "name": unit.name, "name_en": unit.name_en, "short": unit.short, "rank": rank,
        "change": policy_rates.points(_change(line.figures, before)), **_figures(line.figures),
        "items": {code: _figures(one) for code, one in sorted(line.items.items())},
    }  # fmt: skip


def _figures(one: Figures) -> dict[str, Any]:
    state = "" if one.due or one.personal or one.updated or one.duplicate else "nil" if one.nil else "silent"
    return {
        **asdict(one), "due": one.due, "reporting": policy_rates.percent(one.reporting),
        "timeliness": policy_rates.percent(one.timeliness), "conformity": policy_rates.percent(one.conformity),
        "state": state,
    }  # fmt: skip


def _change(now: Figures, before: Figures | None) -> Any:
    return policy_rates.change(now.timeliness, before.timeliness if before else None)


def _total(now: Iterable[UnitLine], before: Iterable[UnitLine]) -> dict[str, Any]:
    whole, earlier = figures.total(now), figures.total(before)
    return {**_figures(whole), "change": policy_rates.points(_change(whole, earlier)), "rank": None}


def _items(lines: Iterable[UnitLine], pack: law.Pack) -> list[dict[str, Any]]:
    found: dict[str, Figures] = {}
    for line in lines:
        for code, one in line.items.items():
            found[code] = found.get(code, Figures()) + one
    return [
        {"code": code, "name": pack.items[code].name if code in pack.items else code, **_figures(one)}
        for code, one in sorted(found.items())
    ]


def office_name(pack: law.Pack) -> str:
    """Who signs: the issuer a pack names, as on reports."""
    return pack.setting("issuer", f"{pack.name}公共信用信息平台")


def issue(*, period: str, at: datetime, actor: str) -> Issued:
    """Issues the bulletin of a period that is over, with its number; the same period gives the first one again.

    Raises `BadPeriod`, `PeriodNotOver`. Content and number are in one transaction with the ledger entry.
    """
    span = policy_period.parse(period)
    today = evidence.legal_day(at)
    known = Bulletin.objects.filter(period=span.code).values_list("number", flat=True).first()
    if known:
        return bulletin(number=known)
    if not span.over(today):
        raise PeriodNotOver(
            f"{span.name}要到 {span.last.isoformat()} 24 时才结束，不能签发；可以先看草稿（不加 --issue）。"
        )
    evidence.drain(at=at)
    content = draft(period=span.code, at=at)
    content["annex"], content["annex_omitted"] = _annex(content, span)
    act = evidence.Act(
        kind=keeping.KINDS["issued"], actor=actor, at=at, pack=content["pack"], purpose="报送质量通报"
    )
    with evidence.event(act) as event:
        serial = keeping.next_serial(Bulletin, kind=span.kind, year=today.year)
        again = Bulletin.objects.filter(period=span.code).values_list("number", flat=True).first()
        if again is None:
            number = f"{LETTERS[span.kind]}{today.year}-{serial:03d}"
            content.update(
                number=number, serial=serial, year=today.year, issued_on=today.isoformat(),
                issued_at=at.isoformat(), named=f"〔{today.year}〕{KIND_NAMES[span.kind]}第{serial}号",
            )  # fmt: skip
            _keep(event, span, content, today, actor)
        else:
            event.detail["bulletin"] = number = again
    return bulletin(number=number)


def _keep(
    event: evidence.OpenEvent, span: policy_period.Span, content: dict[str, Any], today: date, actor: str
) -> None:
    row = {
        "number": content["number"], "kind": span.kind, "year": today.year, "serial": content["serial"],
        "period": span.code, "first": span.first, "last": span.last,
        "cutoff": date.fromisoformat(content["cutoff"]), "issued_on": today,
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }  # fmt: skip
    keeping.write(event, Bulletin, [row])
    keeping.take_steps(
        event, [content["number"]], state=policy_steps.INTERNAL, reason="", on=today, actor=actor
    )
    event.detail["bulletin"] = content["number"]


def _annex(content: dict[str, Any], span: policy_period.Span) -> tuple[list[list[Any]], int]:
    """Which rows stand behind 迟报 and 退回, and which findings behind 漏报: places, not contents."""
    cutoff = date.fromisoformat(content["cutoff"])
    found: list[list[Any]] = []
    whole = 0
    for line in content["rows"]:
        for item, one in line["items"].items():
            for kind in exact.KINDS:
                whole += one[kind]
                room = MOST_ANNEX - len(found)
                if one[kind] and room > 0:
                    where = exact.places(
                        kind=kind, source=line["body"], item=item, first=span.first, last=cutoff, limit=room
                    )
                    found += [[kind, line["body"], item, place.batch, place.row] for place in where]
    omitted = whole - len(found)
    confirmed = suspected.confirmed(first=span.first, last=cutoff)
    return found + [["omitted", one.body, one.item, one.number, 0] for one in confirmed], omitted


def bulletin(*, number: str) -> Issued:
    """An issued bulletin. Raises `NoSuchBulletin`."""
    row = Bulletin.objects.filter(number=number).first()
    if row is None:
        raise NoSuchBulletin(f"没有编号为「{number[:20]}」的通报。请核对编号。")
    return Issued(
        row.number, row.kind, row.period, row.first, row.last, row.cutoff, row.issued_on, json.loads(row.content),
        keeping.state_of(row.number), evidence.rows_digest([(row.content,)]),
    )  # fmt: skip


def for_unit(content: dict[str, Any], body: str) -> dict[str, Any]:
    """A bulletin's content with nobody's line but this unit's; totals and ranks stay as issued."""
    return {
        **content,
        "rows": [line for line in content["rows"] if line["body"] == body],
        "annex": [entry for entry in content.get("annex", []) if entry[1] == body],
    }


def bulletins(*, after: int | None = None, limit: int = 50) -> tuple[list[Listed], int | None]:
    """Issued bulletins, newest first, and the id a list goes on after."""
    rows = Bulletin.objects.order_by("-id").defer("content")
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: limit + 1])
    listed = [
        Listed(
            row.number, row.kind, row.period, policy_period.parse(row.period).name, row.cutoff, row.issued_on,
            keeping.state_of(row.number),
        )
        for row in found[:limit]
    ]  # fmt: skip
    return listed, found[limit - 1].id if len(found) > limit else None


def publish(*, number: str, public: bool, reason: str, at: datetime, actor: str) -> Issued:
    """Marks an issued bulletin as public, or takes that back with a reason."""
    now = bulletin(number=number)
    to = policy_steps.PUBLIC if public else policy_steps.INTERNAL
    if now.state == to:
        return now
    said = policy_steps.step(policy_steps.BULLETIN, of=number, now=now.state, to=to, reason=reason)
    act = evidence.Act(kind=keeping.KINDS["stepped"], actor=actor, at=at, purpose="通报公开")
    with evidence.event(act) as event:
        keeping.take_steps(event, [number], state=to, reason=said, on=evidence.legal_day(at), actor=actor)
    return bulletin(number=number)


def published_figures(*, period: str) -> dict[str, Any] | None:
    """What the public may know of a period: the figures of its bulletin, if the office made it public; without
    suspicions and without the rows. None otherwise."""
    span = policy_period.parse(period)
    number = Bulletin.objects.filter(period=span.code).values_list("number", flat=True).first()
    if number is None or keeping.state_of(number) != policy_steps.PUBLIC:
        return None
    content = dict(bulletin(number=number).content)
    for name in ("annex", "annex_omitted", "pack"):
        content.pop(name, None)
    drop = ("suspected", "personal")
    content["rows"] = [
        {name: value for name, value in line.items() if name not in (*drop, "items")}
        for line in content["rows"]
    ]
    content["items"] = [{n: v for n, v in line.items() if n not in drop} for line in content["items"]]
    content["total"] = {name: value for name, value in content["total"].items() if name not in drop}
    return content
