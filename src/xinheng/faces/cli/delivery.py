"""Commands for deliveries that are no file on the command line: nil returns and the drop folder."""

from __future__ import annotations

from dataclasses import asdict

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home


@click.command("nil")
@click.option("--item", required=True, help="目录项代码,如 admin-penalty")
@click.option("--from", "source", required=True, help="来源单位的统一社会信用代码")
@click.option("--period", required=True, help="月份,如 2026-10")
@json_option
@command
def nil_command(item: str, source: str, period: str, as_json: bool) -> None:
    """零报告:本月没有要报的决定。重复提交给出同一编号。"""
    _ = home().config
    start_django()
    from xinheng.faces.clock import now
    from xinheng.intake import service as intake

    made = intake.nil_return(source=source, item=item, period=period, at=now(), actor="operator")
    payload = asdict(made) | {"said_on": made.said_on.isoformat()}
    answer(payload, as_json=as_json, text=f"零报告 {made.number}" + ("(此前已报)" if made.repeated else ""))


@click.command("drops")
@json_option
@command
def drops_command(as_json: bool) -> None:
    """看一次投递目录:数据目录下 drop/单位代码/目录项代码/。两次之间没有变化的文件才受理。"""
    _ = home().config
    start_django()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.intake import service as intake

    taken = intake.collect_drops(at=now(), actor="operator")
    if taken:
        evidence.drain(at=now())
    refused = [one for one in taken if one.outcome == "refused"]
    lines = [f"{one.path}:" + (f"批次 {one.batch}" if one.batch else f"退回 [{one.reason}]") for one in taken]
    answer(
        {"files": [asdict(one) for one in taken]},
        as_json=as_json,
        text="\n".join(lines) or f"没有可受理的文件。投递目录:{intake.drop_folder()}",
        code=ATTENTION if refused else 0,
    )
