"""What would change a result: the smallest lawful changes, found by evaluating them.

Nothing is written by hand: every change is a variant of the organisation's facts, and all variants of a round are evaluated
by the model's own expressions in one call, as so many organisations. Another day is a variant too: the facts are rewritten
to the age they will have, so that one day serves the whole call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from xinheng.evaluation import policy_cells, variants
from xinheng.evaluation import policy_changing as policy
from xinheng.evaluation.engines import evaluate_facts
from xinheng.evaluation.errors import NotEvaluated, UnknownOrganisation
from xinheng.evaluation.explained_types import Change, Step
from xinheng.evaluation.policy_changing import Act, Asked, Effect, Found, Plan
from xinheng.evaluation.runs import model_on
from xinheng.evaluation.subjects import is_of_kind
from xinheng.facts import service as facts
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.remedies import service as remedies

MOST_ACTS = 100
"""Entries acts are looked for; where there are more, the lightest are left aside and no larger set is called smallest."""
MOST_ROWS = 150_000
"""Facts laid before the engine at once: what is asked about in one call is as much as fits."""
FULFILLED = "全部履行"
BROKEN = ("未履行", "部分履行")
COMMITMENT = "commitment"
RECEIVER = "受理单位"
HELD_DOWN = 1 << 40


@dataclass(frozen=True)
class _Lawful:
    """An act with what a reader is told of it, and what the entry becomes: another `what`, or None where it goes."""

    act: Act
    step: Step
    becomes: law.What | None


def changes(*, uscc: str, model: str, on: date) -> tuple[Change, ...]:
    """The smallest lawful changes that would give an organisation another grade: acts, waiting, and both together, with
    the day on which the effect can be there; then the days on which time alone does; then what becomes of it when
    objections under review are refused. Where nothing reaches another grade, the single acts that raise the score most.

    An act is lawful from the day the checklist of `remedies` gives, its effect there when the periods of acceptance and
    decision are over. A broken promise or a judgment has no such day: somebody has to find it fulfilled first.
    For the office and the authority that decided. Raises what `score_one` raises.
    """
    rules = model_on(law.active(), model, on)
    held = facts.of_one(uscc=uscc)
    if not held.orgs.height:
        raise UnknownOrganisation(f"没有登记「{uscc}」这个主体。请核对统一社会信用代码。")
    row = held.orgs.row(0, named=True)
    if not is_of_kind(rules, kind=row["kind"], industry=row["industry"], active=row["active"]):
        raise NotEvaluated(f"「{rules.name}」不评价这类主体（{uscc}）。请核对主体类型，或者选择其他模型。")
    case = _Case(rules, held, on)
    return tuple(_changes(case, case.lawful()))


def _changes(case: _Case, lawful: Mapping[int, _Lawful]) -> list[Change]:
    rules, on = case.rules, case.on
    acts = [one.act for one in lawful.values()]
    ask = Asked(case.ask(lawful))
    days = (on, *case.days({act.ready for act in acts}))
    single = [Plan(frozenset((act.statement,)), act.ready) for act in acts]
    told = ask([*(Plan(frozenset(), day) for day in days), *single])
    alone, acted = told[: len(days)], told[len(days) :]
    now = alone[0]
    most = max(MOST_ROWS // max(len(case.counted), 1), 500)
    helping = policy.smallest(acts, alone, ask, case.weigh, most=most)
    found = [_acts(one, lawful, rules, proven=one.proven and case.tried(one.effect.plan)) for one in helping]
    if not found:
        every = [Found(effect, True) for effect in policy.gains(acted, alone)]
        found = [_acts(one, lawful, rules, better=False) for one in every]
    found += [
        Change("time", (), one.plan.on, one.score, *_grade(rules, one.grade), better=one.grade < now.grade)
        for one in policy.turning(alone, now)
    ]
    if case.disputed:
        refused = case.refused()
        if (refused.grade, refused.score) != (now.grade, now.score):
            found.append(
                Change("dispute-decided", (), on, refused.score, *_grade(rules, refused.grade),
                       better=refused.grade < now.grade, statements=case.disputed)
            )  # fmt: skip
    return found


class _Case:
    """One organisation before one model on one day."""

    def __init__(self, rules: law.EvaluationModel, held: facts.OneFacts, on: date) -> None:
        self.rules, self.held, self.on = rules, held, on
        self.whats = {what.id: what for what in held.whats}
        rows = list(held.facts.iter_rows(named=True))
        asked = {place for place, what in self.whats.items() if self._asked(what)}
        self.counted = [row for row in rows if row["what"] in asked and facts.why_not(row, on) is None]
        self.under = [row for row in rows if row["what"] in asked and facts.why_not(row, on) == "disputed"]
        self.disputed = tuple(row["statement"] for row in self.under)
        self._row = {row["statement"]: row for row in self.counted}
        self._worth = _worth(rules, held.whats)
        self._weighed = dict[tuple[int, date], int]()
        self._lighter, self._asked_until = False, date.max

    def _asked(self, what: law.What) -> bool:
        """Whether the model looks at such an entry at all."""
        holding = self.rules.holding
        filters = [slot.filter for slot in policy_cells.plan(self.rules).slots]
        return any(law.matches(one, what) for one in (*filters, *([holding] if holding else ())))

    def lawful(self) -> dict[int, _Lawful]:
        """What may be done about the entries that take points away or hold a grade down, the heaviest `MOST_ACTS`."""
        found = {}
        weighed = sorted(
            ((self._weight(row, self.on), row) for row in self.counted if self._weighs(row)),
            key=lambda pair: (-pair[0], pair[1]["statement"]),
        )
        self._lighter = len(weighed) > MOST_ACTS
        for _weight, row in weighed[:MOST_ACTS]:
            one = self._lawful(row)
            if one is not None:
                found[row["statement"]] = one
        return found

    def tried(self, plan: Plan) -> bool:
        """Whether what is smaller than a plan was within what was looked at: no act left aside as one of the lightest, no
        day as one too many before it."""
        return plan.on <= self._asked_until and not (self._lighter and len(plan.statements) > 1)

    def _weighs(self, row: Mapping[str, Any]) -> bool:
        what = self.whats[row["what"]]
        return what.side == "adverse" or (what.item == COMMITMENT and what.grade in BROKEN)

    def weigh(self, act: Act, on: date) -> int:
        """What the entry of an act takes away on a day: its micro-points then, more where it holds the grade down."""
        key = (act.statement, on)
        if key not in self._weighed:
            self._weighed[key] = self._weight(self._row[act.statement], on)
        return self._weighed[key]

    def _weight(self, row: Mapping[str, Any], on: date) -> int:
        if row["until"] < facts.day_number(on):
            return 0
        key = policy_cells.plan(self.rules).key(row["what"], facts.months(row, on), row["amount"])
        return self._worth.get(key, 0)

    def _lawful(self, row: Mapping[str, Any]) -> _Lawful | None:
        what, statement = self.whats[row["what"]], row["statement"]
        alike = (row["what"], row["ym"], row["day"], row["amount"], row["until"])
        shape = law.active().items.get(what.item)
        name = shape.name if shape else what.item
        if what.item == COMMITMENT:
            step = Step("fulfil", statement, what.item, name, "", "", None, None, "", (), finder=RECEIVER)
            return _Lawful(Act(statement, "fulfil", self.on, alike, condition=True), step, _kept(what))
        if shape is None or not shape.adverse:
            return None
        try:
            told = remedies.checklist(statement=statement, on=self.on)
        except XinhengError:
            return None
        if told.path is None:
            return None
        windows = tuple(window.name for window in told.path.windows)
        said = (statement, what.item, name, told.letter.get("document", ""), told.letter.get("office", ""))
        if told.possible:
            first = max(told.earliest or self.on, self.on)
            ready = told.decided_by or first
            step = Step(
                "repair", *said, first, ready, told.path.provision, windows, told.working,
                clocked=told.decided_by is not None, case=told.case,
            )  # fmt: skip
            return _Lawful(Act(statement, "repair", ready, alike), step, None)
        if told.path.repairable or not windows:
            return None
        step = Step(
            "fulfil", *said, None, None, told.path.provision, windows, told.working, finder="、".join(windows)
        )
        return _Lawful(Act(statement, "fulfil", self.on, alike, condition=True), step, None)

    def days(self, besides: set[date]) -> tuple[date, ...]:
        """The days ahead on which anything the model looks at becomes another: an entry ends, or comes of an age."""
        ages = _ages(self.rules)
        found: set[date] = set()
        for row in self.counted:
            if row["until"] < facts.day_number(policy.horizon(self.on)):
                found.add(facts.as_date(row["until"]) + timedelta(days=1))
            found |= {policy.day_at(row["ym"], row["day"], age) for age in ages}
        founded = self.held.orgs["established_ym"][0]
        if self.rules.ladder is not None and founded >= 0:
            found.add(policy.day_at(founded, 1, self.rules.ladder.established_months))
        nearest = policy.days(found, self.on)
        ahead = sum(self.on < day <= policy.horizon(self.on) for day in found)
        self._asked_until = nearest[-1] if ahead > len(nearest) else date.max
        return policy.days(found, self.on, besides=besides)

    def ask(self, lawful: Mapping[int, _Lawful]) -> policy.Ask:
        """What asks the engine about plans of these acts: one call for as many as are given."""
        becomes = [one.becomes for one in lawful.values() if one.becomes]
        whats = variants.whats([*self.held.whats, *becomes])
        turned = {one: whats[replace(told.becomes, id=0)] for one, told in lawful.items() if told.becomes}
        counted = self._rows(self.counted, whats)

        def asked(plans: Sequence[Plan]) -> list[Effect]:
            table = variants.facts_of(counted=counted, plans=plans, on=self.on, becomes=turned)
            return self._told(table, plans, whats)

        return asked

    def refused(self) -> Effect:
        """What it would be today if every objection under review were refused."""
        whats = variants.whats(self.held.whats)
        rows = self._rows([*self.counted, *self.under], whats).with_columns(disputed=pl.lit(False))
        plans = [Plan(frozenset(), self.on)]
        table = rows.with_columns(org=pl.lit(0, pl.Int32))
        return self._told(table, plans, whats)[0]

    def _told(
        self, table: pl.DataFrame, plans: Sequence[Plan], whats: Mapping[law.What, int]
    ) -> list[Effect]:
        told = evaluate_facts(
            model=self.rules, facts=table, orgs=variants.orgs_of(self.held.orgs, plans, on=self.on),
            whats=tuple(replace(what, id=place) for what, place in whats.items()), on=self.on,
        ).sort("org")  # fmt: skip
        pairs = zip(plans, told["grade"].to_list(), told["score"].to_list(), strict=True)
        return [Effect(plan, grade, score) for plan, grade, score in pairs]

    def _rows(self, rows: Sequence[Mapping[str, Any]], whats: Mapping[law.What, int]) -> pl.DataFrame:
        """These facts, their `what` by the ids of `whats`."""
        made = [{**row, "what": whats[replace(self.whats[row["what"]], id=0)]} for row in rows]
        return pl.DataFrame(made, schema=self.held.facts.schema)


def _worth(rules: law.EvaluationModel, whats: Sequence[law.What]) -> dict[int, int]:
    """How much a fact of each key (`policy_cells.Plan.key`) weighs: what it takes away by itself. Where an indicator looks
    at its facts together, the most it may take; one that a veto or the ladder looks at weighs more than any points."""
    slots = policy_cells.plan(rules).slots
    most = {slot.at: max(0, -min(slot.indicator.values)) for slot in slots if slot.indicator is not None}
    found: dict[int, int] = {}
    for cell in policy_cells.cells(rules, whats):
        slot = slots[cell.slot]
        worth = HELD_DOWN if slot.kind == "number" else -cell.micro if slot.kind == "sum" else most[slot.at]
        found[cell.key] = found.get(cell.key, 0) + max(worth, 0)
    return found


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
    one: Found,
    lawful: Mapping[int, _Lawful],
    rules: law.EvaluationModel,
    *,
    better: bool = True,
    proven: bool = True,
) -> Change:
    """A plan with its effect, as a reader sees it: what has a day first, then what waits for somebody's finding."""
    effect = one.effect
    ids = sorted(effect.plan.statements, key=lambda act: (lawful[act].step.earliest or date.max, act))
    steps = tuple(lawful[act].step for act in ids)
    kinds = {step.kind for step in steps}
    kind: Any = kinds.pop() if len(kinds) == 1 else "acts"
    dated = not one.condition and any(told.act.condition for told in lawful.values())
    return Change(
        kind, steps, effect.plan.on, effect.score, *_grade(rules, effect.grade), better, proven, tuple(ids),
        dated=dated, waits=effect.plan.on > max(lawful[act].act.ready for act in ids),
    )  # fmt: skip
