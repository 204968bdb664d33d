"""Commands of the check before deciding: ask about one organisation, seal the evidence, show what is kept of a check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home
from xinheng.kernel.errors import Refused, WrongUse

if TYPE_CHECKING:
    from xinheng.checks import service as checks

STRENGTHS = {"must": "应当", "may": "可以"}


@click.command("check")
@click.argument("uscc")
@click.option(
    "--matter", required=True, metavar="代码", help="办理事项的代码，见事项目录（xinheng law matters）"
)
@click.option(
    "--purpose",
    default="",
    metavar="用途",
    help="要看公开信息以外的内容时必须写：与事项相符的用途（代码或名称）",
)
@click.option("--case", "case_number", default="", metavar="编号", help="本单位的案件编号")
@click.option(
    "--account",
    default="",
    help="以哪个账号核查：单位和岗位随账号。看共享信息必须写；沙盒里不写，就以办这个事项的单位演练",
)
@click.option("-o", "output", type=click.Path(path_type=Path), help="把签名的答复写成文件，供离线核验")
@json_option
@command
def check_command(
    uscc: str, matter: str, purpose: str, case_number: str, account: str, output: Path | None, as_json: bool
) -> None:
    """作决定之前核查一个机构：与事项有关的信息、措施提示、不得怎样用、有效期、证据编号。

    写了 --purpose 就是看公开和共享信息，要有单位（--account）；不写只看公开信息。退出码：0 已答复（不论有没有失信信息），1 代码没有登记
    或者校验不通过、无法核查，2 用法不对，3 依法或者因权限拒绝（拒绝也记录）。
    """
    _ready()
    from xinheng.checks import service as checks
    from xinheng.faces.clock import now
    from xinheng.kernel import personal
    from xinheng.kernel import uscc as codes

    if personal.looks_like_citizen_id(uscc) and not codes.is_valid(codes.clean(uscc).code):
        raise WrongUse(
            "这像是个人的证件号码，没有核查，也没有保存。请写组织的统一社会信用代码。", code="personal-number"
        )
    found = checks.check(
        uscc=uscc, matter=matter, asker=_asker(account, matter, shared=bool(purpose.strip())), at=now(), scope="shared" if purpose.strip() else "public",
        purpose=purpose, case_number=case_number,
    )  # fmt: skip
    payload = {**found.payload(), "digest": found.digest, "signature": found.signature}
    if output is not None:
        output.write_bytes(found.body())
    answer(payload, as_json=as_json, text=_said(found, output), code=ATTENTION if found.unchecked else 0)


@click.group("checks")
def checks_command() -> None:
    """核查的证据：入账、查看、证明。"""


@checks_command.command("seal")
@json_option
@command
def seal(as_json: bool) -> None:
    """把还没有入账的核查成批写进账本。反复执行没有影响。"""
    _ready()
    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now

    at = now()
    sealed = checks.seal(at=at)
    evidence.drain(at=at)
    answer({"sealed": sealed}, as_json=as_json, text=f"新入账的核查 {sealed} 次")


@checks_command.command("show")
@click.argument("number")
@json_option
@command
def show(number: str, as_json: bool) -> None:
    """一次核查留下的证据：谁、为什么、答复是什么、在账本的哪里。打开它记入账本。"""
    _ready()
    from xinheng.accounts import service as accounts
    from xinheng.checks import service as checks
    from xinheng.faces.clock import now

    kept = checks.evidence(number=number, reader=checks.Asker("cli", _actor(), "office"))
    accounts.read(
        actor=_actor(),
        at=now(),
        what="check",
        purpose="查看核查记录",
        subject={"check": kept.number},
        role="office",
        unit="",
    )
    payload: dict[str, Any] = {
        "number": kept.number, "outcome": kept.outcome, "at": kept.at, "unit": kept.body, "asker": kept.asker,
        "answer": kept.payload, "digest": kept.digest, "whole": kept.whole, "position": kept.position,
    }  # fmt: skip
    place = f"账本第 {kept.position} 位" if kept.position is not None else "还没有入账"
    text = (
        f"{kept.number}  {kept.at:%Y-%m-%d %H:%M}  {'拒绝' if kept.outcome == 'refused' else '已答复'}  {place}\n"
        + json.dumps(kept.payload, ensure_ascii=False, indent=1)
    )
    answer(payload, as_json=as_json, text=text)


@checks_command.command("proof")
@click.argument("number")
@json_option
@command
def proof(number: str, as_json: bool) -> None:
    """一次核查已经入账的证明，供任何人核对：不含核查的内容。"""
    _ready()
    from xinheng.checks import service as checks

    told = checks.proof(number=number)
    answer(told, as_json=as_json, text=json.dumps(told, ensure_ascii=False, indent=1, default=str))


def _asker(account: str, matter: str, *, shared: bool) -> checks.Asker:
    """As whom the command asks: an account with its unit, else the operator. In a sandbox, for practice, the operator who
    wants more than public facts plays the unit that decides the matter. Raises `Refused`."""
    from xinheng.accounts import service as accounts
    from xinheng.checks import service as checks_room
    from xinheng.faces.desk.checks_shown import sector_of

    if not account:
        if not shared:
            return checks_room.Asker("cli", _actor(), "operator")
        if not home().sandbox:
            raise Refused(
                "看公开信息以外的内容要有单位：请用 --account 写上核查的账号（xinheng accounts list）。",
                code="check-needs-account",
            )
        return _played(matter)
    known = next((one for one in accounts.accounts() if one.name == account), None)
    if known is None or not known.active or not accounts.allows(known.role, "checks.ask"):
        raise Refused(
            f"账号「{account}」不存在、已停用或者不能核查。请用 xinheng accounts list 查对。",
            code="check-account",
        )
    return checks_room.Asker("cli", f"cli:{known.name}", known.role, known.body, sector_of(known.body))


def _marks(entry: checks.CheckEntry) -> str:
    """The marks of an entry in words; of a dispute also since when."""
    from xinheng.checks.sheet import MARKS

    words = [MARKS.get(mark, mark) for mark in entry.marks if mark != "disputed"]
    since = min((since for _field, since in entry.disputes), default=None)
    if since is not None or "disputed" in entry.marks:
        words.append(f"有异议（自 {since}）" if since is not None else MARKS["disputed"])
    return f"　［{'、'.join(words)}］" if words else ""


def _played(matter: str) -> checks.Asker:
    """For practice: the unit of the place that decides this matter, as far as the register knows its code."""
    from xinheng.checks import service as checks_room
    from xinheng.law import service as law
    from xinheng.register import service as register

    pack = law.active()
    known = law.matter(pack=pack, code=matter)
    named = {
        name: code
        for code, name in register.named([one.name for one in pack.departments])
        .select("code", "name")
        .iter_rows()
    }
    units = sorted(pack.departments, key=lambda one: known is None or one.code != known.department)
    for one in units:
        code = one.uscc or named.get(one.name, "")
        if code and (known is None or not known.sectors or one.sector in known.sectors):
            return checks_room.Asker("cli", _actor(), "authority", code, one.sector)
    return checks_room.Asker("cli", _actor(), "authority")


def _said(found: checks.Answer, output: Path | None) -> str:
    from xinheng.checks.sheet import list_words

    adverse = [one for one in found.entries if one.side == "adverse"]
    if found.unchecked:
        return "\n".join(
            [
                f"{found.uscc}　{found.why_valid}",
                f"事项：{found.matter_name}　证据编号：{found.number or '（未记录）'}",
            ]
        )
    lines = [
        f"{found.name or '登记库中没有这个代码'}（{found.uscc}）{found.status}",
        f"事项：{found.matter_name}　证据编号：{found.number or '（未记录）'}",
    ]
    lines += [f"不要这样用：{one.says}（{one.citation}）" for one in found.forbids]
    lines.append(f"计入本事项的失信信息 {len(adverse)} 条" if adverse else "没有计入本事项的失信信息")
    for one in adverse:
        marks = _marks(one)
        lines.append(
            f"  {one.item_name}{list_words(one)}　{one.title}　{one.authority_name}　{one.document}　{one.decided_on or ''}{marks}"
        )
    for hint in (*found.hints, *found.incentives):
        unsure = "（待核实）" if hint.pending or hint.confidence != "verified" else ""
        lines.append(
            f"  {'激励' if hint.side == 'incentive' else '提示'}　{STRENGTHS.get(hint.strength, '')}　{hint.name}　依据：{hint.citation}{unsure}"
        )
    lines += [f"说明：{one.says}" for one in found.notes]
    lines.append(f"可以依据到 {found.valid_until}。{found.why_valid}")
    if output is not None:
        lines.append(f"签名的答复已写到 {output}；核验：xinheng verify {output} --trust trust.json")
    return "\n".join(lines)
