"""The PDF: standards, text, attachments, and text of records that tries to be more than text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import case

from xinheng.reports import pdffile, render

MARKUP = '#import "x.typ": * *粗* _斜_ $x^2$ \\ `码` @ref <label> [块] {代码} // 注 /* */ = 题 - 项 #panic()'


def poppler(tool: str, pdf: bytes, folder: Path, *options: str) -> str:
    """What a poppler tool says about a file; skips, saying so, where poppler-utils is not installed."""
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed (apt-get install poppler-utils): the PDF was NOT checked by it")
    file = folder / "report.pdf"
    file.write_bytes(pdf)
    done = subprocess.run([tool, *options, str(file), *(["-"] if tool == "pdftotext" else [])],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return done.stdout


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def made() -> bytes:
    sample = case()
    return render.render(sample.report, sample.proof)


def test_the_file_claims_pdf_a_3a_and_pdf_ua_1_and_is_tagged(made: bytes) -> None:
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    root = pdffile.read(made).object(pdffile.read(made).root)
    assert b"/Lang(zh-CN)" in root
    assert b"/MarkInfo<</Marked true" in root
    assert b"/DisplayDocTitle true" in root


def test_headings_tables_and_pictures_are_structure(made: bytes) -> None:
    for tag in (b"/S/H1", b"/S/H2", b"/S/Table", b"/S/TH", b"/S/Figure"):
        assert tag in made
    assert made.count(b"/S/Figure") == made.count(b"/Alt<") == 2


def test_chinese_comes_back_out_of_the_file_rare_characters_too(made: bytes, tmp_path: Path) -> None:
    text = squeezed(poppler("pdftotext", made, tmp_path))
    for part in ("淮北龘𠮷㙍新材料科技有限公司", "公共信用信息报告", "查询期内无相关信息", "本平台暂未归集", "91340600MA2N0ABCX1",
                 "xinheng.example.gov.cn/log", "公示状态截至2026年11月20日", "信息知悉截至2026年11月20日", "待核实"):  # fmt: skip
        assert part in text


def test_all_fonts_are_embedded(made: bytes, tmp_path: Path) -> None:
    rows = poppler("pdffonts", made, tmp_path).splitlines()[2:]
    assert len(rows) == 3
    assert all(re.search(r" yes yes yes +\d+ +0$", row) for row in rows)


def test_report_and_proof_are_attached_as_they_were_given(made: bytes) -> None:
    sample, file = case(), pdffile.read(made)
    assert json.loads(file.attachment("report.json", limit=10**6)) == sample.report
    assert json.loads(file.attachment("proof.json", limit=10**6)) == sample.proof
    assert b"/AFRelationship/Data" in made


def test_the_same_report_gives_the_same_bytes(made: bytes) -> None:
    sample = case()
    other = case(seed=8)
    render.render(other.report, other.proof)
    assert render.render(sample.report, sample.proof) == made


def test_text_of_a_record_is_never_read_as_markup(tmp_path: Path) -> None:
    sample = case(name=f"淮北{MARKUP}有限公司")
    text = squeezed(poppler("pdftotext", render.render(sample.report, sample.proof), tmp_path))
    assert squeezed(MARKUP) in text


@settings(max_examples=30, deadline=None)
@given(name=st.text(min_size=1), value=st.text(), mark=st.text(max_size=12))
def test_any_text_at_all_can_be_set(name: str, value: str, mark: str) -> None:
    sample = case(licences=0, penalties=1)
    sample.report["organisation"]["name"] = name
    entry = sample.report["sections"][0]["entries"][0]
    entry["title"], entry["marks"] = value, [mark]
    entry["fields"][6]["value"] = value
    assert render.render(sample.report, sample.proof).startswith(b"%PDF-1.7")


def test_two_hundred_entries_are_all_printed(tmp_path: Path) -> None:
    sample = case(licences=190, penalties=10)
    text = squeezed(poppler("pdftotext", render.render(sample.report, sample.proof), tmp_path))
    for entry in sample.report["sections"][0]["entries"]:
        assert squeezed(entry["title"]) in text


def test_values_of_the_greatest_length_are_set_over_pages(tmp_path: Path) -> None:
    sample = case(licences=0, penalties=1, name="长" * 200)
    sample.report["sections"][0]["entries"][0]["fields"][6]["value"] = "违" * 5000 + "终"
    text = squeezed(poppler("pdftotext", render.render(sample.report, sample.proof), tmp_path))
    assert text.count("违") > 5000
    assert "违终" in text


def test_nothing_runs_out_of_the_page(tmp_path: Path) -> None:
    sample = case(licences=1, penalties=1, name="W" * 190)
    sample.report["sections"][0]["entries"][0]["fields"][13]["value"] = "X" * 4000
    boxes = poppler("pdftotext", render.render(sample.report, sample.proof), tmp_path, "-bbox")
    assert max(float(x) for x in re.findall(r'xMax="([\d.]+)"', boxes)) < 595.3 - 50


@pytest.mark.parametrize("audience", ["public", "self", "authority"])
def test_each_audience_is_named_on_the_page(audience: Any, tmp_path: Path) -> None:
    sample = case(licences=0, penalties=0, audience=audience)
    text = poppler("pdftotext", render.render(sample.report, sample.proof), tmp_path)
    assert {"public": "公开版", "self": "主体自查版", "authority": "政务版"}[audience] in text


def test_a_report_without_its_shape_is_refused() -> None:
    sample = case()
    del sample.report["organisation"]  # type: ignore[misc]
    with pytest.raises(KeyError):
        render.render(sample.report, sample.proof)
