"""What the check asks of lists, measures and uses: a basis of the needed rank in force, nothing on persons, an end and
exits for every list, and a lower pack that is nowhere wider than those above. No basis means the pack is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinheng.law.build_levels import Content
from xinheng.law.checker import NATIONAL_RANKS, SEVERITIES, longer, may_create, no_power, too_low
from xinheng.law.findings import Report
from xinheng.law.indicators import SUBJECTS
from xinheng.law.measure_types import Ground, Measure, Use
from xinheng.law.policy_measures import ALL_LISTS
from xinheng.law.policy_severity import NAMES
from xinheng.law.types import Citation, ListKind, Pack, Source

KINDS = (*SUBJECTS, "other")
REDUCING = frozenset({"law", "administrative_regulation", "central_policy"})
"""Ranks that may reduce rights or add duties (class 1 of the national list): 国办发〔2020〕49号."""
GIVING = NATIONAL_RANKS | {"departmental_document"}
PERSONAL_ROWS = frozenset({2, 3, 4, 5})
PERSONAL = (
    "任职", "高消费", "限制消费", "出境", "升学", "复学", "入学", "子女", "飞机", "高铁", "动车", "公务员", "法定代表人", "负责人",
    "董事", "监事", "高管", "高级管理人员", "股东", "自然人", "个人", "身份证", "从业资格", "职称",
)  # fmt: skip
"""Words that tell a measure on persons: none is held."""
ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条|（[一二三四五六七八九十]+）")
NEED_END = ("removal", "correction", "revocation")


def check_measure_levels(levels: Sequence[Content], report: Report) -> None:
    """Lists and measures of each level against those above it."""
    matters: set[str] = set()
    for at, level in enumerate(levels):
        place = level.place
        own = (*place.matters, *place.general, *(one.matter for one in place.standards))
        matters |= {one.code for one in own}
        for kind in level.lists.values():
            _check_list(level, kind, report)
        above = {code: one for content in levels[:at] for code, one in content.measures.items()}
        for measure in level.measures.values():
            _check_measure(level, measure, above, report)
            for ground in measure.grounds:
                _known(report, ground.source, f"{ground.code}.matters", "事项", ground.matters, matters)


def check_uses(pack: Pack, report: Report) -> None:
    """What lists, measures, uses and matters of the merged pack point at."""
    for kind in pack.lists.values():
        _known(report, kind.source, kind.code, "目录项", [kind.item], pack.items)
        _known(report, kind.source, kind.code, "主体种类", kind.subjects, KINDS)
    for measure in pack.measures.values():
        _known(report, measure.source, measure.code, "主体种类", measure.subjects, KINDS)
        for ground in measure.grounds:
            _check_references(pack, measure, ground, report)
    defaults: dict[str, str] = {}
    for use in pack.uses.values():
        _check_use(pack, use, defaults, report)
    if pack.uses:
        for matter in (*pack.matters, *pack.general):
            if matter.use or not matter.item or matter.item in pack.items:
                _known(report, matter.source, f"{matter.code}.use", "核查用途", [matter.use], pack.uses)
            _known(report, matter.source, f"{matter.code}.sectors", "行业", matter.sectors, pack.sectors)


def _check_list(level: Content, kind: ListKind, report: Report) -> None:
    where = f"{kind.source.where}：{kind.code}"
    what = f"失信名单「{kind.name}」"
    if kind.early and kind.stay and longer(kind.early.period, kind.stay.period):
        report.error("form", where, f"{what}提前移出比最长停留还晚", "请核对 early 和 stay。")
    _check_basis(level, what, where, kind.basis, NATIONAL_RANKS, report)
    if any(word in kind.name for word in ("自然人", "个人")):
        report.error("measure-on-persons", where, f"{what}是对人的名单", "不收，请删去。")
    found = {one.kind for one in kind.exits}
    missing = [one for one in NEED_END if one not in found]
    if missing or (kind.stay is not None and "expiry" not in found):
        remedy = "请在 exits 写明移出、更正、撤销和期满各怎样移出、凭什么文书。"
        report.error("list-without-exit", where, f"{what}没有写全移出的途径", remedy)
    if kind.stay is None and not any(one.kind == "removal" for one in kind.exits):
        report.error("list-without-end", where, f"{what}没有终止的条件", "请写明 stay 或者移出的条件。")
    if kind.stay is not None and not kind.warning:
        report.error(
            "list-without-end",
            where,
            f"{what}没有届满提醒的日子",
            "请写 warning: {days:, our_choice:, because:}。",
        )
    for one in kind.exits:
        if one.kind != "expiry" and not one.document:
            report.error(
                "list-without-exit", where, f"{what}的「{one.zh}」没有写明凭什么文书", "请写 document。"
            )
    if not kind.triggers:
        report.error(
            "list-without-trigger", where, f"{what}没有写明列入的情形", "请写 triggers，逐条注明依据。"
        )


def _check_basis(
    level: Content, what: str, where: str, basis: Sequence[Citation], ranks: frozenset[str], report: Report
) -> None:
    """Nothing without a basis, nothing by a county, nothing by too low a rank."""
    if not basis:
        remedy = "请写明 basis 或者 citation；没有依据的请删去。"
        report.error("adverse-without-basis", where, f"{what}没有依据，不得设立", remedy)
    elif level.level == "county":
        no_power(level, where, what, report)
    elif level.level == "national":
        if not {one.instrument.rank for one in basis} & ranks:
            too_low(level, where, what, report)
    elif not may_create(level, basis):
        too_low(level, where, what, report)


def _check_measure(level: Content, measure: Measure, above: dict[str, Measure], report: Report) -> None:
    where = f"{measure.source.where}：{measure.code}"
    what = f"{'守信激励' if measure.side == 'incentive' else '惩戒措施'}「{measure.name}」"
    ranks = GIVING if measure.side == "incentive" else NATIONAL_RANKS
    _check_source(level, what, where, measure.source, ranks, report)
    _check_persons(measure, what, where, report)
    if (measure.side == "incentive") != (measure.group == 0) or measure.group > 3:
        report.error("form", f"{where}.group", f"{what}的类别不对", "惩戒措施写 1、2 或者 3，守信激励写 0。")
    if not measure.subjects:
        report.error("form", f"{where}.subjects", f"{what}没有写明对哪类主体", "请写 subjects。")
    if not measure.grounds:
        report.error("adverse-without-basis", where, f"{what}没有一条依据（grounds）", "没有依据的请删去。")
    for ground in measure.grounds:
        _check_ground(level, measure, ground, report)
    if level.level != "national":
        _check_supplement(measure, above, where, report)


def _check_source(
    level: Content, what: str, where: str, source: Source, ranks: frozenset[str], report: Report
) -> None:
    """A measure is never our choice: it is written in a law or it is not held."""
    if source.our_choice:
        report.error(
            "adverse-without-basis",
            where,
            f"{what}不能是本系统的设计选择",
            "请写明 citation；没有依据的请删去。",
        )
    _check_basis(level, what, where, [source.citation] if source.citation else [], ranks, report)


def _check_persons(measure: Measure, what: str, where: str, report: Report) -> None:
    texts = (measure.name, *measure.words, *(ground.scope_text for ground in measure.grounds))
    found = sorted({word for word in PERSONAL for text in texts if word in text})
    if measure.number in PERSONAL_ROWS or found:
        why = f"（{'、'.join(found)}）" if found else f"（基础清单第 {measure.number} 项）"
        report.error(
            "measure-on-persons", where, f"{what}是对人的措施{why}", "对人的措施不收，请删去；只写对单位的。"
        )


def _check_ground(level: Content, measure: Measure, ground: Ground, report: Report) -> None:
    where = f"{ground.source.where}：{ground.code}"
    what = f"「{measure.name}」的依据"
    adverse = measure.side == "adverse"
    ranks = GIVING if not adverse else REDUCING if measure.group == 1 else NATIONAL_RANKS
    _check_source(level, what, where, ground.source, ranks, report)
    if not (ground.lists or ground.items):
        report.error("form", where, f"{what}没有写明凭哪些信息", "请写 lists 或者 items。")
    if adverse and ground.strength == "must" and not _orders(ground):
        remedy = "条号没有核对的请写 strength: may。"
        report.error("must-without-article", where, f"{what}写了应当，没有写明是哪一条命令的", remedy)
    if not ground.uses:
        report.error("form", f"{where}.uses", f"{what}没有写明用在哪里", "请写 uses。")
    for item, severities in ground.items:
        for one in severities:
            if one not in NAMES:
                report.error(
                    "form", f"{where}.items", f"没有失信程度「{one}」", "可写 minor、ordinary、serious。"
                )
        loose = not ground.proportion and not set(severities) <= {"ordinary", "serious"}
        if adverse and item == "admin-penalty" and (loose or not (severities or ground.proportion)):
            report.error(
                "out-of-proportion",
                where,
                f"{what}没有写明处罚要重到哪一类",
                "请写 proportion；轻微的不得作为依据。",
            )
    if adverse and ground.unless:
        report.error("form", f"{where}.unless", "unless 只用于守信激励", "请删去。")


def _orders(ground: Ground) -> bool:
    """Whether a ground names the article that orders it: what is not yet looked up orders nothing."""
    article = ground.citation.article if ground.citation else ""
    return bool(ARTICLE.match(article)) and "待核" not in article


def _check_supplement(measure: Measure, above: dict[str, Measure], where: str, report: Report) -> None:
    """A lower pack adds by a local regulation, or says a measure from above again more narrowly; never wider."""
    parent = above.get(measure.parent or measure.code)
    if measure.parent and parent is None:
        report.error(
            "dead-link", f"{where}.parent", f"上级没有措施「{measure.parent}」", "请核对代码，或者删去。"
        )
    if parent is None:
        return
    if measure.side != parent.side or measure.group < parent.group:
        _wider(where, f"「{measure.name}」的类别比上级的「{parent.name}」重", report)
    if set(measure.subjects) - set(parent.subjects):
        _wider(where, f"「{measure.name}」的主体比上级多", report)
    upper = {ground.code.partition(".")[2]: ground for ground in parent.grounds}
    for ground in measure.grounds:
        theirs = upper.get(ground.code.partition(".")[2])
        if theirs is not None:
            _check_narrower(ground, theirs, report)
        elif not measure.parent:
            _wider(f"{where}.grounds", f"「{measure.name}」上级没有「{ground.code}」这条依据", report)


def _check_narrower(own: Ground, theirs: Ground, report: Report) -> None:
    where = f"{own.source.where}：{own.code}"
    if theirs.lists != (ALL_LISTS,) and set(own.lists) - set(theirs.lists):
        _wider(where, "凭的名单比上级多", report)
    if set(own.items) - set(theirs.items):
        _wider(where, "凭的信息比上级多", report)
    for name, mine, limit in (
        ("用途", own.uses, theirs.uses),
        ("事项", own.matters, theirs.matters),
        ("部门", own.by, theirs.by),
    ):
        if set(mine) - set(limit) if limit and mine else bool(limit and not mine):
            _wider(where, f"{name}比上级宽", report)
    if own.strength == "must" and theirs.strength == "may":
        _wider(where, "上级写可以，本级写应当", report)
    if SEVERITIES.index(own.proportion) < SEVERITIES.index(theirs.proportion):
        _wider(where, "要求的失信程度比上级轻", report)
    if theirs.until != "entry" and (own.until == "entry" or longer(own.until, theirs.until)):
        _wider(where, "期限比上级长", report)


def _wider(where: str, message: str, report: Report) -> None:
    remedy = "地方只能相同、收窄，或者凭地方性法规另立；请改回上级的规定。"
    report.error("heavier-than-above", where, message, remedy)


def _check_references(pack: Pack, measure: Measure, ground: Ground, report: Report) -> None:
    source, code = ground.source, ground.code
    _known(report, source, f"{code}.lists", "名单种类", ground.lists, {*pack.lists, ALL_LISTS})
    items = [item for item, _ in ground.items]
    _known(report, source, f"{code}.items", "目录项", (*items, *ground.unless), pack.items)
    _known(report, source, f"{code}.uses", "核查用途", ground.uses, pack.uses)
    _known(report, source, f"{code}.by", "行业", ground.by, pack.sectors)
    for item in items:
        known = pack.items.get(item)
        if known is not None and known.adverse != (measure.side == "adverse"):
            where = f"{source.where}：{code}.items"
            side = (
                "不是失信信息，不能作为惩戒的依据"
                if measure.side == "adverse"
                else "是失信信息，不能作为激励的依据"
            )
            report.error("form", where, f"「{known.name}」{side}", "请核对 items。")


def _check_use(pack: Pack, use: Use, defaults: dict[str, str], report: Report) -> None:
    source = use.source
    _known(report, source, f"{use.code}.counts", "目录项", [one.item for one in use.counts], pack.items)
    for row in use.counts:
        _known(report, source, f"{use.code}.counts", "名单种类", row.lists, pack.lists)
        _known(report, source, f"{use.code}.counts", "失信程度", row.severities, NAMES)
        known = pack.items.get(row.item)
        if known is not None and known.adverse != (row.side == "adverse"):
            where = f"{source.where}：{use.code}.counts[{row.item}]"
            report.error(
                "form", where, f"「{known.name}」写反了 side", "失信信息写 adverse，其他写 positive。"
            )
    _known(report, source, f"{use.code}.sectors", "行业", use.sectors, pack.sectors)
    _known(report, source, f"{use.code}.default_for", "目录项", use.default_for, pack.items)
    if use.audience_roles and not use.purposes:
        where = f"{source.where}：{use.code}.purposes"
        report.error("form", where, "写了谁可以查非公开信息，没有写明用途", "请写 purposes。")
    for item in use.default_for:
        if defaults.setdefault(item, use.code) != use.code:
            where = f"{source.where}：{use.code}.default_for"
            report.error("twice", where, f"目录项「{item}」已归入 {defaults[item]}", "只留给其中一个用途。")


def _known(
    report: Report, source: Source, place: str, what: str, found: Sequence[str], known: object
) -> None:
    for one in found:
        if one not in known:  # type: ignore[operator]
            report.error("dead-link", f"{source.where}：{place}", f"没有{what}「{one}」", "请核对代码。")
