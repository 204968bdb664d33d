"""What the check asks of evaluation models: facts of the catalogue that stand, each counted once, never a person or an
individual business, and one more adverse fact that never helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product

from xinheng.law.build_levels import Content
from xinheng.law.check_model_signs import check_signs
from xinheng.law.findings import Finding, Report
from xinheng.law.indicators import SUBJECTS
from xinheng.law.model_types import PUBLISHING_RANKS, Clause, EvaluationModel, Filter
from xinheng.law.policy_models import grades_of, side_of, subs_of
from xinheng.law.policy_severity import NAMES
from xinheng.law.types import Item, Pack

INDIVIDUAL = "individual"
SUBJECT_KINDS = (*(one for one in SUBJECTS if one != INDIVIDUAL), "other")
INDUSTRIES = tuple("ABCDEFGHIJKLMNOPQRST")
PERSONAL = ("法定代表人", "自然人", "个人", "负责人", "股东", "董事", "监事", "高管", "身份证")
MOST_FACTS = 10**6
"""Facts one organisation may have: sums of so many must stay within 64 bits."""
LIMIT = 2**63
ONE_FACT = ("latest", "months-since")


@dataclass
class Space:
    """What facts of a pack's items can look like, worked out once per item."""

    pack: Pack
    known: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def cells(self, item: Item) -> list[tuple[str, str, str]]:
        """Every (sub, grade, side) a fact of an item can have."""
        if item.code not in self.known:
            pairs = product(subs_of(self.pack, item), grades_of(item))
            self.known[item.code] = [(sub, grade, side_of(item, sub, grade)) for sub, grade in pairs]
        return self.known[item.code]

    def of(self, clause: Clause, code: str) -> list[tuple[str, str, str]]:
        """Those of one item that a clause admits, severity and sector apart."""
        item = self.pack.items.get(code)
        if item is None or code not in clause.items:
            return []
        return [
            (sub, grade, side)
            for sub, grade, side in self.cells(item)
            if (not clause.subs or sub in clause.subs)
            and (not clause.grades or grade in clause.grades)
            and (not clause.side or side == clause.side)
        ]

    def sides(self, wanted: Filter) -> frozenset[str]:
        """The sides of facts a filter can match."""
        return frozenset(
            side for one in wanted.clauses for code in one.items for _, _, side in self.of(one, code)
        )

    def overlap(self, one: Filter, two: Filter) -> str:
        """An item of which one fact could match both filters; "" if there is none."""
        for a, b in product(one.clauses, two.clauses):
            if _apart(a.severities, b.severities) or _apart(a.sectors, b.sectors):
                continue
            for code in a.items:
                if code in b.items and set(self.of(a, code)) & set(self.of(b, code)):
                    return code
        return ""

    def uncovered(self, inner: Filter, outer: Filter) -> frozenset[str]:
        """The sides of facts `inner` can match that `outer` may not."""
        found: set[str] = set()
        for part in inner.clauses:
            wholes = [one for one in outer.clauses if _within(part, one)]
            for code in part.items:
                sure = {cell for one in wholes for cell in self.of(one, code)}
                found |= {side for *_, side in set(self.of(part, code)) - sure}
        return frozenset(found)

    def covers(self, wanted: Filter, code: str, sub: str) -> bool:
        """Whether a filter can match a fact of an item (of one kind, where `sub` is given)."""
        return any(not sub or found == sub for one in wanted.clauses for found, _, _ in self.of(one, code))


def _within(part: Clause, whole: Clause) -> bool:
    return all(
        not outer or (inner and set(inner) <= set(outer))
        for inner, outer in ((part.severities, whole.severities), (part.sectors, whole.sectors))
    )


def _apart(one: Sequence[str], two: Sequence[str]) -> bool:
    return bool(one and two and not set(one) & set(two))


def check_model(model: EvaluationModel, pack: Pack) -> tuple[Finding, ...]:
    """Everything against one model, laid over a pack; empty if it may be used."""
    report = Report()
    _check(model, Space(pack), report)
    return tuple(report.findings)


def check_models(pack: Pack, report: Report) -> None:
    """Every version of every model of the merged pack."""
    space = Space(pack)
    for code, versions in pack.models.items():
        for model in versions:
            _check(model, space, report)
        for one, two in combinations(versions, 2):
            if one.version == two.version or _together(one, two):
                message = f"模型「{code}」有两个版本代码相同或者施行期间重叠"
                report.error("twice", one.source.where, message, "请核对 version 和 in_force。")
    for item in pack.items.values():
        for other, _ in item.same_as:
            if other not in pack.items:
                report.error(
                    "dead-link", f"{item.source.where}：same_as", f"没有目录项「{other}」", "请核对。"
                )


