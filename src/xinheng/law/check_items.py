"""What a catalogue item must keep to beyond its form: owners that exist, a card that is public, persons refused."""

from __future__ import annotations

from xinheng.law.findings import Report
from xinheng.law.types import Item, Pack


def check_items(pack: Pack, report: Report) -> None:
    """Every item, and every kind of list, of the merged pack."""
    for item in pack.items.values():
        _check_owners(item, pack, report)
        _check_card(item, report)
        _check_persons(item, report)
        _check_end(item, pack, report)
        _check_linking(item, report)
    for kind in pack.lists.values():
        if kind.authority and kind.authority not in pack.sectors:
            where = f"{kind.source.where}：{kind.code}"
            report.error("unknown", where, f"没有行业「{kind.authority}」", "请核对行业代码。")


def _check_owners(item: Item, pack: Pack, report: Report) -> None:
    for owner in item.owners:
        if owner not in pack.sectors:
            where = f"{item.source.where}：owners"
            report.error("unknown", where, f"没有行业「{owner}」", "请核对 sectors.yaml 里的行业代码。")


def _check_card(item: Item, report: Report) -> None:
    """Lists and links are made of the kind and of the heading: what is not public cannot stand there."""
    for part in ("what", "title", "kind"):
        field = item.by_code.get(getattr(item.card, part))
        if field is not None and field.scope != "public":
            where = f"{item.source.where}：card.{part}"
            report.error(
                "card-not-public", where, f"「{field.name}」不公开，不能用在卡片上", "请换一个字段。"
            )


def _check_persons(item: Item, report: Report) -> None:
    """Boundary 1: an item that lists its own checks must still refuse rows about persons."""
    refused = {
        code
        for rule in item.rules
        if rule.kind == "person_row" and rule.outcome == "refused_personal"
        for code in rule.fields
    }
    known = any(rule.kind == "uscc" and item.subject_code in rule.fields for rule in item.rules)
    if item.rules and known and item.subject_name not in refused:
        where = f"{item.source.where}：rules"
        remedy = "请删去 checks: own，或者补上 person_row。"
        report.error("persons-not-refused", where, f"「{item.name}」没有拒收自然人记录的校验", remedy)


def _check_end(item: Item, pack: Pack, report: Report) -> None:
    """A rule that waits for an exit needs an item that can tell one."""
    fields = {"exit_on": item.card.exit_on, "ends": item.card.ends or item.valid_to}
    for version in pack.publication.get(item.publication, ()):
        for found in version.classes.values():
            for word in found.until:
                if word in fields and not fields[word]:
                    where = f"{item.source.where}：publication"
                    message = f"公示规则「{version.name}」按 {word} 停止公示，而本项没有这个字段"
                    report.error(
                        "end-without-field", where, message, "请在 card 写明字段，或者换一条公示规则。"
                    )


def _check_linking(item: Item, report: Report) -> None:
    """What tells the register must name its organisation by code: a wrong link would rename or end a real one."""
    if item.feed is not None and item.links_by_name:
        where = f"{item.source.where}：linking"
        remedy = "请写 linking: {how: never, …}，并说明理由。"
        report.error("feed-linked", where, f"「{item.name}」会更新登记库，不得按名称关联", remedy)
