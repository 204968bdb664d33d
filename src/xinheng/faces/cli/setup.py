"""Commands that make, run and look after a home."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import HomeExists, home
from xinheng.kernel.errors import WrongUse


@click.command("init")
@click.option("--pack", default="national", help="地方包代码,如 huaibei")
@click.option("--sandbox", is_flag=True, help="沙盒:未核实的规定自动采用并标明,可用 XINHENG_TODAY 设定日期")
@json_option
@command
def init_command(pack: str, sandbox: bool, as_json: bool) -> None:
    """建立数据目录:密钥、数据表、账本第一笔。"""
    if home().exists:
        raise HomeExists(f"{home().root} 已经是一个信衡数据目录,没有改动它。换一个 XINHENG_HOME 再初始化。")
    start_django()
    from xinheng.faces.clock import now
    from xinheng.faces.initialise import initialise

    if sandbox is False and os.environ.get("XINHENG_TODAY"):
        raise WrongUse("XINHENG_TODAY 只能用于沙盒:请加 --sandbox,或去掉这个环境变量。", code="today-refused")
    initialise(pack=pack, sandbox=sandbox, at=now())
    answer(
        {"home": str(home().root), "pack": pack, "sandbox": sandbox},
        as_json=as_json,
        text=f"已建立 {home().root}",
    )


@click.command("synth")
@click.option("--orgs", type=click.IntRange(10), default=5_000)
@click.option("--records", type=click.IntRange(0), default=25_000)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--seed", type=int, default=1)
@json_option
@command
def synth_command(orgs: int, records: int, out: Path, seed: int, as_json: bool) -> None:
    """写出虚构城市各部门的文件(故意写得乱),真值放在旁边。"""
    start_django()
    from xinheng.faces.clock import today
    from xinheng.synth import service as synth

    manifest = synth.generate(out=out, orgs=orgs, records=records, seed=seed, today=today())
    payload = {
        "out": str(out),
        "files": len(manifest.files),
        "rows": sum(file.rows for file in manifest.files),
    }
    answer(payload, as_json=as_json, text=f"{payload['files']} 个文件、{payload['rows']} 行,写在 {out}")


@click.command("demo")
@click.option("--orgs", type=click.IntRange(50), default=5_000)
@click.option("--records", type=click.IntRange(0), default=25_000)
@click.option("--seed", type=int, default=1)
@click.option("--port", type=int, default=8000)
@click.option("--no-serve", is_flag=True)
@json_option
@command
def demo_command(orgs: int, records: int, seed: int, port: int, no_serve: bool, as_json: bool) -> None:
    """造一座虚构城市:写出各部门的文件,经真正的受理流程收进来,然后开网站。"""
    built = _build_demo(orgs, records, seed, as_json)
    if no_serve:
        answer(built, as_json=as_json, text=f"演示城市在 {home().root};用 xinheng serve 打开网站。")
    click.echo(f"\n信衡演示城市已就绪:http://127.0.0.1:{port}/    (Ctrl+C 结束)", err=as_json)
    click.echo("公开网站无需登录;部门与办公室的登录在后续版本提供。", err=as_json)
    _serve(port)


def _build_demo(orgs: int, records: int, seed: int, quiet: bool) -> dict[str, Any]:
    place = home()
    marker = place.root / "demo.json"
    import json

    wanted = {"orgs": orgs, "records": records, "seed": seed}
    if place.exists:
        if marker.is_file() and json.loads(marker.read_text())["wanted"] == wanted:
            return {**json.loads(marker.read_text())["built"], "repeated": True}
        if not (place.root / "demo.started").is_file():
            raise WrongUse(
                f"{place.root} 里已经有别的数据,演示不会覆盖它。请用 XINHENG_HOME 指定另一个目录,或先移走它。",
                code="home-exists",
            )
        shutil.rmtree(place.root)
    start_django()
    from xinheng.faces.city import days_sent, fill_home, write_city
    from xinheng.faces.clock import now
    from xinheng.faces.initialise import initialise

    def told(text: str, done: int, whole: int) -> None:
        if not quiet:
            click.echo(f"[{done}/{whole}] {text}", err=True)

    at = now()
    place.root.mkdir(parents=True, exist_ok=True)
    (place.root / "demo.started").touch()
    with tempfile.TemporaryDirectory(prefix="xinheng-demo-") as folder:
        files = Path(folder)
        manifest = write_city(orgs=orgs, records=records, seed=seed, at=at, folder=files, told=told)
        # The city lived before today: each file came in on the day it was sent, so timeliness and look-backs are real
        days = {number: min(day, at) for number, day in days_sent(manifest).items()}
        told("建立数据目录与密钥", 0, 1)
        initialise(pack=os.environ.get("PACK", "huaibei"), sandbox=True, at=min(days.values(), default=at))
        built = fill_home(manifest, files, days=days, at=at, told=told)
    built["home"] = str(place.root)
    marker.write_text(json.dumps({"wanted": wanted, "built": built}))
    return built


@click.command("serve")
@click.option("--port", type=int, default=8000)
@click.option("--host", default="127.0.0.1")
@click.option("--workers", type=click.IntRange(1), default=2)
@command
def serve_command(port: int, host: str, workers: int) -> None:
    """开网站:网页工作进程与一个后台跟随进程。"""
    _ = home().config
    click.echo(f"信衡:http://{host}:{port}/", err=True)
    _serve(port, host, workers)


def _serve(port: int, host: str = "127.0.0.1", workers: int = 2) -> None:
    """Web workers under granian and one runner process; the runner ends with the server."""
    import subprocess
    import sys

    runner = subprocess.Popen([sys.executable, "-m", "xinheng.faces.runner"])
    try:
        from granian.constants import Interfaces
        from granian.server import Server

        Server(
            "xinheng.faces.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=1,
            log_access=False,
        ).serve()
    finally:
        runner.terminate()
        runner.wait(timeout=10)


@click.command("doctor")
@json_option
@command
def doctor_command(as_json: bool) -> None:
    """体检:数据库自检、跟随进度、检查点、日历、磁盘。"""
    _ = home().config
    start_django()
    from xinheng.faces.clock import today
    from xinheng.faces.health import examine

    report = examine(on=today())
    lines = [f"{'✓' if check['ok'] else '✗'} {check['name']}:{check['text']}" for check in report["checks"]]
    answer(report, as_json=as_json, text="\n".join(lines), code=0 if report["ok"] else ATTENTION)
