"""Cases on the desk, acted upon: effects before they happen, once, under four eyes, and never behind another's back."""

from __future__ import annotations

from typing import Any

import deskcases
from deskcases import CORRECTED, ON, PDF, address, hidden, plain
from django.core.files.uploadedfile import SimpleUploadedFile

from moments import AT

pytest_plugins = ("deskkit", "deskcases")


def _form(browser: Any, number: str, step: str) -> dict[str, Any]:
    answer = browser.get(address(number, f"act/?step={step}"))
    assert answer.status_code == 200, (step, answer.status_code)
    return hidden(answer.content.decode())


def _entry(casetown: Any, place: int = 0) -> Any:
    return casetown.entries(casetown.mine)[place]


def test_a_correction_is_shown_before_and_after_and_changes_nothing_until_it_is_confirmed(
    casetown: Any,
) -> None:
    number, browser = casetown.objection(field="CF_NR"), casetown.client("authority")
    before = _entry(casetown)
    form = _form(browser, number, "uphold-correct")
    form |= {"change-CF_NR": CORRECTED, "was-CF_NR": before.values["CF_NR"], "reason": "经核对案卷，应予更正"}
    form["file"] = SimpleUploadedFile("决定书.pdf", PDF, "application/pdf")
    looked = browser.post(address(number, "act/"), form)
    words = plain(looked.content.decode())
    assert looked.status_code == 200 and before.values["CF_NR"] in words and CORRECTED in words
    assert "公示页、主体页和列表" in words and before.values["CF_WSH"] in words, "whom and what it touches"
    assert casetown.case(number).state == "with-source" and _entry(casetown).id == before.id, (
        "nothing happened yet"
    )
    done = browser.post(address(number, "act/"), hidden(looked.content.decode()))
    assert done.status_code == 302, plain(done.content.decode())
    assert casetown.case(number).outcome == "upheld"
    newest = next(
        one for one in casetown.entries(casetown.mine) if one.values["CF_WSH"] == before.values["CF_WSH"]
    )
    assert newest.id != before.id and newest.values["CF_NR"] == CORRECTED and "corrected" in newest.marks
    text = browser.get(address(number)).content.decode()
    assert "更正后的记录" in text and CORRECTED in text
    assert "行政复议" in text, "the next remedy is named"


def test_the_file_that_came_before_the_look_is_kept_with_the_act(casetown: Any) -> None:
    from xinheng.cases import service as cases

    number, browser = casetown.objection(), casetown.client("authority")
    form = _form(browser, number, "uphold-correct")
    form |= {"change-CF_NR": CORRECTED, "was-CF_NR": "", "reason": "更正"}
    form["file"] = SimpleUploadedFile("../../决定书.pdf", PDF, "application/pdf")
    looked = browser.post(address(number, "act/"), form)
    browser.post(address(number, "act/"), hidden(looked.content.decode()))
    [kept] = cases.attachments(number=number, reader=cases.Reader("office"))
    assert (kept.name, kept.size) == ("决定书.pdf", len(PDF))


def test_a_correction_that_breaks_the_rules_is_told_and_keeps_what_was_typed(casetown: Any) -> None:
    number, browser = casetown.objection(), casetown.client("authority")
    form = _form(browser, number, "uphold-correct")
    form |= {"change-CF_JDRQ": "十一月", "was-CF_JDRQ": "2026-11-16", "reason": "日期写错"}
    answer = browser.post(address(number, "act/"), form)
    text = answer.content.decode()
    assert answer.status_code == 400 and 'role="alert"' in text and "十一月" in text and "日期写错" in text
    assert casetown.case(number).state == "with-source"


