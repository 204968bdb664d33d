"""Who may decide at the desk: whoever delivers data reads, a reviewer confirms, neither decides a case alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from deskcases import address, hidden, plain

pytest_plugins = ("deskkit", "deskcases")


def _tries(browser: Any, number: str, step: str, version: int) -> None:
    """Opens the page of a step and sends its form as the page would have it: both are refused."""
    page = browser.get(address(number, f"act/?step={step}"))
    assert page.status_code == 403 and 'name="step"' not in page.content.decode(), step
    for stage in ("", "do"):
        form = {
            "case": number, "step": step, "version": str(version), "seen": str(version), "token": f"t{stage}",
            "reason": "经查属实", "stage": stage, "confirming": "1", "ground": "other",
        }  # fmt: skip
        answer = browser.post(address(number, "act/"), form)
        assert answer.status_code == 403 and "承办岗" in plain(answer.content.decode()), (step, stage)


@pytest.mark.parametrize("name", ["clerk", "reviewer"])
def test_neither_clerk_nor_reviewer_decides_an_objection(casetown: Any, name: str) -> None:
    number, browser = casetown.objection(), casetown.client(name)
    before = casetown.case(number)
    text = browser.get(address(number)).content.decode()
    assert "act/?step=" not in text and "承办岗" in plain(text), "no way to a form, but who may"
    for step in ("uphold-annul", "uphold-correct", "refuse", "return"):
        _tries(browser, number, step, before.version)
    assert casetown.case(number) == before


@pytest.mark.parametrize("name", ["clerk", "reviewer"])
@pytest.mark.parametrize("accepted", [False, True])
def test_neither_clerk_nor_reviewer_takes_a_first_step_of_a_repair(
    casetown: Any, name: str, accepted: bool
) -> None:
    number, browser = casetown.repair(accepted=accepted), casetown.client(name)
    before = casetown.case(number)
    for step in ("grant", "refuse", "extend") if accepted else ("accept", "decline", "request-supplement"):
        _tries(browser, number, step, before.version)
    assert casetown.case(number) == before


def _proposed(casetown: Any) -> str:
    number, first = casetown.repair(), casetown.client("authority")
    form = hidden(first.get(address(number, "act/?step=grant")).content.decode())
    done = first.post(address(number, "act/"), form | {"reason": "义务已履行", "stage": "do"})
    assert "waiting=grant" in done["Location"]
    return str(number)


def test_a_reviewer_confirms_once_and_is_told_so_again_while_a_clerk_cannot(casetown: Any) -> None:
    number = _proposed(casetown)
    clerk, reviewer = casetown.client("clerk"), casetown.client("reviewer")
    _tries(clerk, number, "grant", casetown.case(number).version)
    seen = plain(clerk.get(address(number)).content.decode())
    assert "等您确认" not in seen and "不同意，退回提出人" not in seen
    version = {"version": str(casetown.case(number).version), "reason": "不同意"}
    assert clerk.post(address(number, "take-back/"), version).status_code == 403
    assert "复核" in plain(reviewer.get(address(number)).content.decode())
    form = hidden(reviewer.get(address(number, "act/?step=grant")).content.decode())
    answers = [reviewer.post(address(number, "act/"), form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert casetown.case(number).outcome == "repaired"


def test_a_reviewer_sends_back_with_a_reason_and_has_nothing_left_to_do(casetown: Any) -> None:
    number = _proposed(casetown)
    reviewer, version = casetown.client("reviewer"), {"version": str(casetown.case(number).version)}
    assert reviewer.post(address(number, "take-back/"), version).status_code == 400, "no reason given"
    assert reviewer.post(address(number, "take-back/"), version | {"reason": "凭证不全"}).status_code == 302
    assert casetown.case(number).waiting_step is None and casetown.case(number).state == "accepted"
    _tries(reviewer, number, "grant", casetown.case(number).version)


def test_the_office_decides_nothing_of_the_authority_and_is_told_whose_it_is(casetown: Any) -> None:
    number, office = casetown.objection(), casetown.client("office")
    _tries(office, number, "uphold-annul", casetown.case(number).version)
    assert casetown.case(number).state == "with-source"


def test_a_case_is_handed_to_no_code_that_is_no_body(casetown: Any) -> None:
    number, office = casetown.objection(), casetown.client("office")
    before = casetown.case(number)
    firm = casetown.entries(casetown.mine)[0].uscc
    for to in ("NOBODY", "113406000031234561", firm):
        answer = office.post(address(number, "reassign/"), {"to": to, "reason": "机构改革方案"})
        words = plain(answer.content.decode())
        assert answer.status_code == 400 and "没有移交" in words and "核对代码" in words, to
    assert casetown.case(number) == before


def test_nobody_is_led_to_a_batch_that_would_be_refused(casetown: Any) -> None:
    from datetime import date

    entry = next(iter(casetown.entries(casetown.mine)))
    led = 0
    for name in ("reviewer", "authority", "auditor", "clerk", "office"):
        browser = casetown.client(name)
        pages = [browser.get(where).content.decode() for where in ("/desk/", f"/desk/why/{entry.id}/", "/desk/my-terms/",
            f"/desk/mirror/{casetown.mine}/admin-penalty/?period={date(2026, 11, 1):%Y-%m}")]  # fmt: skip
        found = {one for text in pages for one in re.findall(r'href="(/desk/batches/[0-9][^"#?]*)', text)}
        led += len(found)
        for one in found:
            assert browser.get(one).status_code == 200, (name, one)
    assert led, "somebody is led to batches, or nothing was tried"
