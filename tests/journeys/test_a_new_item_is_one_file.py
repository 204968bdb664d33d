"""Adding an item is one YAML file: the one printed in docs/adding-an-item.md goes the whole way."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from moments import AT
from xinheng.evidence import service as evidence
from xinheng.intake import service as intake
from xinheng.intake.examples import example_row
from xinheng.kernel import uscc
from xinheng.law import service as law
from xinheng.publication import service as publication
from xinheng.register import service as register
from xinheng.reports import service as reports

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-an-item.md"
CODE = "quality-award"


def printed() -> str:
    """The example of the page, as a file."""
    return PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]


def code(prefix: str, number: int) -> str:
    first = f"{prefix}340600MA{number:07d}"
    return first + uscc.check_char(first)


@pytest.fixture
def packs(tmp_path: Path, empty_home: Any, settings_packs: Any) -> Path:
    """The packs with one file more."""
    folder = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", folder)
    (folder / "huaibei" / "items").mkdir(exist_ok=True)
    (folder / "huaibei" / "items" / f"{CODE}.yaml").write_text(printed(), encoding="utf-8")
    settings_packs(folder)
    return folder


@pytest.fixture
def settings_packs() -> Any:
    """Points the platform at other packs for one test."""
    from django.conf import settings

    def point(folder: Path) -> None:
        settings.PACKS_DIR = str(folder)
        law.forget()

    yield point
    if hasattr(settings, "PACKS_DIR"):
        del settings.PACKS_DIR
    law.forget()


def test_the_example_of_the_page_goes_from_a_file_to_a_report_without_code(
    packs: Path, tmp_path: Path
) -> None:
    assert [finding for finding in law.check("huaibei", packs) if finding.severity == "error"] == []
    item = law.active().items[CODE]
    subject, agency = code("91", 1), code("11", 2)
    listed = tmp_path / "register.csv"
    listed.write_text(
        f"统一社会信用代码,主体名称\n{subject},虚构县示例商贸有限公司\n{agency},虚构县人民政府\n",
        encoding="utf-8",
    )
    register.load(path=listed, at=AT, actor="tests")
    row = example_row(item) | {item.subject_code: subject, item.authority: agency, item.source_code: agency}
    person = row | {item.subject_name: "王小明", item.subject_code: ""}
    file = tmp_path / "in.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([field.name for field in item.fields])
        writer.writerows([[one[field.code] for field in item.fields] for one in (row, person)])
    receipt = intake.run(path=file, item=CODE, source=agency, at=AT, actor="tests")
    assert (receipt.accepted, receipt.refused_personal) == (1, 1), receipt.problems
    assert intake.template(item=CODE)[:2] == b"PK"
    evidence.drain(at=AT)
    on = evidence.legal_day(AT)
    [entry] = publication.statements(audience="public", on=on, item=CODE)
    assert entry.values["ZJ_JX"] == "政府质量奖"
    issued = reports.issue(uscc=subject, audience="public", at=AT, actor="tests")
    assert len(issued.pdf) > 10_000
    assert evidence.verify().findings == []


def test_the_new_item_is_on_the_organisation_page_and_in_the_catalogue(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import Client

    test_the_example_of_the_page_goes_from_a_file_to_a_report_without_code(packs, tmp_path)
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    page = Client().get(f"/org/{code('91', 1)}/honours/").content.decode()
    assert "质量奖励" in page and "政府质量奖" in page
    catalogue = Client().get("/catalogue/").content.decode()
    assert "质量奖励" in catalogue


def test_an_adverse_item_without_a_law_is_refused(packs: Path) -> None:
    file = packs / "huaibei" / "items" / f"{CODE}.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("adverse: false", "adverse: true").replace(
            "basis: [{instrument: disclosure-regulation, article: 第十九条}]", "basis: []"
        ),
        encoding="utf-8",
    )
    assert "adverse-without-basis" in {finding.code for finding in law.check("huaibei", packs)}
