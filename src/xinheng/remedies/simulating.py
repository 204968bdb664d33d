"""Repair cases exchanged with 信用中国, simulated: a file of pushed cases in, a file of results out, acknowledgements back.

No interface text of the real platform was seen; a real connection replaces this module. Sandboxes only.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.home import home
from xinheng.kernel import dates
from xinheng.kernel.errors import XinhengError
from xinheng.kernel.personal import redact
from xinheng.kernel.text import norm_docno
from xinheng.kernel.uscc import clean
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.remedies import entries, keeping
from xinheng.remedies.errors import NoSuchEntry, OnlySimulated, PushUnreadable
from xinheng.remedies.models import Message
from xinheng.remedies.repairing import KIND, apply_repair
from xinheng.remedies.types import Pushed

CHANNEL = "exchange"
COLUMNS = {
    "外部编号": True, "统一社会信用代码": True, "文书号": True, "信用承诺": True, "推送日期": False, "决定机关代码": False,
    "申请事由": False, "重整裁定": False, "材料": False,
}  # fmt: skip
"""Columns of a push; True: must be there."""
RESULT = {
    "外部编号": pl.String, "本地编号": pl.String, "结果": pl.String, "结果名称": pl.String, "原因": pl.String,
    "办结日期": pl.String, "办理单位代码": pl.String,
}  # fmt: skip
PUSHED, REFUSED, TOLD, ACKNOWLEDGED = "pushed", "refused", "result", "acknowledged"
_YES = {"是", "有", "已签署", "1", "true", "yes"}
_TEMPORARY = "suppressed-temporarily"
TAKEN = "outside-taken"


def push(
    *, at: datetime, actor: str, rows: Iterable[Mapping[str, Any]] | None = None, path: Path | None = None
) -> Pushed:
    """Takes pushed repair applications in: each becomes a case, or is turned back with the reason, once.

    The outside number is what recognises a case: the same row again changes nothing, another matter under a number that
    has a case is turned back. Raises `OnlySimulated`, `PushUnreadable`.
    """
    _sandbox()
    opened: list[str] = []
    refused: list[tuple[str, str, str]] = []
    messages: list[dict[str, Any]] = []
    repeated = 0
    read = list(rows) if rows is not None else _read(path)
    _columns(read)
    known = set(_known(kinds=(PUSHED, REFUSED)))
    told = set(Message.objects.filter(kind=REFUSED, outcome=TAKEN).values_list("outside", "outcome"))
    for row in read:
        outside = redact(str(row.get("外部编号") or "").strip()[:60])[0]
        if outside and (taken := _other_matter(row, outside)):
            known.add(outside)
            refused.append((outside, TAKEN, taken))
            if (outside, TAKEN) not in told:
                told.add((outside, TAKEN))
                messages.append(_message(outside, REFUSED, outcome=TAKEN, reason=taken))
            continue
        if not outside or outside in known:
            repeated += 1
            continue
        known.add(outside)
        try:
            done = _open(row, outside, at, actor)
        except XinhengError as error:
            refused.append((outside, error.code, error.message))
            messages.append(_message(outside, REFUSED, outcome=error.code[:24], reason=error.message[:300]))
            continue
        if done.repeated:
            repeated += 1
        else:
            opened.append(done.case.number)
        messages.append(_message(outside, PUSHED, number=done.case.number))
    _tell(messages, at, actor, "信用中国推送修复申请")
    return Pushed(len(read), tuple(opened), repeated, tuple(refused))


def results(*, at: datetime, actor: str = "simulated-credit-china") -> pl.DataFrame:
    """What 信用中国 is to be told: every outcome of a pushed case, and every turned-back row, not acknowledged yet.

    Asking again gives the same lines until they are acknowledged; each is recorded as told once.
    """
    _sandbox()
    done = {(m.outside, m.outcome) for m in Message.objects.filter(kind=ACKNOWLEDGED)}
    told = {(m.outside, m.outcome) for m in Message.objects.filter(kind=TOLD)}
    lines: list[dict[str, str]] = []
    for message in Message.objects.filter(kind__in=(PUSHED, REFUSED)).order_by("id"):
        line = _refused(message) if message.kind == REFUSED else _outcome(message)
        if line and (message.outside, line["结果"]) not in done:
            lines.append(line)
    new = [line for line in lines if (line["外部编号"], line["结果"]) not in told]
    _tell(
        [_message(one["外部编号"], TOLD, number=one["本地编号"], outcome=one["结果"]) for one in new],
        at, actor, "向信用中国反馈修复结果",
    )  # fmt: skip
    return pl.DataFrame(lines, schema=RESULT, orient="row")


def acknowledged(*, numbers: Sequence[tuple[str, str]], at: datetime, actor: str) -> int:
    """Records that 信用中国 confirmed results, each as (outside number, outcome); what was not told is left out.
    Returns how many are new."""
    _sandbox()
    told = {(m.outside, m.outcome): m.number for m in Message.objects.filter(kind=TOLD)}
    done = {(m.outside, m.outcome) for m in Message.objects.filter(kind=ACKNOWLEDGED)}
    new = [pair for pair in dict.fromkeys(numbers) if pair in told and pair not in done]
    messages = [_message(one[0], ACKNOWLEDGED, number=told[one], outcome=one[1]) for one in new]
    _tell(messages, at, actor, "信用中国确认收到结果")
    return len(new)


def _open(row: Mapping[str, Any], outside: str, at: datetime, actor: str) -> cases.Done:
    code = clean(str(row.get("统一社会信用代码") or "")).code
    statement = _find(code, str(row.get("文书号") or ""), clean(str(row.get("决定机关代码") or "")).code, at)
    return apply_repair(
        statement=statement,
        actor=cases.Actor(actor, "exchange"),
        at=at,
        channel=CHANNEL,
        outside=outside,
        reason=str(row.get("申请事由") or ""),
        commitment=str(row.get("信用承诺") or "").strip().lower() in _YES,
        reorganisation=str(row.get("重整裁定") or ""),
        materials=[one.strip() for one in str(row.get("材料") or "").split(";") if one.strip()],
        outside_day=_day(row, at),
        token=f"credit-china:{outside}",
    )


def _other_matter(row: Mapping[str, Any], outside: str) -> str:
    """Why a row under a number that has a case is not that case; "" where it is the same, or the number has none."""
    case = cases.by_outside(kind=KIND, outside=outside)
    if case is None:
        return ""
    same = clean(str(row.get("统一社会信用代码") or "")).code == case.uscc
    authority = clean(str(row.get("决定机关代码") or "")).code
    if same and case.statement is not None:
        try:
            document = entries.entry(case.statement).document
        except NoSuchEntry:
            document = str(row.get("文书号") or "")
        same = norm_docno(str(row.get("文书号") or "")) == norm_docno(document)
    if same and authority in ("", case.authority):
        return ""
    return f"外部编号 {outside} 已用于另一案件，这一行没有接收。请核对编号，换用新的编号后重新推送。"


def _find(code: str, document: str, authority: str, at: datetime) -> int:
    """The adverse entry of an organisation with a document number, in any spelling of it."""
    wanted, pack = norm_docno(document), law.active()
    after: int | None = None
    while wanted and code:
        page = publication.statements(
            audience="authority", on=evidence.legal_day(at), uscc=code, after=after, limit=500
        )
        for one in page:
            item = pack.items.get(one.item)
            if item is None or not item.adverse or (authority and one.authority != authority):
                continue
            if any(norm_docno(one.values.get(name, "")) == wanted for name in item.document_number):
                return one.id
        if len(page) < 500:
            break
        after = page[-1].id
    raise NoSuchEntry(
        "本平台没有这一主体的这一文书号的失信记录。请核对统一社会信用代码和文书号，或者先由作出决定的单位报送。"
    )


def _day(row: Mapping[str, Any], at: datetime) -> date:
    """The day of the push by the file, where it is one that has come; kept with the case, no clock runs from it."""
    today = evidence.legal_day(at)
    found = dates.parse_date(str(row.get("推送日期") or "")).value
    return found if found is not None and found <= today else today


def _outcome(message: Message) -> dict[str, str] | None:
    """The line of a pushed case that came to something; None while it runs."""
    case = cases.by_outside(kind=KIND, outside=message.outside)
    if case is None or not (case.final or case.state == _TEMPORARY):
        return None
    steps = cases.steps(number=case.number, reader=cases.Reader("platform"))
    last = steps[-1]
    return {
        "外部编号": message.outside, "本地编号": case.number, "结果": case.outcome or case.state,
        "结果名称": case.state_name, "原因": last.reason, "办结日期": last.on.isoformat(), "办理单位代码": case.body,
    }  # fmt: skip


def _refused(message: Message) -> dict[str, str]:
    return {
        "外部编号": message.outside, "本地编号": "", "结果": "turned-back", "结果名称": "未予接收", "原因": message.reason,
        "办结日期": "", "办理单位代码": "",
    }  # fmt: skip


def _message(
    outside: str, kind: str, *, number: str = "", outcome: str = "", reason: str = ""
) -> dict[str, Any]:
    return {"outside": outside, "kind": kind, "number": number, "outcome": outcome, "reason": reason}


def _tell(messages: list[dict[str, Any]], at: datetime, actor: str, purpose: str) -> None:
    for start in range(0, len(messages), 5_000):
        act = evidence.Act(kind=keeping.KINDS["exchanged"], actor=actor, at=at, purpose=purpose)
        with evidence.event(act) as event:
            keeping.write(event, Message, messages[start : start + 5_000])


def _known(kinds: Sequence[str]) -> Iterable[str]:
    return Message.objects.filter(kind__in=kinds).values_list("outside", flat=True)


def _read(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        raise PushUnreadable("请给出推送文件（CSV），或者直接给出各行。")
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise PushUnreadable(
            f"{path.name} 既不是 UTF-8 也不是 GB18030 编码。请另存为 UTF-8 的 CSV 后再推送。"
        )
    try:
        frame = pl.read_csv(io.StringIO(text), infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        raise PushUnreadable(
            f"{path.name} 不是可以读取的 CSV。第一行应为栏目名：{'、'.join(COLUMNS)}。"
        ) from None
    return frame.rename({name: name.strip() for name in frame.columns}).fill_null("").to_dicts()


def _columns(rows: Sequence[Mapping[str, Any]]) -> None:
    missing = [name for name, must in COLUMNS.items() if must and rows and name not in rows[0]]
    if missing:
        raise PushUnreadable(f"推送文件缺少栏目：{'、'.join(missing)}。应有：{'、'.join(COLUMNS)}。")


def _sandbox() -> None:
    if not home().sandbox:
        raise OnlySimulated("模拟的信用中国交换只能在沙盒里用；正式环境请接入真实的交换接口。")
