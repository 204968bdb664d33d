"""What the law allows a pack to say. Form is checked while reading (`reading`, `build_*`); here the substance:
rank, place, weight against the levels above, and what still has to be verified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from xinheng.kernel.periods import Period
from xinheng.law.build_indices import check_indices
from xinheng.law.build_items import header_key
from xinheng.law.build_levels import LEVELS, Content
from xinheng.law.check_items import check_items
from xinheng.law.findings import Report
from xinheng.law.sources import sources
from xinheng.law.types import Citation, Item, Pack, Provision, RuleVersion, Source

NATIONAL_RANKS = frozenset({"law", "administrative_regulation", "central_policy", "departmental_rule"})
SEVERITIES = ("", "open", "minor", "ordinary", "serious")
SCOPE_WIDTH = {"drop": 0, "restricted": 1, "shared": 2, "public": 3}
DAYS = {"working_days": 1.0, "calendar_days": 1.0, "months": 30.4, "years": 365.0}
LEVEL_NAMES = {"national": "全国", "province": "省", "city": "市", "county": "县（区）"}


def check_levels(levels: Sequence[Content], report: Report) -> None:
    """Rank and weight: each level against those above it."""
    for at, level in enumerate(levels):
        above = levels[:at]
        _check_place(level, above, report)
        _check_new_adverse(level, report)
        _check_provisions(level, above, report)
        _check_versions(level, above, report)
        _check_thresholds(level, above, report)
        _check_amendments(level, above, report)


def check_pack(pack: Pack, report: Report) -> None:
    """The pack as a whole: references, overlaps, instruments in force, and what must be verified."""
    _check_references(pack, report)
    check_items(pack, report)
    check_indices(pack, report)
    for provisions in pack.provisions.values():
        _check_overlap([p.source for p in provisions], report)
    for versions in pack.publication.values():
        _check_overlap([v.source for v in versions], report)
    for item in pack.items.values():
        _check_header_owners(item, report)
        for citation in item.basis:
            _check_instrument(item.source, citation, report, basis=True)
    for _, source in sources(pack):
        if source.citation:
            _check_instrument(source, source.citation, report)


def list_unverified(pack: Pack, report: Report) -> None:
    """Adds an info for every value an office must verify (likely) or adopt (unverified)."""
    seen: set[str] = set()
    for name, source in sources(pack):
        if source.id in seen or source.confidence == "verified":
            continue
        seen.add(source.id)
        if source.confidence == "likely":
            report.info(
                "verify", source.where, f"{name}（{source.id}）：普遍知悉，未重读原文", "请核对原文。"
            )
        elif source.protective:
            remedy = "只缩短、不加重，已按此执行；请主管部门确定。"
            report.info("choose", source.where, f"{name}（{source.id}）：设计选择", remedy)
        else:
            state = "已采用" if source.id in pack.adopted else "未采用，不生效"
            remedy = f"核实后运行 xinheng law adopt {source.id}。"
            report.info("adopt", source.where, f"{name}（{source.id}）：待核实，{state}", remedy)


def _check_place(level: Content, above: Sequence[Content], report: Report) -> None:
    where = f"{level.code}/pack.yaml"
    if above:
        parent = above[-1]
        if LEVELS.index(level.level) <= LEVELS.index(parent.level):
            report.error("level", f"{where}：level", "层级应低于上级包", "请核对 level 和 parent。")
    else:
        parent = None
        if level.level != "national" or level.parent:
            report.error("level", f"{where}：parent", "最上级应为全国包", "请核对 parent。")
    digits = {"national": 0, "province": 2, "city": 4, "county": 6}
    region = level.region
    if level.level != "national" and not (len(region) == 6 and region.isdigit()):
        report.error("region", f"{where}：region", "区划代码应为六位数字", "请按行政区划代码填写。")
    if parent and not region.startswith(parent.region[: digits[parent.level]]):
        remedy = f"应以 {parent.region[: digits[parent.level]]} 开头。"
        report.error("region", f"{where}：region", f"{region} 不在上级 {parent.name} 之内", remedy)
    for code in level.counties:
        if not code.startswith(region[: digits[level.level]]):
            report.error("region", f"{where}：counties", f"{code} 是别的地方的区划代码", "请核对。")
    for threshold in level.thresholds:
        own = region[: digits[level.level]]
        if not threshold.region.startswith(own) or (threshold.region and level.level == "national"):
            where_row = f"{threshold.source.where}：fines[{threshold.source.id}].region"
            remedy = f"只能规定本地（{region or '全国留空'}）的数额标准。"
            report.error("region", where_row, f"{threshold.region or '空'} 不是本地的区划代码", remedy)


def _ranks(citations: Iterable[Citation]) -> set[str]:
    return {citation.instrument.rank for citation in citations}


def _check_new_adverse(level: Content, report: Report) -> None:
    for item in level.items.values():
        if not item.adverse or not item.basis:
            continue
        if level.level == "county":
            no_power(level, f"{item.source.where}：adverse", f"失信信息项「{item.name}」", report)
        elif not may_create(level, item.basis):
            too_low(level, f"{item.source.where}：basis", f"失信信息项「{item.name}」", report)


def may_create(level: Content, basis: Sequence[Citation]) -> bool:
    allowed = NATIONAL_RANKS if level.level == "national" else {"local_regulation"}
    return bool(_ranks(basis) & allowed)


def no_power(level: Content, where: str, what: str, report: Report) -> None:
    report.error(
        "county-cannot-legislate",
        where,
        f"县（区）没有立法权，{level.name}不能自行增设{what}",
        "请删去；上级已有规定的，直接使用上级包里的条目。",
    )


def too_low(level: Content, where: str, what: str, report: Report) -> None:
    needed = "法律、行政法规、党中央国务院政策文件或者部门规章" if level.level == "national" else "地方性法规"
    report.error(
        "basis-too-low",
        where,
        f"{what}的依据位阶不够：{LEVEL_NAMES[level.level]}级增设须有{needed}",
        "请补上够位阶的依据；没有的请删去。",
    )


def longer(one: Period, other: Period) -> bool:
    """Whether `one` is longer than `other`: exact in one unit, otherwise by average length."""
    if one.unit == other.unit:
        return one.count > other.count
    months = {"months": 1, "years": 12}
    if one.unit in months and other.unit in months:
        return one.count * months[one.unit] > other.count * months[other.unit]
    return one.count * DAYS[one.unit] > other.count * DAYS[other.unit]


def _overlap(one: Source, other: Source) -> bool:
    a, b = one.in_force, other.in_force
    return (b.last is None or a.first <= b.last) and (a.last is None or b.first <= a.last)


def _say(period: Period | None) -> str:
    units = {"working_days": "个工作日", "calendar_days": "日", "months": "个月", "years": "年"}
    return f"{period.count}{units[period.unit]}" if period else "没有期限"


def _heavier(where: str, message: str, report: Report) -> None:
    remedy = "下级只能相同或者更有利于信用主体，请改回上级的规定。"
    report.error("heavier-than-above", where, message, remedy)


def _check_provisions(level: Content, above: Sequence[Content], report: Report) -> None:
    upper: list[Provision] = [p for content in above for p in content.provisions]
    for own in level.provisions:
        for parent in upper:
            if parent.id == own.id and _overlap(own.source, parent.source):
                if longer(own.period, parent.period):
                    message = f"「{own.name}」{_say(own.period)}，比上级的 {_say(parent.period)} 长"
                    _heavier(f"{own.source.where}：{own.id}", message, report)
                elif own.period.unit != parent.period.unit:
                    where = f"{own.source.where}：{own.id}"
                    remedy = "请与上级用同一种单位，才好比较长短。"
                    report.warn("unit-differs", where, "期限单位与上级不同", remedy)


def _check_versions(level: Content, above: Sequence[Content], report: Report) -> None:
    upper: list[RuleVersion] = [v for content in above for v in content.versions]
    for own in level.versions:
        for parent in upper:
            if parent.rule == own.rule and _overlap(own.source, parent.source):
                _compare_classes(own, parent, report)
                _compare_triggers(own, parent, report)


def _compare_classes(own: RuleVersion, parent: RuleVersion, report: Report) -> None:
    for code, mine in own.classes.items():
        where = f"{own.source.where}：classes[{code}]"
        theirs = parent.classes.get(code)
        if theirs is None:
            _heavier(where, f"上级没有「{mine.name}」这一类", report)
            continue
        if mine.shown and not theirs.shown:
            _heavier(where, f"「{mine.name}」上级不公示，本级改为公示", report)
        if dropped := set(theirs.until) - set(mine.until):
            _heavier(where, f"「{mine.name}」少了上级的停止条件（{'、'.join(sorted(dropped))}）", report)
        pairs = [(mine.shortest, theirs.shortest, "最短"), (mine.longest, theirs.longest, "最长")]
        for period, limit, name in pairs:
            endless = name == "最长" and period is None and limit is not None
            lengthened = period is not None and (limit is None or longer(period, limit))
            if endless or (lengthened and mine.shown):
                message = f"「{mine.name}」{name}公示期{_say(period)}，比上级的{_say(limit)}长"
                _heavier(where, message, report)


def _compare_triggers(own: RuleVersion, parent: RuleVersion, report: Report) -> None:
    by_kind: dict[str, int] = {}
    for trigger in parent.triggers:
        for kind in trigger.when.kinds_any | trigger.when.kinds_only:
            weight = SEVERITIES.index(trigger.class_code)
            by_kind[kind] = max(by_kind.get(kind, 0), weight)
    for trigger in own.triggers:
        for kind in trigger.when.kinds_any:
            if SEVERITIES.index(trigger.class_code) > by_kind.get(kind, 0):
                where = f"{own.source.where}：triggers[{trigger.id}]"
                _heavier(where, f"「{trigger.says}」的分类比上级重", report)
    if own.otherwise and not parent.otherwise:
        where = f"{own.source.where}：otherwise"
        _heavier(where, "上级对不能定级的不公示，本级不得一律归入某一类", report)


def _check_thresholds(level: Content, above: Sequence[Content], report: Report) -> None:
    upper = [t for content in above for t in content.thresholds]
    for own in level.thresholds:
        for parent in upper:
            if parent.sector != own.sector or not _overlap(own.source, parent.source):
                continue
            limits = [("较大", own.larger_fen, parent.larger_fen), ("巨大", own.huge_fen, parent.huge_fen)]
            for name, mine, theirs in limits:
                if mine is not None and (theirs is None or mine < theirs):
                    ranked = own.source.citation and own.source.citation.instrument.rank == "local_regulation"
                    if not ranked:
                        where = f"{own.source.where}：{own.source.id}"
                        _heavier(where, f"「数额{name}」的标准低于上级，会加重分类", report)


def _check_amendments(level: Content, above: Sequence[Content], report: Report) -> None:
    items: dict[str, Item] = {code: item for content in above for code, item in content.items.items()}
    for code, item in level.items.items():
        if code in items:
            remedy = "请改用 amends: 只补充表头写法或者收窄公开范围。"
            report.error("item-redefined", item.source.where, f"上级已有目录项「{code}」", remedy)
    for change in level.amendments:
        target = items.get(change.item)
        if target is None:
            report.error("item-unknown", change.where, f"上级没有目录项「{change.item}」", "请核对代码。")
            continue
        for name, scope in change.scopes.items():
            field = target.by_code.get(name)
            if field is None or scope not in SCOPE_WIDTH:
                report.error(
                    "field-unknown", change.where, f"字段或者范围「{name}: {scope}」不存在", "请核对。"
                )
            elif SCOPE_WIDTH[scope] > SCOPE_WIDTH[field.scope]:
                _heavier(f"{change.where}：scopes.{name}", f"「{field.name}」的公开范围比上级宽", report)


def _check_overlap(found: Sequence[Source], report: Report) -> None:
    for one, other in pairwise(sorted(found, key=lambda source: source.in_force.first)):
        if _overlap(one, other):
            where = f"{other.where}：{other.id}"
            report.error(
                "overlap", where, "两个版本的施行期间重叠", "请把前一版本的终止日写到后一版本施行的前一天。"
            )


def _check_instrument(source: Source, citation: Citation, report: Report, basis: bool = False) -> None:
    """A value must not outlive what it is cited to, nor begin before it. An item may rest on older law than the
    edition at hand: for its basis only the end counts."""
    instrument = citation.instrument
    where = f"{source.where}：{source.id}"
    ended = instrument.in_force.last
    if ended and (source.in_force.last is None or source.in_force.last > ended):
        message = f"所引《{instrument.title}》{ended.isoformat()} 已失效"
        report.error("instrument-ended", where, message, "请改引现行文件，或者写明本条的终止日。")
    if not basis and not source.our_choice and source.in_force.first < instrument.in_force.first:
        message = f"本条 {source.in_force.first} 生效，早于所引《{instrument.title}》施行"
        report.error("instrument-later", where, message, "请核对施行日期或者依据。")


def _check_references(pack: Pack, report: Report) -> None:
    for item in pack.items.values():
        where = item.source.where
        if item.timeliness and item.timeliness not in pack.provisions:
            report.error("unknown", f"{where}：timeliness", f"没有期限规定「{item.timeliness}」", "请核对。")
        if item.publication not in pack.publication:
            report.error(
                "unknown", f"{where}：publication", f"没有公示规则「{item.publication}」", "请核对。"
            )
    known = set(pack.sectors)
    for name, sector, where in [
        *[(d.name, d.sector, f"{pack.code}/departments.yaml") for d in pack.departments],
        *[(t.source.id, t.sector, t.source.where) for t in pack.thresholds],
        *[(s.code, s.part_of, "sectors.yaml") for s in pack.sectors.values() if s.part_of],
    ]:
        if sector not in known:
            report.error("unknown", f"{where}：{name}", f"没有行业「{sector}」", "请核对行业代码。")
    for versions in pack.publication.values():
        for version in versions:
            for trigger in version.triggers:
                for kind in (trigger.when.kinds_any | trigger.when.kinds_only) - set(pack.kinds):
                    where = f"{version.source.where}：{trigger.id}"
                    report.error("unknown", where, f"没有处罚种类「{kind}」", "请核对 kinds.yaml。")


def _check_header_owners(item: Item, report: Report) -> None:
    """Once more after amendments: a header variant must not belong to two fields."""
    owner: dict[str, str] = {}
    for field in item.fields:
        for header in field.headers:
            if owner.setdefault(header_key(header), field.code) != field.code:
                where = f"{item.source.where}：fields[{field.code}].headers"
                message = f"表头「{header}」同时属于 {owner[header_key(header)]} 和 {field.code}"
                if message not in {finding.message for finding in report.findings}:
                    report.error("header-twice", where, message, "请只留给其中一个字段。")