def check_model_levels(levels: Sequence[Content], report: Report) -> None:
    """Who may publish: no county, no city without a basis of rank."""
    for level in levels:
        for model in level.models:
            if model.publication is None:
                continue
            where = f"{model.source.where}：publication"
            if level.level == "county":
                remedy = "县没有立法权，结果只在内部使用；请删去 publication。"
                report.error("county-cannot-legislate", where, f"县不得公开「{model.name}」的结果", remedy)
            citation = model.publication.citation
            if model.publication.our_choice or citation is None:
                remedy = "请写 citation；没有依据的请删去 publication，结果只在内部使用。"
                report.error("model-without-basis", where, f"公开「{model.name}」的结果没有依据", remedy)
            elif citation.instrument.rank not in PUBLISHING_RANKS:
                remedy = "至少要有部门规章或者地方性法规。"
                report.error("basis-too-low", where, f"公开「{model.name}」的依据位阶不够", remedy)


def _together(one: EvaluationModel, two: EvaluationModel) -> bool:
    first, second = sorted((one.in_force, two.in_force), key=lambda days: days.first)
    return first.last is None or second.first <= first.last


def _check(model: EvaluationModel, space: Space, report: Report) -> None:
    where = model.source.where
    _check_subjects(model, where, report)
    _check_grades(model, where, report)
    _check_size(model, where, report)
    if model.simulation and model.publication is not None:
        report.error(
            "form", f"{where}：publication", "已到期的方案只能模拟，不能公开", "请删去 publication。"
        )
    codes = [*(one.code for one in model.indicators), *(one.code for one in model.vetoes)]
    for code in {one for one in codes if codes.count(one) > 1}:
        report.error("twice", f"{where}：{code}", f"「{code}」用了两次", "请换一个代码。")
    for name, wanted, label in _filters(model):
        _check_filter(model, space, name, wanted, label, report)
    for indicator in model.indicators:
        check_signs(space, indicator, f"{where}：indicators[{indicator.code}]", report)
    _check_adverse(model, space, where, report)
    _check_once(model, space, where, report)


def _filters(model: EvaluationModel) -> Iterable[tuple[str, Filter, str]]:
    """Every filter of a model with its place and the name a reader sees."""
    for one in model.indicators:
        yield f"indicators[{one.code}]", one.filter, one.name
        if one.numerator:
            yield f"indicators[{one.code}].numerator", one.numerator, one.name
    for veto in model.vetoes:
        yield f"vetoes[{veto.code}]", veto.filter, veto.name
    if model.ladder:
        yield "ladder.breaks", model.ladder.breaks, ""
        if model.ladder.needs:
            yield "ladder.needs", model.ladder.needs, ""
    if model.holding:
        yield "holding", model.holding, ""


def _check_subjects(model: EvaluationModel, where: str, report: Report) -> None:
    if INDIVIDUAL in model.subjects:
        remedy = "个体工商户不评价、不分级、不预警，请从 subjects 删去。"
        report.error("model-individual", f"{where}：subjects", "评价对象里有个体工商户", remedy)
    for one in model.subjects:
        if one not in SUBJECT_KINDS and one != INDIVIDUAL:
            remedy = f"可选：{'、'.join(SUBJECT_KINDS)}。"
            report.error("dead-link", f"{where}：subjects", f"没有主体种类「{one}」", remedy)
    if not model.subjects:
        report.error("form", f"{where}：subjects", "没有写明评价哪类组织", "请写 subjects。")
    for one in model.industries:
        if one not in INDUSTRIES:
            report.error(
                "dead-link", f"{where}：industries", f"没有行业门类「{one}」", "请写一个字母 A 至 T。"
            )


def _check_grades(model: EvaluationModel, where: str, report: Report) -> None:
    codes = [grade.code for grade in model.grades]
    floors = [grade.at_least for grade in model.grades]
    rising = [low for low in floors[:-1] if low is not None]
    sound = len(codes) > 1 and floors[-1] is None and len(rising) == len(floors) - 1
    if not sound or any(one <= two for one, two in pairwise(rising)) or len(set(codes)) < len(codes):
        remedy = "请由好到坏逐级写 at_least，逐级降低，最后一级不写；至少两级，代码不重复。"
        report.error("form", f"{where}：grades", "等级没有写全或者次序不对", remedy)
    for veto in model.vetoes:
        if veto.ceiling not in codes[1:]:
            message = f"「{veto.name}」封顶的等级「{veto.ceiling}」不存在，或者就是最高一级"
            report.error(
                "dead-link", f"{where}：vetoes[{veto.code}].ceiling", message, "请写 grades 里的代码。"
            )
    if model.ladder and model.ladder.grade not in codes[:-1]:
        message = f"没有等级「{model.ladder.grade}」，或者它是最低一级"
        report.error("dead-link", f"{where}：ladder.grade", message, "请写 grades 里的代码。")


