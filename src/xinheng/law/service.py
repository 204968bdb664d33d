"""The door of the law room: what may be collected, shown, until when, and how time is counted.

Every question names its pack; `active()` gives the one of this home. Times and days are arguments. An unverified
provision has effect only once the office adopted it (in a sandbox all are, and shown as 待核实).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from xinheng.kernel.periods import CalendarEnds, CalendarGap, Day, Due, Pause, Period, StillPaused
from xinheng.law import (
    explain_cases,
    explain_places,
    explaining,
    keeping,
    packs,
    places,
    policy_ends,
    policy_severity,
    policy_uses,
    policy_window,
)
from xinheng.law.case_types import (
    AGAINST,
    CaseKind,
    CaseState,
    CaseStep,
    Condition,
    CountsFrom,
    NextRemedy,
    Numbering,
    Paper,
    RepairPath,
    RepairWindow,
    Said,
)
from xinheng.law.clocks import (
    calendar_until,
    due,
    due_extended,
    due_shown,
    due_shown_table,
    due_table,
    unannounced_year,
    working_days_between,
)
from xinheng.law.current import (
    Adoptable,
    active,
    adoptable,
    adopted,
    load_notice,
    notices,
    set_adoption_source,
    set_notice_store,
)
from xinheng.law.errors import (
    NoBasis,
    NotAdopted,
    NoticeRefused,
    PackMissing,
    PackRefused,
    RulesUnreadable,
    UnknownCode,
    UnknownDigest,
    UnknownProvision,
)
from xinheng.law.explain_models import points_text
from xinheng.law.explaining import Basis, Cited, Explanation
from xinheng.law.findings import Finding
from xinheng.law.index_types import FULL as INDEX_FULL
from xinheng.law.index_types import NO_VALUE as NO_INDEX_VALUE
from xinheng.law.index_types import IndexPart, IndexPlan
from xinheng.law.indicators import FORMULAS, FormulaKind
from xinheng.law.measure_doors import (
    counts,
    hints,
    list_kinds,
    matters_for,
    may_apply,
    measures,
    purpose_refusal,
    rules_audit,
    rules_rows,
    subject_of,
    use_of,
    uses,
)
from xinheng.law.measure_types import (
    GROUPS,
    REFUSALS,
    Count,
    Deferral,
    EntryFacts,
    Forbidden,
    Ground,
    Hint,
    Measure,
    MeasureAnswer,
    Purpose,
    RuleFinding,
    Use,
    hint_dict,
)
from xinheng.law.model_doors import (
    check_model,
    filter_text,
    matches,
    model,
    model_at,
    model_dict,
    model_text,
    models,
    what_fields,
    what_of,
)
from xinheng.law.model_types import (
    FAMILIES,
    POINT,
    PUBLISHING_RANKS,
    Clause,
    EvaluationModel,
    Filter,
    Grade,
    Indicator,
    Ladder,
    Veto,
    What,
    WhatFields,
)
from xinheng.law.notices import Kept as KeptNotice
from xinheng.law.notices import Notice
from xinheng.law.places import Successor
from xinheng.law.policy_cases import (
    case_clock,
    case_kind,
    case_kinds,
    lead_days,
    repair_path,
    step_refusal,
)
from xinheng.law.policy_ends import Ends
from xinheng.law.policy_severity import Facts, Severity, SeverityDecision
from xinheng.law.policy_window import Window
from xinheng.law.received_types import SECTOR_TOPS, MutualRule, ResultKind, WarningRule
from xinheng.law.rules import KINDS
from xinheng.law.types import (
    PENDING_MARK,
    SECTIONS,
    Card,
    Citation,
    CurrentRule,
    Department,
    Field,
    InForce,
    Instrument,
    Item,
    ListExit,
    ListKind,
    ListTrigger,
    Matter,
    Pack,
    Provision,
    PublicationClass,
    RegisterFeed,
    Rule,
    RuleVersion,
    Sector,
    Setting,
    Source,
    Succession,
    SuccessionRule,
)

__all__ = [
    "AGAINST", "FAMILIES", "FORMULAS", "GROUPS", "INDEX_FULL", "KINDS", "NO_INDEX_VALUE", "PENDING_MARK", "POINT",
    "PUBLISHING_RANKS", "REFUSALS", "SECTIONS", "SECTOR_TOPS", "Adoptable", "Basis", "CalendarEnds", "CalendarGap",
    "Card", "CaseKind", "CaseState", "CaseStep", "Citation", "Cited", "Clause", "Condition", "Count", "CountsFrom",
    "CurrentRule", "Day", "Deferral", "Department", "Due", "Ends", "EntryFacts", "EvaluationModel", "Explanation",
    "Facts", "Field", "Filter", "Finding", "Forbidden", "FormulaKind", "Grade", "Ground", "Hint", "InForce",
    "IndexPart", "IndexPlan", "Indicator", "Instrument", "Item", "KeptNotice", "Ladder", "ListExit", "ListKind",
    "ListTrigger", "Matter", "Measure", "MeasureAnswer", "MutualRule", "NextRemedy", "NoBasis", "NotAdopted",
    "Notice", "NoticeRefused", "Numbering", "Pack", "PackMissing", "PackRefused", "Paper", "Pause", "Period",
    "Provision", "PublicationClass", "Purpose", "RegisterFeed", "RepairPath", "RepairWindow", "ResultKind", "Rule",
    "RuleFinding", "RuleVersion", "RulesUnreadable", "Said", "Sector", "Setting", "Severity", "SeverityDecision",
    "Source", "StillPaused", "Succession", "SuccessionRule", "Successor", "UnknownCode", "UnknownDigest",
    "UnknownProvision", "Use", "Veto", "WarningRule", "What", "WhatFields", "Window", "active", "adoptable",
    "adopted", "by_digest", "calendar_until", "case_clock", "case_kind", "case_kinds", "check", "check_model",
    "counts", "damaged", "department", "due", "due_extended", "due_shown", "due_shown_table", "due_table",
    "ends_fields", "ends_of", "explain", "facts_of", "filter_text", "fine_breakpoints", "forget", "hint_dict",
    "hints", "is_simple_procedure", "item", "kept", "lead_days", "list_kinds", "load", "load_notice", "matches",
    "matter", "matters_for", "may_apply", "measures", "model", "model_at", "model_dict", "model_text", "models",
    "notices", "points_text", "provision", "purpose_refusal", "regime_day", "remember", "repair_path",
    "rules_audit", "rules_rows", "sector_of", "sector_rules", "set_adoption_source", "set_notice_store", "severity",
    "split_choices", "step_refusal", "subject_of", "successor", "unannounced_year", "use_of", "uses", "what_fields",
    "what_of", "window", "working_days_between",
]  # fmt: skip


def load(code: str, packs_dir: Path | None = None) -> Pack:
    """A pack by code, checked, nothing adopted. Raises `PackMissing`, `PackRefused`. Kept in memory."""
    return packs.load(code, packs_dir or packs.default_packs_dir())


def check(
    code: str, packs_dir: Path | None = None, *, adopted: frozenset[str] = frozenset()
) -> list[Finding]:
    """Everything to be said about a pack, errors first: what breaks the law or the form, then what an office must
    verify or adopt (`adopted` says what it has). Raises `PackMissing`."""
    return packs.check(code, packs_dir, adopted)


def forget() -> None:
    """Drops packs kept in memory, so that changed files are read again."""
    packs.forget()


def remember(pack: Pack) -> str:
    """Keeps a pack's content in the database under its digest, once. Returns the digest."""
    return keeping.remember(pack)


