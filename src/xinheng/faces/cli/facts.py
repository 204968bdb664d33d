"""Commands of the facts: what is kept for counting and evaluation, brought up to the ledger, made anew."""

from __future__ import annotations

from dataclasses import asdict

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import answer, command, json_option
from xinheng.home import home


@click.group("facts")
def facts_command() -> None:
    """分析数据：统计和评价用的 Parquet 事实表，由账本派生，可以随时重建。"""


@facts_command.command("show")
@json_option
@command
def show(as_json: bool) -> None:
    """事实表现在到哪一笔、有多少主体和事实、占多少空间；不改动任何东西。"""
    _ = home().config
    start_django()
    from xinheng.facts import service as facts

    told = facts.told()
    if told is None:
        text = "还没有事实表。第一次评价或统计时自动生成，也可以运行 xinheng facts rebuild。"
    else:
        text = (
            f"跟到账本位置 {told.position}（账本现在 {told.ledger}）；主体 {told.organisations}，事实 {told.statements}，"
            f"其中新增部分 {told.delta}；{told.size / 1_000_000:.1f} MB"
        )
    answer({"facts": asdict(told) if told else None}, as_json=as_json, text=text)


@facts_command.command("rebuild")
@json_option
@command
def rebuild(as_json: bool) -> None:
    """从全部记录重新生成事实表。账本和记录不受影响。"""
    _ = home().config
    start_django()
    from xinheng.faces.clock import now
    from xinheng.facts import service as facts

    made = facts.rebuild(at=now())
    payload = {"position": made.position, "organisations": made.organisations, "statements": made.statements}
    answer(
        payload,
        as_json=as_json,
        text=f"已重建：主体 {made.organisations}，事实 {made.statements}，账本位置 {made.position}",
    )
