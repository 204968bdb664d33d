"""A home of every earlier release becomes one of this release, and its ledger still verifies.

The kept homes hold no keys (a secret has no place here): new ones are made, as after a loss of keys.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moments import AT

KEPT = sorted(Path(__file__).parent.glob("home-*.tar.xz"))


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name.removesuffix(".tar.xz"))
def test_a_home_is_upgraded_and_verifies(
    kept: Path, empty_home: Any, cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a kept home is a SQLite file")
    root = tmp_path / "old"
    with tarfile.open(kept) as archive:
        archive.extractall(root, filter="data")
    monkeypatch.setenv("XINHENG_HOME", str(root))
    monkeypatch.setenv("XINHENG_TODAY", AT.date().isoformat())
    from xinheng.evidence import service as evidence
    from xinheng.reports import service as reports

    (root / "keys").mkdir(mode=0o700)
    (root / "log").mkdir()
    evidence.create_log_key(at=AT)
    reports.create_document_key(at=AT)
    before = cli("doctor", "--json")
    assert not {check["name"]: check["ok"] for check in before.json["checks"]}["数据表"]
    upgraded = cli("upgrade", "--json")
    assert upgraded.exit == 0, upgraded.err
    assert upgraded.json["steps"] > 0
    assert cli("upgrade", "--json").json["steps"] == 0
    verified = cli("ledger", "verify", "--json")
    # Checkpoints were signed with a key that is not kept; everything else is as that release verified it
    assert {finding["code"] for finding in verified.json["findings"]} <= {"checkpoint-signature"}
    told = json.loads((root / "as-verified.json").read_text())
    assert (verified.json["size"], verified.json["root"]) == (told["size"], told["root"])
    found = cli("register", "find", "公司", "--json")
    assert found.exit == 0 and found.json["hits"]
    # What a release before knew of an organisation is counted by this one: facts are made of it, and a model runs on them
    evaluated = cli("evaluate", "--model", "general", "--json")
    assert evaluated.exit == 0, evaluated.err
    assert evaluated.json["organisations"] > 0
    assert sum(evaluated.json["distribution"].values()) == evaluated.json["organisations"]
