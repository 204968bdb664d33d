"""From when until when an entry is shown, and from when its repair may be asked for. Pure.

Periods run from the day the document was made. The first day is not counted, so the last shown day is the
corresponding day; publication ends do not move from a holiday. The minimum period ends with its corresponding day,
so repair may be asked for from the day after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from xinheng.law.policy_ends import Ends, earliest, early_exit, end_of
from xinheng.law.policy_severity import NAMES, WEIGHT, SeverityDecision, weakest
from xinheng.law.types import Confidence, Item, Pack, PublicationClass, RuleVersion, Trigger

ONE_DAY = timedelta(days=1)
NO_ENDS = Ends()


@dataclass(frozen=True, slots=True)
class Window:
    """`show_until` is the last day shown, None without an end. When `show` is False both days are None.

    `provision` names what governs, joined by ":" (trigger, sector where it counts, later trigger that shortened):
    given back to `window` as `rule` it gives the same answer. `earliest_repair` is the first day of asking.
    """

    show: bool
    show_from: date | None
    show_until: date | None
    earliest_repair: date | None
    version: str
    provision: str
    reasons: tuple[str, ...]
    confidence: Confidence


def window(
    pack: Pack,
    item: Item,
    decision: SeverityDecision | str,
    decided_on: date,
    received_on: date,
    rule: str = "",
    ends: Ends = NO_ENDS,
) -> Window:
    """The publication window of an entry. Without a rule in force on the decision day nothing is shown.

    `ends` is what the entry itself says about its end (`ends_of`).

    `decision` is what `severity` answered, or a class by name: one the deciding authority confirmed, or one that is
    on record. With `rule`, the `provision` kept when it was decided, the answer is the same as it was then.
    """
    if isinstance(decision, str):
        decision = on_record(pack, item, decision, decided_on, rule)
    tokens = tuple(rule.split(":")) if rule else ()
    return _window(pack, item.publication, decision, decided_on, received_on, ends, tokens)


def on_record(pack: Pack, item: Item, severity: str, decided_on: date, rule: str = "") -> SeverityDecision:
    """A class by name as a decision. Without `rule` it stands under later versions too, as the class an authority
    confirmed; a class the version of that day did not know counts as its published one."""
    version = pack.rule_version(item.publication, decided_on)
    if version is None or not version.classed:
        return SeverityDecision("", "", "", ("作出决定之日没有分类规则",), "verified")
    named = _names(pack, item.publication)
    tokens = rule.split(":") if rule else []
    known = [named[token] for token in tokens if token in named]
    sector = next((token for token in tokens if token in pack.sectors), "")
    later: list[tuple[str, str, str]] = []
    if known:
        later = [(v.version, t.class_code if t else severity, i) for i, v, t in known[1:]]
    else:
        known = [(version.source.id, version, None)]
        for other in pack.publication[item.publication]:
            if other.source.in_force.first > decided_on and severity in other.classes:
                later.append((other.version, severity, other.source.id))
    provision, _, trigger = known[0]
    counted = severity if severity in version.classes or severity not in WEIGHT else "ordinary"
    said = trigger.says if trigger else "由认定单位确认"
    name = version.classes[counted].name if counted in version.classes else NAMES.get(counted, counted)
    reasons = (f"作出决定之日适用{version.name}", f"{said}，定为「{name}」")
    confidence = weakest(version.source.confidence, *([trigger.source.confidence] if trigger else []))
    return SeverityDecision(
        counted,  # type: ignore[arg-type]
        version.version,
        provision,
        reasons,
        confidence,
        sector,
        tuple(later),  # type: ignore[arg-type]
    )


@lru_cache(maxsize=64)
def _names(pack: Pack, rule: str) -> Mapping[str, tuple[str, RuleVersion, Trigger | None]]:
    """Every id a kept provision may name: versions of the rule and their triggers."""
    found: dict[str, tuple[str, RuleVersion, Trigger | None]] = {}
    for version in pack.publication[rule]:
        found[version.source.id] = (version.source.id, version, None)
        for trigger in (*version.triggers, *([version.otherwise] if version.otherwise else [])):
            found[trigger.id] = (trigger.id, version, trigger)
    return found


@lru_cache(maxsize=20_000)
def _window(
    pack: Pack,
    rule: str,
    decision: SeverityDecision,
    decided_on: date,
    received_on: date,
    ends: Ends,
    tokens: tuple[str, ...],
) -> Window:
    version = pack.rule_version(rule, decided_on)
    if version is None:
        return _hidden("", "", decision.reasons, "verified")
    if not version.classed:
        return _alike(pack, version, ends, decided_on, received_on, tokens)
    if decision.severity not in version.classes:
        reasons = (*decision.reasons, "待认定的不公示")
        return _hidden(version.version, decision.provision, reasons, decision.confidence)
    chosen = version.classes[decision.severity]
    if not chosen.shown:
        reasons = (*decision.reasons, "这一类原则上不公示")
        return _hidden(version.version, decision.provision, reasons, decision.confidence)
    return _shown(pack, rule, version, chosen, decision, decided_on, received_on)


def _alike(
    pack: Pack,
    version: RuleVersion,
    ends: Ends,
    decided_on: date,
    received_on: date,
    tokens: tuple[str, ...],
) -> Window:
    """Entries without classes: shown from the day of receipt until their own end, if they have one; from a list that
    says so an early exit may be asked for, counted as the stay is, from the day of listing."""
    chosen = next(iter(version.classes.values()))
    confidence, named = version.source.confidence, version.source.id
    if not chosen.shown:
        return _hidden(version.version, named, (f"不公示（{version.source.cited}）",), confidence)
    end = earliest(pack, chosen, ends, decided_on, tokens)
    early = early_exit(pack, chosen, ends.kind, decided_on, tokens)
    if end is None:
        reasons: tuple[str, ...] = (f"自收到之日起公示，没有截止日（{version.source.cited}）",)
    else:
        reasons = (f"自收到之日起公示（{version.source.cited}）", end.says)
        named = f"{named}:{end.provision}" if end.provision else named
        if end.last < received_on:
            return _hidden(version.version, named, (*reasons, "收到时已经届满，不公示"), confidence)
    last = end.last if end else None
    if early is None or (early.first and last and last < early.first):
        return Window(True, received_on, last, None, version.version, named, reasons, confidence)
    named = f"{named}:{early.provision}" if early.provision else named
    reasons = (*reasons, early.says)
    return Window(True, received_on, last, early.first, version.version, named, reasons, confidence)


def _hidden(version: str, provision: str, reasons: tuple[str, ...], confidence: Confidence) -> Window:
    return Window(False, None, None, None, version, provision, reasons, confidence)


def _shown(
    pack: Pack,
    rule: str,
    version: RuleVersion,
    chosen: PublicationClass,
    decision: SeverityDecision,
    decided_on: date,
    received_on: date,
) -> Window:
    until = end_of(chosen.longest, decided_on)
    repair = repair_from(chosen, decision.sector, decided_on)
    reasons = [*decision.reasons, _say(until, repair)]
    provision, confidence = [decision.provision], decision.confidence
    if decision.sector in chosen.sectors:
        provision.append(decision.sector)
        reasons.append(f"{pack.sectors[decision.sector].name}领域最短公示期较长")
    for other, severity, decided_by in decision.later if _favours(pack, decided_on) else ():
        later = next(v for v in pack.publication[rule] if v.version == other)
        if severity not in later.classes:
            continue
        ends = _later_end(later, later.classes[severity], decided_on)
        asks = _later_repair(later, later.classes[severity], decision.sector, decided_on)
        if (until is None or ends < until) or (repair and asks < repair):
            until = ends if until is None else min(until, ends)
            repair = min(repair, asks) if repair else asks
            provision.append(decided_by)
            confidence = weakest(confidence, pack.settings["transition"].source.confidence)
            name = later.classes[severity].name
            reasons.append(f"{later.name}下属「{name}」，期限更短，从其规定：{_say(until, repair)}")
    named = ":".join(provision)
    if until is not None and until < received_on:
        reasons.append("收到时公示期已满，不公示")
        return _hidden(version.version, named, tuple(reasons), confidence)
    return Window(True, received_on, until, repair, version.version, named, tuple(reasons), confidence)


def _favours(pack: Pack, decided_on: date) -> bool:
    """Whether later, shorter rules shorten the publication of earlier decisions (a setting)."""
    setting = pack.settings.get("transition")
    return bool(setting and setting.value == "more_favourable" and pack.effective(setting.source))


def repair_from(chosen: PublicationClass, sector: str, decided_on: date) -> date | None:
    """The first day repair may be asked for: the day after the minimum period; None where there is none."""
    period = chosen.shortest
    if chosen.shortest_in_sectors and sector in chosen.sectors:
        period = chosen.shortest_in_sectors
    end = end_of(period, decided_on)
    return end + ONE_DAY if end else None


def _later_end(later: RuleVersion, chosen: PublicationClass, decided_on: date) -> date:
    """The end under a later version, never before the eve of its first day: a rule ends nothing before it is
    in force."""
    eve = later.source.in_force.first - ONE_DAY
    end = end_of(chosen.longest, decided_on)
    if end is None:
        return date.max if chosen.shown else eve
    return max(end, eve)


def _later_repair(later: RuleVersion, chosen: PublicationClass, sector: str, decided_on: date) -> date:
    first = repair_from(chosen, sector, decided_on) or decided_on
    return max(first, later.source.in_force.first)


def _say(until: date | None, repair: date | None) -> str:
    end = f"公示至 {until.isoformat()}" if until else "没有公示截止日"
    return f"{end}，{repair.isoformat()} 起可申请修复" if repair else end
