"""From a file to its receipt: each row answered once, whatever repeats, changes, breaks off or comes again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_rows import AGENCY, AT, SUBJECT, code, csv_bytes, licence, penalty

from xinheng.evidence import service as evidence
from xinheng.intake import kept, run, writing
from xinheng.intake import service as intake
from xinheng.kernel.errors import XinhengError
from xinheng.law import service as law
from xinheng.records import service as records

Take = Callable[..., Any]
FIRST = penalty()
CHANGED = penalty(CF_NR="罚款三千元。", CF_NR_FK="0.3")
OTHER = penalty(CF_WSH="淮市监罚〔2026〕2号")
THIRD = penalty(CF_NR="罚款四千元。", CF_NR_FK="0.4")


def counts(receipt: Any) -> dict[str, int]:
    assert receipt.rows == sum(getattr(receipt, name) for name in intake.OUTCOMES)
    return {name: getattr(receipt, name) for name in intake.OUTCOMES if getattr(receipt, name)}


def held() -> list[tuple[str, str]]:
    """(document number, fine) of everything that stands."""
    from django.db import connection

    item = law.active().items["admin-penalty"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.public FROM records_statement s JOIN records_standing t ON t.statement_id = s.id"
            " WHERE t.closed_by IS NULL AND t.state = 'held'"
        )
        values = [records.decode(item, bytes(row[0])) for row in cursor.fetchall()]
    return sorted((value["CF_WSH"], value["CF_NR_FK"]) for value in values)


def test_new_rows_are_accepted_and_bound_by_the_ledger(take: Take) -> None:
    receipt = take(FIRST, OTHER)
    assert counts(receipt) == {"accepted": 2}
    assert receipt.timeliness == {"on_time": 2, "late": 0, "undated": 0}
    assert held() == [("淮市监罚〔2026〕1号", "0.2"), ("淮市监罚〔2026〕2号", "0.2")]
    assert evidence.verify().findings == []


def test_the_same_file_again_gets_the_first_receipt_and_changes_nothing(take: Take) -> None:
    first = take(FIRST, penalty(CF_JDRQ="坏"))
    size = evidence.size()
    again = take(FIRST, penalty(CF_JDRQ="坏"), name="another-name.csv", at=AT + timedelta(days=3))
    assert again.as_dict() == {**first.as_dict(), "repeated": True}
    assert not first.repeated
    assert evidence.size() == size


def test_the_same_rows_in_another_file_are_duplicates(take: Take) -> None:
    take(FIRST, OTHER)
    assert counts(take(OTHER, FIRST)) == {"duplicate": 2}
    assert counts(take(FIRST, OTHER, encoding="gb18030", names=True, title="某局")) == {"duplicate": 2}


def test_changed_content_under_the_same_key_is_an_update_with_history(take: Take) -> None:
    take(FIRST)
    assert counts(take(CHANGED)) == {"updated": 1}
    assert held() == [("淮市监罚〔2026〕1号", "0.3")]


def test_a_row_equal_to_a_superseded_version_is_quarantined_and_told_which(take: Take) -> None:
    first = take(FIRST)
    take(CHANGED)
    back = take(FIRST, OTHER)
    assert counts(back) == {"accepted": 1, "quarantined": 1}
    (problem,) = back.problems
    assert (problem["row"], problem["code"]) == (2, "superseded-version")
    assert first.batch in problem["message"] and "第 2 行" in problem["message"]
    assert held() == [("淮市监罚〔2026〕1号", "0.3"), ("淮市监罚〔2026〕2号", "0.2")]


def test_an_annulled_decision_does_not_come_back_by_a_file(take: Take) -> None:
    from django.db import connection

    take(FIRST)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_statement")
        ids = [row[0] for row in cursor.fetchall()]
    with evidence.event(evidence.Act(kind="test.annulled", actor="tests", at=AT)) as event:
        records.restand(event=event, statement_ids=ids, state="annulled")
    assert counts(take(FIRST, OTHER)) == {"accepted": 1, "quarantined": 1}
    assert counts(take(CHANGED)) == {"quarantined": 1}


def test_repeats_and_corrections_inside_one_file_are_answered_in_its_order(take: Take) -> None:
    receipt = take(FIRST, FIRST, CHANGED, CHANGED, FIRST, OTHER, THIRD)
    assert counts(receipt) == {"accepted": 2, "duplicate": 2, "updated": 2, "quarantined": 1}
    assert [problem["row"] for problem in receipt.problems] == [6]
    assert held() == [("淮市监罚〔2026〕1号", "0.4"), ("淮市监罚〔2026〕2号", "0.2")]
    assert evidence.verify().findings == []


_examples = itertools.count()


def model(versions: list[int]) -> list[str]:
    """What each of the rows of one decision deserves, one after the other."""
    answers, seen, current = [], set(), None
    for version in versions:
        if version == current:
            answers.append("duplicate")
        elif version in seen:
            answers.append("quarantined")
        else:
            answers.append("updated" if seen else "accepted")
            current = version
            seen.add(version)
    return answers


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=14),
    cut=st.integers(1, 6),
)
def test_any_order_of_versions_gives_what_one_row_at_a_time_would(
    take: Take, rows: list[tuple[int, int]], cut: int
) -> None:
    """Slices and rounds are only a way of writing many: the answers are those of the rows in their order."""
    run_no = next(_examples)
    whole = writing.SLICE
    writing.SLICE = cut
    try:
        receipt = take(
            *(penalty(CF_WSH=f"第{run_no}次{key}号", CF_NR=f"第{version}版") for key, version in rows)
        )
    finally:
        writing.SLICE = whole
    expected: dict[int, str] = {}
    for key in range(3):
        places = [at for at, (one, _) in enumerate(rows) if one == key]
        expected.update(zip(places, model([rows[at][1] for at in places]), strict=True))
    got = {}
    for part in kept.read(receipt.batch, ["_row", "_outcome"]):
        got.update({row - 2: outcome for row, outcome in part.iter_rows()})
    assert got == expected


@pytest.mark.parametrize("broken_at", [1, 2, 3, 5])
def test_a_run_that_broke_off_goes_on_without_loss_or_doubling(
    take: Take, monkeypatch: pytest.MonkeyPatch, broken_at: int
) -> None:
    rows = [penalty(CF_WSH=f"号{n % 9}", CF_NR=f"内容{n // 9}") for n in range(20)] + [penalty(CF_JDRQ="坏")]
    monkeypatch.setattr(writing, "SLICE", 2)
    calls = 0
    real = records.write

    def failing(**how: Any) -> None:
        nonlocal calls
        calls += 1
        real(**how)
        if calls == broken_at:
            raise OSError("disk full, quoting 340621199003071239")

    monkeypatch.setattr(records, "write", failing)
    with pytest.raises(XinhengError) as caught:
        take(*rows)
    assert "340621199003071239" not in "".join(map(str, _chain(caught.value)))
    receipt = take(*rows)
    assert counts(receipt) == {"accepted": 9, "updated": 11, "rejected": 1}
    assert not receipt.repeated
    parts = sorted(row for part in kept.read(receipt.batch, ["_row"]) for row in part["_row"])
    assert parts == list(range(2, 23))
    assert evidence.verify().findings == []


def _chain(error: BaseException | None) -> list[BaseException]:
    return [error, *_chain(error.__context__), *_chain(error.__cause__)] if error else []


def test_what_a_killed_run_left_beyond_the_database_is_dropped(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the kept part and the commit: the part is there, the database knows nothing of it."""
    monkeypatch.setattr(writing, "SLICE", 2)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run.batches, "bind", _after(3, killed, run.batches.bind))
        with pytest.raises(KeyboardInterrupt):
            take(*(penalty(CF_WSH=f"号{n}") for n in range(7)))
    (folder,) = kept.home().kept.iterdir()
    (folder / "part-00009.parquet").write_bytes(b"left over")
    (folder / "part-00001.draft").write_bytes(b"half a file")
    receipt = take(*(penalty(CF_WSH=f"号{n}") for n in range(7)))
    assert counts(receipt) == {"accepted": 7}
    assert sorted(path.name for path in folder.iterdir()) == ["part-00000.parquet", "part-00002.parquet"]
    assert len(held()) == 7