def _check_size(model: EvaluationModel, where: str, report: Report) -> None:
    """A million facts of an organisation, at the largest value each, must stay within 64 bits."""
    most = sum(max(map(abs, one.values)) * 1000 for one in model.indicators) * MOST_FACTS + abs(model.base)
    if most >= LIMIT:
        remedy = "请减小 weight、points 或者 brackets 里的分值。"
        report.error("model-too-large", where, "一百万条信息的得分超出 64 位整数", remedy)


def _check_filter(
    model: EvaluationModel, space: Space, name: str, wanted: Filter, label: str, report: Report
) -> None:
    where = f"{model.source.where}：{name}"
    if any(word in label for word in PERSONAL):
        report.error("model-personal", where, f"「{label}」涉及自然人", "只评价组织，请删去。")
    for clause in wanted.clauses:
        for code in clause.items:
            _check_item(model, space.pack, code, where, report)
        items = [space.pack.items[code] for code in clause.items if code in space.pack.items]
        subs = {sub for item in items for sub, _, _ in space.cells(item)}
        grades = {grade for item in items for _, grade, _ in space.cells(item)}
        for what, found, known in (
            ("种类", clause.subs, subs),
            ("等级或者结果", clause.grades, grades),
            ("失信程度", clause.severities, NAMES),
            ("行业", clause.sectors, space.pack.sectors),
        ):
            for one in found:
                if one not in known:
                    report.error("dead-link", where, f"没有{what}「{one}」", "请核对写法。")
        for item in items:
            if not space.of(clause, item.code):
                message = f"这些条件合起来选不到任何一种「{item.name}」"
                report.error("model-matches-nothing", where, message, "请核对 subs、grades、side。")


def _check_item(model: EvaluationModel, pack: Pack, code: str, where: str, report: Report) -> None:
    item = pack.items.get(code)
    if item is None:
        remedy = "只能用目录里的项；没有依据的信息不得用于评价。"
        report.error("model-outside-catalogue", where, f"目录里没有「{code}」", remedy)
        return
    if item.internal and model.kind != "risk":
        remedy = "接收的风险分类只供监管内部使用，不得计入信用评价；请删去。"
        report.error("model-internal-item", where, f"「{item.name}」只供内部使用", remedy)
    if not pack.effective(item.source):
        remedy = "待核实的依据采用以前不得使用；请删去，或者先核实。"
        report.error("model-item-without-effect", where, f"「{item.name}」的依据待核实", remedy)
    ended = item.source.in_force.last
    if ended is not None and ended < model.in_force.first:
        report.error(
            "model-item-without-effect", where, f"「{item.name}」已不再归集", "请删去，或者换成现行的项。"
        )


def _check_adverse(model: EvaluationModel, space: Space, where: str, report: Report) -> None:
    """What caps a grade speaks against the organisation; what a higher grade needs does not."""
    against = [(f"vetoes[{veto.code}]", veto.filter) for veto in model.vetoes]
    if model.ladder:
        against.append(("ladder.breaks", model.ladder.breaks))
    for name, wanted in against:
        if space.sides(wanted) - {"adverse"}:
            message = "只有失信信息才可以使等级封顶"
            report.error("model-sign", f"{where}：{name}", message, "请用 side、grades 或者 subs 收窄。")
    if model.ladder and model.ladder.needs and "adverse" in space.sides(model.ladder.needs):
        report.error("model-sign", f"{where}：ladder.needs", "失信信息不能用来升级", "请换成正向的信息。")


def _check_once(model: EvaluationModel, space: Space, where: str, report: Report) -> None:
    """One decision counts in one indicator at most, whichever way it came in."""
    remedy = "一项决定只能在一个指标里计一次；请用 subs、grades、severities 或者 sectors 分开。"
    for one, two in combinations(model.indicators, 2):
        if code := space.overlap(one.filter, two.filter):
            name = space.pack.items[code].name
            message = f"「{one.name}」和「{two.name}」会重复计同一条「{name}」"
            report.error("model-double-count", f"{where}：indicators[{two.code}]", message, remedy)
    for item in space.pack.items.values():
        for other, sub in item.same_as:
            mine = [one for one in model.indicators if space.covers(one.filter, item.code, "")]
            theirs = [one for one in model.indicators if space.covers(one.filter, other, sub)]
            for one, two in product(mine, theirs):
                if one is two and one.measure in ONE_FACT:
                    continue
                name = sub or (space.pack.items[other].name if other in space.pack.items else other)
                message = f"「{item.name}」和「{name}」是同一结果的两种来源，会重复计"
                advice = "请放进同一个指标，并用 measure: latest 只计最近的一条。"
                report.error("model-double-count", f"{where}：indicators[{two.code}]", message, advice)
