"""Is this home well? Used by `doctor`, `/healthz` and `/metrics`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection

from xinheng.evidence import service as evidence
from xinheng.faces import nightly
from xinheng.home import home
from xinheng.law import service as law


def examine(*, on: date) -> dict[str, Any]:
    """Every check with its answer in words; `ok` only when all are."""
    checks: list[dict[str, Any]] = []
    for name, check in _CHECKS:
        try:
            ok, text = check(on)
        except Exception as error:  # a check that cannot run is a finding, not a crash
            ok, text = False, f"检查本身失败:{type(error).__name__}"
        checks.append({"name": name, "ok": ok, "text": text})
    return {"ok": all(check["ok"] for check in checks), "home": str(home().root), "checks": checks}


def figures() -> dict[str, int]:
    """Numbers for monitoring; reading them takes milliseconds at any size."""
    wal = home().database.with_name(home().database.name + "-wal")
    numbers = {
        "xinheng_ledger_size": evidence.size(),
        "xinheng_checkpoint_size": evidence.published_size(),
        "xinheng_wal_bytes": wal.stat().st_size if wal.is_file() else 0,
    }
    for name, behind in evidence.lag().items():
        numbers[f'xinheng_follower_lag{{follower="{name}"}}'] = behind
    return numbers


def _database(_: date) -> tuple[bool, str]:
    problems = evidence.database_integrity()
    return not problems, "数据库自检通过" if not problems else ";".join(problems[:3])


def _migrations(_: date) -> tuple[bool, str]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return (
        not pending,
        "数据表为最新" if not pending else f"有 {len(pending)} 项升级待做:运行 xinheng upgrade",
    )


def _followers(_: date) -> tuple[bool, str]:
    behind = {name: count for name, count in evidence.lag().items() if count}
    return (
        not behind,
        "跟随者都已跟上" if not behind else f"落后:{behind};运行 xinheng ledger checkpoint 补齐",
    )


def _checkpoint(_: date) -> tuple[bool, str]:
    size, published = evidence.size(), evidence.published_size()
    if published > size:
        return False, f"已公布的检查点({published})比账本({size})长:数据库不是公布时的那一个"
    return published == size, f"检查点覆盖 {published} / {size}"


def _keys(_: date) -> tuple[bool, str]:
    loose = [
        file.name
        for file in home().keys.iterdir()
        if file.is_file() and file.stat().st_mode & 0o077 and file.suffix == ".key"
    ]
    return not loose, "密钥文件只有本账户可读" if not loose else f"权限过宽:{loose}"


def _calendar(on: date) -> tuple[bool, str]:
    last = law.active().calendar.last_day
    if (last - on).days < 0:
        return False, f"节假日数据止于 {last},请载入新的放假通知"
    if on.month >= 11 and last.year == on.year:
        return (
            True,
            f"节假日数据止于 {last};{on.year + 1} 年放假通知尚未载入,跨年的期限都是暂定;公布后运行 xinheng law notice",
        )
    return True, f"节假日数据到 {last}"


def _nightly(on: date) -> tuple[bool, str]:
    found = nightly.last()
    if found is None:
        return True, "例行工作还没有运行过;serve 每天运行一次,也可用 xinheng nightly"
    failed = [f"{part.name}({part.error})" for part in found.parts if not part.ok]
    if failed:
        return False, f"{found.day} 的例行工作有没办成的:{'、'.join(failed)}"
    if (on - found.day).days > 1:
        return False, f"例行工作最近一次在 {found.day};请检查 serve 是否在运行,或运行 xinheng nightly"
    return True, f"例行工作最近一次在 {found.day}"


def _disk(_: date) -> tuple[bool, str]:
    free = shutil.disk_usage(home().root).free
    return free > 1 << 30, f"磁盘剩余 {free >> 30} GiB"


_CHECKS: list[tuple[str, Callable[[date], tuple[bool, str]]]] = [
    ("数据库", _database),
    ("数据表", _migrations),
    ("跟随者", _followers),
    ("检查点", _checkpoint),
    ("密钥", _keys),
    ("日历", _calendar),
    ("例行工作", _nightly),
    ("磁盘", _disk),
]
