"""Bringing a home of an earlier release up to this one."""

from __future__ import annotations

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import answer, command, json_option
from xinheng.home import home


@click.command("upgrade")
@json_option
@command
def upgrade_command(as_json: bool) -> None:
    """升级数据目录:建立新的数据表,重建派生的索引。账本和记录一行不改;可以重复运行。"""
    _ = home().config
    start_django()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now

    executor = MigrationExecutor(connection)
    waiting = [str(step) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    call_command("migrate", verbosity=0, interactive=False)
    at = now()
    evidence.drain(at=at)
    evidence.write_trust_bundle(at=at)
    payload = {"home": str(home().root), "steps": len(waiting), "ledger_size": evidence.size()}
    told = f"升级完成:{len(waiting)} 步。" if waiting else "已是最新,没有要做的。"
    answer(
        payload,
        as_json=as_json,
        text=f"{told}账本共 {payload['ledger_size']:,} 项。建议接着运行 xinheng ledger verify。",
    )
