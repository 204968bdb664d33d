"""When repair may be asked for, and what governs. Pure: facts and a day in, a decision with its reasons out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.kernel.text import norm_docno

HELD, SUPPRESSED = "held", "suppressed"
ONE_DAY = timedelta(days=1)
NO_MINIMUM = "最短公示期没有查到规定，由认定单位审查"
NO_MINIMUM_EN = "No rule with a minimum period was found: the deciding authority examines"
_GONE = {
    "repaired": "这条记录已经修复，终止公示、停止共享和使用",
    "superseded": "这条记录已被更正后的内容取代，请对更正后的记录申请",
    "annulled": "这条记录已经撤销，不再公示和使用",
    "erased": "这条记录已经依法删除",
}


_HAN = "[\\u4e00-\\u9fff]"
# Year, court (province and number, or a county's character), kind of matter with 破, serial, and which ruling of the case
_RULING = re.compile(
    rf"\((?P<year>\d{{4}})\)(?P<rest>{_HAN}{{1,4}}\d{{0,4}}{_HAN}{{0,2}}破{_HAN}{{0,3}}\d{{1,6}}号(?:之{_HAN}{{1,3}}|之\d{{1,3}})?)"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """How an entry stands: from its open standing, and the path the law has for it."""

    state: str
    severity: str
    decided_on: date | None
    show_from: date | None
    show_until: date | None
    repair_from: date | None
    repairable: bool = True
    why_not: str = ""
    barred_until: date | None = None


@dataclass(frozen=True, slots=True)
class May:
    """May repair be asked for on a day: `code` is "" when it may, else the kind of refusal. `first` is the day from
    which it may; None where no minimum period was found in the rules, or where it never may."""

    code: str
    first: date | None
    reasons: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.code


def may_apply(facts: Facts, on: date, *, reorganisation: bool = False) -> May:
    """Whether repair of an entry may be asked for on a day.

    Where the rules found say nothing of a minimum period, it may: the authority examines. Under a reorganisation plan the court approved, one need not wait for the minimum period to ask: what may be given
    before it is over is a suppression for a time, never the repair.
    Raises nothing; the day is the legal day on which the application was received.
    """
    if facts.state in _GONE or facts.state not in (HELD, SUPPRESSED):
        return May("entry-ended", None, (_GONE.get(facts.state, "这条记录不再有效"),))
    if not facts.repairable:
        return May("not-repairable", None, (facts.why_not or "规则包里没有这类信息的修复办法",))
    if facts.severity == "undetermined":
        return May("not-repairable", None, ("失信程度待认定单位确认，确认前不公示，暂不需要修复",))
    if facts.show_from is None:
        return May("entry-ended", None, ("这条记录不公示，不需要申请终止公示",))
    if facts.show_until is not None and facts.show_until < on:
        return May(
            "entry-ended", None, (f"公示期已于 {facts.show_until} 届满，自动停止公示，不需要申请修复",)
        )
    first = facts.repair_from
    if facts.barred_until is not None and on <= facts.barred_until:
        return _barred(facts, facts.barred_until)
    if first is None:
        return May("", None, (NO_MINIMUM,))
    if on >= first:
        return May("", first, (f"最短公示期已满，{first} 起可以申请",))
    if reorganisation:
        return May(
            "", first, (f"最短公示期到 {first} 的前一日；法院批准重整（和解）的，执行期间即可申请暂时屏蔽",)
        )
    return May("repair-too-early", first, (f"最短公示期未满，{first} 起才可以申请",))


def _barred(facts: Facts, until: date) -> May:
    """After false material or a broken promise: repair rests on a commitment, and none helps until a day."""
    why = f"修复因材料不实或者没有履行承诺被撤销：按已采用的规定（待核实），{until} 以前不适用承诺办理"
    if facts.show_until is not None and facts.show_until <= until:
        return May("repair-barred", None, (f"{why}；公示到 {facts.show_until} 自动终止，不需要申请",))
    return May("repair-barred", max(facts.repair_from or until, until + ONE_DAY), (why,))


def ruling_number(text: str, on: date) -> str:
    """A court's case number in a bankruptcy matter as it is kept: （2026）皖06破3号; "" for anything else.

    Brackets and widths may be any; the year lies between the bankruptcy law's and that of `on`.
    """
    found = _RULING.fullmatch(norm_docno(text))
    if found is None or not 2007 <= int(found["year"]) <= on.year:
        return ""
    return f"（{found['year']}）{found['rest']}"


@dataclass(frozen=True, slots=True)
class Governing:
    """Which rules an entry's days follow from: the version of its decision day, and the later one that shortened."""

    versions: tuple[str, ...]
    says: str
    says_en: str


def governing(rule: str, versions: Sequence[tuple[str, str, str, frozenset[str]]]) -> Governing:
    """What governs by the `rule` kept with a standing.

    `versions` are (version, name, English name, ids of it and its triggers) of the item's publication rule, oldest
    first. A later id in `rule` means that a later version shortened the periods.
    """
    tokens = [token for token in rule.split(":") if token]
    found = [
        (version, name, name_en)
        for version, name, name_en, ids in versions
        if any(token in ids or token == version for token in tokens)
    ]
    if not found:
        return Governing((), "没有适用的分类规则", "No rule with classes applies")
    first, last = found[0], found[-1]
    if first == last:
        return Governing((first[0],), f"适用{first[1]}", f"Governed by: {first[2]}")
    return Governing(
        tuple(one[0] for one in found),
        f"作出决定时适用{first[1]}；{last[1]}的期限更短，按更短的执行",
        f"Decided under: {first[2]}; the shorter periods of {last[2]} apply",
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """What the platform can prove of one condition: by which record, "" if it cannot."""

    by: str = ""
    by_en: str = ""


def condition_state(proof: str, facts: Facts, on: date, held: Proof) -> tuple[str, str, str]:
    """The state of one condition (proven | to-do | by-authority), and how, in both languages.

    `proof` is what the law room says could prove it: "window" (the entry's own days), "letter" (the commitment letter
    prepared here), "fields" (a day on record), "" (the organisation shows it, the authority checks it).
    """
    if proof == "window":
        may = may_apply(facts, on)
        if may.code == "repair-too-early":
            return "to-do", f"{may.first} 起满足", f"Met from {may.first}"
        if may.ok and may.first is None:
            return "by-authority", NO_MINIMUM, NO_MINIMUM_EN
        return ("proven", may.reasons[0], "Shown by the days of the entry") if may.ok else _authority()
    if proof == "letter":
        return "to-do", "签署并公开信用承诺书（下方已备好文本）", "Sign the commitment letter prepared below"
    if held.by:
        return "proven", held.by, held.by_en
    if proof == "fields":
        return "to-do", "平台没有相应记载，请提交证明", "Not on record here: submit proof"
    return _authority()


def _authority() -> tuple[str, str, str]:
    how = "提交履行义务、改正行为的材料；认定单位能自行核查的不要求提交"
    return "by-authority", how, "Submit proof; what the authority can check itself is not asked for"
