"""The brand found in 500 names, against a published list of names with their brands.

Counted as that list's own library counts: a line is right where the brand found equals the brand written (none
where none is written). Accuracy is the share of right lines among all; recall the share of right lines among those
that have a brand. The library itself reports 97.0 % and 96.7 %. Both sides are compared as keys (`fold`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from xinheng.kernel.orgname import fold, parse

LIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "companynameparser_groundtruth.txt"


def test_brands_are_found_as_people_wrote_them_down() -> None:
    if not LIST.exists():
        pytest.skip("../shared/data is not here")
    lines = [
        [*line.split(), ""][:2] for line in LIST.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    right = [(parse(name).brand == fold(brand), bool(brand)) for name, brand in lines]
    accuracy = sum(hit for hit, _ in right) / len(right)
    recall = sum(hit for hit, branded in right if branded) / sum(branded for _, branded in right)
    assert (accuracy >= 0.99, recall >= 0.99) == (True, True), (accuracy, recall)
