"""Whose step it is: the deciding desk proposes, the reviewer confirms, who delivers data reads, the office never decides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from casekit import (
    BODY,
    CLERK,
    EXCHANGE,
    FOREIGN,
    OFFICE,
    OTHER_BODY,
    SECOND,
    SUBJECT,
    apply_for_repair,
    at,
    object_to,
    seen,
)
from hypothesis import given
from hypothesis import strategies as st

from xinheng.cases import policy_act
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.kernel import uscc
from xinheng.law.case_types import NEEDS

DELIVERS = cases.Actor("scjg-send", "department", BODY)
OTHER_SECOND = cases.Actor("scjg-decide3", "reviewer", BODY)


def _with_source() -> str:
    number = object_to().case.number
    cases.act(number=number, act="forward", actor=OFFICE, at=at())
    return number


@pytest.mark.parametrize("actor", [DELIVERS, SECOND, OFFICE, EXCHANGE])
@pytest.mark.parametrize("act", ["uphold-annul", "refuse", "return"])
def test_nobody_but_the_deciding_desk_takes_a_step_of_the_authority(
    ran: Any, actor: cases.Actor, act: str
) -> None:
    number = _with_source()
    before = (seen(number), evidence.size())
    with pytest.raises(cases.NotYours, match="承办岗"):
        cases.act(number=number, act=act, actor=actor, at=at(), reason="理由")
    assert (seen(number), evidence.size()) == before
    assert act in [step.code for step in seen(number).possible(CLERK)]


@pytest.mark.parametrize("act", ["accept", "grant", "extend", "decline"])
def test_a_reviewer_takes_no_step_of_one_account_and_proposes_none_of_two(ran: Any, act: str) -> None:
    number = apply_for_repair().case.number
    if act in ("grant", "extend"):
        cases.act(number=number, act="accept", actor=CLERK, at=at())
    for actor in (SECOND, DELIVERS):
        assert seen(number).possible(actor) == ()
        with pytest.raises(cases.NotYours):
            cases.act(number=number, act=act, actor=actor, at=at(), reason="理由")


def test_a_reviewer_confirms_what_the_deciding_desk_proposed_and_a_department_does_not(ran: Any) -> None:
    number = _with_source()
    assert cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="内容一致").waiting
    assert [step.code for step in seen(number).possible(SECOND)] == ["refuse"]
    assert seen(number).possible(DELIVERS) == ()
    for actor in (DELIVERS, OFFICE):
        with pytest.raises(cases.NotYours):
            cases.act(number=number, act="refuse", actor=actor, at=at())
        with pytest.raises(cases.NotYours):
            cases.take_back(number=number, actor=actor, at=at(), reason="不同意")
    assert not cases.act(number=number, act="refuse", actor=SECOND, at=at()).waiting
    assert seen(number).outcome == "refused"


def test_a_reviewer_sends_a_proposal_back_with_a_reason_and_then_has_nothing_to_do(ran: Any) -> None:
    number = _with_source()
    cases.act(number=number, act="refuse", actor=CLERK, at=at(), reason="内容一致")
    with pytest.raises(cases.Needed):
        cases.take_back(number=number, actor=SECOND, at=at())
    cases.take_back(number=number, actor=SECOND, at=at(), reason="材料不全")
    assert seen(number).waiting_step is None and seen(number).possible(SECOND) == ()


def test_only_the_deciding_desk_and_the_window_record_service(ran: Any) -> None:
    number = object_to().case.number
    paper = cases.documents(number=number, reader=cases.Reader("office"))[0].number
    for actor in (DELIVERS, SECOND):
        with pytest.raises(cases.NotYours):
            cases.serve(document=paper, on=at().date(), manner="直接送达", actor=actor, at=at())
    assert cases.serve(document=paper, on=at().date(), manner="直接送达", actor=CLERK, at=at()).served_on


@given(
    role=st.sampled_from(policy_act.ROLES), body=st.sampled_from(["", BODY, OTHER_BODY, SUBJECT]),
    waiting_body=st.sampled_from(["", BODY, OTHER_BODY]), waits=st.booleans(),
)  # fmt: skip
def test_the_part_of_the_authority_belongs_to_its_deciding_desk_or_to_its_reviewer_while_a_step_waits(
    role: str, body: str, waiting_body: str, waits: bool
) -> None:
    case = policy_act.Standing(
        "with-source", SUBJECT, BODY, frozenset(), "refuse" if waits else "", "x" if waits else "",
        waiting_body if waits else "",
    )  # fmt: skip
    parts = policy_act.parts_of(cases.Actor("y", role, body), case)
    wanted = body == BODY and (role == "authority" or (role == "reviewer" and waits and waiting_body == BODY))
    assert ("authority" in parts) == wanted
    assert ("office" in parts) == (role == "office"), "nobody else is the office, and it is nothing else"


@pytest.mark.parametrize("to", ["NOBODY", "113406000031234561", SUBJECT])
def test_a_case_is_handed_to_no_code_that_is_none(ran: Any, to: str) -> None:
    number = _with_source()
    before = (seen(number), evidence.size())
    with pytest.raises(cases.Needed, match="没有移交"):
        cases.reassign(number=number, to=to, reason="职权划转", actor=OFFICE, at=at())
    assert (seen(number), evidence.size()) == before


def test_a_case_is_handed_to_no_body_that_is_not_registered_and_not_to_the_same(ran: Any) -> None:
    number = _with_source()
    stranger = "1134060000312345"
    valid = next(
        stranger + code + uscc.check_char(stranger + code)
        for code in "0123456789X"
        if uscc.is_valid(stranger + code + uscc.check_char(stranger + code))
        and stranger + code + uscc.check_char(stranger + code) != BODY
    )
    with pytest.raises(cases.Needed, match="不是登记在册"):
        cases.reassign(number=number, to=valid, reason="职权划转", actor=OFFICE, at=at())
    with pytest.raises(cases.NotPossible):
        cases.reassign(number=number, to=BODY, reason="职权划转", actor=OFFICE, at=at())
    assert cases.reassign(number=number, to=f" {OTHER_BODY} ", reason="划转", actor=OFFICE, at=at()).possible(
        FOREIGN
    )


@pytest.mark.parametrize("need", NEEDS)
def test_what_a_step_lacks_is_said_in_words_and_not_by_its_code(need: str) -> None:
    step = SimpleNamespace(name="测试步骤", needs=(need,))
    with pytest.raises(cases.Needed) as said:
        policy_act.check_needs(step, reason="", detail={}, attachments=())
    assert need not in said.value.message
