"""Commands of the quality mirror: bulletins, and what is suspected not to have been reported."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from xinheng.faces.cli.data import _actor, _ready
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.kernel.errors import WrongUse

_output = click.option("-o", "output", type=click.Path(path_type=Path), help="写成 .pdf 或 .xlsx")


@click.command("bulletin")
@click.option("--period", required=True, help="2026-10(月)、2026-W46(周)、2026-Q3(季)")
@click.option("--issue", is_flag=True, help="编号并签发;同一期间再次运行给出第一次的通报")
@_output
@json_option
@command
def bulletin_command(period: str, issue: bool, output: Path | None, as_json: bool) -> None:
    """报送质量通报:草稿,或者(--issue)编号签发。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.oversight import service as oversight

    at = now()
    evidence.drain(at=at)
    if issue:
        made = oversight.issue(period=period, at=at, actor=_actor())
        evidence.drain(at=at)
        content = made.content
    else:
        content = oversight.draft(period=period, at=at)
    if output is not None:
        output.write_bytes(_file(content, output.suffix.lower()))
    payload = {name: value for name, value in content.items() if name not in ("annex", "notes")}
    answer(payload | {"file": str(output or "")}, as_json=as_json, text=_text(content))


def _file(content: dict[str, Any], kind: str) -> bytes:
    from xinheng.oversight import service as oversight

    if kind == ".pdf":
        return oversight.bulletin_pdf(content=content)
    if kind == ".xlsx":
        return oversight.bulletin_xlsx(content=content)
    raise WrongUse(f"-o 的文件名应以 .pdf 或 .xlsx 结尾,现在是「{kind or '没有后缀'}」。", code="bad-output")


def _text(content: dict[str, Any]) -> str:
    lines = [
        f"{content['title']}  {content['period_name']}  {content.get('named', '草稿')}  {content.get('number', '')}",
        f"统计截至 {content['cutoff']} 24 时",
        "位次  单位  应报  已报  及时率  合规率  迟报  漏报  退回  零报告  环比",
    ]
    keys = ("due", "reported", "timeliness", "conformity", "late", "omitted", "returned", "nil", "change")
    for line in content["rows"]:
        cells = "  ".join(str(line[key]) for key in keys)
        lines.append(f"{line['rank'] or '—'}  {line['name']}  {cells}")
    lines.append("合计  " + "  ".join(str(content["total"][key]) for key in keys))
    return "\n".join(lines)


@click.command("suspected")
@click.option("--look", is_flag=True, help="先核对一遍文书号")
@click.option("--rebuild", is_flag=True, help="从留存的报送内容重新统计全部批次")
@click.option("--of", "body", help="只看一个单位(统一社会信用代码)")
@json_option
@command
def suspected_command(look: bool, rebuild: bool, body: str | None, as_json: bool) -> None:
    """疑似未报:文书号缺号,以及别处公示而这里没有的决定。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.oversight import service as oversight

    at = now()
    payload: dict[str, Any] = {}
    if rebuild:
        payload["rebuilt"] = oversight.rebuild()
    evidence.drain(at=at)
    if look:
        found = oversight.look(at=at, actor=_actor())
        payload |= {"opened": found.opened, "closed": found.closed}
        evidence.drain(at=at)
    page = oversight.suspected(body=body, state="open", limit=200)
    payload["open"] = [asdict(one) for one in page.findings]
    lines = [
        f"{one.number}  {one.text}  {one.body}  {one.lower_on} — {one.upper_on}" for one in page.findings
    ]
    attention = ATTENTION if page.findings else 0
    answer(payload, as_json=as_json, text="\n".join(lines) or "没有待说明的疑似未报。", code=attention)


@click.command("compare")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--face", required=True, help="公示的地方,如 部门网站、信用中国")
@click.option("--item", required=True)
@click.option("--of", "body", required=True, help="作出决定的单位的统一社会信用代码")
@json_option
@command
def compare_command(file: Path, face: str, item: str, body: str, as_json: bool) -> None:
    """把别处公示的名单(CSV、XLSX)与本平台收到的比对;名单不保存。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.oversight import service as oversight

    at = now()
    found = oversight.compare(file, face=face, item=item, body=body, at=at, actor=_actor())
    evidence.drain(at=at)
    text = (
        f"名单 {found.rows} 行:两边都有 {found.both},别处有这里没有 {found.elsewhere},内容不一致 {found.differs},"
        f"这里有别处没有 {found.here_only};自然人 {found.personal} 行未保存"
    )
    wrong = found.elsewhere or found.differs
    answer(asdict(found), as_json=as_json, text=text, code=ATTENTION if wrong else 0)


@click.command("indicators")
@json_option
@command
def indicators_command(as_json: bool) -> None:
    """本地规划(已到期)的指标,按今天的数据计算;算不了的说明原因。"""
    _ready()
    from xinheng.faces.clock import today
    from xinheng.law import service as law
    from xinheng.oversight import service as oversight

    found = oversight.indicators(pack=law.active(), on=today())
    lines = [
        f"{one.name}:目标 {one.target};"
        + (
            one.why_not
            or (f"{one.share}%({one.count}/{one.over})" if one.over is not None else str(one.count))
        )
        for one in found
    ]
    payload = {"indicators": [asdict(one) | {"share": one.share} for one in found]}
    answer(payload, as_json=as_json, text="\n".join(lines) or "本地的规则包里没有规划。")
