"""Feedback on hints of kind 应当: who answers, once, corrected openly, ageing, told to the public through the gate."""

from __future__ import annotations

import json
import threading
import zlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

import checktown as town
from flipped import ledger_finds
from moments import AT
from xinheng.checks import policy_feedback as policy
from xinheng.checks import service as checks
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.records import service as records

OTHER = "11340600MB0000002A"
DAYS = st.dates(min_value=date(2026, 1, 5), max_value=date(2027, 6, 30))


def hinted(count: int = 1) -> list[checks.HintLine]:
    """As many checks of the market regulator, each of which gave a hint of kind 应当."""
    found: list[checks.HintLine] = []
    codes = sorted({one.uscc for one in town.shown("serious-list")})
    for code in codes * 4:
        if len(found) == count:
            break
        answer = town.shared(code, case_number=f"测〔2026〕{len(found)}号")
        found += checks.hints_of(number=answer.number, body=None, on=town.ON)[:1]
    assert len(found) == count
    return found


def fed(one: checks.HintLine, **more: Any) -> checks.FeedbackLine:
    told = {
        "applied": True,
        "reason": "取消其投标资格",
        "document": "采购〔2026〕3号",
        "body": town.UNIT,
        "actor": "desk:clerk",
        "at": AT,
    }
    return checks.answer(number=one.number, hint=one.hint, **told | more)


@given(asked=DAYS, later=st.integers(0, 90))
@settings(max_examples=60, deadline=None)
def test_the_heap_a_database_counts_is_the_heap_of_the_days_left(asked: date, later: int) -> None:
    pack = law.load("huaibei")
    on, due = asked + timedelta(days=later), policy.due_on(pack=pack, asked_on=asked)
    stands = policy.age(pack=pack, asked_on=asked, due=due, on=on)
    heaps = policy.bounds(pack=pack, on=on)
    assert [name for name, (first, last) in heaps.items() if first <= due <= last] == [stands.bucket]
    assert (stands.left < 0) == (stands.bucket in (policy.LATE, policy.STALE))
    assert law.working_days_between(pack=pack, start=asked, day=due) == policy.working_days_allowed(pack=pack)


def test_the_period_is_a_setting_of_the_pack_said_to_be_our_choice() -> None:
    setting = law.load("huaibei").settings["feedback-due"]
    assert setting.value == "10" and setting.source.our_choice


def test_a_hint_is_open_until_it_is_answered_and_then_nowhere_open(checked_city: Any) -> None:
    one, two = hinted(2)
    assert {row.number for row in checks.open_feedback(body=town.UNIT, on=town.ON)} >= {
        one.number,
        two.number,
    }
    before = checks.ageing(on=town.ON)[town.UNIT]
    line = fed(one)
    assert (line.version, line.applied, line.document) == (1, True, "采购〔2026〕3号")
    waiting = checks.open_feedback(body=town.UNIT, on=town.ON)
    assert (one.number, one.hint) not in {(row.number, row.hint) for row in waiting}
    assert checks.ageing(on=town.ON)[town.UNIT].open == before.open - 1
    assert checks.open_feedback(body=OTHER, on=town.ON) == []
    [kept] = [
        row for row in checks.hints_of(number=one.number, body=town.UNIT, on=town.ON) if row.hint == one.hint
    ]
    assert kept.feedback == line


def test_open_hints_are_paged_without_losing_or_repeating_one(checked_city: Any) -> None:
    hinted(5)
    whole = checks.open_feedback(body=None, on=town.ON, limit=1_000)
    seen, after = [], ""
    while page := checks.open_feedback(body=None, on=town.ON, after=after, limit=2):
        seen += page
        after = page[-1].key
    assert [(one.number, one.hint) for one in seen] == [(one.number, one.hint) for one in whole]
    assert len(whole) >= 5 and [one.due_on for one in whole] == sorted(one.due_on for one in whole)


def test_the_same_answer_again_is_the_first_one_and_another_is_a_correction(checked_city: Any) -> None:
    [one] = hinted()
    first = fed(one)
    size = evidence.size()
    assert fed(one) == first and evidence.size() == size
    second = fed(one, applied=False, reason="经复核不适用本项目", document="")
    assert (second.version, second.applied, second.id > first.id) == (2, False, True)
    with pytest.raises(checks.FeedbackIncomplete):
        fed(one, applied=True, reason="", document="采购〔2026〕9号")
    assert checks.answered(on=town.ON)[0].hint.feedback == second


