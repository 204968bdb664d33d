"""Explanation: a score down to its statements and the rule of each.

The numbers are the engine's own (`score_model`); what a statement says comes through the gate, as it stands today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from xinheng.evaluation import policy_excluding, store
from xinheng.evaluation.errors import DoesNotAddUp, ResultsMissing
from xinheng.evaluation.explained_types import Excluded, Explanation, Held, Line, Named, Part, RunLine, Why
from xinheng.evaluation.one import score_model
from xinheng.evaluation.policy_cells import PER_MILLE, reached
from xinheng.evaluation.policy_checkup import title_of
from xinheng.evaluation.replay import erased_since
from xinheng.evaluation.runs import model_on, run_of
from xinheng.facts import service as facts
from xinheng.law import service as law
from xinheng.publication import service as publication

if TYPE_CHECKING:
    from xinheng.evaluation.types import Contribution, IndicatorSum, One, Run

AUDIENCE = "authority"
MOST_EXCLUDED = 500
# Measures that look at all statements at once: the newest bears what they give
TOGETHER = ("latest", "months-since", "share")
# What another body is not told of: such entries are used and shared no more
_OFFICE_ONLY = frozenset(("repaired", "ended", "suppressed", "expired"))


@dataclass(frozen=True)
class _Told:
    """What an explanation is put together from: the model, the facts by statement, and what the gate shows of them."""

    pack: law.Pack
    rules: law.EvaluationModel
    on: date
    one: One
    rows: Mapping[int, Mapping[str, Any]]
    whats: Mapping[int, law.What]
    held_down: Mapping[str, tuple[int, ...]]
    entries: Mapping[int, publication.Entry]

    def what(self, statement: int) -> law.What:
        """What a statement is to the model."""
        return self.whats[self.rows[statement]["what"]]

    def name(self, statement: int) -> str:
        """The name of its item."""
        code = self.what(statement).item
        shape = self.pack.items.get(code)
        return shape.name if shape else code


def explain(
    *, uscc: str, model: str, on: date, position: int | None = None, audience: str = "office", run: int | None = None
) -> Explanation:  # fmt: skip
    """How the score of an organisation comes about on a day, as known now or at an earlier ledger position; with `run`, as
    that run had it: its day, its position, its model and pack as they were then, and what became of the run's own line.

    For the office and the authority that decided, never for the organisation or the public. A statement is named as far
    as the gate opens it to authorities today: one repaired since then keeps its number in an old score and loses its
    words. `audience` "authority" leaves out what is used and shared no more.
    Raises what `score_one` raises, `UnknownRun`, and `DoesNotAddUp` rather than show a sum that is not the score.
    """
    then = None if run is None else run_of(run=run)
    if then is None:
        pack = law.active()
        rules = model_on(pack, model, on)
    else:
        pack, on, position = law.by_digest(then.pack_digest), then.on, then.position
        rules = store.model_of(then)
    held = facts.of_one(uscc=uscc, position=position, pack=pack)
    one = score_model(uscc=uscc, model=rules, on=on, position=position, pack=pack, held=held)
    told = _told(pack, rules, on, one, held)
    lines = _lines(told)
    parts = tuple(_part(told, part, lines.get(part.code, [])) for part in one.indicators)
    found = Explanation(
        uscc=one.uscc, model=one.model, version=one.version, pack=pack.digest, on=on, position=one.position,
        base=one.base, score=one.score, grade=one.grade_code, grade_name=_grade(rules, one.grade),
        grade_of_score=_grade(rules, one.by_score), parts=parts, vetoes=_vetoes(told),
        excluded=_excluded(told, audience), ceiling=_grade(rules, one.ceiling), ladder=_ladder(rules, one),
        rounding=rules.rounding, source=rules.source.cited, our_choice=rules.source.our_choice,
    )  # fmt: skip
    if not found.adds_up:
        raise DoesNotAddUp(
            f"模型 {model} 对 {uscc} 的得分与各条相加不一致，已停止显示。请保留账本位置 {one.position}，报告运维人员核查。"
        )
    return found if then is None else _of_run(found, then)


def _told(pack: law.Pack, rules: law.EvaluationModel, on: date, one: One, held: facts.OneFacts) -> _Told:
    """The gate is asked once, for what counts and for what holds the grade down."""
    rows = {row["statement"]: row for row in held.facts.iter_rows(named=True)}
    whats = {what.id: what for what in held.whats}
    vetoes = [veto for veto in rules.vetoes if veto.code in one.vetoes]
    held_down = {
        veto.code: tuple(
            statement for statement, row in rows.items()
            if facts.why_not(row, on) is None and law.matches(veto.filter, whats[row["what"]])
            and (not veto.within_months or facts.months(row, on) < veto.within_months)
        )
        for veto in vetoes
    }  # fmt: skip
    wanted = dict.fromkeys([c.statement for c in one.contributions])
    wanted.update(dict.fromkeys(statement for of in held_down.values() for statement in of))
    entries = publication.by_ids(ids=list(wanted), audience=AUDIENCE, on=on)
    return _Told(pack, rules, on, one, rows, whats, held_down, dict(entries))


def _of_run(found: Explanation, then: Run) -> Explanation:
    """The same under the name of a run, with what became of the run's own line."""
    line: RunLine
    try:
        kept = store.results(run=then.id, usccs=[found.uscc]).get(found.uscc)
    except ResultsMissing:
        kept, line = None, "missing"
    else:
        same = kept is not None and (kept.score, kept.grade_code) == (found.score, found.grade)
        line = "gone" if kept is None else "same" if same else "different"
    return replace(
        found, run=then.number, line=line, kept=kept.score if kept else None, erased=erased_since(then)
    )


