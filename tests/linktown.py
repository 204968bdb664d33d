"""What the tests of linking share: a small register of invented organisations. A plugin, because several folders use it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from moments import AT
from xinheng.kernel import uscc

HEADER = ("统一社会信用代码", "主体名称", "曾用名", "简称")


def code(number: int, prefix: str = "91340600") -> str:
    """A valid code: `prefix`, nine digits, the check character."""
    first = f"{prefix}{number:09d}"
    return first + uscc.check_char(first)


@dataclass(frozen=True)
class Town:
    """Codes of the organisations of `town`, by what is special about them."""

    food: str = code(1, "91340621")
    renamed: str = code(2)
    masked: str = code(3, "92340621")
    school: str = code(4, "12340600")
    company: str = code(5)


ROWS = (
    (Town.food, "濉溪县澜岫食品有限公司", "", ""),
    (Town.renamed, "淮北市栖梧建材有限公司", "淮北市栖桐建材有限公司", "栖梧建材"),
    (Town.masked, "张建国", "", ""),
    (Town.school, "淮北市第三十七中学", "", ""),
    (Town.company, "安徽砚溪酿酒股份有限公司", "", "砚溪酒业"),
)


@pytest.fixture
def town(empty_home: Any, tmp_path: Path) -> Town:
    """A register of five, and forty others so that no name is rare by accident."""
    from xinheng.evidence import service as evidence
    from xinheng.linkage import service as linkage
    from xinheng.register import service as register

    brands = ["恒远", "宏泰", "金诺", "瑞丰", "嘉禾", "天成", "华盛", "永顺", "和悦", "青禾"]
    trades = ["商贸", "建筑工程", "农业科技", "物流"]
    others = [
        (code(100 + 10 * at + place), f"淮北市{brand}{trade}有限公司", "", "")
        for at, trade in enumerate(trades)
        for place, brand in enumerate(brands)
    ]
    file = tmp_path / "register.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *ROWS, *others])
    result = register.load(path=file, at=AT, actor="tests")
    assert result.added == len(ROWS) + len(others), result.as_text()
    evidence.drain(at=AT)
    linkage.refresh_index()  # which the runner does
    return Town()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as a CSV file."""

    def write(rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", file: str = "names.csv") -> Path:
        path = tmp_path / file
        with path.open("w", encoding=encoding, newline="") as out:
            csv.writer(out).writerows(rows)
        return path

    return write
