"""Commands of the lists: entries, the 1 % line, what ends soon, exits; opening a listing, the watch list, the round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.kernel.errors import Refused, WrongUse

_on = click.option("--on", default="", help="哪一天，YYYY-MM-DD，默认今天")
_limit = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)


@click.group("lists")
def lists_command() -> None:
    """名单：在册条目、1% 线、将届满的、移出的；列入案件的立案；重点关注（内部）；每日一轮。"""


@lists_command.command("show")
@click.option("--kind", help="名单种类的代码（xinheng law 里的 lists）")
@click.option("--authority", help="认定机关的统一社会信用代码")
@click.option("--uscc", help="主体的统一社会信用代码")
@click.option("--left", is_flag=True, help="已移出的（只按认定机关或者主体查）")
@click.option("--after", type=int, help="接着上一页")
@_on
@_limit
@json_option
@command
def show(
    kind: str | None, authority: str | None, uscc: str | None, left: bool, after: int | None, on: str, limit: int,
    as_json: bool,
) -> None:  # fmt: skip
    """在名单上的条目，新的在前；期限、提醒日、最早提前移出日一并列出。"""
    _ready()
    from xinheng.lists import service as lists

    found, more = lists.entries(
        kind=kind, authority=authority, uscc=uscc, state="left" if left else "listed", on=_day(on), after=after,
        limit=limit,
    )  # fmt: skip
    lines = [
        f"{one.statement}  {one.name}  {one.kind_name}  {one.listed_on} → {one.until or '移出之日'}"
        + (f"  {lists.EXIT_NAMES[one.exit][0]} {one.left_on}" if one.exit else "")
        for one in found
    ]
    payload = {"entries": [one.as_dict() for one in found], "more": more}
    answer(payload, as_json=as_json, text="\n".join(lines) or "没有这样的条目。")


@lists_command.command("leaving")
@click.option("--within", type=click.IntRange(1, 400), default=60, show_default=True, help="多少天以内届满")
@click.option("--authority", help="认定机关的统一社会信用代码")
@click.option("--after", default="", help="接着上一页")
@_on
@_limit
@json_option
@command
def leaving(within: int, authority: str | None, after: str, on: str, limit: int, as_json: bool) -> None:
    """将届满的条目，先届满的在前；提前离开名单的，自动不再列出。"""
    _ready()
    from xinheng.lists import service as lists

    found, more = lists.leaving_soon(
        on=_day(on), within_days=within, authority=authority, after=after or None, limit=limit
    )
    lines = [f"{one.until}  {one.name}  {one.kind_name}  {one.document}" for one in found]
    payload = {"entries": [one.as_dict() for one in found], "more": more}
    answer(payload, as_json=as_json, text="\n".join(lines) or "这些日子里没有届满的。")


@lists_command.command("ratio")
@_on
@json_option
@command
def ratio(on: str, as_json: bool) -> None:
    """在名单上的企业（一家只算一次）占存续企业的比重，对照 1% 线；超线时退出码为 1。"""
    _ready()
    from xinheng.lists import service as lists

    found = lists.ratio(on=_day(on))
    lines = [
        f"{found.on}  名单上的企业 {found.listed} 家 ÷ 存续企业 {found.existing} 家 = {found.percent}%"
        f"（{'超过' if found.over else '没有超过'} 1%）",
        *(
            f"  {one['name']}  {one['enterprises']} 家，{one['entries']} 条"
            for one in found.by_kind.to_dicts()
        ),
        *(f"  移出·{lists.EXIT_NAMES[one['exit']][0]} {one['n']}" for one in found.exits.to_dicts()),
    ]
    answer(found.as_dict(), as_json=as_json, text="\n".join(lines), code=ATTENTION if found.over else 0)


@lists_command.command("exits")
@click.option("--first", default="", help="YYYY-MM-DD，默认一年以前")
@click.option("--last", default="", help="YYYY-MM-DD，默认今天")
@json_option
@command
def exits(first: str, last: str, as_json: bool) -> None:
    """各月各类名单的移出，按移出、更正、撤销、期满分开。"""
    _ready()
    from xinheng.lists import service as lists

    until = _day(last)
    told = lists.exits(first=_day(first) if first else until - timedelta(days=364), last=until)
    lines = [
        f"{one['month']}  {one['kind']}  {lists.EXIT_NAMES[one['exit']][0]}  {one['n']}"
        for one in told.to_dicts()
    ]
    answer({"exits": told.to_dicts()}, as_json=as_json, text="\n".join(lines) or "没有移出。")


@lists_command.command("open")
@click.argument("uscc")
@click.option("--kind", required=True, help="名单种类的代码")
@click.option("--facts", required=True, help="事实；不要写个人信息，写了也会遮盖")
@click.option("--document", "documents", multiple=True, required=True, help="证明事实的文书号，可多个")
@click.option("--trigger", default="", help="列入情形的代码")
@click.option("--basis", default="", help="依据的条款；不写用规则包里的")
@click.option("--account", default="", help="认定机关承办岗的账号")
@click.option("--authority", default="", help="沙盒演练时的认定机关代码")
@click.option("--token", default="", help="同一操作再发一次时带同一个值，不会立两次")
@json_option
@command
def open_(
    uscc: str, kind: str, facts: str, documents: Sequence[str], trigger: str, basis: str, account: str, authority: str,
    token: str, as_json: bool,
) -> None:  # fmt: skip
    """列入立案：只由这类名单的认定机关办理；以后各步用 xinheng case act。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.cases import service as cases
    from xinheng.faces.clock import now
    from xinheng.home import home
    from xinheng.lists import service as lists

    known = next((one for one in accounts.accounts() if account and one.name == account), None)
    if known is not None and known.active:
        actor = cases.Actor(f"desk:{known.name}", known.role, known.body)
    elif home().sandbox and authority:
        actor = cases.Actor(account or _actor(), "authority", authority)
    else:
        raise Refused(
            "列入只由认定机关的账号办理：请用 --account 写上已有的账号（xinheng accounts list）。",
            code="case-needs-account",
        )
    done = lists.open_listing(
        authority=actor.body, uscc=uscc, kind=kind, facts=facts, documents=documents, trigger=trigger, basis=basis,
        actor=actor, at=now(), token=token,
    )  # fmt: skip
    case = done.case
    payload = {
        "number": case.number, "state": case.state, "uscc": case.uscc, "body": case.body, "repeated": done.repeated,
    }  # fmt: skip
    answer(payload, as_json=as_json, text=f"{case.number}  {case.state_name}")


