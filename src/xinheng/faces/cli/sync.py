"""The command for the sync board: compare with a list of what another place shows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home


@click.command("sync")
@click.argument("list_file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--place", required=True, help="credit-china、province、gsxt、department")
@click.option("--item", default="", help="目录项代码;不填为全部")
@click.option("--authority", default="", help="只比对这个单位作出的决定(统一社会信用代码)")
@click.option("--whole", is_flag=True, help="名单是那里的全部:没有列出的就是那里没有")
@click.option("--simulate", is_flag=True, help="与模拟的平台比对(只能在沙盒里用)")
@json_option
@command
def sync_command(
    list_file: Path | None, place: str, item: str, authority: str, whole: bool, simulate: bool, as_json: bool
) -> None:
    """比对别处显示的名单(CSV 或 XLSX)。不一致的开工单,重新一致的办结;同一份名单重复比对没有新结果。"""
    _ = home().config
    start_django()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.kernel.errors import WrongUse
    from xinheng.sync import service as sync

    at = now()
    if simulate:
        told = sync.simulate(place=place, item=item, at=at)
    elif list_file is None:
        raise WrongUse("请给出名单文件,或在沙盒里用 --simulate。")
    else:
        told = sync.compare(
            place=place, path=list_file, item=item, authority=authority, whole=whole, at=at, actor="operator"
        )
    swept = sync.sweep(at=at, place=place)
    evidence.drain(at=at)
    answer(
        {"compared": asdict(told), "tickets": asdict(swept)},
        as_json=as_json,
        text=f"{told.rows} 行:一致 {told.agrees},不一致 {told.differs},这里没有 {told.unknown};"
        f"新开工单 {swept.opened},办结 {swept.settled}",
        code=ATTENTION if told.differs else 0,
    )