def _lines(told: _Told) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    rules = cache(_rule)
    for said in told.one.contributions:
        line = _named(told, said, rules)
        found.setdefault(said.indicator, []).append(_reckoned(told, said, line))
    return found


def _named(told: _Told, said: Contribution, rules: Callable[[str], tuple[str, str]]) -> Line:
    """A line with what its statement says, as far as the gate opens it."""
    what, entry = told.what(said.statement), told.entries.get(said.statement)
    shape = told.pack.items.get(what.item)
    decided = facts.as_date(told.rows[said.statement]["decided"])
    plain = Line(
        said.statement, what.item, told.name(said.statement), "", "", "", decided, said.months, said.decay, said.micro, "",
        amount=said.amount,
    )  # fmt: skip
    if shape is None or entry is None:
        return plain
    card, values = shape.card, entry.values
    rule, confidence = rules(entry.rule)
    return replace(
        plain, title=title_of(shape, values), document=values.get(card.document, "") if card.document else "",
        authority=values.get(shape.authority_name, ""), rule=rule or shape.source.cited,
        confidence=confidence or shape.source.confidence,
    )  # fmt: skip


def _reckoned(told: _Told, said: Contribution, line: Line) -> Line:
    """A line with what its points come from, before decay."""
    rule, what = told.rules.by_code[said.indicator], told.what(said.statement)
    if rule.measure == "share":
        return replace(line, counted=rule.numerator is not None and law.matches(rule.numerator, what))
    if rule.measure in ("sum", "months-since"):
        value = said.amount if rule.measure == "sum" else said.months
        return replace(line, points=reached(rule.brackets, value), bracket=_begins(rule.brackets, value))
    return replace(line, points=rule.points_of(what.grade), grade=what.grade if rule.points else "")


def _begins(steps: Iterable[tuple[int, int]], value: int) -> int | None:
    """Where the bracket a value reaches begins; None below the first."""
    return max((start for start, _ in steps if start <= value), default=None)


def _rule(rule: str) -> tuple[str, str]:
    """The provision an entry stands by, and how sure it is; ("", "") where it keeps none, or the pack lost it."""
    if not rule:
        return "", ""
    try:
        cited = law.provision(rule)
    except law.UnknownProvision:
        return "", ""
    return cited.citation, cited.confidence


