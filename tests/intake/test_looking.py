"""Looking at a file's columns before anything is taken in: everything a clerk needs, nothing about a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from intake_rows import AGENCY, AT, CITIZEN, PHONE, SUBJECT, cells_of, csv_bytes, penalty
from xls_bytes import xls

from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.law import service as law

ITEM = "admin-penalty"


@pytest.fixture
def see(registered: Any, tmp_path: Path) -> Any:
    def seen(content: bytes, name: str = "in.csv", source: str = AGENCY) -> intake.Look:
        path = tmp_path / name
        path.write_bytes(content)
        return intake.look(path=path, item=ITEM, source=source)

    return seen


def table(*rows: list[str]) -> bytes:
    return cells_of(rows).encode()


def test_it_says_what_is_known_what_is_not_and_what_is_missing(see: Any) -> None:
    look = see(
        table(
            ["行政相对人名称", "本局编号", "处罚决定日期"], ["淮北市甲乙丙商贸有限公司", "1号", "2026-11-12"]
        )
    )
    assert look.headers == ["行政相对人名称", "本局编号", "处罚决定日期"]
    assert look.matched == {"行政相对人名称": "CF_XDR_MC", "处罚决定日期": "CF_JDRQ"}
    assert look.unmatched == ["本局编号"]
    assert "CF_WSH" in look.missing_required and "CF_JDRQ" not in look.missing_required
    assert look.sample_rows == [["淮北市甲乙丙商贸有限公司", "1号", "2026-11-12"]]
    assert (look.rows_estimate, look.encoding, look.remembered) == (1, "UTF-8", False)


def test_looking_changes_nothing(see: Any, registered: Any, item: law.Item) -> None:
    before = evidence.size(), sorted(registered.root.rglob("*"))
    see(csv_bytes([penalty()], item))
    assert (evidence.size(), sorted(registered.root.rglob("*"))) == before


def test_at_most_five_rows_are_shown_and_all_are_counted(see: Any, item: law.Item) -> None:
    look = see(csv_bytes([penalty(CF_WSH=f"{n}号") for n in range(40)], item, encoding="gb18030"))
    assert (len(look.sample_rows), look.rows_estimate, look.encoding) == (5, 40, "GB18030")


def test_a_header_nobody_recognises_is_still_shown(see: Any) -> None:
    look = see(table(["某局十月清单"], ["甲", "乙", "丙"], ["1", "2", "3"]))
    assert look.headers == ["甲", "乙", "丙"]
    assert look.matched == {} and look.unmatched == ["甲", "乙", "丙"]


def test_a_workbook_is_looked_at_like_a_text(see: Any) -> None:
    look = see(xls([["行政相对人名称", "本局编号"], ["淮北市甲乙丙商贸有限公司", "1号"]]), name="in.xls")
    assert (look.encoding, look.rows_estimate, look.unmatched) == ("XLS", 1, ["本局编号"])


@pytest.mark.parametrize(
    "row",
    [
        {"CF_XDR_MC": "王小明", "CF_XDR_SHXYM": ""},
        {"CF_XDR_LB": "自然人"},
        {"CF_XDR_SHXYM": CITIZEN},
        {"CF_XDR_MC": f"王小明 {CITIZEN}"},
    ],
)
def test_a_row_about_a_person_is_not_shown(see: Any, item: law.Item, row: dict[str, str]) -> None:
    look = see(csv_bytes([penalty(**row), penalty(CF_WSH="2号")], item))
    assert [cells for cells in look.sample_rows if SUBJECT in cells and "2号" in cells] == look.sample_rows
    assert look.rows_estimate == 2


def test_names_numbers_and_addresses_are_masked_also_in_columns_nobody_knows(see: Any) -> None:
    home = "淮北市相山区某某路1号3栋"
    look = see(
        table(
            ["行政相对人名称", "法定代表人", "家庭住址", "联系电话", "经办人", "说明"],
            ["淮北市甲乙丙商贸有限公司", "钱多多", home, PHONE, "王小明", f"身份证{CITIZEN}"],
        )
    )
    shown = str(look)
    assert "淮北市甲乙丙商贸有限公司" in shown
    for secret in ("钱多多", home, PHONE, "王小明", CITIZEN):
        assert secret not in shown


def test_a_header_that_holds_a_number_of_a_person_is_masked(see: Any) -> None:
    look = see(table(["行政相对人名称", f"编号{CITIZEN}"], ["淮北市甲乙丙商贸有限公司", "1"]))
    assert CITIZEN not in str(look)


def test_remembered_columns_are_known_and_columns_to_leave_out_are_not_asked_about_again(see: Any) -> None:
    intake.remember_mapping(
        source=AGENCY, item=ITEM, mapping={"本局编号": "CF_WSH", "经办科室": ""}, at=AT, actor="tests"
    )
    look = see(
        table(
            ["行政相对人名称", "本局编号", "经办科室", "新列"], ["淮北市甲乙丙商贸有限公司", "1号", "x", "y"]
        )
    )
    assert look.remembered and look.matched["本局编号"] == "CF_WSH"
    assert look.unmatched == ["新列"]


def test_what_would_be_refused_at_once_is_refused_here_too(see: Any, registered: Any, tmp_path: Path) -> None:
    with pytest.raises(intake.SourceRefused):
        see(table(["行政相对人名称", "本局编号"]), source=SUBJECT)
    with pytest.raises(intake.FileRefused) as caught:
        see(b"%PDF-1.7", name="in.pdf")
    assert caught.value.code == "renamed-pdf"
    with pytest.raises(intake.ItemUnknown):
        intake.look(path=tmp_path / "in.pdf", item="nowhere", source=AGENCY)
