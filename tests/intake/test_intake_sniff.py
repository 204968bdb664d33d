"""Hostile and mistaken files are refused by what they are, before anything reads them as a table."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from xinheng.intake import sniff
from xinheng.intake.errors import FileRefused

SHEET = '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'


def zipped(members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(sheet: str = SHEET, **more: str | bytes) -> bytes:
    return zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": sheet, **more})


def refused(tmp_path: Path, content: bytes, name: str = "data.xlsx") -> str:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        sniff.sniff(path)
    assert caught.value.exit == 2
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "renamed-pdf"),
        (b"\n\n%PDF-1.4 after a line", "renamed-pdf"),
        (b"\x89PNG\r\n\x1a\n", "image-file"),
        (b"\xff\xd8\xff\xe0", "image-file"),
        (b"Rar!\x1a\x07", "zip-file"),
        (b"7z\xbc\xaf\x27\x1c", "zip-file"),
        (b"\x1f\x8b\x08", "zip-file"),
        (b"MZ\x90\x00", "binary-file"),
        (b"\x7fELF\x02", "binary-file"),
        (b"SQLite format 3\x00", "binary-file"),
        (b"a,b\x00c,d\n", "binary-file"),
        (b"\xef\xbb\xbf<html><table></table></html>", "not-a-table"),
        (b'<?xml version="1.0"?><Workbook/>', "not-a-table"),
        (b'{"rows": []}', "not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old-xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64 + "EncryptedPackage".encode("utf-16-le"),
            "encrypted-file",
        ),
        (b"PK\x03\x04 and then nothing of a zip", "broken-zip"),
    ],
)
@pytest.mark.parametrize("name", ["data.csv", "data.xlsx"])
def test_a_file_is_told_by_its_bytes_not_by_its_name(
    tmp_path: Path, content: bytes, code: str, name: str
) -> None:
    assert refused(tmp_path, content, name) == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"xl/vbaProject.bin": b"\x00"}, "macro-file"),
        ({"xl/macrosheets/sheet1.xml": "<x/>"}, "macro-file"),
        ({"xl/workbook.bin": b"\x00"}, "xlsb-file"),
    ],
)
def test_workbooks_with_macros_or_of_another_kind_are_refused(
    tmp_path: Path, more: dict[str, str | bytes], code: str
) -> None:
    assert refused(tmp_path, workbook(**more)) == code


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, zipped({"readme.txt": "x"})) == "zip-file"
    assert (
        refused(tmp_path, zipped({"mimetype": "x", "content.xml": "<x/>", "xl/workbook.xml": "<x/>"}))
        == "ods-file"
    )


def test_a_bomb_is_refused_by_its_ratio_before_it_is_inflated(tmp_path: Path) -> None:
    assert refused(tmp_path, workbook(**{"xl/sharedStrings.xml": b" " * (32 << 20)})) == "zip-bomb"


def test_a_bomb_that_lies_about_its_size_is_refused_while_it_is_inflated(tmp_path: Path) -> None:
    """The directory says 10 bytes; the stream holds 64 MB."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = packed.compress(b" " * (64 << 20)) + packed.flush()
    honest = zipped(
        {"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": b"0123456789"}, zipfile.ZIP_STORED
    )
    directory = honest.rindex(b"PK\x01\x02")
    local = honest.rindex(b"PK\x03\x04")
    name = b"xl/sharedStrings.xml"
    head = bytearray(honest[local : local + 30])
    struct.pack_into("<H", head, 8, 8)
    struct.pack_into("<I", head, 18, len(stream))
    entry = bytearray(honest[directory : honest.rindex(b"PK\x05\x06")])
    struct.pack_into("<H", entry, 10, 8)
    struct.pack_into("<I", entry, 20, len(stream))
    first = honest[honest.index(b"PK\x01\x02") : directory]
    body = honest[:local] + bytes(head) + name + stream
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(first) + len(entry), len(body), 0)
    assert refused(tmp_path, body + first + bytes(entry) + tail) == "zip-bomb"


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    whole = bytearray(workbook())
    second = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<I", whole, second + 42, 0)
    assert refused(tmp_path, bytes(whole)) == "zip-bomb"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    many = {f"xl/media/{n}.bin": b"" for n in range(sniff.MAX_MEMBERS)}
    assert refused(tmp_path, workbook(**many)) == "zip-bomb"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="XFD1"/></row>',
        "<row r='1'><c r='AAA1'/></row>",
        '<row r="1"><c r="aaa1"/></row>',
        '<row r="1"><c r="AZ1"/></row><row r="1048576"><c r="A1048576"/></row>',
        '<row><c r="AZ900000"/></row>',
        f'<row r="1">{"<c/>" * 703}</row>',
    ],
)
def test_one_cell_far_out_does_not_cost_a_grid_of_gigabytes(tmp_path: Path, sheet: str) -> None:
    assert (
        refused(tmp_path, workbook(f"<worksheet><sheetData>{sheet}</sheetData></worksheet>"))
        == "sheet-too-large"
    )


def test_a_plain_workbook_and_a_plain_text_pass(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(workbook())
    (tmp_path / "b.xlsx").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("a,b\n", encoding="utf-16")
    assert [sniff.sniff(tmp_path / name).kind for name in ("a.csv", "b.xlsx", "c.csv")] == [
        "xlsx",
        "csv",
        "csv",
    ]


def test_a_directory_or_an_absent_file_is_answered_not_raised_raw(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(FileRefused) as caught:
            sniff.sniff(path)
        assert caught.value.code == "file-missing"