def damaged() -> list[str]:
    """Digests of kept packs whose content does not match them."""
    return keeping.damaged()


def kept() -> set[str]:
    """The digests of all packs ever kept."""
    return keeping.digests()


def by_digest(digest: str) -> Pack:
    """The pack of a digest ever used. Raises `UnknownDigest`."""
    return keeping.by_digest(digest)


def item(*, code: str, version: str) -> Item:
    """An item in a given version, old ones too: what a stored statement is read with. Raises `UnknownCode`."""
    return keeping.item(active(), code, version)


def severity(*, pack: Pack, item: Item, facts: Facts) -> SeverityDecision:
    """The class of a penalty under the rules of its decision day, with reasons. Never raises: what the facts do not
    decide is `undetermined`."""
    return policy_severity.severity(pack, item, facts)


def window(
    *,
    pack: Pack,
    item: Item,
    severity: SeverityDecision | str,
    decided_on: date,
    received_on: date,
    rule: str = "",
    ends: Ends = policy_window.NO_ENDS,
) -> Window:
    """From when until when an entry is shown, and from when repair may be asked for.

    `severity` is a decision, or a class by name (confirmed by the authority, or on record). Give the `rule` kept
    with an entry (a window's `provision`) to get the answer given then; give `ends_of` the entry's values for items
    whose entries end by themselves. Never raises.
    """
    return policy_window.window(pack, item, severity, decided_on, received_on, rule, ends)


