"""`xinheng link`: every row gets an answer with reasons, the file comes back with all it had, and nothing is changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinheng.evidence import service as evidence

pytest_plugins = ("linktown",)

ADDED = ["uscc", "outcome", "confidence", "reasons", "candidates"]
Cli = Callable[..., Any]
Written = Callable[..., Path]


def back(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a file that was written, whatever mark it has."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    return rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_each_row_gets_a_code_or_none_with_confidence_and_reasons(
    cli: Cli, town: Any, written: Written
) -> None:
    file = written(
        [
            ["序号", "企业名称"],
            ["1", "濉溪县澜岫食品有限公司"],
            ["2", "濉溪县　澜岫食品 有限公司"],
            ["3", "淮北市栖桐建材有限公司"],
            ["4", "砚溪酒业"],
            ["5", "虚构市查无此家商贸有限公司"],
            ["6", "（ ）"],
            ["7", ""],
        ]
    )
    ran = cli("link", file, "--name", "企业名称", "--json")
    told = ran.json
    answers = {row["row"]: row for row in told["answers"]}
    assert [answers[row]["uscc"] for row in (2, 3, 4, 5)] == [
        town.food,
        town.food,
        town.renamed,
        town.company,
    ]
    assert [(answers[row]["uscc"], answers[row]["outcome"]) for row in (6, 7, 8)] == [("", "none")] * 3
    assert all(0 <= row["confidence"] <= 1 and row["reasons"] for row in told["answers"])
    assert told["rows"] == told["linked"] + told["human"] + told["none"] == 7
    assert (told["linked"], told["exact"]) == (4, 4)
    assert ran.exit == 0
    assert ran.out.count("\n") == 1


def test_the_written_file_holds_every_column_and_row_and_ends_in_the_answers(
    cli: Cli, town: Any, written: Written, tmp_path: Path
) -> None:
    rows = [
        ["处罚文号", "企业名称", "备注"],
        ["甲〔2026〕1号", "濉溪县澜岫食品有限公司", '含"引号"，和,逗号'],
        ["", "", ""],
        ["甲〔2026〕2号", "查无此家", "两\n行"],
    ]
    out = tmp_path / "out.csv"
    ran = cli("link", written(rows), "--name", "企业名称", "-o", out)
    assert ran.exit == 0, ran.err
    header, answers = back(out)
    assert header == [*rows[0], *ADDED]
    assert [[row[name] for name in rows[0]] for row in answers] == rows[1:]
    assert [row["uscc"] for row in answers] == [town.food, "", ""]
    assert answers[0]["confidence"].count(".") == 1
    assert len(answers[0]["confidence"].split(".")[1]) == 4
    assert not out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert str(out) in ran.out
    assert not list(tmp_path.glob(".*.part"))


def test_gb18030_and_marked_files_are_read_and_come_back_with_a_mark(
    cli: Cli, town: Any, written: Written, tmp_path: Path
) -> None:
    for encoding in ("gb18030", "utf-8-sig"):
        file = written([["名称"], ["濉溪县澜岫食品有限公司"]], encoding=encoding)
        out = tmp_path / f"{encoding}.csv"
        assert cli("link", file, "--name", "名称", "-o", out).exit == 0
        assert out.read_bytes().startswith("\ufeff名称,uscc,".encode())
        assert back(out)[1][0]["uscc"] == town.food


def test_a_workbook_is_read_under_its_title_and_blank_rows_at_its_end_are_no_rows(
    cli: Cli, town: Any, tmp_path: Path
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["检查对象名单"],
        ["编号", "单位名称 *"],
        [1, "濉溪县澜岫食品有限公司"],
        [None, None],
        [2, "查无此家"],
    ):
        book.active.append(row)
    book.active.cell(row=40, column=1).value = " "
    file = tmp_path / "names.xlsx"
    book.save(file)
    told = cli("link", file, "--name", "单位名称", "--json").json
    assert [(row["row"], row["uscc"]) for row in told["answers"]] == [(3, town.food), (4, ""), (5, "")]


def test_a_damaged_code_is_evidence_and_a_region_is_read_by_code_or_name(
    cli: Cli, town: Any, written: Written
) -> None:
    damaged = town.food[:-1] + "0"
    file = written(
        [
            ["名称", "代码", "地区"],
            ["濉溪县澜岫食品有限公司", damaged, "濉溪县"],
            ["", town.renamed, "340600"],
            ["濉溪县澜岫食品有限公司", town.food[:8] + "******" + town.food[14:], "查无此地"],
        ]
    )
    told = cli("link", file, "--name", "名称", "--code", "代码", "--region", "地区", "--json").json
    assert [row["uscc"] for row in told["answers"]] == [town.food, town.renamed, town.food]
    assert "代码" in "".join(told["answers"][0]["reasons"])
    assert "代码" in "".join(told["answers"][2]["reasons"])


def test_nobody_is_found_by_a_persons_name_and_a_citizens_number_is_not_repeated(
    cli: Cli, town: Any, written: Written, tmp_path: Path
) -> None:
    number = "340621199002281234"
    file = written([["名称", "代码"], ["张建国", ""], ["张建国", number], ["", number], ["王小二", ""]])
    ran = cli("link", file, "--name", "名称", "--code", "代码", "--json")
    told = ran.json
    assert [(row["outcome"], row["reasons"]) for row in told["answers"]] == [
        ("none", ["自然人信息不受理"])
    ] * 4
    assert told["personal"] == 4
    assert "张建国" not in ran.out + ran.err
    assert number not in ran.out + ran.err


def test_comparing_writes_nothing_to_the_ledger_and_answers_alike_each_time(
    cli: Cli, town: Any, written: Written
) -> None:
    file = written([["名称"], ["濉溪县澜岫食品有限公司"], ["淮北市栖梧建村有限公司"]])
    before = evidence.size()
    first = cli("link", file, "--name", "名称", "--json").json
    second = cli("link", file, "--name", "名称", "--json").json
    assert first["answers"] == second["answers"]
    assert evidence.size() == before


def test_a_cell_that_would_be_a_formula_comes_back_as_text_and_a_number_as_it_was(
    cli: Cli, town: Any, written: Written, tmp_path: Path
) -> None:
    rows = [["金额", "名称"], ["-12.50", '=HYPERLINK("http://x")'], ["+3", "@濉溪县澜岫食品有限公司"]]
    out = tmp_path / "out.csv"
    assert cli("link", written(rows), "--name", "名称", "-o", out).exit in (0, 1)
    _, answers = back(out)
    assert [row["金额"] for row in answers] == ["-12.50", "+3"]
    assert [row["名称"][:2] for row in answers] == ["'=", "'@"]


def test_columns_of_the_file_keep_their_names_and_an_earlier_answer_is_replaced(
    cli: Cli, town: Any, written: Written, tmp_path: Path
) -> None:
    first, second, third = (tmp_path / f"{number}.csv" for number in (1, 2, 3))
    file = written([["uscc", "名称"], ["truth", "濉溪县澜岫食品有限公司"]])
    cli("link", file, "--name", "名称", "-o", first)
    assert back(first)[0] == ["uscc", "名称", "linked_uscc", *ADDED[1:]]
    cli("link", first, "--name", "名称", "-o", second)
    cli("link", second, "--name", "名称", "-o", third)
    assert back(second)[0] == back(third)[0]
    assert back(third)[1][0]["uscc"] == "truth"


def test_a_row_whose_cells_do_not_fit_the_header_is_answered_but_not_read(
    cli: Cli, town: Any, tmp_path: Path
) -> None:
    file = tmp_path / "names.csv"
    file.write_text("序号,名称\n1,濉溪县,澜岫食品有限公司\n2,濉溪县澜岫食品有限公司\n", encoding="utf-8")
    told = cli("link", file, "--name", "名称", "--json").json
    assert [row["uscc"] for row in told["answers"]] == ["", town.food]
    assert told["unreadable"] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"%PDF-1.7\n", "renamed-pdf"),
        (b"<html><table></table>", "not-a-table"),
        ("序号,企业名称\n1,甲\n".encode(), "column-missing"),
        ("企业名称\n甲\n".encode(), "column-missing"),
        ("序号,名称,名称\n1,甲,乙\n".encode(), "duplicate-columns"),
        ("序号,名称\n1,甲公司\n".encode() + b"2,\xe6\xb7\xff\xff\n", "bad-encoding"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_stable_code(
    cli: Cli, empty_home: Any, tmp_path: Path, content: bytes, code: str
) -> None:
    file = tmp_path / "names.csv"
    file.write_bytes(content)
    ran = cli("link", file, "--name", "名称", "--json")
    assert (ran.exit, ran.json["error"]) == (2, code)
    if code == "column-missing":
        assert "「企业名称」" in ran.json["message"]


def test_wrong_use_is_told_before_any_work(
    cli: Cli, empty_home: Any, written: Written, tmp_path: Path
) -> None:
    file = written([["名称"], ["甲公司"]])
    for output in (tmp_path / "out.xlsx", file, tmp_path / "nowhere" / "out.csv"):
        ran = cli("link", file, "--name", "名称", "-o", output, "--json")
        assert (ran.exit, ran.json["error"]) == (2, "bad-output")
    assert cli("link", file).exit == 2
    assert cli("link", file, "--name", "名称", "--code", "名称", "--json").json["error"] == "same-column"
    assert cli("link", tmp_path / "none.csv", "--name", "名称", "--json").json["error"] == "file-missing"


def test_a_long_file_is_answered_in_a_file_and_not_in_one_json(
    cli: Cli, town: Any, written: Written, tmp_path: Path
) -> None:
    file = written([["名称"], ["濉溪县澜岫食品有限公司"], *[["，"]] * 100_000])
    assert cli("link", file, "--name", "名称", "--json").json["error"] == "output-needed"
    told = cli("link", file, "--name", "名称", "--json", "-o", tmp_path / "out.csv").json
    assert (told["rows"], told["linked"], told["none"]) == (100_001, 1, 100_000)
    assert "answers" not in told
    assert len(back(tmp_path / "out.csv")[1]) == 100_001


def test_a_register_without_anybody_links_nothing(cli: Cli, empty_home: Any, written: Written) -> None:
    told = cli("link", written([["名称"], ["濉溪县澜岫食品有限公司"]]), "--name", "名称", "--json").json
    assert [(row["uscc"], row["outcome"]) for row in told["answers"]] == [("", "none")]


def test_people_read_counts_and_the_first_rows(cli: Cli, town: Any, written: Written) -> None:
    ran = cli("link", written([["名称"], ["濉溪县澜岫食品有限公司"], ["查无此家"]]), "--name", "名称")
    assert "已关联 1" in ran.out
    assert town.food in ran.out
    assert "濉溪县澜岫食品有限公司" not in ran.err
