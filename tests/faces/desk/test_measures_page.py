"""May this department take this measure against this organisation? The page answers with its basis, or says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from deskcases import ON, plain
from tonguekit import stray

import listtown as town
from moments import AT

pytest_plugins = ("deskkit", "deskcases")
# Measures on persons, as the national list names them: none is offered, whatever is asked
PERSONAL = ("限制任职", "限制消费", "限制高消费", "限制出境", "限制升学")


def _listed() -> Any:
    """An enterprise on a list of market regulation, and on no other: the entry."""
    from xinheng.publication import service as publication

    code = town.firm()
    assert town.received(town.row(code)).accepted == 1
    found = publication.statements(audience="public", on=ON, uscc=code, item="serious-list", limit=9)
    return found[0]


def _ask(browser: Any, code: str, measure: str, matter: str, **more: str) -> Any:
    return browser.get("/desk/measures/", {"uscc": code, "measure": measure, "matter": matter} | more)


def test_a_measure_with_a_basis_is_answered_with_provision_entry_scope_and_strength(casetown: Any) -> None:
    entry = _listed()
    answer = _ask(casetown.client("clerk"), entry.uscc, "honours", "honour-award")
    text = plain(answer.content.decode())
    assert answer.status_code == 200
    for word in ("有依据", "应当", "适用范围", "到什么时候", "对应的记录", "由该部门依法决定", "待核实"):
        assert word in text, word
    assert f"/statement/{entry.id}/" in answer.content.decode()


def test_a_measure_outside_of_the_list_or_on_persons_has_no_basis(casetown: Any) -> None:
    entry, browser = _listed(), casetown.client("clerk")
    for measure in ("invented", "office-restriction", "consumption-restriction"):
        text = plain(_ask(browser, entry.uscc, measure, "procurement-award").content.decode())
        assert "不能采取" in text, measure
        assert "没有现行依据" in text, measure
    options = browser.get("/desk/measures/").content.decode()
    assert not [word for word in PERSONAL if word in options]


def test_an_organisation_without_entries_gives_no_ground(casetown: Any) -> None:
    answer = _ask(casetown.client("clerk"), "91110000600037341L", "honours", "honour-award")
    text = plain(answer.content.decode())
    assert answer.status_code == 200
    assert "登记库里没有这个代码" in text
    assert "不能采取" in text


@pytest.mark.parametrize(
    "asked",
    [
        {"uscc": "x"}, {"uscc": "91110000600037341X"}, {"uscc": "91110000600037341L"},
        {"uscc": "91110000600037341L", "measure": "honours"},
        {"uscc": "91110000600037341L", "measure": "honours", "matter": "no-such-matter"},
    ],
)  # fmt: skip
def test_a_question_that_lacks_something_is_sent_back_with_what_it_lacks(
    casetown: Any, asked: dict[str, str]
) -> None:
    answer = casetown.client("clerk").get("/desk/measures/", asked)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_a_disputed_entry_carries_no_measure_and_a_repaired_one_is_told_to_its_own_authority_alone(
    casetown: Any,
) -> None:
    """The deciding body hears 已经修复; every other body hears nothing of the entry at all."""
    from xinheng.cases import service as cases
    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence
    from xinheng.records import service as records
    from xinheng.remedies import service as remedies

    entry = _listed()
    other = next(one for one in (casetown.other, casetown.mine) if one != entry.authority)
    mine, away = (
        checks.Asker("desk", "desk:x", "authority", body, "finance") for body in (entry.authority, other)
    )

    def told(asker: Any) -> Any:
        found = checks.may(uscc=entry.uscc, measure="honours", matter="honour-award", asker=asker, at=AT)
        return found, [one.refused for one in found.answer.refused if one.entry == entry.id]

    assert entry.id in {one.entry for one in told(away)[0].answer.hints}
    actor = cases.Actor("org", "organisation", entry.uscc)
    remedies.object(statement=entry.id, reason="列入的不是本单位", actor=actor, at=AT, channel="workspace")
    assert told(away)[1] == ["entry-disputed"]
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="repaired")
    assert told(mine)[1] == ["entry-repaired"]
    theirs, refusals = told(away)
    assert refusals == []
    assert entry.id not in theirs.entries
    assert str(entry.id) not in str(theirs.answer.as_dict())


def test_an_entry_that_ended_is_refused_as_ended_and_told_to_others_without_its_content(
    casetown: Any,
) -> None:
    from xinheng.checks import service as checks

    entry = _listed()
    other = next(one for one in (casetown.other, casetown.mine) if one != entry.authority)
    assert entry.show_until is not None
    after = AT + (entry.show_until - ON) + timedelta(days=1)

    def asked(body: str, purpose: str = "") -> Any:
        asker = checks.Asker("desk", "desk:x", "authority", body, "finance")
        found = checks.may(
            uscc=entry.uscc, measure="honours", matter="honour-award", asker=asker, at=after, purpose=purpose
        )  # fmt: skip
        assert entry.id not in {one.entry for one in found.answer.hints}
        return found, [one.refused for one in found.answer.refused if one.entry == entry.id]

    mine, refusals = asked(entry.authority)
    assert refusals == ["entry-ended"]
    assert mine.entries[entry.id].title
    theirs, refusals = asked(other, _purpose("honour-award"))
    assert refusals == ["entry-ended"]
    assert not theirs.entries[entry.id].title
    assert asked(other)[1] == [], "what has left the public pages is no public fact"


def test_without_a_purpose_only_public_facts_answer_and_a_purpose_that_does_not_fit_is_refused(
    casetown: Any,
) -> None:
    """A suspended entry is known to bodies and not to the public: only a purpose that fits opens it."""
    from xinheng.checks import service as checks
    from xinheng.evidence import service as evidence
    from xinheng.records import service as records

    entry = _listed()
    other = next(one for one in (casetown.other, casetown.mine) if one != entry.authority)
    with evidence.event(evidence.Act(kind="test.suppressed", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="suppressed")

    def told(body: str, purpose: str = "") -> list[int]:
        asker = checks.Asker("desk", "desk:x", "authority", body, "finance")
        found = checks.may(
            uscc=entry.uscc, measure="honours", matter="honour-award", asker=asker, at=AT, purpose=purpose
        )
        assert entry.id not in {one.entry for one in found.answer.hints}
        return [one.entry for one in found.answer.refused]

    fitting = _purpose("honour-award")
    assert entry.id not in told(other)
    assert entry.id in told(other, fitting)
    assert entry.id in told(entry.authority), "its own decision needs no purpose"
    with pytest.raises(checks.PurposeRefused):
        told(other, "随便看看")
    with pytest.raises(checks.PurposeRefused):
        told("", fitting)


def _purpose(matter: str) -> str:
    from xinheng.law import service as law

    return law.use_of(pack=law.active(), matter=matter).purposes[0].code


def test_what_cannot_be_a_code_is_not_repeated(casetown: Any) -> None:
    from xinheng.checks import service as checks

    asker = checks.Asker("api", "c", "client", casetown.other, "finance")
    for typed in ("张三", "34060219900101123X", "", "' or 1=1"):
        found = checks.may(uscc=typed, measure="honours", matter="honour-award", asker=asker, at=AT)
        assert not found.found
        assert found.uscc != typed or not typed
        assert found.answer.refusal == "no-basis"


def test_who_asked_is_in_the_ledger_with_purpose_measure_and_matter(casetown: Any) -> None:
    from xinheng.evidence import service as evidence

    entry = _listed()
    _ask(casetown.client("clerk"), entry.uscc, "honours", "honour-award")
    told = [one.body for one in evidence.events(kinds=["accounts.read"])][-1]
    assert told["actor"] == "desk:clerk"
    assert told["purpose"]
    assert told["detail"]["uscc"] == entry.uscc
    assert (told["detail"]["measure"], told["detail"]["matter"]) == ("honours", "honour-award")


@pytest.mark.parametrize("name", ["clerk", "office"])
def test_the_answer_asks_the_database_a_bounded_number_of_times(
    casetown: Any, few_queries: Any, name: str
) -> None:
    entry, browser = _listed(), casetown.client(name)
    _ask(browser, entry.uscc, "honours", "honour-award")
    with few_queries(40):
        assert _ask(browser, entry.uscc, "honours", "honour-award").status_code == 200


def test_the_page_is_english_where_it_is_asked_in_english(casetown: Any) -> None:
    entry = _listed()
    asked = {"uscc": entry.uscc, "measure": "honours", "matter": "honour-award"}
    page = casetown.client("clerk").get("/en/desk/measures/", asked).content.decode()
    assert "There is a basis: must" in plain(page)
    assert not stray(page), stray(page)[:12]
