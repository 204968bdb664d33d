"""The pieces most pack files are made of: citations, sources, provisions, publication rules, tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from xinheng.kernel.periods import Period
from xinheng.law.findings import Report
from xinheng.law.reading import Node
from xinheng.law.types import (
    UNTIL,
    Citation,
    FineThreshold,
    InForce,
    Instrument,
    PenaltyKind,
    Provision,
    PublicationClass,
    RuleVersion,
    Sector,
    Setting,
    SimpleLimit,
    Source,
    Trigger,
    When,
)

CONFIDENCES = ("verified", "likely", "unverified")
RANKS = (
    "law",
    "administrative_regulation",
    "judicial_interpretation",
    "central_policy",
    "departmental_rule",
    "departmental_document",
    "local_regulation",
    "local_rule",
    "local_document",
    "standard",
)
ALWAYS = InForce(date.min)
_GOVERNMENT = re.compile(r"https?://(?:[a-z0-9-]+\.)*gov\.cn(?:/[!-~]*)?")


class Parts:
    """Readers that need to know the instruments cited so far."""

    def __init__(self, instruments: Mapping[str, Instrument], report: Report) -> None:
        self.instruments = dict(instruments)
        self.checks: list[tuple[dict[str, Any], str]] = []
        self.report = report

    def read_instrument(self, node: Node) -> Instrument:
        instrument = Instrument(
            id=node.text("id"),
            title=node.text("title"),
            number=node.text("number", ""),
            rank=node.one_of("rank", RANKS),
            in_force=node.in_force(),
            confidence=node.one_of("confidence", CONFIDENCES),  # type: ignore[arg-type]
            note=node.text("note", ""),
            url=read_url(node),
        )
        node.done()
        if instrument.id in self.instruments:
            node.wrong("id", f"文件代码「{instrument.id}」已经用过", "请换一个代码。")
        self.instruments[instrument.id] = instrument
        return instrument

    def read_citation(self, node: Node) -> Citation | None:
        """`{instrument:, article:}`. An unknown instrument is a finding."""
        name, article = node.text("instrument"), node.text("article")
        node.done()
        instrument = self.instruments.get(name)
        if instrument is None:
            node.report.error(
                "instrument-unknown",
                node.where("instrument"),
                f"依据文件「{name}」没有登记",
                "请在 instruments.yaml 补上该文件的名称、文号、位阶和施行日期。",
            )
            return None
        return Citation(instrument, article)

    def citation(self, node: Node, key: str = "citation") -> Citation | None:
        if not node.has(key):
            node.seen.add(key)
            return None
        return self.read_citation(node.node(key))

    def source(
        self,
        node: Node,
        source_id: str,
        *,
        inherited: Source | None = None,
        default: Citation | None = None,
        own_citation: bool = False,
    ) -> Source:
        """Citation, confidence, adoption id and days in force of a value. Values inside a cited whole inherit
        what they do not say; with `own_citation` each must be cited itself. A value that is neither cited nor
        declared as our choice, with the reason, is refused."""
        citation = self.citation(node)
        choice, because = node.flag("our_choice"), node.text("because", "")
        if citation is None and not own_citation:
            citation = default or (inherited.citation if inherited else None)
        if citation is None and not (choice and because):
            self.report.error(
                "uncited",
                node.where("citation"),
                "没有注明依据",
                "请写明 citation（文件和条款）；不是法律规定的，写 our_choice: true 并在 because 说明理由。",
            )
        if choice and not because:
            node.wrong("because", "写了 our_choice，但没有说明理由", "请在 because 写明为什么这样选择。")
        protective = node.flag("protective")
        if protective and not choice:
            node.wrong(
                "protective", "只有本系统的设计选择才可以写 protective", "请删去，或者写明 our_choice。"
            )
        own_days = node.has("in_force") or inherited is None
        in_force = node.in_force() if own_days or inherited is None else inherited.in_force
        node.seen.add("in_force")
        default_confidence = inherited.confidence if inherited else None
        return Source(
            id=source_id,
            where=node.file,
            in_force=in_force,
            confidence=node.one_of("confidence", CONFIDENCES, default_confidence),  # type: ignore[arg-type]
            citation=citation,
            our_choice=choice,
            because=because,
            protective=protective,
            note=node.text("note", ""),
        )

    def read_provision(self, node: Node) -> Provision | None:
        code = node.text("id")
        name, name_en = node.bilingual("name")
        what, what_en = node.bilingual("what")
        starts, starts_en = node.bilingual("starts")
        period = node.period("period")
        source = self.source(node, code)
        node.done()
        if period is None:
            return None
        return Provision(code, name, name_en, what, what_en, starts, starts_en, period, source)

    def read_version(self, node: Node) -> RuleVersion:
        """One version of a publication rule: a file under publication/ with `rule:`."""
        rule, version = node.text("rule"), node.text("version")
        name, name_en = node.bilingual("name")
        source = self.source(node, f"{rule}.{version}")
        classes = {c.code: c for entry in node.nodes("classes") if (c := _publication_class(entry))}
        triggers = tuple(self._trigger(entry, source, classes) for entry in node.nodes("triggers"))
        otherwise = None
        if node.has("otherwise"):
            otherwise = self._trigger(node.node("otherwise"), source, classes)
        node.seen.add("otherwise")
        counted_from = node.one_of("counted_from", ("decided_on", "received_on"))
        node.done()
        return RuleVersion(rule, version, name, name_en, counted_from, classes, triggers, otherwise, source)

    def _trigger(self, node: Node, inherited: Source, classes: Mapping[str, PublicationClass]) -> Trigger:
        code = node.text("id")
        class_code = node.one_of("class", classes)
        says, says_en = node.bilingual("says")
        when = When()
        if node.has("when"):
            parts = node.node("when")
            when = When(
                procedure=parts.one_of("procedure", ("simple",), ""),
                kinds_any=frozenset(parts.texts("kinds_any")),
                kinds_only=frozenset(parts.texts("kinds_only")),
                fine=parts.one_of("fine", ("below_larger", "larger", "huge"), ""),
            )
            parts.done()
        node.seen.add("when")
        source = self.source(node, code, inherited=inherited)
        node.done()
        return Trigger(code, class_code, when, says, says_en, source)

    def read_threshold(self, node: Node) -> FineThreshold:
        code, sector = node.text("id"), node.text("sector")
        region = node.text("region", "")
        larger, huge = node.number("larger_yuan"), node.number("huge_yuan")
        source = self.source(node, code)
        node.done()
        if larger is not None and huge is not None and huge <= larger:
            node.wrong("huge_yuan", "「数额巨大」应高于「较大数额」")
        return FineThreshold(sector, region, fen(larger), fen(huge), source)

    def read_simple_limit(self, node: Node) -> SimpleLimit:
        code, limit = node.text("id"), node.number("limit_yuan")
        source = self.source(node, code)
        node.done()
        return SimpleLimit(fen(limit) or 0, source)

    def read_setting(self, node: Node) -> Setting:
        name, value = node.text("name"), node.text("value")
        choices = node.texts("choices")
        title, title_en = node.bilingual("title")
        what, what_en = node.bilingual("what")
        source = self.source(node, f"setting.{name}")
        node.done()
        if choices and value not in choices:
            node.wrong("value", f"「{value}」不在可选范围内", f"可选：{'、'.join(choices)}。")
        return Setting(name, value, choices, title, title_en, what, what_en, source)


def read_url(node: Node, key: str = "url") -> str:
    """The address of a published text: a page of a public body, or "". Checked for form, never fetched."""
    url = node.text(key, "")
    if url and not _GOVERNMENT.fullmatch(url):
        node.report.error(
            "dead-link",
            node.where(key),
            "网址的写法不对，或者不是政府网站",
            "请写完整网址（https://…），主机名以 gov.cn 结尾。",
        )
    return url


def fen(yuan: int | None) -> int | None:
    """Whole yuan as integer fen."""
    return None if yuan is None else yuan * 100


def _publication_class(node: Node) -> PublicationClass | None:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    in_sectors: Period | None = None
    sectors: frozenset[str] = frozenset()
    if node.has("shortest_in_sectors"):
        special = node.node("shortest_in_sectors")
        in_sectors, sectors = special.period("period"), frozenset(special.texts("sectors"))
        special.done()
    node.seen.add("shortest_in_sectors")
    shown, shortest, longest = node.flag("shown"), node.period("shortest"), node.period("longest")
    until = node.texts("until")
    for word in until:
        if word not in UNTIL:
            node.wrong("until", f"「{word}」不在可选范围内", f"可选：{'、'.join(UNTIL)}。")
    node.done()
    found = PublicationClass(code, name, name_en, shown, shortest, longest, in_sectors, sectors, until)  # type: ignore[arg-type]
    return found if code else None


def read_kind(node: Node) -> PenaltyKind:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    kind = PenaltyKind(code, name, name_en, node.texts("written"))
    node.done()
    return kind


def read_sector(node: Node) -> Sector:
    code = node.text("code")
    name, name_en = node.bilingual("name")
    sector = Sector(
        code, name, name_en, node.text("part_of", ""), node.texts("basis"), node.texts("authority")
    )
    node.done()
    return sector


Days = dict[date, tuple[str, str]]


def read_year(node: Node) -> tuple[int, Days, Days, str]:
    """A yearly holiday notice: (year, days off, weekend days worked, the notice's citation)."""
    year = node.number("year") or 0
    notice = node.node("notice")
    cited = _notice(notice)
    changed = _notice(node.node("changed_by")) if node.has("changed_by") else cited
    node.seen.add("changed_by")
    node.one_of("confidence", CONFIDENCES)
    node.text("replaces", "")
    off: Days = {}
    work: Days = {}
    for entry in node.nodes("off"):
        name, first, last = entry.text("name"), entry.day("from"), entry.day("to")
        by = changed if entry.flag("changed") else cited
        entry.done()
        if first and last:
            off.update({first + timedelta(days=n): (name, by) for n in range((last - first).days + 1)})
    for entry in node.nodes("work"):
        name, day = entry.text("name"), entry.day("day")
        by = changed if entry.flag("changed") else cited
        entry.done()
        if day:
            work[day] = (name, by)
    node.done()
    return year, off, work, cited


def _notice(node: Node) -> str:
    title, number = node.text("title"), node.text("number", "")
    node.text("issued", "")
    node.one_of("confidence", CONFIDENCES)
    node.done()
    return f"《{title}》（{number or '文号待核'}）"
