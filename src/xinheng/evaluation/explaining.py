"""Explanation: a score down to its statements and the rule of each.

The numbers are the engine's own (`score_model`); what a statement says comes through the gate, as it stands today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from xinheng.evaluation.errors import DoesNotAddUp
from xinheng.evaluation.explained_types import Excluded, Explanation, Held, Line, Part, Why
from xinheng.evaluation.one import score_model
from xinheng.evaluation.policy_checkup import title_of
from xinheng.evaluation.runs import model_on, run_of
from xinheng.evaluation.store import model_of
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication

if TYPE_CHECKING:
    from xinheng.evaluation.types import Contribution, IndicatorSum, One

EPOCH = date(1970, 1, 1)
AUDIENCE = "authority"
MOST_EXCLUDED = 500
# Measures that look at all statements at once: the newest bears what they give
TOGETHER = ("latest", "months-since", "share")
_STATES: Mapping[int, Why] = {1: "repaired", 2: "ended", 3: "suppressed"}
# What another body is not told of: such entries are used and shared no more
_OFFICE_ONLY = frozenset(("repaired", "ended", "suppressed", "expired"))


def explain(
    *, uscc: str, model: str, on: date, position: int | None = None, audience: str = "office", run: int | None = None
) -> Explanation:  # fmt: skip
    """How the score of an organisation comes about on a day, as known now or at an earlier ledger position; with `run`, as
    that run had it: its day, its position, its model and pack as they were then.

    For the office and the authority that decided, never for the organisation or the public. A statement is named as far
    as the gate opens it to authorities today: one repaired since then keeps its number in an old score and loses its
    words. `audience` "authority" leaves out what is used and shared no more.
    Raises what `score_one` raises, `UnknownRun`, and `DoesNotAddUp` rather than show a sum that is not the score.
    """
    pack, number = law.active(), ""
    if run is None:
        rules = model_on(pack, model, on)
    else:
        then = run_of(run=run)
        pack, on, position, number = law.by_digest(then.pack_digest), then.on, then.position, then.number
        rules = model_of(then)
    held = facts.of_one(uscc=uscc, position=position, pack=pack)
    one = score_model(uscc=uscc, model=rules, on=on, position=position, pack=pack, held=held)
    rows = {row["statement"]: row for row in held.facts.iter_rows(named=True)}
    items = {what.id: what for what in held.whats}
    told = publication.by_ids(ids=[c.statement for c in one.contributions], audience=AUDIENCE, on=on)
    entries: dict[int, Any] = dict(told)
    lines = _lines(pack, one, rows, items, entries)
    parts = tuple(_part(rules.by_code[part.code], part, lines.get(part.code, [])) for part in one.indicators)
    found = Explanation(
        uscc=one.uscc, model=one.model, version=one.version, pack=pack.digest, on=on, position=one.position,
        base=one.base, score=one.score, grade=one.grade_code, grade_name=_grade(rules, one.grade),
        grade_of_score=_grade(rules, one.by_score), parts=parts, vetoes=_vetoes(rules, one, rows, items, on),
        excluded=_excluded(pack, rules, rows.values(), items, one, on, audience),
        ceiling=_grade(rules, one.ceiling), ladder=_ladder(rules, one), rounding=rules.rounding, run=number,
    )  # fmt: skip
    if not found.adds_up:
        raise DoesNotAddUp(
            f"模型 {model} 对 {uscc} 的得分与各条相加不一致，已停止显示。请保留账本位置 {one.position}，报告运维人员核查。"
        )
    return found


def _lines(
    pack: law.Pack, one: One, rows: Mapping[int, Any], items: Mapping[int, Any], entries: Mapping[int, Any]
) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for said in one.contributions:
        row = rows.get(said.statement)
        item = items[row["what"]].item if row else ""
        found.setdefault(said.indicator, []).append(_line(pack, said, item, row, entries.get(said.statement)))
    return found


def _line(pack: law.Pack, said: Contribution, item: str, row: Any, entry: Any) -> Line:
    shape = pack.items.get(item)
    decided = EPOCH + timedelta(days=row["decided"]) if row else None
    name = shape.name if shape else item
    if shape is None or entry is None:
        return Line(said.statement, item, name, "", "", "", decided, said.months, said.decay, said.micro, "")
    card, values = shape.card, entry.values
    rule, confidence = _rule(entry.rule)
    return Line(
        said.statement, item, name, title_of(shape, values),
        values.get(card.document, "") if card.document else "", values.get(shape.authority_name, ""), decided,
        said.months, said.decay, said.micro, rule or shape.source.cited,
        confidence or shape.source.confidence,
    )  # fmt: skip


def _rule(rule: str) -> tuple[str, str]:
    """The provision an entry stands by, and how sure it is; ("", "") where it keeps none, or the pack lost it."""
    if not rule:
        return "", ""
    try:
        cited = law.provision(rule)
    except law.UnknownProvision:
        return "", ""
    return cited.citation, cited.confidence


def _part(rule: Any, part: IndicatorSum, lines: list[Line]) -> Part:
    """An indicator with its lines, newest first."""
    lines = sorted(lines, key=lambda line: (line.decided_on or date.min, line.statement), reverse=True)
    if lines and rule.measure in TOGETHER:
        lines[0] = replace(lines[0], carries=True)
    return Part(
        part.code, rule.family, rule.name, rule.name_en, rule.measure, rule.weight, rule.cap, part.raw,
        part.micro - part.raw, part.micro, rule.source.cited, rule.source.our_choice, tuple(lines),
    )  # fmt: skip


def _vetoes(
    rules: Any, one: One, rows: Mapping[int, Any], items: Mapping[int, Any], on: date
) -> tuple[Held, ...]:
    names = {grade.code: grade.name for grade in rules.grades}
    found = []
    for veto in rules.vetoes:
        if veto.code not in one.vetoes:
            continue
        rests = tuple(
            statement
            for statement, row in rows.items()
            if why_not(row, on) is None and law.matches(veto.filter, items[row["what"]])
            and (not veto.within_months or months(row, on) < veto.within_months)
        )  # fmt: skip
        found.append(
            Held(veto.code, veto.name, veto.name_en, veto.ceiling, names.get(veto.ceiling, veto.ceiling),
                 veto.at_least, veto.source.cited, rests)
        )  # fmt: skip
    return tuple(found)


def _excluded(
    pack: law.Pack,
    rules: Any,
    rows: Iterable[Any],
    items: Mapping[int, Any],
    one: One,
    on: date,
    audience: str,
) -> tuple[Excluded, ...]:
    """Statements that do not count though the model asks for their kind, and adverse ones it does not look at."""
    counted = {said.statement for said in one.contributions}
    asked = {
        what.id: any(law.matches(one.filter, what) for one in (*rules.indicators, *rules.vetoes))
        for what in items.values()
    }
    found = []
    for row in rows:
        what = items[row["what"]]
        why: Why | None = why_not(row, on)
        if why is None and row["statement"] not in counted and what.side == "adverse":
            why = "not-asked"
        if why is None or not (asked[what.id] or what.side == "adverse"):
            continue
        if audience != "office" and why in _OFFICE_ONLY:
            continue
        shape = pack.items.get(what.item)
        decided = EPOCH + timedelta(days=row["decided"])
        found.append(Excluded(row["statement"], what.item, shape.name if shape else what.item, decided, why))
    newest = sorted(found, key=lambda one: (one.decided_on or date.min, one.statement), reverse=True)
    return tuple(newest[:MOST_EXCLUDED])


def why_not(row: Any, on: date) -> Why | None:
    """Why a fact does not count on a day; None where it does."""
    if row["state"]:
        return _STATES.get(row["state"], "ended")
    day = (on - EPOCH).days
    if row["decided"] > day:
        return "later"
    if row["until"] < day:
        return "expired"
    if row["disputed"]:
        return "disputed"
    return None if row["primary"] else "duplicate"


def months(row: Any, on: date) -> int:
    """Whole months from a decision to a day, as the engine counts them: the last day of a month completes it."""
    last = (on + timedelta(days=1)).day == 1
    whole = on.year * 12 + on.month - 1 - row["ym"] - (row["day"] > (31 if last else on.day))
    return max(int(whole), 0)


def _grade(rules: Any, place: int) -> str:
    return rules.grades[place].name if 0 <= place < len(rules.grades) else ""


def _ladder(rules: Any, one: One) -> str:
    """The grade that was withheld because its years are not behind the organisation; "" where none was."""
    ladder = rules.ladder
    if ladder is None or one.by_score > rules.grade_index(ladder.grade) or one.grade <= one.by_score:
        return ""
    return _grade(rules, rules.grade_index(ladder.grade))
