"""Commands that make, run and look after a home."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, NoReturn

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
@click.option("--pack", default="", help="地方包代码:用它的区县、部门和目录项;不写是虚构的信衡市")
@json_option
@command
def synth_command(orgs: int, records: int, out: Path, seed: int, pack: str, as_json: bool) -> None:
    """写出虚构城市各部门的文件(故意写得乱),真值放在旁边。"""
    start_django()
    from xinheng.faces.city import write_city
    from xinheng.faces.clock import now
    from xinheng.law import service as law

    place = law.load(pack) if pack else None
    manifest = write_city(orgs=orgs, records=records, seed=seed, at=now(), folder=out, pack=place)
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
@click.option("--pack", envvar="PACK", default="huaibei", show_default=True, help="地方包代码,如 huantai")
@click.option("--port", type=int, default=8000)
@click.option("--no-serve", is_flag=True)
@json_option
@command
def demo_command(
    orgs: int, records: int, seed: int, pack: str, port: int, no_serve: bool, as_json: bool
) -> None:
    """造一个地方的演示数据:主体和记录虚构,经真正的受理流程收进来,然后开网站。"""
    built = _build_demo(orgs, records, seed, pack, as_json)
    lines, ways = _ways_in()
    folder = home().root / "demo"
    text = "\n".join(
        ("工作台登录名和口令(只用于演示):", *lines, f"十分钟演示:docs/demo.md;要投递的文件在 {folder}")
    )
    if no_serve:
        done = f"演示数据在 {home().root};用 xinheng serve 打开网站。\n{text}"
        answer({**built, "sign_ins": ways}, as_json=as_json, text=done)
    address = f"http://127.0.0.1:{port}/"
    click.echo(f"\n信衡演示已就绪:{address}    工作台:{address}desk/    (Ctrl+C 结束)\n{text}", err=as_json)
    _serve_afresh(port)


def _build_demo(orgs: int, records: int, seed: int, pack: str, quiet: bool) -> dict[str, Any]:
    place = home()
    marker = place.root / "demo.json"
    wanted = {"orgs": orgs, "records": records, "seed": seed, "pack": pack}
    if day := os.environ.get("XINHENG_TODAY", "").strip():
        wanted["today"] = day
    if place.exists:
        if marker.is_file() and json.loads(marker.read_text())["wanted"] == wanted:
            start_django()
            return {**json.loads(marker.read_text())["built"], "repeated": True}
        if not (place.root / "demo.started").is_file():
            raise WrongUse(
                f"{place.root} 里已经有别的数据,演示不会覆盖它。请用 XINHENG_HOME 指定另一个目录,或先移走它。",
                code="home-exists",
            )
        shutil.rmtree(place.root)
    start_django()
    from xinheng.faces.clock import DEMO_DAY, now, on_day
    from xinheng.faces.demo import build_demo
    from xinheng.faces.packcity import place_of
    from xinheng.law import service as law

    def told(text: str, done: int, whole: int) -> None:
        if not quiet:
            click.echo(f"[{done}/{whole}] {text}", err=True)

    place_of(law.load(pack))
    at = now() if day else on_day(DEMO_DAY)
    place.root.mkdir(parents=True, exist_ok=True)
    (place.root / "demo.started").touch()
    built = build_demo(pack=pack, orgs=orgs, records=records, seed=seed, at=at, told=told)
    built["home"] = str(place.root)
    marker.write_text(json.dumps({"wanted": wanted, "built": built}))
    return built


def _ways_in() -> tuple[list[str], list[dict[str, str]]]:
    """The demonstration's sign-ins, as lines to read and as data."""
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.faces.demo import sign_ins

    made = sign_ins(at=now())
    evidence.drain(at=now())
    evidence.write_trust_bundle(at=now())
    # An organisation has neither name nor password: its line says how it comes in
    lines = [f"  {one.name or '-':<14}{one.password or '(不用口令)':<16}{one.title}" for one in made]
    keys = ("name", "password", "title", "role", "body")
    return lines, [{key: getattr(one, key) for key in keys} for one in made]


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


def _serve_afresh(port: int) -> NoReturn:
    """This process becomes `xinheng serve`. Web workers are forks of it, and a fork of a process that has computed with
    Polars or DuckDB waits for ever for threads only its parent has."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "xinheng.faces.cli.main", "serve", "--port", str(port)])


def _serve(port: int, host: str, workers: int) -> None:
    """Web workers under granian and one runner process; the runner ends with the server."""
    import subprocess

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
            blocking_threads=threads(),
            log_access=False,
        ).serve()
    finally:
        runner.terminate()
        runner.wait(timeout=10)


def threads() -> int:
    """Requests one worker answers at a time: two where the database is another process, whose answers can be waited for
    while the other is worked on; with SQLite the work is the worker's own, and a second would only take turns."""
    return 2 if os.environ.get("XINHENG_DATABASE_URL") else 1


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
