"""`xinheng link-evaluate`: how good the linking is on public data, measured in an index of its own."""

from __future__ import annotations

import csv
import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import answer, command, json_option
from xinheng.kernel.errors import WrongUse

if TYPE_CHECKING:
    from xinheng.linkage.evaluating import Figures, Measured

_file = click.Path(path_type=Path, dir_okay=False)
_CHARTED = ("intake", "scans")
_HALVES = {"both": "全部", "tuning": "调整用的一半", "held out": "留存的一半"}


@click.command("link-evaluate")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--register",
    "size",
    type=int,
    default=0,
    help="登记库补足到多少个名称(用真实名称的各部分拼成),如 3000000",
)
@click.option(
    "--rows", type=click.IntRange(min=10), default=600, show_default=True, help="每个测试集的问题数"
)
@click.option("--seed", type=int, default=4, show_default=True, help="同一数字给出同样的问题")
@click.option("--plain", type=int, default=0, help="旁边用整名模糊匹配(rapidfuzz)答每个扫描集的前几个问题")
@click.option("--chart", type=_file, help="阈值图写到这个 SVG 文件")
@click.option("--errors", type=_file, help="错误的关联和未关联的写到这个 CSV 文件")
@json_option
@command
def link_evaluate_command(
    folder: Path,
    size: int,
    rows: int,
    seed: int,
    plain: int,
    chart: Path | None,
    errors: Path | None,
    as_json: bool,
) -> None:
    """用公开数据(登记信息、公示名单、证券简称)测量关联的准确率与召回率,并给出阈值图;不读写数据目录。"""
    start_django()
    from xinheng.linkage import evaluating
    from xinheng.linkage.evaluating_data import read

    material = read(folder)
    if material.register.is_empty():
        raise WrongUse("这个文件夹里没有登记信息(register_*.csv 或 .csv.gz)。", code="no-register")
    measured = evaluating.evaluate(
        material,
        seed=seed,
        rows=rows,
        size=size,
        tell=lambda text: None if as_json else click.echo(text, err=True),
    )
    beside = evaluating.plain_fuzzy(measured, most=plain) if plain else {}
    if chart is not None:
        chart.write_text(_drawn(measured), encoding="utf-8")
    if errors is not None:
        _write_errors(errors, measured)
    payload = _payload(measured) | ({"plain": beside} if plain else {})
    answer(payload, as_json=as_json, text=_text(measured, beside))


def _drawn(measured: Measured) -> str:
    from xinheng.linkage.evaluating import mixed, thresholds
    from xinheng.linkage.evaluating_chart import chart

    policy = mixed(measured.rows)
    columns = {
        mix: (thresholds(measured.rows, mix), {**policy[mix], "threshold": float(measured.linked_from)})
        for mix in _CHARTED
    }
    return chart(columns, size=measured.size)


def _payload(measured: Measured) -> dict[str, Any]:
    from xinheng.linkage.evaluating import mixed, thresholds

    return {
        "names": measured.size,
        "questions": measured.rows.height,
        "index_seconds": round(measured.build_seconds, 1),
        "seconds": round(measured.ask_seconds, 1),
        "one_by_one_ms": measured.latencies(),
        "sets": [one.as_dict() for half in _HALVES for one in measured.sets(half)],
        "mixes": {half: mixed(measured.rows, half=half) for half in _HALVES},
        "thresholds": {mix: thresholds(measured.rows, mix) for mix in _CHARTED},
    }


def _text(measured: Measured, beside: dict[str, dict[str, float]]) -> str:
    from xinheng.linkage.evaluating import mixed, thresholds
    from xinheng.linkage.evaluating_words import MIX_TITLES, title_of

    late = measured.latencies()
    lines = [
        f"登记库 {measured.size:,} 个名称,{measured.rows.height:,} 个问题;索引 {measured.build_seconds:.1f} 秒;"
        f"逐个询问 p50 {late['p50']:.1f} 毫秒,p99 {late['p99']:.1f} 毫秒(单核)",
        "",
        _row("测试集", "行数", "关联", "错", "准确率", "召回率", "转人工", "首位", "难分", "前五", "毫秒"),
    ]
    lines += [_row(title_of(one.set), *_cells(one)) for one in measured.sets()]
    for half, named in _HALVES.items():
        lines += [
            "",
            f"合计({named})",
            _row("组合", "行数", "", "错", "准确率", "召回率", "转人工", "首位", "前五", ""),
        ]
        for mix, got in mixed(measured.rows, half=half).items():
            shares = [_share(got[key]) for key in ("precision", "recall", "human", "top_1", "tied", "top_5")]
            lines.append(_row(MIX_TITLES[mix], f"{got['rows']:.0f}", "", f"{got['wrong']:.0f}", *shares, ""))
    for mix in _CHARTED:
        lines += [
            "",
            f"阈值:{MIX_TITLES[mix]}(首位候选的置信度达到多少即关联)",
            _row("置信度", "准确率", "召回率", "F1"),
        ]
        for level in thresholds(measured.rows, mix):
            shares = [_share(level[key]) for key in ("precision", "recall", "f1")]
            lines.append(_row(_share(level["threshold"] / 10_000), *shares))
    if beside:
        lines += [
            "",
            "首位:整名模糊匹配(rapidfuzz)与本系统,同样的问题",
            _row("测试集", "行数", "整名", "本系统"),
        ]
        lines += [
            _row(title_of(name), f"{one['rows']:.0f}", _share(one["plain"]), _share(one["ours"]))
            for name, one in beside.items()
        ]
    return "\n".join([*lines, "", *_HOW_TO_READ])


_HOW_TO_READ = (
    "怎样看:准确率是关联中正确的比例,错误的关联会伤及无辜,所以先看它;召回率是在册单位中不经人工就关联到自己的比例。",
    "首位、前五是正确单位排在候选第一、前五的比例,不论是否关联;转人工的由人看过再定。",
    "难分是排在第一的另一单位与所问名称同样接近或更接近:仅凭名称,换谁来答也只能碰运气。",
    "「不在册」各集中的单位事先从登记库里取出,关联到任何单位都是错。问的恰是另一单位登记名称的行不计。",
)


def _cells(one: Figures) -> list[str]:
    human = one.human / one.rows if one.rows else None
    tied = one.tied / one.there if one.there else None
    shares = [_share(value) for value in (one.precision, one.recall, human, one.top_1, tied, one.top_5)]
    return [str(one.rows), str(one.linked), str(one.wrong), *shares, f"{one.ms:.2f}"]


def _share(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.2f}%"


def _row(first: str, *cells: str) -> str:
    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in first)
    padded = [
        " " * max(0, 9 - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)) + cell
        for cell in cells
    ]
    return (first + " " * max(1, 38 - wide) + "".join(padded)).rstrip()


def _write_errors(file: Path, measured: Measured) -> None:
    """Wrong links first, the surest first; then organisations of the register that were not linked."""
    names = dict(measured.names.filter(measured.names["current"]).select("code", "name").iter_rows())
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ("error", "set", "half", "asked", "asked_code", "meant", "truth", "outcome", "got", "got_name", "confidence", "reason", "candidates")
        )  # fmt: skip
        for kind, rows in measured.errors().items():
            for row in rows.iter_rows(named=True):
                best = json.dumps(list(zip(row["codes"], row["told"], strict=True)), ensure_ascii=False)
                writer.writerow((
                    kind, row["set"], "held out" if row["held_out"] else "tuning", row["name"], row["code"],
                    row["origin"], row["truth"], row["outcome"], row["got"], names.get(row["got"], ""),
                    row["confidence"], row["reason"], best,
                ))  # fmt: skip
