"""Commands for reports and their verification."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home
from xinheng.kernel.errors import WrongUse

_day = click.DateTime(["%Y-%m-%d"])


@click.command("report")
@click.argument("uscc")
@click.option("-o", "output", type=click.Path(path_type=Path), required=True)
@click.option("--audience", type=click.Choice(["public", "self", "authority"]), default="public")
@click.option("--valid-on", type=_day, help="问哪一天的情况")
@click.option("--known-on", type=_day, help="按哪一天当时所知")
@click.option("--purpose", default="", help="查看非公示内容的目的,记入账本")
@json_option
@command
def report_command(
    uscc: str,
    output: Path,
    audience: str,
    valid_on: datetime | None,
    known_on: datetime | None,
    purpose: str,
    as_json: bool,
) -> None:
    """出具一份公共信用信息报告(PDF,签名,可离线核验)。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.reports import service as reports

    at = now()
    issued = reports.issue(
        uscc=uscc,
        audience=audience,
        valid_on=valid_on.date() if valid_on else None,
        known_on=known_on.date() if known_on else None,
        at=at,
        actor=_actor(),
        purpose=purpose,
    )
    output.write_bytes(issued.pdf)
    trust = evidence.write_trust_bundle(at=at)
    payload = {
        "report_number": issued.number,
        "trust": str(trust),
        "seconds": issued.seconds,
        "file": str(output),
    }
    answer(payload, as_json=as_json, text=f"报告 {issued.number} 已写到 {output};核验用的信任包在 {trust}")


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="信任包(trust.json)")
@click.option(
    "--status",
    type=click.Path(path_type=Path),
    help="另取的状态列表(/status/0 的文件),或放着若干列表的文件夹",
)
@json_option
@command
def verify_command(file: Path, trust: Path, status: Path | None, as_json: bool) -> None:
    """离线核验一份报告、一张核查单或者一份签名的核查答复(JSON、JWS);只有有效时退出码为 0。

    报告还从随带或另取的状态列表查它现在的状态;核查答复看它今天是否过期。
    """
    from xinheng.reports.verification import verify

    if not file.is_file():
        raise WrongUse(f"没有这个文件:{file}", code="no-such-file")
    try:
        bundle = json.loads(trust.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise WrongUse(
            f"信任包读不出:{trust}。请从出具单位的网站下载 trust.json。", code="bad-trust-bundle"
        ) from None
    content = file.read_bytes()
    if not content.startswith(b"%PDF-") or _is_check_sheet(content):
        _verify_check(content, bundle, as_json)
    seen = verify(content, bundle, lists=_lists(status), at=_present())
    answer(
        seen.as_dict(), as_json=as_json, text=seen.as_text(), code=0 if seen.result == "valid" else ATTENTION
    )


def _is_check_sheet(content: bytes) -> bool:
    from xinheng.checks.sheet_verification import is_sheet

    return is_sheet(content)


def _verify_check(content: bytes, bundle: dict[str, Any], as_json: bool) -> None:
    """Answers for a check sheet or a signed answer, and ends the command: 0 for one that is genuine and not out of date."""
    from xinheng.checks.sheet_verification import verify_sheet
    from xinheng.checks.verification import verify_answer

    if content.startswith(b"%PDF-"):
        seen = verify_sheet(content, bundle)
    else:
        keys = bundle.get("jwks") if isinstance(bundle, dict) else None
        seen = verify_answer(content, keys if isinstance(keys, dict) else {"keys": []})
    told = seen.payload
    until = str(told.get("valid_until") or "")
    stale = bool(seen.ok and until and until < _present().date().isoformat())
    lines = [("有效：" if seen.ok else "无效：") + seen.says]
    if seen.ok and told.get("uscc"):
        lines += [
            f"{told.get('name') or '登记库中没有这个代码'}（{told['uscc']}）　事项：{told.get('matter_name', '')}",
            f"证据编号：{told.get('number') or '（未记录）'}　核查日期：{told.get('asked_on', '')}　"
            + (f"可以依据到：{until}" if until else f"不能据此作出判断：{told.get('why_valid', '')}"),
        ]
    if stale:
        lines.append("这份答复已经过期：请重新核查，不要沿用。")
    payload = {
        "result": "valid" if seen.ok else seen.code,
        "says": seen.says,
        "stale": stale,
        "answer": told,
        "kid": seen.kid,
    }
    answer(payload, as_json=as_json, text="\n".join(lines), code=0 if seen.ok and not stale else ATTENTION)


def _present() -> datetime:
    """`faces.clock.now` for a command that needs neither database nor home: the day of a sandbox, else the clock's."""
    place, shanghai = home(), ZoneInfo("Asia/Shanghai")
    wanted = os.environ.get("XINHENG_TODAY", "") if place.sandbox or not place.exists else ""
    wanted = wanted.strip() or (place.config.get("today", "") if place.sandbox else "")
    present = datetime.now(shanghai)
    try:
        return datetime.combine(date.fromisoformat(wanted), present.timetz()) if wanted else present
    except ValueError:
        raise WrongUse(f"XINHENG_TODAY 应写成 YYYY-MM-DD,现在是「{wanted}」。", code="bad-date") from None


def _lists(place: Path | None) -> list[str]:
    """The status lists in a file or folder; what is no list is left to the verifier, which says so."""
    if place is None:
        return []
    if not place.exists():
        raise WrongUse(f"没有这个状态列表:{place}", code="no-such-file")
    files = sorted(one for one in place.iterdir() if one.is_file()) if place.is_dir() else [place]
    return [file.read_text(encoding="utf-8", errors="replace").strip() for file in files]


@click.command("withdrawals")
@click.option("--rebuild", is_flag=True, help="从账本重新生成撤下通知,并重新统计各份报告的状态")
@json_option
@command
def withdrawals_command(rebuild: bool, as_json: bool) -> None:
    """撤下通知:发到第几号,各数据使用方取到、确认到第几号,谁逾期没有确认。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.reports import service as reports
    from xinheng.withdrawals import service as withdrawals

    at = now()
    payload: dict[str, object] = {}
    if rebuild:
        payload = {"rebuilt": withdrawals.rebuild(), "states": reports.rebuild_states()}
    evidence.drain(at=at)
    known = withdrawals.followers(at=at)
    payload |= {
        "last": withdrawals.last(),
        "late": sum(one.late for one in known),
        "followers": [
            {
                "client": one.client, "title": one.title, "body": one.body, "active": one.active, "told": one.told,
                "acknowledged": one.acknowledged, "behind": one.behind, "late": one.late,
                "oldest": one.oldest.isoformat() if one.oldest else None,
            }
            for one in known
        ],
    }  # fmt: skip
    lines = [
        f"撤下通知发到第 {payload['last']} 号;数据使用方 {len(known)} 个,逾期未确认 {payload['late']} 个。"
    ]
    lines += [
        f"{'逾期 ' if one.late else ''}{one.title}({one.client}):取到 {one.told},确认到 {one.acknowledged},欠 {one.behind}"
        for one in known
    ]
    answer(payload, as_json=as_json, text="\n".join(lines))