def _part(told: _Told, part: IndicatorSum, lines: list[Line]) -> Part:
    """An indicator with its lines, newest first."""
    rule = told.rules.by_code[part.code]
    lines = sorted(lines, key=lambda line: (line.decided_on or date.min, line.statement), reverse=True)
    share = None
    if lines and rule.measure in TOGETHER:
        lines[0] = replace(lines[0], carries=True)
    if lines and rule.measure == "share":
        share = (sum(line.counted for line in lines), len(lines))
        value = share[0] * PER_MILLE // share[1]
        lines[0] = replace(
            lines[0], points=reached(rule.brackets, value), bracket=_begins(rule.brackets, value)
        )
    return Part(
        part.code, rule.family, rule.name, rule.name_en, rule.measure, rule.weight, rule.cap, part.raw,
        part.micro - part.raw, part.micro, rule.source.cited, rule.source.our_choice, tuple(lines),
        own_source=_own(told.rules, rule.source), by_grade=bool(rule.points), share=share,
    )  # fmt: skip


def _own(rules: law.EvaluationModel, source: Any) -> bool:
    return bool(source.cited != rules.source.cited)


def _vetoes(told: _Told) -> tuple[Held, ...]:
    names = {grade.code: grade.name for grade in told.rules.grades}
    return tuple(
        Held(
            veto.code, veto.name, veto.name_en, veto.ceiling, names.get(veto.ceiling, veto.ceiling), veto.at_least,
            veto.source.cited, rests, tuple(_entry(told, statement) for statement in rests),
            own_source=_own(told.rules, veto.source),
        )
        for veto in told.rules.vetoes
        if (rests := told.held_down.get(veto.code)) is not None
    )  # fmt: skip


def _entry(told: _Told, statement: int) -> Named:
    name, entry = told.name(statement), told.entries.get(statement)
    shape = told.pack.items.get(told.what(statement).item)
    if shape is None or entry is None:
        return Named(statement, name, "")
    document = entry.values.get(shape.card.document, "") if shape.card.document else ""
    return Named(statement, title_of(shape, entry.values), document)


def _excluded(told: _Told, audience: str) -> tuple[Excluded, ...]:
    """Statements that do not count though the model asks for their kind, and adverse ones it does not look at."""
    counted = {said.statement for said in told.one.contributions}
    looks = {place: policy_excluding.looks(told.rules, what) for place, what in told.whats.items()}
    reason = cache(lambda place, months: _not_asked(told, told.whats[place], months))
    found = []
    for statement, row in told.rows.items():
        what = told.whats[row["what"]]
        why: Why | None = facts.why_not(row, told.on)
        which = ("", "")
        if why is None and statement not in counted and what.side == "adverse":
            why, which = reason(row["what"], facts.months(row, told.on))
        if why is None or not (looks[row["what"]] or what.side == "adverse"):
            continue
        if audience != "office" and why in _OFFICE_ONLY:
            continue
        decided = facts.as_date(row["decided"])
        found.append(Excluded(statement, what.item, told.name(statement), decided, why, which))
    newest = sorted(found, key=lambda one: (one.decided_on or date.min, one.statement), reverse=True)
    return tuple(newest[:MOST_EXCLUDED])


def _not_asked(told: _Told, what: law.What, months: int) -> tuple[Why, tuple[str, str]]:
    """Why the model does not count what stands; a kind of penalty by its name."""
    why, which = policy_excluding.why(told.rules, what, months)
    penalty = told.pack.kinds.get(which[0]) if why == "kind" else None
    return why, (penalty.name, penalty.name_en) if penalty else which


def _grade(rules: law.EvaluationModel, place: int) -> str:
    return rules.grades[place].name if 0 <= place < len(rules.grades) else ""


def _ladder(rules: law.EvaluationModel, one: One) -> str:
    """The grade that was withheld because its years are not behind the organisation; "" where none was."""
    ladder = rules.ladder
    if ladder is None or one.by_score > rules.grade_index(ladder.grade) or one.grade <= one.by_score:
        return ""
    return _grade(rules, rules.grade_index(ladder.grade))
