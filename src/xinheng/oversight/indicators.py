"""A plan's indicators, counted: the vocabulary of `law.FORMULAS` over what is on file. Whole numbers only.

The plans have ended: these values are a look back at what their indicators come to, no assessment. What cannot be counted
from public credit information says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.oversight import units
from xinheng.oversight.counting import TAKEN

PREFIXES: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("91",), "individual": ("92",), "cooperative": ("93",), "collective": ("N1", "N2", "N3"),
    "social": ("51", "52", "53"), "institution": ("12",), "government": ("11",),
}  # fmt: skip
NOT_HERE = "公共信用信息里没有可计算的数据。"
_ENDED = "('注销', '吊销', '吊销后注销', '撤销', '迁出')"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Indicator:
    """One indicator of a plan: its target as written, the count (`over` None where it is no share), and whether the
    target is reached (None where the target is no number). `why_not` says why it cannot be counted."""

    code: str
    name: str
    name_en: str
    target: str
    unit: str
    count: int | None
    over: int | None
    met: bool | None
    kind: str
    means: str
    means_en: str
    why_not: str
    note: str

    @property
    def share(self) -> str:
        """Per cent with one digit, rounded half up; "—" for an empty whole."""
        if self.count is None or self.over is None:
            return ""
        if not self.over:
            return "—"
        tenths = (2_000 * self.count + self.over) // (2 * self.over)
        return f"{tenths // 10}.{tenths % 10}"


def indicators(*, pack: law.Pack, on: date) -> list[Indicator]:
    """Every indicator of the pack's plan as of a day; empty for a pack without a plan."""
    told = pack.plan.get("indicators", ()) if pack.plan else ()
    return [_indicator(one, pack, on) for one in told]


def _indicator(one: Mapping[str, Any], pack: law.Pack, on: date) -> Indicator:
    formula = one.get("formula") or {}
    kind = formula.get("kind", "")
    count = over = None
    if kind in _COUNTS:
        scope = _Scope(
            pack,
            on,
            tuple(formula.get("items", ())),
            tuple(formula.get("subjects", ())),
            formula.get("containing", ""),
        )
        count, over = _COUNTS[kind](scope)
    said = law.FORMULAS.get(kind)
    target = str(one.get("target", ""))
    return Indicator(
        code=one["code"], name=one["name"]["zh"], name_en=one["name"]["en"], target=target,
        unit=str(one.get("unit", said.unit if said else "")), count=count, over=over, met=_met(target, count, over),
        kind=kind, means=said.means if said else "", means_en=said.means_en if said else "",
        why_not="" if kind in _COUNTS else str(one.get("outside") or one.get("note") or NOT_HERE),
        note=str(one.get("note", "")),
    )  # fmt: skip


def _met(target: str, count: int | None, over: int | None) -> bool | None:
    """Whether a share or number reaches the first number of the target; 「低于」「以下」 turn the comparison round."""
    found = _NUMBER.search(target)
    if found is None or count is None or over == 0:
        return None
    whole, _, part = found[0].partition(".")
    wanted, scale = int(whole + part), 10 ** len(part)
    have, needed = (count * 100 * scale, wanted * over) if over is not None else (count * scale, wanted)
    if re.search("低于|以下|以内|不超过|<|＜", target):
        return have < needed if "低于" in target or "<" in target else have <= needed
    return have >= needed


# What a department sent stays collected when its publication ends by repair or is suspended
_ON_FILE = "'held', 'repaired', 'suppressed'"


@dataclass(frozen=True)
class _Scope:
    """What a formula is about."""

    pack: law.Pack
    on: date
    items: tuple[str, ...]
    subjects: tuple[str, ...]
    containing: str

    def held(self, *more: str, states: str = "'held'") -> tuple[str, list[Any]]:
        """FROM and WHERE of held statements of these items about these subjects (`s` statement, `n` standing)."""
        where = [f"n.state IN ({states})", *more]
        values: list[Any] = []
        part, found = _among("s.item", self.items)
        where.append(part)
        values += found
        if prefixes := self.prefixes:
            part, found = _among("substr(s.uscc, 1, 2)", prefixes)
            where.append(part)
            values += found
        joined = f"records_statement s {evidence.then()} records_standing n ON n.statement_id = s.id AND n.closed_by IS NULL"
        return f"FROM {joined} WHERE {' AND '.join(where)}", values

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(prefix for kind in self.subjects for prefix in PREFIXES[kind])

    def registered(self, *, active: bool = False) -> int:
        where: list[str] = ["closed_by IS NULL"]
        values: list[Any] = []
        if self.prefixes:
            part, values = _among("substr(code, 1, 2)", self.prefixes)
            where.append(part)
        if active:
            where.append(f"status NOT IN {_ENDED}")
        return _one(f"SELECT COUNT(*) FROM register_entry WHERE {' AND '.join(where)}", values)

    def in_plan(self) -> tuple[str, list[Any]]:
        """Statements on file decided in the plan's period, whose public part holds the word."""
        body, values = self.held("s.decided_on >= %s", "s.decided_on <= %s", states=_ON_FILE)
        values = [str(self.pack.plan["from"]), str(self.pack.plan["to"]), *values]
        if self.containing:
            sqlite = connection.vendor == "sqlite"
            text = "CAST(s.public AS TEXT)" if sqlite else "convert_from(s.public, 'UTF8')"
            body += f" AND {'instr(' + text + ', %s) > 0' if sqlite else 'position(%s in ' + text + ') > 0'}"
            values.append(self.containing)
        return body, values


