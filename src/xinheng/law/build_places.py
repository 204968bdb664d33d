"""Reading what makes a pack a place: departments, successions of agencies, matters, what is in force now.

Standard matters and reforms stand once, by sector, in the national pack; a department takes those of its sector. A
place writes only what is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xinheng.law.build_parts import ALWAYS, CONFIDENCES, Parts, read_url
from xinheng.law.reading import Node
from xinheng.law.types import (
    Citation,
    Confidence,
    CurrentRule,
    Department,
    InForce,
    Level,
    Matter,
    Source,
    Succession,
    SuccessionRule,
    Use,
)

LOCAL: tuple[Level, ...] = ("city", "county")
"""Levels a standard matter is exercised at where it does not say so."""


@dataclass(frozen=True, slots=True)
class StandardMatter:
    """A matter every department of a sector has, at these levels."""

    sector: str
    levels: tuple[str, ...]
    matter: Matter


@dataclass
class PlaceContent:
    """What one level says of its place. `takes` gives the sectors whose matters a department takes, where they are
    not simply its own."""

    rules: list[SuccessionRule] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    standards: list[StandardMatter] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    general: list[Matter] = field(default_factory=list)
    in_force: list[CurrentRule] = field(default_factory=list)
    takes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    towns: dict[str, tuple[str, str]] = field(default_factory=dict)


class PlaceReader:
    """Readers of the files of a place. `rules` are the reforms the levels above know."""

    def __init__(
        self, pack: str, region: str, content: PlaceContent, parts: Parts, rules: Sequence[SuccessionRule]
    ) -> None:
        self.pack, self.region, self.content, self.parts = pack, region, content, parts
        self.rules = {rule.id: rule for rule in rules}

    def departments(self, node: Node) -> list[Department]:
        """`departments.yaml`: the list has one source, its units have a code each."""
        told = node.text("source", "")
        if not told:
            _uncited(node, "source", "部门名录没有写明来源", "请在 source 写明名称取自哪里。")
        read_url(node)
        confidence = node.one_of("confidence", CONFIDENCES)
        source = Source(f"{self.pack}.departments", node.file, ALWAYS, _sure(confidence), note=told)
        found = [self._department(entry, source) for entry in node.nodes("departments")]
        node.done()
        return found

    def _department(self, node: Node, source: Source) -> Department:
        english = node.text("en", "")
        if not english:
            node.report.error("english-missing", node.where("en"), "缺少英文名称", "请在 en 处补上英文。")
        department = Department(
            name=node.text("name"),
            name_en=english,
            short=node.text("short"),
            sector=node.text("sector"),
            uscc=node.text("uscc", ""),
            code=node.text("code", ""),
            region=node.text("region", self.region),
            source=replace(source, note=node.text("note", "") or source.note),
        )
        if node.has("takes"):
            self.content.takes[department.code] = node.texts("takes")
        node.seen.add("takes")
        node.done()
        return department

    def successions(self, node: Node) -> None:
        """`successions.yaml`: reforms (`words`, `sector`) in the national pack, agencies (`old`) in a place's."""
        confidence = node.one_of("confidence", CONFIDENCES)
        for entry in node.nodes("reforms"):
            rule = self._rule(entry, confidence)
            self.rules[rule.id] = rule
            self.content.rules.append(rule)
        self.content.successions += [
            self._succession(entry, confidence) for entry in node.nodes("successions")
        ]
        node.done()

    def _rule(self, node: Node, confidence: str) -> SuccessionRule:
        code, on = node.text("id"), node.day("on")
        duties, duties_en = node.bilingual("duties")
        rule = SuccessionRule(
            id=code,
            words=node.texts("words"),
            sector=node.text("sector"),
            on=on or date.max,
            duties=duties,
            duties_en=duties_en,
            through=node.texts("through"),
            source=self._source(node, code, InForce(on or date.max), confidence),
        )
        node.done()
        return rule

    def _succession(self, node: Node, confidence: str) -> Succession:
        """An agency by the reform that ended it (`by`), or with day, duties and citation of its own."""
        old, known = node.text("old"), node.text("by", "")
        rule = self.rules.get(known)
        if known and rule is None:
            _dead(node, "by", f"没有机构改革「{known}」", "请核对全国包 successions.yaml 里的 id。")
        on = node.day("on", required=rule is None) or (rule.on if rule else date.max)
        duties = node.bilingual("duties", required=rule is None)
        if rule is not None and not duties[0]:
            duties = (rule.duties, rule.duties_en)
        source = self._source_after(node, f"{self.pack}.{old}", InForce(on), confidence, rule)
        found = Succession(
            old=old,
            old_uscc=node.text("old_uscc", ""),
            new=node.text("new"),
            on=on,
            duties=duties[0],
            duties_en=duties[1],
            source=source,
            through=node.texts("through"),
        )
        node.done()
        return found

    def matters(self, node: Node) -> None:
        """`matters.yaml`: by `sector` for every place, by `department` for this one; `general`: any department of a sector
        decides it."""
        confidence = node.one_of("confidence", CONFIDENCES)
        for entry in node.nodes("general"):
            sectors = entry.texts("sectors")
            self.content.general.append(replace(self._matter(entry, "", confidence), sectors=sectors))
        node.seen.add("general")
        for entry in node.nodes("matters"):
            sector, levels = entry.text("sector", ""), entry.texts("levels") or LOCAL
            department = entry.text("department", "")
            if bool(sector) == bool(department):
                entry.wrong("sector", "应写明行业 sector 或者部门 department，二者写其一")
            matter = self._matter(entry, department, confidence)
            if department:
                self.content.matters.append(matter)
            else:
                self.content.standards.append(StandardMatter(sector, levels, matter))
        node.done()

    def _matter(self, node: Node, department: str, confidence: str) -> Matter:
        """In force as long as the law that creates it, where it does not say otherwise."""
        code = node.text("code")
        name, name_en = node.bilingual("name")
        basis = self.parts.citation(node, "basis")
        days = node.in_force() if node.has("in_force") else basis.instrument.in_force if basis else ALWAYS
        node.seen.add("in_force")
        source = self._source(node, code, days, confidence, basis)
        item = node.text("item", None if department or node.has("sector") else "")
        matter = Matter(code, name, name_en, item, department, basis, source, node.text("use", ""))
        node.seen.add("sectors")
        node.done()
        return matter

    def in_force(self, node: Node) -> None:
        """`in_force.yaml`: instruments in force, and what could not be verified (without an instrument)."""
        for entry in node.nodes("in_force"):
            self.content.in_force.append(self._current(entry))
        node.done()

    def _current(self, node: Node) -> CurrentRule:
        code = f"in-force.{node.text('code')}"
        what, what_en = node.bilingual("what")
        citation = self._cited(node)
        since = node.day("since", required=citation is not None)
        until = node.day("until", required=False)
        confidence = node.one_of("confidence", CONFIDENCES)
        if citation is None and confidence != "unverified":
            node.wrong("confidence", "没有写明文件的，只能是 unverified（未核实）")
        read_url(node)
        days = InForce(since or date.max, until if since else None)
        source = self._source(node, code, days, confidence, citation)
        provision = node.text("provision", "")
        node.done()
        return CurrentRule(what, what_en, citation.instrument if citation else None, provision, since, source)

    def _cited(self, node: Node) -> Citation | None:
        """The instrument itself, or an article of it."""
        name, article = node.text("instrument", ""), node.text("article", "")
        if not name:
            return None
        instrument = self.parts.instruments.get(name)
        if instrument is None:
            _dead(node, "instrument", f"依据文件「{name}」没有登记", "请在 instruments.yaml 补上该文件。")
            return None
        return Citation(instrument, article)

    def _source_after(
        self, node: Node, code: str, days: InForce, confidence: str, rule: SuccessionRule | None
    ) -> Source:
        """Of its own where the entry says so, else what the reform stands on."""
        if rule is None or node.has("citation") or node.has("our_choice"):
            return self._source(node, code, days, confidence)
        node.seen.update({"citation", "our_choice"})
        known = replace(rule.source, id=code, where=node.file, in_force=days)
        return replace(known, note=node.text("note", "") or known.note)

    def _source(
        self, node: Node, code: str, days: InForce, confidence: str, default: Citation | None = None
    ) -> Source:
        """As `Parts.source`, with the days and the confidence of the file where the entry has none of its own."""
        base = Source(code, node.file, days, _sure(confidence), default)
        return self.parts.source(node, code, inherited=base, default=default)


