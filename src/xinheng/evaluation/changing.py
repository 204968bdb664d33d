"""What would change a result: the smallest lawful changes, found by evaluating them.

Nothing is written by hand: every change is a variant of the organisation's facts, and all variants are evaluated by the
model's own expressions in one call, as so many organisations. Another day is a variant too: the facts are rewritten to
the age they will have, so that one day serves the whole call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from xinheng.evaluation import policy_changing as policy
from xinheng.evaluation import variants
from xinheng.evaluation.engines import evaluate_facts
from xinheng.evaluation.errors import NotEvaluated, UnknownOrganisation
from xinheng.evaluation.explained_types import Change, Step
from xinheng.evaluation.explaining import EPOCH, why_not
from xinheng.evaluation.policy_changing import Act, Effect, Plan
from xinheng.evaluation.runs import model_on
from xinheng.evaluation.subjects import is_of_kind
from xinheng.facts import service as facts
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.remedies import service as remedies

MOST_ACTS = 40
FULFILLED = "全部履行"
BROKEN = ("未履行", "部分履行")
COMMITMENT = "commitment"


@dataclass(frozen=True)
class _Lawful:
    """An act with what a reader is told of it, and what the entry becomes: another `what`, or None where it goes."""

    act: Act
    step: Step
    becomes: law.What | None


def changes(*, uscc: str, model: str, on: date) -> tuple[Change, ...]:
    """The smallest lawful changes that would give an organisation another grade, with the day each may take effect;
    then the days on which time alone does; then what becomes of it when objections under review are refused. Where no
    act reaches another grade, the single acts that raise the score most.

    An act is lawful from the day the checklist of `remedies` gives, a promise may be kept from today. For the office and
    the authority that decided. Raises what `score_one` raises.
    """
    rules = model_on(law.active(), model, on)
    held = facts.of_one(uscc=uscc)
    if not held.orgs.height:
        raise UnknownOrganisation(f"没有登记「{uscc}」这个主体。请核对统一社会信用代码。")
    row = held.orgs.row(0, named=True)
    if not is_of_kind(rules, kind=row["kind"], industry=row["industry"], active=row["active"]):
        raise NotEvaluated(f"「{rules.name}」不评价这类主体（{uscc}）。请核对主体类型，或者选择其他模型。")
    case = _Case(rules, held, on)
    lawful = case.lawful()
    tried = policy.plans([one.act for one in lawful.values()], on)
    days = case.days({plan.on for plan in tried.plans})
    alone = [Plan(frozenset(), day) for day in days]
    everything = [Plan(frozenset(), on), *alone, *tried.plans]
    effects = case.effects(everything, lawful, disputed=bool(case.disputed))
    now, timed, acted = effects[0], effects[1 : 1 + len(alone)], effects[1 + len(alone) : len(everything)]
    found = [
        _acts(effect, lawful, rules, better=True, smallest=sure)
        for effect, sure in policy.smallest(acted, now, [now, *timed], tried.whole)
    ]
    if not found:
        found = [_acts(effect, lawful, rules, better=False) for effect in policy.gains(acted, [now, *timed])]
    found += [
        Change("time", (), one.plan.on, one.score, *_grade(rules, one.grade), better=one.grade < now.grade)
        for one in policy.turning(timed, now)
    ]
    if case.disputed:
        refused = effects[-1]
        if (refused.grade, refused.score) != (now.grade, now.score):
            found.append(
                Change("dispute-decided", (), on, refused.score, *_grade(rules, refused.grade),
                       better=refused.grade < now.grade, statements=case.disputed)
            )  # fmt: skip
    return tuple(found)


class _Case:
    """One organisation before one model on one day."""

    def __init__(self, rules: law.EvaluationModel, held: facts.OneFacts, on: date) -> None:
        self.rules, self.held, self.on = rules, held, on
        self.whats = {what.id: what for what in held.whats}
        rows = list(held.facts.iter_rows(named=True))
        asked = {place for place, what in self.whats.items() if self._asked(what)}
        self.counted = [row for row in rows if row["what"] in asked and why_not(row, on) is None]
        self.under = [row for row in rows if row["what"] in asked and why_not(row, on) == "disputed"]
        self.disputed = tuple(row["statement"] for row in self.under)

    def _asked(self, what: law.What) -> bool:
        """Whether the model looks at such an entry at all."""
        ladder = self.rules.ladder
        filters = [*(one.filter for one in self.rules.indicators), *(one.filter for one in self.rules.vetoes)]
        besides = (*((ladder.breaks, ladder.needs) if ladder is not None else ()), self.rules.holding)
        return any(one is not None and law.matches(one, what) for one in (*filters, *besides))

    def lawful(self) -> dict[int, _Lawful]:
        """What may be done about the entries that take points away or hold a grade down, the heaviest forty."""
        found = {}
        weighed = sorted(
            ((self._weight(self.whats[row["what"]]), row) for row in self.counted if self._weighs(row)),
            key=lambda pair: (-pair[0], pair[1]["statement"]),
        )
        for weight, row in weighed[:MOST_ACTS]:
            one = self._lawful(row, weight)
            if one is not None:
                found[row["statement"]] = one
        return found

    def _weighs(self, row: Mapping[str, Any]) -> bool:
        what = self.whats[row["what"]]
        return what.side == "adverse" or (what.item == COMMITMENT and what.grade in BROKEN)

    def _weight(self, what: law.What) -> int:
        every = [min(one.values) for one in self.rules.indicators if law.matches(one.filter, what)]
        ladder = self.rules.ladder
        held_down = any(law.matches(one.filter, what) for one in self.rules.vetoes) or (
            ladder is not None and law.matches(ladder.breaks, what)
        )
        return -min(every, default=0) + (1 << 40 if held_down else 0)

    def _lawful(self, row: Mapping[str, Any], weight: int) -> _Lawful | None:
        what, statement = self.whats[row["what"]], row["statement"]
        alike = (row["what"], row["ym"], row["day"], row["amount"], row["until"])
        shape = law.active().items.get(what.item)
        name = shape.name if shape else what.item
        if what.item == COMMITMENT:
            step = Step("fulfil", statement, what.item, name, "", "", self.on, "", ())
            return _Lawful(Act(statement, "fulfil", self.on, alike, weight), step, _kept(what))
        if shape is None or not shape.adverse:
            return None
        try:
            told = remedies.checklist(statement=statement, on=self.on)
        except XinhengError:
            return None
        path = told.path
        if path is None or not (told.possible or (not path.repairable and path.windows)):
            return None
        kind: Any = "repair" if told.possible else "fulfil"
        first = max(told.earliest or self.on, self.on)
        step = Step(
            kind, statement, what.item, name, told.letter.get("document", ""), told.letter.get("office", ""), first,
            path.provision, tuple(window.name for window in path.windows), told.working,
        )  # fmt: skip
        return _Lawful(Act(statement, kind, first, alike, weight), step, None)

    def days(self, besides: set[date]) -> tuple[date, ...]:
        """The days ahead on which anything the model looks at becomes another: an entry ends, or comes of an age."""
        ages = _ages(self.rules)
        found: set[date] = set()
        for row in self.counted:
            if row["until"] < (policy.horizon(self.on) - EPOCH).days:
                found.add(EPOCH + timedelta(days=row["until"] + 1))
            found |= {policy.day_at(row["ym"], row["day"], age) for age in ages}
        founded = self.held.orgs["established_ym"][0]
        if self.rules.ladder is not None and founded >= 0:
            found.add(policy.day_at(founded, 1, self.rules.ladder.established_months))
        return policy.days(found, self.on, besides=besides)

    def effects(
        self, plans: Sequence[Plan], lawful: Mapping[int, _Lawful], *, disputed: bool
    ) -> list[Effect]:
        """What each plan gives, in its order, in one call of the engine; last, with disputed entries counted again."""
        whats = variants.whats([*self.held.whats, *(one.becomes for one in lawful.values() if one.becomes)])
        every = [*plans, *([Plan(frozenset(), self.on)] if disputed else [])]
        table = variants.facts_of(
            counted=self._rows(self.counted, whats), plans=plans, on=self.on,
            becomes={one: whats[replace(told.becomes, id=0)] for one, told in lawful.items() if told.becomes},
        )  # fmt: skip
        if disputed:
            again = self._rows([*self.counted, *self.under], whats).with_columns(disputed=pl.lit(False))
            table = pl.concat(
                [table, again.with_columns(org=pl.lit(len(plans), pl.Int32)).select(table.columns)]
            )
        told = evaluate_facts(
            model=self.rules, facts=table, orgs=variants.orgs_of(self.held.orgs, every, on=self.on),
            whats=tuple(replace(what, id=place) for what, place in whats.items()), on=self.on,
        ).sort("org")  # fmt: skip
        pairs = zip(every, told["grade"].to_list(), told["score"].to_list(), strict=True)
        return [Effect(plan, grade, score) for plan, grade, score in pairs]

    def _rows(self, rows: Sequence[Mapping[str, Any]], whats: Mapping[law.What, int]) -> pl.DataFrame:
        """These facts, their `what` by the ids of `whats`."""
        made = [{**row, "what": whats[replace(self.whats[row["what"]], id=0)]} for row in rows]
        return pl.DataFrame(made, schema=self.held.facts.schema)


def _kept(what: law.What) -> law.What:
    """What a broken promise is once it is kept."""
    pack = law.active()
    return law.what_of(pack=pack, item=pack.items[what.item], kind=what.sub, outcome=FULFILLED)


def _ages(rules: law.EvaluationModel) -> set[int]:
    """The ages in months at which the model looks otherwise at an entry."""
    found = {0}
    for one in rules.indicators:
        found |= {one.within_months, *(month for month, _ in one.decay)}
        if one.measure == "months-since":
            found |= {month for month, _ in one.brackets}
    found |= {one.within_months for one in rules.vetoes}
    if rules.ladder is not None:
        found.add(rules.ladder.within_months)
    return found - {0}


def _grade(rules: law.EvaluationModel, place: int) -> tuple[str, str]:
    """Code and name of a grade; empty where the model has none."""
    if not 0 <= place < len(rules.grades):
        return "", ""
    return rules.grades[place].code, rules.grades[place].name


def _acts(
    effect: Effect,
    lawful: Mapping[int, _Lawful],
    rules: law.EvaluationModel,
    *,
    better: bool,
    smallest: bool = True,
) -> Change:
    """A plan with its effect, as a reader sees it."""
    ids = sorted(effect.plan.statements, key=lambda one: (lawful[one].step.earliest, one))
    steps = tuple(lawful[one].step for one in ids)
    kinds = {step.kind for step in steps}
    kind: Any = kinds.pop() if len(kinds) == 1 else "acts"
    code, name = _grade(rules, effect.grade)
    return Change(kind, steps, effect.plan.on, effect.score, code, name, better, smallest, tuple(ids))
