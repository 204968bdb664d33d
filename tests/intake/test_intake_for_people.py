"""What clerks need beside a file that is right at once: XLS, column mappings, mending, nil returns, the drop folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from intake_rows import AGENCY, AT, CITIZEN, PHONE, csv_bytes, penalty

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.intake.lending import lent_path
from xinheng.intake.models import Progress
from xinheng.law import service as law

DATA = Path(__file__).parent / "data"
ITEM = "admin-penalty"
Take = Callable[..., Any]


def sound() -> bool:
    return evidence.verify().findings == []


def renamed(item: law.Item, *rows: dict[str, str], **names: str) -> bytes:
    """A file whose columns carry other names than the standard's."""
    text = csv_bytes(rows, item).decode("utf-8-sig")
    head, rest = text.split("\n", 1)
    for old, new in names.items():
        field = item.by_code[old]
        head = head.replace(old, new).replace(field.name, new)
    return f"{head}\n{rest}".encode()


# -- XLS ----------------------------------------------------------------------------------------------------------


def test_a_workbook_of_before_2007_is_taken_in_like_any_other(take: Take) -> None:
    receipt = take(raw=(DATA / "penalty.xls").read_bytes(), name="any.csv")
    assert (receipt.accepted, receipt.rows, receipt.encoding) == (1, 1, "XLS")
    assert "表头在第 2 行" in receipt.file_notes


@pytest.mark.parametrize(
    ("stream", "refusal"),
    [("WordDocument", "old-xls"), ("EncryptedPackage", "encrypted-file"), ("_VBA_PROJECT", "macro-file")],
)
def test_other_files_of_that_age_are_refused_with_advice(take: Take, stream: str, refusal: str) -> None:
    entry = (stream.encode("utf-16-le") + b"\x00\x00").ljust(128, b"\x00")
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00") + entry
    with pytest.raises(intake.FileRefused) as caught:
        take(raw=content, name="x.xls")
    assert caught.value.code == refusal


