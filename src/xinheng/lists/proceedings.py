"""Opening a listing (列入): by the authority of that kind alone, with facts, provision and papers, never twice for a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel.text import norm_docno
from xinheng.law import service as law
from xinheng.lists import kinds, policy_listing
from xinheng.lists.errors import FactsMissing, ListedAlready, NoPower, NotListable
from xinheng.publication import service as publication
from xinheng.register import service as register

KIND = "listing"
READER = cases.Reader("platform")
SUBJECTS = {
    "企业": "enterprise", "个体工商户": "individual", "农民专业合作社": "cooperative", "农村集体经济组织": "collective",
    "社会团体": "social", "民办非企业单位": "social", "基金会": "social", "事业单位": "institution", "机关": "government",
}  # fmt: skip
"""The register's words for kinds of organisation, as the pack names those a list may hold."""
_ENOUGH = 200


def open_listing(
    *, authority: str, uscc: str, kind: str, facts: str, documents: Sequence[str], trigger: str = "", basis: str = "",
    actor: cases.Actor, at: datetime, token: str = "", attachments: Sequence[cases.Upload] = (),
) -> cases.Done:  # fmt: skip
    """Opens a listing proceeding of an authority against an organisation, on a kind of list of the pack.

    `facts` say what was done, `documents` are the numbers of the papers that prove it, `trigger` the conduct of the
    kind it is, `basis` the provision. The same token again gives the case that is there. Raises `UnknownList`, `NoEnd`,
    `NoPower`, `NotListable`, `FactsMissing`, `ListedAlready`, and what `cases.open` raises; then nothing was written.
    """
    pack, code = law.active(), uscc.strip().upper()
    found = kinds.kind(pack, kind)
    detail = {
        "list": kind, "documents": [one.strip() for one in documents if one.strip()][: policy_listing.MOST_DOCUMENTS],
        "trigger": trigger, "basis": basis.strip(),
    }  # fmt: skip
    on = evidence.legal_day(at)
    judge(pack=pack, detail=detail, facts=facts, body=authority, role=actor.role, uscc=code, on=on)
    return cases.open(
        kind=KIND, actor=actor, at=at, uscc=code, body=authority, channel="workspace", item=found.item or kinds.SERIOUS,
        authority=authority, reason=facts, detail=detail, attachments=attachments, token=token,
        sector=_sector(pack, authority),
    )  # fmt: skip


def may_open(*, authority: str, kind: str, on: date) -> str:
    """Why this authority may not open a listing of a kind on a day; "" where it may. For forms and lists of kinds.
    Raises `UnknownList`."""
    pack = law.active()
    found = kinds.kind(pack, kind)
    lacks = kinds.missing(found)
    if lacks:
        return f"「{found.name}」没有写明{'、'.join(lacks)}，不能列入任何主体。"
    return _power(pack, found, authority, policy_listing.AUTHORITY, on)


def longest_end(*, kind: str, on: date) -> date | None:
    """The last day an entry decided on a day can stay on a kind of list. Raises `UnknownList`."""
    return kinds.stay_end(kinds.kind(law.active(), kind), on)


def end_refusal(*, kind: str, until: str, on: date) -> str:
    """Why a decision of a day may not write this end (ISO text); "" where it may, or writes none. Raises `UnknownList`."""
    if not until.strip():
        return ""
    found = kinds.kind(law.active(), kind)
    return policy_listing.end_refusal(
        name=found.name, until=kinds.day(until.strip()), longest=kinds.stay_end(found, on), on=on
    )


def judge(
    *, pack: law.Pack, detail: Mapping[str, Any], facts: str, body: str, role: str, uscc: str, on: date
) -> law.ListKind:
    """The kind of list, where this listing may go on; whoever opened it, by whichever door. Raises as `open_listing`,
    but for `ListedAlready`."""
    kind = kinds.kind(pack, str(detail.get("list", "")))
    kinds.whole(kind)
    if why := _power(pack, kind, body, role, on):
        raise NoPower(why)
    _subject(kind, uscc)
    _facts(kind, detail, facts)
    return kind


