"""What the check asks of a place: no dead reference, one department per matter, every fact of its plan with an owner
and a formula that exist. Texts are checked in `check_texts`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from xinheng.kernel import divisions
from xinheng.law.build_levels import Content
from xinheng.law.findings import Report
from xinheng.law.indicators import SUBJECTS
from xinheng.law.types import Matter, Pack, Source

CREATES = {
    "admin-licence": frozenset(
        {"law", "administrative_regulation", "central_policy", "local_regulation", "local_rule"}
    ),
    "admin-penalty": frozenset(
        {"law", "administrative_regulation", "departmental_rule", "local_regulation", "local_rule"}
    ),
}
"""Ranks that may create a licence (行政许可法 14–17; State Council decisions stand as central policy) or a penalty
(行政处罚法 10–16)."""
DIGITS = {"national": 0, "province": 2, "city": 4, "county": 6}


def check_places(levels: Sequence[Content], report: Report) -> None:
    """Every level against itself and those above it."""
    for at, level in enumerate(levels):
        known = levels[: at + 1]
        _check_departments(level, report)
        _check_divisions(level, report)
        _check_reforms(level, _keys(known, "sectors"), report)
        _check_matters(level, known, report)
        _check_current(level, known, report)
        _check_plan(level, known, report)


def _keys(levels: Sequence[Content], name: str) -> set[str]:
    return {key for level in levels for key in getattr(level, name)}


def _dead(report: Report, where: str, message: str) -> None:
    report.error("dead-link", where, message, "请核对代码；没有的请先登记，或者删去。")


def _check_departments(level: Content, report: Report) -> None:
    seen: set[str] = set()
    for unit in level.departments:
        where = f"{level.code}/departments.yaml：{unit.name}"
        if not unit.code.startswith(f"{level.code}-"):
            remedy = f"写成 {level.code}-… 的样子；定下以后不再改。"
            report.error("department-code", f"{where}.code", f"部门代码「{unit.code}」不是本包的代码", remedy)
        if unit.code in seen:
            report.error("twice", f"{where}.code", f"部门代码「{unit.code}」用了两次", "请换一个代码。")
        seen.add(unit.code)
        if unit.region and not divisions.related(unit.region, level.region):
            report.error(
                "other-place", f"{where}.region", f"区划代码 {unit.region} 是别的地方", "请核对 region。"
            )


def _check_divisions(level: Content, report: Report) -> None:
    """Names of counties as they are in force; towns inside the county."""
    for code, (name, _) in level.counties.items():
        known = divisions.names().get(code)
        if known and known != name:
            where = f"{level.code}/pack.yaml：counties[{code}]"
            report.error(
                "division-name", where, f"{code} 现在的名称是「{known}」，不是「{name}」", "请改正。"
            )
        elif known is None and divisions.names().get(f"{code[:2]}0000"):
            where = f"{level.code}/pack.yaml：counties[{code}]"
            _dead(report, where, f"区划代码 {code} 不在现行区划里")
    own = level.region[: DIGITS[level.level]]
    for code in level.place.towns:
        if not (len(code) == 9 and code.isdigit() and code.startswith(own)):
            where = f"{level.code}/pack.yaml：towns[{code}]"
            remedy = f"乡镇代码为九位，以 {own} 开头。"
            report.error("region", where, f"{code} 不是本地的乡镇代码", remedy)


def _check_reforms(level: Content, sectors: set[str], report: Report) -> None:
    units = {unit.code for unit in level.departments}
    names = {unit.name for unit in level.departments}
    where = f"{level.code}/successions.yaml"
    for rule in level.place.rules:
        if rule.sector not in sectors:
            _dead(report, f"{where}：{rule.id}.sector", f"没有行业「{rule.sector}」")
    for past in level.place.successions:
        if past.new not in units:
            _dead(report, f"{where}：{past.old}.new", f"没有部门「{past.new}」")
        if past.old in names:
            message = f"「{past.old}」还在部门名录里，不能同时是已撤并的机关"
            report.error("still-there", f"{where}：{past.old}", message, "请从其中一处删去。")


def _check_matters(level: Content, known: Sequence[Content], report: Report) -> None:
    sectors, items = _keys(known, "sectors"), _keys(known, "items")
    units = {unit.code for unit in level.departments}
    taken: set[str] = {s.matter.code for content in known[:-1] for s in content.place.standards}
    where = f"{level.code}/matters.yaml"
    entries: list[tuple[str, Matter]] = [(s.sector, s.matter) for s in level.place.standards]
    for sector, matter in [*entries, *(("", matter) for matter in level.place.matters)]:
        at = f"{where}：{matter.code}"
        if sector and sector not in sectors:
            _dead(report, f"{at}.sector", f"没有行业「{sector}」")
        if not sector and matter.department not in units:
            _dead(report, f"{at}.department", f"没有部门「{matter.department}」")
        if matter.item not in items:
            _dead(report, f"{at}.item", f"没有目录项「{matter.item}」")
        if matter.code in taken | items:
            report.error("twice", at, f"事项代码「{matter.code}」用了两次", "请换一个代码。")
        taken.add(matter.code)
        _check_basis(matter, at, report)
    for unit_code, taken_sectors in level.place.takes.items():
        for sector in taken_sectors:
            if sector not in sectors:
                _dead(report, f"{level.code}/departments.yaml：{unit_code}.takes", f"没有行业「{sector}」")
    _check_one_owner(level, report)


def _check_basis(matter: Matter, where: str, report: Report) -> None:
    """A licence or a penalty is created by law, not by a document."""
    if matter.basis is None:
        return
    instrument = matter.basis.instrument
    allowed = CREATES.get(matter.item)
    if allowed is not None and instrument.rank not in allowed:
        message = f"「{matter.name}」的依据《{instrument.title}》位阶不够，不能设定许可或者处罚"
        report.error("basis-too-low", f"{where}.basis", message, "请改引法律、法规或者规章。")
    ended = instrument.in_force.last
    if ended and (matter.source.in_force.last is None or matter.source.in_force.last >= ended):
        message = f"所引《{instrument.title}》{ended.isoformat()} 已失效"
        report.error("instrument-ended", f"{where}.basis", message, "请改引现行文件。")


def _check_one_owner(level: Content, report: Report) -> None:
    """Two departments of a place may not both take a sector's matters: nobody would know whose decision it is."""
    owner: dict[str, str] = {}
    for unit in level.departments:
        for sector in level.place.takes.get(unit.code, (unit.sector,)):
            if owner.setdefault(sector, unit.code) != unit.code:
                where = f"{level.code}/departments.yaml：{unit.code}"
                message = f"「{sector}」的标准事项已归 {owner[sector]}"
                remedy = "在其中一个部门写 takes: []（不取用），或者写明各取哪些行业。"
                report.error("twice", where, message, remedy)


