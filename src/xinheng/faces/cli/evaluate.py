"""`xinheng evaluate`: run a model, one organisation under it, runs kept, a run computed again."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from xinheng.faces.cli import evaluation_received
from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.evaluation_report import report
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.kernel.errors import WrongUse

if TYPE_CHECKING:
    from xinheng.evaluation import service as evaluation

ENGINES = ("duckdb", "spark", "postgres")
STATES = {
    "off": "未采用", "proposed": "待采用", "adopted": "已采用（内部）", "publish-proposed": "待公开",
    "published": "已公开",
}  # fmt: skip
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("evaluate", invoke_without_command=True)
@click.option("--model", default="", metavar="代码", help="评价模型，见 xinheng evaluate models")
@click.option(
    "--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True, help="在哪里算；结果相同"
)
@click.option("--on", "on", type=DAY, metavar="YYYY-MM-DD", help="按哪一天评价（不写：今天）")
@click.option("--org", "uscc", default="", metavar="代码", help="只评价这一个组织，不保存")
@click.option("--scope", default="", metavar="区划", help="只评价一个县区（六位区划代码）")
@json_option
@click.pass_context
def evaluate_command(
    context: click.Context, model: str, engine: str, on: datetime | None, uscc: str, scope: str, as_json: bool
) -> None:
    """按模型评价组织，保存结果并记入账本；个体工商户不评价。

    没有采用的模型只是试算。结果只供信用办和作出认定的单位内部使用，不单独作为不利决定的依据。退出码：0 已完成，2 用法不对（没有
    这个模型、引擎），3 不能评价（日期没有到、模型通不过检查、不是评价对象）。
    """
    if context.invoked_subcommand is None:
        _evaluate(model=model, engine=engine, on=on, uscc=uscc, scope=scope, as_json=as_json)


@command
def _evaluate(*, model: str, engine: str, on: datetime | None, uscc: str, scope: str, as_json: bool) -> None:
    if not model:
        raise WrongUse(
            "请用 --model 写明评价模型（xinheng evaluate models 列出全部）。", code="evaluate-no-model"
        )
    _ready()
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation import telling
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now, today

    at, day = now(), on.date() if on else today()
    if uscc:
        _one(uscc.strip().upper(), model, day, as_json)
        return
    done = evaluation.run(model=model, on=day, at=at, actor=_actor(), engine=engine, scope=scope)
    evidence.drain(at=at)
    answer(telling.run_told(done), as_json=as_json, text=_said(done))


@evaluate_command.command("models")
@json_option
@command
def models(as_json: bool) -> None:
    """本地的评价模型和它们的状态。"""
    _ready()
    from xinheng.evaluation import adoption
    from xinheng.law import service as law

    known = law.models(pack=law.active())
    states = adoption.statuses(models=known.values())
    told = [
        {
            "model": one.code, "version": one.version, "name": one.name, "kind": one.kind,
            "status": states[one.code].state, "simulation": one.simulation, "subjects": list(one.subjects),
            "in_force": {"from": one.in_force.first, "to": one.in_force.last}, "digest": one.digest,
        }
        for one in known.values()
    ]  # fmt: skip
    lines = [
        f"{one.code}  {one.version}  {one.name}  {STATES[states[one.code].state]}{'  模拟' if one.simulation else ''}"
        for one in known.values()
    ]
    answer({"models": told}, as_json=as_json, text="\n".join(lines) or "规则包里没有评价模型。")


@evaluate_command.command("runs")
@click.option("--model", default="", metavar="代码")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@json_option
@command
def runs(model: str, limit: int, as_json: bool) -> None:
    """最近的评价。"""
    _ready()
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation import telling

    found = evaluation.runs(model=model, limit=limit)
    text = "\n".join(_said(one) for one in found) or "还没有评价过。"
    answer({"runs": [telling.run_told(one) for one in found]}, as_json=as_json, text=text)


@evaluate_command.command("replay")
@click.argument("run")
@click.option("--org", "uscc", default="", metavar="代码", help="只重算这一个组织")
@click.option("--engine", type=click.Choice(("", *ENGINES)), default="", help="换一个引擎重算；不写：原来的")
@json_option
@command
def replay(run: str, uscc: str, engine: str, as_json: bool) -> None:
    """按当时的账本位置和当时的模型重新计算一次评价，和保存的结果逐个比对。退出码：0 相同，1 不同（列出不同的组织）。"""
    _ready()
    from xinheng.evaluation import service as evaluation

    kept = evaluation.run_numbered(number=run)
    found = evaluation.replay(run=kept.id, uscc=uscc.strip().upper(), engine=engine)
    payload: dict[str, Any] = {
        "run": kept.number, "engine": found.engine, "equal": found.equal, "organisations": found.organisations,
        "digest_then": found.digest_then, "digest_now": found.digest_now, "erased": found.erased,
        "differences": [{"uscc": one.uscc, "then": one.then, "now": one.now} for one in found.differences],
    }  # fmt: skip
    verdict = "相同" if found.equal else f"不同（列出 {len(found.differences)} 个组织）"
    lines = [f"{kept.number}　{kept.model} {kept.version}　重算 {found.organisations} 个组织：{verdict}"]
    if found.erased:
        lines.append(f"此后依法删除了 {found.erased} 条信息，重算不含它们")
    lines += [f"  {one.uscc}　当时 {one.then}　现在 {one.now}" for one in found.differences]
    answer(payload, as_json=as_json, text="\n".join(lines), code=0 if found.equal else ATTENTION)


def _one(uscc: str, model: str, day: date, as_json: bool) -> None:
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation import telling
    from xinheng.law import service as law

    found = evaluation.score_one(uscc=uscc, model=model, on=day)
    plan = evaluation.model_on(law.active(), model, day)
    payload = {
        **telling.result_told(found.result, plan), "model": found.model, "version": found.version,
        "on": found.on, "position": found.position,
        "contributions": [vars(one) for one in found.contributions],
    }  # fmt: skip
    grade = next((one.name for one in plan.grades if one.code == found.grade_code), "")
    lines = [
        f"{uscc}　{plan.name} {plan.version}　{telling.points(found.score)} 分　{grade}　基础 {telling.points(found.base)} 分"
    ]
    for part in found.indicators:
        if part.statements:
            name = plan.by_code[part.code].name
            cut = f"（封顶前 {telling.points(part.raw)}）" if part.raw != part.micro else ""
            lines.append(f"  {name}　{part.statements} 条　{telling.points(part.micro)}{cut}")
    answer(payload, as_json=as_json, text="\n".join(lines))


def _said(run: evaluation.Run) -> str:
    spread = "，".join(f"{code} {count}" for code, count in run.distribution.items())
    return (
        f"{run.number}　{run.model} {run.version}{'（试算）' if run.trial else ''}　{run.on}　{run.organisations} 个组织："
        f"{spread}　账本 {run.position}　{run.engine}　{run.seconds:.1f} 秒"
    )


for _found in evaluation_received.COMMANDS:
    evaluate_command.add_command(_found)


evaluate_command.add_command(report)
