"""Verifying a report offline, with nothing but the file and the trust bundle.

Order: the signature over every byte, then the shape of the file, then the attached proofs, then the status. A file
that fails early is never looked into. No network, no clock, no database; any input gives an answer, never an exception. The status
comes from the signed lists in the bundle or given beside it; `at` says on which moment a list may have expired.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from xinheng.kernel.errors import XinhengError
from xinheng.kernel.note import Verifier, open_note
from xinheng.reports import binding, pdffile, statuslist
from xinheng.reports.envelope import Altered, Certificate, UnknownKey, read_certificate, signer_of
from xinheng.reports.shape import PROOF_FILE, REPORT_FILE
from xinheng.reports.statuslist import Status

Result = Literal["valid", "altered", "unknown_key"]
RESULTS: dict[Result, str] = {
    "valid": "有效：文件是出具单位签发的原件，没有任何改动。",
    "altered": "已改动：这不是签发时的文件，请勿采信。",
    "unknown_key": "未知证书：无法确认签发单位。",
}
_ATTACHMENT_LIMIT = 64 * 1024 * 1024
_SHANGHAI = ZoneInfo("Asia/Shanghai")
# What reading JSON of another shape can raise; anything else would be a fault of ours and must be seen
_OUT_OF_SHAPE = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, XinhengError)


@dataclass(frozen=True)
class Verification:
    """The answer about one file. Only a `valid` file has content: otherwise it is "", because nothing vouches for it.

    `status` is as of `status_as_of`, the instant of the newest list that could be relied on; `unknown` says why in `reasons`.

    `marks.seal_svg(number, root)` draws the same seal as on paper.
    """

    result: Result
    status: Status = "unknown"
    status_as_of: str = ""
    number: str = ""
    issued_at: str = ""
    issuer: str = ""
    organisation: dict[str, str] = field(default_factory=dict)
    audience: str = ""
    valid_on: str = ""
    known_on: str = ""
    origin: str = ""
    position: int = 0
    entries: int = 0
    root: str = ""
    certificate: str = ""
    reasons: list[str] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether the file is genuine; whether it still stands is `status`."""
        return self.result == "valid"

    def as_dict(self) -> dict[str, Any]:
        """The answer as one JSON object, with the organisation's code and name also at its top level."""
        uscc, name = self.organisation.get("code", ""), self.organisation.get("name", "")
        named = {"report_number": self.number, "uscc": uscc, "name": name, "as_of": self.status_as_of}
        return {**asdict(self), **named}

    def as_text(self) -> str:
        """The answer for a person, in Chinese, one fact a line."""
        lines = [RESULTS[self.result], *self.reasons]
        if self.valid:
            lines[1:1] = [
                f"编号：{self.number}　出具：{self.issuer}　时间：{self.issued_at}",
                f"主体：{self.organisation['name']}（{self.organisation['code']}）",
                f"公示状态截至 {self.valid_on}，信息知悉截至 {self.known_on}；{self.entries} 条信息，逐条核对了存证",
            ]
        return "\n".join(lines)


def verify(
    pdf: bytes, trust: Mapping[str, Any], *, lists: Sequence[str] = (), at: datetime | None = None
) -> Verification:
    """Whether `pdf` is a report issued under `trust`, unchanged to the last bit, and whether it still stands.

    Takes time and memory in proportion to the file and never raises. `trust` is the bundle of `shape.TrustBundle`; what
    cannot be read in it is left out, which makes reports unknown, never valid. `lists` are status lists (compact JWS)
    fetched apart: the newest list counts, and of lists that expired before `at` none (without `at` nothing expires).
    """
    try:
        periods = dict(_certificates(trust))
        certificate = signer_of(bytes(pdf), periods)
        return _inside(bytes(pdf), trust, certificate, periods[certificate], _Asked(tuple(lists), at))
    except UnknownKey as found:
        return Verification("unknown_key", reasons=[str(found)])
    except Altered as found:
        return Verification("altered", reasons=[str(found)])


@dataclass(frozen=True)
class _Asked:
    """What is given beside the bundle: lists fetched apart, and the present."""

    lists: tuple[str, ...]
    at: datetime | None


def _inside(
    pdf: bytes, trust: Mapping[str, Any], certificate: Certificate, period: _Period, asked: _Asked
) -> Verification:
    """The checks of a file whose every byte is signed by a trusted certificate."""
    try:
        report, proof = _attached(pdf)
        issued = _moment(report["issued_at"])
        if not period.covers(issued):
            raise UnknownKey("签发时间不在证书的使用期内，请向出具单位核实。")
        if report.get("certificate", certificate.fingerprint) != certificate.fingerprint:
            raise Altered("报告所载的证书指纹与签名证书不同。")
        binding.check(report, proof, [key for key, used in _log_keys(trust) if used.covers(issued)])
        status, as_of, why = _status(trust, report, asked)
        organisation = report["organisation"]
        return Verification(
            result="valid",
            status=status,
            status_as_of=as_of,
            number=str(report["number"]),
            issued_at=str(report["issued_at"]),
            issuer=str(report["issuer"]),
            organisation={"code": str(organisation["code"]), "name": str(organisation["name"])},
            audience=str(report["audience"]),
            valid_on=str(report["valid_on"]),
            known_on=str(report["known_on"]),
            origin=str(report["origin"]),
            position=int(report["position"]),
            entries=sum(1 for _ in binding.entries(report)),
            root=str(proof["checkpoint"]).split("\n")[2],
            certificate=certificate.fingerprint,
            reasons=_words(status, as_of, why),
        )
    except _OUT_OF_SHAPE:
        raise Altered("签名有效，但附带的数据或存证不合规范，请向出具单位核实。") from None


