"""Commands of objection and repair: open, act, show, due, sweep, and the simulated exchange with 信用中国."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.kernel.errors import Refused, WrongUse

if TYPE_CHECKING:
    from xinheng.cases import service as cases

KINDS = ("objection", "repair")
ROLES = {"subject": "organisation", "authority": "authority", "office": "office", "exchange": "exchange"}
_number = click.argument("number")
_reason = click.option("--reason", default="", help="理由；不要写个人信息，写了也会遮盖")
_account = click.option(
    "--account",
    default="",
    help="由哪个账号办理，角色和单位随账号（两人复核时第二人另写）；沙盒里可以是演练用的任意名称",
)
_attach = click.option(
    "--attach",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="附件，可多个",
)
_token = click.option("--token", default="", help="同一操作再发一次时带同一个值，不会办两次")


@click.group("case")
def case_command() -> None:
    """异议和信用修复的案件：立案、办理、查看、到期、清扫，以及与信用中国的模拟交换。"""


@case_command.command("open")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--statement", type=int, required=True, help="记录编号")
@click.option("--field", default="", help="异议所指的字段代码；不写则对整条记录")
@_reason
@click.option("--outside", default="", help="信用中国的编号（修复）")
@click.option("--commitment", is_flag=True, help="已签署信用承诺书（修复必须）")
@click.option("--ruling", default="", help="法院批准重整（和解）的裁定文号")
@click.option("--received-on", default="", help="收到之日 YYYY-MM-DD，默认今天")
@_attach
@_token
@_account
@json_option
@command
def open_case(
    kind: str, statement: int, field: str, reason: str, outside: str, commitment: bool, ruling: str,
    received_on: str, attach: Sequence[Path], token: str, account: str, as_json: bool,
) -> None:  # fmt: skip
    """窗口立案：对一条记录提出异议（objection）或申请修复（repair）。"""
    _ready()
    from xinheng.cases import service as cases
    from xinheng.faces.clock import now
    from xinheng.remedies import service as remedies

    actor = cases.Actor(account or _actor(), "office")
    files, day = _files(attach), _day(received_on)
    if kind == "objection":
        done = remedies.object(
            statement=statement, field=field, reason=reason, actor=actor, at=now(), channel="counter",
            attachments=files, token=token, received_on=day,
        )  # fmt: skip
    else:
        done = remedies.apply_repair(
            statement=statement, actor=actor, at=now(), channel="counter", outside=outside, reason=reason,
            commitment=commitment, reorganisation=ruling, attachments=files, received_on=day, token=token,
        )  # fmt: skip
    _drain()
    _done(done, as_json)


@case_command.command("act")
@_number
@click.argument("step")
@_reason
@click.option("--ground", default="", help="理由的代码（规则包列明时）")
@click.option("--change", "changes", multiple=True, metavar="字段=内容", help="更正的字段和内容，可多个")
@click.option("--supplement", "supplements", multiple=True, help="需要补正的一项，可多个")
@click.option("--ruling", default="", help="法院裁定文号（重整）")
@click.option("--until", default="", help="列入决定写明的停留期限届满日，YYYY-MM-DD；不写按最长期限")
@click.option("--served", nargs=2, default=None, metavar="日期 方式", help="所作文书的送达日期和方式")
@click.option("--role", type=click.Choice(list(ROLES)), help="沙盒演练时以哪一方办理；默认取这一步的主办方")
@click.option("--body", default="", help="沙盒演练时的办理单位代码；默认是案件所在单位")
@click.option("--version", type=int, help="看到的版本；此间有人办过就不再办")
@_attach
@_token
@_account
@json_option
@command
def act(
    number: str, step: str, reason: str, ground: str, changes: Sequence[str], supplements: Sequence[str],
    ruling: str, until: str, served: tuple[str, str] | None, role: str | None, body: str, version: int | None,
    attach: Sequence[Path], token: str, account: str, as_json: bool,
) -> None:  # fmt: skip
    """在案件中办一步，例如 accept、grant、uphold-correct、refuse。两人复核的步骤，第二个账号再办一次才生效。"""
    _ready()
    from xinheng.cases import service as cases
    from xinheng.faces.clock import now

    case = cases.case(number=number, reader=cases.Reader("office"))
    detail: dict[str, Any] = {
        "changes": _changes(changes), "supplements": list(supplements), "ground": ground, "ruling": ruling, "until": until,
        "served": {"on": _iso(served[0]), "manner": served[1]} if served else {},
    }  # fmt: skip
    done = cases.act(
        number=number, act=step, actor=_who(case, step, role, body, account), at=now(), version=version,
        token=token, reason=reason, detail={name: value for name, value in detail.items() if value},
        attachments=_files(attach),
    )  # fmt: skip
    _drain()
    _done(done, as_json)


@case_command.command("show")
@_number
@json_option
@command
def show(number: str, as_json: bool) -> None:
    """一个案件：现在的状态、每一步、期限的推算、文书、下一步救济。"""
    _ready()
    from xinheng.cases import service as cases
    from xinheng.faces.clock import today
    from xinheng.remedies import service as remedies

    reader = cases.Reader("office")
    case = cases.case(number=number, reader=reader, on=today())
    steps, clocks = cases.steps(number=number, reader=reader), cases.clocks(number=number, reader=reader)
    papers = cases.documents(number=number, reader=reader)
    after: tuple[remedies.NextStep, ...] = ()
    if case.final and case.kind in KINDS:
        served = remedies.served_on(papers, case.closed_on)
        after = remedies.next_steps(
            kind=case.kind, state=case.state, on=today(), served=served, statement=case.statement
        )
    payload = _case(case) | {
        "steps": [_plain(asdict(one)) for one in steps],
        "clocks": [_plain(asdict(one)) for one in clocks],
        "documents": [{"number": one.number, "kind": one.kind, "served_on": one.served_on} for one in papers],
        "next": [_plain(asdict(one)) for one in after],
    }
    lines = [_line(case), *(f"  {one.on} {one.name} {one.actor} {one.reason}".rstrip() for one in steps)]
    lines += [f"  期限 {one.provision}：{one.started_on} → {one.due_on}" for one in clocks]
    lines += [f"  文书 {one.number}" for one in papers]
    lines += [f"  可以：{one.text}{f'（{one.when}）' if one.when else ''}" for one in after]
    answer(payload, as_json=as_json, text="\n".join(lines))


@case_command.command("due")
@click.option("--kind", type=click.Choice((*KINDS, "sync-ticket")))
@click.option("--body", help="只看一个单位（统一社会信用代码）")
@click.option("--until", default="", help="只列这一天及以前到期的，YYYY-MM-DD")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@json_option
@command
def due(kind: str | None, body: str | None, until: str, limit: int, as_json: bool) -> None:
    """在办案件，先到期的在前；有逾期的退出码为 1。"""
    _ready()
    from xinheng.cases import service as cases
    from xinheng.faces.clock import today

    reader = cases.Reader("office")
    lines, more = cases.due(reader=reader, kind=kind, body=body, until=_day(until), on=today(), limit=limit)
    counts = cases.counters(reader=cases.Reader("authority", body) if body else reader, on=today())
    payload = {"cases": [_plain(asdict(one)) for one in lines], "more": more, "counters": asdict(counts)}
    text = "\n".join(_line(one) for one in lines) or "没有在办的案件。"
    answer(payload, as_json=as_json, text=text, code=ATTENTION if counts.overdue else 0)


@case_command.command("sweep")
@json_option
@command
def sweep(as_json: bool) -> None:
    """清扫：机构改革的转办，到期未办的记为逾期并督办。晚做、重做，结果都一样。"""
    _ready()
    from xinheng.cases import service as cases
    from xinheng.faces.clock import now
    from xinheng.remedies import service as remedies

    at = now()
    moved = remedies.reroute(at=at)
    swept = cases.sweep(at=at)
    _drain()
    payload = {
        "overdue": swept.overdue, "by_body": dict(swept.by_body), "closed": swept.closed, "rerouted": len(moved),
    }  # fmt: skip
    text = f"新逾期 {swept.overdue} 件，自动办结 {swept.closed} 件，转办 {len(moved)} 件。"
    answer(payload, as_json=as_json, text=text, code=ATTENTION if swept.overdue else 0)


@case_command.command("push")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@command
def push(file: Path, as_json: bool) -> None:
    """沙盒：读信用中国推送的修复申请（CSV）。同一编号再推送一次不会另立一案。"""
    _ready()
    from xinheng.faces.clock import now
    from xinheng.remedies import service as remedies

    told = remedies.push(path=file, at=now(), actor="simulated-credit-china")
    _drain()
    lines = [f"{told.rows} 行：立案 {len(told.opened)}，重复 {told.repeated}，退回 {len(told.refused)}"]
    lines += [f"  {outside}：{why} [{code}]" for outside, code, why in told.refused]
    payload = {
        "rows": told.rows, "opened": list(told.opened), "repeated": told.repeated,
        "refused": [{"outside": o, "error": code, "message": why} for o, code, why in told.refused],
    }  # fmt: skip
    answer(payload, as_json=as_json, text="\n".join(lines), code=ATTENTION if told.refused else 0)


@case_command.command("results")
@click.option("-o", "out", type=click.Path(path_type=Path), help="写成 CSV")
@click.option(
    "--acknowledge",
    type=click.Path(exists=True, path_type=Path),
    help="先读对方确认收到的 CSV（外部编号、结果）",
)
@json_option
@command
def results(out: Path | None, acknowledge: Path | None, as_json: bool) -> None:
    """沙盒：应当反馈信用中国、对方还没有确认的修复结果。"""
    _ready()
    import polars as pl

    from xinheng.faces.clock import now
    from xinheng.remedies import service as remedies

    confirmed = 0
    if acknowledge is not None:
        frame = pl.read_csv(acknowledge, infer_schema=False, encoding="utf8-lossy")
        if not {"外部编号", "结果"} <= set(frame.columns):
            raise WrongUse(
                "确认文件要有「外部编号」「结果」两栏。把 results 写出的文件原样交回即可。", code="bad-file"
            )
        pairs = list(frame.select("外部编号", "结果").iter_rows())
        confirmed = remedies.acknowledged(numbers=pairs, at=now(), actor="simulated-credit-china")
    told = remedies.results(at=now())
    if out is not None:
        out.write_bytes(b"\xef\xbb\xbf" + told.write_csv().encode())
    payload = {"results": told.to_dicts(), "acknowledged": confirmed, "file": str(out or "")}
    answer(payload, as_json=as_json, text=f"待确认的结果 {told.height} 条；新确认 {confirmed} 条")


@case_command.command("figures")
@click.option("--first", default="", help="YYYY-MM-DD，默认今年 1 月 1 日")
@click.option("--last", default="", help="YYYY-MM-DD，默认今天")
@json_option
@command
def figures(first: str, last: str, as_json: bool) -> None:
    """各部门异议和修复的公开数字：件数、成立率、平均和最长用时、按期率。"""
    _ready()
    from xinheng.faces.clock import today
    from xinheng.remedies import service as remedies

    until = _day(last) or today()
    since = _day(first) or until.replace(month=1, day=1)
    told = remedies.figures(first=since, last=until)
    payload = {"first": since, "last": until, "departments": told.to_dicts()}
    lines = [
        f"{one['name']}  异议 {one['objections']}（成立 {one['upheld']}，不成立 {one['refused']}）"
        f"  修复 {one['repairs']}（已修复 {one['repaired']}）  逾期 {one['overdue']}"
        for one in told.to_dicts()
    ]
    answer(payload, as_json=as_json, text="\n".join(lines))


def _who(case: cases.Case, step: str, role: str | None, body: str, account: str) -> cases.Actor:
    """Who acts: an account acts as what it is, for its own unit. Without one the operator takes the office's steps; in
    a sandbox, for practice, every party may be played."""
    from xinheng.accounts import service as accounts
    from xinheng.cases import service as cases_room
    from xinheng.home import home

    known = next((one for one in accounts.accounts() if account and one.name == account), None)
    if known is not None:
        if not known.active:
            raise Refused(f"账号「{account}」已停用，不能办理。", code="case-account-disabled")
        return cases_room.Actor(f"desk:{known.name}", known.role, known.body)
    party = role
    if party is None:
        found = case.shape.by_step.get(step) if case.shape else None
        party = next((one for one in (found.who if found else ()) if one in ROLES), "office")
    if not home().sandbox and (party != "office" or account):
        raise Refused(
            "谁认定、谁修复：这一步要由办理单位的账号来办。请在工作台办理，或用 --account 写上已有的账号"
            f"（xinheng accounts list）{f'；没有「{account}」这个账号' if account else ''}。",
            code="case-needs-account",
        )
    of = {"authority": body or case.body, "subject": case.uscc}.get(party, "")
    return cases_room.Actor(account or _actor(), ROLES[party], of)


def _done(done: cases.Done, as_json: bool) -> None:
    payload = _case(done.case) | {
        "repeated": done.repeated, "waiting": done.waiting, "document": done.document or "",
    }  # fmt: skip
    text = _line(done.case)
    if done.waiting:
        text += "\n  等待第二人复核：用另一个 --account 再办一次才生效。"
    if done.document:
        text += f"\n  文书 {done.document}"
    answer(payload, as_json=as_json, text=text, code=ATTENTION if done.waiting else 0)


def _case(case: cases.Case) -> dict[str, Any]:
    names = (
        "number", "kind", "state", "state_name", "outcome", "final", "uscc", "statement", "field", "item", "authority",
        "body", "channel", "outside", "opened_on", "closed_on", "clock", "due_on", "provisional", "days_left",
        "overdue", "version",
    )  # fmt: skip
    return {name: getattr(case, name) for name in names}


def _line(case: Any) -> str:
    left = "" if case.days_left is None else f"  剩 {case.days_left} 个工作日"
    due_on = f"  {case.due_on} 到期{'（暂定）' if case.provisional else ''}" if case.due_on else ""
    late = f"  自 {case.overdue} 逾期" if case.overdue else ""
    return f"{case.number}  {case.state_name}{due_on}{left}{late}"


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: dict(value) if hasattr(value, "items") else value
        for name, value in found.items()
        if name not in ("shape", "done")
    }


def _changes(given: Sequence[str]) -> dict[str, str]:
    told = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark or not name.strip():
            raise WrongUse(f"--change 应写成「字段代码=内容」，现在是「{one[:40]}」。", code="bad-change")
        told[name.strip()] = value.strip()
    return told


def _files(paths: Sequence[Path]) -> list[cases.Upload]:
    from xinheng.cases import service as cases_room

    return [cases_room.Upload(path.name, path.read_bytes()) for path in paths]


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"日期应写成 YYYY-MM-DD，现在是「{text[:20]}」。", code="bad-date") from None


def _iso(text: str) -> str:
    day = _day(text)
    return day.isoformat() if day else ""


def _drain() -> None:
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now

    evidence.drain(at=now(), wait=False)
