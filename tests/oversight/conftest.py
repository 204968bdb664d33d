"""What tests of oversight share: a small city taken in day by day over three years, and rows sent by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mirror_rows import BUREAU, OTHER, SHOP, SUBJECT, at, csv_bytes

from moments import AT


def _kit(request: pytest.FixtureRequest) -> Any:
    """The root conftest: it knows how homes are made and copied on either database."""
    return next(one for one in request.config.pluginmanager.get_plugins() if hasattr(one, "copied"))


@dataclass(frozen=True)
class Files:
    """The files of the town and the truth beside them."""

    folder: Path
    manifest: Any

    def truth(self, file: Any) -> list[dict[str, str]]:
        with (self.folder / file.truth).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def town_files(request: pytest.FixtureRequest) -> Files:
    """A city of 2,500 rows as its departments would have sent them."""
    from xinheng.faces.city import write_city

    def write(folder: Path) -> tuple[Path, Any]:
        return folder, write_city(orgs=300, records=2_500, seed=4, at=AT, folder=folder)

    return Files(*_kit(request).once("town-files", write))


@pytest.fixture(scope="session")
def _town_template(request: pytest.FixtureRequest, town_files: Files) -> Any:
    """A home in which every file was taken in on the day it was sent."""
    from xinheng.faces.city import days_sent, fill_home

    days = {number: min(day, AT) for number, day in days_sent(town_files.manifest).items()}

    def fill() -> None:
        fill_home(town_files.manifest, town_files.folder, days=days, at=AT)

    return _kit(request).build("town", fill, opened=min(days.values()))


@pytest.fixture
def town(
    request: pytest.FixtureRequest,
    _town_template: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    empty_home: Any,
) -> Iterator[Any]:
    """The town, for one test. (`empty_home` is asked for so that the test also runs on PostgreSQL.)"""
    monkeypatch.setenv("XINHENG_TODAY", "2026-11-20")
    yield from _kit(request).copied(_town_template, tmp_path / "town", monkeypatch)


@pytest.fixture
def send(empty_home: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Sends penalties of one bureau, received on a day, into a home that opened on 2026-11-20; gives the receipt.

    The home's ledger starts on 2026-11-20, so days of receipt lie from then on.
    """
    from xinheng.evidence import service as evidence
    from xinheng.intake import service as intake
    from xinheng.register import service as register

    register_file = tmp_path / "register.csv"
    register_file.write_text(
        f"统一社会信用代码,主体名称,曾用名\n{BUREAU},淮北市某某局,\n{OTHER},淮北市另一局,\n"
        f"{SUBJECT},淮北市甲乙丙商贸有限公司,\n{SHOP},相山区老张面馆,\n",
        encoding="utf-8",
    )
    register.load(path=register_file, at=AT, actor="tests")
    count = iter(range(1_000))

    def sent(*rows: dict[str, str], on: str = "2026-11-23", source: str = BUREAU) -> Any:
        path = tmp_path / f"sent-{next(count)}.csv"
        path.write_bytes(csv_bytes(rows))
        receipt = intake.run(path=path, item="admin-penalty", source=source, at=at(on), actor="tests")
        evidence.drain(at=at(on))
        return receipt

    return sent