def _attached(pdf: bytes) -> tuple[Any, Any]:
    file = pdffile.read(pdf)
    root = file.object(file.root)
    if root.count(b"/AcroForm<</Fields[") != 1 or pdf.count(b"/SubFilter/ETSI.CAdES.detached") != 1:
        raise Altered("文件中的签名不是恰好一个。")
    report, proof = (
        json.loads(file.attachment(name, limit=_ATTACHMENT_LIMIT)) for name in (REPORT_FILE, PROOF_FILE)
    )
    return report, proof


@dataclass(frozen=True)
class _Period:
    """When a key signed: from an instant, up to its retirement if it has one."""

    start: datetime
    end: datetime | None

    def covers(self, moment: datetime) -> bool:
        # Instants in a report are whole seconds; those in a bundle need not be
        return self.start.replace(microsecond=0) <= moment and (self.end is None or moment <= self.end)


def _certificates(trust: Mapping[str, Any]) -> Iterator[tuple[Certificate, _Period]]:
    for one in _listed(trust, "certificates"):
        try:
            certificate = read_certificate(one["pem"].encode())
            if certificate:
                yield certificate, _period(one)
        except _OUT_OF_SHAPE:
            continue


def _log_keys(trust: Mapping[str, Any]) -> Iterator[tuple[Verifier, _Period]]:
    for one in _listed(trust, "log_keys"):
        try:
            yield Verifier(one["name"], base64.b64decode(one["public"], validate=True)), _period(one)
        except _OUT_OF_SHAPE:
            continue


def _listed(trust: Mapping[str, Any], name: str) -> list[Any]:
    found = trust.get(name) if isinstance(trust, Mapping) else None
    return found if isinstance(found, list) else []


def _period(one: Mapping[str, Any]) -> _Period:
    retired = one.get("retired_at")
    return _Period(_moment(one["valid_from"]), _moment(retired) if retired else None)


def _moment(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is Shanghai time."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=_SHANGHAI)


def _status(trust: Mapping[str, Any], report: Mapping[str, Any], asked: _Asked) -> tuple[Status, str, str]:
    """The status, the instant it was true at, and why it is unknown: from the newest list that holds."""
    number, index = statuslist.place(int(report["status_index"]))
    keys = [
        (statuslist.kid_of(verifier.name, verifier.key_id.hex()), verifier.public_key, used.covers)
        for verifier, used in _log_keys(trust)
    ]
    found: list[statuslist.Listed] = []
    problems: list[str] = []
    for text in [*asked.lists, *_listed(trust, "status_lists")]:
        try:
            listed = statuslist.opened(text, keys=keys, origin=str(report["origin"]))
        except statuslist.Unusable as why:
            problems.append(str(why))
            continue
        if listed.number == number:
            found.append(listed)
    if not found:
        return _earlier_status(trust, index if number == 0 else -1, problems)
    newest = max(found, key=lambda one: one.since)
    if asked.at is not None and newest.until < asked.at:
        until = newest.until.astimezone(_SHANGHAI)
        return "unknown", "", f"状态列表只能用到 {until:%Y-%m-%d %H:%M}，已经过期"
    if newest.since < _moment(report["issued_at"]):
        return "unknown", "", "状态列表比这份报告还早"
    try:
        value = statuslist.value_at(newest.packed, index)
    except statuslist.Unusable as why:
        return "unknown", "", str(why)
    since = newest.since.astimezone(_SHANGHAI).isoformat(timespec="seconds")
    return statuslist.MESSAGES[value], since, ""


def _earlier_status(trust: Mapping[str, Any], index: int, problems: list[str]) -> tuple[Status, str, str]:
    """The status in a bundle of 0.1 to 0.3; unknown unless a log key valid at its instant signed the list."""
    listed = trust.get("status")
    if listed is None:
        return "unknown", "", problems[0] if problems else "没有这份报告的状态列表"
    try:
        as_of = _moment(listed["as_of"])
        text = statuslist.message(listed["origin"], listed["as_of"], listed["list"])
        open_note(
            f"{text}\n{listed['signature']}", [key for key, used in _log_keys(trust) if used.covers(as_of)]
        )
        status = statuslist.look_up(listed["list"], index)
        return status, str(listed["as_of"]), "" if status != "unknown" else "状态列表里没有这份报告的位置"
    except _OUT_OF_SHAPE:
        return "unknown", "", "状态列表被改动过,签名不成立"


def _words(status: Status, as_of: str, why: str) -> list[str]:
    return {
        "current": [f"截至 {as_of}，本报告未被替代或撤回。"],
        "disputed": [f"截至 {as_of}，本报告所载的信息有异议正在处理，请留意处理结果。"],
        "superseded": [f"截至 {as_of}，本报告所依据的信息已有变化，请以新报告为准。"],
        "withdrawn": [f"截至 {as_of}，本报告已被撤回，请勿采信。"],
        "unknown": [f"不知道本报告现在的状态：{why}。请更新信任包或取得新的状态列表后再核对。"],
    }[status]