@lists_command.command("watch")
@click.option("--body", required=True, help="哪个单位（统一社会信用代码）：只列这个单位自己的")
@_on
@_limit
@json_option
@command
def watch(body: str, on: str, limit: int, as_json: bool) -> None:
    """一个单位的重点关注：内部使用，到期自动解除，不附带任何措施。"""
    _ready()
    from xinheng.lists import service as lists

    found, more = lists.watched(body=body, on=_day(on), limit=limit)
    rows = [
        {"id": one.id, "uscc": one.uscc, "name": one.name, "reason": one.reason, "basis": one.basis,
         "since": one.since.isoformat(), "until": one.until.isoformat()}
        for one in found
    ]  # fmt: skip
    text = "\n".join(f"{one['name']}  至 {one['until']}  {one['reason']}" for one in rows)
    answer({"watched": rows, "more": more}, as_json=as_json, text=text or "没有重点关注的。")


@lists_command.command("sweep")
@json_option
@command
def sweep(as_json: bool) -> None:
    """每日一轮：届满提醒、撤回提醒、期满移出。晚做、重做，结果都一样。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.lists import service as lists

    evidence.drain(at=now(), wait=False)
    told = lists.sweep(at=now())
    evidence.drain(at=now(), wait=False)
    payload = {
        "warned": told.warned, "taken_back": told.taken_back, "expired": told.expired, "closed": told.closed,
    }  # fmt: skip
    text = f"届满提醒 {told.warned}，撤回提醒 {told.taken_back}，期满 {told.expired}，结案 {told.closed}。"
    answer(payload, as_json=as_json, text=text)


@lists_command.command("rebuild")
@json_option
@command
def rebuild(as_json: bool) -> None:
    """从账本里的记录重建名单检索表（规则包换了名单种类之后用）。"""
    _ready()
    from django.db import transaction

    from xinheng.lists import service as lists

    with transaction.atomic():
        count = lists.rebuild()
    answer({"entries": count}, as_json=as_json, text=f"名单条目 {count}。")


def _day(text: str) -> date:
    from xinheng.faces.clock import today

    if not text:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"日期应写成 YYYY-MM-DD，现在是「{text[:20]}」。", code="bad-date") from None
