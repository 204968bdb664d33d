"""The door of the reports room: issue a report, verify a file, keep the document keys."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Max

from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.reports import content, ledger, render, shape, signing, statuslist, statuslist_keeping
from xinheng.reports.errors import NothingOnFile, NotKnownYet
from xinheng.reports.keys import create_document_key, document_key, rotate_document_key
from xinheng.reports.models import Report
from xinheng.reports.statuslist_keeping import rebuild as rebuild_states
from xinheng.reports.verification import Verification, verify

__all__ = [
    "STATUS_TTL", "Issued", "Verification", "create_document_key", "issue", "rebuild_states", "rotate_document_key", "status_list",
    "status_of", "verify", "withdraw",
]  # fmt: skip

# Seconds for which a fetched list may be cached
STATUS_TTL = int(statuslist.TTL.total_seconds())
COLUMNS = [
    "id", "serial", "number", "uscc", "audience", "valid_on", "known_position", "issued_on", "seen_position",
    "file_digest",
]  # fmt: skip


@dataclass(frozen=True)
class Issued:
    """A report as handed out; the platform keeps its number and digest, not the file."""

    number: str
    pdf: bytes
    seconds: float


def issue(
    *,
    uscc: str,
    audience: shape.Audience,
    at: datetime,
    actor: str,
    valid_on: date | None = None,
    known_on: date | None = None,
    purpose: str = "",
) -> Issued:
    """Issues a numbered, signed report on one organisation, as this audience may see it today.

    `known_on` answers as known at the end of that Shanghai day, `valid_on` about that day; both default to today.
    The issue is a ledger entry (so a reading of non-public data is logged with its purpose). Raises `NothingOnFile`
    for an unknown organisation, `NotKnownYet` for a known-on day after today.
    """
    started = time.perf_counter()
    at = evidence.not_before_the_ledger(at)
    today = evidence.legal_day(at)
    if known_on is not None and known_on > today:
        raise NotKnownYet(f"{known_on} 还没有到,无法出具「按该日所知」的报告;今天是 {today}。")
    evidence.drain(at=at)
    known_at = evidence.position_on(known_on) if known_on is not None and known_on < today else None
    seen = evidence.published_size()
    entries = content.entries_of(
        uscc=uscc, audience=audience, on=today, valid_on=valid_on or today, known_at=known_at
    )
    organisation = register.get([uscc]).get(uscc) or _from_entries(uscc, entries)
    pack = law.active()
    position = seen if known_at is None else known_at
    act = evidence.Act(kind="report.issued", actor=actor, at=at, pack=pack.digest, purpose=purpose)
    with evidence.event(act) as event:
        evidence.lock("reports")
        serial = (Report.objects.aggregate(last=Max("serial"))["last"] or 0) + 1
        number = at.astimezone(evidence.SHANGHAI).strftime("%Y%m%d%H%M%S") + f"{serial:06d}"
        key = document_key()
        filled = content.report(
            number=number, serial=serial, audience=audience, organisation=organisation, entries=entries, at=at,
            valid_on=valid_on or today, known_on=known_on or today, position=position, sandbox=home().sandbox,
            certificate=key.fingerprint, public_url=settings.PUBLIC_URL,
        )  # fmt: skip
        filled["credentialStatus"] = statuslist.entry(serial, address=statuslist_keeping.address())
        pdf = render.render(filled, content.proof(entries[: content.MAX_ENTRIES], audience))
        signed = signing.sign(pdf, key.private, key.certificate, at)
        row = (
            event.row_id(0), serial, number, uscc, audience, (valid_on or today).isoformat(), position,
            today.isoformat(), seen, hashlib.sha256(signed).hexdigest(),
        )  # fmt: skip
        evidence.insert_rows("reports_report", [*COLUMNS, "withdrawn_by"], [(*row, None)])
        event.count(1)
        event.detail.update(report=number, row=evidence.rows_digest([row]))
    return Issued(number, signed, round(time.perf_counter() - started, 4))


def withdraw(*, number: str, act: evidence.Act) -> None:
    """Marks a report as withdrawn: from then on the status list says so. Repeating changes nothing."""
    report = Report.objects.filter(number=number).first()
    if report is None:
        raise NothingOnFile(f"没有编号为 {number} 的报告。", code="no-such-report")
    if report.withdrawn_by is None:
        ledger.withdraw(numbers=[number], act=act)


def status_list(*, number: int, at: datetime) -> tuple[str, datetime]:
    """Status list `number` as published (a compact JWS of type vc+jwt), and since when it holds.

    Raises `NothingOnFile` for a list that does not exist. Nobody who asks says which report is meant.
    """
    if number not in statuslist_keeping.lists():
        raise NothingOnFile(f"没有第 {number} 号状态列表。", code="no-such-list")
    return statuslist_keeping.signed(number=number, at=at)


def status_of(*, number: str, on: date) -> statuslist.Status:
    """How the report with this number stands on a day; `unknown` for a number never given."""
    serial = Report.objects.filter(number=number).values_list("serial", flat=True).first()
    if serial is None:
        return "unknown"
    return statuslist.MESSAGES[statuslist_keeping.standing(serial=serial, on=on)]


def _from_entries(uscc: str, entries: list[publication.Entry]) -> register.Organisation:
    """An organisation the register does not know, named as the newest visible statement names it."""
    if not entries:
        raise NothingOnFile(f"没有找到代码为 {uscc} 的主体。请核对 18 位统一社会信用代码,或按名称查询。")
    item = law.active().items[entries[0].item]
    return register.unregistered(code=uscc, name=entries[0].values[item.subject_name])
