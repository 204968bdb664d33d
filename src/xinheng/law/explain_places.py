"""Explains what belongs to a place: a department, a matter, an agency that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xinheng.law import places, policy_uses
from xinheng.law.explaining import CONFIDENCE_NAMES, Basis, Explanation, basis
from xinheng.law.types import Department, Matter, Pack


def explain(pack: Pack, code: str, on: date) -> Explanation | None:
    """The answer for a department (its code or name), a matter code, or the name of a vanished agency; None for
    anything else."""
    matter = policy_uses.matter(pack, code)
    if matter is not None:
        return _matter(pack, matter, on)
    unit = places.department(pack, code=code, name=code) if code else None
    if unit is not None and unit.source is not None:
        return _department(pack, unit, on)
    return _agency(pack, code, on)


def _matter(pack: Pack, matter: Matter, on: date) -> Explanation:
    unit = places.department(pack, code=matter.department)
    item = pack.items.get(matter.item)
    who = unit.name if unit else matter.department or "各单位在其职权内"
    says = f"{matter.name}，由{who}办理"
    found = basis(pack, matter.source, matter.name, says)
    details = [f"报送目录项：{item.name if item else matter.item}（{matter.item}）"] if matter.item else []
    if use := pack.uses.get(matter.use):
        details.append(f"核查用途：{use.name}（答复可以沿用 {use.validity} 日）")
        details += [f"  {one.zh}（{one.citation}）" for one in use.forbids]
    if item is not None and item.timeliness and (due := pack.provision(item.timeliness, on)):
        details.append(f"报送期限：{due.what}（{due.source.cited}）")
    reasons = (f"依据：{found.citation}", f"核实情况：{CONFIDENCE_NAMES[found.confidence]}")
    return _told(
        pack, matter.code, "matter", matter.name, on, found if on in matter.source.in_force else None,
        reasons, tuple(details),
    )  # fmt: skip


def _department(pack: Pack, unit: Department, on: date) -> Explanation:
    assert unit.source is not None
    sector = pack.sectors.get(unit.sector)
    says = f"{unit.name}，{sector.name if sector else unit.sector}主管部门"
    code = unit.uscc or "未核实，未填"
    reasons = (
        f"名称来源：{unit.source.note}",
        f"核实情况：{CONFIDENCE_NAMES[unit.source.confidence]}",
        f"统一社会信用代码：{code}",
    )
    found = basis(pack, unit.source, unit.name, says)
    return _told(pack, unit.code, "department", unit.name, on, found, reasons, tuple(_duties(pack, unit)))


def _duties(pack: Pack, unit: Department) -> Iterator[str]:
    for past in pack.successions:
        if past.new == unit.code:
            yield f"承接：{past.old}（自 {past.on.isoformat()}，{past.duties}，{past.source.cited}）"
    for matter in pack.matters:
        if matter.department == unit.code:
            yield f"事项：{matter.name}（{matter.code}，{matter.source.cited}）"


def _agency(pack: Pack, name: str, on: date) -> Explanation | None:
    past = places.successor(pack, name, on)
    if past is None:
        return None
    says = f"{past.old}的职责由{past.department.name}承接"
    found = basis(pack, past.source, past.old, says)
    reasons = (
        f"自 {past.on.isoformat()} 起：{past.duties}",
        f"依据：{found.citation}",
        f"核实情况：{CONFIDENCE_NAMES[past.confidence]}",
    )
    details = tuple(f"其间：{step}" for step in past.through)
    return _told(pack, past.old, "agency", past.old, on, found, reasons, details)


def _told(
    pack: Pack, code: str, kind: str, title: str, on: date, applies: Basis | None, reasons: tuple[str, ...],
    details: tuple[str, ...],
) -> Explanation:  # fmt: skip
    return Explanation(code, kind, title, on, applies, reasons, details, None, None, pack.code, pack.digest)


__all__ = ["explain"]
