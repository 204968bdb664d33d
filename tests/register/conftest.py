"""Making register files and codes for tests. All organisations here are invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xinheng.kernel import uscc

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HEADER = ["统一社会信用代码", "主体名称"]


def code(number: int, prefix: str = "91340600") -> str:
    """A valid code: `prefix`, nine digits, the check character."""
    first = f"{prefix}{number:09d}"
    return first + uscc.check_char(first)


def csv_text(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    """Rows under a header, as spreadsheets write them."""
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


@pytest.fixture
def make_code() -> Callable[..., str]:
    return code


@pytest.fixture
def load(empty_home: Any, tmp_path: Path) -> Callable[..., Any]:
    """Loads rows into the register of the test's home, `day` days after its first day."""
    from xinheng.register import service as register

    def loaded(
        rows: Sequence[Sequence[str]], *, header: Sequence[str] = HEADER, day: int = 0, **more: Any
    ) -> Any:
        path = tmp_path / "register.csv"
        path.write_text(csv_text(rows, header), encoding="utf-8")
        return register.load(path=path, at=AT + timedelta(days=day), actor="tests", **more)

    return loaded