def _check_current(level: Content, known: Sequence[Content], report: Report) -> None:
    """What is said to be in force is in force, not longer than its instrument, and no earlier."""
    provisions = {p.id for content in known for p in content.provisions}
    for entry in level.place.in_force:
        where = f"{level.code}/in_force.yaml：{entry.source.id}"
        if entry.provision and entry.provision not in provisions:
            _dead(report, f"{where}.provision", f"没有期限规定「{entry.provision}」")
        if entry.instrument is None or entry.since is None:
            continue
        told, real = entry.source.in_force, entry.instrument.in_force
        if entry.since < real.first:
            message = f"since 早于《{entry.instrument.title}》施行"
            report.error("instrument-later", f"{where}.since", message, "请核对日期。")
        if real.last and (told.last is None or told.last > real.last):
            message = f"《{entry.instrument.title}》{real.last.isoformat()} 失效，不能列为一直现行"
            report.error("instrument-ended", f"{where}.until", message, "请写明 until，或者删去。")


def _check_plan(level: Content, known: Sequence[Content], report: Report) -> None:
    plan = level.plan
    where = f"{level.code}/plan.yaml：plan"
    groups = {str(group.get("code")) for group in _rows(plan, "groups")}
    owners = groups | {unit.code for unit in level.departments}
    for task in _rows(plan, "tasks"):
        for owner in _texts(task.get("owners")):
            if owner not in owners:
                _dead(report, f"{where}.tasks[{task.get('code')}].owners", f"没有部门或者单位「{owner}」")
    items = _keys(known, "items")
    for indicator in _rows(plan, "indicators"):
        formula = indicator.get("formula")
        if not isinstance(formula, dict):
            continue
        at = f"{where}.indicators[{indicator.get('code')}].formula"
        for item in _texts(formula.get("items")):
            if item not in items:
                _dead(report, f"{at}.items", f"没有目录项「{item}」")
        for subject in _texts(formula.get("subjects")):
            if subject not in SUBJECTS:
                _dead(report, f"{at}.subjects", f"没有主体种类「{subject}」（自然人不是主体）")
    for rows in ("indicators", "tasks"):
        seen: set[str] = set()
        for row in _rows(plan, rows):
            code = str(row.get("code"))
            if code in seen:
                report.error("twice", f"{where}.{rows}[{code}]", f"代码「{code}」用了两次", "请换一个代码。")
            seen.add(code)


def _rows(plan: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = plan.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def list_place_unverified(pack: Pack, report: Report) -> None:
    """One info for each file: how many of its values an office has still to verify. A value each would be hundreds."""
    groups: dict[str, list[Source]] = {
        "事项": [matter.source for matter in pack.matters],
        "机构承接": [past.source for past in pack.successions],
        "现行依据": [entry.source for entry in pack.in_force],
    }
    for name, found in groups.items():
        files = Counter(source.where for source in found if source.confidence != "verified")
        for file, count in sorted(files.items()):
            report.info("verify", file, f"{count} 条{name}未重读原文或者未核实", "请逐条核对。")
    if missing := sum(not unit.uscc for unit in pack.departments):
        where = f"{pack.code}/departments.yaml"
        report.info("verify", where, f"{missing} 个部门没有核实的统一社会信用代码", "请从登记库补齐。")


__all__ = ["check_places", "list_place_unverified"]
