"""Stamped batch requests (盖章批量核查申请): a unit asks under a letter, the office approves, then the checks run.

Whoever sent a request never approves it. The checks run in the unit's name: the rules of purpose and matter are those of
any check, and each answer has a number of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from xinheng.checks import requests_keeping as keeping
from xinheng.checks.models_requests import BatchRequest, BatchRequestStep
from xinheng.checks.requests_errors import (
    FourEyes,
    LetterRefused,
    RequestIncomplete,
    RequestMovedOn,
    RequestUnknown,
)
from xinheng.checks.types import Asker, Scope
from xinheng.evidence import service as evidence
from xinheng.kernel import personal, uscc
from xinheng.kernel.text import half_width

__all__ = [
    "FourEyes",
    "LetterRefused",
    "Request",
    "RequestIncomplete",
    "RequestMovedOn",
    "RequestStep",
    "RequestUnknown",
    "Sifted",
    "approve",
    "ask",
    "letter",
    "refuse",
    "request",
    "requests",
    "run",
    "sift",
    "withdraw",
]  # fmt: skip

MOST = 10_000
NO_CODE = "-"
STATES = {"": "sent", "approve": "approved", "refuse": "refused", "withdraw": "withdrawn", "run": "done"}
_TOKEN = re.compile(r"[0-9A-Z]{15,18}")
_SPLIT = re.compile(r"[^0-9A-Z*]+")


@dataclass(frozen=True)
class Sifted:
    """What a pasted text or a column of a file holds: each row that asks for something, in order, and the codes in them
    once each. Of a row without a usable code only its place is kept: `NO_CODE`, or the mask where it was a person's."""

    codes: tuple[str, ...]
    rows: tuple[str, ...]
    unusable: int
    personal: int
    repeated: int


@dataclass(frozen=True)
class RequestStep:
    """One thing that became of a request."""

    act: str
    reason: str
    batch: str
    taken_by: str
    taken_on: date


@dataclass(frozen=True)
class Request:
    """A request as it stands: `state` is sent, approved, refused, withdrawn or done; `batch` is "" until it ran."""

    id: int
    number: str
    body: str
    role: str
    matter: str
    scope: Scope
    purpose: str
    case_number: str
    letter: str
    file: str
    media: str
    codes: tuple[str, ...]
    rows: tuple[str, ...]
    asked: int
    unusable: int
    personal: int
    sent_by: str
    sent_on: date
    state: str
    batch: str
    steps: tuple[RequestStep, ...]


def sift(lines: Sequence[str]) -> Sifted:
    """The codes in lines of text (one cell or one pasted line each). Citizens' numbers are counted and dropped."""
    codes: dict[str, None] = {}
    rows: list[str] = []
    unusable = persons = repeated = 0
    for place, line in enumerate(lines):
        text = half_width(line).upper()
        heading = place == 0 and "代码" in text and not any(mark.isdigit() for mark in text)
        if not text.strip() or heading:
            continue
        found = [one for one in _SPLIT.split(text) if _TOKEN.fullmatch(one)]
        if not found and (grouped := uscc.clean(text).code) and _TOKEN.fullmatch(grouped):
            found = [grouped]
        person = [one for one in found if personal.looks_like_citizen_id(one) and not uscc.is_valid(one)]
        kept = [one for one in found if one not in person and len(one) == 18]
        persons += len(person)
        unusable += not kept and not person
        for code in kept:
            repeated += code in codes
            codes[code] = None
        rows += kept or ([personal.MASK] if person else [NO_CODE])
    return Sifted(tuple(codes), tuple(rows), unusable, persons, repeated)


