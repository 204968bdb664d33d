"""Repair notices (修复告知书): made when the decision is made, served with it, matched to the entry that comes later.

两书同达: who is punished learns at once when and how the entry can end. An entry taken in without the day its notice
was served is a quality finding (`unserved`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.kernel import uscc as codes
from xinheng.kernel.personal import redact
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register
from xinheng.remedies import keeping
from xinheng.remedies.errors import NoticeIncomplete, ServiceRefused
from xinheng.remedies.models import RepairNotice, Service
from xinheng.remedies.types import Notice, Unserved

MANNERS = {
    "direct": ("直接送达", "In person"),
    "left": ("留置送达", "Left at the premises"),
    "post": ("邮寄送达", "By post"),
    "entrusted": ("委托送达", "Entrusted"),
    "electronic": ("电子送达", "Electronic (signed consent)"),
    "public": ("公告送达", "By public notice"),
}
ELECTRONIC = "electronic"
GAP_POLICY = "修复告知书编号按单位、年度连续，号在生成的同一事务中取得，不预留、不跳号、不重用。"
ITEM = "admin-penalty"
PROVISION = "repair-notice"
_MOST = 200
_LONGEST = 2_000
_LOOK = 500


def repair_notice(
    *,
    authority: str,
    document: str,
    subject: str,
    uscc: str,
    decided_on: date,
    item: str = ITEM,
    categories: str = "",
    fine: str = "",
    basis: str = "",
    facts: str = "",
    duties: str = "",
    consent: bool = False,
    token: str = "",
    at: datetime,
    actor: str,
) -> Notice:
    """A repair notice from the authority's own values, before the row is taken in: its number and content.

    The class, the days and the window are what the law room answers for these values; `consent` says that the party
    signed for electronic service (行政处罚法 61). The same `token` gives the first notice again. Raises
    `NoticeIncomplete`, naming the value.
    """
    _complete(authority, document, subject, uscc, decided_on, at)
    known = RepairNotice.objects.filter(body=authority, token=token).first() if token else None
    if known is not None:
        return _notice(known)
    pack, today = law.active(), evidence.legal_day(at)
    values = _values(pack.items[item], document, categories, fine, basis, f"{facts} {duties}", decided_on)
    name = _name(pack, authority)
    content: dict[str, Any] = {
        "authority": authority, "authority_name": name, "document": document.strip()[:_MOST],
        "subject": subject.strip()[:_MOST], "uscc": uscc, "item": item, "decided_on": decided_on.isoformat(),
        "duties": _plain(duties), "consent": consent,
        **_days(pack, pack.items[item], values, decided_on, authority, today),
    }  # fmt: skip
    content |= _paper(content, pack, _plain(facts), today)
    act = evidence.Act(
        kind=keeping.KINDS["noticed"], actor=actor, at=at, provision=str(content["provision"]), pack=pack.digest,
        purpose="信用修复告知",
    )  # fmt: skip
    with evidence.event(act) as event:
        law.remember(pack)
        evidence.lock(f"remedies.notice.{authority}")
        again = RepairNotice.objects.filter(body=authority, token=token).first() if token else None
        if again is None:
            number = _write(event, content, authority, today, token, actor)
            event.detail["notice"] = number
        else:
            number = again.number
    return notice(number=number)


def _plain(text: str) -> str:
    """Free text as kept: one line, personal data masked."""
    return redact(" ".join(text.split())[:_LONGEST])[0]


def _paper(content: dict[str, Any], pack: law.Pack, facts: str, today: date) -> dict[str, Any]:
    """The same content under the names the paper is set from (`reports.case_paper`)."""
    entry = [
        {"label": "决定文书号", "value": content["document"]},
        {"label": "作出决定的单位", "value": content["authority_name"]},
        {"label": "决定日期", "value": content["decided_on"]},
        {"label": "违法事实", "value": facts},
    ]
    lines = {"earliest_repair": "最早可申请修复之日", "show_until": "公示截止日（期满自动停止公示）"}
    dates = [{"label": label, "date": content[key]} for key, label in lines.items() if content[key]]
    # What is not shown needs no repair: no conditions for it
    wanted = (*content["conditions"], *content["materials"]) if content["shown"] else ()
    items = [{"text": one} for one in wanted]
    if content["duties"]:
        items.insert(0, {"text": f"履行本决定的义务：{content['duties']}"})
    return {
        "format": 1, "kind": "repair-notice", "case_kind": "repair", "office": content["authority_name"],
        "made_on": today.isoformat(), "sandbox": home().sandbox, "to": content["subject"],
        "to_code": content["uscc"], "entry": [one for one in entry if one["value"]],
        "paragraphs": [f"{'；'.join(content['reasons'])}。"], "items": items, "dates": dates,
        "law": [{"citation": content["citation"], "confidence": content["confidence"]}],
        "windows": content["ways"] if content["shown"] else [], "remarks": _REMARKS,
        "outcome": "" if content["shown"] else "not-shown",
    }  # fmt: skip


_REMARKS = ["期限自决定文书作出之日起算；失信程度以认定单位的确认为准。"]


def _write(
    event: evidence.OpenEvent, content: dict[str, Any], authority: str, today: date, token: str, actor: str
) -> str:
    rows = RepairNotice.objects.filter(body=authority, year=today.year)
    serial = (rows.order_by("-serial").values_list("serial", flat=True).first() or 0) + 1
    number = f"{_sign(authority, content['authority_name'])}信修告〔{today.year}〕{serial}号"
    content["number"] = number
    key = keeping.matching(authority=authority, document=content["document"], uscc=content["uscc"])
    row = {
        "number": number, "body": authority, "year": today.year, "serial": serial, "matching": key,
        "token": token or f"-{number}", "made_on": today, "actor": actor, **keeping.sealed(content),
    }  # fmt: skip
    keeping.write(event, RepairNotice, [row])
    return number


def served(
    *, statement: int | None = None, number: str = "", on: date, manner: str, actor: str, at: datetime
) -> Notice | None:
    """Records when and how a repair notice was served: one made here (`number`), or an entry's own (`statement`).

    A later word counts; earlier ones stay. Electronic service needs the signed consent the notice records. Raises
    `ServiceRefused`, `NoticeIncomplete` for a number that does not exist.
    """
    if manner not in MANNERS:
        known = "、".join(name for name, _ in MANNERS.values())
        raise ServiceRefused(f"没有「{manner[:20]}」这种送达方式。可以选：{known}。")
    if on > evidence.legal_day(at):
        raise ServiceRefused(f"送达日期 {on} 在今天之后。请填写实际送达的日期。")
    found = notice(number=number) if number else _of_statement(statement)
    if found is not None and on < found.decided_on:
        raise ServiceRefused(f"送达日期 {on} 早于决定日期 {found.decided_on}。请核对日期。")
    if manner == ELECTRONIC and not (found is not None and found.content.get("consent")):
        raise ServiceRefused(
            "电子送达须经当事人签署送达地址确认书同意（行政处罚法第六十一条），这里没有该项记载。请改用其他方式。"
        )
    if found is None and statement is None:
        raise NoticeIncomplete("请给出告知书编号，或者所送达决定对应的记录编号。")
    act = evidence.Act(
        kind=keeping.KINDS["served"], actor=actor, at=at, provision=PROVISION, purpose="信用修复告知"
    )
    row = {
        "notice": found.number if found else "", "statement_id": statement or 0, "served_on": on, "manner": manner,
        "actor": actor,
    }  # fmt: skip
    with evidence.event(act) as event:
        keeping.write(event, Service, [row])
    return notice(number=found.number) if found else None


def notice(*, number: str, authority: str | None = None) -> Notice:
    """A notice by its number; of another body than `authority` it does not exist. Raises `NoticeIncomplete`."""
    rows = RepairNotice.objects.filter(number=number)
    row = (rows if authority is None else rows.filter(body=authority)).first()
    if row is None or not row.content:
        raise NoticeIncomplete(f"没有编号为「{number[:40]}」的修复告知书。请核对编号。")
    return _notice(row)


def notices(
    *, authority: str | None = None, after: int | None = None, limit: int = 50
) -> tuple[list[Notice], int | None]:
    """Notices, newest first, of one body or of all, and the id the list goes on after."""
    rows = RepairNotice.objects.exclude(content="").order_by("-id")
    if authority is not None:
        rows = rows.filter(body=authority)
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: limit + 1])
    last = _last_services([row.number for row in found[:limit]])
    told = [_notice(row, last) for row in found[:limit]]
    return told, found[limit - 1].id if len(found) > limit else None


def unserved(
    *, authority: str | None = None, after: int | None = None, limit: int = 50, on: date | None = None
) -> tuple[list[Unserved], int | None]:
    """Penalties taken in for which nobody recorded the day their repair notice was served, newest first, and the id the
    list goes on after. Neither a notice made here nor the entry itself has one. `on` is the day asked about."""
    found: list[Unserved] = []
    cursor = after
    day = on or date.max
    while len(found) <= limit:
        page = publication.statements(
            audience="authority", on=day, item=ITEM, authority=authority, after=cursor, limit=_LOOK
        )
        if not page:
            return found[:limit], found[limit - 1].statement if len(found) > limit else None
        found += _without_service(page)
        cursor = page[-1].id
        if len(page) < _LOOK:
            break
    return found[:limit], found[limit - 1].statement if len(found) > limit else None


def _without_service(page: Iterable[publication.Entry]) -> list[Unserved]:
    entries = list(page)
    parts = {one.id: (one.authority, _document(one), one.uscc) for one in entries}
    keys = {id_: keeping.matching(authority=a, document=d, uscc=u) for id_, (a, d, u) in parts.items()}
    made = dict(
        RepairNotice.objects.filter(matching__in=list(keys.values())).values_list("matching", "number")
    )
    with_day = set(
        Service.objects.filter(statement_id__in=list(parts)).values_list("statement_id", flat=True)
    )
    by_number = set(Service.objects.filter(notice__in=list(made.values())).values_list("notice", flat=True))
    told = []
    for one in entries:
        number = made.get(keys[one.id], "")
        if one.id in with_day or (number and number in by_number):
            continue
        item = law.active().items[one.item]
        told.append(
            Unserved(
                one.id, one.authority, one.values.get(item.authority_name, ""), one.uscc,
                register.display_name(code=one.uscc, name=one.values.get(item.subject_name, ""), region=one.uscc[2:8]),
                _document(one), one.decided_on, one.received_on, number,
            )
        )  # fmt: skip
    return told


def _document(entry: publication.Entry) -> str:
    item = law.active().items[entry.item]
    return next((entry.values[code] for code in item.document_number if entry.values.get(code)), "")


def _complete(authority: str, document: str, subject: str, uscc: str, decided_on: date, at: datetime) -> None:
    named = {"决定文书号": document, "行政相对人名称": subject}
    for name, value in named.items():
        if not value.strip():
            raise NoticeIncomplete(f"请填写{name}：告知书凭它与日后报送的决定对应。")
    for name, value in {"作出决定单位的代码": authority, "行政相对人的代码": uscc}.items():
        if not codes.is_valid(value):
            raise NoticeIncomplete(f"{name}不是有效的统一社会信用代码，请核对后再生成告知书。")
    if decided_on > evidence.legal_day(at):
        raise NoticeIncomplete(f"决定日期 {decided_on} 在今天之后。请填写作出决定的日期。")


def _values(
    item: law.Item, document: str, categories: str, fine: str, basis: str, facts: str, decided_on: date
) -> dict[str, str]:
    how = item.severity_from
    values = dict.fromkeys((field.code for field in item.fields), "")
    values[item.decided_on] = decided_on.isoformat()
    for code in item.document_number:
        values[code] = document
    if how is not None:
        values |= {how.categories: categories, how.fine: fine, how.basis: basis}
    if item.card.outcome:
        values[item.card.outcome] = facts
    return values


def _days(
    pack: law.Pack, item: law.Item, values: dict[str, str], decided_on: date, authority: str, today: date
) -> dict[str, Any]:
    """The class, the days and the window by the law of the decision day, and where to go."""
    facts = law.facts_of(pack=pack, item=item, values=values)
    decision = law.severity(pack=pack, item=item, facts=facts)
    window = law.window(
        pack=pack, item=item, severity=decision, decided_on=decided_on, received_on=decided_on
    )
    path = law.repair_path(pack=pack, item=item.code, authority=authority, sector=facts.sector, on=today)
    return {
        "severity": decision.severity,
        "shown": window.show,
        "show_until": window.show_until.isoformat() if window.show_until else "",
        "earliest_repair": window.earliest_repair.isoformat() if window.earliest_repair else "",
        "reasons": list(window.reasons),
        "provision": window.provision,
        "confidence": window.confidence,
        "citation": path.provision,
        "ways": [f"{one.name}：{one.how}" for one in path.windows],
        "conditions": [one.zh for one in path.conditions],
        "materials": [one.zh for one in path.materials],
    }


def _name(pack: law.Pack, body: str) -> str:
    found = register.get([body])
    if body in found:
        return found[body].name
    unit = law.department(pack=pack, uscc=body)
    return unit.name if unit else body


def _sign(body: str, name: str) -> str:
    unit = law.department(pack=law.active(), uscc=body) or law.department(pack=law.active(), name=name)
    return (unit.short or unit.name) if unit else name


def _of_statement(statement: int | None) -> Notice | None:
    """The notice made for an entry, if one was."""
    if statement is None:
        return None
    parts = records.statements([statement]).get(statement)
    if parts is None or not parts.public:
        raise NoticeIncomplete(f"没有编号为 {statement} 的记录。请从清单进入。")
    item = records.item_of(parts.item, parts.item_version)
    values = records.decode(item, parts.public)
    document = next((values[code] for code in item.document_number if values.get(code)), "")
    key = keeping.matching(authority=parts.authority, document=document, uscc=parts.uscc)
    row = RepairNotice.objects.filter(matching=key).exclude(content="").order_by("-id").first()
    return _notice(row) if row else None


def _last_services(numbers: list[str]) -> dict[str, Service]:
    return {row.notice: row for row in Service.objects.filter(notice__in=numbers).order_by("id")}


def _notice(row: RepairNotice, last: dict[str, Service] | None = None) -> Notice:
    content = json.loads(row.content)
    service = (last if last is not None else _last_services([row.number])).get(row.number)
    manner = service.manner if service else ""
    content["service"] = {
        "on": service.served_on.isoformat() if service else "", "manner": MANNERS[manner][0] if manner else "",
    }  # fmt: skip
    return Notice(
        row.number, row.body, content["uscc"], content["document"], date.fromisoformat(content["decided_on"]),
        row.made_on, service.served_on if service else None, manner, content,
    )  # fmt: skip
