"""Which class a penalty falls into, from facts and the day of the decision. Pure: facts in, decision with reasons out.

Several triggers: the heaviest counts. A penalty no trigger decides is `undetermined`: not shown, and put to the
authority that decided it. A sector without a threshold has none: amounts are not guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from xinheng.kernel.money import MoneyError, parse_wan
from xinheng.law.types import (
    PENDING_MARK,
    Confidence,
    Field,
    FineThreshold,
    Item,
    Pack,
    RuleVersion,
    Source,
    Trigger,
)

Severity = Literal["", "minor", "ordinary", "serious", "undetermined"]
WEIGHT: dict[str, int] = {"minor": 1, "ordinary": 2, "serious": 3}
NAMES = {"minor": "轻微", "ordinary": "一般", "serious": "严重", "undetermined": "待认定", "": "不分类"}
_CONFIDENCES: tuple[Confidence, ...] = ("verified", "likely", "unverified")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the class of a penalty follows from. Amounts in fen; None where the data give no amount.

    `categories` are the kinds of penalty as written, one each (see `split_choices`); `sector` a sector code of the
    pack or "" where unknown.
    """

    categories: tuple[str, ...]
    simple_procedure: bool
    fine_fen: int | None
    confiscated_fen: int | None
    sector: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class SeverityDecision:
    """The class under the version in force on the decision day, and under each later version (`later`).

    `provision` names the trigger or version that decided; `reasons` are sentences for a reader; `severity` is ""
    for items that have no classes (licences).
    """

    severity: Severity
    version: str
    provision: str
    reasons: tuple[str, ...]
    confidence: Confidence
    sector: str = ""
    later: tuple[tuple[str, Severity, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Where the fine stands: against the sector's threshold and against the limit of the simple procedure."""

    fine: str
    reason: str
    confidence: Confidence
    contradicts_simple: bool


def weakest(*confidences: Confidence) -> Confidence:
    """The least certain of several."""
    return max(confidences, key=_CONFIDENCES.index, default="verified")


def severity(pack: Pack, item: Item, facts: Facts) -> SeverityDecision:
    """The class of an entry of `item` with these facts. Never raises: without a rule it is `undetermined`."""
    return _decide(pack, item.publication, replace(facts, decided_on=regime_day(pack, facts.decided_on)))


def regime_day(pack: Pack, decided_on: date) -> date:
    """The first day of the stretch in which the same rules and thresholds hold as on `decided_on`. Decisions
    made on any day of a stretch get the same class: the set form groups by it, and answers are kept by it."""
    starts = _regime_starts(pack)
    return starts[bisect_right(starts, decided_on) - 1]


@lru_cache(maxsize=64)
def _regime_starts(pack: Pack) -> list[date]:
    sources = [version.source for versions in pack.publication.values() for version in versions]
    sources += [row.source for row in pack.thresholds] + [row.source for row in pack.simple_limits]
    starts = {source.in_force.first for source in sources}
    starts |= {source.in_force.last + timedelta(days=1) for source in sources if source.in_force.last}
    return sorted(starts | {date.min})


@lru_cache(maxsize=20_000)
def _decide(pack: Pack, rule: str, facts: Facts) -> SeverityDecision:
    governing = pack.rule_version(rule, facts.decided_on)
    if governing is None:
        reason = "作出决定之日没有已载入的公示规则，无依据不公示"
        return SeverityDecision("undetermined", "", "", (reason,), "verified", facts.sector)
    if not governing.classed:
        return SeverityDecision("", governing.version, governing.source.id, (), governing.source.confidence)
    own = _classify(pack, governing, facts)
    later = tuple(
        (version.version, answer.severity, answer.provision)
        for version in pack.publication[rule]
        if version.source.in_force.first > facts.decided_on
        for answer in [_classify(pack, version, facts)]
    )
    return SeverityDecision(
        own.severity, own.version, own.provision, own.reasons, own.confidence, facts.sector, later
    )


def _classify(pack: Pack, version: RuleVersion, facts: Facts) -> SeverityDecision:
    kinds, unknown = _kinds(pack, facts)
    amounts = _amounts(pack, facts, "fine" in kinds)
    fits = [
        t for t in version.triggers if pack.effective(t.source) and _fits(t, facts, kinds, unknown, amounts)
    ]
    reasons = [f"作出决定之日适用{version.name}"]
    if amounts.contradicts_simple:
        reasons.append("标注为简易程序，但罚款超过当场处罚的上限，请决定机关核对")
    chosen = max(fits, key=lambda trigger: WEIGHT[trigger.class_code], default=None)
    if chosen is None and version.otherwise and (kinds or unknown) and not amounts.contradicts_simple:
        chosen = version.otherwise
    if chosen is None:
        reasons += _why_undetermined(pack, version, kinds, unknown, amounts)
        return SeverityDecision(
            "undetermined", version.version, version.source.id, tuple(reasons), version.source.confidence
        )
    confidence = weakest(version.source.confidence, chosen.source.confidence)
    if chosen.when.fine:
        confidence = weakest(confidence, amounts.confidence)
        reasons.append(amounts.reason)
    reasons += [f"{trigger.says}{_mark(trigger.source)}" for trigger in fits or [chosen]]
    if len({trigger.class_code for trigger in fits}) > 1:
        reasons.append("有几项符合的，按最重的一项")
    if chosen.when.fine == "larger" and "巨大" not in amounts.reason:
        reasons.append("本行业没有「数额巨大」的标准，不因数额认定为严重")
    name = version.classes[chosen.class_code].name
    reasons.append(f"定为「{name}」")
    return SeverityDecision(
        chosen.class_code,  # type: ignore[arg-type]
        version.version,
        chosen.id,
        tuple(reasons),
        confidence,
    )


def _fits(
    trigger: Trigger, facts: Facts, kinds: frozenset[str], unknown: tuple[str, ...], amounts: _Amounts
) -> bool:
    when = trigger.when
    if when.procedure == "simple" and (not facts.simple_procedure or amounts.contradicts_simple):
        return False
    if when.kinds_any and not when.kinds_any & kinds:
        return False
    # "Only" these kinds: an unrecognised kind beside them could be anything
    if when.kinds_only and (unknown or not kinds or not kinds <= when.kinds_only):
        return False
    return not when.fine or when.fine == amounts.fine


def _why_undetermined(
    pack: Pack, version: RuleVersion, kinds: frozenset[str], unknown: tuple[str, ...], amounts: _Amounts
) -> list[str]:
    reasons = []
    waiting = [t for t in version.triggers if not pack.effective(t.source) and t.when.kinds_any & kinds]
    reasons += [f"「{t.says}」的分类待核实、未采用" for t in waiting]
    if "licence-suspended-or-revoked" in kinds:
        reasons.append("没有写明是暂扣还是吊销")
    if unknown:
        reasons.append(f"处罚种类{'、'.join(f'「{name}」' for name in unknown)}不在规定的种类之内")
    if not kinds and not unknown:
        reasons.append("没有填写处罚种类")
    if amounts.reason:
        reasons.append(amounts.reason)
    return [*reasons, "不能定级，待决定机关认定，认定前不公示"]


def _mark(source: Source) -> str:
    return f"（{PENDING_MARK}）" if source.confidence == "unverified" else ""


@lru_cache(maxsize=64)
def _written(pack: Pack) -> Mapping[str, str]:
    return {text: kind.code for kind in pack.kinds.values() for text in kind.written}


def _kinds(pack: Pack, facts: Facts) -> tuple[frozenset[str], tuple[str, ...]]:
    """Recognised kinds, and the categories nobody recognises. A fine or confiscation in money counts as one even
    where the category forgot it."""
    written = _written(pack)
    known: set[str] = set()
    unknown: list[str] = []
    for category in facts.categories:
        kind = written.get(category) or written.get(category.removeprefix(pack.other_prefix))
        if kind:
            known.add(kind)
        else:
            unknown.append(category)
    if facts.fine_fen:
        known.add("fine")
    if facts.confiscated_fen:
        known.add("confiscation")
    return frozenset(known), tuple(unknown)


def threshold(pack: Pack, sector: str, on: date) -> FineThreshold | None:
    """The sector's threshold in force on a day: the nearest region's, then the sector it is part of."""
    while sector:
        rows = [
            row
            for row in pack.thresholds
            if row.sector == sector and on in row.source.in_force and pack.effective(row.source)
        ]
        if rows:
            return max(rows, key=lambda row: len(row.region.rstrip("0")))
        sector = pack.sectors[sector].part_of if sector in pack.sectors else ""
    return None


def _amounts(pack: Pack, facts: Facts, fined: bool) -> _Amounts:
    limit = next((row for row in pack.simple_limits if facts.decided_on in row.source.in_force), None)
    contradicts = bool(
        facts.simple_procedure and facts.fine_fen and limit and facts.fine_fen > limit.limit_fen
    )
    if not fined:
        return _Amounts("", "", "verified", contradicts)
    if not facts.fine_fen:
        return _Amounts("", "有罚款，但没有填写数额", "verified", contradicts)
    row = threshold(pack, facts.sector, facts.decided_on)
    if row is None or row.larger_fen is None:
        name = pack.sectors[facts.sector].name if facts.sector in pack.sectors else "行业不明"
        return _Amounts("", f"{name}：没有适用的罚款数额标准", "verified", contradicts)
    said = f"罚款 {_yuan(facts.fine_fen)}，本行业较大数额标准 {_yuan(row.larger_fen)}"
    if row.huge_fen is not None:
        said += f"、巨大数额标准 {_yuan(row.huge_fen)}"
    said += _mark(row.source)
    confidence = row.source.confidence
    if row.huge_fen is not None and facts.fine_fen >= row.huge_fen:
        return _Amounts("huge", said, confidence, contradicts)
    grade = "larger" if facts.fine_fen >= row.larger_fen else "below_larger"
    return _Amounts(grade, said, confidence, contradicts)


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d} 元" if rest else f"{whole:,} 元"


def fine_breakpoints(pack: Pack, sector: str) -> tuple[int, ...]:
    """Amounts (fen, ascending) at which a decision can change in a sector. Two fines between the same two
    neighbours get the same class on the same day: the set form asks once for each stretch."""
    points = {1} | {row.limit_fen + 1 for row in pack.simple_limits}
    at = sector
    while at:
        for row in pack.thresholds:
            if row.sector == at:
                points |= {fen for fen in (row.larger_fen, row.huge_fen) if fen}
        at = pack.sectors[at].part_of if at in pack.sectors else ""
    return tuple(sorted(points))


def sector_rules(pack: Pack) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """How a sector is told: (sector, "basis" or "authority", words), the first with a word found wins."""
    found = [(s.code, "basis", s.basis) for s in pack.sectors.values() if s.basis]
    return (*found, *((s.code, "authority", s.authority) for s in pack.sectors.values() if s.authority))


def sector_of(pack: Pack, *, authority: str, authority_name: str, basis: str) -> str:
    """The sector of a penalty: from its legal basis, else from the authority; "" where nothing tells."""
    for code, where, words in sector_rules(pack):
        if where == "basis" and any(word in basis for word in words):
            return code
    for department in pack.departments:
        if department.name == authority_name or (department.uscc and department.uscc == authority):
            return department.sector
    for code, where, words in sector_rules(pack):
        if where == "authority" and any(word in authority_name for word in words):
            return code
    return ""


def split_choices(field: Field, text: str) -> tuple[str, ...]:
    """The values of a multi-value cell, each in its standard spelling, without repetitions.

    Text after 其他- belongs to it up to the next semicolon: it may hold commas of its own.
    """
    strong = "|".join(re.escape(mark) for mark in field.separators if mark in ";；|")
    weak = "|".join(re.escape(mark) for mark in field.separators if mark not in ";；|")
    values: list[str] = []
    for part in re.split(strong, text) if strong else [text]:
        rest = part.strip()
        while rest:
            free = bool(field.other_prefix) and rest.startswith(field.other_prefix[:2])
            if rest in field.written or rest in field.choices or free or not weak:
                piece, rest = rest, ""
            else:
                piece, *after = re.split(weak, rest, maxsplit=1)
                rest = after[0].strip() if after else ""
            piece = piece.strip()
            if piece and (name := field.written.get(piece, piece)) not in values:
                values.append(name)
    return tuple(values)


def is_simple_procedure(item: Item, values: Mapping[str, str]) -> bool:
    """Whether a row says that the simple procedure was used (by the words the item names)."""
    facts = item.severity_from
    if facts is None:
        return False
    words, negated = re.compile(facts.simple_words), re.compile(facts.simple_except or r"(?!)")
    return any(
        words.search(text) and not negated.search(text)
        for code in facts.simple_fields
        if (text := values.get(code, ""))
    )


def clarified(categories: tuple[str, ...], content: str) -> tuple[str, ...]:
    """暂扣或者吊销 (one value in the 2018 list) as what the content of the decision says it was, if it says so."""
    if not any("暂扣或" in name for name in categories):
        return categories
    suspended, revoked = "暂扣" in content, "吊销" in content
    if suspended == revoked:
        return categories
    plain = "吊销许可证件" if revoked else "暂扣许可证件"
    return tuple(dict.fromkeys(plain if "暂扣或" in name else name for name in categories))


def facts_of(pack: Pack, item: Item, values: Mapping[str, str]) -> Facts:
    """The facts of one row with clean values. Raises KeyError without `severity_from`, ValueError without a day."""
    how = item.severity_from
    if how is None:
        raise KeyError(f"{item.code} has no classes")
    content = " ".join(values.get(code, "") for code in how.simple_fields)
    categories = split_choices(item.by_code[how.categories], values.get(how.categories, ""))
    return Facts(
        categories=clarified(categories, content),
        simple_procedure=is_simple_procedure(item, values),
        fine_fen=_fen(values.get(how.fine, "")),
        confiscated_fen=_fen(values.get(how.confiscated, "")),
        sector=sector_of(
            pack,
            authority=values.get(item.authority, ""),
            authority_name=values.get(item.authority_name, ""),
            basis=values.get(how.basis, ""),
        ),
        decided_on=date.fromisoformat(values.get(item.decided_on, "")),
    )


def _fen(cell: str) -> int | None:
    try:
        return parse_wan(cell)
    except MoneyError:
        return None
