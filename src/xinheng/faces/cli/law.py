"""Commands that ask the law."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.law_models import models
from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.measures import matters, may, measures, rules_audit
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home
from xinheng.kernel.errors import Refused

_day = click.DateTime(["%Y-%m-%d"])


@click.group("law")
def law_command() -> None:
    """法律依据:检查、解释、采用、算期限、措施清单。"""


for _one in (measures, matters, may, rules_audit, models):
    law_command.add_command(_one)


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

    pack = law.active()
    due = law.due(pack=pack, provision=provision, start=start.date())
    found = pack.provision(provision, start.date())
    basis: dict[str, object] = {}
    lines = [due.as_text()]
    if found is not None:
        source = found.source
        basis = {
            "name": found.name,
            "citation": source.cited,
            "confidence": source.confidence,
            "our_choice": source.our_choice,
        }
        mark = f"（{law.PENDING_MARK}）" if source.confidence == "unverified" else ""
        lines.append(f"依据：{found.name}，{source.cited}{mark}")
    answer({**due.as_dict(), **basis}, as_json=as_json, text="\n".join(lines))


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


@law_command.command("notice")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@command
def notice(file: Path, as_json: bool) -> None:
    """载入一年的放假通知(写法照 packs/national/calendar),并重新计算正在走的期限。"""
    _ready()
    from xinheng.cases import service as cases
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.law import service as law

    at = now()
    loaded = law.load_notice(path=file, actor=_actor(), at=at)
    # Also after a repeated notice: a run that was stopped between the two goes on here
    told = cases.recompute(at=at, actor=_actor(), notice=loaded.cited)
    evidence.drain(at=at)
    payload = {**loaded.as_dict(), "looked": told.looked, "moved": told.moved}
    done = "此前已经载入" if loaded.repeated else "已载入"
    text = f"{done}:{loaded.cited},放假 {loaded.off} 天,调休上班 {loaded.work} 天。重新计算 {told.looked} 个期限,变动 {told.moved} 个。"
    answer(payload, as_json=as_json, text=text)


@law_command.command("notices")
@json_option
@command
def notices(as_json: bool) -> None:
    """本地载入过的放假通知,和日历到哪一天为止;十一月起下一年还没有载入的,退出码 1。"""
    _ready()
    from xinheng.faces.clock import today
    from xinheng.law import service as law

    found, until = law.notices(), law.calendar_until(law.active())
    missing = law.unannounced_year(pack=law.active(), on=today())
    lines = [f"{one.year} {one.cited} {one.at.date().isoformat()} 载入" for one in found]
    lines.append(f"日历到 {until.isoformat()} 为止")
    if missing:
        lines.append(f"{missing} 年的放假通知还没有载入,跨年的期限都是暂定:公布后运行 xinheng law notice")
    payload = {"until": until.isoformat(), "missing": missing, "notices": [one.as_dict() for one in found]}
    answer(payload, as_json=as_json, text="\n".join(lines), code=ATTENTION if missing else 0)