def ask(
    *,
    body: str,
    role: str,
    matter: str,
    sifted: Sifted,
    scope: Scope,
    purpose: str,
    case_number: str,
    letter: str,
    scan: bytes,
    actor: str,
    at: datetime,
    token: str = "",
) -> Request:
    """Takes a request in. `actor` is who sends it ("desk:name"), `body` the unit whose letter it is.

    The same `token` again gives the request it made. Raises `RequestIncomplete`, `LetterRefused`.
    """
    for value, what in ((body, "申请单位"), (matter, "办理事项"), (letter.strip(), "申请函的文号")):
        if not value:
            raise RequestIncomplete(f"还没有填{what}。请补全后再提交。")
    if scope == "shared" and not purpose.strip():
        raise RequestIncomplete("要看公开信息以外的内容，必须写明用途。")
    if not sifted.codes:
        raise RequestIncomplete("没有找到可以核查的统一社会信用代码。请一行一个，写全 18 位。")
    if len(sifted.rows) > MOST:
        raise RequestIncomplete(f"一次最多 {MOST:,} 行，这里有 {len(sifted.rows):,} 行：请分次申请。")
    digest, media = keeping.judged(scan)
    keeping.store(digest, scan)
    on = evidence.legal_day(at)
    key = hashlib.sha256(f"{actor}\n{token}".encode()).hexdigest() if token else ""
    if key and (known := _by_key(key)):
        return request(number=known)
    with evidence.event(
        evidence.Act(kind=keeping.MADE, actor=actor, at=at, purpose=_clean(purpose))
    ) as event:
        evidence.lock("checks.requests")
        number = _next_number(on)
        row = (
            number, body, role, matter, scope, _clean(purpose), personal.mask_names(_clean(case_number, 80)), _clean(letter, 80), digest, media,
            " ".join(sifted.rows), len(sifted.codes), sifted.unusable, sifted.personal, actor, on,
        )  # fmt: skip
        keeping.write(event, "checks_request", row)
        event.detail |= {"request": number, "body": body, "matter": matter, "token": key}
    return request(number=number)


def approve(*, number: str, actor: str, at: datetime) -> Request:
    """The office approves; `run` follows. Raises `FourEyes` for whoever sent it, `RequestMovedOn`."""
    found = request(number=number)
    if found.sent_by == actor:
        raise FourEyes("自己提交的申请不能由自己批准：请信用办的另一个账号办理。")
    return _stepped(found, "approve", ("sent",), actor=actor, at=at)


def refuse(*, number: str, reason: str, actor: str, at: datetime) -> Request:
    """The office does not approve, and says why. Raises `RequestIncomplete` without a reason, `RequestMovedOn`."""
    if not reason.strip():
        raise RequestIncomplete("不批准要写明理由，申请单位看得到。")
    return _stepped(request(number=number), "refuse", ("sent", "approved"), actor=actor, at=at, reason=reason)


def withdraw(*, number: str, body: str, actor: str, at: datetime) -> Request:
    """The unit takes its request back before it is approved."""
    return _stepped(request(number=number, body=body), "withdraw", ("sent",), actor=actor, at=at)


def run(*, number: str, sector: str, actor: str, at: datetime) -> Request:
    """Runs the checks of an approved request in the unit's name and keeps which batch they are.

    Repeating it gives the first batch. Raises what `checks.check_many` raises: the request then stays approved.
    """
    from xinheng.checks import service as checks

    found = request(number=number)
    if found.state == "done":
        return found
    if found.state != "approved":
        raise RequestMovedOn(f"申请 {number} 还没有批准，或者已经办结，不能执行。请刷新页面再看。")
    asker = Asker("desk", found.sent_by, found.role, found.body, sector)
    batch = checks.check_many(
        usccs=found.rows, matter=found.matter, asker=asker, at=at, scope=found.scope, purpose=found.purpose,
        case_number=found.case_number or found.letter,
    )  # fmt: skip
    return _stepped(found, "run", ("approved",), actor=actor, at=at, batch=batch.number)


