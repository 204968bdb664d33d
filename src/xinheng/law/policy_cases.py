"""Kinds of case and ways of repair, asked of a pack: which is in force, which clock runs, whether a step may be taken.

Pure. An unverified period that the office has not adopted is no clock, and what it would extend cannot be extended.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from xinheng.law.case_types import CaseKind, CaseStep, PathRule, RepairPath
from xinheng.law.errors import NoBasis, UnknownCode
from xinheng.law.types import Pack

LEADS = ("notice-repairable", "notice-ending")


def sector_chain(pack: Pack, sector: str) -> tuple[str, ...]:
    """A sector and those it is part of, nearest first: food → market regulation."""
    found: list[str] = []
    while sector and sector not in found:
        found.append(sector)
        sector = pack.sectors[sector].part_of if sector in pack.sectors else ""
    return tuple(found)


def case_kind(*, pack: Pack, code: str, on: date) -> CaseKind:
    """A kind of case as in force on a day, four eyes settled by the office's settings.

    Raises `UnknownCode` for a kind the pack has not, `NoBasis` where none is in force that day.
    """
    if code not in pack.cases:
        known = "、".join(sorted(pack.cases)) or "（无）"
        raise UnknownCode(f"规则包 {pack.code} 里没有案件种类「{code}」。可用的有：{known}。")
    found = next((kind for kind in pack.cases[code] if on in kind.source.in_force), None)
    if found is None:
        name = pack.cases[code][0].name
        raise NoBasis(f"{on.isoformat()} 没有「{name}」的规定可以适用，不能办理。")
    return _settled(pack, found)


@lru_cache(maxsize=64)
def _settled(pack: Pack, kind: CaseKind) -> CaseKind:
    """The same object for the same pack and kind: engines keep it by identity."""

    def step(one: CaseStep) -> CaseStep:
        if not one.four_eyes_setting:
            return one
        return replace(one, four_eyes=pack.setting(one.four_eyes_setting, "on") == "on")

    return replace(kind, steps=tuple(step(one) for one in kind.steps))


def case_kinds(*, pack: Pack, on: date) -> dict[str, CaseKind]:
    """Every kind of case in force on a day, by code."""
    found = {}
    for code in pack.cases:
        try:
            found[code] = case_kind(pack=pack, code=code, on=on)
        except NoBasis:
            continue
    return found


def case_clock(*, pack: Pack, kind: CaseKind, state: str, sector: str, on: date) -> str:
    """The provision whose clock starts on entering `state` on a day before an authority of `sector`.

    The sector's own period goes before the general one; where it has no effect the general one counts. "" where the
    state has no clock, or where no period is in force and adopted: then there is no due day.
    Raises `UnknownCode` for a state the kind has not.
    """
    if state not in kind.states:
        raise UnknownCode(f"「{kind.name}」没有「{state}」这个状态。可用的有：{'、'.join(kind.states)}。")
    found = kind.states[state]
    own = [found.clock_by_sector[one] for one in sector_chain(pack, sector) if one in found.clock_by_sector]
    return next((one for one in (*own[:1], found.clock) if one and in_effect(pack, one, on)), "")


def in_effect(pack: Pack, provision: str, on: date) -> bool:
    """Whether a provision exists, is in force on a day, and has effect in this office."""
    version = pack.provision(provision, on)
    return version is not None and pack.effective(version.source)


def step_refusal(*, pack: Pack, step: CaseStep, item: str, sector: str = "", on: date) -> str:
    """Why the law does not let this step be taken on an entry of this item and sector; "" where it does."""
    if step.setting and pack.setting(step.setting) != step.setting_value:
        title = pack.settings[step.setting].title if step.setting in pack.settings else step.setting
        return f"本地没有采用「{title}」，不能「{step.name}」。"
    if item in step.never_items or set(sector_chain(pack, sector)) & set(step.never_sectors):
        return f"这一类信息不得「{step.name}」：由原公示系统或者人民法院依其规定处理。"
    if step.extends and not in_effect(pack, step.extends, on):
        return f"「{step.name}」所依据的期限（{step.extends}）待核实，本办公室尚未采用。"
    if step.source is not None and not pack.effective(step.source):
        return f"「{step.name}」的依据待核实，本办公室尚未采用。"
    return ""


def repair_path(*, pack: Pack, item: str, authority: str = "", sector: str = "", on: date) -> RepairPath:
    """Whether and how entries of an item can be repaired: window, conditions, materials, effects.

    `sector` of the deciding authority decides between windows; without it the pack's department of that code tells.
    Raises `UnknownCode`; `NoBasis` where nothing is in force that day.
    """
    if item not in pack.items:
        raise UnknownCode(f"没有目录项「{item}」。请核对代码。")
    if not pack.items[item].adverse:
        zh = "不是失信信息，不需要信用修复；内容有误的，可以提出异议。"
        en = "This is not adverse information and needs no repair; if it is wrong, object to it."
        return RepairPath(False, zh, en, "", (), (), (), (), "", "verified")
    sectors = sector_chain(pack, sector or _sector_of_body(pack, authority))
    rule = next((row for row in pack.repair.paths if _fits(row, item, sectors, on)), None)
    if rule is None:
        raise NoBasis(f"{on.isoformat()} 没有「{pack.items[item].name}」信用修复的规定可以适用。")
    windows = tuple(pack.repair.windows[code] for code in rule.windows if code in pack.repair.windows)
    return RepairPath(
        repairable=rule.repairable,
        why_not=rule.why_not[0],
        why_not_en=rule.why_not[1],
        window=windows[0].code if windows else "",
        windows=windows,
        conditions=rule.conditions,
        materials=rule.materials,
        effects=rule.effects,
        provision=rule.source.cited,
        confidence=rule.source.confidence,
        reorganisation=rule.reorganisation,
    )


def _fits(row: PathRule, item: str, sectors: tuple[str, ...], on: date) -> bool:
    named = item in row.items or "*" in row.items
    return named and (not row.sectors or bool(set(row.sectors) & set(sectors))) and on in row.source.in_force


def _sector_of_body(pack: Pack, authority: str) -> str:
    """The sector of a department of the place, by unified code."""
    return next((d.sector for d in pack.departments if authority and d.uscc == authority), "")


def lead_days(*, pack: Pack, code: str) -> int:
    """How many days before the event a notice goes out: `notice-repairable`, `notice-ending`. Raises `UnknownCode`."""
    if code not in LEADS or code not in pack.settings:
        raise UnknownCode(f"没有「{code}」这种提醒。可用的有：{'、'.join(LEADS)}。")
    return int(pack.settings[code].value)