def ends_of(*, pack: Pack, item: Item, values: Mapping[str, str]) -> Ends:
    """What an entry's clean values say about its own end: day of exit, last day of validity, kind of list."""
    return policy_ends.ends_of(pack, item, values)


def ends_fields(*, pack: Pack, item: Item) -> tuple[str, ...]:
    """The fields `ends_of` looks at; none for most items. For the set form."""
    return tuple(dict.fromkeys(policy_ends.fields_for(pack, item).values()))


def facts_of(*, pack: Pack, item: Item, values: Mapping[str, str]) -> Facts:
    """The facts of one row with clean values: dates ISO, amounts in 万元, choices in standard spelling.

    An amount that cannot be read counts as absent. Raises KeyError when the item has no `severity_from`,
    ValueError without a decision day.
    """
    return policy_severity.facts_of(pack, item, values)


def fine_breakpoints(*, pack: Pack, sector: str) -> tuple[int, ...]:
    """Amounts (fen, ascending) at which a class can change: ask `severity` once for each stretch between them."""
    return policy_severity.fine_breakpoints(pack, sector)


def regime_day(*, pack: Pack, decided_on: date) -> date:
    """The first day of the stretch of days whose decisions are classed alike: group by it, not by the day."""
    return policy_severity.regime_day(pack, decided_on)


def sector_of(*, pack: Pack, authority: str, authority_name: str, basis: str) -> str:
    """The sector code of a penalty, from its legal basis, else its authority; "" where nothing tells."""
    return policy_severity.sector_of(pack, authority=authority, authority_name=authority_name, basis=basis)


def sector_rules(*, pack: Pack) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(sector, "basis" or "authority", words): the first whose word occurs wins. For the set form."""
    return policy_severity.sector_rules(pack)


def is_simple_procedure(*, item: Item, values: Mapping[str, str]) -> bool:
    """Whether a row says that the simple procedure was used."""
    return policy_severity.is_simple_procedure(item, values)


def split_choices(*, field: Field, text: str) -> tuple[str, ...]:
    """The values of a multi-value cell in standard spelling."""
    return policy_severity.split_choices(field, text)


def department(*, pack: Pack, uscc: str = "", name: str = "", code: str = "") -> Department | None:
    """A department of the place by unified code, by full or short name, or by the pack's own code; None if none."""
    return places.department(pack, uscc=uscc, name=name, code=code)


def successor(*, pack: Pack, name_or_code: str, on: date) -> Successor | None:
    """To whom a decision of a vanished agency of this place is routed on a day: 工商 → 市场监管, 国土 → 自然资源 …

    None where the agency is unknown, another place's, or not yet gone that day; a department that exists is not its
    own successor.
    """
    return places.successor(pack, name_or_code, on)


def matter(*, pack: Pack, code: str) -> Matter | None:
    """A matter (事项) of the place by code, general ones too; None if there is none."""
    return policy_uses.matter(pack, code)


def explain(*, pack: Pack, code: str, on: date) -> Explanation:
    """Which rule applies to `code` on a day, why, and what the neighbouring versions say; for a department, a matter
    or a vanished agency of the place, whose it is and by what law; for a kind of case, its states, periods and steps. Raises `UnknownCode`."""
    told = explain_cases.explain(pack, code, on) or explain_places.explain(pack, code, on)
    return told or explaining.explain(pack, code, on)


def provision(rule: str) -> Cited:
    """What a page shows for a rule id kept with an entry, from the active pack. Raises `UnknownProvision`."""
    return explaining.cited(active(), rule)