@pytest.mark.parametrize(
    "wrong",
    [
        {"applied": False, "reason": ""}, {"applied": False, "reason": "无"}, {"reason": "", "document": ""},
    ],
)  # fmt: skip
def test_an_answer_says_what_was_done_or_why_not(wrong: dict[str, Any], checked_city: Any) -> None:
    [one] = hinted()
    with pytest.raises(checks.FeedbackIncomplete):
        fed(one, **wrong)
    assert checks.answered(on=town.ON) == []


def test_only_the_unit_that_asked_answers_and_only_real_hints(checked_city: Any) -> None:
    [one] = hinted()
    for body in (OTHER, ""):
        with pytest.raises(checks.NotYourCheck):
            fed(one, body=body)
        with pytest.raises(checks.NotYourCheck):
            checks.hints_of(number=one.number, body=body, on=town.ON)
    with pytest.raises(checks.NoSuchHint):
        checks.answer(
            number=one.number, hint=97, applied=True, reason="取消资格", body=town.UNIT, actor="a", at=AT
        )
    for number in ("", "HC1", "HC000000000099", "x" * 99):
        with pytest.raises(checks.NoSuchHint):
            checks.answer(
                number=number, hint=1, applied=True, reason="取消资格", body=town.UNIT, actor="a", at=AT
            )


def test_many_are_answered_in_one_act_or_not_at_all(checked_city: Any) -> None:
    lines = hinted(3)
    given_ = [checks.Given(one.number, one.hint, False, "申请人撤回，未作出决定") for one in lines]
    bad = [*given_[:2], checks.Given(lines[2].number, 96, False, "申请人撤回，未作出决定")]
    with pytest.raises(checks.NoSuchHint):
        checks.answer_many(given=bad, body=town.UNIT, actor="desk:clerk", at=AT)
    assert checks.answered(on=town.ON) == []
    before = len(evidence.events(kinds=("checks.feedback",)))
    done = checks.answer_many(given=given_, body=town.UNIT, actor="desk:clerk", at=AT)
    assert [(one.number, one.hint) for one in done] == [(one.number, one.hint) for one in lines]
    assert len(evidence.events(kinds=("checks.feedback",))) == before + 1


def test_personal_numbers_never_reach_the_table(checked_city: Any) -> None:
    [one] = hinted()
    line = fed(one, reason="已电话通知联系人13800138000取消资格")
    assert "13800138000" not in line.reason
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM checks_feedback")
        assert "13800138000" not in cursor.fetchone()[0]


def test_two_clerks_at_once_leave_two_versions_and_never_the_same(checked_city: Any) -> None:
    [one] = hinted()
    reasons = [f"第{n}位同事的说明" for n in "一二三四"]
    problems: list[BaseException] = []

    def work(reason: str) -> None:
        try:
            fed(one, reason=reason)
        except BaseException as error:  # told to the test
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(reason,)) for reason in reasons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, reason FROM checks_feedback ORDER BY version")
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == [1, 2, 3, 4] and {row[1] for row in rows} == set(reasons)
    assert not evidence.verify().findings


def publishable() -> checks.FeedbackLine:
    """An answer whose entry the public sees, and whose check its organisation may know of."""
    [line] = hinted()
    if line.deferred_until:
        checks.release(number=line.number, actor="desk:clerk", at=AT)
    assert line.statement in {one.id for one in town.shown("serious-list")}
    return fed(line)


def test_a_published_result_names_the_organisation_only_while_its_entry_is_public(checked_city: Any) -> None:
    line = publishable()
    assert checks.published_results(on=town.ON) == []
    checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    [shown] = checks.published_results(on=town.ON)
    assert shown.uscc and shown.name and shown.document == "采购〔2026〕3号" and shown.statement
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[shown.statement], state="repaired", rule="")
    [left] = checks.published_results(on=town.ON)
    assert (left.uscc, left.name, left.document, left.statement) == ("", "", "", 0)
    assert left.measure == shown.measure
    checks.withdraw_result(feedback=line.id, reason="所依据的记录已修复", actor="desk:office", at=AT)
    assert checks.published_results(on=town.ON) == []