def _after(times: int, then: Callable[..., Any], real: Callable[..., Any]) -> Callable[..., Any]:
    calls = 0

    def counted(*args: Any, **how: Any) -> Any:
        nonlocal calls
        calls += 1
        return then() if calls == times else real(*args, **how)

    return counted


def test_a_second_run_of_the_same_file_at_the_same_time_gives_way(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes with one file: the one that comes upon the other's work stops, and nothing is doubled."""
    from xinheng.intake.models import Batch

    monkeypatch.setattr(writing, "SLICE", 2)
    rows = [penalty(CF_WSH=f"号{n}") for n in range(9)]
    real, seen = writing.write_slices, []

    def while_another_runs(*args: Any, **how: Any) -> None:
        if how["first"] == 2 and not seen:
            seen.append(1)
            Batch.objects.filter(number=how["batch"].number).update(done_slices=4)
        real(*args, **how)

    monkeypatch.setattr(writing, "write_slices", while_another_runs)
    with pytest.raises(XinhengError) as caught:
        take(*rows)
    assert (caught.value.code, caught.value.exit) == ("batch-busy", 3)


def test_many_updates_stay_below_the_rows_of_a_transaction(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed row writes four rows: two slices of new rows go together, two slices of corrections do not."""
    assert 4 * writing.SLICE + 2 <= evidence.MAX_ROWS
    rows = [penalty(CF_WSH=f"号{n}") for n in range(2 * writing.SLICE)]
    assert counts(take(*rows)) == {"accepted": len(rows)}
    assert counts(take(*({**row, "CF_NR": "改"} for row in rows))) == {"updated": len(rows)}


def test_the_register_decides_about_units_and_names(take: Take) -> None:
    unknown = code("11", 99)
    receipt = take(
        penalty(CF_XDR_MC="淮北市旧名商贸有限公司", CF_WSH="a"), penalty(CF_XDR_MC="淮北市甲乙丙商贸有限公司 ", CF_WSH="b"),
        penalty(CF_XDR_MC="另一家有限公司", CF_WSH="c"), penalty(CF_CFJGDM=unknown, CF_WSH="d"),
        penalty(CF_XDR_SHXYM=code("91", 77), CF_XDR_MC="外地有限公司", CF_WSH="e"),
    )  # fmt: skip
    assert counts(receipt) == {"accepted": 3, "quarantined": 2}
    assert [(problem["row"], problem["code"]) for problem in receipt.problems] == [(4, "V13"), (5, "V11")]
    assert any(note["field"] == "CF_XDR_MC" and "不在本市登记库" in note["note"] for note in receipt.notes)


@pytest.mark.parametrize("source", [SUBJECT, code("11", 42), "", "341", AGENCY[:-1] + "0"])
def test_only_a_registered_public_body_may_report(
    registered: Any, tmp_path: Path, item: law.Item, source: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(csv_bytes([FIRST], item))
    with pytest.raises(intake.SourceRefused) as caught:
        intake.run(path=path, item=item.code, source=source, at=AT, actor="tests")
    assert caught.value.exit == 3


def test_an_item_outside_the_catalogue_is_refused(registered: Any, tmp_path: Path) -> None:
    with pytest.raises(intake.ItemUnknown) as caught:
        intake.run(path=tmp_path / "in.csv", item="blacklist", source=AGENCY, at=AT, actor="tests")
    assert caught.value.exit == 2


def test_the_same_file_for_another_item_is_another_file(take: Take, licences: law.Item) -> None:
    assert counts(take(licence(), of=licences)) == {"accepted": 1}


def test_a_file_without_data_rows_has_a_receipt_too(take: Take) -> None:
    receipt = take()
    assert counts(receipt) == {}
    assert receipt.rows == 0
    assert "没有数据行" in receipt.as_text()


def test_a_refused_file_leaves_no_trace(take: Take, registered: Any) -> None:
    size = evidence.size()
    with pytest.raises(intake.FileRefused):
        take(raw=b"%PDF-1.4")
    assert evidence.size() == size
    assert not list(registered.kept.iterdir())


def test_batches_are_numbered_by_day_without_gaps(take: Take) -> None:
    with pytest.raises(intake.FileRefused):
        take(raw=b"")
    numbers = [take(penalty(CF_WSH=f"{n}")).batch for n in range(3)]
    assert numbers == ["20261120-00001", "20261120-00002", "20261120-00003"]
    assert [one.number for one in intake.batches(source=AGENCY)] == numbers[::-1]


def test_a_published_line_leads_back_to_its_row(take: Take) -> None:
    receipt = take(FIRST, penalty(CF_WSH="x", CF_JDRQ="46338"))
    row = intake.kept_row(batch=receipt.batch, row=3)
    assert row is not None
    assert (row["CF_JDRQ"], row["CF_WSH"]) == ("46338", "x")
    assert intake.kept_row(batch=receipt.batch, row=99) is None


def test_progress_tells_rows_answered_and_an_estimate(
    registered: Any, tmp_path: Path, item: law.Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SLICE", 2)
    path = tmp_path / "in.csv"
    path.write_bytes(csv_bytes([penalty(CF_WSH=f"{n}") for n in range(5)], item))
    heard: list[tuple[int, int]] = []
    intake.run(
        path=path,
        item=item.code,
        source=AGENCY,
        at=AT,
        actor="tests",
        progress=lambda *told: heard.append(told),
    )
    assert [done for done, _ in heard] == [4, 5]
    assert all(whole >= done for done, whole in heard)


def test_an_erased_row_is_refused_when_sent_again_and_not_kept_either(take: Take, everything_in: Any) -> None:
    from django.db import connection

    unique = penalty(CF_SY="独一无二的违法事实描述", CF_WSH="淮独〔2026〕77号")
    take(OTHER, unique)
    take({**unique, "CF_JDRQ": "坏日期"}, penalty(CF_WSH="z"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT s.id, s.public FROM records_statement s")
        ids = [row[0] for row in cursor.fetchall() if "独一无二" in bytes(row[1]).decode()]
    act = evidence.Act(
        kind="records.erased", actor="tests", at=AT, provision="个人信息保护法47", purpose="测试"
    )
    assert records.erase(statement_ids=ids, act=act) == 1
    assert not [place for place, text in everything_in() if "独一无二" in text or "淮独" in text]
    again = take(penalty(CF_WSH="y"), unique)
    assert counts(again) == {"accepted": 1, "rejected": 1}
    assert [problem["code"] for problem in again.problems] == ["erased-row"]
    assert not [place for place, text in everything_in() if "独一无二" in text or "淮独" in text]
    assert evidence.verify().findings == []
