"""Commands that ask about measures, matters and a department's own rules; they join the group `law`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinheng.faces.cli.main import start_django
from xinheng.faces.cli.output import ATTENTION, answer, command, json_option
from xinheng.kernel.errors import WrongUse

if TYPE_CHECKING:
    from xinheng.law import service as law

_day = click.DateTime(["%Y-%m-%d"])
PARTS = "目录项[,list=名单][,severity=程度][,state=状态][,until=日期][,since=日期][,disputed]"


@click.command("measures")
@click.option("--on", "day", type=_day)
@json_option
@command
def measures(day: datetime | None, as_json: bool) -> None:
    """失信惩戒措施和守信激励清单:每条依据、应当还是可以、由谁、核实到什么程度。"""
    start_django()
    from xinheng.faces.clock import today
    from xinheng.law import service as law

    pack, on = law.active(), day.date() if day else today()
    found = law.measures(pack=pack, on=on)
    lines: list[str] = []
    for measure in found.values():
        group = law.GROUPS[measure.group][0]
        lines.append(f"{measure.code} {measure.name}({group})")
        for ground in measure.grounds:
            mark = "" if pack.effective(ground.source) else f"({law.PENDING_MARK},未采用,不生效)"
            verb = "应当" if ground.strength == "must" else "可以"
            lines.append(f"  {verb} {ground.code}:{ground.scope_text}({ground.source.cited}){mark}")
    payload = {
        "on": on.isoformat(),
        "pack": pack.digest,
        "measures": [_measure(pack, one) for one in found.values()],
    }
    answer(payload, as_json=as_json, text="\n".join(lines))


def _measure(pack: law.Pack, measure: law.Measure) -> dict[str, object]:
    return {
        "code": measure.code, "name": measure.name, "name_en": measure.name_en, "side": measure.side,
        "group": measure.group, "number": measure.number, "subjects": list(measure.subjects),
        "citation": measure.source.cited, "confidence": measure.source.confidence,
        "grounds": [
            {
                "code": one.code, "strength": one.strength, "lists": list(one.lists),
                "items": [item for item, _ in one.items], "uses": list(one.uses), "matters": list(one.matters),
                "by": list(one.by), "scope": one.scope_text, "scope_en": one.scope_text_en,
                "citation": one.source.cited, "confidence": one.confidence, "effective": pack.effective(one.source),
                "in_force": str(one.in_force), "proportion": one.proportion,
            }
            for one in measure.grounds
        ],
    }  # fmt: skip


@click.command("matters")
@click.option("--sector", default="", help="只列这一行业的部门办理的事项。")
@json_option
@command
def matters(sector: str, as_json: bool) -> None:
    """事项目录:代码、名称、核查用途;各地都有的决定事项列在后面。"""
    start_django()
    from xinheng.law import service as law

    pack = law.active()
    rows = [
        {"code": one.code, "name": one.name, "name_en": one.name_en, "use": one.use, "department": one.department,
         "item": one.item, "sectors": list(one.sectors)}
        for one in law.matters_for(pack=pack, sector=sector)
    ]  # fmt: skip
    text = "\n".join(f"{row['code']} {row['name']} [{row['use']}]" for row in rows)
    answer({"matters": rows}, as_json=as_json, text=text)


@click.command("may")
@click.argument("measure")
@click.option("--matter", required=True, help="事项代码。")
@click.option("--sector", default="", help="部门所属行业;不写的看 --department。")
@click.option("--department", default="", help="部门的代码、名称或者统一社会信用代码。")
@click.option("--subject", default="企业", show_default=True, help="主体种类。")
@click.option("--entry", "entries", multiple=True, help=f"一条信息:{PARTS}。可以写几条。")
@click.option("--on", "day", type=_day)
@json_option
@command
def may(
    measure: str,
    matter: str,
    sector: str,
    department: str,
    subject: str,
    entries: tuple[str, ...],
    day: datetime | None,
    as_json: bool,
) -> None:
    """某部门可否凭这些信息采取某项措施:只看所给事实,不查任何主体。不可以的退出码 1。"""
    start_django()
    from xinheng.faces.clock import today
    from xinheng.law import service as law

    pack = law.active()
    facts = tuple(_facts(at, text) for at, text in enumerate(entries, 1))
    for one in facts:
        if one.item not in pack.items:
            raise law.UnknownCode(f"没有目录项「{one.item}」。可以写:{'、'.join(pack.items)}。")
    told = law.may_apply(
        pack=pack, measure=measure, sector=sector, department=department, use=law.use_of(pack=pack, matter=matter),
        matter=matter, subject_kind=subject, entries=facts, on=day.date() if day else today(),
    )  # fmt: skip
    lines = [told.says, *(f"  第 {one.entry} 条:{one.says}" for one in (*told.hints, *told.refused))]
    answer(told.as_dict(), as_json=as_json, text="\n".join(lines), code=0 if told.allowed else ATTENTION)


def _facts(at: int, text: str) -> law.EntryFacts:
    """`serious-list,list=wage-arrears,until=2027-01-01,disputed`. Raises `WrongUse`."""
    from xinheng.law import service as law

    item, *parts = [part.strip() for part in text.split(",")]
    known = {"list": "", "severity": "", "state": "held", "until": "", "since": "", "disputed": ""}
    for part in parts:
        name, _, value = part.partition("=")
        if name not in known or (not value and name != "disputed"):
            raise WrongUse(f"--entry 里的「{part}」看不懂。写法:{PARTS}。")
        known[name] = value or "yes"
    if known["state"] not in ("held", "repaired", "ended", "suppressed"):
        raise WrongUse(f"没有状态「{known['state']}」。可以写:held、repaired、ended、suppressed。")
    return law.EntryFacts(
        at, item, known["list"], known["severity"], known["state"], bool(known["disputed"]),  # type: ignore[arg-type]
        _date(known["until"]), _date(known["since"]),
    )  # fmt: skip


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(f"「{text}」不是日期。请写成 2027-01-01 的样子。") from None


@click.command("rules-audit")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "day", type=_day)
@json_option
@command
def rules_audit(file: Path, day: datetime | None, as_json: bool) -> None:
    """部门自己的规定(TXT、MD、CSV)对照措施清单:多出的、更重的、对人的、没有依据的、凭字句判断不了的逐条列出;有的退出码 1。"""
    start_django()
    from xinheng.faces.clock import today
    from xinheng.law import service as law

    rows = law.rules_rows(name=file.name, content=file.read_bytes())
    found = law.rules_audit(pack=law.active(), text=rows, on=day.date() if day else today())
    wrong = [one for one in found if one.kind != "ok"]
    names = {
        "ok": "相符", "not-in-list": "清单上没有", "heavier": "比清单重", "on-persons": "对人的措施", "no-basis": "没有依据",
        "unsure": "待人工核对",
    }  # fmt: skip
    lines = [
        f"第 {one.line} 行 [{names[one.kind]}] {one.text}\n    {one.says}{one.citation}" for one in found
    ]
    lines.append(f"共 {len(rows)} 行,提到措施 {len(found)} 处,要看的 {len(wrong)} 处。没有列出的不等于合法。")
    payload = {"file": file.name, "lines": len(rows), "findings": [one.as_dict() for one in found]}
    answer(payload, as_json=as_json, text="\n".join(lines), code=ATTENTION if wrong else 0)
