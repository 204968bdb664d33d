"""A file becomes rows: encoding decided on all of it, header found, row numbers as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_rows import NAME, NUMBER, REMARK, cells_of, small

from xinheng.intake import csvfile
from xinheng.intake.errors import FileRefused
from xinheng.intake.reading import open_table
from xinheng.law import service as law


def read(tmp_path: Path, content: bytes, item: law.Item, **how: Any) -> tuple[Any, pl.DataFrame]:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    table = open_table(path, item=item, **how)
    frames = [chunk.frame for chunk in table.chunks()]
    return table, pl.concat(frames) if frames else pl.DataFrame(
        schema={"_row": pl.Int64, "_broken": pl.String}
    )


def code_of_refusal(tmp_path: Path, content: bytes, item: law.Item) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, content, item)
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("gb18030", "GB18030"), ("utf-16", "UTF-16")],
)
def test_each_encoding_gives_the_same_rows(tmp_path: Path, item: law.Item, encoding: str, shown: str) -> None:
    table, frame = read(
        tmp_path, small([("甲公司", "1", "备注㙍"), ("乙公司", "2", "")]).encode(encoding), item
    )
    assert table.encoding == shown
    assert frame.select("_row", NAME, NUMBER, REMARK).rows() == [
        (2, "甲公司", "1", "备注㙍"),
        (3, "乙公司", "2", ""),
    ]


def test_the_encoding_is_decided_on_the_whole_file(tmp_path: Path, item: law.Item) -> None:
    """A thousand lines of ASCII come before the first Chinese character."""
    rows = [("A", str(n), "") for n in range(5_000)] + [("丙公司", "x", "")]
    table, frame = read(
        tmp_path, cells_of([("CF_XDR_MC", "CF_WSH", "BZ", "CF_SY"), *rows]).encode("gb18030"), item
    )
    assert table.encoding == "GB18030"
    assert frame[NAME][-1] == "丙公司"


def test_a_bad_byte_refuses_the_file_and_says_where(tmp_path: Path, item: law.Item) -> None:
    good = small([("甲公司", "1", "说明文字" * 20)] * 3)
    broken = good.encode()[:-4] + b"\xe4\xbd\n"
    refusal = code_of_refusal(tmp_path, broken, item)
    assert refusal.code == "bad-encoding"
    assert "UTF-8" in refusal.message and "第 4 行" in refusal.message
    broken = good.encode("gb18030")[:-4] + b"\xff\xff\n"
    refusal = code_of_refusal(tmp_path, broken, item)
    assert refusal.code == "bad-encoding"
    assert "GB18030" in refusal.message and "第 4 行" in refusal.message


def test_a_damaged_utf8_file_is_not_taken_for_gb18030(tmp_path: Path, item: law.Item) -> None:
    """Nearly any bytes are GB18030 by chance; with ASCII headings nothing else would notice."""
    text = small([("甲乙丙丁公司", str(n), "公司名称与备注") for n in range(50)]).encode()
    refusal = code_of_refusal(tmp_path, text.replace("丁".encode(), b"\xb6\xa1", 1), item)
    assert refusal.code == "bad-encoding"
    assert "UTF-8" in refusal.message


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_reads_the_same(tmp_path: Path, item: law.Item, end: str) -> None:
    text = small([("甲", "1", ""), ("乙", "2", "")]).replace("\n", end)
    assert read(tmp_path, text.encode(), item)[1]["_row"].to_list() == [2, 3]


def test_title_rows_blank_rows_and_column_order_do_not_matter(tmp_path: Path, item: law.Item) -> None:
    text = '某某局行政处罚信息表,,\n\n"制表\n日期",,\n备注,行政处罚决定书文号 *, 行政相对人名称：,违法事实\nb,1,甲\n,,\n \t,　,\nc,2,乙\n'
    table, frame = read(tmp_path, text.encode(), item)
    assert table.header.row == 4
    assert frame.select("_row", NAME, NUMBER, REMARK).rows() == [(5, "甲", "1", "b"), (8, "乙", "2", "c")]
    assert "表头在第 4 行" in table.notes


@pytest.mark.parametrize(
    "heading",
    [
        "CF_WSH",
        "cf_wsh",
        "行政处罚决定书文号",
        "行政处罚决定书文号(CF_WSH)",
        "CF_WSH 文书号",
        "处罚决定书文号",
        "行政处罚决定文书号*",
        "行政处罚\n决定书文号",
    ],
)
def test_a_column_is_known_by_code_name_or_alias(tmp_path: Path, item: law.Item, heading: str) -> None:
    text = cells_of([("CF_XDR_MC", "CF_SY", "BZ", heading), ("甲", "事", "", "文号一")])
    assert read(tmp_path, text.encode(), item)[1][NUMBER].to_list() == ["文号一"]


def test_both_revisions_of_the_representative_columns_are_understood(tmp_path: Path, item: law.Item) -> None:
    for headings in (("CF_FR_SFZH",), ("CF_FR_ZJLX", "CF_FR_ZJHM"), ("CF_FR_SFZH", "CF_FR_ZJHM")):
        text = cells_of(
            [("CF_XDR_MC", "CF_SY", "CF_WSH", *headings), ("甲", "事", "1", *("x" for _ in headings))]
        )
        table, _ = read(tmp_path, text.encode(), item)
        assert table.header.unknown == ()


def test_unknown_columns_are_named_and_left_out(tmp_path: Path, item: law.Item) -> None:
    text = cells_of([("CF_XDR_MC", "联系电话", "CF_SY", "CF_WSH"), ("甲", "13856141234", "事", "1")])
    table, frame = read(tmp_path, text.encode(), item)
    assert any("B 列「联系电话」" in note for note in table.notes)
    assert "13856141234" not in frame.write_json()


def test_a_heading_that_is_really_a_number_is_masked_in_the_note(tmp_path: Path, item: law.Item) -> None:
    text = cells_of([("CF_XDR_MC", "340621199003071239", "CF_SY", "CF_WSH"), ("甲", "y", "事", "1")])
    table, _ = read(tmp_path, text.encode(), item)
    assert "3406211990" not in str(table.notes)


def test_two_columns_for_one_field_are_refused_by_name(tmp_path: Path, item: law.Item) -> None:
    refusal = code_of_refusal(
        tmp_path, cells_of([("CF_XDR_MC", "CF_WSH", "CF_SY", "处罚决定书文号")]).encode(), item
    )
    assert refusal.code == "duplicate-columns"
    assert "B 列" in refusal.message and "D 列" in refusal.message


def test_a_file_without_a_heading_is_refused(tmp_path: Path, item: law.Item) -> None:
    assert code_of_refusal(tmp_path, b"1,2,3\n4,5,6\n", item).code == "header-not-found"


def test_a_second_heading_row_is_no_data(tmp_path: Path, item: law.Item) -> None:
    text = cells_of(
        [
            ("行政相对人名称", "违法事实", "行政处罚决定书文号"),
            ("CF_XDR_MC", "CF_SY", "CF_WSH"),
            ("甲", "事", "1"),
        ]
    )
    table, frame = read(tmp_path, text.encode(), item)
    assert frame.select("_row", NAME).rows() == [(3, "甲")]
    assert any("也是表头" in note for note in table.notes)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_gives_a_heading(
    tmp_path: Path, item: law.Item, delimiter: str
) -> None:
    text = cells_of([("CF_XDR_MC", "CF_SY", "CF_WSH"), ("甲", 'a,b\t;|"', "1")], delimiter=delimiter)
    assert read(tmp_path, text.encode(), item)[1].select(NAME, "CF_SY").rows() == [("甲", 'a,b\t;|"')]


def test_a_row_with_too_many_cells_is_broken_and_shows_nothing(tmp_path: Path, item: law.Item) -> None:
    text = "CF_XDR_MC,CF_SY,CF_WSH\n甲,事,1,,\n乙,事,2,多\n丙\n丁,事,4\n"
    frame = read(tmp_path, text.encode(), item)[1]
    assert frame.select("_row", "_broken", NAME, NUMBER).rows() == [
        (2, "", "甲", "1"), (3, "too-many-cells", "", ""), (4, "", "丙", ""), (5, "", "丁", "4"),
    ]  # fmt: skip


@pytest.mark.parametrize("block", [1, 1 << 20])
def test_one_stray_quote_costs_one_row_not_the_file(tmp_path: Path, item: law.Item, block: int) -> None:
    text = 'CF_XDR_MC,CF_SY,CF_WSH\n甲,事,1\n"没有收尾,事,2\n丙,"五""寸\n管",3\n丁,5"管,4\n戊,"引"号,5\n己,事,6\n'
    frame = read(tmp_path, text.encode(), item, block=block)[1]
    assert frame.select("_row", "_broken", NAME, "CF_SY").rows() == [
        (2, "", "甲", "事"), (3, "broken-quotes", "", ""), (4, "", "丙", '五"寸\n管'), (5, "", "丁", '5"管'),
        (6, "broken-quotes", "", ""), (7, "", "己", "事"),
    ]  # fmt: skip


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, item: law.Item) -> None:
    path = tmp_path / "in.csv"
    path.write_text(small([("甲", "1", "")]), encoding="utf-8")
    table = open_table(path, item=item)
    path.write_text(small([("甲", "1", ""), ("乙", "2", "")]), encoding="utf-8")
    with pytest.raises(FileRefused) as caught:
        list(table.chunks())
    assert caught.value.code == "file-changed"


_cell = st.text(st.sampled_from('甲乙a1 ,"\n；“\t='), max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(_cell, _cell, _cell), min_size=1, max_size=30),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_any_well_formed_csv_reads_as_pythons_csv_module_reads_it(
    rows: list[tuple[str, str, str]], quoting: int, last: bool
) -> None:
    """Blocks, joined lines and the fast way together are the same table as a reader that sees everything."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    split = csvfile._split(text.encode(), 3, ",", last=True)
    expected = list(csv.reader(io.StringIO(text, newline="")))
    assert split.records == len(expected)
    got = {
        row[0]: tuple(cell or "" for cell in row[2:])
        for row in split.frame.select("_row", "_broken", "0", "1", "2").rows()
    }
    assert set(split.frame["_broken"]) <= {""}
    for number, cells in enumerate(expected):
        assert got[number] == tuple([*cells, "", "", ""][:3])