def test_a_form_sent_twice_is_one_act(casetown: Any) -> None:
    from xinheng.evidence import service as evidence

    number, browser = casetown.repair(accepted=False), casetown.client("authority")
    form = _form(browser, number, "accept")
    answers = [browser.post(address(number, "act/"), form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302], "the second is told what the first did"
    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(list(evidence.events(kinds=["cases.acted"]))) == 1
    assert casetown.case(number).state == "accepted"


def test_whoever_comes_second_is_shown_what_the_first_one_did(casetown: Any) -> None:
    number = casetown.repair(accepted=False)
    first, second = casetown.client("authority"), casetown.client("authority2")
    one, two = _form(first, number, "accept"), _form(second, number, "request-supplement")
    assert first.post(address(number, "act/"), one).status_code == 302
    answer = second.post(address(number, "act/"), two | {"reason": "缺缴款凭证"})
    words = plain(answer.content.decode())
    assert answer.status_code == 409
    assert "另一位同事先办了" in words and "受理" in words and "什么也没有改" in words
    assert casetown.case(number).state == "accepted"


def test_the_same_step_by_two_desks_happens_once_and_the_second_is_told(casetown: Any) -> None:
    number = casetown.repair(accepted=False)
    first, second = casetown.client("authority"), casetown.client("authority2")
    one, two = _form(first, number, "accept"), _form(second, number, "accept")
    assert first.post(address(number, "act/"), one).status_code == 302
    assert second.post(address(number, "act/"), two).status_code == 409


def test_four_eyes_one_proposes_another_confirms_and_only_then_it_takes_effect(casetown: Any) -> None:
    number = casetown.repair()
    entry = casetown.case(number).statement
    first, second = casetown.client("authority"), casetown.client("authority2")
    form = _form(first, number, "grant") | {"reason": "义务已履行"}
    looked = first.post(address(number, "act/"), form)
    done = first.post(address(number, "act/"), hidden(looked.content.decode()))
    assert "waiting=grant" in done["Location"]
    assert _shown(entry), "proposed is not done"
    own = first.get(address(number)).content.decode()
    assert ">撤回</button>" in own and "act/?step=grant" not in own, "nobody confirms what they proposed"
    theirs = second.get(address(number)).content.decode()
    assert "act/?step=grant" in theirs and "不同意，退回提出人" in theirs
    asked = second.get(address(number, "act/?step=grant")).content.decode()
    assert "义务已履行" in asked and "复核同意" in asked
    assert second.post(address(number, "act/"), hidden(asked)).status_code == 302
    assert casetown.case(number).outcome == "repaired" and not _shown(entry)


def _shown(statement: int) -> bool:
    from xinheng.publication import service as publication

    return publication.statement(id=statement, audience="public", on=ON) is not None


def test_a_proposal_can_be_taken_back_by_whoever_made_it(casetown: Any) -> None:
    number, first = casetown.repair(), casetown.client("authority")
    form = _form(first, number, "grant") | {"reason": "义务已履行", "stage": "do"}
    assert "waiting" in first.post(address(number, "act/"), form)["Location"]
    version = {"version": str(casetown.case(number).version)}
    assert casetown.client("authority2").post(address(number, "take-back/"), version).status_code == 400, (
        "no reason given"
    )
    assert casetown.case(number).waiting_step is not None
    assert first.post(address(number, "take-back/"), version).status_code == 302
    case = casetown.case(number)
    assert case.waiting_step is None and case.state == "accepted"


def test_the_second_account_may_disagree_with_a_reason(casetown: Any) -> None:
    number = casetown.repair()
    first, second = casetown.client("authority"), casetown.client("authority2")
    first.post(
        address(number, "act/"), _form(first, number, "grant") | {"reason": "义务已履行", "stage": "do"}
    )
    assert "不同意，退回提出人" in second.get(address(number)).content.decode()
    form = {"version": str(casetown.case(number).version), "reason": "缴款凭证不全"}
    assert second.post(address(number, "take-back/"), form).status_code == 302
    assert casetown.case(number).waiting_step is None and casetown.case(number).state == "accepted"
    assert "缴款凭证不全" in plain(first.get(address(number)).content.decode())


def test_a_form_of_another_case_does_nothing(casetown: Any) -> None:
    one, two = casetown.repair(accepted=False), casetown.repair(accepted=False, place=1)
    browser = casetown.client("authority")
    form = _form(browser, one, "accept")
    assert browser.post(address(two, "act/"), form).status_code == 404
    assert casetown.case(two).state == "received"


def test_who_may_not_act_is_offered_nothing_and_refused(casetown: Any) -> None:
    number = casetown.repair(accepted=False)
    for name in ("office", "auditor"):
        browser = casetown.client(name)
        assert "act/?step=accept" not in browser.get(address(number)).content.decode(), name
        assert browser.get(address(number, "act/?step=accept")).status_code == 403, name
        form = {"case": number, "step": "accept", "version": "1", "token": "x"}
        assert browser.post(address(number, "act/"), form).status_code in (403, 409), name
    assert casetown.case(number).state == "received"


def test_an_unknown_step_is_not_found(casetown: Any) -> None:
    number = casetown.repair(accepted=False)
    assert casetown.client("authority").get(address(number, "act/?step=nothing")).status_code == 404


def test_what_a_step_needs_is_asked_for_before_anything_is_done(casetown: Any) -> None:
    number, browser = casetown.repair(accepted=False), casetown.client("authority")
    answer = browser.post(address(number, "act/"), _form(browser, number, "request-supplement"))
    assert answer.status_code == 400 and "请写明理由" in answer.content.decode()
    assert casetown.case(number).state == "received"


def test_a_file_of_a_wrong_kind_is_refused_with_a_reason(casetown: Any) -> None:
    number, browser = casetown.repair(accepted=False), casetown.client("authority")
    form = _form(browser, number, "accept")
    form["file"] = SimpleUploadedFile("运行.pdf", b"MZ\x90\x00", "application/pdf")
    answer = browser.post(address(number, "act/"), form)
    assert answer.status_code == 400 and 'role="alert"' in answer.content.decode()
    assert casetown.case(number).state == "received"


def test_the_service_of_a_paper_is_recorded_once(casetown: Any) -> None:
    from xinheng.cases import service as cases

    number, browser = casetown.repair(), casetown.client("authority")
    paper = cases.documents(number=number, reader=cases.Reader("office"))[-1].number
    where = f"/desk/cases/papers/{deskcases.quote(paper)}/served/"
    assert browser.post(where, {"on": "", "manner": "直接送达"}).status_code == 400
    assert browser.post(where, {"on": "2026-11-20", "manner": "飞鸽"}).status_code == 400
    assert browser.post(where, {"on": "2026-11-20", "manner": "直接送达"}).status_code == 302
    assert browser.post(where, {"on": "2026-11-20", "manner": "直接送达"}).status_code == 403
    assert "2026-11-20 直接送达" in plain(browser.get(address(number)).content.decode())


def test_a_case_is_handed_on_to_the_body_that_took_over_and_the_form_suggests_it(casetown: Any) -> None:
    from xinheng.law import service as law
    from xinheng.register import service as register

    number = casetown.objection()
    register.succeed(
        pairs=[(casetown.mine, casetown.other, ON)],
        at=AT,
        actor="test",
        provision="机构改革方案",
        pack=law.active().digest,
    )
    office = casetown.client("office")
    assert f'value="{casetown.other}" list="units"' in office.get(address(number)).content.decode()
    assert office.post(address(number, "reassign/"), {"to": casetown.other, "reason": ""}).status_code == 400
    done = office.post(address(number, "reassign/"), {"to": casetown.other, "reason": "机构改革方案"})
    assert done.status_code == 302 and casetown.case(number).body == casetown.other
    assert casetown.client("foreign").get(address(number)).status_code == 200
    assert (
        casetown.client("authority").post(address(number, "reassign/"), {"to": casetown.mine}).status_code
        == 403
    )