def test_a_damaged_workbook_is_refused_not_half_read(take: Take) -> None:
    content = (DATA / "penalty.xls").read_bytes()
    with pytest.raises(intake.FileRefused):
        take(raw=content[: len(content) // 3] + b"\x00" * 2_000)


# -- columns ------------------------------------------------------------------------------------------------------


def test_a_look_tells_the_columns_and_shows_no_number_of_a_person(registered: Any, item: law.Item) -> None:
    data = renamed(item, penalty(CF_SY=f"联系电话{PHONE}"), CF_WSH="本局编号")
    with lent_path(data) as path:
        look = intake.look(path=path, item=ITEM, source=AGENCY)
    assert look.unmatched == ["本局编号"]
    assert "CF_WSH" in look.missing_required
    assert (look.rows_estimate, look.remembered) == (1, False)
    assert look.sample_rows and PHONE not in str(look.sample_rows)


def test_a_look_shows_no_row_about_a_person_and_no_header_that_names_one(
    registered: Any, item: law.Item
) -> None:
    data = renamed(item, penalty(CF_XDR_MC="王小明", CF_XDR_SHXYM=""), penalty(), CF_WSH=f"编号{CITIZEN}")
    with lent_path(data) as path:
        look = intake.look(path=path, item=ITEM, source=AGENCY)
    assert "王小明" not in str(look.sample_rows) and len(look.sample_rows) == 1
    assert CITIZEN not in str(look)


def test_a_mapping_is_used_once_given_and_remembered_when_asked(
    registered: Any, item: law.Item, take: Take
) -> None:
    data = renamed(item, penalty(), CF_WSH="本局编号")
    with lent_path(data) as path:
        first = intake.run(
            path=path, item=ITEM, source=AGENCY, at=AT, actor="tests", mapping={"本局编号": "CF_WSH"}
        )
    assert first.accepted == 1
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {}
    for _ in range(2):
        intake.remember_mapping(
            source=AGENCY, item=ITEM, mapping={"本局编号": "CF_WSH"}, at=AT, actor="tests"
        )
    later = take(raw=renamed(item, penalty(CF_WSH="淮市监罚〔2026〕2号"), CF_WSH="本局编号"))
    assert later.accepted == 1 and "按记住的列对应读取" in later.file_notes
    assert sound()


def test_the_newest_mapping_counts_and_the_ledger_finds_a_changed_one(registered: Any) -> None:
    for header in ("甲", "乙"):
        intake.remember_mapping(source=AGENCY, item=ITEM, mapping={header: "CF_WSH"}, at=AT, actor="tests")
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {"乙": "CF_WSH"}
    assert sound()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_columnmapping SET mapping = '{}' WHERE closed_by IS NULL")
    assert not sound()


@pytest.mark.parametrize(
    ("mapping", "refusal"),
    [({"甲": "NOWHERE"}, "mapping-unknown-field"), ({"甲": "CF_WSH", "乙": "CF_WSH"}, "mapping-twice")],
)
def test_a_mapping_that_cannot_be_meant_is_refused(
    registered: Any, mapping: dict[str, str], refusal: str
) -> None:
    with pytest.raises(intake.FileRefused) as caught:
        intake.remember_mapping(source=AGENCY, item=ITEM, mapping=mapping, at=AT, actor="tests")
    assert caught.value.code == refusal
    assert intake.mapping_of(source=AGENCY, item=ITEM) == {}


# -- progress -----------------------------------------------------------------------------------------------------


def test_a_run_without_a_sign_of_life_is_interrupted_and_a_finished_one_is_done(take: Take) -> None:
    receipt = take(penalty())
    assert intake.progress_of(batch=receipt.batch) == intake.ProgressNow(1, 1, "done")
    assert not Progress.objects.exists()
    from xinheng.intake.models import Batch

    Batch.objects.filter(number=receipt.batch).update(state="open")
    Progress.objects.create(batch=receipt.batch, done=3, estimate=9, seen=evidence.microseconds(AT))
    assert intake.progress_of(batch=receipt.batch, at=AT).state == "open"
    later = intake.progress_of(batch=receipt.batch, at=AT + timedelta(minutes=2))
    assert (later.state, later.done, later.estimate) == ("interrupted", 3, 9)


# -- mending ------------------------------------------------------------------------------------------------------


def faulty(take: Take) -> Any:
    """Three rows, the second with a date that does not exist."""
    return take(
        penalty(), penalty(CF_WSH="淮市监罚〔2026〕2号", CF_JDRQ="2026-02-30", CF_SY=f"电话{PHONE}"),
        penalty(CF_WSH="淮市监罚〔2026〕3号"),
    )  # fmt: skip


def test_a_mended_row_is_a_batch_that_names_the_one_it_mends(take: Take) -> None:
    origin = faulty(take)
    [row] = intake.problem_rows(batch=origin.batch)
    assert (row.row, row.outcome, row.cells["CF_JDRQ"]) == (3, "rejected", "2026-02-30")
    given = {3: {"CF_JDRQ": "2026-11-10"}}
    mended = intake.mend(batch=origin.batch, cells=given, at=AT, actor="tests")
    assert (mended.accepted, mended.rows) == (1, 1)
    assert intake.problem_rows(batch=origin.batch) == []
    [summary] = intake.summaries(numbers=[mended.batch])
    assert summary.mends == origin.batch
    again = intake.mend(batch=origin.batch, cells=given, at=AT, actor="tests")
    assert (again.batch, again.repeated) == (mended.batch, True)
    assert sound()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_mending SET rows = '[2]'")
    assert not sound()


def test_a_mending_that_is_wrong_again_leaves_the_row_to_mend(take: Take) -> None:
    origin = faulty(take)
    still = intake.mend(batch=origin.batch, cells={3: {"CF_JDRQ": "2027-02-30"}}, at=AT, actor="tests")
    assert still.rejected == 1
    assert [row.row for row in intake.problem_rows(batch=origin.batch)] == [3]


@pytest.mark.parametrize("cells", [{}, {2: {"CF_JDRQ": "x"}}, {99: {"CF_JDRQ": "x"}}, {3: {"NOWHERE": "x"}}])
def test_only_rows_that_came_back_and_fields_of_the_item_can_be_mended(
    take: Take, cells: dict[int, dict[str, str]]
) -> None:
    origin = faulty(take)
    before = evidence.size()
    with pytest.raises(intake.NothingToMend):
        intake.mend(batch=origin.batch, cells=cells, at=AT, actor="tests")
    assert evidence.size() == before


def test_the_error_sheet_holds_only_rows_to_mend_and_can_be_sent_back(take: Take, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    origin = faulty(take)
    sheet = tmp_path / "改错表.xlsx"
    intake.errors_file(batch=origin.batch, path=sheet)
    unchanged = take(raw=sheet.read_bytes(), name="back.xlsx")
    assert (unchanged.rows, unchanged.rejected) == (1, 1)
    assert not [note for note in unchanged.file_notes if "行号" in note]
    book = load_workbook(sheet)
    for line in book.active.iter_rows():
        for cell in line:
            if cell.value == "2026-02-30":
                cell.value = "2026-11-10"
    book.save(sheet)
    assert PHONE not in str([[cell.value for cell in line] for line in book.active.iter_rows()])
    assert take(raw=sheet.read_bytes(), name="mended.xlsx").accepted == 1
    assert take(raw=sheet.read_bytes(), name="mended.xlsx").repeated


# -- nil returns --------------------------------------------------------------------------------------------------


def test_a_nil_return_has_a_number_and_repeats_it(registered: Any) -> None:
    first = intake.nil_return(source=AGENCY, item=ITEM, period="2026-10", at=AT, actor="tests")
    again = intake.nil_return(source=AGENCY, item=ITEM, period="2026-10", at=AT, actor="tests")
    assert (first.number, first.repeated, again.repeated) == ("N20261120-00001", False, True)
    assert again.number == first.number
    other = intake.nil_return(source=AGENCY, item="admin-licence", period="2026-10", at=AT, actor="tests")
    assert other.number == "N20261120-00002"
    assert sound()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_nilreturn SET period = '2026-09' WHERE item = %s", [ITEM])
    assert not sound()


def test_a_nil_return_is_refused_where_rows_came_in_and_contradicted_by_rows_that_come_later(
    take: Take,
) -> None:
    with pytest.raises(intake.NilReturnRefused):
        intake.nil_return(source=AGENCY, item=ITEM, period="2026-12", at=AT, actor="tests")
    intake.nil_return(source=AGENCY, item=ITEM, period="2026-11", at=AT, actor="tests")
    assert [one.contradicted for one in intake.nil_returns(source=AGENCY)] == [False]
    take(penalty())
    assert [one.contradicted for one in intake.nil_returns(source=AGENCY)] == [True]
    with pytest.raises(intake.NilReturnRefused):
        intake.nil_return(source=AGENCY, item="admin-licence", period="2026-13", at=AT, actor="tests")


# -- drop folder --------------------------------------------------------------------------------------------------


def left(name: str, content: bytes, source: str = AGENCY, item: str = ITEM) -> Path:
    place = intake.drop_folder() / source / item
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)
    return place / name


def test_a_file_that_rests_is_taken_in_answered_beside_and_removed(registered: Any, item: law.Item) -> None:
    file = left("十月.csv", csv_bytes([penalty()], item))
    assert intake.collect_drops(at=AT, actor="tests") == [], "seen once: it may still be growing"
    file.write_bytes(file.read_bytes() + b"\n")
    os.utime(file, ns=(1, 1))
    assert intake.collect_drops(at=AT, actor="tests") == [], "it grew"
    [taken] = intake.collect_drops(at=AT, actor="tests")
    assert taken.outcome == "taken" and not file.exists()
    done = sorted(path.name for path in (intake.drop_folder() / AGENCY / "done").iterdir())
    assert done == ["20261120-十月.csv.json", "20261120-十月.csv.xlsx"]
    assert intake.receipt_of(batch=taken.batch).accepted == 1
    assert intake.collect_drops(at=AT, actor="tests") == []


def test_what_cannot_be_taken_is_told_why_and_does_not_stay(registered: Any, tmp_path: Path) -> None:
    file = left("x.csv", b"%PDF-1.7")
    strange = left("y.csv", b"a,b\n", source="nobody")
    secret = tmp_path / "secret.csv"
    secret.write_text("a")
    (file.parent / "link.csv").symlink_to(secret)
    intake.collect_drops(at=AT, actor="tests")
    answers = {one.path: one.reason for one in intake.collect_drops(at=AT, actor="tests")}
    assert answers == {"x.csv": "renamed-pdf", "y.csv": "source-refused"}
    assert not file.exists() and not strange.exists() and secret.exists()
    told = (intake.drop_folder() / AGENCY / "refused" / "20261120-x.csv.txt").read_text()
    assert "PDF" in told