def test_rows_keep_their_numbers_across_blocks(tmp_path: Path, item: law.Item) -> None:
    rng = random.Random(7)
    rows = [
        (f"公司{n}", str(n), "" if n % 5 else "多\n行,备注" + "长" * rng.randrange(3_000))
        for n in range(4_000)
    ]
    table, frame = read(tmp_path, small(rows).encode(), item, block=1)
    assert table.kind == "csv"
    assert frame["_row"].to_list() == list(range(2, 4_002))
    assert frame.select(NAME, NUMBER, REMARK).rows() == rows


def book(path: Path, rows: list[list[Any]], *, sheets: tuple[str, ...] = ("数据",), before: int = 0) -> None:
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "yyyy/m/d"})
        for at, name in enumerate(sheets):
            sheet = workbook.add_worksheet(name)
            for line, row in enumerate(rows if at == before else [["说明"], ["随便写写"]]):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(line, column, cell, day)
                    elif cell is not None:
                        sheet.write(line, column, cell)


def test_a_workbook_reads_as_a_person_reads_it(tmp_path: Path, item: law.Item) -> None:
    """Dates as dates, whole numbers without .0, floats without noise; blank rows above the table are counted."""
    path = tmp_path / "in.xlsx"
    book(path, [
        [], ["某某局"], [], ["CF_XDR_MC", "CF_JDRQ", "CF_NR_FK", "CF_WSH", "CF_SY"],
        ["甲", date(2026, 11, 20), 14.1 + 1e-14, 123, "x_x000D_y"], [], ["乙", 46346, 0.1 + 0.2, "＝1", "  "],
        ["丙", "2026年1月2日", "肆万元", True, None, "多出来"],
    ])  # fmt: skip
    table = open_table(path, item=item)
    frame = pl.concat(chunk.frame for chunk in table.chunks())
    assert table.encoding == "XLSX"
    assert frame.select("_row", "_broken", NAME, "CF_JDRQ", "CF_NR_FK", NUMBER).rows() == [
        (5, "", "甲", "2026-11-20 00:00:00", "14.1", "123"), (7, "", "乙", "46346", "0.3", "＝1"),
        (8, "too-many-cells", "", "", "", ""),
    ]  # fmt: skip
    assert "x_x000D_" not in frame["CF_SY"][0]


