"""Bulletins and supervision orders: numbered without gaps, frozen when issued, printed as they were."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from mirror_rows import BUREAU, OTHER, at, penalty

from xinheng.evidence import service as evidence
from xinheng.oversight import service as oversight
from xinheng.oversight.models import Bulletin

DECEMBER = at("2026-12-08")


def words(pdf: bytes, tmp_path: Path) -> str:
    """The text of a PDF without spaces."""
    tool = shutil.which("pdftotext")
    if not tool:
        pytest.skip("poppler-utils is not installed")
    file = tmp_path / "made.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([tool, str(file), "-"], capture_output=True, check=True)
    return re.sub(r"\s", "", done.stdout.decode())


def issued(send: Callable[..., Any]) -> oversight.Issued:
    send(penalty(1), penalty(2, CF_WFXW=""), penalty(3, CF_JDRQ="2026/10/9"), on="2026-11-23")
    return oversight.issue(period="2026-11", at=DECEMBER, actor="desk:office")


def test_a_bulletin_is_frozen_when_it_is_issued(send: Callable[..., Any]) -> None:
    made = issued(send)
    pdf, book = oversight.bulletin_pdf(content=made.content), oversight.bulletin_xlsx(content=made.content)
    send(penalty(7), penalty(8), on="2026-12-09")
    oversight.rebuild()
    again = oversight.issue(period="2026-11", at=at("2026-12-10"), actor="somebody else")
    assert again == made
    assert oversight.bulletin_pdf(content=again.content) == pdf
    assert oversight.bulletin_xlsx(content=again.content) == book
    assert Bulletin.objects.count() == 1


def test_its_figures_are_those_of_the_rows(send: Callable[..., Any]) -> None:
    content = issued(send).content
    line = next(one for one in content["rows"] if one["body"] == BUREAU)
    told = {name: line[name] for name in ("due", "reported", "late", "returned", "omitted", "rank", "timeliness", "conformity")}  # fmt: skip
    assert told == {
        "due": 3, "reported": 3, "late": 1, "returned": 1, "omitted": 0, "rank": 1, "timeliness": "66.67%",
        "conformity": "66.67%",
    }  # fmt: skip
    assert sorted((entry[0], entry[4]) for entry in content["annex"]) == [("late", 4), ("returned", 3)]
    assert content["total"]["due"] == 3
    assert content["cutoff"] == "2026-11-30"


def test_units_that_sent_nothing_are_listed_and_told_from_those_that_said_so(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.law import service as law
    from xinheng.oversight import figures

    monkeypatch.setattr(figures.intake, "nil_counts", lambda *, first, last: [(OTHER, "admin-licence", 1)])
    rows = issued(send).content["rows"]
    named = {one["name"]: one for one in rows}
    assert {department.name for department in law.active().departments} <= set(named)
    nil = next(one for one in rows if one["body"] == OTHER)
    assert (nil["state"], nil["nil"], nil["rank"], nil["due"]) == ("nil", 1, None, 0)
    assert all(one["state"] == "silent" for one in rows if not one["due"] and one["body"] != OTHER)
    assert [one["rank"] for one in rows[:2]] == [1, None]


def test_the_pdf_has_the_number_the_cut_off_and_every_unit(send: Callable[..., Any], tmp_path: Path) -> None:
    made = issued(send)
    text = words(oversight.bulletin_pdf(content=made.content), tmp_path)
    for wanted in (
        made.number,
        "月报第1号",
        "统计截至2026年11月30日24时",
        "位次",
        "零报告",
        made.content["office"],
    ):
        assert wanted in text
    for line in made.content["rows"]:
        assert re.sub(r"\s", "", line["name"]) in text, line["name"]
    for note in made.content["notes"]:
        assert re.sub(r"\s", "", note[:18]) in text


def test_the_workbook_says_the_same_and_lists_the_rows(send: Callable[..., Any]) -> None:
    made = issued(send)
    book = openpyxl.load_workbook(io.BytesIO(oversight.bulletin_xlsx(content=made.content)))
    assert book.sheetnames == ["通报", "分单位分目录项", "附表 逐条", "统计口径"]
    sheet = book["通报"]
    heads = [cell.value for cell in sheet[5]]
    rows = {
        row[1]: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=6, values_only=True)
    }
    line = rows["淮北市某某局"]
    assert [line[name] for name in ("应报", "已报", "及时率", "迟报", "退回")] == [3, 3, "66.67%", 1, 1]
    annex = list(book["附表 逐条"].iter_rows(min_row=2, values_only=True))
    assert {(row[0], row[3]) for row in annex} == {
        ("迟报", "淮市监罚〔2026〕3号"),
        ("退回", "淮市监罚〔2026〕2号"),
    }
    assert not any(cell.data_type == "f" for one in book for row in one.iter_rows() for cell in row)
    assert "钱多多" not in json.dumps(annex, ensure_ascii=False)


def test_a_row_erased_after_the_issue_leaves_the_annex_but_not_the_count(send: Callable[..., Any]) -> None:
    from xinheng.publication import service as publication
    from xinheng.records import service as records

    made = issued(send)
    entries = publication.statements(audience="authority", on=DECEMBER.date(), item="admin-penalty", limit=9)
    late = next(one for one in entries if one.values["CF_WSH"].endswith("3号"))
    act = evidence.Act(
        kind="records.erased", actor="t", at=DECEMBER, provision="个人信息保护法47", purpose="测试"
    )
    records.erase(statement_ids=[late.id], act=act)
    book = openpyxl.load_workbook(io.BytesIO(oversight.bulletin_xlsx(content=made.content)))
    annex = list(book["附表 逐条"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in annex if row[0] == "迟报"] == ["已依法删除"]
    assert oversight.bulletin(number=made.number).content["total"]["late"] == 1


def test_a_period_that_is_not_over_has_a_draft_and_no_number(
    send: Callable[..., Any], tmp_path: Path
) -> None:
    send(penalty(1))
    with pytest.raises(oversight.PeriodNotOver):
        oversight.issue(period="2026-11", at=at("2026-11-30"), actor="t")
    content = oversight.draft(period="2026-11", at=at("2026-11-30"))
    assert "number" not in content
    assert content["cutoff"] == "2026-11-29"
    assert "草稿" in words(oversight.bulletin_pdf(content=content), tmp_path)
    with pytest.raises(oversight.BadPeriod):
        oversight.draft(period="November", at=DECEMBER)


def test_numbers_run_by_kind_and_year_without_gaps(send: Callable[..., Any]) -> None:
    send(penalty(1))
    moments = [at("2026-12-08"), at("2026-12-15"), at("2027-01-05")]
    wanted = [
        ("2026-W48", "W2026-001"),
        ("2026-11", "M2026-001"),
        ("2026-W49", "W2026-002"),
        ("2026-12", "M2027-001"),
    ]
    with pytest.raises(oversight.PeriodNotOver):
        oversight.issue(period="2026-Q4", at=moments[0], actor="t")
    for (period, number), moment in zip(
        wanted, [moments[0], moments[0], moments[1], moments[2]], strict=True
    ):
        assert oversight.issue(period=period, at=moment, actor="t").number == number


def test_nothing_of_a_bulletin_is_public_until_the_office_says_so(send: Callable[..., Any]) -> None:
    made = issued(send)
    assert oversight.published_figures(period="2026-11") is None
    oversight.publish(number=made.number, public=True, reason="", at=DECEMBER, actor="desk:office")
    shown = oversight.published_figures(period="2026-11")
    assert shown is not None
    assert shown["total"]["due"] == 3
    text = json.dumps(shown, ensure_ascii=False)
    assert not {"annex", "suspected", "personal"} & set(re.findall(r'"(\w+)":', text))
    with pytest.raises(oversight.StepRefused):
        oversight.publish(number=made.number, public=False, reason="", at=DECEMBER, actor="desk:office")
    oversight.publish(number=made.number, public=False, reason="数字有误", at=DECEMBER, actor="desk:office")
    assert oversight.published_figures(period="2026-11") is None


def test_an_order_names_rows_a_day_and_its_ground(send: Callable[..., Any], tmp_path: Path) -> None:
    made = issued(send)
    one = oversight.order(
        body=BUREAU, bulletin=made.number, liaison="法规科报送岗", at=DECEMBER, actor="desk:office"
    )
    assert (one.number, one.state, one.due_on) == ("D2026-0001", "issued", date(2026, 12, 15))
    assert [(part["kind"], part["count"]) for part in one.content["parts"]] == [("late", 1), ("returned", 1)]
    text = words(oversight.order_pdf(content=one.content), tmp_path)
    for wanted in (
        "督办单",
        "D2026-0001",
        "淮北市某某局",
        "淮市监罚〔2026〕3号",
        "2026年12月15日",
        "签收回执",
        "法规科报送岗",
        "不是法律规定",
    ):
        assert wanted in text
    assert oversight.order_pdf(content=one.content) == oversight.order_pdf(
        content=oversight.order_of(number=one.number).content
    )


def test_an_order_is_answered_by_its_unit_and_closed_by_the_office(send: Callable[..., Any]) -> None:
    made = issued(send)
    one = oversight.order(body=BUREAU, bulletin=made.number, at=DECEMBER, actor="desk:office")
    with pytest.raises(oversight.NoSuchOrder):
        oversight.proceed(number=one.number, to="answered", reason="已改", at=DECEMBER, actor="x", body=OTHER)
    assert oversight.order_of(number=one.number, on=date(2026, 12, 16)).overdue
    oversight.proceed(
        number=one.number, to="answered", reason="已补报", at=DECEMBER, actor="desk:clerk", body=BUREAU
    )
    assert not oversight.order_of(number=one.number, on=date(2026, 12, 16)).overdue
    oversight.proceed(number=one.number, to="closed", reason="核实", at=DECEMBER, actor="desk:office")
    with pytest.raises(oversight.StepRefused):
        oversight.proceed(number=one.number, to="issued", reason="再办", at=DECEMBER, actor="desk:office")
    assert [step.state for step in oversight.history(number=one.number)] == ["issued", "answered", "closed"]


def test_nothing_overdue_is_no_ground_for_an_order(send: Callable[..., Any]) -> None:
    made = issued(send)
    with pytest.raises(oversight.NothingToSupervise):
        oversight.order(body=OTHER, bulletin=made.number, at=DECEMBER, actor="t")
    with pytest.raises(oversight.NoSuchBulletin):
        oversight.order(body=BUREAU, bulletin="M2026-099", at=DECEMBER, actor="t")


def test_without_a_period_in_the_pack_nothing_is_ordered(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinheng.law import service as law

    made = issued(send)
    bare = law.active().with_adopted(frozenset())
    monkeypatch.setattr(law, "active", lambda: bare)
    with pytest.raises(law.NotAdopted):
        oversight.order(body=BUREAU, bulletin=made.number, at=DECEMBER, actor="t")


def test_an_order_about_suspicions_asks_for_an_answer_number_by_number(
    send: Callable[..., Any], tmp_path: Path
) -> None:
    send(penalty(1), penalty(3), penalty(4), penalty(5))
    oversight.look(at=DECEMBER, actor="t")
    (found,) = oversight.suspected().findings
    one = oversight.order(body=BUREAU, findings=[found.number], at=DECEMBER, actor="t")
    assert [(part["kind"], part["count"]) for part in one.content["parts"]] == [("suspected", 1)]
    assert "淮市监罚〔2026〕2号" in words(oversight.order_pdf(content=one.content), tmp_path)
    with pytest.raises(oversight.NoSuchFinding):
        oversight.order(body=OTHER, findings=[found.number], at=DECEMBER, actor="t")


def test_the_command_drafts_issues_and_writes_files(
    send: Callable[..., Any], cli: Any, tmp_path: Path
) -> None:
    send(penalty(1), on="2026-11-23")
    env = {"XINHENG_TODAY": "2026-12-08"}
    drafted = cli("bulletin", "--period", "2026-11", "--json", env=env)
    assert (drafted.exit, drafted.json.get("number")) == (0, None)
    pdf = tmp_path / "b.pdf"
    made = cli("bulletin", "--period", "2026-11", "--issue", "-o", pdf, "--json", env=env)
    assert (made.exit, made.json["number"]) == (0, "M2026-001")
    assert pdf.read_bytes().startswith(b"%PDF")
    again = cli("bulletin", "--period", "2026-11", "--issue", "-o", tmp_path / "b.xlsx", env=env)
    assert again.exit == 0
    assert "M2026-001" in again.out
    assert cli("bulletin", "--period", "never", env=env).exit == 2
    assert cli("bulletin", "--period", "2026-12", "--issue", env=env).exit == 3
    looked = cli("suspected", "--look", "--rebuild", "--json", env=env)
    assert looked.json["rebuilt"] == 1
