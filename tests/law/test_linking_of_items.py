"""An item may say that its rows are never linked by name; an item that tells the register must say so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xinheng.law import service as law

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", folder)
    return folder


def findings(packs: Path, item: str, old: str, new: str) -> set[str]:
    file = packs / "national" / "items" / f"{item}.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return {found.code for found in law.check("huaibei", packs_dir=packs)}


def test_what_tells_the_register_must_not_be_linked(packs: Path) -> None:
    assert "feed-linked" in findings(packs, "registration-event", "how: never", "how: by-name")


def test_withholding_needs_its_own_reason_or_basis(packs: Path) -> None:
    item = (packs / "national" / "items" / "agency-register.yaml").read_text(encoding="utf-8")
    block = item[item.index("linking:") : item.index("feed:")]
    assert "uncited" in findings(
        packs, "agency-register", block, "linking: {how: never, confidence: likely}\n"
    )


def test_another_word_is_a_mistake(packs: Path) -> None:
    assert "form" in findings(packs, "judgment-defaulter", "how: never", "how: sometimes")


def test_without_a_word_an_item_is_linked_by_name() -> None:
    assert law.load("huaibei").items["admin-penalty"].links_by_name
