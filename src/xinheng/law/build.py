"""The levels of a pack laid over each other: what a place says again replaces, what it adds is added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xinheng.kernel.periods import WorkCalendar
from xinheng.law.build_amend import amend, with_list_kinds
from xinheng.law.build_cases import over
from xinheng.law.build_levels import Content
from xinheng.law.build_places import general_matters, place_matters
from xinheng.law.build_received import with_items
from xinheng.law.case_types import CaseKind, RepairRules
from xinheng.law.reading import PackFiles, canonical, digest_of
from xinheng.law.types import (
    EvaluationModel,
    Item,
    Pack,
    Provision,
    RuleVersion,
)


def lay_over(levels: Sequence[Content], chain: Sequence[PackFiles]) -> Pack:
    """The pack of the last level over its parents: what it says again replaces, what it adds is added."""
    own, content = levels[-1], canonical(chain)
    provisions: dict[str, tuple[Provision, ...]] = {}
    versions: dict[tuple[str, str], RuleVersion] = {}
    items: dict[str, Item] = {}
    cases: dict[str, tuple[CaseKind, ...]] = {}
    models: dict[str, tuple[EvaluationModel, ...]] = {}
    repair = RepairRules()
    merged = Content(own.code)
    for level in levels:
        for code in dict.fromkeys(p.id for p in level.provisions):
            provisions[code] = tuple(p for p in level.provisions if p.id == code)
        for code in dict.fromkeys(kind.code for kind in level.cases):
            cases[code] = tuple(kind for kind in level.cases if kind.code == code)
        for code in dict.fromkeys(one.code for one in level.models):
            models[code] = tuple(one for one in level.models if one.code == code)
        repair = over(repair, level.repair)
        versions |= {(v.rule, v.version): v for v in level.versions}
        items |= level.items
        for change in level.amendments:
            if change.item in items:
                items[change.item] = amend(items[change.item], change)
        for name in (
            "instruments",
            "kinds",
            "sectors",
            "settings",
            "lists",
            "measures",
            "uses",
            "results",
            "mutual",
            "warnings",
            "off",
            "work",
            "notices",
        ):
            getattr(merged, name).update(getattr(level, name))
        merged.thresholds += level.thresholds
        merged.simple_limits += level.simple_limits
        merged.other_prefix = level.other_prefix or merged.other_prefix
    items = {code: with_list_kinds(item, merged.lists) for code, item in items.items()}
    return Pack(
        code=own.code,
        name=own.name,
        name_en=own.name_en,
        level=own.level,
        region=own.region,
        chain=tuple(level.code for level in levels),
        digest=digest_of(content),
        content=content,
        instruments=merged.instruments,
        provisions=provisions,
        publication=_by_rule(list(versions.values())),
        kinds=merged.kinds,
        other_prefix=merged.other_prefix,
        thresholds=tuple(merged.thresholds),
        simple_limits=tuple(merged.simple_limits),
        sectors=merged.sectors,
        departments=tuple(own.departments),
        counties=own.counties,
        settings=merged.settings,
        items=items,
        lists=merged.lists,
        measures=merged.measures,
        calendar=_calendar(merged),
        notices=merged.notices,
        plan=own.plan,
        site=own.site[0],
        site_en=own.site[1],
        successions=tuple(own.place.successions),
        succession_rules=tuple(rule for level in levels for rule in level.place.rules),
        matters=place_matters([level.place for level in levels], own.level, own.departments, merged.uses),
        general=general_matters([level.place for level in levels], merged.uses),
        uses=merged.uses,
        results=with_items(merged.results, items),
        mutual=tuple(merged.mutual.values()),
        warnings=tuple(merged.warnings.values()),
        in_force=tuple(entry for level in levels for entry in level.place.in_force),
        towns=own.place.towns,
        cases=cases,
        models=models,
        repair=repair,
        indices=next((level.indices for level in reversed(levels) if level.indices), None),
    )


def _by_rule(versions: list[RuleVersion]) -> dict[str, tuple[RuleVersion, ...]]:
    ordered = sorted(versions, key=lambda version: version.source.in_force.first)
    return {rule: tuple(v for v in ordered if v.rule == rule) for rule in sorted({v.rule for v in ordered})}


def _calendar(merged: Content) -> WorkCalendar:
    """The calendar covers the years whose notices are loaded without a gap, up to the newest."""
    if not merged.notices:
        return WorkCalendar(date.max, date.max, {}, {})
    last = first = max(merged.notices)
    while first - 1 in merged.notices:
        first -= 1
    return WorkCalendar(date(first, 1, 1), date(last, 12, 31), merged.off, merged.work)


__all__ = ["lay_over"]