_REGISTERED = "EXISTS (SELECT 1 FROM register_entry e WHERE e.code = s.uscc AND e.closed_by IS NULL{more})"


def _coverage(scope: _Scope) -> tuple[int, int]:
    body, values = scope.held(_REGISTERED.format(more=""), states=_ON_FILE)
    return _one(f"SELECT COUNT(DISTINCT s.uscc) {body}", values), scope.registered()


def _listed(scope: _Scope) -> tuple[int, int]:
    body, values = scope.held(
        "(n.show_until IS NULL OR n.show_until >= %s)",
        _REGISTERED.format(more=f" AND e.status NOT IN {_ENDED}"),
    )
    return _one(f"SELECT COUNT(DISTINCT s.uscc) {body}", [scope.on, *values]), scope.registered(active=True)


def _published(scope: _Scope) -> tuple[int, int]:
    due, values = scope.held("n.severity <> 'minor'")
    shown, _ = scope.held("n.severity <> 'minor'", "n.show_from <= %s")
    return _one(f"SELECT COUNT(*) {shown}", [scope.on, *values]), _one(f"SELECT COUNT(*) {due}", values)


def _closed(scope: _Scope) -> tuple[int, int]:
    # What was repaired has ended as well
    whole, values = scope.held(states="'held', 'repaired'")
    ended, _ = scope.held("(n.state = 'repaired' OR n.show_until < %s)", states="'held', 'repaired'")
    return _one(f"SELECT COUNT(*) {ended}", [scope.on, *values]), _one(f"SELECT COUNT(*) {whole}", values)


def _uncorrected(scope: _Scope) -> tuple[int, int]:
    part, values = _among("s.item", scope.items)
    inner = (
        f"SELECT s.uscc, s.key, MAX(CASE WHEN n.state IN ('superseded', 'annulled') THEN 1 ELSE 0 END) AS changed"
        f" FROM records_statement s {evidence.then()} records_standing n ON n.statement_id = s.id AND n.closed_by IS NULL"
        f" WHERE n.state <> 'erased' AND {part} GROUP BY s.uscc, s.key"
    )
    whole = _one(f"SELECT COUNT(*) FROM ({inner}) decisions", values)
    return whole - _one(f"SELECT COALESCE(SUM(changed), 0) FROM ({inner}) decisions", values), whole


def _on_time(scope: _Scope) -> tuple[int, int]:
    return _cells(scope, "timeliness = 'on_time'"), _cells(scope, "timeliness IN ('on_time', 'late')")


def _conformity(scope: _Scope) -> tuple[int, int]:
    part, values = _among("outcome", TAKEN)
    return _cells(scope, part, values), _cells(scope, "1 = 1")


def _cells(scope: _Scope, condition: str, values: Sequence[Any] = ()) -> int:
    part, items = _among("item", scope.items)
    return _one(
        f"SELECT COALESCE(SUM(rows), 0) FROM oversight_cell WHERE {condition} AND {part}", [*values, *items]
    )


def _sources(scope: _Scope) -> tuple[int, int]:
    part, values = _among("item", scope.items)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT source FROM oversight_cell WHERE {part}", values)
        sent = {row[0] for row in cursor.fetchall()}
    sent |= {one.source for item in scope.items for one in intake.nil_returns(item=item, limit=10_000)}
    expected = {unit.body for unit in units.units(pack=scope.pack, sources=()) if unit.body}
    return len(sent & expected), len(expected)


def _entries(scope: _Scope) -> tuple[int, None]:
    body, values = scope.in_plan()
    return _one(f"SELECT COUNT(*) {body}", values), None


def _organisations(scope: _Scope) -> tuple[int, None]:
    body, values = scope.in_plan()
    return _one(f"SELECT COUNT(DISTINCT s.uscc) {body}", values), None


def _checked(scope: _Scope) -> tuple[int, int]:
    return _since_checks_began(scope)["checked"]


def _fed_back(scope: _Scope) -> tuple[int, int]:
    return _since_checks_began(scope)["fed_back"]


def _since_checks_began(scope: _Scope) -> Mapping[str, tuple[int, int]]:
    began = checks.first_check()
    if began is None:
        return {"checked": (0, 0), "fed_back": (0, 0)}
    return checks.shares(first=began, last=scope.on, on=scope.on, items=scope.items)


_COUNTS: Mapping[str, Callable[[_Scope], tuple[int, int | None]]] = {
    "coverage": _coverage, "on_time_share": _on_time, "conformity_share": _conformity, "published_share": _published,
    "sources_share": _sources, "listed_share": _listed, "closed_share": _closed, "uncorrected_share": _uncorrected,
    "checked_share": _checked, "fed_back_share": _fed_back, "entries": _entries, "organisations": _organisations,
}  # fmt: skip


def _among(column: str, values: Sequence[str]) -> tuple[str, list[Any]]:
    return f"{column} IN ({', '.join(['%s'] * len(values)) or 'NULL'})", list(values)


def _one(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return int(cursor.fetchone()[0])