def _power(pack: law.Pack, kind: law.ListKind, body: str, role: str, on: date) -> str:
    known = law.department(pack=pack, uscc=body)
    return policy_listing.power_refusal(
        pack=pack, kind=kind, role=role, sectors=_chain(pack, _sector(pack, body)),
        region=(known.region if known is not None else "") or body[2:8], on=on,
    )  # fmt: skip


def _sector(pack: law.Pack, body: str) -> str:
    known = law.department(pack=pack, uscc=body)
    if known is not None and known.sector:
        return known.sector
    named = register.get([body]).get(body)
    return law.sector_of(pack=pack, authority=body, authority_name=named.name if named else "", basis="")


def _chain(pack: law.Pack, sector: str) -> list[str]:
    """A sector and those it is part of."""
    found: list[str] = []
    while sector and sector not in found:
        found.append(sector)
        sector = pack.sectors[sector].part_of if sector in pack.sectors else ""
    return found


def _subject(kind: law.ListKind, uscc: str) -> None:
    found = register.get([uscc]).get(uscc)
    if found is None or found.code != uscc:
        raise NotListable(f"「{uscc[:18]}」不是登记在册的统一社会信用代码，不能列入。自然人一律不列入。")
    if kind.subjects and SUBJECTS.get(register.kind_of(uscc), "other") not in kind.subjects:
        raise NotListable(
            f"「{kind.name}」不适用于{register.kind_of(uscc) or '这一类主体'}，不能列入。请核对名单种类。"
        )


def _facts(kind: law.ListKind, detail: Mapping[str, Any], facts: str) -> None:
    if not facts.strip():
        raise FactsMissing("请写明拟列入的事实：何时、何地、做了什么、情节如何。")
    if not any(str(one).strip() for one in detail.get("documents") or ()):
        raise FactsMissing("请写明证明事实的文书（例如处罚决定书文号）：没有文书的事实不能列入。")
    triggers = {one.code: one for one in kind.triggers}
    if triggers and detail.get("trigger") not in triggers:
        known = "；".join(f"{code}：{one.zh}" for code, one in triggers.items())
        raise FactsMissing(f"请从「{kind.name}」的列入情形里选一种。可选的有：{known}。")


def twice(*, case: str, uscc: str, kind: law.ListKind, detail: Mapping[str, Any], on: date) -> None:
    """Refuses a second listing on the same kind of list for the same fact, while the first runs or stands. Asked inside
    the transaction, behind the lock of the organisation, so that a race has one winner. Raises `ListedAlready`."""
    mine, trigger = policy_listing.documents(detail.get("documents") or ()), str(detail.get("trigger", ""))
    lines, _ = cases.of_subject(uscc=uscc, limit=_ENOUGH)
    for line in lines:
        if line.kind != KIND or line.number == case or line.final:
            continue
        other = cases.case(number=line.number, reader=READER).detail
        same = policy_listing.same_fact(
            mine, policy_listing.documents(other.get("documents") or ()), trigger=trigger,
            other=str(other.get("trigger", "")),
        )  # fmt: skip
        if other.get("list") == kind.code and same:
            raise ListedAlready(
                f"同一事实已经在办或者已经列入「{kind.name}」（{line.number}），不再列入第二次。请在该案中办理。"
            )
    item = law.active().items[kind.item or kinds.SERIOUS]
    for entry in publication.statements(audience="public", on=on, uscc=uscc, item=item.code, limit=_ENOUGH):
        found = kinds.kind_of(law.active(), item, entry.values)
        told = norm_docno("".join(entry.values.values()))
        if found is kind and any(one in told for one in mine):
            raise ListedAlready(
                f"同一事实已经列入「{kind.name}」（记录 {entry.id}），不再列入第二次。请核对来源报送的名单。"
            )
