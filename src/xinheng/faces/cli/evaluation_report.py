"""`xinheng evaluate report`: the report on a model, for any number of statements. Adopting is done on the desk, by two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import answer, command, json_option


@click.command("report")
@click.argument("model")
@click.option(
    "--on",
    "on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="按哪一天（不写：今天）",
)
@json_option
@command
def report(model: str, on: datetime | None, as_json: bool) -> None:
    """计算并保存一个模型的报告：分布、每项指标的分量、等级的变动、回测、单调。提出采用以前必须有这一版的报告。"""
    _ready()
    from xinheng.evaluation import fairness
    from xinheng.evaluation.runs import model_on
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now, today
    from xinheng.law import service as law

    at, day = now(), on.date() if on else today()
    plan = model_on(law.active(), model, day)
    kept = fairness.make_report(model=plan, on=day, at=at, actor=_actor())
    evidence.drain(at=at)
    answer({"report": kept.id, **kept.body}, as_json=as_json, text=_said(plan.name, kept.id, kept.body))


def _tried(tried: int, improved: int) -> str:
    if not tried:
        return "没有试，没有不利信息可以加；这样的报告不能据以采用"
    return f"试了 {tried} 次，{f'有 {improved} 种信息反而变好' if improved else '没有一次变好'}"


def _said(name: str, id_: int, body: Any) -> str:
    counts = "，".join(
        f"{grade[1]} {n}" for grade, n in zip(body["grades"], body["whole"]["grades"], strict=True)
    )
    tried, improved = body["monotone"]["tried"], body["monotone"]["improved"]
    lines = [
        f"报告 {id_}　{name} {body['version']}　{body['on']}　{body['organisations']} 个组织，{body['statements']} 条信息",
        f"  等级：{counts or '没有等级'}",
        f"  单调：{_tried(tried, len(improved))}",
    ]
    moved = [
        one
        for one in body["weights"]
        if one["up_better"] + one["up_worse"] + one["down_better"] + one["down_worse"]
    ]
    lines += [
        f"  分量：{one['indicator']}　加一成 {one['up_better'] + one['up_worse']} 家等级会变，"
        f"减一成 {one['down_better'] + one['down_worse']} 家"
        for one in moved[:5]
    ]
    lines += [
        f"  变动：{one['from']} 以来，变好 {one['better']}，变差 {one['worse']}，没有变 {one['same']}"
        for one in body["churn"]
    ]
    told = body["backtest"]
    if told["rank_all"]:
        share = 1000 * told["rank_won"] // told["rank_all"]
        lines.append(
            f"  回测：{told['from']} 至 {told['until']}，排序说中的机会 {share // 10}.{share % 10} %（50 % 等于抛硬币）"
        )
    return "\n".join(lines)