def request(*, number: str, body: str | None = None) -> Request:
    """A request with what became of it; with `body` only that unit's. Raises `RequestUnknown`."""
    row = BatchRequest.objects.filter(number=number).first()
    if row is None or body not in (None, row.body):
        raise RequestUnknown(f"没有编号为 {number[:20]} 的批量核查申请，或者它不是贵单位的。")
    return _whole([row])[0]


def requests(
    *, body: str | None = None, open_only: bool = False, after: int | None = None, limit: int = 50
) -> list[Request]:
    """Requests, newest first, after the keyset `after` (an id). `open_only`: those that wait for the office."""
    rows = BatchRequest.objects.order_by("-id")
    if body is not None:
        rows = rows.filter(body=body)
    if after is not None:
        rows = rows.filter(id__lt=after)
    if open_only:
        ended = BatchRequestStep.objects.filter(act__in=("refuse", "withdraw", "run")).values("request")
        rows = rows.filter(~Q(number__in=ended))
    return _whole(list(rows[:limit]))


def letter(*, number: str, body: str | None = None) -> tuple[str, bytes]:
    """Media type and bytes of the scanned letter, to be downloaded. Raises `RequestUnknown`, `LetterRefused`."""
    found = request(number=number, body=body)
    try:
        content = keeping.path_of(found.file).read_bytes()
    except OSError:
        raise LetterRefused("申请函的文件不在了。请从备份恢复 attachments 目录。") from None
    if hashlib.sha256(content).hexdigest() != found.file:
        raise LetterRefused("申请函的文件已损坏。请从备份恢复 attachments 目录。")
    return found.media, content


def _stepped(
    found: Request,
    act: str,
    states: tuple[str, ...],
    *,
    actor: str,
    at: datetime,
    reason: str = "",
    batch: str = "",
) -> Request:
    with evidence.event(evidence.Act(kind=keeping.STEPPED, actor=actor, at=at)) as event:
        evidence.lock("checks.requests")
        if request(number=found.number).state not in states:
            raise RequestMovedOn(f"申请 {found.number} 刚才已经有人办过这一步。请刷新页面再看。")
        row = (found.number, act, _clean(reason), batch, actor, evidence.legal_day(at))
        keeping.write(event, "checks_requeststep", row)
        event.detail |= {"request": found.number, "act": act}
    return request(number=found.number)


def _whole(rows: list[BatchRequest]) -> list[Request]:
    steps: dict[str, list[RequestStep]] = {}
    for one in BatchRequestStep.objects.filter(request__in=[row.number for row in rows]).order_by("id"):
        step = RequestStep(one.act, one.reason, one.batch, one.taken_by, one.taken_on)
        steps.setdefault(one.request, []).append(step)
    found = []
    for row in rows:
        own = tuple(steps.get(row.number, ()))
        found.append(
            Request(
                row.id, row.number, row.body, row.role, row.matter, _scope(row.scope), row.purpose, row.case_number, row.letter,
                row.file, row.media, _distinct(row.codes), tuple(row.codes.split()), row.asked, row.unusable, row.personal, row.sent_by, row.sent_on,
                STATES[own[-1].act if own else ""], next((one.batch for one in own if one.batch), ""), own,
            )
        )  # fmt: skip
    return found


def _distinct(rows: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in rows.split() if one not in (NO_CODE, personal.MASK)))


def _scope(text: str) -> Scope:
    return "shared" if text == "shared" else "public"


def _next_number(on: date) -> str:
    start = f"PL{on:%Y%m%d}-"
    last = (
        BatchRequest.objects.filter(number__startswith=start)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{start}{int(last[len(start) :]) + 1 if last else 1:04d}"


def _by_key(key: str) -> str:
    """The request a form made before; only the newest are looked at: a form is sent twice within minutes."""
    for entry in evidence.latest(limit=200, kinds=(keeping.MADE,)):
        if entry.body["detail"].get("token") == key:
            return str(entry.body["detail"]["request"])
    return ""


def _clean(text: str, longest: int = 200) -> str:
    return personal.redact(text.strip())[0][:longest]