def test_the_first_sheet_with_the_heading_is_read_and_others_are_named(
    tmp_path: Path, item: law.Item
) -> None:
    path = tmp_path / "in.xlsx"
    book(
        path, [["CF_XDR_MC", "CF_SY", "CF_WSH"], ["甲", "事", "1"]], sheets=("说明", "数据", "附页"), before=1
    )
    table = open_table(path, item=item)
    assert any("附页" in note and "数据" in note for note in table.notes)
    assert pl.concat(chunk.frame for chunk in table.chunks())[NAME].to_list() == ["甲"]


def test_a_hidden_sheet_is_not_read(tmp_path: Path, item: law.Item) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        shown, hidden = workbook.add_worksheet("说明"), workbook.add_worksheet("旧数据")
        shown.write_row(0, 0, ["请看附件"])
        hidden.write_row(0, 0, ["CF_XDR_MC", "CF_SY", "CF_WSH"])
        hidden.hide()
    with pytest.raises(FileRefused) as caught:
        open_table(path, item=item)
    assert caught.value.code == "header-not-found"


def test_a_large_workbook_without_any_line_end_in_its_bytes_is_surveyed(tmp_path: Path) -> None:
    from xinheng.intake.survey import survey

    path = tmp_path / "in.xlsx"
    path.write_bytes(b"\x00" * (40 << 20))
    assert survey(path, text=False).size == 40 << 20
    with pytest.raises(FileRefused) as caught:
        survey(path, text=True)
    assert caught.value.code in ("line-too-long", "binary-file")


def test_a_workbook_whose_inside_is_damaged_is_refused(tmp_path: Path, item: law.Item) -> None:
    path = tmp_path / "in.xlsx"
    book(path, [["CF_XDR_MC", "CF_SY", "CF_WSH"], ["甲", "事", "1"]])
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row r="
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(FileRefused):
        list(open_table(path, item=item).chunks())
