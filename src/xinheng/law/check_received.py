"""What received evaluations, mutual rules, warnings and internal items must keep to."""

from __future__ import annotations

from collections.abc import Iterable

from xinheng.law.findings import Report
from xinheng.law.received_types import SECTOR_TOPS, MutualRule, ResultKind, WarningRule
from xinheng.law.types import Item, Pack


def check_received(pack: Pack, report: Report) -> None:
    """The merged pack: references, scales that hold every grade, internal items that nothing shows."""
    for item in pack.items.values():
        if item.internal:
            _check_internal(pack, item, report)
    seen: dict[tuple[str, str], str] = {}
    for kind in pack.results.values():
        _check_result(pack, kind, report)
        if (other := seen.setdefault((kind.item, kind.written), kind.code)) != kind.code:
            report.error(
                "twice", kind.source.where, f"「{kind.name}」与「{other}」是同一种评价", "只留一条。"
            )
    if sum(kind.national for kind in pack.results.values()) > 1:
        report.error("twice", "results.yaml", "国家综合评价只有一种", "national: true 只写在一处。")
    for rule in pack.mutual:
        _check_mutual(pack, rule, report)
    for warning in pack.warnings:
        _check_warning(pack, warning, report)


def _check_internal(pack: Pack, item: Item, report: Report) -> None:
    where = f"{item.source.where}：internal"
    versions = pack.publication.get(item.publication, ())
    if not item.publication.startswith("internal-") or any(
        one.shown for version in versions for one in version.classes.values()
    ):
        remedy = "publication 请用 internal- 开头、各类都不公示的规则。"
        report.error("internal-shown", where, f"「{item.name}」是内部使用的，公示规则却可能公示", remedy)
    if item.adverse:
        remedy = "内部使用的信息不得据以惩戒，请写 adverse: false。"
        report.error("internal-adverse", where, f"「{item.name}」是内部使用的，不能当作失信信息", remedy)
    for use in pack.uses.values():
        if any(count.item == item.code for count in use.counts):
            report.error(
                "internal-shown",
                f"{use.source.where}：{use.code}.counts",
                f"「{item.name}」是内部使用的，不得计入核查",
                "请删去。",
            )


def _check_result(pack: Pack, kind: ResultKind, report: Report) -> None:
    where = f"{kind.source.where}：{kind.code}"
    item = pack.items.get(kind.item)
    if item is None:
        report.error("dead-link", f"{where}.item", f"没有目录项「{kind.item}」", "请核对代码。")
        return
    if kind.national != bool(kind.authority):
        remedy = "国家综合评价由一个单位作出，写 authority；其他评价由各主管部门作出，不写。"
        report.error("form", f"{where}.authority", f"「{kind.name}」没有写明由谁作出，或者不该写", remedy)
    if kind.sector not in pack.sectors:
        report.error("dead-link", f"{where}.sector", f"没有行业「{kind.sector}」", "请核对代码。")
    written = item.by_code.get(item.card.kind)
    if kind.written and (written is None or kind.written not in written.choices):
        report.error(
            "dead-link",
            f"{where}.written",
            f"「{item.name}」没有「{kind.written}」这种评价",
            "请照字段的 choices 填写。",
        )
    grades = item.by_code.get(item.card.outcome)
    known = set(grades.choices) if grades else set()
    words = [word for step in kind.scale for word in step]
    if unknown := [word for word in words if word not in known]:
        report.error(
            "dead-link", f"{where}.scale", f"没有等级「{'、'.join(unknown)}」", "请照字段的 choices 填写。"
        )
    if len(set(words)) != len(words):
        report.error("twice", f"{where}.scale", "同一个等级写了两次", "每个等级只属于一级。")


def _check_mutual(pack: Pack, rule: MutualRule, report: Report) -> None:
    where = f"{rule.source.where}：{rule.code}"
    if rule.source.our_choice or rule.source.citation is None:
        remedy = "互认、互斥的规则要有文件依据，请写 citation；没有的请删去。"
        report.error("uncited", where, f"「{rule.name}」没有依据", remedy)
    _known(report, f"{where}.against", (one for one in rule.against if one != SECTOR_TOPS), pack.results)
    kind = pack.results.get(rule.result)
    if kind is None:
        report.error("dead-link", f"{where}.result", f"没有评价「{rule.result}」", "请核对代码。")
    elif not rule.grades or any(kind.step(one) is None for one in rule.grades):
        report.error("dead-link", f"{where}.grades", f"「{kind.name}」没有写的这个等级", "请照 scale 填写。")


def _check_warning(pack: Pack, rule: WarningRule, report: Report) -> None:
    where = f"{rule.source.where}：{rule.code}"
    _known(report, f"{where}.filter.items", rule.filter.items, pack.items)
    for code in rule.filter.items:
        if code in pack.items and pack.items[code].internal:
            report.error(
                "internal-shown",
                f"{where}.filter.items",
                f"「{pack.items[code].name}」是内部使用的，不作为预警的条件",
                "请删去。",
            )


def _known(report: Report, where: str, found: Iterable[str], known: object) -> None:
    for one in found:
        if one not in known:  # type: ignore[operator]
            report.error("dead-link", where, f"没有「{one}」", "请核对代码。")
