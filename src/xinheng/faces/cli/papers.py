"""Commands for reports and their verification."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
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
@json_option
@command
def verify_command(file: Path, trust: Path, as_json: bool) -> None:
    """离线核验一份报告;只有有效时退出码为 0。"""
    from xinheng.reports.verification import verify

    if not file.is_file():
        raise WrongUse(f"没有这个文件:{file}", code="no-such-file")
    try:
        bundle = json.loads(trust.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise WrongUse(
            f"信任包读不出:{trust}。请从出具单位的网站下载 trust.json。", code="bad-trust-bundle"
        ) from None
    seen = verify(file.read_bytes(), bundle)
    answer(
        seen.as_dict(), as_json=as_json, text=seen.as_text(), code=0 if seen.result == "valid" else ATTENTION
    )
