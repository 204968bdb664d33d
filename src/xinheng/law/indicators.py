"""The formulas a plan's indicator may have: what can be counted here, and from what.

A plan ends, its indicators stay computable: a formula names a kind of this vocabulary and its arguments, nothing else.
An indicator that cannot be counted from public credit information says why instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SUBJECTS = ("enterprise", "individual", "cooperative", "collective", "social", "institution", "government")
"""Kinds of organisation a formula may be narrowed to; none means all. There is no kind for persons."""


@dataclass(frozen=True, slots=True)
class FormulaKind:
    """A formula: what it counts, its unit, and which arguments it takes: "items", "subjects", "containing" (a word in an
    entry's title)."""

    means: str
    means_en: str
    unit: str
    takes: tuple[str, ...]


FORMULAS: Mapping[str, FormulaKind] = {
    "coverage": FormulaKind(
        "有所列目录项记录的主体 ÷ 登记在册的主体",
        "organisations with an entry of these items ÷ organisations registered",
        "%",
        ("items", "subjects"),
    ),
    "on_time_share": FormulaKind(
        "期限内收到的记录 ÷ 收到的记录", "rows received in time ÷ rows received", "%", ("items",)
    ),
    "conformity_share": FormulaKind(
        "合规的记录 ÷ 收到的记录", "rows without a fault ÷ rows received", "%", ("items",)
    ),
    "published_share": FormulaKind(
        "已公示的记录 ÷ 依法应当公示的记录",
        "entries published ÷ entries to be published by law",
        "%",
        ("items",),
    ),
    "sources_share": FormulaKind(
        "当期报送（含零报告）的部门 ÷ 部门名录",
        "departments that reported (nil returns included) ÷ departments listed",
        "%",
        ("items",),
    ),
    "listed_share": FormulaKind(
        "名单上的存续主体（去重）÷ 存续主体",
        "distinct organisations on a list ÷ organisations that exist",
        "%",
        ("items", "subjects"),
    ),
    "closed_share": FormulaKind(
        "已移出、已终结的记录 ÷ 全部记录", "entries that ended ÷ all entries", "%", ("items", "subjects")
    ),
    "uncorrected_share": FormulaKind(
        "未因差错更正或者撤销的记录 ÷ 全部记录",
        "entries never corrected or annulled ÷ all entries",
        "%",
        ("items",),
    ),
    "checked_share": FormulaKind(
        "决定前做过信用核查的决定 ÷ 应当核查的决定（从启用核查之日起）",
        "decisions preceded by a check ÷ decisions that ask for one (since checks began here)",
        "%",
        ("items",),
    ),
    "fed_back_share": FormulaKind(
        "已反馈的“应当”类措施提示 ÷ 全部“应当”类措施提示（从启用核查之日起）",
        "hints of measures by law that were answered ÷ all of them (since checks began here)",
        "%",
        (),
    ),
    "entries": FormulaKind(
        "计划期内的记录数", "entries of the plan's period", "条", ("items", "subjects", "containing")
    ),
    "organisations": FormulaKind(
        "计划期内有所列记录的主体数",
        "organisations with an entry in the plan's period",
        "家",
        ("items", "subjects", "containing"),
    ),
}

__all__ = ["FORMULAS", "SUBJECTS", "FormulaKind"]
