"""What was checked and fed back, counted: the sets come to what a count by hand comes to, and each figure opens its rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import checktown as town
from moments import AT
from xinheng.checks import figures
from xinheng.checks import service as checks
from xinheng.law import service as law
from xinheng.oversight import service as oversight
from xinheng.publication import service as publication

MONTH = "2026-11"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
CHECKED_ON = date(2026, 11, 2)


def licences(body: str = "") -> list[publication.Entry]:
    """Licences decided in the month, by one department or all."""
    found: list[publication.Entry] = []
    after = None
    while page := publication.statements(
        audience="authority",
        on=town.ON,
        item="admin-licence",
        decided_from=FIRST,
        decided_to=LAST,
        after=after,
        limit=500,
    ):
        found += page
        after = page[-1].id
    return [one for one in found if not body or one.authority == body]


def check_for(entry: publication.Entry, on: date, matter: str = town.LICENCE) -> checks.Answer:
    """A check by the department that decided, on a day."""
    asker = town.desk(body=entry.authority)
    return town.shared(entry.uscc, matter=matter, at=AT + (on - town.ON), asker=asker)


def by_hand(on: date = town.ON) -> set[int]:
    """The licences of the month whose organisation was checked before, by the rule, row by row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uscc, body, matter, asked_on, valid_until FROM checks_check WHERE outcome = 'answered'"
        )
        rows = [(u, b, m, _day(a), _day(v)) for u, b, m, a, v in cursor.fetchall()]
    pack = law.active()
    fitting = set(checks.duties(pack=pack)["admin-licence"])
    return {
        one.id
        for one in licences()
        if any(
            u == one.uscc and b == one.authority and m in fitting and a <= one.decided_on <= v
            for u, b, m, a, v in rows
        )
    }


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def test_the_duty_is_of_decisions_that_give_something_never_of_penalties() -> None:
    found = checks.duties(pack=law.load("huaibei"))
    assert "admin-licence" in found and town.LICENCE in found["admin-licence"]
    assert "admin-penalty" not in found


def test_checked_means_before_the_decision_by_the_same_department_for_such_a_matter(
    checked_city: Any,
) -> None:
    months = licences()
    late = max(months, key=lambda one: one.decided_on)
    early = min(months, key=lambda one: one.decided_on)
    assert late.decided_on > early.decided_on
    check_for(late, late.decided_on)
    check_for(early, early.decided_on + timedelta(days=1))
    other = next(one for one in months if one.authority != late.authority and one.uscc != late.uscc)
    town.shared(
        other.uscc,
        matter=town.LICENCE,
        at=AT + (other.decided_on - town.ON),
        asker=town.desk(body=late.authority),
    )
    wrong = next(one for one in months if one.uscc not in (late.uscc, early.uscc, other.uscc))
    check_for(wrong, wrong.decided_on, matter=town.PROCUREMENT)
    hand = by_hand()
    assert late.id in hand and not {early.id, other.id, wrong.id} & (
        hand - {one.id for one in months if one.uscc in (late.uscc,)}
    )
    [row] = checks.by_month(first=FIRST, last=LAST, on=town.ON).filter(month=MONTH).to_dicts()
    licences_only = checks.shares(first=FIRST, last=LAST, on=town.ON, items=("admin-licence",))
    assert licences_only["checked"] == (len(hand), len(months))
    assert row["checked"] == len(hand) and row["unchecked"] == row["decisions"] - row["checked"]


def test_an_answer_that_is_stale_on_the_day_of_the_decision_does_not_count(checked_city: Any) -> None:
    entry = max(licences(), key=lambda one: one.decided_on)
    answer = check_for(entry, entry.decided_on - timedelta(days=200))
    assert answer.valid_until < entry.decided_on
    assert entry.id not in by_hand()
    assert checks.shares(first=FIRST, last=LAST, on=town.ON)["checked"][0] == 0


def test_months_departments_and_the_whole_add_up_and_open_their_rows(checked_city: Any) -> None:
    entries = licences()[:6]
    for one in entries:
        check_for(one, one.decided_on)
    _hints()
    by_body = checks.by_body(first=FIRST, last=LAST, on=town.ON)
    [whole] = checks.by_month(first=FIRST, last=LAST, on=town.ON).to_dicts()
    monthly = checks.monthly(first=FIRST, last=LAST, on=town.ON)
    for name in (
        "decisions",
        "checked",
        "unchecked",
        "checks",
        "hints",
        "applied",
        "not_applied",
        "unanswered",
        "overdue",
    ):
        assert by_body[name].sum() == whole[name] == monthly[name].sum()
        assert len(_all_behind(name)) == whole[name], name
        for row in by_body.filter(by_body[name] > 0).to_dicts()[:2]:
            assert len(_all_behind(name, row["body"])) == row[name]
    assert whole["hints"] == whole["applied"] + whole["not_applied"] + whole["unanswered"] > 2
    assert whole["applied"] == 1 and whole["not_applied"] == 1
    assert {one.number for one in _all_behind("checked")} > {""} or all(
        one.number for one in _all_behind("checked")
    )


