"""Where every value of a pack comes from: what an office verifies and adopts."""

from __future__ import annotations

from xinheng.law.rules import KINDS
from xinheng.law.types import Pack, Source


def sources(pack: Pack) -> list[tuple[str, Source]]:
    """Every value an office may have to verify or adopt, with its name."""
    found: list[tuple[str, Source]] = []
    for provisions in pack.provisions.values():
        found += [(p.name, p.source) for p in provisions]
    for versions in pack.publication.values():
        for version in versions:
            found.append((version.name, version.source))
            triggers = [*version.triggers, *([version.otherwise] if version.otherwise else [])]
            found += [(f"{version.version} {t.says}", t.source) for t in triggers]
    names = {sector.code: sector.name for sector in pack.sectors.values()}
    found += [(f"{names.get(t.sector, t.sector)}罚款数额标准", t.source) for t in pack.thresholds]
    found += [("当场处罚的罚款上限", limit.source) for limit in pack.simple_limits]
    found += [(setting.title, setting.source) for setting in pack.settings.values()]
    for kind in pack.lists.values():
        found.append((kind.name, kind.source))
        if kind.stay:
            found.append((f"{kind.name}：最长停留期限", kind.stay.source))
        if kind.early:
            found.append((f"{kind.name}：提前移出", kind.early.source))
        found += [(f"{kind.name}：列入情形", one.source) for one in kind.triggers]
        found += [(f"{kind.name}：移出途径", one.source) for one in kind.exits]
        if kind.warning_source:
            found.append(("名单届满提醒", kind.warning_source))
    for measure in pack.measures.values():
        found.append((measure.name, measure.source))
        found += [(f"{measure.name}：{one.scope_text}", one.source) for one in measure.grounds]
    for use in pack.uses.values():
        found.append((f"核查用途：{use.name}", use.source))
        if use.deferred:
            found.append((f"{use.name}：推迟告知", use.deferred.source))
        found += [(f"{use.name}：{one.zh}", one.source) for one in use.forbids]
    for kinds in pack.cases.values():
        for case in kinds:
            found.append((case.name, case.source))
            found += [(f"{case.name}：{s.name}", s.source) for s in case.steps if s.source]
    found += [(f"信用修复途径：{path.id}", path.source) for path in pack.repair.paths]
    for model in (one for versions in pack.models.values() for one in versions):
        found.append((f"评价模型：{model.name}", model.source))
        if model.publication:
            found.append((f"评价模型：{model.name}的公开依据", model.publication))
    for item in pack.items.values():
        found.append((item.name, item.source))
        found += [(f"{item.name}：{KINDS[rule.kind].means}", rule.source) for rule in item.rules]
        if item.severity_from:
            found.append((f"{item.name}：由字段定级", item.severity_from.source))
        if item.linking.source:
            found.append((f"{item.name}：按名称关联", item.linking.source))
    if pack.indices:
        found.append((pack.indices.name, pack.indices.source))
    found += [(f"接收的评价：{one.name}", one.source) for one in pack.results.values()]
    found += [(one.name, one.source) for one in pack.mutual]
    found += [(f"预警：{one.name}", one.source) for one in pack.warnings]
    return found