def test_a_deferred_check_is_not_given_away_by_its_result(checked_city: Any) -> None:
    [one] = hinted()
    assert one.deferred_until and one.deferred_until > town.ON
    line = fed(one)
    assert checks.answered(on=town.ON)[0].obstacle and checks.result(feedback=line.id, on=town.ON) is None
    with pytest.raises(checks.NotPublishable):
        checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    checks.release(number=one.number, actor="desk:clerk", at=AT)
    checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    assert len(checks.published_results(on=town.ON)) == 1


def test_who_answered_does_not_publish_and_an_ended_entry_cannot_be(checked_city: Any) -> None:
    line = publishable()
    with pytest.raises(checks.FeedbackFourEyes):
        checks.publish_result(feedback=line.id, actor=line.actor, at=AT)
    with pytest.raises(checks.NotPublishable):
        checks.publish_result(feedback=line.id + 1_000_000, actor="desk:office", at=AT)
    statement = checks.answered(on=town.ON)[0].hint.statement
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[statement], state="repaired", rule="")
    assert checks.answered(on=town.ON)[0].obstacle
    with pytest.raises(checks.NotPublishable):
        checks.publish_result(feedback=line.id, actor="desk:office", at=AT)


def test_a_corrected_answer_takes_the_old_result_from_every_face(checked_city: Any) -> None:
    line = publishable()
    checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    new = checks.answer(
        number=line.number, hint=line.hint, applied=False, reason="复核后不适用，已更正", body=town.UNIT,
        actor="desk:clerk", at=AT,
    )  # fmt: skip
    assert checks.published_results(on=town.ON) == []
    assert checks.result(feedback=line.id, on=town.ON) is None
    assert checks.result(feedback=new.id, on=town.ON) is not None
    with pytest.raises(checks.NotPublishable):
        checks.publish_result(feedback=line.id, actor="desk:office", at=AT)


def test_erasure_takes_the_words_and_the_ledger_still_agrees(checked_city: Any) -> None:
    line = publishable()
    statement = checks.hints_of(number=line.number, body=None, on=town.ON)[0].statement
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[statement], act=act)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, document, salt, outcome FROM checks_feedback WHERE id = %s", [line.id])
        assert cursor.fetchone() == ("", "", "", "applied")
    assert not evidence.verify().findings


def test_a_hint_from_several_statements_goes_with_each_of_them(checked_city: Any) -> None:
    line = publishable()
    check, newest = (
        checks.id_of(line.number),
        checks.hints_of(number=line.number, body=None, on=town.ON)[0].statement,
    )
    older = next(one.id for one in town.shown() if one.id != newest)
    with connection.cursor() as cursor:  # as if the same hint had followed from an older entry besides
        cursor.execute("SELECT said, uscc FROM checks_check WHERE id = %s", [check])
        packed, _code = cursor.fetchone()
        said = json.loads(zlib.decompress(bytes(packed)))
        next(one for one in said["hints"] if one["ordinal"] == line.hint)["entries"] = [newest, older]
        cursor.execute(
            "UPDATE checks_check SET said = %s, uscc = %s WHERE id = %s",
            [zlib.compress(json.dumps(said).encode()), records.statements([older])[older].uscc, check],
        )
    checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    assert [one.statement for one in checks.published_results(on=town.ON)] == [newest]
    act = evidence.Act(
        kind="records.erased", actor="test", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[older], act=act)
    [told] = checks.published_results(on=town.ON)
    assert (told.statement, told.uscc, told.name, told.document) == (0, "", "", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, document, salt FROM checks_feedback WHERE id = %s", [line.id])
        assert cursor.fetchone() == ("", "", "")


def test_whom_a_department_inspects_is_not_told_to_the_public(checked_city: Any) -> None:
    line = publishable()
    checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE checks_check SET matter = 'inspection-plan', use = 'supervision' WHERE id = %s",
            [checks.id_of(line.number)],
        )
    assert checks.published_results(on=town.ON) == []
    assert checks.result(feedback=line.id, on=town.ON) is None
    [found] = [one for one in checks.answered(on=town.ON) if one.hint.feedback.id == line.id]
    assert "内部掌握" in found.obstacle


