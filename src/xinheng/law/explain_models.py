"""Evaluation models in words: what a filter selects, how an indicator counts, for an office, a lawyer and an inspector."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xinheng.law.model_types import FAMILIES, NO_DECAY, POINT, Clause, EvaluationModel, Filter, Indicator
from xinheng.law.policy_severity import NAMES
from xinheng.law.types import Pack

SEVERITIES_EN = {
    "minor": "minor",
    "ordinary": "ordinary",
    "serious": "serious",
    "undetermined": "undetermined",
    "": "",
}
SIDES = {
    "adverse": ("失信的", "adverse"),
    "positive": ("守信的", "positive"),
    "neutral": ("不分正负的", "neutral"),
}
MEASURES = {
    "count": ("逐条计", "each entry"),
    "sum": ("按数额逐条计", "each entry by its amount"),
    "latest": ("只计最近一条", "the latest entry"),
    "months-since": ("按最近一条距今的月数", "by the months since the latest entry"),
    "share": ("按占比", "by the share"),
}


def points_text(micro: int) -> str:
    """Micro-points as points, exactly: -12500000 → "-12.5"."""
    whole, rest = divmod(abs(micro), POINT)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def filter_text(pack: Pack, wanted: Filter, english: bool = False, speak: Callable[[str], str] = str) -> str:
    """What a filter selects, in a reader's words; `speak` says a choice that items give in Chinese only."""
    join = "; or " if english else "；或者"
    return join.join(_clause(pack, one, english, speak) for one in wanted.clauses)


def _clause(pack: Pack, clause: Clause, english: bool, speak: Callable[[str], str]) -> str:
    comma = ", " if english else "、"
    items = [_name(pack.items.get(code), code, english) for code in clause.items]
    subs = [speak(_sub(pack, code, english)) for code in clause.subs]
    grades = [speak(one) for one in clause.grades]
    severities = [(SEVERITIES_EN if english else NAMES).get(one, one) for one in clause.severities]
    sectors = [_name(pack.sectors.get(code), code, english) for code in clause.sectors]
    side = [SIDES[clause.side][english]] if clause.side else []
    parts = [comma.join(part) for part in (subs, grades, severities, side, sectors) if part]
    colon, semicolon = (": ", ", ") if english else ("：", "，")
    return comma.join(items) + (colon + semicolon.join(parts) if parts else "")


def _name(found: object, code: str, english: bool) -> str:
    return str(getattr(found, "name_en" if english else "name", code))


def _sub(pack: Pack, code: str, english: bool) -> str:
    return _name(pack.lists.get(code) or pack.kinds.get(code), code, english)


def indicator_text(pack: Pack, indicator: Indicator, english: bool = False) -> str:
    """One indicator in a line: what it selects, how it counts, decay and cap."""
    said = [filter_text(pack, indicator.filter, english), MEASURES[indicator.measure][english]]
    if indicator.points:
        table = [f"{grade} {points_text(micro)}" for grade, micro in indicator.points]
        said.append((", " if english else "、").join(table))
    elif indicator.brackets:
        said.append(_steps(indicator, english))
    else:
        said.append(f"{points_text(indicator.weight)} {'points' if english else '分'}")
    if indicator.within_months:
        months = indicator.within_months
        said.append(f"within {months} months" if english else f"{months} 个月以内")
    if indicator.decay != NO_DECAY:
        steps = [
            f"{month}+: {rate}‰" if english else f"满 {month} 个月 {rate}‰" for month, rate in indicator.decay
        ]
        said.append(f"decay {', '.join(steps)}" if english else f"衰减 {'、'.join(steps)}")
    if indicator.cap:
        cap = points_text(indicator.cap)
        said.append(f"capped at {cap}" if english else f"合计不超过 {cap} 分")
    return ("; " if english else "；").join(said)


def _steps(indicator: Indicator, english: bool) -> str:
    """The brackets with their unit: yuan for a sum, months, or per mille of a share."""
    found = []
    for start, micro in indicator.brackets:
        if indicator.measure == "sum":
            limit = f"{start // 100:,} {'yuan' if english else '元'}"
        elif indicator.measure == "share":
            limit = f"{start}‰"
        else:
            limit = f"{start} {'months' if english else '个月'}"
        found.append(f"{limit}+: {points_text(micro)}" if english else f"满 {limit} {points_text(micro)}")
    return (", " if english else "、").join(found)


