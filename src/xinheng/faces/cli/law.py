"""Commands that ask the law."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home
from xinheng.kernel.errors import Refused

_day = click.DateTime(["%Y-%m-%d"])


@click.group("law")
def law_command() -> None:
    """法律依据:检查、解释、采用、算期限。"""


@law_command.command("check")
@click.argument("pack", required=False)
@json_option
@command
def check(pack: str | None, as_json: bool) -> None:
    """检查一个地方包(代码,或一个包的目录);有违法之处则拒绝(退出码 3)。"""
    start_django()
    from xinheng.law import service as law

    folder = Path(pack) if pack and Path(pack).is_dir() else None
    code = (
        folder.resolve().name if folder else pack or (home().config["pack"] if home().exists else "national")
    )
    adopted = law.adopted() if home().exists and home().config["pack"] == code else frozenset()
    findings = law.check(code, folder.resolve().parent if folder else None, adopted=adopted)
    errors = [finding for finding in findings if finding.severity == "error"]
    warnings = [finding for finding in findings if finding.severity == "warning"]
    payload = {"pack": code, "ok": not errors, "findings": [finding.as_dict() for finding in findings]}
    lines = [f"[{finding.severity}] {finding.where}:{finding.message}" for finding in findings]
    lines.append(f"{code}:{'可用' if not errors else f'不可用,{len(errors)} 处违法或缺依据'}")
    answer(
        payload, as_json=as_json, text="\n".join(lines), code=3 if errors else (ATTENTION if warnings else 0)
    )


@law_command.command("explain")
@click.argument("code")
@click.option("--on", "day", type=_day)
@json_option
@command
def explain(code: str, day: datetime | None, as_json: bool) -> None:
    """哪一条规则在那一天适用,为什么;也可以问事项代码、部门代码或者已撤并机关的名称。"""
    start_django()
    from xinheng.faces.clock import today
    from xinheng.law import service as law

    on = day.date() if day else today()
    told = law.explain(pack=law.active(), code=code, on=on)
    answer(told.as_dict(), as_json=as_json, text=told.as_text())


@law_command.command("clock")
@click.argument("provision")
@click.option("--from", "start", type=_day, required=True)
@json_option
@command
def clock(provision: str, start: datetime, as_json: bool) -> None:
    """从某日起算的法定期限,连同逐日的算法。"""
    start_django()
    from xinheng.law import service as law

    due = law.due(pack=law.active(), provision=provision, start=start.date())
    answer(due.as_dict(), as_json=as_json, text=due.as_text())


@law_command.command("adopt")
@click.argument("provision")
@json_option
@command
def adopt(provision: str, as_json: bool) -> None:
    """由本办公室采用一条未核实的规定;采用前它不生效。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.law import service as law

    pack = law.active()
    if provision not in {one.id for one in law.adoptable(pack=pack)} | set(pack.provisions):
        raise Refused(
            f"地方包 {pack.code} 里没有规定「{provision}」。用 xinheng law check 查看可采用的规定。",
            code="no-such-provision",
        )
    repeated = provision in law.adopted()
    at = now()
    if not repeated:
        act = evidence.Act(kind="law.adopted", actor=_actor(), at=at, provision=provision, pack=pack.digest)
        with evidence.event(act):
            pass
        evidence.drain(at=at)
    answer({"adopted": provision, "repeated": repeated}, as_json=as_json, text=f"已采用:{provision}")