def test_a_flipped_bit_in_feedback_and_results_is_found(checked_city: Any) -> None:
    line = publishable()
    checks.publish_result(feedback=line.id, actor="desk:office", at=AT)
    checks.withdraw_result(feedback=line.id, reason="测试撤下", actor="desk:office", at=AT)
    checks.seal(at=AT)
    assert not evidence.verify().findings
    missed = []
    for table in ("checks_feedback", "checks_result"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            columns = [one[0] for one in cursor.description]
            row = cursor.fetchone()
            for column, old in zip(columns, row, strict=True):
                new = _other(old)
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [new, row[0]])
                if not ledger_finds("checks"):
                    missed.append((table, column))
                at = new if column == "id" else row[0]
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [old, at])
    assert missed == []
    assert not evidence.verify().findings


def _other(old: Any) -> Any:
    if isinstance(old, int):
        return old ^ 1
    if isinstance(old, date):
        return old + timedelta(days=1)
    text = str(old)
    if len(text) == 10 and text[4] == "-":
        return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    return text[:-1] + chr(ord(text[-1]) ^ 1) if text else "x"


def _ends(statement: int, state: str) -> None:
    with evidence.event(evidence.Act(kind="test.ended", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[statement], state=state, rule="")


def _of_the_month(figure: str) -> int:
    first, last = town.ON.replace(day=1), town.ON
    [row] = checks.by_month(first=first, last=last, on=town.ON).to_dicts()
    behind = checks.behind(figure=figure, month=f"{town.ON:%Y-%m}", body=None, on=town.ON, limit=9_999)
    assert len(behind) == row[figure]
    return int(row[figure])


@pytest.mark.parametrize("state", ["repaired", "annulled"])
def test_a_hint_whose_entry_ended_ages_on_no_desk_and_counts_nowhere(state: str, checked_city: Any) -> None:
    one, two = hinted(2)
    later = town.ON + timedelta(days=60)
    before = checks.ageing(on=later)[town.UNIT].open, _of_the_month("unanswered"), _of_the_month("hints")
    gone = sum(
        row.statement == one.statement for row in checks.open_feedback(body=None, on=town.ON, limit=1_000)
    )
    assert gone and one.statement != two.statement
    _ends(one.statement, state)
    waiting = {row.number for row in checks.open_feedback(body=town.UNIT, on=later, limit=1_000)}
    assert two.number in waiting and one.number not in waiting
    after = checks.ageing(on=later)[town.UNIT].open, _of_the_month("unanswered"), _of_the_month("hints")
    assert after == tuple(figure - gone for figure in before)
    assert {row.moot for row in checks.hints_of(number=one.number, body=None, on=later)} == {True}
    assert {row.moot for row in checks.hints_of(number=two.number, body=None, on=later)} == {False}


def test_a_hint_answered_before_its_entry_ended_stays_counted(checked_city: Any) -> None:
    [one] = hinted()
    fed(one)
    hints, applied = _of_the_month("hints"), _of_the_month("applied")
    _ends(one.statement, "repaired")
    assert _of_the_month("applied") == applied == 1 and _of_the_month("hints") <= hints
    assert not next(
        row for row in checks.hints_of(number=one.number, body=None, on=town.ON) if row.hint == one.hint
    ).moot


def test_a_hint_goes_on_waiting_while_an_older_entry_of_it_counts(checked_city: Any) -> None:
    [one] = hinted()
    older = next(entry.id for entry in town.shown() if entry.id != one.statement)
    with connection.cursor() as cursor:  # as if the hint had followed from an older entry besides
        cursor.execute("SELECT said FROM checks_check WHERE id = %s", [checks.id_of(one.number)])
        said = json.loads(zlib.decompress(bytes(cursor.fetchone()[0])))
        next(hint for hint in said["hints"] if hint["ordinal"] == one.hint)["entries"] = [
            one.statement,
            older,
        ]
        cursor.execute(
            "UPDATE checks_check SET said = %s WHERE id = %s",
            [zlib.compress(json.dumps(said).encode()), checks.id_of(one.number)],
        )

    def waits() -> bool:
        return (one.number, one.hint) in {
            (row.number, row.hint) for row in checks.open_feedback(body=None, on=town.ON, limit=1_000)
        }

    _ends(one.statement, "repaired")
    assert waits()
    _ends(older, "repaired")
    assert not waits()
