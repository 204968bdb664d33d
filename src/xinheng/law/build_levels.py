"""What each level of a chain of packs says: its files, each read by the rule of its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xinheng.law.build_amend import Amendment, read_amendment
from xinheng.law.build_cases import read_case, read_repair
from xinheng.law.build_checks import Template, read_checks
from xinheng.law.build_indices import read_indices
from xinheng.law.build_items import read_item
from xinheng.law.build_measures import read_lists, read_measures, read_uses
from xinheng.law.build_models import read_model
from xinheng.law.build_parts import (
    Days,
    Parts,
    read_kind,
    read_sector,
    read_year,
)
from xinheng.law.build_places import PlaceContent, PlaceReader
from xinheng.law.build_plan import read_plan
from xinheng.law.build_received import read_results, read_warnings
from xinheng.law.case_types import CaseKind, RepairRules
from xinheng.law.findings import Report
from xinheng.law.index_types import IndexPlan
from xinheng.law.reading import Node, PackFiles
from xinheng.law.types import (
    Department,
    EvaluationModel,
    FineThreshold,
    Instrument,
    Item,
    Level,
    ListKind,
    Measure,
    MutualRule,
    PenaltyKind,
    Provision,
    ResultKind,
    RuleVersion,
    Sector,
    Setting,
    SimpleLimit,
    SuccessionRule,
    Use,
    WarningRule,
)

LEVELS: tuple[Level, ...] = ("national", "province", "city", "county")


@dataclass
class Content:
    """What one level says, before it is laid over its parents."""

    code: str
    name: str = ""
    name_en: str = ""
    level: Level = "national"
    region: str = ""
    parent: str = ""
    site: tuple[str, str] = ("", "")
    counties: dict[str, tuple[str, str]] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    provisions: list[Provision] = field(default_factory=list)
    versions: list[RuleVersion] = field(default_factory=list)
    kinds: dict[str, PenaltyKind] = field(default_factory=dict)
    other_prefix: str = ""
    thresholds: list[FineThreshold] = field(default_factory=list)
    simple_limits: list[SimpleLimit] = field(default_factory=list)
    sectors: dict[str, Sector] = field(default_factory=dict)
    departments: list[Department] = field(default_factory=list)
    settings: dict[str, Setting] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    amendments: list[Amendment] = field(default_factory=list)
    lists: dict[str, ListKind] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    results: dict[str, ResultKind] = field(default_factory=dict)
    mutual: dict[str, MutualRule] = field(default_factory=dict)
    warnings: dict[str, WarningRule] = field(default_factory=dict)
    off: Days = field(default_factory=dict)
    work: Days = field(default_factory=dict)
    notices: dict[int, str] = field(default_factory=dict)
    place: PlaceContent = field(default_factory=PlaceContent)
    plan: dict[str, Any] = field(default_factory=dict)
    cases: list[CaseKind] = field(default_factory=list)
    models: list[EvaluationModel] = field(default_factory=list)
    repair: RepairRules = field(default_factory=RepairRules)
    indices: IndexPlan | None = None


class LevelReader:
    """Reads the files of one pack into a `Content`."""

    def __init__(
        self,
        pack: PackFiles,
        instruments: dict[str, Instrument],
        report: Report,
        rules: Sequence[SuccessionRule] = (),
    ) -> None:
        self.pack, self.report, self.rules = pack, report, rules
        self.content = Content(pack.code)
        self.parts = Parts(instruments, report)

    def read(self) -> Content:
        """Every file is read by the rule of its name; a file no rule knows is a finding."""
        readers: list[tuple[str, Callable[[Node], None]]] = [
            (r"pack\.yaml", self._head),
            (r"instruments(-[^/]+)?\.yaml", self._instruments),
            (r"publication/kinds\.yaml", self._kinds),
            (r"provisions/[^/]+\.yaml", self._provisions),
            (r"publication/[^/]+\.yaml", self._version),
            (r"thresholds\.yaml", self._thresholds),
            (r"sectors\.yaml", self._sectors),
            (r"departments\.yaml", self._departments),
            (r"checks\.yaml", self._checks),
            (r"settings\.yaml", self._settings),
            (r"items/[^/]+\.yaml", self._item),
            (r"lists\.yaml", self._lists),
            (r"cases/[^/]+\.yaml", self._case),
            (r"repair\.yaml", self._repair),
            (r"models/[^/]+\.yaml", self._model),
            (r"measures\.yaml", self._measures),
            (r"uses\.yaml", self._uses),
            (r"results\.yaml", self._results),
            (r"warning\.yaml", self._warnings),
            (r"calendar/\d{4}\.yaml", self._year),
            (r"successions\.yaml", self._successions),
            (r"matters\.yaml", self._matters),
            (r"in_force\.yaml", self._in_force),
            (r"plan\.yaml", self._plan),
            (r"indices\.yaml", self._indices),
        ]
        left = set(self.pack.files)
        for pattern, reader in readers:
            for name in sorted(n for n in left if re.fullmatch(pattern, n)):
                reader(Node(self.pack.files[name], f"{self.pack.code}/{name}", "", self.report))
                left.discard(name)
        for name in sorted(left):
            where = f"{self.pack.code}/{name}"
            self.report.error("file-unknown", where, "不认识这个文件", "请检查文件名和所在目录。")
        if "pack.yaml" not in self.pack.files:
            self.report.error(
                "form", f"{self.pack.code}/pack.yaml", "缺少这个文件", "请写明名称、层级和区划。"
            )
        return self.content

    def _head(self, node: Node) -> None:
        content = self.content
        if node.text("pack") != self.pack.code:
            node.wrong("pack", "与目录名不一致", "两处写成同一个代码。")
        content.name, content.name_en = node.bilingual("name")
        level = node.one_of("level", LEVELS)
        content.level = next((known for known in LEVELS if known == level), "county")
        content.region = node.text("region", "")
        content.parent = node.text("parent", "")
        content.site = node.bilingual("site", required=False)
        for entry in node.nodes("counties"):
            code = entry.text("code")
            content.counties[code] = entry.bilingual("name")
            entry.done()
        for entry in node.nodes("towns"):
            code = entry.text("code")
            content.place.towns[code] = entry.bilingual("name")
            entry.done()
        node.text("edition")
        node.text("note", "")
        node.done()

    def _instruments(self, node: Node) -> None:
        for entry in node.nodes("instruments"):
            instrument = self.parts.read_instrument(entry)
            self.content.instruments[instrument.id] = instrument
        node.done()

    def _kinds(self, node: Node) -> None:
        for entry in node.nodes("kinds"):
            kind = read_kind(entry)
            self.content.kinds[kind.code] = kind
        self.content.other_prefix = node.text("other_prefix", "其他-")
        self.parts.citation(node)
        node.text("confidence")
        node.done()

    def _provisions(self, node: Node) -> None:
        for entry in node.nodes("provisions"):
            if provision := self.parts.read_provision(entry):
                self.content.provisions.append(provision)
        node.done()

    def _version(self, node: Node) -> None:
        self.content.versions.append(self.parts.read_version(node))

    def _thresholds(self, node: Node) -> None:
        self.content.simple_limits += [
            self.parts.read_simple_limit(entry) for entry in node.nodes("simple_procedure")
        ]
        self.content.thresholds += [self.parts.read_threshold(entry) for entry in node.nodes("fines")]
        node.done()

    def _sectors(self, node: Node) -> None:
        for entry in node.nodes("sectors"):
            sector = read_sector(entry)
            self.content.sectors[sector.code] = sector
        node.seen.update({"our_choice", "because", "confidence"})
        node.done()

    def _departments(self, node: Node) -> None:
        self.content.departments += self._place().departments(node)

    def _successions(self, node: Node) -> None:
        self._place().successions(node)

    def _matters(self, node: Node) -> None:
        self._place().matters(node)

    def _in_force(self, node: Node) -> None:
        self._place().in_force(node)

    def _place(self) -> PlaceReader:
        return PlaceReader(self.content.code, self.content.region, self.content.place, self.parts, self.rules)

    def _settings(self, node: Node) -> None:
        for entry in node.nodes("settings"):
            setting = self.parts.read_setting(entry)
            self.content.settings[setting.name] = setting
        node.done()

    def _checks(self, node: Node) -> None:
        self.parts.checks += read_checks(node)

    def _item(self, node: Node) -> None:
        if node.has("amends"):
            self.content.amendments.append(read_amendment(node))
            return
        item = read_item(node, self.parts)
        self.content.items[item.code] = item

    def _lists(self, node: Node) -> None:
        self.content.lists.update({found.code: found for found in read_lists(node, self.parts)})

    def _measures(self, node: Node) -> None:
        self.content.measures.update({found.code: found for found in read_measures(node, self.parts)})

    def _uses(self, node: Node) -> None:
        self.content.uses.update({found.code: found for found in read_uses(node, self.parts)})

    def _results(self, node: Node) -> None:
        kinds, rules = read_results(node, self.parts)
        self.content.results.update({found.code: found for found in kinds})
        self.content.mutual.update({found.code: found for found in rules})

    def _warnings(self, node: Node) -> None:
        self.content.warnings.update({found.code: found for found in read_warnings(node, self.parts)})

    def _year(self, node: Node) -> None:
        year, off, work, notice = read_year(node)
        self.content.off.update(off)
        self.content.work.update(work)
        self.content.notices[year] = notice

    def _case(self, node: Node) -> None:
        if kind := read_case(node, self.parts):
            self.content.cases.append(kind)

    def _repair(self, node: Node) -> None:
        self.content.repair = read_repair(node, self.parts)

    def _model(self, node: Node) -> None:
        self.content.models.append(read_model(node, self.parts))

    def _plan(self, node: Node) -> None:
        self.content.plan = read_plan(node, self.parts)

    def _indices(self, node: Node) -> None:
        self.content.indices = read_indices(node, self.parts)


def read_levels(chain: Sequence[PackFiles], report: Report) -> list[Content]:
    """The levels from the nation down; each may cite the instruments of those above."""
    instruments: dict[str, Instrument] = {}
    checks: list[Template] = []
    levels: list[Content] = []
    for files in chain:
        rules = [rule for level in levels for rule in level.place.rules]
        reader = LevelReader(files, instruments, report, rules)
        reader.parts.checks += checks
        content = reader.read()
        instruments |= content.instruments
        checks = reader.parts.checks
        levels.append(content)
    return levels


__all__ = ["LEVELS", "Content", "read_levels"]
