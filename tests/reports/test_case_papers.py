"""The papers of a case: every kind sets, says what it must, and stays a valid, tagged file whatever it is given."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper_samples import NAME, SAMPLES

from xinheng.reports import papers
from xinheng.reports.paper_shape import KINDS


def words(pdf: bytes, tmp_path: Path) -> str:
    """The text of a file as another program reads it."""
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    return re.sub(r"\s", "", done.stdout)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_paper_of_every_kind_is_tagged_archivable_and_the_same_each_time(name: str) -> None:
    pdf = papers.case_paper(SAMPLES[name])
    assert pdf.startswith(b"%PDF-1.7") and b"/MarkInfo" in pdf and b"/StructTreeRoot" in pdf
    metadata = b"".join(_streams(pdf))
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata and b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert papers.case_paper(SAMPLES[name]) == pdf


@pytest.mark.parametrize("name", SAMPLES)
def test_a_paper_says_who_to_whom_and_about_what(name: str, tmp_path: Path) -> None:
    content = SAMPLES[name]
    said = words(papers.case_paper(content), tmp_path)
    shown = [
        content["office"],
        content.get("number", ""),
        content.get("case_number", ""),
        content.get("to", "")[:8],
    ]
    shown += [one["value"][:12] for one in content["entry"]]
    shown += [one["text"] for one in content.get("items", [])] + [
        one["citation"][:9] for one in content.get("law", [])
    ]
    shown += [papers.day(one["date"]) for one in content.get("dates", [])]
    shown += [papers.day(one["last_on"]) for one in content.get("remedies", [])]
    for piece in shown:
        assert re.sub(r"\s", "", piece) in said, piece
    assert "印章处" in said


def test_every_kind_has_a_sample() -> None:
    assert set(KINDS) - {content["kind"] for content in SAMPLES.values()} == {"notice"}


@pytest.mark.parametrize("name", ["acceptance-repair", "extension", "decline"])
def test_a_provision_nobody_confirmed_is_marked(name: str, tmp_path: Path) -> None:
    assert "待核实" in words(papers.case_paper(SAMPLES[name]), tmp_path)


def test_a_provision_that_was_read_is_not_marked(tmp_path: Path) -> None:
    assert "待核实" not in words(papers.case_paper(SAMPLES["decision-repaired"]), tmp_path)


def test_service_is_said_with_its_date_and_manner_or_left_to_be_signed(tmp_path: Path) -> None:
    served = words(papers.case_paper(SAMPLES["decision-repaired"]), tmp_path)
    assert "送达日期2026年11月20日送达方式直接送达" in served
    assert "受送达单位签收" in words(papers.case_paper(SAMPLES["supplement"]), tmp_path)


def test_a_paper_without_a_number_says_that_it_is_a_draft(tmp_path: Path) -> None:
    draft = {**SAMPLES["decline"], "number": ""}
    assert "草稿，未编号" in words(papers.case_paper(draft), tmp_path)
    assert "草稿" not in words(papers.case_paper(SAMPLES["objection-sheet"]), tmp_path)


def test_a_paper_addressed_to_an_authority_names_the_applicant_and_not_you(tmp_path: Path) -> None:
    said = words(
        papers.case_paper(
            {**SAMPLES["decision-corrected"], "to": "淮北市市场监督管理局", "applicant": "甲公司"}
        ),
        tmp_path,
    )
    assert "甲公司于2026年11月18日" in said and "你单位于" not in said


@pytest.mark.parametrize("kind", [*KINDS, "something-new"])
def test_a_paper_with_nothing_but_its_kind_office_and_day_still_sets(kind: str) -> None:
    assert papers.case_paper({"kind": kind, "office": "淮北市公共信用信息中心", "made_on": "2026-11-20"})


def test_a_kind_nobody_foresaw_is_set_with_its_own_title(tmp_path: Path) -> None:
    content = {
        "kind": "hearing",
        "title": "听证告知书",
        "office": "甲局",
        "made_on": "2026-11-20",
        "paragraphs": ["定于某日听证。"],
    }
    said = words(papers.case_paper(content), tmp_path)
    assert "听证告知书" in said and "定于某日听证。" in said


def test_a_paper_with_a_hundred_items_and_a_very_long_reason_runs_over_pages(tmp_path: Path) -> None:
    many = {
        **SAMPLES["supplement"], "items": [{"text": f"第 {n} 项材料", "how": "说明" * 60} for n in range(100)],
        "reason": "理由" * 4_000, "to": NAME * 4,
    }  # fmt: skip
    said = words(papers.case_paper(many), tmp_path)
    assert "第99项材料" in said and "共" in said


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_read_as_markup_and_none_stops_a_paper(one: str, other: str) -> None:
    content: dict[str, Any] = {
        **SAMPLES["decision-refused"], "to": one, "reason": other, "entry": [{"label": one or "甲", "value": other}],
        "remarks": ["#panic(\"x\") $ _ * ` @ < > [ ] \\ // /*", one],
    }  # fmt: skip
    assert papers.case_paper(content)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], ""),
        ([("2026-11-23", True, "工作日")], "计11月23日一日。"),
        (
            [("2026-09-26", True, "调休上班"), ("2026-09-27", False, "周日"), ("2026-09-28", True, "工作日")],
            "自9月26日计至9月28日，共 2 日（其中9月26日 调休上班）；不计：9月27日（周日）。",
        ),
        ([("2026-11-21", False, "周六")], "不计：11月21日（周六）。"),
    ],
)
def test_the_working_of_a_date_is_one_sentence(days: list[Any], said: str) -> None:
    told = [{"date": date, "counted": counted, "why": why} for date, counted, why in days]
    assert papers.working(told) == said  # type: ignore[arg-type]


def test_a_paper_is_set_in_well_under_a_second() -> None:
    from time import perf_counter

    papers.case_paper(SAMPLES["decline"])
    started = perf_counter()
    papers.case_paper({**SAMPLES["decline"], "number": "淮市监信修不受〔2026〕2号"})
    assert perf_counter() - started < 1


def _streams(pdf: bytes) -> list[bytes]:
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return found
