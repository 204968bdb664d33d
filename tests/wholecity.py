"""A small city in which every item of the catalogue occurs, for the tests of faces that show all of them.

A module of its own, used by the `conftest.py` of folders that want this city in place of the plain one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moments import AT

NAME = "whole-city"


def whole_city(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A sandbox home of its own for each test, copied from one that was filled once in a run."""
    homes = request.config.pluginmanager.get_plugin(str(Path(__file__).parent / "conftest.py"))
    assert homes is not None
    template = homes.build(NAME, lambda: fill_whole(homes.workspace() / "whole-city-files"))
    yield from homes.copied(template, tmp_path, monkeypatch)


def fill_whole(folder: Path) -> None:
    """Takes that city into the home that is open; `folder` is where its files are written."""
    from xinheng.faces.city import fill_home, write_city
    from xinheng.law import service as law

    manifest = write_city(orgs=300, records=1_200, seed=7, at=AT, folder=folder, pack=law.active())
    fill_home(manifest, folder, days=dict.fromkeys(range(len(manifest.files)), AT), at=AT)
