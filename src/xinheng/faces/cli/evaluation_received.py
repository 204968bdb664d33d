"""`xinheng evaluate received|mutual|warnings`: results received, those that contradict each other, early warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option

DAY = click.DateTime(formats=["%Y-%m-%d"])
_on = click.option("--on", "on", type=DAY, metavar="YYYY-MM-DD", help="哪一天（不写：今天）")
_limit = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)


@click.command("received")
@click.argument("usccs", nargs=-1, required=True)
@click.option(
    "--audience", type=click.Choice(["public", "self", "authority"]), default="public", show_default=True
)
@_on
@json_option
@command
def received_command(usccs: tuple[str, ...], audience: str, on: datetime | None, as_json: bool) -> None:
    """接收的国家和行业评价：结果、评定单位、周期、有效期。风险分类只给监管部门（authority），查看记入账本。"""
    _ready()
    from xinheng.evaluation import received

    codes = [_code(one) for one in usccs]
    inside = audience == "authority"
    told = received.received(usccs=codes, on=_day(on), audience=audience, classes=codes if inside else ())
    if inside:
        _noted("received-results", "运维查看接收的评价和风险分类", codes)
    rows = [one for found in told.values() for one in found]
    lines = [
        f"{one.uscc}  {one.evaluation}  {one.grade}  {one.authority_name}  {one.period}  {one.until or '没有写有效期'}"
        for one in rows
    ]
    answer(
        {"results": [_plain(one) for one in rows]},
        as_json=as_json,
        text="\n".join(lines) or "没有收到评价结果。",
    )


@click.command("mutual")
@click.option("--look", is_flag=True, help="先检查一遍并记录（每天夜里自动做）")
@click.option("--authority", help="行业评价的评定单位的统一社会信用代码")
@click.option("--over", is_flag=True, help="已了结的")
@click.option("--after", type=int, help="接着上一页")
@_limit
@json_option
@command
def mutual_command(
    look: bool, authority: str | None, over: bool, after: int | None, limit: int, as_json: bool
) -> None:
    """不能并存的评价结果：双方的等级、单位和规则。转告行业主管部门，本平台不改。有没有了结的，退出码 1。"""
    _ready()
    from xinheng.evaluation import mutual
    from xinheng.faces.clock import now, today

    checked = mutual.check_mutual(at=now(), actor=_actor()) if look else None
    found, more = mutual.mutual_findings(on=today(), authority=authority, over=over, after=after, limit=limit)
    _noted("mutual-findings", "运维查看评价结果互斥", sorted({one.uscc for one in found}))
    lines = [
        f"{one.id}  {one.name}  {one.first.names[0]} {one.first.grade} ↔ {one.second.names[0]} {one.second.grade}"
        f"（{one.second.authority_name}）  {one.found_on}"
        for one in found
    ]
    payload = {
        "checked": asdict(checked) if checked else None, "findings": [_plain(one) for one in found], "more": more,
    }  # fmt: skip
    text = "\n".join(lines) or "没有不能并存的结果。"
    answer(payload, as_json=as_json, text=text, code=ATTENTION if found and not over else 0)


@click.command("warnings")
@click.option("--look", is_flag=True, help="先看一遍全部主体（每天夜里自动做）")
@click.option("--rule", default="", help="只看一种提示")
@click.option("--county", default="", help="只看一个县区（六位区划代码）")
@click.option("--uscc", default="", help="只看一个主体")
@click.option("--after", default="", help="接着上一页")
@_limit
@json_option
@command
def warnings_command(
    look: bool, rule: str, county: str, uscc: str, after: str, limit: int, as_json: bool
) -> None:
    """预警提示，逐条写明理由和到期日。只是线索，不得单独作为依据；个体工商户不预警。"""
    _ready()
    from xinheng.evaluation import warning
    from xinheng.faces.clock import now, today

    done = warning.warn(at=now(), actor=_actor()) if look else warning.current()
    code = _code(uscc) if uscc.strip() else ""
    found, more = warning.warned(on=today(), rule=rule, county=county, uscc=code, after=after, limit=limit)
    _noted(
        "early-warnings",
        "运维查看预警提示",
        sorted({one.uscc for one in found} | ({code} if code else set())),
    )
    lines = [
        f"{one.uscc}  {one.name}  {one.names[0]}  {one.facts} 条  {one.since} → {one.until}" for one in found
    ]
    payload = {
        "round": _plain(done) if done else None, "warnings": [_plain(one) for one in found], "more": more,
    }  # fmt: skip
    answer(payload, as_json=as_json, text="\n".join(lines) or "没有这样的提示。")


def _code(text: str) -> str:
    """A code as typed, cleaned. Raises `WrongUse` for one that is none."""
    from xinheng.kernel import uscc
    from xinheng.kernel.errors import WrongUse

    code = uscc.clean(text).code
    if not uscc.is_valid(code):
        raise WrongUse(f"「{text[:40]}」不是统一社会信用代码：应为 18 位，最后一位是校验码。请核对。")
    return code


def _noted(what: str, purpose: str, about: Sequence[str]) -> None:
    """What is not public was read on this machine: in the ledger, for the auditor; told to nobody, as on the desk."""
    from xinheng.accounts import service as accounts
    from xinheng.faces.clock import now

    if about:
        subject = {"about": list(about), "rows": len(about)}
        accounts.read(actor=_actor(), at=now(), what=what, purpose=purpose, subject=subject, role="office")


def _day(on: datetime | None) -> Any:
    from xinheng.faces.clock import today

    return on.date() if on else today()


def _plain(value: Any) -> dict[str, Any]:
    """A row as plain values, dates as text."""
    import json

    found: dict[str, Any] = json.loads(json.dumps(asdict(value), default=str, ensure_ascii=False))
    return found


COMMANDS = (received_command, mutual_command, warnings_command)
