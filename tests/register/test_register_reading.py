from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from xinheng.register.errors import ColumnsMissing, FileUnreadable
from xinheng.register.reading import read

TEXT = "统一社会信用代码,主体名称,联系电话\n91340600MA2N00000Y,濉溪县甲乙有限公司,x\n,,\n340600000012345,丙丁厂,y\n"


def write(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        gzip.compress(TEXT.encode("gb18030")),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace(",", "\t").encode(),
        ("某市主体登记表\n\n" + TEXT).encode(),
    ],
    ids=["utf-8", "bom", "gb18030", "gzip", "crlf", "tabs", "title"],
)
def test_a_file_reads_the_same_whatever_its_encoding_and_wrapping(tmp_path: Path, content: bytes) -> None:
    frame = read(write(tmp_path, content)).frame
    assert frame["code"].to_list() == ["91340600MA2N00000Y", "340600000012345"]
    assert frame["name"].to_list() == ["濉溪县甲乙有限公司", "丙丁厂"]
    first = frame["row"][0]
    # The empty row between them counts, as it does in a spreadsheet
    assert frame["row"].to_list() == [first, first + 2]


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    assert read(write(tmp_path, TEXT.encode())).frame["row"].to_list() == [2, 4]
    assert read(write(tmp_path, ("标题\n" + TEXT).encode())).frame["row"].to_list() == [3, 5]


def test_unknown_columns_are_not_taken(tmp_path: Path) -> None:
    assert "联系电话" not in read(write(tmp_path, TEXT.encode())).frame.columns


def test_a_row_with_too_many_cells_is_marked_and_the_others_are_read(tmp_path: Path) -> None:
    content = "主体名称,统一社会信用代码\n甲,1\n乙,丙,2\n丁,3\n戊\n"
    frame = read(write(tmp_path, content.encode())).frame
    assert frame["misshapen"].to_list() == [False, True, False, False]
    assert frame["code"].to_list() == ["1", "丙", "3", ""]


def test_a_workbook_is_read_with_its_title_dates_and_long_numbers(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("说明").write(0, 0, "填表说明")
    sheet = book.add_worksheet("登记")
    sheet.write(1, 1, "主体登记表")
    sheet.write_row(3, 1, ["成立日期", "主体名称", "统一社会信用代码"])
    sheet.write_datetime(4, 1, date(2020, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_row(4, 2, ["甲乙有限公司", 340600000012345])
    book.close()
    frame = read(path).frame
    assert frame.select("row", "name", "code").rows() == [(5, "甲乙有限公司", "340600000012345")]
    assert frame["established_on"][0].startswith("2020-03-01")


def test_what_is_no_table_is_refused_without_quoting_it(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("secret.txt", "13800000000")
    macros = io.BytesIO()
    with zipfile.ZipFile(macros, "w") as zipped:
        zipped.writestr("xl/workbook.xml", "")
        zipped.writestr("xl/vbaProject.bin", "")
    for content in (
        b"%PDF-1.7", b"\xd0\xcf\x11\xe0rest", archive.getvalue(), archive.getvalue()[:40], macros.getvalue(),
        b"\x1f\x8bnot gzip", b"name\x00code", b"\xff\xfe\xff\xff\xff", gzip.compress(TEXT.encode())[:-20],
    ):  # fmt: skip
        with pytest.raises(FileUnreadable) as refused:
            read(write(tmp_path, content))
        assert "13800000000" not in str(refused.value)
        assert refused.value.exit == 2


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinheng.register.reading.MAX_BYTES", 1000)
    with pytest.raises(FileUnreadable):
        read(write(tmp_path, gzip.compress(b"0" * 2000)))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("xl/workbook.xml", "0" * 2000)
    with pytest.raises(FileUnreadable):
        read(write(tmp_path, bomb.getvalue()))


def test_a_file_without_the_two_columns_is_refused(tmp_path: Path) -> None:
    for content in ("", "主体名称,地址\n甲,乙\n", "\n" * 40 + TEXT):
        with pytest.raises(ColumnsMissing):
            read(write(tmp_path, content.encode()))
    with pytest.raises(FileUnreadable):
        read(tmp_path / "nothing-here.csv")
