"""The eight fixed stories are in the files, whatever the seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from synth_oracle import Row, rows_of

from xinheng.synth import FileEntry, Manifest, Place, generate
from xinheng.synth.story import firms_of

Truth = Callable[[Path, FileEntry], list[dict[str, str]]]
FIRMS = firms_of(Place())


@pytest.fixture(scope="module")
def told(messy: tuple[Path, Manifest], truth: Truth) -> dict[str, list[tuple[FileEntry, Row, str]]]:
    folder, manifest = messy
    found: dict[str, list[tuple[FileEntry, Row, str]]] = {}
    for entry in manifest.files:
        if entry.story:
            for row, expected in zip(rows_of(folder, entry), truth(folder, entry), strict=True):
                code = row.cells.get("CF_XDR_SHXYM") or row.cells["XK_XDR_SHXYM"]
                found.setdefault(code, []).append((entry, row, expected["outcome"]))
    return found


def test_each_firm_has_its_story(told: dict[str, list[tuple[FileEntry, Row, str]]]) -> None:
    assert set(told) == {f.code for f in FIRMS.values()}


def test_the_corrected_fine_is_updated_and_its_first_version_is_not_taken_again(
    told: dict[str, list[tuple[FileEntry, Row, str]]],
) -> None:
    rows = told[FIRMS["corrected"].code]
    assert [outcome for _, _, outcome in rows] == ["accepted", "updated", "quarantined"]
    assert [row.cells["CF_NR_FK"] for _, row, _ in rows] == ["12", "10.2", "12"]


def test_the_renamed_firm_is_punished_under_its_former_name(
    told: dict[str, list[tuple[FileEntry, Row, str]]],
) -> None:
    firm = FIRMS["renamed"]
    names = {e.item: row.cells.get("CF_XDR_MC") or row.cells["XK_XDR_MC"] for e, row, _ in told[firm.code]}
    assert names == {"admin-penalty": firm.former, "admin-licence": firm.name}


def test_the_warning_is_a_warning_and_the_serious_case_loses_its_permit(
    told: dict[str, list[tuple[FileEntry, Row, str]]],
) -> None:
    kinds = {key: [r.cells["CF_CFLB"] for e, r, _ in told[FIRMS[key].code] if e.item == "admin-penalty"]
             for key in ("minor", "serious")}  # fmt: skip
    assert kinds == {"minor": ["警告"], "serious": ["罚款;吊销许可证件"]}


def test_a_government_body_and_a_business_named_like_a_person_are_among_them() -> None:
    assert FIRMS["bureau"].code.startswith("11")
    assert FIRMS["person"].code.startswith("92")
    assert FIRMS["shop"].code.startswith("92")
    assert FIRMS["cooperative"].code.startswith("93")


def test_a_tiny_city_goes_without_the_story(tmp_path: Path) -> None:
    manifest = generate(out=tmp_path, orgs=30, records=40, seed=1, today=date(2026, 11, 20))
    assert manifest.story == []
    assert not any(f.story for f in manifest.files)