def general_matters(levels: Sequence[PlaceContent], uses: Mapping[str, Use]) -> tuple[Matter, ...]:
    """The deciding matters every place has, of no one department."""
    return tuple(_with_use(matter, uses) for content in levels for matter in content.general)


def _with_use(matter: Matter, uses: Mapping[str, Use]) -> Matter:
    """The matter with the use of its item where it names none."""
    if matter.use:
        return matter
    return replace(matter, use=next((u.code for u in uses.values() if matter.item in u.default_for), ""))


def place_matters(
    levels: Sequence[PlaceContent],
    level: Level,
    departments: Iterable[Department],
    uses: Mapping[str, Use],
) -> tuple[Matter, ...]:
    """The matters of a place by department: the standard ones of its sectors, then its own."""
    return tuple(_with_use(matter, uses) for matter in _place_matters(levels, level, departments))


def _place_matters(
    levels: Sequence[PlaceContent], level: Level, departments: Iterable[Department]
) -> tuple[Matter, ...]:
    standards = [standard for content in levels for standard in content.standards]
    own = levels[-1]
    found: list[Matter] = []
    for unit in departments:
        sectors = own.takes.get(unit.code, (unit.sector,))
        found += [
            replace(standard.matter, department=unit.code)
            for standard in standards
            if standard.sector in sectors and level in standard.levels
        ]
        found += [matter for matter in own.matters if matter.department == unit.code]
    known = {unit.code for unit in departments}
    return (*found, *(matter for matter in own.matters if matter.department not in known))


def _sure(confidence: str) -> Confidence:
    return confidence  # type: ignore[return-value]


def _uncited(node: Node, key: str, message: str, remedy: str) -> None:
    node.report.error("uncited", node.where(key), message, remedy)


def _dead(node: Node, key: str, message: str, remedy: str) -> None:
    node.report.error("dead-link", node.where(key), message, remedy)


__all__ = ["PlaceContent", "PlaceReader", "StandardMatter", "general_matters", "place_matters"]
