"""Opening and acting: what the kind of the pack says, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from casekit import (
    ALL,
    AUDITOR,
    BODY,
    CLERK,
    FIRM,
    FOREIGN,
    OFFICE,
    OTHER_BODY,
    PNG,
    SECOND,
    STRANGER,
    SUBJECT,
    apply_for_repair,
    at,
    object_to,
    seen,
)  # fmt: skip

from xinheng.cases import handlers
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence

Ran = list[tuple[str, str]]


def test_an_opened_case_has_a_number_a_running_clock_and_its_paper(ran: Ran) -> None:
    done = object_to()
    case = done.case
    assert case.number.endswith("信异〔2026〕1号") and (case.state, case.version, case.desk) == (
        "received", 1, "office",
    )  # fmt: skip
    assert (
        case.clock == "objection-platform"
        and case.started_on == date(2026, 11, 20)
        and case.due_on is not None
    )
    assert (
        done.document
        and cases.document(number=done.document, reader=ALL).content["case_number"] == case.number
    )
    [clock] = cases.clocks(number=case.number, reader=ALL)
    assert clock.working[-1]["date"] == case.due_on.isoformat() and clock.calendar
    assert ran == [("objection.opened", case.number)]
    entry = evidence.events(kinds=("cases.opened",))[-1]
    assert entry.body["detail"]["case"] == case.number and SUBJECT not in str(entry.body)
    assert evidence.verify().findings == []


def test_the_whole_way_of_an_objection_that_is_refused(ran: Ran) -> None:
    number = object_to().case.number
    sent = cases.act(number=number, act="forward", actor=OFFICE, at=at(1), version=1)
    assert (sent.case.state, sent.case.desk, sent.case.clock) == (
        "with-source",
        "authority",
        "objection-source",
    )
    asked = cases.act(number=number, act="refuse", actor=CLERK, at=at(2), version=2, reason="与决定书一致")
    assert asked.waiting and asked.case.waiting_step and asked.case.waiting_step.by == CLERK.account
    assert asked.case.state == "with-source" and asked.case.version == 3
    done = cases.act(number=number, act="refuse", actor=SECOND, at=at(3), version=3, reason="同意")
    assert (done.case.state, done.case.outcome, done.case.final, done.waiting) == (
        "refused",
        "refused",
        True,
        False,
    )
    assert done.case.closed_on == date(2026, 11, 23) and done.case.due_on is None
    assert [name for name, _ in ran] == ["objection.opened", "objection.route", "objection.refuse"]
    paper = cases.document(number=str(done.document), reader=ALL)
    assert paper.content["reason"].endswith("与决定书一致") and len(paper.content["remedies"]) == 4
    assert [(step.act, step.how) for step in cases.steps(number=number, reader=ALL)] == [
        ("object", "done"), ("forward", "done"), ("refuse", "proposed"), ("refuse", "done"),
    ]  # fmt: skip
    served = cases.serve(
        document=paper.number, on=date(2026, 11, 24), manner="邮寄送达", actor=CLERK, at=at(5)
    )
    assert served.served_on == date(2026, 11, 24)
    assert served.content["remedies"][0]["last_on"] == "2027-01-25"  # sixty days, the last on a Saturday
    with pytest.raises(cases.NotPossible):
        cases.serve(document=paper.number, on=date(2026, 11, 25), manner="直接送达", actor=CLERK, at=at(6))
    assert evidence.verify().findings == []


def test_a_second_account_of_the_same_body_is_another_one(ran: Ran) -> None:
    number = object_to().case.number
    cases.act(number=number, act="forward", actor=OFFICE, at=at())
    cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="一致")
    with pytest.raises(cases.NotYours):
        cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="一致")
    with pytest.raises(cases.NoSuchCase):
        cases.act(number=number, act="refuse", actor=FOREIGN, at=at(), reason="一致")
    with pytest.raises(cases.NotPossible):
        cases.act(number=number, act="uphold-annul", actor=SECOND, at=at(), reason="查无实据")
    with pytest.raises(cases.NotYours):
        cases.take_back(number=number, actor=FIRM, at=at())
    with pytest.raises(cases.Needed):
        cases.take_back(number=number, actor=SECOND, at=at())
    taken = cases.take_back(number=number, actor=CLERK, at=at(), version=3)
    assert taken.case.waiting_step is None and taken.case.state == "with-source"
    with pytest.raises(cases.NotPossible):
        cases.take_back(number=number, actor=CLERK, at=at())
    assert cases.act(number=number, act="uphold-annul", actor=CLERK, at=at(), reason="查无实据").waiting
    assert ran[-1][0] == "objection.route"
    assert evidence.verify().findings == []


def test_the_subject_may_withdraw_while_a_decision_waits(ran: Ran) -> None:
    number = object_to().case.number
    cases.act(number=number, act="forward", actor=OFFICE, at=at())
    cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="一致")
    done = cases.act(number=number, act="withdraw", actor=FIRM, at=at())
    assert (done.case.state, done.case.waiting_step) == ("withdrawn", None)
    assert evidence.verify().findings == []


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (AUDITOR, cases.NotYours),
        (STRANGER, cases.NoSuchCase),
        (FOREIGN, cases.NoSuchCase),
        (FIRM, cases.NotYours),
    ],
)
def test_nobody_acts_for_another(ran: Ran, actor: cases.Actor, error: type[Exception]) -> None:
    number = object_to().case.number
    before = (seen(number), evidence.size())
    with pytest.raises(error):
        cases.act(number=number, act="forward", actor=actor, at=at())
    assert (seen(number), evidence.size()) == before


def test_who_may_act_is_told_before_anybody_tries(ran: Ran) -> None:
    number = object_to().case.number
    case = seen(number)
    assert [step.code for step in case.possible(FIRM)] == ["withdraw"]
    assert "correct-own-copy" in [step.code for step in case.possible(OFFICE)]
    assert case.possible(AUDITOR) == case.possible(STRANGER) == case.possible(CLERK) == ()


def test_a_foreign_case_is_as_absent_as_one_that_never_was(ran: Ran) -> None:
    done = object_to()
    number, paper = done.case.number, str(done.document)
    for reader in (cases.Reader("organisation", STRANGER.body), cases.Reader("authority", OTHER_BODY),
                   cases.Reader("department", ""), cases.Reader("organisation", ""), cases.Reader("exchange")):  # fmt: skip
        for ask in (cases.case, cases.steps, cases.clocks, cases.documents):
            with pytest.raises(cases.NoSuchCase) as foreign:
                ask(number=number, reader=reader)
            with pytest.raises(cases.NoSuchCase) as never:
                ask(number="没有〔2026〕9号", reader=reader)
            assert str(foreign.value).replace(number, "") == str(never.value).replace("没有〔2026〕9号", "")
        with pytest.raises(cases.NoSuchDocument):
            cases.document(number=paper, reader=reader)
        assert cases.attachments(number=number, reader=reader) == []
        assert cases.due(reader=reader, on=at().date())[0] == []
        assert cases.counters(reader=reader, on=at().date()).open == 0
    for reader in (
        cases.Reader("organisation", SUBJECT),
        cases.Reader("authority", BODY),
        cases.Reader("auditor"),
    ):
        assert cases.case(number=number, reader=reader).number == number
        assert [line.number for line in cases.due(reader=reader, on=at().date())[0]] == [number]


def test_a_double_click_is_one_act_and_gives_the_first_answer(ran: Ran) -> None:
    first = object_to(token="form-1")
    again = object_to(token="form-1")
    assert again.repeated and again.case.number == first.case.number
    assert object_to(token="form-2").case.number != first.case.number
    number, size = first.case.number, evidence.size()
    sent = cases.act(number=number, act="forward", actor=OFFICE, at=at(), version=1, token="form-3")
    twice = cases.act(number=number, act="forward", actor=OFFICE, at=at(), version=1, token="form-3")
    assert twice.repeated and twice.document == sent.document and twice.case.version == 2
    assert evidence.size() == size + 1
    asked = cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="一致", token="t")
    again = cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="一致", token="t")
    assert again.repeated and again.waiting and asked.case.version == again.case.version


def test_a_page_made_before_somebody_acted_does_nothing(ran: Ran) -> None:
    number = object_to().case.number
    cases.act(number=number, act="forward", actor=OFFICE, at=at(), version=1)
    with pytest.raises(cases.CaseMovedOn) as moved:
        cases.act(number=number, act="withdraw", actor=FIRM, at=at(), version=1)
    assert moved.value.code == "case-moved-on" and moved.value.case.version == 2  # type: ignore[union-attr]
    assert seen(number).state == "with-source"


def test_the_same_outside_number_is_the_same_case(ran: Ran) -> None:
    first = apply_for_repair()
    again = apply_for_repair(at=at(1))
    assert again.repeated and again.case.number == first.case.number
    assert cases.by_outside(kind="repair", outside="XF-1").number == first.case.number  # type: ignore[union-attr]
    assert cases.by_outside(kind="repair", outside="XF-2") is None


def test_what_a_step_needs_is_asked_for_and_nothing_is_done(ran: Ran) -> None:
    with pytest.raises(cases.Needed):
        object_to(reason="  ")
    number = object_to().case.number
    with pytest.raises(cases.Needed, match="更正"):
        cases.act(number=number, act="correct-own-copy", actor=OFFICE, at=at(), reason="抄录有误")
    with pytest.raises(cases.NotPossible):
        cases.act(number=number, act="no-such-step", actor=OFFICE, at=at())
    assert seen(number).version == 1


def test_an_effect_that_fails_leaves_nothing_behind(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    number = object_to().case.number

    def fails(*_: Any) -> dict[str, Any]:
        raise RuntimeError("the correction was refused")

    monkeypatch.setitem(handlers._effects, "objection.correct", fails)
    before = (seen(number), evidence.size(), cases.documents(number=number, reader=ALL))
    with pytest.raises(RuntimeError):
        cases.act(
            number=number, act="correct-own-copy", actor=OFFICE, at=at(), reason="有误", detail={"changes": {"CF_NR_FK": "1"}}
        )  # fmt: skip
    monkeypatch.delitem(handlers._effects, "objection.correct")
    with pytest.raises(cases.EffectMissing):
        cases.act(
            number=number, act="correct-own-copy", actor=OFFICE, at=at(), reason="有误", detail={"changes": {"CF_NR_FK": "1"}}
        )  # fmt: skip
    assert (seen(number), evidence.size(), cases.documents(number=number, reader=ALL)) == before
    assert evidence.verify().findings == []


def test_words_are_kept_without_personal_data(ran: Ran) -> None:
    done = object_to(reason="请联系 13800138000", detail={"note": "身份证 34062119900228123X"})
    kept = str(cases.steps(number=done.case.number, reader=ALL)) + str(done.case)
    assert "13800138000" not in kept and "34062119900228123X" not in kept and "已遮盖" in kept


def test_a_handed_on_case_belongs_to_the_new_body(ran: Ran) -> None:
    number = object_to().case.number
    cases.act(number=number, act="forward", actor=OFFICE, at=at())
    due = seen(number).due_on
    with pytest.raises(cases.NotYours):
        cases.reassign(number=number, to=OTHER_BODY, reason="职权划转", actor=CLERK, at=at())
    case = cases.reassign(number=number, to=OTHER_BODY, reason="职权划转", actor=OFFICE, at=at(1))
    assert (case.body, case.due_on, case.version) == (OTHER_BODY, due, 3)
    assert case.possible(CLERK) == () and case.possible(FOREIGN)
    assert cases.counters(reader=cases.Reader("authority", OTHER_BODY), on=at().date()).open == 1
    assert evidence.verify().findings == []


def test_numbers_have_no_gaps_even_where_acts_fail(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [object_to().case.number]
    with monkeypatch.context() as patched, pytest.raises(cases.EffectMissing):
        patched.delitem(handlers._effects, "objection.opened")
        object_to()
    numbers.append(object_to().case.number)
    other = object_to(body=OTHER_BODY).case.number
    assert [number[-4:] for number in numbers] == ["〕1号", "〕2号"] or [
        n.split("〕")[1] for n in numbers
    ] == ["1号", "2号"]
    assert other.endswith("〕1号") and len({*numbers, other}) == 3


def test_files_are_judged_by_bytes_and_name(ran: Ran) -> None:
    good = cases.Upload("现场.png", PNG)
    number = object_to(attachments=[good]).case.number
    [kept] = cases.attachments(number=number, reader=ALL)
    assert (kept.name, kept.media, kept.size, kept.step) == ("现场.png", "image/png", len(PNG), 1)
    assert cases.attachment(number=number, id=kept.id, reader=ALL)[1] == PNG
    bad = [
        cases.Upload("run.exe", b"MZ" + b"\x00" * 20), cases.Upload("page.html", b"<html>"), cases.Upload("a.pdf", PNG),
        cases.Upload("empty.png", b""), cases.Upload("big.png", PNG + b"\x00" * (10 * 1024 * 1024)),
        cases.Upload("zip.docx", b"PK\x03\x04nonsense"), cases.Upload("no-suffix", PNG), cases.Upload("../x.svg", b"<svg/>"),
    ]  # fmt: skip
    for upload in bad:
        with pytest.raises(cases.AttachmentRefused):
            object_to(attachments=[upload])
    with pytest.raises(cases.AttachmentRefused):
        object_to(attachments=[good] * 11)
    path = cases.attachment(number=number, id=kept.id, reader=ALL)[0]
    assert "/" not in object_to(attachments=[cases.Upload("../../etc/x.png", PNG)]).case.number
    assert cases.attachments(number=object_to(attachments=[cases.Upload("../../x.png", PNG)]).case.number, reader=ALL)[
        0
    ].name == "x.png"  # fmt: skip
    assert path.sha256 == kept.sha256 and evidence.verify().findings == []
