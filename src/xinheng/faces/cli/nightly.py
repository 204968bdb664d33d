"""The command for what is due once a day."""

from __future__ import annotations

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home

NAMES = {
    "cases.reroute": "转交职权承接单位", "cases.sweep": "案件时限", "sync.sweep": "多处公示比对",
    "subscriptions.sweep": "变化订阅", "notices.collect": "生成提醒", "notices.deliver": "发送邮件", "checks.figures": "核查统计",
}  # fmt: skip


@click.command("nightly")
@json_option
@command
def nightly_command(as_json: bool) -> None:
    """当日例行工作:核对案件时限、生成提醒、发送邮件、开立比对工单。重复运行结果相同。"""
    _ = home().config
    start_django()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.faces.nightly import nightly, said

    told = nightly(now())
    evidence.drain(at=now())
    lines = [f"{told.day} 例行工作"]
    for part in told.parts:
        words = f"失败 [{part.error}]" if part.error else _words(part.told)
        lines.append(f"  {NAMES.get(part.name, part.name)}:{words}({part.seconds} 秒)")
    answer(said(told), as_json=as_json, text="\n".join(lines), code=0 if told.ok else ATTENTION)


def _words(told: object) -> str:
    if not isinstance(told, dict):
        return "完成"
    return (
        "、".join(f"{name} {value}" for name, value in told.items() if value not in (None, {}, [])) or "完成"
    )
