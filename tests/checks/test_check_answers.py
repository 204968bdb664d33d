"""What a check answers: what counts for the matter and nothing more, from what is committed when it is asked."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import checktown as town
from moments import AT
from xinheng.checks import service as checks
from xinheng.checks import sheet
from xinheng.evidence import service as evidence
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.register import service as register


def test_an_answer_holds_exactly_what_the_gate_shows_and_the_matter_counts(checked_city: Any) -> None:
    pack = law.active()
    for matter in (town.PROCUREMENT, town.LICENCE):
        use = law.use_of(pack=pack, matter=matter)
        for code in {one.uscc for one in town.shown()} | {one.uscc for one in town.shown("serious-list")}:
            for audience, answer in (
                ("public", town.public(code, matter)),
                ("authority", town.shared(code, matter)),
            ):
                entries = publication.statements(audience=audience, on=town.ON, uscc=code, limit=500)
                wanted = [
                    one.id
                    for one in entries
                    if law.counts(pack=pack, use=use, entry=checks.facts_of(one, on=town.ON))
                ]
                assert [one.statement for one in answer.entries] == sorted(wanted, reverse=True)


def test_what_an_entry_says_is_what_the_gate_says(checked_city: Any) -> None:
    for one in town.shown("serious-list"):
        [entry] = [entry for entry in town.public(one.uscc).entries if entry.statement == one.id]
        card = law.active().items[one.item].card
        assert (entry.title, entry.authority_name) == (one.values[card.title], one.values[card.who])
        assert (entry.document, entry.list_kind) == (one.values[card.document], one.values[card.kind])
        assert (entry.until, entry.decided_on, entry.side) == (one.show_until, one.decided_on, "adverse")


def test_hints_are_those_of_the_law_room_each_said_once(checked_city: Any) -> None:
    pack, seen = law.active(), 0
    use = law.use_of(pack=pack, matter=town.PROCUREMENT)
    for code in {one.uscc for one in town.shown()} | {one.uscc for one in town.shown("serious-list")}:
        answer = town.public(code)
        facts = tuple(
            checks.facts_of(one, on=town.ON)
            for one in publication.statements(audience="public", on=town.ON, uscc=code, limit=500)
        )
        told = law.hints(
            pack=pack, use=use, matter=town.PROCUREMENT, sector="", subject_kind=register.kind_of(code), entries=facts,
            on=town.ON,
        )  # fmt: skip
        mine = [
            (one.measure, one.provision, statement)
            for one in (*answer.hints, *answer.incentives)
            for statement in one.entries
        ]
        assert sorted(mine) == sorted((one.measure, one.ground, one.entry) for one in told)
        assert len({(one.measure, one.provision) for one in answer.hints}) == len(answer.hints)
        for hint in answer.hints:
            ends = [one.until for one in told if (one.measure, one.ground) == (hint.measure, hint.provision)]
            assert hint.until == (None if None in ends else max(ends))
        seen += len(mine)
    assert seen


def test_a_withdrawal_is_in_the_next_answer(checked_city: Any) -> None:
    entry = town.shown("serious-list")[0]
    assert entry.id in [one.statement for one in town.public(entry.uscc).entries]
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="repaired", rule="")
    for answer in (town.public(entry.uscc), town.shared(entry.uscc)):
        assert entry.id not in [one.statement for one in answer.entries]
        assert not [one for one in answer.hints if entry.id in one.entries]
    digest = checks.answer_digest(usccs=[entry.uscc], matter=town.PROCUREMENT, asker=town.desk(), on=town.ON)
    assert digest == checks.answer_digest(
        usccs=[entry.uscc], matter=town.PROCUREMENT, asker=town.desk(), on=town.ON
    )


def test_a_disputed_entry_is_marked_and_carries_no_measure(checked_city: Any) -> None:
    entry = next(one for one in town.shown("serious-list") if town.public(one.uscc).hints)
    with evidence.event(evidence.Act(kind="test.marked", actor="test", at=AT)) as event:
        records.mark(
            event=event, statement_ids=[entry.id], kind=records.DISPUTED, since=town.ON, case="异-1", field=""
        )
    answer = town.public(entry.uscc)
    [found] = [one for one in answer.entries if one.statement == entry.id]
    assert found.marks == ("disputed",)
    assert found.disputes == (("", town.ON),)
    assert not [one for one in answer.hints if entry.id in one.entries]


def test_an_entry_leaves_the_answer_the_day_after_its_publication_ends(checked_city: Any) -> None:
    entry = min((one for one in town.shown("serious-list") if one.show_until), key=lambda one: one.show_until)
    last = AT + (entry.show_until - town.ON)
    assert entry.id in [one.statement for one in town.public(entry.uscc, at=last).entries]
    for answer in (
        town.public(entry.uscc, at=last + timedelta(days=1)),
        town.shared(entry.uscc, at=last + timedelta(days=1)),
    ):
        assert entry.id not in [one.statement for one in answer.entries]
    assert town.public(entry.uscc, at=last).valid_until == entry.show_until


@pytest.mark.parametrize(
    ("asked", "why"),
    [("91340600MA2N00000F", "not-registered"), ("91340600MA2N000000", "code-invalid")],
)
def test_where_there_is_nothing_to_check_the_answer_says_so_and_holds_for_no_day(
    checked_city: Any, asked: str, why: str
) -> None:
    for answer in (town.shared(asked), town.public(asked)):
        assert (answer.found, answer.unchecked, answer.valid_until, answer.entries) == (False, why, None, ())
        assert answer.why_valid.startswith("未登记" if why == "not-registered" else "无法核查")
        assert why in [one.code for one in answer.notes]
    kept = checks.evidence(number=town.shared(asked).number, reader=town.desk())
    assert kept.whole
    assert sheet.lead(sheet.answer_of(kept)) == kept.payload["why_valid"]
    with pytest.raises(ValueError, match="nothing to check"):
        sheet.check_sheet(kept=kept, unit="某局", url="", at=AT)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("", "code-unreadable"), ("某某公司", "code-unreadable"), ("1" * 300, "code-unreadable"), ("' or 1=1", "code-unreadable"),
        ("13900001111", "code-unreadable"), ("91340600MA2N", "code-unreadable"), ("110101199003077571", "personal-number"),
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused_before_anything_is_written_down(city: Any, asked: str, code: str) -> None:
    for ask in (town.shared, town.public):
        with pytest.raises(checks.CodeUnreadable) as refused:
            ask(asked)
        assert refused.value.code == code
        assert not asked or asked not in refused.value.message
    with pytest.raises(checks.CodeUnreadable):
        checks.check_many(usccs=[asked, asked], matter=town.PROCUREMENT, asker=town.desk(), at=AT)
    assert checks.of_body(body=town.UNIT, on=town.ON) == []


def test_a_code_as_people_write_it_is_understood(checked_city: Any) -> None:
    code = town.shown()[0].uscc
    assert town.public(f" {code[:2]} {code[2:8]} {code[8:].lower()} ").uscc == code


def test_an_unknown_matter_is_refused_by_name(checked_city: Any) -> None:
    with pytest.raises(checks.MatterUnknown):
        town.public(town.shown()[0].uscc, matter="no-such-matter")


def test_the_name_of_an_operator_is_not_in_an_answer(checked_city: Any) -> None:
    codes = [one.uscc for one in town.shown() if one.uscc.startswith("92")]
    found = register.get(codes)
    for code in codes:
        answer = town.public(code)
        assert answer.name == (found[code].shown_name if code in found else answer.name)
        if code in found and register.name_is_personal(code, found[code].name):
            assert found[code].name not in json.dumps(answer.payload(), ensure_ascii=False)


def test_forbidden_uses_are_said_with_their_provision(checked_city: Any) -> None:
    use = law.use_of(pack=law.active(), matter=town.PROCUREMENT)
    assert use.forbids
    told = town.public(town.shown()[0].uscc).forbids
    assert [(one.code, one.citation) for one in told] == [(one.code, one.citation) for one in use.forbids]


def test_many_answers_are_the_same_as_each_by_itself(checked_city: Any) -> None:
    known = list(dict.fromkeys(one.uscc for one in town.shown()))[:40]
    codes = [*known, "91340600MA2N00000F", "91340600MA2N000000"]
    batch = checks.check_many(
        usccs=[*codes, codes[0]], matter=town.PROCUREMENT, asker=town.desk(), at=AT, scope="shared",
        purpose="supplier-review", case_number="测〔2026〕1号",
    )  # fmt: skip
    assert [one.uscc for one in batch.answers] == [*codes, codes[0]]
    assert batch.answers[-1] is batch.answers[0]
    own = ("number", "position")
    for answer in batch.answers:
        alone = town.shared(answer.uscc).payload()
        assert {k: v for k, v in answer.payload().items() if k not in own} == {
            k: v for k, v in alone.items() if k not in own
        }
    with pytest.raises(checks.TooManyCodes):
        checks.check_many(usccs=[], matter=town.PROCUREMENT, asker=town.desk(), at=AT)


def test_every_row_of_a_batch_has_its_answer_in_its_place_and_again_when_repeated(checked_city: Any) -> None:
    one, other = list(dict.fromkeys(entry.uscc for entry in town.shown("serious-list")))[:2]
    asked = ["张三", one, "110101199003077571", one, "91340600MA2N000000", other, "", f" {one.lower()}"]
    batch = checks.check_many(usccs=asked, matter=town.PROCUREMENT, asker=town.desk(), at=AT)
    bad = "91340600MA2N000000"
    assert [found.uscc for found in batch.answers] == ["", one, "", one, bad, other, "", one]
    assert [found.unchecked for found in batch.answers] == [
        "code-unreadable", "", "personal-number", "", "code-invalid", "", "code-unreadable", "",
    ]  # fmt: skip
    assert "第 3 行" in batch.answers[2].notes[0].says
    assert len({found.number for found in batch.answers if found.number}) == 3
    assert batch.answers[1].number == batch.answers[3].number == batch.answers[7].number == batch.number
    assert "张三" not in json.dumps([found.payload() for found in batch.answers], ensure_ascii=False)
    signed = checks.verify_answer(batch.signature, evidence.jwks())
    assert signed.payload["answers"] == [[found.uscc, found.number, found.digest] for found in batch.answers]
    kept = checks.of_batch(batch=batch.number, reader=town.desk())
    told = [json.loads(found.canonical) for found in batch.answers]
    assert [found.payload for found in kept] == told
    assert all(found.whole for found in kept)
    later = checks.of_batch(batch=batch.number, reader=town.desk(), after=4, limit=3)
    assert [found.payload for found in later] == told[4:7]
    again = checks.repeated_batch(number=batch.number, reader=town.desk(), on=town.ON)
    assert (again["digest"], again["signature"], again["whole"]) == (batch.digest, batch.signature, True)
    assert [told["digest"] for told in again["answers"]] == [found.digest for found in batch.answers]
    assert checks.evidence(number=batch.number, reader=town.desk()).whole
    assert checks.seal(at=AT) == 3
    assert evidence.verify().findings == []


def test_a_digest_stays_while_the_answer_stays(checked_city: Any) -> None:
    entry = next(one for one in town.shown("serious-list"))
    other = next(one.uscc for one in town.shown() if one.uscc != entry.uscc)

    def digests() -> dict[str, str]:
        return checks.answer_digest(
            usccs=[entry.uscc, other],
            matter=town.PROCUREMENT,
            asker=town.desk(scopes=("check-shared",)),
            on=town.ON,
        )

    before = digests()
    town.shared(entry.uscc)
    checks.seal(at=AT)
    assert digests() == before
    with evidence.event(evidence.Act(kind="test.repaired", actor="test", at=AT)) as event:
        records.restand(event=event, statement_ids=[entry.id], state="repaired", rule="")
    after = digests()
    assert (after[entry.uscc] == before[entry.uscc], after[other] == before[other]) == (False, True)


def test_a_check_costs_few_statements_of_sql(checked_city: Any) -> None:
    code = town.shown("serious-list")[0].uscc
    asked = []
    for _ in range(6):
        with CaptureQueriesContext(connection) as seen:
            town.public(code)
            town.shared(code)
        asked.append(len(seen))
    # The hot route goes past Django's cursors: beside it only the pack (once a second) and a block of numbers are asked for
    assert min(asked) == 0, asked


def test_an_answer_is_spelled_canonically(checked_city: Any) -> None:
    from xinheng.checks.verification import canonical

    for one in town.shown()[:20]:
        for answer in (town.public(one.uscc), town.shared(one.uscc)):
            assert answer.canonical == canonical(answer.payload())
            assert answer.canonical == canonical(json.loads(answer.canonical))
