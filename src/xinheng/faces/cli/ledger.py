"""Commands for the ledger and its keys."""

from __future__ import annotations

import base64

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option


@click.group("ledger")
def ledger_command() -> None:
    """账本:核验、证明、检查点。"""


@ledger_command.command("verify")
@json_option
@command
def verify(as_json: bool) -> None:
    """从头重算一切;任何与账本不符的存储值都会被指出。"""
    _ready()
    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now

    checks.seal(at=now())
    result = evidence.verify()
    payload = {
        "ok": result.ok, "size": result.size, "root": result.root, "events": result.events,
        "checkpoints": result.checkpoints,
        "findings": [{"code": finding.code, "message": finding.message} for finding in result.findings],
    }  # fmt: skip
    lines = [f"[{finding.code}] {finding.message}" for finding in result.findings]
    lines.append(
        f"{'账本完好' if result.ok else '账本有问题'}:{result.events} 笔,{result.size} 片叶子,根 {result.root[:16]}…"
    )
    answer(payload, as_json=as_json, text="\n".join(lines), code=0 if result.ok else ATTENTION)


@ledger_command.command("prove")
@click.argument("statement", type=int)
@json_option
@command
def prove(statement: int, as_json: bool) -> None:
    """一条记录在账本里的证明(叶子、路径、检查点)。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.kernel.errors import WrongUse
    from xinheng.records import service as records

    evidence.drain(at=now())
    stored = records.statements([statement]).get(statement)
    if stored is None:
        raise WrongUse(f"没有编号为 {statement} 的记录。", code="no-such-statement")
    first_leaf = evidence.spans([evidence.event_of(statement)])[evidence.event_of(statement)][0]
    index = first_leaf + (statement & 0x7FFF)
    size = evidence.published_size()
    path = [base64.b64encode(node).decode() for node in evidence.inclusion(index, size)]
    payload = {
        "statement": statement, "leaf_index": index, "leaf": base64.b64encode(stored.leaf).decode(),
        "size": size, "path": path, "checkpoint": evidence.checkpoint(),
    }  # fmt: skip
    answer(
        payload, as_json=as_json, text=f"叶子 {index} / {size},路径 {len(path)} 段\n{evidence.checkpoint()}"
    )


@ledger_command.command("checkpoint")
@json_option
@command
def checkpoint(as_json: bool) -> None:
    """补齐跟随者,公布并输出最新的签名检查点。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now

    at = now()
    evidence.drain(at=at)
    evidence.write_trust_bundle(at=at)
    note = evidence.checkpoint()
    answer({"size": evidence.published_size(), "checkpoint": note}, as_json=as_json, text=note)


@click.group("keys")
def keys_command() -> None:
    """密钥。"""


@keys_command.command("rotate")
@json_option
@command
def rotate(as_json: bool) -> None:
    """更换账本与文书密钥;旧报告仍可核验。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.reports import service as reports

    at = now()
    act = evidence.Act(kind="keys.rotated", actor=_actor(), at=at)
    with evidence.event(act) as event:
        event.detail["log_key"] = evidence.rotate_log_key(at=at)
        event.detail["certificate"] = reports.rotate_document_key(at=at)
    evidence.drain(at=at)
    trust = evidence.write_trust_bundle(at=at)
    answer({"trust": str(trust)}, as_json=as_json, text=f"密钥已更换;新的信任包:{trust}")
