"""What tests of intake share: the law as in a sandbox, a home with a small register, and taking a file in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from intake_rows import AGENCY, AT, SHOP, SUBJECT, Row, csv_bytes

from xinheng.law import service as law


@pytest.fixture(scope="session")
def pack() -> law.Pack:
    """Huaibei with every unverified value adopted, as in a sandbox."""
    plain = law.load("huaibei")
    return plain.with_adopted(frozenset(one.id for one in law.adoptable(pack=plain)))


@pytest.fixture(scope="session")
def item(pack: law.Pack) -> law.Item:
    return pack.items["admin-penalty"]


@pytest.fixture(scope="session")
def licences(pack: law.Pack) -> law.Item:
    return pack.items["admin-licence"]


@pytest.fixture
def registered(empty_home: Any, tmp_path: Path) -> Any:
    """A home whose register knows the agency, the company and a shop of these tests."""
    from xinheng.register import service as register

    path = tmp_path / "register.csv"
    path.write_text(
        "统一社会信用代码,主体名称,曾用名\n"
        f"{AGENCY},淮北市某某局,\n{SUBJECT},淮北市甲乙丙商贸有限公司,淮北市旧名商贸有限公司\n{SHOP},相山区老张面馆,\n",
        encoding="utf-8",
    )
    register.load(path=path, at=AT, actor="tests")
    return empty_home


@pytest.fixture
def take(registered: Any, tmp_path: Path, item: law.Item) -> Callable[..., Any]:
    """Takes rows (or ready bytes) in as one file and gives the receipt."""
    from xinheng.intake import service as intake

    def taken(
        *rows: Row,
        raw: bytes | None = None,
        of: law.Item = item,
        at: datetime = AT,
        name: str = "in.csv",
        **how: Any,
    ) -> Any:
        path = tmp_path / name
        path.write_bytes(csv_bytes(rows, of, **how) if raw is None else raw)
        return intake.run(path=path, item=of.code, source=AGENCY, at=at, actor="tests")

    return taken


@pytest.fixture
def everything_in(registered: Any) -> Callable[[], Iterator[tuple[str, str]]]:
    """Every file of the home as searchable text: raw bytes, and the cells of kept parts."""

    def walk() -> Iterator[tuple[str, str]]:
        for path in sorted(registered.root.rglob("*")):
            if path.suffix == ".parquet":
                yield str(path), pl.read_parquet(path).write_json()
            elif path.is_file():
                yield str(path), path.read_bytes().decode("utf-8", errors="replace")

    return walk


@pytest.fixture
def linker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stands in for the comparison of names."""
    from linking_rows import Linker

    fake = Linker()
    monkeypatch.setattr("xinheng.intake.linking.linkage.link_frame", fake)
    return fake


@pytest.fixture
def neighbours(registered: Any, tmp_path: Path) -> Any:
    """Two more companies in the register."""
    from linking_rows import OTHER, TWIN

    from xinheng.register import service as register

    path = tmp_path / "more.csv"
    path.write_text(
        f"统一社会信用代码,主体名称\n{OTHER},淮北市丁戊己商贸有限公司\n{TWIN},淮北市甲乙丙贸易有限公司\n",
        encoding="utf-8",
    )
    register.load(path=path, at=AT, actor="tests")
    return registered
