"""`xinheng evaluate`: run a model, one organisation under it, runs kept, a run computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
LOST = "evaluation.results-lost"
EXITS = {"equal": 0, "different": ATTENTION, "erased": ATTENTION, "lost": 4}
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("evaluate", invoke_without_command=True)
@click.option("--model", default="", metavar="代码", help="评价模型，见 xinheng evaluate models")
@click.option(
    "--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True, help="在哪里算；结果相同"
)
@click.option("--on", "on", type=DAY, metavar="YYYY-MM-DD", help="按哪一天评价（不写：今天）")
@click.option("--org", "uscc", default="", metavar="代码", help="只评价这一个组织，不保存")
@click.option("--scope", default="", metavar="区划", help="只评价一个县区（六位区划代码）；不与 --org 同用")
@click.option("--as-known", is_flag=True, help="更早的日子：按那天平台已经知道的评价；不写：按今天所知")
@json_option
@click.pass_context
def evaluate_command(
    context: click.Context, model: str, engine: str, on: datetime | None, uscc: str, scope: str, as_known: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """按模型评价组织，保存结果并记入账本；个体工商户不评价。

    没有采用的模型、不在有效期的日子，只是试算。结果只供信用办和作出认定的单位内部使用，不单独作为不利决定的依据。写了更早的日子，默认按今天所知：
    此后修复、撤销的不计入；--as-known 按那天所知。退出码：0 已完成，2 用法不对（没有这个模型、引擎、县区），3 不能评价（日期没有到或者
    太早、没有评价对象、模型通不过检查）。
    """
    if context.invoked_subcommand is None:
        _evaluate(
            model=model, engine=engine, on=on, uscc=uscc, scope=scope, as_known=as_known, as_json=as_json
        )


@command
def _evaluate(
    *, model: str, engine: str, on: datetime | None, uscc: str, scope: str, as_known: bool, as_json: bool
) -> None:
    if not model:
        raise WrongUse(
            "请用 --model 写明评价模型（xinheng evaluate models 列出全部）。", code="evaluate-no-model"
        )
    _ready()
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation import trials
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now, today

    at, day = now(), on.date() if on else today()
    if uscc:
        if scope:
            raise WrongUse(
                "--scope 是对一个县区的评价，--org 只评价一个组织：请去掉其中一个。",
                code="evaluate-org-or-scope",
            )
        evaluation.must_have_come(on=day, at=at)
        _one(uscc.strip().upper(), model, day, engine, as_known, as_json)
        return
    done = evaluation.run(
        model=model, on=day, at=at, actor=_actor(), engine=engine, scope=scope, as_known=as_known
    )
    evidence.drain(at=at)
    why = trials.reasons([done])
    answer(_told(done, why), as_json=as_json, text=_said(done, why))


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
    from xinheng.evaluation import trials

    found = evaluation.runs(model=model, limit=limit)
    why = trials.reasons(found)
    text = "\n".join(_said(one, why) for one in found) or "还没有评价过。"
    answer({"runs": [_told(one, why) for one in found]}, as_json=as_json, text=text)


@evaluate_command.command("replay")
@click.argument("run")
@click.option("--org", "uscc", default="", metavar="代码", help="只重算这一个组织")
@click.option("--engine", type=click.Choice(("", *ENGINES)), default="", help="换一个引擎重算；不写：原来的")
@json_option
@command
def replay(run: str, uscc: str, engine: str, as_json: bool) -> None:
    """按当时的账本位置和当时的模型重新计算一次评价，和保存的结果逐个比对。

    退出码：0 相同；1 不同（列出不同的组织），或者这个组织的结果已随依法删除去掉；2 没有这次评价，或者它里面没有这个组织；
    4 保存的结果与账本不符：少了行而没有依法删除可以解释，或者文件有改动。
    """
    _ready()
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation import store

    kept = evaluation.run_numbered(number=run)
    found = evaluation.replay(run=kept.id, uscc=uscc.strip().upper(), engine=engine)
    payload: dict[str, Any] = {
        "run": kept.number, "engine": found.engine, "verdict": found.verdict, "equal": found.equal,
        "organisations": found.organisations, "digest_then": found.digest_then, "digest_now": found.digest_now,
        "erased": found.erased, "cleared": found.cleared, "lost": found.lost,
        "differences": [{"uscc": one.uscc, "then": one.then, "now": one.now} for one in found.differences],
    } | ({"error": LOST} if found.verdict == "lost" else {})  # fmt: skip
    model = store.model_of(kept)
    names = {one.code: one.name for one in model.grades}
    lines = [
        f"{kept.number}　{model.name} {kept.version}　重算 {found.organisations} 个组织：{_verdict(found)}"
    ]
    if found.erased:
        lines.append(
            f"此后依法删除了 {found.erased} 条信息，重算不含它们；保存的结果随之去掉 {found.cleared} 行"
        )
    lines += [
        f"  {one.uscc}　当时 {_pair(one.then, names)}　现在 {_pair(one.now, names)}"
        for one in found.differences
    ]
    answer(payload, as_json=as_json, text="\n".join(lines), code=EXITS[found.verdict])


def _verdict(found: evaluation.Replay) -> str:
    if found.verdict == "lost":
        gone = f"少 {found.lost} 行，没有依法删除可以解释" if found.lost else "文件有改动"
        same = "；重算的摘要与账本记的相同，可以从备份恢复" if found.digest_then == found.digest_now else ""
        return f"保存的结果与账本不符（{gone}{same}）[{LOST}]"
    return {
        "equal": "相同", "different": f"不同（列出 {len(found.differences)} 个组织）",
        "erased": "这个组织的结果已随依法删除去掉，没有可比的",
    }[found.verdict]  # fmt: skip


def _pair(pair: tuple[int, str] | None, names: dict[str, str]) -> str:
    from xinheng.evaluation import telling

    return f"{telling.points(pair[0])} 分 {names.get(pair[1], pair[1])}".strip() if pair else "没有"


def _one(uscc: str, model: str, day: date, engine: str, as_known: bool, as_json: bool) -> None:
    from xinheng.evaluation import service as evaluation
    from xinheng.evaluation import telling, trials
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import today
    from xinheng.law import service as law

    position = evidence.position_on(day) if as_known else None
    found = evaluation.score_one(uscc=uscc, model=model, on=day, position=position, engine=engine)
    plan = evaluation.model_on(law.active(), model, day)
    why = trials.reasons_on(plan, day)
    payload = {
        **telling.result_told(found.result, plan), "model": found.model, "version": found.version,
        "on": found.on, "position": found.position, "trial": bool(why), "trial_reasons": list(why),
        "contributions": [vars(one) for one in found.contributions],
    }  # fmt: skip
    grade = next((one.name for one in plan.grades if one.code == found.grade_code), "")
    known = f"（按 {today()} 所知）" if day < today() and not as_known else ""
    lines = [
        f"{uscc}　{plan.name} {plan.version}{_trial(why)}　{day}{known}　{telling.points(found.score)} 分　{grade}　"
        f"基础 {telling.points(found.base)} 分"
    ]
    for part in found.indicators:
        if part.statements:
            name = plan.by_code[part.code].name
            cut = f"（封顶前 {telling.points(part.raw)}）" if part.raw != part.micro else ""
            lines.append(f"  {name}　{part.statements} 条　{telling.points(part.micro)}{cut}")
    answer(payload, as_json=as_json, text="\n".join(lines))


def _trial(why: Sequence[str]) -> str:
    """That something is a trial, and why; "" for what is none."""
    from django.utils.translation import override

    from xinheng.faces import trials

    with override("zh-hans"):
        return f"（试算：{trials.short(why)}）" if why else ""


def _told(run: evaluation.Run, why: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """A run for programs; a trial with its reasons. Others are told as the API tells them."""
    from xinheng.evaluation import telling

    return telling.run_told(run) | ({"trial_reasons": list(why[run.id])} if run.id in why else {})


def _said(run: evaluation.Run, why: Mapping[int, Sequence[str]]) -> str:
    from xinheng.evaluation import store
    from xinheng.law import service as law

    model = store.model_of(run)
    names = {one.code: one.name for one in model.grades}
    spread = "，".join(f"{names.get(code, code)} {count}" for code, count in run.distribution.items())
    known = f"（按 {run.known_on} 所知）" if run.looks_back else ""
    county = law.active().counties.get(run.scope, (run.scope,))[0]
    return (
        f"{run.number}　{model.name} {run.version}{_trial(why.get(run.id, ()))}　{run.on}{known}"
        f"{f'　{county}' if county else ''}　{run.organisations} 个组织："
        f"{spread or '没有等级'}　账本 {run.position}　{run.engine}　{run.seconds:.1f} 秒"
    )


for _found in evaluation_received.COMMANDS:
    evaluate_command.add_command(_found)


evaluate_command.add_command(report)
