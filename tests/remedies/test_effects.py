"""What a step does to an entry, in one transaction with the case; and what it refuses, leaving both as they were."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from remedytown import ALL, OFFICE, at, desk, grant, open_objection, open_repair, ripe, sees, shown, subject
from xinheng.cases import service as cases
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.remedies import service as remedies

TODAY = "2026-11-20"
DAY = date(2026, 11, 20)


def forwarded(statement: int, **more: Any) -> cases.Case:
    done = open_objection(statement, TODAY, **more)
    return cases.act(number=done.case.number, act="forward", actor=OFFICE, at=at(TODAY)).case


def test_an_objection_marks_the_field_in_the_event_that_opens_the_case(city: Any) -> None:
    entry = ripe(TODAY)[0]
    done = open_objection(entry.id, TODAY, field="CF_WFXW")
    [mark] = records.marks([entry.id], on=DAY)[entry.id]
    assert (mark.kind, mark.field, mark.since, mark.case) == ("disputed", "CF_WFXW", DAY, done.case.number)
    step = cases.steps(number=done.case.number, reader=ALL)[0]
    [told] = [one for one in evidence.events(kinds=["cases.opened"]) if one.id == step.event]
    assert told.body["detail"]["marks"]["set"]


def test_a_double_click_is_one_objection_and_a_second_reason_is_no_second_case(city: Any) -> None:
    entry = ripe(TODAY)[0]
    first = open_objection(entry.id, TODAY, token="form-1")
    again = open_objection(entry.id, TODAY, token="form-1")
    assert again.repeated
    assert again.case.number == first.case.number
    with pytest.raises(remedies.AlreadyOpen) as refused:
        open_objection(entry.id, TODAY, token="form-2", reason="另一个理由")
    assert first.case.number in refused.value.message
    # Another field is another matter
    assert not open_objection(entry.id, TODAY, field="CF_NR", token="form-3").repeated
    assert len(records.marks([entry.id], on=DAY)[entry.id]) == 2


def test_only_the_organisation_itself_may_object_to_its_entry(city: Any) -> None:
    one, other = (found for found in ripe(TODAY)[:40:39])
    assert one.uscc != other.uscc
    with pytest.raises(remedies.NotYours):
        open_objection(one.id, TODAY, actor=subject(other.uscc), channel="workspace")
    done = open_objection(one.id, TODAY, actor=subject(one.uscc), channel="workspace")
    assert done.case.channel == "workspace"


@pytest.mark.parametrize(
    ("given", "error"),
    [({"field": "CF_FRDB"}, remedies.FieldUnknown), ({"field": "nonsense"}, remedies.FieldUnknown),
     ({"reason": "  "}, remedies.ReasonMissing)],
)  # fmt: skip
def test_what_cannot_be_objected_to_is_refused_and_nothing_is_marked(
    city: Any, given: dict[str, str], error: type[Exception]
) -> None:
    entry = ripe(TODAY)[0]
    with pytest.raises(error):
        open_objection(entry.id, TODAY, **given)
    assert records.marks([entry.id], on=DAY) == {}


def test_a_correction_the_rules_refuse_leaves_the_case_where_it_was(city: Any) -> None:
    entry = ripe(TODAY)[0]
    case = forwarded(entry.id)
    with pytest.raises(intake.CorrectionRefused):
        cases.act(
            number=case.number, act="uphold-correct", actor=desk(case.body), at=at(TODAY), reason="更正",
            detail={"changes": {"CF_JDRQ": "不是日期"}},
        )  # fmt: skip
    assert cases.case(number=case.number, reader=ALL).version == case.version
    assert sees("public", entry.id, TODAY) is not None
    assert records.marks([entry.id], on=DAY)[entry.id]


def test_an_annulled_entry_leaves_every_audience_but_is_not_deleted(city: Any) -> None:
    entry = ripe(TODAY)[0]
    case = forwarded(entry.id)
    done = cases.act(
        number=case.number, act="uphold-annul", actor=desk(case.body), at=at(TODAY), reason="判决撤销"
    )
    assert done.case.outcome == "upheld"
    assert sees("public", entry.id, TODAY) is None
    assert sees("authority", entry.id, TODAY) is None
    assert records.statements([entry.id])[entry.id].public
    assert records.open_standing([entry.id])["state"].to_list() == ["annulled"]


def test_refused_ends_the_mark_and_changes_nothing_else(city: Any) -> None:
    entry = ripe(TODAY)[0]
    case = forwarded(entry.id)
    before = records.open_standing([entry.id]).to_dicts()
    cases.act(
        number=case.number, act="refuse", actor=desk(case.body), at=at("2026-11-23"), reason="一致",
        detail={"ground": "content-correct"},
    )  # fmt: skip
    assert records.open_standing([entry.id]).to_dicts() == before
    assert records.marks([entry.id], on=date(2026, 11, 23)) == {}
    # As known before, it was disputed
    assert records.marks([entry.id], on=DAY)[entry.id]


def test_a_withdrawn_objection_ends_its_own_mark_and_leaves_anothers(city: Any) -> None:
    entry = ripe(TODAY)[0]
    one = open_objection(entry.id, TODAY, field="CF_NR")
    open_objection(entry.id, TODAY, field="CF_WFXW")
    cases.act(number=one.case.number, act="withdraw", actor=subject(entry.uscc), at=at("2026-11-23"))
    [left] = records.marks([entry.id], on=date(2026, 11, 23))[entry.id]
    assert left.field == "CF_WFXW"


def test_the_source_sent_a_newer_version_and_the_repair_ends_that_one(city: Any) -> None:
    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, TODAY)
    body = done.case.body
    correction = intake.correction(
        statement=entry.id, changes={"CF_NR": "罚款人民币一万元。"}, at=at(TODAY, 11)
    )
    with evidence.event(evidence.Act(kind="intake.corrected", actor="test", at=at(TODAY, 11))) as event:
        newer = intake.write_correction(event=event, correction=correction)
    cases.act(number=done.case.number, act="accept", actor=desk(body), at=at(TODAY, 12))
    grant(done.case.number, body, TODAY)
    states = dict(records.open_standing([entry.id, newer]).select("statement_id", "state").iter_rows())
    assert states == {entry.id: "superseded", newer: "repaired"}


def test_nobody_grants_before_the_first_day_not_even_the_authority(city: Any) -> None:
    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, TODAY)
    number, body = done.case.number, done.case.body
    cases.act(number=number, act="accept", actor=desk(body), at=at(TODAY))
    later = (date(2026, 11, 1), None, date(2027, 6, 1))
    with evidence.event(evidence.Act(kind="records.test", actor="test", at=at(TODAY))) as event:
        records.restand(event=event, statement_ids=[entry.id], window=later)
    with pytest.raises(remedies.TooEarly) as refused:
        grant(number, body, TODAY)
    assert "2027-06-01" in refused.value.message
    assert cases.case(number=number, reader=ALL).state == "accepted"
    assert sees("self", entry.id, TODAY) is not None


def test_repair_comes_by_its_window_alone_and_not_without_a_commitment(city: Any) -> None:
    entry = ripe(TODAY)[0]
    with pytest.raises(remedies.WrongWindow) as wrong:
        open_repair(entry.id, TODAY, actor=subject(entry.uscc), channel="workspace")
    assert "信用中国" in wrong.value.message
    with pytest.raises(remedies.MaterialMissing):
        open_repair(entry.id, TODAY, commitment=False)
    with pytest.raises(remedies.NoSuchEntry):
        open_repair(1, TODAY)


def test_one_open_application_for_an_entry_at_a_time(city: Any) -> None:
    entry = ripe(TODAY)[0]
    first = open_repair(entry.id, TODAY)
    assert open_repair(entry.id, TODAY).repeated
    with pytest.raises(remedies.AlreadyOpen):
        open_repair(entry.id, TODAY, outside="XYZG-other")
    assert first.case.statement == entry.id


def test_a_market_regulators_case_runs_by_its_own_clock(city: Any) -> None:
    market, other = ripe(TODAY, market=True)[0], ripe(TODAY)[0]
    one = open_repair(market.id, TODAY, channel="counter", actor=OFFICE, outside="")
    two = open_repair(other.id, TODAY)
    assert (one.case.clock, two.case.clock) == ("samr-repair-acceptance", "repair-acceptance")
    assert (one.case.due_on, two.case.due_on) == (date(2026, 11, 24), date(2026, 11, 25))


def test_the_maximum_ends_by_itself_at_midnight_and_minor_is_never_shown(city: Any) -> None:
    """No job, no follower, no case: the gate is asked on each day."""
    for entry in shown(TODAY)[:25]:
        assert entry.show_until is not None
        assert sees("public", entry.id, entry.show_until) is not None
        assert sees("public", entry.id, entry.show_until + timedelta(days=1)) is None
        assert sees("self", entry.id, entry.show_until + timedelta(days=1)) is not None
    minor = [
        one for one in publication.statements(audience="self", on=DAY, item="admin-penalty", limit=500)
        if one.severity == "minor"
    ]  # fmt: skip
    assert minor
    for entry in minor[:10]:
        for days in (0, 1, 89, 100, 2_000):
            assert sees("public", entry.id, DAY + timedelta(days=days)) is None
        told = remedies.checklist(statement=entry.id, on=DAY)
        assert not told.possible
        assert told.why_not


def test_without_the_provision_adopted_a_false_promise_is_restored_and_nothing_is_shown_beside_it(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_adopted(**_: Any) -> None:
        raise law.NotAdopted("待核实")

    entry = ripe(TODAY)[0]
    done = open_repair(entry.id, TODAY)
    number, body = done.case.number, done.case.body
    cases.act(number=number, act="accept", actor=desk(body), at=at(TODAY))
    grant(number, body, TODAY)
    monkeypatch.setattr(law, "due_shown", not_adopted)
    grant(number, body, "2026-11-23", "revoke", reason="凭证系伪造", detail={"ground": "false-material"})
    back = sees("self", entry.id, "2026-11-23")
    assert back is not None
    assert "false-material" not in back.marks
    assert (back.show_until, back.earliest_repair) == (entry.show_until, entry.earliest_repair)


def test_our_own_copy_agrees_with_what_was_sent_and_a_correction_made_here_does_not(city: Any) -> None:
    told = [remedies.own_copy(statement=one.id) for one in shown(TODAY)[:60]]
    assert all(one.kept and not one.differs for one in told)
    entry = ripe(TODAY)[0]
    correction = intake.correction(statement=entry.id, changes={"CF_NR": "罚款人民币一万元。"}, at=at(TODAY))
    with evidence.event(evidence.Act(kind="intake.corrected", actor="test", at=at(TODAY))) as event:
        newer = intake.write_correction(event=event, correction=correction)
    copy = remedies.own_copy(statement=newer)
    assert not copy.same
    assert [(one[0], one[3]) for one in copy.differs] == [("CF_NR", "罚款人民币一万元。")]
    # What goes with a case names fields and places, never a value
    assert "罚款" not in str(copy.as_dict())


def test_every_statement_effect_is_borne_out_by_the_ledger(city: Any) -> None:
    one, two, three = ripe(TODAY)[:3]
    case = forwarded(one.id)
    cases.act(number=case.number, act="uphold-correct", actor=desk(case.body), at=at(TODAY), reason="更正",
              detail={"changes": {"CF_NR": "罚款人民币一万元。"}})  # fmt: skip
    case = forwarded(two.id)
    cases.act(number=case.number, act="uphold-annul", actor=desk(case.body), at=at(TODAY), reason="撤销")
    done = open_repair(three.id, TODAY)
    cases.act(number=done.case.number, act="accept", actor=desk(done.case.body), at=at(TODAY))
    grant(done.case.number, done.case.body, TODAY)
    evidence.drain(at=at(TODAY, 16))
    assert evidence.verify().findings == []
