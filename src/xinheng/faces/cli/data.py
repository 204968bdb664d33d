"""Commands that bring data in: register, intake, templates, classes, erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.home import home

_file = click.argument("file", type=click.Path(path_type=Path))


def _ready() -> None:
    _ = home().config
    start_django()


@click.group("register")
def register_command() -> None:
    """主体登记。"""


@register_command.command("load")
@_file
@json_option
@command
def register_load(file: Path, as_json: bool) -> None:
    """载入主体登记文件(CSV / XLSX,可 .gz)。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.register import service as register

    at = now()
    result = register.load(path=file, at=at, actor=_actor())
    evidence.drain(at=at)
    payload = result.as_dict()
    attention = ATTENTION if payload["quarantined"] or payload.get("refused_personal") else 0
    answer(payload, as_json=as_json, code=attention, text=result.as_text())


@register_command.command("find")
@click.argument("query")
@json_option
@command
def register_find(query: str, as_json: bool) -> None:
    """按代码、名称、曾用名或名称片段(两个汉字起)查找。"""
    _ready()
    from xinheng.search import service as search

    page = search.find(q=query)
    hits = [hit.as_dict() for hit in page.hits]
    lines = [
        f"{hit['code']}  {hit['name']}" + (f"(曾用名:{hit['matched_name']})" if hit["is_former"] else "")
        for hit in hits
    ]
    answer({"query": query, "hits": hits}, as_json=as_json, text="\n".join(lines) or "没有找到。")


@click.command("intake")
@_file
@click.option("--item", required=True, help="目录项代码,如 admin-penalty")
@click.option("--from", "source", required=True, help="来源单位的统一社会信用代码")
@click.option("--receipt", "receipt_file", type=click.Path(path_type=Path), help="把未受理的行写成 XLSX 回执")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="列名=字段代码",
    help="文件里的一列是哪个字段,可重复;等号后留空表示不读这一列。不给时用记住的对应",
)
@click.option("--remember", is_flag=True, help="记住 --map 的对应,这个来源以后的文件照此读取")
@json_option
@command
def intake_command(
    file: Path,
    item: str,
    source: str,
    receipt_file: Path | None,
    pairs: tuple[str, ...],
    remember: bool,
    as_json: bool,
) -> None:
    """受理一个部门的文件,逐行答复。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.intake import service as intake

    at = now()
    mapping = _mapping(pairs)
    with _progress(as_json) as told:
        receipt = intake.run(
            path=file, item=item, source=source, at=at, actor=_actor(), progress=told, mapping=mapping
        )
    if remember and mapping is not None:
        intake.remember_mapping(source=source, item=item, mapping=mapping, at=at, actor=_actor())
    evidence.drain(at=at)
    if receipt_file is not None:
        intake.receipt_xlsx(batch=receipt.batch, path=receipt_file)
    payload = receipt.as_dict()
    wrong = any(payload[key] for key in ("rejected", "quarantined", "refused_personal"))
    answer(payload, as_json=as_json, code=ATTENTION if wrong else 0, text=receipt.as_text())


def _mapping(pairs: tuple[str, ...]) -> dict[str, str] | None:
    """What `--map` said, None if nothing. The name of a column may itself hold an equals sign: the last one counts."""
    wrong = [pair for pair in pairs if not pair.rpartition("=")[0].strip()]
    if wrong:
        raise click.BadParameter("应写成「列名=字段代码」,例如 --map 本局编号=CF_WSH。", param_hint="--map")
    split = (pair.rpartition("=") for pair in pairs)
    return {header.strip(): code.strip() for header, _, code in split} if pairs else None


@click.command("template")
@click.option("--item", required=True)
@click.option("-o", "output", type=click.Path(path_type=Path), required=True)
@json_option
@command
def template_command(item: str, output: Path, as_json: bool) -> None:
    """写出一个目录项的空白报送模板(XLSX)。"""
    _ready()
    from xinheng.intake import service as intake

    output.write_bytes(intake.template(item=item))
    answer({"item": item, "file": str(output)}, as_json=as_json, text=f"模板已写到 {output}")


@click.command("queue")
@click.option("--authority", help="只看一个认定单位")
@json_option
@command
def queue_command(authority: str | None, as_json: bool) -> None:
    """待认定失信程度的处罚,按认定单位排列。"""
    _ready()
    from dataclasses import asdict

    from xinheng.records import service as records

    rows = [asdict(waiting) for waiting in records.undetermined(authority=authority)]
    lines = [
        f"{row['id']}  {row['authority']} {row['authority_name']}  {row['document']}  {row['decided_on']}"
        for row in rows
    ]
    answer({"waiting": rows}, as_json=as_json, text="\n".join(lines) or "没有待认定的处罚。")


@click.command("classify")
@click.argument("statement", type=int)
@click.argument("severity", type=click.Choice(["minor", "ordinary", "serious"]))
@click.option("--by", "authority", required=True, help="作出处罚的认定单位代码")
@json_option
@command
def classify_command(statement: int, severity: str, authority: str, as_json: bool) -> None:
    """认定单位确认一条处罚的失信程度。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.records import service as records

    at = now()
    window = records.classify(
        statement=statement, severity=severity, authority=authority, at=at, actor=_actor()
    )
    evidence.drain(at=at)
    payload = {"statement": statement, "severity": severity, "shown": window.show, "until": window.show_until}
    text = f"已定级;{'公示至 ' + str(window.show_until) if window.show else '不公示'}。"
    answer(payload, as_json=as_json, text=text)


@click.command("erase")
@click.argument("statements", type=int, nargs=-1, required=True)
@click.option("--provision", required=True, help="删除的法律依据")
@click.option("--reason", required=True)
@json_option
@command
def erase_command(statements: tuple[int, ...], provision: str, reason: str, as_json: bool) -> None:
    """依法删除记录内容(不可恢复);证明仍然成立。"""
    _ready()
    from xinheng.evidence import service as evidence
    from xinheng.faces.clock import now
    from xinheng.records import service as records

    at = now()
    act = evidence.Act(
        kind="records.erased",
        actor=_actor(),
        at=at,
        provision=provision,
        purpose=reason,
        detail={"count": len(statements)},
    )
    erased = records.erase(statement_ids=list(statements), act=act)
    evidence.drain(at=at)
    evidence.write_trust_bundle(at=at)
    answer({"erased": erased}, as_json=as_json, text=f"已删除 {erased} 条记录的内容。")


def _actor() -> str:
    """The operator's account on this machine; an account, never a subject."""
    import getpass

    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


class _progress:
    """A progress line on stderr for people; silent for machines and when nobody looks."""

    def __init__(self, silent: bool) -> None:
        import sys

        self._silent = silent or not sys.stderr.isatty()

    def __enter__(self) -> Any:
        return None if self._silent else self._tell

    def _tell(self, done: int, whole: int) -> None:
        share = f"{100 * done // whole}%" if whole else ""
        click.echo(f"\r已处理 {done:,} 行 {share}", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if not self._silent:
            click.echo("", err=True)