def test_departments_with_nothing_stand_there_with_zero_and_no_share(
    checked_city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinheng.remedies.service.departments", lambda: {town.UNIT: "虚构市市场监管局"})
    [row] = checks.by_body(first=date(2020, 1, 1), last=date(2020, 1, 31), on=town.ON).to_dicts()
    assert (row["body"], row["name"]) == (town.UNIT, "虚构市市场监管局")
    assert row["share_checked"] is None and row["share_fed_back"] is None
    assert row["decisions"] == row["checks"] == row["hints"] == 0


def test_a_share_is_never_rounded_up_to_a_hundred() -> None:
    frame = pl.DataFrame({"part": [1_999, 2_000, 0], "whole": [2_000, 2_000, 0]})
    shares = frame.select(share=figures._share(pl.col("part"), pl.col("whole")))["share"].to_list()
    assert shares == [99.9, 100.0, None]


def test_a_hint_past_its_day_is_overdue_and_an_answer_ends_that(checked_city: Any) -> None:
    [line] = _hints(answer=False)[:1]
    later = line.due_on + timedelta(days=1)
    told = checks.by_month(first=FIRST, last=LAST, on=later).to_dicts()[0]
    assert told["overdue"] == told["unanswered"] > 0
    assert checks.by_month(first=FIRST, last=LAST, on=line.due_on).to_dicts()[0]["overdue"] == 0
    checks.answer(
        number=line.number,
        hint=line.hint,
        applied=True,
        reason="取消其投标资格",
        body=line.body,
        actor="d",
        at=AT,
    )
    assert checks.by_month(first=FIRST, last=LAST, on=later).to_dicts()[0]["overdue"] == told["overdue"] - 1


def test_the_plans_indicators_are_computed_from_the_first_check_on(checked_city: Any) -> None:
    pack = law.load("huaibei")

    def share(code: str) -> tuple[Any, Any]:
        one = next(one for one in oversight.indicators(pack=pack, on=town.ON) if one.code == code)
        assert not one.why_not
        return one.count, one.over

    assert share("use-in-government") == (0, 0) and share("memoranda") == (0, 0)
    entry = next(one for one in licences() if one.decided_on >= CHECKED_ON)
    check_for(entry, entry.decided_on)
    lines = _hints()
    since = [one for one in licences() if one.decided_on >= checks.first_check()]
    assert share("use-in-government") == (
        len(by_hand()),
        len([one for one in since if one.decided_on <= town.ON]),
    )
    assert share("memoranda") == (2, len(checks.open_feedback(body=None, on=town.ON, limit=999)) + 2)
    assert len(lines) >= 3


@pytest.mark.parametrize("figure", ["decisions", "hints", "checks"])
def test_rows_behind_a_figure_are_paged_without_losing_or_repeating_one(
    figure: str, checked_city: Any
) -> None:
    for one in licences()[:4]:
        check_for(one, one.decided_on)
    _hints()
    keys = [one.key for one in _all_behind(figure)]
    assert len(keys) == len(set(keys)) > 3
    assert keys == [
        one.key for one in checks.behind(figure=figure, month=MONTH, body=None, on=town.ON, limit=9_999)
    ]


@pytest.mark.parametrize(
    ("figure", "month"), [("persons", MONTH), ("decisions", "2026-13"), ("decisions", "x")]
)
def test_what_is_no_figure_has_no_rows(figure: str, month: str, checked_city: Any) -> None:
    assert checks.behind(figure=figure, month=month, body=None, on=town.ON) == []


def test_the_figures_of_a_month_take_a_fixed_number_of_queries(checked_city: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            checks.monthly(first=FIRST, last=LAST, on=town.ON)
        return len(captured)

    check_for(licences()[0], licences()[0].decided_on)
    _hints()
    few = asked()
    for one in licences()[1:6]:
        check_for(one, one.decided_on)
    assert asked() == few <= 10


def _hints(*, answer: bool = True) -> list[checks.HintLine]:
    """Hints of kind 应当 in the month; the first applied, the second not, the rest open."""
    for code in sorted({one.uscc for one in town.shown("serious-list")}) * 2:
        town.shared(code)
    lines = checks.open_feedback(body=None, on=town.ON, limit=100)
    assert len(lines) > 2
    for line, applied in zip(lines, (True, False) if answer else (), strict=False):
        checks.answer(
            number=line.number, hint=line.hint, applied=applied, reason="依法处理并记录在案", body=line.body,
            actor="desk:clerk", at=AT,
        )  # fmt: skip
    return lines


def _all_behind(figure: str, body: str | None = None) -> list[checks.Behind]:
    seen: list[checks.Behind] = []
    after = ""
    while page := checks.behind(figure=figure, month=MONTH, body=body, on=town.ON, after=after, limit=7):
        seen += page
        after = page[-1].key
    return seen


def test_a_large_home_reads_what_the_night_counted_and_says_until_when(
    checked_city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in licences()[:3]:
        check_for(one, one.decided_on)
    yesterday = town.ON - timedelta(days=1)
    live = checks.monthly(first=FIRST, last=yesterday, on=town.ON)
    shares = checks.shares(first=FIRST, last=yesterday, on=town.ON, items=("admin-licence",))
    assert checks.keep_decisions(at=AT) == {} and checks.counted_until(on=town.ON) == town.ON
    monkeypatch.setattr("xinheng.checks.figures_kept.LIVE", 0)
    assert checks.counted_until(on=town.ON) is None
    assert checks.monthly(first=FIRST, last=yesterday, on=town.ON)["decisions"].sum() == 0
    kept = checks.keep_decisions(at=AT)
    assert kept["decisions"] >= live["decisions"].sum() > 0 and checks.counted_until(on=town.ON) == yesterday
    assert checks.monthly(first=FIRST, last=yesterday, on=town.ON).equals(live)
    assert checks.shares(first=FIRST, last=yesterday, on=town.ON, items=("admin-licence",)) == shares
