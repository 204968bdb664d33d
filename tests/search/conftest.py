"""Organisations to search for. All of them are invented."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from xinheng.kernel import uscc

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HEADER = ["统一社会信用代码", "主体名称", "曾用名", "登记状态", "旧注册号"]


@pytest.fixture
def make_code() -> Callable[..., str]:
    def code(number: int, prefix: str = "91340600") -> str:
        first = f"{prefix}{number:09d}"
        return first + uscc.check_char(first)

    return code


@pytest.fixture
def load(empty_home: Any, tmp_path: Path) -> Callable[..., Any]:
    """Loads (code, name[, former names, status, old number]) into the register; the followers see it unless told not to."""
    from xinheng.evidence import service as evidence
    from xinheng.register import service as register

    def loaded(rows: Sequence[Sequence[str]], *, day: int = 0, drain: bool = True) -> Any:
        path = tmp_path / "register.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *([*row, *[""] * (5 - len(row))] for row in rows)])
        at = AT + timedelta(days=day)
        result = register.load(path=path, at=at, actor="tests")
        if drain:
            evidence.drain(at=at)
        return result

    return loaded


@pytest.fixture
def tell(empty_home: Any) -> Callable[..., int]:
    """Writes a statement about somebody, straight into the records; returns its id."""
    from xinheng.evidence import service as evidence
    from xinheng.kernel.values import pack_values
    from xinheng.law import service as law
    from xinheng.records import service as records

    def told(code: str, name: str, *, number: str = "1", day: int = 0) -> int:
        item = law.active().items["admin-penalty"]
        values = dict.fromkeys(item.by_code, "") | {
            item.subject_name: name, item.subject_code: code, item.decided_on: "2026-11-01",
            item.authority: "11340600000000000X", **dict.fromkeys(item.document_number, f"〔2026〕{number}号"),
        }  # fmt: skip
        bodies = {
            scope: [values[field] for field in item.scopes[scope]]
            for scope in ("public", "shared", "restricted")
        }
        public = pack_values(["1", item.code, item.version, code, *bodies["public"]])
        shared = pack_values(["1", "batch", number, "2026-11-20", *bodies["shared"]])
        restricted = pack_values(["1", *bodies["restricted"]])
        row = records.derived(public, shared, restricted)
        frame = pl.DataFrame(
            [
                row | {
                    "decided_on": datetime.fromisoformat(str(row["decided_on"])).date(), "public": public,
                    "shared": shared, "restricted": restricted, "severity": "ordinary", "show_from": None,
                    "show_until": None, "repair_from": None, "rule": "",
                }
            ],
            schema_overrides=dict.fromkeys(("show_from", "show_until", "repair_from"), pl.Date),
        )  # fmt: skip
        at = AT + timedelta(days=day)
        with evidence.event(evidence.Act(kind="records.received", actor="tests", at=at)) as event:
            records.write(event=event, frame=frame)
        evidence.drain(at=at)
        return event.row_id(0)

    return told