def as_dict(pack: Pack, model: EvaluationModel) -> dict[str, object]:
    """A model as plain data: for `--json` and the interface. Points are text, exact."""
    return {
        "code": model.code, "version": model.version, "name": model.name, "name_en": model.name_en,
        "purpose": model.purpose, "purpose_en": model.purpose_en, "kind": model.kind, "pack": model.pack,
        "subjects": list(model.subjects), "industries": list(model.industries),
        "holding": filter_text(pack, model.holding) if model.holding else "",
        "in_force": {
            "from": model.in_force.first.isoformat(),
            "to": model.in_force.last.isoformat() if model.in_force.last else None,
        },
        "simulation": model.simulation, "publication": model.publication.cited if model.publication else "",
        "citation": model.source.cited, "confidence": model.source.confidence, "digest": model.digest,
        "base": points_text(model.base), "rounding": model.rounding,
        "grades": [
            {
                "code": one.code, "name": one.name, "name_en": one.name_en,
                "at_least": None if one.at_least is None else points_text(one.at_least),
            }
            for one in model.grades
        ],
        "indicators": [
            {
                "code": one.code, "family": one.family, "name": one.name, "name_en": one.name_en,
                "measure": one.measure, "says": indicator_text(pack, one),
                "says_en": indicator_text(pack, one, english=True), "citation": one.source.cited,
            }
            for one in model.indicators
        ],
        "vetoes": [
            {
                "code": one.code, "name": one.name, "name_en": one.name_en, "ceiling": one.ceiling,
                "says": filter_text(pack, one.filter), "at_least": one.at_least,
                "within_months": one.within_months, "citation": one.source.cited,
            }
            for one in model.vetoes
        ],
        "ladder": _ladder(pack, model), "limits": [{"zh": zh, "en": en} for zh, en in model.limits],
    }  # fmt: skip


def _ladder(pack: Pack, model: EvaluationModel) -> dict[str, object] | None:
    if model.ladder is None:
        return None
    ladder = model.ladder
    return {
        "grade": ladder.grade, "breaks": filter_text(pack, ladder.breaks), "within_months": ladder.within_months,
        "established_months": ladder.established_months,
        "needs": filter_text(pack, ladder.needs) if ladder.needs else "", "needs_at_least": ladder.needs_at_least,
    }  # fmt: skip


def as_text(pack: Pack, model: EvaluationModel) -> str:
    """A model for a reader: purpose, grades, indicators by family, vetoes, limits."""
    names = {one.code: one.name for one in model.grades}
    lines = [_headline(model), f"  用途：{model.purpose}", f"  依据：{model.source.cited}"]
    lines.append(f"  基础分 {points_text(model.base)}；等级 {_grades(model)}")
    for family, (name, _) in FAMILIES.items():
        own = [one for one in model.indicators if one.family == family]
        lines += [f"  {name}"] if own else []
        lines += [f"    {one.code} {one.name}：{indicator_text(pack, one)}" for one in own]
    for veto in model.vetoes:
        window = f"{veto.within_months} 个月以内" if veto.within_months else ""
        lines.append(
            f"  封顶：{veto.name}（{window}{veto.at_least} 条以上），最高{names.get(veto.ceiling, veto.ceiling)}"
        )
    if model.ladder:
        needs = f"，且有{filter_text(pack, model.ladder.needs)}" if model.ladder.needs else ""
        broken = filter_text(pack, model.ladder.breaks)
        lines.append(
            f"  {names.get(model.ladder.grade, '')}还要：{model.ladder.within_months} 个月以内没有{broken}，"
            f"成立满 {model.ladder.established_months} 个月{needs}"
        )
    lines += [f"  注意：{zh}" for zh, _ in model.limits]
    return "\n".join(lines)


def _headline(model: EvaluationModel) -> str:
    mark = "（已到期，只能模拟）" if model.simulation else ""
    return f"{model.code} {model.name} {model.version}{mark}，{model.in_force}"


def _grades(model: EvaluationModel) -> str:
    said: Sequence[str] = [
        one.name if one.at_least is None else f"{one.name} {points_text(one.at_least)} 分以上"
        for one in model.grades
    ]
    return "、".join(said)
