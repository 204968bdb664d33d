"""Commands of the exchange with the upper platform."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home

_item = click.option("--item", required=True, help="目录项代码,如 admin-penalty")
_to = click.option(
    "--to", "destination", default="province", show_default=True, help="province 或 credit-china"
)


@click.group("exchange")
def exchange_command() -> None:
    """上报上级平台:送出、反馈、模拟。决定、收到、送出、上级入库四个时间分开保存。"""


def _ready() -> None:
    _ = home().config
    start_django()


@exchange_command.command("send")
@_item
@_to
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="写出的清单(CSV)")
@json_option
@command
def send(item: str, destination: str, out: Path, as_json: bool) -> None:
    """列出未上报的记录,写成 CSV,并记下已送出。再运行一次只有新的记录。"""
    _ready()
    from xinheng.exchange import service as exchange
    from xinheng.faces.clock import now

    going = exchange.outgoing(item=item, destination=destination)
    out.write_bytes(b"\xef\xbb\xbf" + going.rename({"statement_id": "编号"}).write_csv().encode())
    done = exchange.sent(
        statement_ids=going["statement_id"].to_list(), destination=destination, at=now(), actor="operator"
    )
    answer(asdict(done) | {"file": str(out)}, as_json=as_json, text=f"送出 {done.rows:,} 条,清单在 {out}")


@exchange_command.command("answer")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_to
@json_option
@command
def read_answers(file: Path, destination: str, as_json: bool) -> None:
    """读上级平台的反馈文件(CSV:编号、结果、原因)。重复读不改变什么。"""
    _ready()
    from xinheng.exchange import service as exchange
    from xinheng.faces.clock import now

    told = exchange.answered(path=file, destination=destination, at=now(), actor="operator")
    text = f"{told.rows:,} 条反馈:入库 {told.accepted:,},退回 {told.rejected:,};新记 {told.new:,},未曾送出 {told.unknown:,}"
    answer(asdict(told), as_json=as_json, text=text, code=ATTENTION if told.rejected or told.unknown else 0)


@exchange_command.command("simulate")
@_item
@click.option("--seed", type=int, default=1)
@json_option
@command
def simulate(item: str, seed: int, as_json: bool) -> None:
    """沙盒:由模拟的上级平台答复一天前送出的,并送出新的。"""
    _ready()
    from xinheng.exchange import service as exchange
    from xinheng.faces.clock import now

    sending, answers = exchange.simulate(item=item, at=now(), seed=seed)
    payload = {"sent": sending.rows, "answered": answers.new, "rejected": answers.rejected}
    answer(payload, as_json=as_json, text=f"送出 {sending.rows:,} 条;得到答复 {answers.new:,} 条")
