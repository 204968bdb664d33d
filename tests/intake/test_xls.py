"""Workbooks of before 2007: told by their bytes, looked through before they are opened, read like any other."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
from intake_rows import SOUND, penalty
from xls_bytes import container, record, stream, xls

from xinheng.intake import service as intake
from xinheng.intake import sniff, xlsfile
from xinheng.law import service as law

Take = Callable[..., Any]
HEAD = list(SOUND)


def sheet(*rows: dict[str, Any], **how: Any) -> bytes:
    return xls([HEAD, *([row[code] for code in HEAD] for row in rows)], **how)


def refusal(take: Take, content: bytes) -> str:
    with pytest.raises(intake.FileRefused) as caught:
        take(raw=content, name="in.xls")
    assert "另存为" in str(caught.value), "says what to do"
    return str(caught.value.code)


def test_rows_and_days_are_read_as_a_person_sees_them(take: Take, registered: Any) -> None:
    receipt = take(
        raw=sheet(penalty(), penalty(CF_WSH="淮市监罚〔2026〕2号", CF_JDRQ=46338.0)), name="in.xls"
    )
    assert (receipt.accepted, receipt.rows, receipt.encoding) == (2, 2, "XLS")
    kept = intake.kept_row(batch=receipt.batch, row=3)
    assert kept is not None and kept["CF_JDRQ"].split()[0] == "2026-11-12"
    assert not [note for note in receipt.file_notes if "文件名" in note]


@pytest.mark.parametrize("name", ["in.xlsx", "in.csv", "in.ods", "in.XLSB"])
def test_a_wrong_extension_does_not_matter_and_is_told(take: Take, name: str) -> None:
    receipt = take(raw=sheet(penalty()), name=name)
    assert receipt.accepted == 1
    suffix = name[2:].lower()
    assert f"文件名以 {suffix} 结尾,内容是 XLS 工作簿;已按内容读取" in receipt.file_notes


def test_a_new_workbook_with_an_old_name_is_read_too(take: Take, item: law.Item) -> None:
    import io

    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for at, row in enumerate((HEAD, [penalty()[code] for code in HEAD])):
            page.write_row(at, 0, row)
    receipt = take(raw=out.getvalue(), name="in.xls")
    assert receipt.accepted == 1
    assert "文件名以 .xls 结尾,内容是 XLSX 工作簿;已按内容读取" in receipt.file_notes


def test_a_workbook_with_a_password_is_refused_wherever_it_says_so(take: Take) -> None:
    locked = record(0x002F, struct.pack("<HHH", 1, 1, 1) + b"\x00" * 48)
    assert refusal(take, sheet(penalty(), early=locked)) == "encrypted-file"
    assert refusal(take, sheet(penalty(), early=record(0x0086) + locked)) == "encrypted-file"
    assert refusal(take, container(b"x", "EncryptedPackage")) == "encrypted-file"


def test_a_text_that_names_an_encrypted_package_is_no_encrypted_package(take: Take) -> None:
    assert take(raw=sheet(penalty(CF_SY="EncryptedPackage")), name="in.xls").accepted == 1


def test_a_word_file_and_macros_are_refused(take: Take) -> None:
    assert refusal(take, container(b"x", "WordDocument")) == "old-xls"
    assert refusal(take, container(b"x", "_VBA_PROJECT_CUR")) == "macro-file"
    assert refusal(take, sheet(penalty(), kind=1)) == "macro-file"


def test_a_hidden_sheet_is_not_read(take: Take) -> None:
    with pytest.raises(intake.FileRefused) as caught:
        take(raw=sheet(penalty(), hidden=1), name="in.xls")
    assert caught.value.code == "header-not-found"


@pytest.mark.parametrize(
    "extra",
    [
        record(0x0203, struct.pack("<HHHd", 65_535, 65_535, 0, 1.0)),
        record(0x0203, struct.pack("<HHHd", 1, 256, 0, 1.0)),
        record(0x00BD, struct.pack("<HHHIH", 1, 0, 0, 0, 40_000)),
        record(0x0200, struct.pack("<IIHHH", 0, 0xFFFF_FFFF, 0, 0xFFFF, 0)),
    ],
    ids=["far corner", "far column", "many at once", "claimed"],
)
def test_one_cell_far_out_does_not_cost_a_grid_of_gigabytes(take: Take, extra: bytes) -> None:
    assert refusal(take, sheet(penalty(), extra=extra)) == "sheet-too-large"


def test_sheets_count_together_even_where_they_are_one_and_the_same() -> None:
    content = sheet(penalty(), penalty())
    grid = 3 * len(HEAD)
    xlsfile.check(content, cells=grid)
    with pytest.raises(intake.FileRefused):
        xlsfile.check(content, cells=grid - 1)
    book = stream([["a"]])
    bound = book.index(b"\x85\x00")
    size = 4 + int.from_bytes(book[bound + 2 : bound + 4], "little")
    entry = bytearray(book[bound : bound + size])
    entry[4:8] = (int.from_bytes(entry[4:8], "little") + size).to_bytes(4, "little")
    twice = container(book[:bound] + bytes(entry) * 2 + book[bound + size :])
    xlsfile.check(twice, cells=2)
    with pytest.raises(intake.FileRefused):
        xlsfile.check(twice, cells=1)


@pytest.mark.parametrize("cut", [600, 1_500, 2_500, 4_000])
def test_a_file_cut_short_or_in_circles_is_answered_not_raised_raw(take: Take, cut: int) -> None:
    content = sheet(penalty())
    with pytest.raises(intake.FileRefused):
        take(raw=content[:cut], name="in.xls")
    circle = bytearray(content)
    circle[512 + 8 : 512 + 12] = struct.pack("<I", 2)
    with pytest.raises(intake.FileRefused):
        take(raw=bytes(circle), name="in.xls")


def test_a_large_file_whose_table_goes_on_outside_its_head_is_read_to_its_end() -> None:
    import fastexcel

    wide = [["名" * 400] * 40 for _ in range(400)]
    content = xls(wide)
    assert len(content) > 7 << 20
    xlsfile.check(content, cells=16_000)
    with pytest.raises(intake.FileRefused):
        xlsfile.check(content, cells=15_999)
    assert fastexcel.read_excel(content).load_sheet(0, header_row=None).height == 400


def test_it_is_told_by_its_bytes(tmp_path: Any) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(sheet(penalty()))
    assert sniff.sniff(path).kind == "xls"
