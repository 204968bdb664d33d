"""One row corrected through the item's own rules: a new version, the old one superseded, nothing brought back by a resend."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.records import service as records
from xinheng.records.writing import STANDING, standing_frame

TODAY = evidence.legal_day(AT)
LATER = AT + timedelta(minutes=5)


def act(kind: str = "cases.acted") -> evidence.Act:
    # Without a pack, as rooms that know nothing of packs write their entries
    return evidence.Act(kind=kind, actor="test", at=LATER)


def penalty(**more: Any) -> publication.Entry:
    return publication.statements(audience="public", on=TODAY, item="admin-penalty", limit=1, **more)[0]


def item() -> law.Item:
    return law.active().items["admin-penalty"]


def correct(statement: int, changes: dict[str, str]) -> int:
    ready = intake.correction(statement=statement, changes=changes, at=LATER)
    with evidence.event(act()) as event:
        return intake.write_correction(event=event, correction=ready)


def stored_standing() -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(STANDING)} FROM records_standing ORDER BY id")
        return standing_frame(cursor.fetchall())


def shared_values(id_: int) -> dict[str, str]:
    parts = records.statements([id_])[id_]
    return records.decode(
        records.item_of(parts.item, parts.item_version), parts.public, parts.shared, parts.restricted
    )


def resend(tmp_path: Path, id_: int, name: str = "again.csv", **changes: str) -> Any:
    """The row of a statement sent again by its department, as it is stored."""
    values = {**shared_values(id_), **changes}
    codes = [field.code for field in item().fields]
    path = tmp_path / name
    pl.DataFrame({code: [values.get(code, "")] for code in codes}).write_csv(path)
    parts = records.statements([id_])[id_]
    batch = intake.batches(number=parts.source[0], limit=1)[0]
    return intake.run(path=path, item=item().code, source=batch.source, at=LATER, actor="test")


def free_text() -> str:
    return next(code for code in item().free_text if code in penalty().values and penalty().values[code])


def test_a_corrected_entry_takes_the_place_of_the_old_one_and_says_so(city: Any) -> None:
    old, field = penalty(), free_text()
    new_id = correct(old.id, {field: "更正后的内容"})
    assert publication.statement(id=old.id, audience="public", on=TODAY) is None
    new = publication.statement(id=new_id, audience="public", on=TODAY)
    assert new is not None
    assert new.values == {**old.values, field: "更正后的内容"}
    assert new.marks == ("corrected",)
    assert (new.show_from, new.show_until, new.rule) == (old.show_from, old.show_until, old.rule)
    assert shared_values(new_id) == {**shared_values(old.id), field: "更正后的内容"}
    assert records.statements([new_id])[new_id].source[:2] == records.statements([old.id])[old.id].source[:2]


def test_ledger_and_rebuilt_standing_hold_after_a_correction(city: Any) -> None:
    correct(penalty().id, {free_text(): "更正后的内容"})
    assert evidence.verify().ok
    assert records.rebuild_standing().equals(stored_standing())


def test_the_window_is_computed_anew_from_the_corrected_day(city: Any) -> None:
    old = penalty()
    assert old.decided_on is not None and old.show_until is not None
    moved = old.decided_on - timedelta(days=30)
    new_id = correct(old.id, {item().decided_on: moved.isoformat()})
    new = publication.by_ids(ids=[new_id], audience="self", on=TODAY)[new_id]
    assert new.decided_on == moved
    assert new.show_until is not None and new.show_until < old.show_until


def test_a_class_the_authority_confirmed_is_kept(city: Any) -> None:
    waiting = max(records.undetermined(limit=500), key=lambda one: str(one.decided_on))
    records.classify(
        statement=waiting.id, severity="serious", authority=waiting.authority, at=LATER, actor="test"
    )
    before = publication.by_ids(ids=[waiting.id], audience="self", on=TODAY)[waiting.id]
    new_id = correct(waiting.id, {free_text(): "更正后的内容"})
    after = publication.by_ids(ids=[new_id], audience="self", on=TODAY)[new_id]
    assert (after.severity, after.show_until) == ("serious", before.show_until)
    assert waiting.id not in {one.id for one in records.undetermined(limit=500)}
    assert evidence.verify().ok and records.rebuild_standing().equals(stored_standing())


def test_a_suspended_entry_stays_suspended_and_keeps_its_disputes(city: Any) -> None:
    old = penalty()
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[old.id], state="suppressed")
        records.mark(
            event=event,
            statement_ids=[old.id],
            kind="disputed",
            since=TODAY,
            case="异-2",
            field=item().decided_on,
        )
    new_id = correct(old.id, {free_text(): "更正后的内容"})
    assert publication.statement(id=new_id, audience="public", on=TODAY) is None
    own = publication.statement(id=new_id, audience="self", on=TODAY)
    assert own is not None
    assert set(own.marks) == {"corrected", "disputed", "suppressed"}
    assert own.disputes == (publication.Dispute(item().decided_on, TODAY),)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "没有需要更正"),
        ({"no_such_field": "x"}, "没有字段"),
        ({"subject": "91340600MA2N00000X"}, "不能更正"),
        ({"day": "2026-13-45"}, "不符合该事项的规则"),
        ({"day": "2099-01-01"}, "不符合该事项的规则"),
        ({"name": ""}, "不符合该事项的规则"),
    ],
)
def test_a_correction_that_breaks_the_items_rules_is_refused_with_every_problem(
    city: Any, changes: dict[str, str], word: str
) -> None:
    names = {"subject": item().subject_code, "day": item().decided_on, "name": item().subject_name}
    before = stored_standing()
    with pytest.raises(intake.CorrectionRefused) as refused:
        intake.correction(
            statement=penalty().id,
            changes={names.get(code, code): value for code, value in changes.items()},
            at=LATER,
        )
    assert word in str(refused.value)
    assert bool(refused.value.problems) == (word == "不符合该事项的规则")
    assert stored_standing().equals(before)


def test_what_no_longer_stands_is_not_corrected(city: Any) -> None:
    old = penalty()
    ready = intake.correction(statement=old.id, changes={free_text(): "甲"}, at=LATER)
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[old.id], state="annulled")
    with pytest.raises(intake.CorrectionRefused):
        intake.correction(statement=old.id, changes={free_text(): "乙"}, at=LATER)
    with pytest.raises(intake.CorrectionRefused), evidence.event(act()) as event:
        intake.write_correction(event=event, correction=ready)
    assert evidence.verify().ok


def test_a_document_number_corrected_into_another_entrys_is_refused(city: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.uscc FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
            " AND t.closed_by IS NULL AND t.state = 'held' WHERE s.item = 'admin-penalty'"
            " GROUP BY s.uscc HAVING COUNT(*) > 1 ORDER BY s.uscc LIMIT 1"
        )
        [uscc] = cursor.fetchone()
    one, other = publication.statements(audience="self", on=TODAY, item="admin-penalty", uscc=uscc, limit=2)
    taken = {code: shared_values(other.id)[code] for code in item().key if code != item().subject_code}
    with pytest.raises(intake.CorrectionRefused, match="同一决定"):
        intake.correction(statement=one.id, changes=taken, at=LATER)


def test_a_corrected_document_number_is_shown_as_corrected_and_the_old_file_brings_nothing_back(
    city: Any, tmp_path: Path
) -> None:
    old = penalty()
    number = item().document_number[0]
    new_id = correct(old.id, {number: "测试更正〔2026〕9号"})
    new = publication.statement(id=new_id, audience="public", on=TODAY)
    assert new is not None and new.marks == ("corrected",)
    receipt = resend(tmp_path, old.id)
    assert receipt.quarantined == 1
    assert publication.statement(id=old.id, audience="public", on=TODAY) is None


def test_the_old_text_sent_again_does_not_undo_a_correction(city: Any, tmp_path: Path) -> None:
    old = penalty()
    new_id = correct(old.id, {free_text(): "更正后的内容"})
    receipt = resend(tmp_path, old.id)
    assert receipt.quarantined == 1 and "superseded-version" in str(receipt)
    assert publication.statement(id=new_id, audience="public", on=TODAY) is not None


@pytest.mark.parametrize("state", ["repaired", "suppressed"])
def test_a_row_sent_again_does_not_bring_back_what_was(state: str, city: Any, tmp_path: Path) -> None:
    entry = penalty()
    with evidence.event(act()) as event:
        records.restand(event=event, statement_ids=[entry.id], state=state)
    before = stored_standing()
    same = resend(tmp_path, entry.id)
    assert same.duplicate == 1
    other = resend(tmp_path, entry.id, "changed.csv", **{free_text(): "换了说法的同一决定"})
    assert other.quarantined == 1 and f"{state}-decision" in str(other)
    assert stored_standing().equals(before)
    assert publication.statement(id=entry.id, audience="public", on=TODAY) is None


def test_a_department_cannot_wash_a_dispute_off_by_sending_the_row_changed(city: Any, tmp_path: Path) -> None:
    entry = penalty()
    with evidence.event(act()) as event:
        records.mark(
            event=event,
            statement_ids=[entry.id],
            kind="disputed",
            since=TODAY,
            case="异-1",
            field=free_text(),
        )
    receipt = resend(tmp_path, entry.id, **{free_text(): "换了说法的同一决定"})
    assert receipt.updated == 1
    [now] = records.standing_versions([entry.id]).values()
    assert now != entry.id
    found = publication.statement(id=now, audience="public", on=TODAY)
    assert found is not None and found.disputes == (publication.Dispute(free_text(), TODAY),)
    with evidence.event(act()) as event:
        records.unmark(event=event, statement_ids=[entry.id], kind="disputed", case="异-1", until=TODAY)
    found = publication.statement(id=now, audience="public", on=TODAY)
    assert found is not None and found.marks == ("corrected",)
    assert evidence.verify().ok
